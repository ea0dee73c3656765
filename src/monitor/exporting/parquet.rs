//! `export parquet`: which parts are written, what stays, and when all of it gets its place.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter};
use std::ops::Range;
use std::path::Path;

use crate::export::Staging;
use crate::export::parquet::{
    Entry, Manifest, OBSERVATIONS, Observations, ParquetError, Part, PartBy, Table, TableFile,
    VIEWS, Written, parts, readme,
};
use crate::question::Cut;
use crate::serve::{Refusal, RefusalKind};
use crate::sheet::{Column, Sheet, Unit, Value};

use super::super::reports::{Reports, broken_off, refused, senseless};
use super::Exporting;
use super::earlier::{Earlier, disk, hex};

/// A file that is being made.
pub(super) type Making = TableFile<BufWriter<File>>;

/// An export in the making.
pub(super) struct Tables<'a> {
    pub exporting: &'a Exporting<'a>,
    pub earlier: Earlier<'a>,
    pub staging: Staging,
    pub cut: Cut,
    /// What gets its place at the end.
    pub made: BTreeMap<String, Entry>,
    /// Rows and bytes by table: of the files that were made, and of those that stay.
    pub told: BTreeMap<&'static str, Told>,
    /// What people are told of it.
    pub notes: Vec<String>,
}

/// What was done to a table.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Told {
    written: u64,
    kept: u64,
    rows: u64,
    bytes: u64,
}

impl Exporting<'_> {
    /// Writes the tables into a folder; parts in which nothing is new stay as they are.
    pub(super) fn parquet(
        &self,
        to: &Path,
        partition_by: &str,
        times: Range<i64>,
        reports: &mut Reports,
    ) -> Result<Sheet, Refusal> {
        let by = PartBy::from_word(partition_by).ok_or_else(|| {
            let words = PartBy::WORDS.join(", ");
            senseless(
                format!("nothing is partitioned by `{partition_by}`"),
                &format!("it takes {words}"),
            )
        })?;
        let earlier = Earlier::look(to, self.reader, partition_by)?;
        let cut = self.cut()?;
        let staging = Staging::begin(to).map_err(|error| disk(to, &error))?;
        let (made, told, notes) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        let mut tables = Tables { exporting: self, earlier, staging, cut, made, told, notes };
        tables.observations(by, &times, reports)?;
        tables.views(reports)?;
        tables.pages(by)?;
        tables.publish(to)?;
        Ok(tables.sheet(to))
    }
}

impl Tables<'_> {
    /// Writes the parts in which something is new.
    fn observations(
        &mut self,
        by: PartBy,
        times: &Range<i64>,
        reports: &mut Reports,
    ) -> Result<(), Refusal> {
        let (reader, until) = (self.exporting.reader.sharing(1), self.cut.seq);
        let mut pace = self.exporting.pace();
        let found = parts(&reader, until, by, &mut |seq| {
            pace.rest();
            reports.tell("looking", seq, until)
        });
        let found = found.map_err(|error| unwritten(&error))?.ok_or_else(broken_off)?;
        for (part, last) in found.into_values() {
            if !overlap(&part.times, times) {
                continue;
            }
            let path = self.path(&OBSERVATIONS, Some(&part.folder));
            let wanted = self.wanted(&path, &part, times);
            if let Some(entry) = self.up_to_date(&path, &wanted, &part, last) {
                let told = self.told.entry(OBSERVATIONS.name).or_default();
                (told.kept, told.rows, told.bytes) =
                    (told.kept + 1, told.rows + entry.rows, told.bytes + entry.bytes);
                continue;
            }
            self.earlier.standing(&path)?;
            let file = self.begin(&OBSERVATIONS, &path)?;
            let mut writing = Observations::new(&reader, until, wanted.clone(), file);
            while let Some(seq) = writing.step().map_err(|error| unwritten(&error))? {
                reports.step(OBSERVATIONS.name, (seq, until))?;
                pace.rest();
            }
            let (written, _file) = writing.finish().map_err(|error| unwritten(&error))?;
            if written.rows > 0 {
                self.made(&OBSERVATIONS, path, written, clip(&wanted, &part));
            }
        }
        Ok(())
    }

    /// Writes what lies beside the data for people. What somebody changed there, or another log's
    /// export left, stays.
    fn pages(&mut self, by: PartBy) -> Result<(), Refusal> {
        for (path, text) in [("README.md", readme(by)), ("views.sql", VIEWS.to_owned())] {
            if self.earlier.standing(path).is_err() {
                if !self.earlier.holds(path, text.as_bytes()) {
                    self.notes.push(format!("`{path}` there is not of this export, and stays"));
                }
                continue;
            }
            let young = self.staging.young(path);
            std::fs::write(&young, &text).map_err(|error| disk(&young, &error))?;
            let hash = blake3::hash(text.as_bytes()).to_hex().to_string();
            let (bytes, seq) = (text.len() as u64, self.cut.seq);
            let entry = Entry { rows: 0, bytes, hash, seq, since: None, until: None };
            self.made.insert(path.to_owned(), entry);
        }
        Ok(())
    }

    /// Returns what a part is to hold: what is asked for, and what it holds already.
    fn wanted(&self, path: &str, part: &Part, times: &Range<i64>) -> Range<i64> {
        let mut wanted = times.start.max(part.times.start)..times.end.min(part.times.end);
        if let Some(held) = self.earlier.manifest.files.get(path) {
            wanted.start = wanted.start.min(held.since.unwrap_or(part.times.start));
            wanted.end = wanted.end.max(held.until.unwrap_or(part.times.end));
        }
        wanted
    }

    /// Returns what is known of a part that holds what it is to hold, all of it.
    fn up_to_date(&self, path: &str, wanted: &Range<i64>, part: &Part, last: u64) -> Option<Entry> {
        let entry = self.earlier.manifest.files.get(path)?;
        let is_whole = (entry.since, entry.until) == clip(wanted, part) && entry.seq >= last;
        (is_whole && self.earlier.has_length(path, entry)).then(|| entry.clone())
    }

    /// Returns the path of this log's file of a table, in the folder.
    pub(super) fn path(&self, table: &Table, part: Option<&str>) -> String {
        let monitor = &self.earlier.manifest.monitor;
        match part {
            Some(part) => format!("{}/{part}/part-{monitor}.parquet", table.name),
            None => format!("{}/part-{monitor}.parquet", table.name),
        }
    }

    /// Begins a file of a table.
    pub(super) fn begin(&self, table: &'static Table, path: &str) -> Result<Making, Refusal> {
        let young = self.staging.young(path);
        let file = File::create(&young).map_err(|error| disk(&young, &error))?;
        let manifest = &self.earlier.manifest;
        let facts = [
            ("format", manifest.format.to_string()),
            ("log", manifest.log.clone()),
            ("monitor", manifest.monitor.clone()),
        ];
        TableFile::new(BufWriter::new(file), table, &facts).map_err(|error| unwritten(&error))
    }

    /// Notes a file that is whole.
    pub(super) fn made(
        &mut self,
        table: &Table,
        path: String,
        written: Written,
        (since, until): (Option<i64>, Option<i64>),
    ) {
        let Written { rows, bytes, hash } = written;
        let told = self.told.entry(table.name).or_default();
        (told.written, told.rows, told.bytes) =
            (told.written + 1, told.rows + rows, told.bytes + bytes);
        self.made.insert(path, Entry { rows, bytes, hash, seq: self.cut.seq, since, until });
    }

    /// Gives all files their places. The manifest is first: whatever becomes of the rest, the next
    /// export knows which file is whose.
    fn publish(&mut self, to: &Path) -> Result<(), Refusal> {
        let chain =
            self.exporting.reader.chain_at(self.cut.seq).map_err(|error| refused(&error))?;
        let old = &self.earlier.manifest;
        let mut manifest = Manifest { seq: self.cut.seq, files: old.files.clone(), ..old.clone() };
        manifest.chain = hex(&chain.unwrap_or_default());
        for (path, entry) in &self.made {
            let before = manifest.files.insert(path.clone(), entry.clone());
            manifest.replacing.insert(path.clone(), before.map(|it| it.hash));
        }
        let place = |error: io::Error| disk(to, &error);
        let name = self.earlier.name();
        self.tell(&name, &manifest).map_err(place)?;
        for path in self.made.keys() {
            self.staging.place(path).map_err(place)?;
        }
        manifest.replacing.clear();
        self.tell(&name, &manifest).map_err(place)
    }

    fn tell(&mut self, name: &str, manifest: &Manifest) -> io::Result<()> {
        let mut text = serde_json::to_vec_pretty(manifest).map_err(io::Error::other)?;
        text.push(b'\n');
        std::fs::write(self.staging.young(name), text)?;
        self.staging.place(name)
    }

    fn sheet(&self, to: &Path) -> Sheet {
        let mut sheet = Sheet::new(vec![
            Column::new("table", Unit::None),
            Column::new("rows", Unit::Count),
            Column::new("files_written", Unit::Count),
            Column::new("files_kept", Unit::Count),
            Column::new("bytes", Unit::Bytes),
        ]);
        for (table, told) in &self.told {
            sheet.push(vec![
                Value::from(*table),
                told.rows.into(),
                told.written.into(),
                told.kept.into(),
                told.bytes.into(),
            ]);
        }
        sheet.notes.clone_from(&self.notes);
        sheet.notes.push(format!("{}, in `{}`", self.cut.note, to.display()));
        sheet
    }
}

fn overlap(a: &Range<i64>, b: &Range<i64>) -> bool {
    a.start < b.end && b.start < a.end
}

/// Returns from when and before when a part holds what was observed, where it does not hold all.
fn clip(wanted: &Range<i64>, part: &Part) -> (Option<i64>, Option<i64>) {
    let since = (wanted.start > part.times.start).then_some(wanted.start);
    (since, (wanted.end < part.times.end).then_some(wanted.end))
}

/// Returns the refusal over a table that could not be written.
pub(super) fn unwritten(error: &ParquetError) -> Refusal {
    if error.is_disk() { Refusal::of(RefusalKind::Disk, error) } else { refused(error) }
}
