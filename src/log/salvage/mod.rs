//! Salvaging: what is whole of a damaged log, in a new one.
//!
//! A batch is whole when its record holds and follows from the batch before, where that one can be
//! read. In segments, which hold many, a flipped bit is put right where the chain hash proves it.
//! Batches keep their order and their times; where some are lost, a `Gap` says so. What was known
//! and what rules of alerts remember is copied as far as it is whole, and corrected so that a
//! monitor can go on: after a loss everything is described again when it is next seen, and a Space
//! of which the last whole look saw no end is open.

mod alerts;
mod known;
mod lost;

use std::collections::BTreeMap;
use std::path::Path;

use crate::event::codec;
use crate::event::{
    Batch, DaySpend, Event, ForgottenMark, Gap, GapCause, Known, SpaceKnown, Subject,
};
use crate::space::{Moment, SpaceId, SpaceState};

use super::adopt::Adopted;
use super::records::records;
use super::{Inspected, Log, LogError, Reader, keys};
use alerts::Judged;
use lost::Missing;

pub use lost::Lost;

/// Batches read and written in one step.
const STEP: usize = 256;

/// What was saved and what was lost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Salvaged {
    /// Batches saved.
    pub batches: u64,
    /// Their events.
    pub events: u64,
    /// Batches lost; at least so many, because a stretch that is gone does not say how many it held.
    pub lost_batches: u64,
    /// Events lost; at least so many where the end of the log is gone.
    pub lost_events: u64,
    /// The stretches that are lost, in their order: the first [`Lost::STRETCHES_MAX`] of them.
    pub lost: Vec<Lost>,
    /// Segments in which a flipped bit was put right: nothing of them is lost.
    pub mended: u64,
    /// Texts that do not hold.
    pub lost_texts: u64,
    /// Records of what was known, waited to be printed, or belongs to alerts, that do not hold; at
    /// least so many.
    pub lost_rows: u64,
    /// Whether the header was lost.
    pub lost_header: bool,
    /// The first seq that does not hold.
    pub first_bad: Option<u64>,
}

impl Salvaged {
    /// Returns whether anything does not hold.
    pub fn is_damaged(&self) -> bool {
        self.first_bad.is_some() || self.lost_rows > 0 || self.lost_header
    }
}

/// A salvage under way.
#[derive(Debug)]
pub struct Salvage {
    from: Reader,
    to: Log,
    /// The next seq to look at, and the last one under which anything can be read.
    next: u64,
    end: u64,
    /// Seqs looked at together; halved where they cannot be read.
    span: u64,
    /// The seq that should come.
    expected: u64,
    /// The stored chain hash before it, unless that is lost.
    before: Option<[u8; 32]>,
    /// When the last batch was recorded, as its record says.
    recorded_at: Moment,
    /// What is missing since the last batch that could be read.
    missing: Option<Missing>,
    /// Whether a gap is still to be stated.
    gap_due: bool,
    /// Whether nothing beyond `end` is lost.
    whole_end: bool,
    /// When the last live batch was observed.
    last_live: Option<Moment>,
    /// Spaces of which the last whole look saw no end.
    open: BTreeMap<SpaceId, SpaceKnown>,
    /// Of whom and what no text is stored, as the batches say.
    forgotten: BTreeMap<Subject, ForgottenMark>,
    /// What the last billed day cost, as the batches say.
    spent: Option<DaySpend>,
    judged: Judged,
    found: Salvaged,
}

impl Salvage {
    /// Begins to carry what is whole of a log into a new file. The new log is of the same monitor
    /// and the same world; where the header is lost, of the monitor of the first whole batch.
    pub fn begin(from: Inspected, path: &Path) -> Result<Self, LogError> {
        let mut header = from.reader.header().clone();
        if !from.whole_header {
            let mut first = None;
            let read = from.reader.store().read(|read| {
                records(&from.reader, read, 1, None, &mut |_seq, record| {
                    first = record.ok().map(|record| record.batch);
                    Ok(first.is_none())
                })
            });
            if let (Ok(()), Some(batch)) = (read, first) {
                (header.monitor, header.created_at) = (batch.monitor, batch.recorded_at);
            }
        }
        Ok(Self::new(from, Log::succeed(path, &header)?))
    }

    /// Begins to carry what is whole of a log into a new, empty one.
    pub fn new(from: Inspected, to: Log) -> Self {
        let Inspected { reader, whole_header } = from;
        let reader = reader.mending();
        let (end, whole_end) = end(&reader);
        let found = Salvaged { lost_header: !whole_header, ..Salvaged::default() };
        Self {
            // A cursor that cannot be read is counted with the other rows.
            judged: Judged::new(reader.alert_cursor().unwrap_or_default()),
            before: whole_header.then(|| reader.genesis()),
            last_live: whole_header.then_some(reader.header().created_at),
            from: reader,
            to,
            next: 1,
            end,
            span: u64::MAX,
            expected: 1,
            recorded_at: Moment(i64::MIN),
            missing: None,
            gap_due: false,
            whole_end,
            open: BTreeMap::new(),
            forgotten: BTreeMap::new(),
            spent: None,
            found,
        }
    }

    /// Returns the last seq that was looked at, and the last one to be looked at.
    pub fn progress(&self) -> (u64, u64) {
        (self.next - 1, self.end)
    }

    /// Carries some more batches; false when there are no more.
    ///
    /// # Errors
    /// What the new log says; the old one's faults are counted.
    pub fn step(&mut self) -> Result<bool, LogError> {
        if self.next > self.end {
            return Ok(false);
        }
        let to = self.next.saturating_add(self.span).min(self.end.saturating_add(1));
        let mut read: Vec<(u64, Result<Whole, LogError>)> = Vec::new();
        let outcome = self.from.store().read(|reading| {
            records(&self.from, reading, self.next, Some(to), &mut |seq, record| {
                let whole = record.map(|record| Whole {
                    follows: self.follows(read.last(), &record),
                    batch: record.batch,
                });
                read.push((seq, whole));
                Ok(read.len() < STEP)
            })
        });
        match outcome {
            Ok(()) if read.len() < STEP => self.next = to,
            // A damaged key may lead back; we go on.
            Ok(()) => {
                let reached = read.iter().map(|(seq, whole)| after(*seq, whole)).max();
                self.next = reached.unwrap_or(to).max(self.next + 1).min(to);
            }
            Err(_unreadable) if to - self.next > 1 => {
                // A page is damaged: what lies beside it can be read in smaller parts.
                self.span = (to - self.next) / 2;
                return Ok(true);
            }
            Err(_unreadable) => {
                self.lose(self.next, 0);
                self.next = to;
                return Ok(true);
            }
        }
        self.span = self.span.saturating_mul(2);
        let mut adopted = Vec::new();
        for (seq, whole) in read {
            self.take(seq, whole, &mut adopted);
        }
        if !adopted.is_empty() {
            self.to.adopt(&adopted, &Known::default())?;
        }
        Ok(true)
    }

    /// Ends: carries what was known, and returns the new log and the count of all.
    pub fn finish(mut self) -> Result<(Log, Salvaged), LogError> {
        if !self.whole_end {
            self.lose(self.end.saturating_add(1).max(self.expected), 0);
        }
        if self.missing.is_some() {
            let events = self.end.saturating_add(1).saturating_sub(self.expected);
            self.found.lost_events += events.max(1);
            self.found_again(self.expected + events.max(1), None);
        }
        let mended = self.from.cache().mended();
        self.found.mended = mended.len() as u64;
        for seq in mended {
            self.bad(seq);
        }
        self.carry_known()?;
        Ok((self.to, self.found))
    }

    /// Returns whether a record follows from the one read before it, if that is known.
    fn follows(
        &self,
        last: Option<&(u64, Result<Whole, LogError>)>,
        record: &super::records::Record,
    ) -> bool {
        let first = record.batch.first_seq;
        let before = match last {
            None if first == self.expected => self.before,
            Some((_, Ok(last))) if first == last.batch.last_seq() + 1 => Some(last.batch.chain),
            None | Some(_) => None,
        };
        before.is_none_or(|before| codec::chain(&before, &record.canonical) == record.batch.chain)
    }

    /// Takes the next record: a whole batch is adopted, with a gap where some before it are lost.
    fn take(&mut self, seq: u64, whole: Result<Whole, LogError>, adopted: &mut Vec<Adopted>) {
        let Ok(Whole { batch, follows }) = whole else {
            return self.lose_record(seq);
        };
        if batch.first_seq < self.expected {
            // It claims a place that a batch before it has.
            return self.lose(self.expected, 1);
        }
        if batch.first_seq > self.expected {
            self.lose(self.expected, 0);
            self.found.lost_events += batch.first_seq - self.expected;
        }
        if !follows {
            self.lose(seq, 1);
            self.found.lost_events += batch.events.len() as u64;
        }
        let again = if follows { batch.first_seq } else { batch.last_seq() + 1 };
        self.found_again(again, Some(batch.recorded_at));
        self.expected = batch.last_seq() + 1;
        if !follows {
            self.before = Some(batch.chain);
            return;
        }
        self.before = Some(batch.chain);
        if batch.recorded_at < self.recorded_at {
            self.bad(seq);
        }
        self.recorded_at = batch.recorded_at;
        let gap = self.gap(&batch);
        self.judged.carry(&batch, gap.is_some());
        adopted.extend(gap);
        self.note(&batch);
        let texts = self.texts(&batch);
        self.found.batches += 1;
        self.found.events += batch.events.len() as u64;
        adopted.push(Adopted { batch, texts });
    }

    /// Returns the gap before a batch, where something is lost and both ends of it are known:
    /// only batches of a monitor say when somebody looked.
    fn gap(&mut self, batch: &Batch) -> Option<Adopted> {
        if !batch.is_watch() {
            return None;
        }
        let due = std::mem::take(&mut self.gap_due);
        let before = self.last_live.replace(batch.observed_at);
        let (from, to) = (before.filter(|_| due)?, batch.observed_at);
        let gap = Gap { space: None, endpoint: None, from, to, cause: GapCause::Storage };
        let batch = Batch {
            poll_id: None,
            events: vec![Event::Gap(gap)],
            texts: BTreeMap::new(),
            ..batch.clone()
        };
        (from <= to).then_some(Adopted { batch, texts: Vec::new() })
    }

    /// Returns the records of a batch's texts that are whole.
    fn texts(&mut self, batch: &Batch) -> Vec<(crate::event::TextRef, Vec<u8>)> {
        let mut whole = Vec::new();
        for reference in batch.events.iter().flat_map(Event::references) {
            let store = self.from.store();
            match store.read(|read| read.table(keys::TEXTS)?.get(&reference.0)) {
                // A text that is gone was forgotten.
                Ok(None) => {}
                Ok(Some(row)) if codec::decode_text_row(&reference, &row).is_ok() => {
                    whole.push((reference, row));
                }
                Ok(Some(_)) | Err(_) => {
                    self.found.lost_texts += 1;
                    self.bad(batch.first_seq);
                }
            }
        }
        whole
    }

    /// Notes what a batch says of Spaces that may still change, and of the day's cost.
    fn note(&mut self, batch: &Batch) {
        // What is imported opens no Space that a monitor would follow, and costs nothing.
        if batch.is_imported() {
            return;
        }
        for event in &batch.events {
            match event {
                Event::Forgotten { subject, .. } => {
                    let mark = ForgottenMark { at: batch.observed_at, finished: true };
                    self.forgotten.insert(*subject, mark);
                }
                Event::SpaceObserved(it) => {
                    let known = self.open.entry(it.space).or_insert_with(|| SpaceKnown {
                        first_seen: Some(batch.observed_at),
                        ..SpaceKnown::default()
                    });
                    known.state.clone_from(&it.state);
                    known.live_seen = true;
                    known.was_live |= it.state == Some(SpaceState::Live);
                    known.told = [true, known.was_live, false];
                    if !known.is_open() {
                        self.open.remove(&it.space);
                    }
                }
                Event::SpaceMissing(it) => {
                    self.open.remove(&it.space);
                }
                Event::PollSucceeded(it) => {
                    let day = batch.observed_at.day();
                    let spent = self.spent.take().filter(|spent| spent.day == day);
                    let mut spent = spent.unwrap_or(DaySpend { day, ..DaySpend::default() });
                    spent.least_micro_usd += it.cost.least_micro_usd;
                    spent.most_micro_usd += it.cost.most_micro_usd;
                    self.spent = Some(spent);
                }
                _ => {}
            }
        }
    }
}

/// A batch whose record holds.
struct Whole {
    batch: Batch,
    /// Whether it follows from the one before it, where that is known.
    follows: bool,
}

/// Returns the seq at which to go on after a record.
fn after(seq: u64, whole: &Result<Whole, LogError>) -> u64 {
    whole.as_ref().map_or(seq, |whole| whole.batch.last_seq()).max(seq) + 1
}

/// Returns the last seq under which a record can be read, and whether nothing after it is lost.
fn end(reader: &Reader) -> (u64, bool) {
    let store = reader.store();
    let seq = |row: Option<(Vec<u8>, Vec<u8>)>| row.and_then(|(key, _)| keys::read_seq(&key));
    let sealed = store.read(|read| {
        let last = read.table(keys::SEALED)?.last()?;
        last.map(|(key, record)| reader.cache().row(&key, &record)).transpose()
    });
    let sealed = sealed.map(|row| row.map_or(0, |row| row.last_seq));
    let last = store.read(|read| read.table(keys::TAIL)?.last()).map(seq);
    if let (Ok(last), Ok(sealed)) = (last, &sealed) {
        return (last.unwrap_or(*sealed), true);
    }
    // The right edge of the file's tree is damaged: the greatest seq before it is looked for by
    // halves.
    let reaches =
        |seq: u64| store.read(|read| read.table(keys::TAIL)?.last_until(&keys::seq(seq))).ok();
    let (mut low, mut high) = (0, u64::MAX);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if reaches(middle).is_some() { low = middle } else { high = middle }
    }
    let found = reaches(low).flatten().and_then(|(key, _)| keys::read_seq(&key));
    (found.unwrap_or_default().max(sealed.unwrap_or_default()), false)
}
