//! The limit: decoding every segment, and making as many bytes durable as the views' files have.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::thread;

use spacelog::event::codec::segment::{Row, Segment, Wanted};
use spacelog::log::Reader;

use crate::common::Outcome;

/// Cores that fold.
const THREADS: usize = 2;

/// Bytes written in one call.
const BLOCK: usize = 1 << 20;

pub fn decode_and_write(reader: &Reader, path: &Path, bytes: u64) -> Outcome<()> {
    let rows = reader.segments()?;
    let decode = |rows: &[Row]| decode(reader, rows).map_err(|error| error.to_string());
    let decode = &decode;
    thread::scope(|scope| {
        let parts = rows.chunks(rows.len().div_ceil(THREADS).max(1));
        let threads: Vec<_> = parts.map(|rows| scope.spawn(move || decode(rows))).collect();
        let joined = threads.into_iter().map(|it| it.join().map_err(|_| "a thread broke down")?);
        joined.collect::<Result<(), String>>()
    })?;
    let mut file = File::create(path)?;
    let block = vec![7; BLOCK];
    let mut left = usize::try_from(bytes)?;
    while left > 0 {
        let now = left.min(BLOCK);
        file.write_all(&block[..now])?;
        left -= now;
    }
    Ok(file.sync_data()?)
}

/// Reads every segment as a fold takes it, with its texts; each view does so by itself.
pub fn contents(reader: &Reader, observations: bool) -> Outcome<()> {
    let wanted = if observations { Wanted::Observations } else { Wanted::Others };
    for row in reader.segments()? {
        std::hint::black_box(reader.content(row.first_seq, u64::MAX, wanted)?);
    }
    Ok(())
}

fn decode(reader: &Reader, rows: &[Row]) -> Outcome<()> {
    for row in rows {
        let bytes = reader.segment(row)?;
        let segment = Segment::open(&bytes, row.first_seq)?;
        std::hint::black_box((segment.runs()?, segment.others()?));
    }
    Ok(())
}
