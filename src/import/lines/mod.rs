//! The log as lines: batches of another log, read back from what `events --jsonl` wrote.
//!
//! # The lines, in version 1
//! Each line is one event, in the order of the log: `seq`, `poll_id`, `kind`, `observed_at`,
//! `recorded_at`, `space_id` and `data`, as `events` shows it. Two more keys make a log of them
//! again:
//! - `batch`, on the first line of a batch alone: `format` (1), `log`, `created_at`, `owner` and
//!   `simulated` of the log (`owner` is its monitor), `monitor` (whose batch it is), `events` (so
//!   many lines make the batch) and `hash` (BLAKE3 of the batch's canonical encoding).
//! - `texts`: of each text that the event refers to its `ref`, its `salt`, and, where `data` cannot
//!   show them as they are stored, the unknown fields (`extra`). A forgotten text has no salt.
//!
//! A batch is taken whole or not at all: a line that is missing, changed or of another batch shows
//! in the hash. So lines may be split between batches and joined again, but not narrowed by kind.

mod event;
mod fields;

use std::io::BufRead;

use serde_json::Value;
use thiserror::Error;

use crate::event::codec::{self, Header, Simulated};
use crate::event::{Batch, LINES_FORMAT, MonitorId, PollId};
use crate::log::Adopted;

use super::text::{BadLine, TextLines};

use fields::{Fields, Read, as_moment, as_text, as_u64, unhex};
pub use fields::{from_hex, to_hex};

/// The most events of a batch: many times as many as one answer can bring.
const EVENTS_MAX: u64 = 1 << 20;

/// Why a batch cannot be made of its lines.
#[derive(Debug, Error)]
pub enum LineError {
    /// The line.
    #[error(transparent)]
    Line(#[from] BadLine),
    /// Not JSON.
    #[error("it is not JSON")]
    NotJson(#[source] serde_json::Error),
    /// A key is not there, or holds something else.
    #[error("it has no valid `{0}`")]
    Key(&'static str),
    /// It begins no batch, and goes on with none.
    #[error("it is no part of a whole batch: lines that were narrowed cannot be taken in")]
    Stray,
    /// The next batch, or the end, comes before its last line.
    #[error("its batch is cut off: {found} of {events} lines are there")]
    CutOff {
        /// Lines that are there.
        found: usize,
        /// Lines that it should have.
        events: u64,
    },
    /// A line is not the one that was written.
    #[error("its batch is not the one that was written: a line of it was changed")]
    Changed,
    /// A text is not the one that was referred to.
    #[error("a text of it is not the one that was written")]
    Text,
    /// Written by a newer program.
    #[error("a newer spacelog wrote it: `{0}` is not known to this one")]
    Newer(String),
}

impl LineError {
    /// Returns whether only a newer program can read it.
    pub fn is_newer(&self) -> bool {
        matches!(self, Self::Newer(_))
    }
}

/// A batch of another log.
#[derive(Clone, Debug)]
pub struct Copied {
    /// The log that it comes from.
    pub log: Header,
    /// The batch, and the records of its texts.
    pub adopted: Adopted,
    /// The number of its first line, from 1.
    pub line: usize,
}

/// A batch that cannot be taken in, and the number of the line that shows it.
#[derive(Debug, Error)]
#[error("{why}")]
pub struct BadBatch {
    /// The line, from 1.
    pub line: usize,
    /// Why.
    #[source]
    pub why: LineError,
}

/// Returns whether a line may be the first of lines of a log.
pub fn is_first(line: &[u8]) -> bool {
    serde_json::from_slice::<Value>(line).is_ok_and(|it| it["batch"]["format"].is_number())
}

/// Reads batches one after the other, of any length in constant memory.
pub struct Lines<R> {
    text: TextLines<R>,
    /// A line that was read and belongs to the next batch.
    ahead: Option<Value>,
    /// Whether lines of a batch that was refused are passed over.
    passing: bool,
}

impl<R: BufRead> Lines<R> {
    /// Returns the batches that stand in these lines.
    pub fn new(from: R) -> Self {
        Self { text: TextLines::new(from), ahead: None, passing: false }
    }

    /// Returns the next line that is not blank; `None` at the end.
    fn line(&mut self) -> Read<Option<Value>> {
        if let Some(line) = self.ahead.take() {
            return Ok(Some(line));
        }
        let line = self.text.next()?;
        line.map(|line| serde_json::from_slice(line).map_err(LineError::NotJson)).transpose()
    }

    /// Returns the next batch; `None` at the end.
    fn batch(&mut self) -> Read<Option<Copied>> {
        let first = loop {
            match self.line()? {
                None => return Ok(None),
                Some(line) if begins(&line) => break line,
                // They were refused with their batch.
                Some(_) if self.passing => {}
                Some(_) => {
                    self.passing = true;
                    return Err(LineError::Stray);
                }
            }
        };
        self.passing = true;
        let line = self.text.number;
        let head = Fields(&first["batch"]);
        let log = log(head)?;
        let events = head.must("events", as_u64)?;
        if !(1..=EVENTS_MAX).contains(&events) {
            return Err(LineError::Key("events"));
        }
        let (mut batch, mut texts) = (begin(head, Fields(&first))?, Vec::new());
        event::read(&first, &mut batch, &mut texts)?;
        while (batch.events.len() as u64) < events {
            let found = batch.events.len();
            let cut_off = LineError::CutOff { found, events };
            match self.line()? {
                None => return Err(cut_off),
                Some(next) if begins(&next) => {
                    self.ahead = Some(next);
                    return Err(cut_off);
                }
                Some(next) => event::read(&next, &mut batch, &mut texts)?,
            }
        }
        let hash = head.must("hash", |it| unhex(it.as_str()?))?;
        if codec::hash(&codec::canonical(&batch)) != hash {
            return Err(LineError::Changed);
        }
        self.passing = false;
        Ok(Some(Copied { log, adopted: Adopted { batch, texts }, line }))
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = Result<Copied, BadBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = self.batch();
        batch.map_err(|why| BadBatch { line: self.text.number, why }).transpose()
    }
}

fn begins(line: &Value) -> bool {
    line.get("batch").is_some_and(Value::is_object)
}

/// Returns what a batch says of the log that it comes from.
fn log(head: Fields) -> Read<Header> {
    let format = head.must("format", as_u64)?;
    if format > LINES_FORMAT {
        return Err(LineError::Newer(format!("format {format}")));
    }
    let simulated = head.maybe("simulated", |it| {
        Some(Simulated {
            seed: it["seed"].as_u64()?,
            epoch: as_moment(&it["epoch"])?,
            spaces: u32::try_from(it["spaces"].as_u64()?).ok()?,
        })
    })?;
    Ok(Header {
        format: crate::log::FORMAT,
        log_id: head.must("log", |it| unhex(it.as_str()?))?,
        monitor: head.must("owner", as_monitor)?,
        created_at: head.must("created_at", as_moment)?,
        simulated,
    })
}

/// Returns a batch without its events.
fn begin(head: Fields, line: Fields) -> Read<Batch> {
    let moment = |key| line.must(key, as_moment);
    let poll_id: Option<String> = line.maybe("poll_id", as_text)?;
    let poll_id = poll_id.map(|text| text.parse::<PollId>()).transpose();
    Ok(Batch {
        first_seq: line.must("seq", as_u64)?,
        monitor: head.must("monitor", as_monitor)?,
        poll_id: poll_id.map_err(|()| LineError::Key("poll_id"))?,
        observed_at: moment("observed_at")?,
        recorded_at: moment("recorded_at")?,
        events: Vec::new(),
        texts: std::collections::BTreeMap::new(),
        chain: [0; 32],
    })
}

fn as_monitor(value: &Value) -> Option<MonitorId> {
    unhex(value.as_str()?).map(|bytes| MonitorId(u64::from_be_bytes(bytes)))
}
