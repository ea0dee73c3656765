//! `export parquet`: which parts are written, what stays, and when all of it gets its place.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::ops::Range;

use crate::export::parquet::{
    Entry, Manifest, OBSERVATIONS, Observations, ParquetError, Part, PartBy, Table, TableFile,
    VIEWS, Written, parts, readme,
};
use crate::export::place::{Draft, Place, PlaceError};
use crate::question::Cut;
use crate::serve::{Refusal, RefusalKind};
use crate::sheet::{Column, Sheet, Unit, Value};

use super::super::reports::{Reports, broken_off, refused, senseless};
use super::Exporting;
use super::earlier::{Earlier, hex, unusable};

/// A file that is being made.
pub(super) type Making = TableFile<Box<dyn Draft>>;

/// An export in the making.
pub(super) struct Tables<'a> {
    pub exporting: &'a Exporting<'a>,
    pub earlier: Earlier,
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
    /// Writes the tables into a place; parts in which nothing is new stay as they are.
    pub(super) fn parquet(
        &self,
        to: Box<dyn Place>,
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
        let mut earlier = Earlier::look(to, self.reader, partition_by)?;
        let cut = self.cut()?;
        earlier.place.begin().map_err(|error| unusable(&error))?;
        let (made, told, notes) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        let mut tables = Tables { exporting: self, earlier, cut, made, told, notes };
        tables.observations(by, &times, reports)?;
        tables.views(reports)?;
        tables.pages(by)?;
        tables.publish()?;
        Ok(tables.sheet())
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
            let (written, file) = writing.finish().map_err(|error| unwritten(&error))?;
            if written.rows > 0 {
                file.done().map_err(|error| unusable(&error))?;
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
            self.page(path, &text).map_err(|error| unusable(&error))?;
            let hash = blake3::hash(text.as_bytes()).to_hex().to_string();
            let (bytes, seq) = (text.len() as u64, self.cut.seq);
            let entry = Entry { rows: 0, bytes, hash, seq, since: None, until: None };
            self.made.insert(path.to_owned(), entry);
        }
        Ok(())
    }

    fn page(&self, path: &str, text: &str) -> Result<(), PlaceError> {
        let mut file = self.earlier.place.make(path)?;
        let written = file.write_all(text.as_bytes());
        written.map_err(|error| PlaceError::of(error, self.earlier.place.full(path)))?;
        file.done()
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
        let file = self.earlier.place.make(path).map_err(|error| unusable(&error))?;
        let manifest = &self.earlier.manifest;
        let facts = [
            ("format", manifest.format.to_string()),
            ("log", manifest.log.clone()),
            ("monitor", manifest.monitor.clone()),
        ];
        TableFile::new(file, table, &facts).map_err(|error| unwritten(&error))
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
    fn publish(&mut self) -> Result<(), Refusal> {
        let chain =
            self.exporting.reader.chain_at(self.cut.seq).map_err(|error| refused(&error))?;
        let old = &self.earlier.manifest;
        let mut manifest = Manifest { seq: self.cut.seq, files: old.files.clone(), ..old.clone() };
        manifest.chain = hex(&chain.unwrap_or_default());
        for (path, entry) in &self.made {
            let before = manifest.files.insert(path.clone(), entry.clone());
            manifest.replacing.insert(path.clone(), before.map(|it| it.hash));
        }
        self.tell(&manifest)?;
        for path in self.made.keys() {
            self.earlier.place.place(path).map_err(|error| unusable(&error))?;
        }
        manifest.replacing.clear();
        self.tell(&manifest)
    }

    fn tell(&mut self, manifest: &Manifest) -> Result<(), Refusal> {
        let name = self.earlier.name();
        let text = serde_json::to_vec_pretty(manifest);
        let mut text = text.map_err(|error| Refusal::of(RefusalKind::Failure, &error))?;
        text.push(b'\n');
        self.earlier.place.put(&name, &text).map_err(|error| unusable(&error))
    }

    fn sheet(&self) -> Sheet {
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
        sheet.notes.push(format!("{}, in `{}`", self.cut.note, self.earlier.place.name()));
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
    match error.place() {
        Some(place) => unusable(place),
        None if error.is_disk() => Refusal::of(RefusalKind::Disk, error),
        None => refused(error),
    }
}
