//! The observations of a log as Parquet, a folder a day, with nothing around it.

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::Path;

use spacelog::export::parquet::{OBSERVATIONS, Observations, PartBy, TableFile, parts};
use spacelog::log::Reader;

use crate::common::Outcome;

/// Writes all observations; returns how many, and how many bytes they take.
pub fn write(reader: &Reader, to: &Path) -> Outcome<(u64, u64)> {
    let reader = reader.sharing(1);
    let until = reader.head()?.seq;
    let found = parts(&reader, until, PartBy::Day, &mut |_| true)?;
    let (mut rows, mut bytes) = (0, 0);
    for (part, _last) in found.into_iter().flat_map(std::collections::BTreeMap::into_values) {
        let folder = to.join("observations").join(&part.folder);
        fs::create_dir_all(&folder)?;
        let out = BufWriter::new(File::create(folder.join("part.parquet"))?);
        let file = TableFile::new(out, &OBSERVATIONS, &[])?;
        let mut writing = Observations::new(&reader, until, part.times, file);
        while writing.step()?.is_some() {}
        let (written, _out) = writing.finish()?;
        rows += written.rows;
        bytes += written.bytes;
    }
    Ok((rows, bytes))
}

/// Returns how many files there are.
pub fn files(to: &Path) -> Outcome<usize> {
    Ok(fs::read_dir(to.join("observations"))?.count())
}
