//! Exports that are written page by page, from whoever owns the files: lines of events, databases.
//!
//! A monitor hands out short pages and goes on appending in between. The file is written beside its
//! name, and gets it when it is whole; a signal or a full disk leave what stood there before.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};

use tokio_util::sync::CancellationToken;

use super::args::{ExportLines, ExportSqlite, Observed};
use super::ask::{folder, put_until};
use super::keeping::stoppable;
use super::output::{Progress, show};
use super::report::{Failure, usage};
use crate::export::{Database, Format, make_beside, write_beside};
use crate::import::lines::is_first;
use crate::question::{Question, Rows};
use crate::serve::Request;
use crate::sheet::{Column, Sheet, Unit, Value};
use crate::store::folder::Folder;

/// The longest first line of a file that is looked at before it is replaced.
const FIRST_LINE_BYTES_MAX: u64 = 1024 * 1024;

/// Why a file could not be written.
pub enum Unwritten {
    Disk(io::Error),
    Said(Failure),
}

impl From<io::Error> for Unwritten {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

impl From<Failure> for Unwritten {
    fn from(failure: Failure) -> Self {
        Self::Said(failure)
    }
}

impl Unwritten {
    /// Returns the failure over the file.
    pub fn told(self, path: &Path) -> Failure {
        match self {
            Self::Said(failure) => failure,
            Self::Disk(error) => {
                let what = format!("cannot write `{}`", path.display());
                Failure::new(6, what)
                    .because(Some(&error))
                    .hint("nothing is left of it: look at the disk, and try again")
            }
        }
    }
}

/// Whoever owns the files, asked until somebody says stop.
pub struct Asker<'a> {
    /// The folder.
    pub folder: Folder,
    /// Cancelled by a signal.
    pub stop: &'a CancellationToken,
}

impl Asker<'_> {
    /// Asks about the present.
    pub fn ask(&self, question: Question) -> Result<Sheet, Failure> {
        self.put(&Request::ask(question))
    }

    fn rows(&self, rows: Rows) -> Result<Sheet, Failure> {
        self.put(&Request::Rows(rows))
    }

    /// A page is answered at once, and nobody looks meanwhile whether it is to be broken off.
    fn put(&self, request: &Request) -> Result<Sheet, Failure> {
        if self.stop.is_cancelled() {
            return Err(Failure::new(1, "broken off; nothing is left of it"));
        }
        put_until(&self.folder, request, self.stop)
    }

    /// Returns the last seq of the log.
    fn end(&self) -> Result<u64, Failure> {
        let status = self.ask(Question::Status)?;
        let place = status.index("seq");
        match place.and_then(|at| status.rows.first()?.get(at)) {
            Some(Value::Int(seq)) => Ok(u64::try_from(*seq).unwrap_or_default()),
            _ => Ok(0),
        }
    }

    /// Hands out every page of the Spaces known, by id, under the columns of `spaces`; one page at
    /// least. Returns how many Spaces.
    ///
    /// # Errors
    /// What `each` gives, or that it was broken off.
    pub fn spaces<E: From<Failure>>(
        &self,
        each: &mut dyn FnMut(&Sheet) -> Result<(), E>,
    ) -> Result<u64, E> {
        let spam: Vec<Value> = self.rows(Rows::Spam)?.rows.into_iter().flatten().collect();
        let spam: HashSet<&str> = spam.iter().filter_map(text).collect();
        let progress = Progress::new();
        let (mut after, mut spaces) = (None, 0);
        loop {
            let mut page = self.rows(Rows::Spaces { after })?;
            let last = page.index("space_id").zip(page.rows.last());
            after = last.and_then(|(at, row)| text(&row[at])?.parse().ok());
            if after.is_none() && !page.rows.is_empty() {
                return Err(
                    Failure::new(1, "whoever owns the files sent a Space without an id").into()
                );
            }
            if after.is_none() && spaces > 0 {
                return Ok(spaces);
            }
            spaces += page.rows.len() as u64;
            mark(&mut page, &spam);
            each(&page)?;
            if after.is_none() {
                return Ok(spaces);
            }
            progress.tell("Spaces", spaces, spaces);
        }
    }

    /// Hands out every page of polls up to where the log ends now, under the columns of `polls`;
    /// one page at least.
    ///
    /// # Errors
    /// What `each` gives, or that it was broken off.
    pub fn polls<E: From<Failure>>(
        &self,
        each: &mut dyn FnMut(&Sheet) -> Result<(), E>,
    ) -> Result<(), E> {
        let end = self.end()?;
        let progress = Progress::new();
        let mut from = 0;
        loop {
            let mut page = self.rows(Rows::Polls { from })?;
            let at = page.index("seq");
            page.rows.retain(|row| at.is_some_and(|at| is_until(&row[at], end)));
            each(&page)?;
            match page.next.filter(|next| *next <= end) {
                Some(next) => from = next,
                None => return Ok(()),
            }
            progress.tell("polls", from, end);
        }
    }

    /// Hands out every page of events up to where the log ends now; returns how many events.
    ///
    /// # Errors
    /// What `each` gives, or that it was broken off.
    pub fn events<E: From<Failure>>(
        &self,
        (observed, kind): (Observed, Option<&str>),
        each: &mut dyn FnMut(&Sheet) -> Result<(), E>,
    ) -> Result<u64, E> {
        let end = self.end()?;
        let progress = Progress::new();
        let (mut from, mut events) = (1, 0);
        while from <= end {
            let Observed { since, until } = observed;
            let kind = kind.map(ToOwned::to_owned);
            let question = Question::Events { from, since, until, space: None, kind };
            let mut page = self.ask(question)?;
            // What came since is not exported: the log stands as it was when this began.
            page.rows.retain(|row| row.first().is_some_and(|seq| is_until(seq, end)));
            events += page.rows.len() as u64;
            each(&page)?;
            let Some(next) = page.next else { break };
            from = next;
            progress.tell("exporting", (from - 1).min(end), end);
        }
        Ok(events)
    }
}

fn is_until(seq: &Value, end: u64) -> bool {
    matches!(seq, Value::Int(seq) if u64::try_from(*seq).is_ok_and(|seq| seq <= end))
}

fn text(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

/// Adds the column that says which Spaces look like spam.
fn mark(page: &mut Sheet, spam: &HashSet<&str>) {
    let at = page.index("space_id");
    for row in &mut page.rows {
        let id = at.and_then(|at| text(&row[at]));
        let is_spam = id.is_some_and(|id| spam.contains(id));
        row.push(is_spam.into());
    }
    page.columns.push(Column::hidden("spam", Unit::None));
}

/// Writes the log in lines.
pub fn lines(it: &ExportLines, data: Option<PathBuf>) -> Result<u8, Failure> {
    let folder = folder(data)?;
    if !is_replaceable(&it.to, is_first) {
        return Err(taken(&it.to));
    }
    let sheet = stoppable(|stop| {
        let asker = Asker { folder, stop };
        let written = write_beside(&it.to, |out| {
            asker.events((it.observed, None), &mut |page| {
                Format::JsonLines.exporter().write(page, out).map_err(Unwritten::from)
            })
        });
        let events = written.map_err(|error| error.told(&it.to))?;
        Ok(told(&it.to, "events", events))
    })?;
    show(&sheet, &it.output)
}

/// Writes a database.
pub fn sqlite(it: &ExportSqlite, data: Option<PathBuf>) -> Result<u8, Failure> {
    let folder = folder(data)?;
    if !is_replaceable(&it.to, |_first| Database::is_ours(&it.to)) {
        return Err(taken(&it.to));
    }
    let sheet = stoppable(|stop| {
        let asker = Asker { folder, stop };
        let written = make_beside(&it.to, |beside| fill(beside, &asker));
        let spaces = written.map_err(|error: Unwritten| error.told(&it.to))?;
        Ok(told(&it.to, "spaces", spaces))
    })?;
    show(&sheet, &it.output)
}

fn fill(beside: &Path, asker: &Asker) -> Result<u64, Unwritten> {
    let mut database = Database::begin(beside)?;
    asker.events((Observed::ALL, None), &mut |page| {
        database.events(page).map_err(Unwritten::from)
    })?;
    let spaces = asker.spaces(&mut |page| database.spaces(page).map_err(Unwritten::from))?;
    database.finish()?;
    Ok(spaces)
}

/// Returns whether nothing of anybody else's stands in the place of an export.
fn is_replaceable(path: &Path, is_ours: impl FnOnce(&[u8]) -> bool) -> bool {
    let Ok(file) = File::open(path) else { return true };
    if !file.metadata().is_ok_and(|it| it.is_file()) {
        // A pipe is written to; a folder is refused by whoever renames.
        return true;
    }
    let mut first = Vec::new();
    let read = BufReader::new(file.take(FIRST_LINE_BYTES_MAX)).read_until(b'\n', &mut first);
    read.is_ok() && (first.is_empty() || is_ours(&first))
}

fn taken(path: &Path) -> Failure {
    usage(format!("`{}` is no earlier export, and is left alone", path.display()))
        .hint("name another file, or take that one away")
}

/// Returns what was written.
fn told(path: &Path, what: &str, count: u64) -> Sheet {
    let length = std::fs::metadata(path).map(|it| it.len());
    let mut sheet = Sheet::new(vec![
        Column::new("file", Unit::None),
        Column::new(what, Unit::Count),
        Column::new("bytes", Unit::Bytes),
    ]);
    let path = path.display().to_string();
    sheet.push(vec![path.into(), count.into(), length.ok().into()]);
    sheet
}
