//! Sealing: batches of the tail become part of a segment.
//!
//! A draft is made beside the writer: the oldest batches of the tail, behind those of the last
//! segment while that is not full, are packed, unpacked again and compared. Only then one
//! transaction puts the segment in the place of the tail's rows: before it and after it readers
//! find the same batches, and a crash leaves one of the two.

use crate::event::codec::segment::{self, Row, Segment};
use crate::event::codec::{self, CodecError};
use crate::event::{Batch, Event};
use crate::store::{Commit, Reading};

use super::{Log, LogError, Reader, append, keys, reader, sealed};

/// Observations in a full segment. More would pack a little better, and take more memory while
/// they are packed.
const SEGMENT_OBSERVATIONS: u64 = 131_072;

/// Events in a full segment, where batches hold other things than observations.
const SEGMENT_EVENTS: u64 = 2 * SEGMENT_OBSERVATIONS;

/// Batches in the tail from which on sealing is worth its while.
pub const SEAL_BATCHES: usize = 512;

/// A segment that is ready to take its place.
#[derive(Debug)]
pub struct Draft {
    row: Row,
    bytes: Vec<u8>,
    /// The keys of the tail's rows that it replaces.
    tail: Vec<[u8; 8]>,
    /// Their keys in the table of polls.
    polls: Vec<[u8; 24]>,
}

impl Draft {
    /// Returns how many batches leave the tail.
    pub fn batches(&self) -> usize {
        self.tail.len()
    }
}

impl Reader {
    /// Returns a draft of what can be sealed, if the tail holds at least `least` batches.
    ///
    /// # Errors
    /// A batch that does not hold, or that would not come out of a segment as it is: then it
    /// stays in the tail.
    pub fn draft(&self, least: usize) -> Result<Option<Draft>, LogError> {
        let Some((mut batches, tail_from, before)) = self.store().read(|read| {
            let found = oldest(read, least)?;
            let Some(tail) = found else { return Ok::<_, LogError>(None) };
            let Some(segment) = sealed::row_at(read, u64::MAX)? else {
                return Ok(Some((tail, 0, self.genesis())));
            };
            if is_full(u64::from(segment.observations), segment.last_seq - segment.first_seq) {
                return Ok(Some((tail, 0, segment.after)));
            }
            let unpacked = self.cache().unpacked(read, &segment)?;
            let mut batches = Vec::with_capacity(unpacked.heads().len() + tail.len());
            for number in 0..unpacked.heads().len() {
                let batch = unpacked.batch(number);
                let batch =
                    batch.map_err(|source| LogError::Damaged { seq: segment.first_seq, source })?;
                batches.extend(batch);
            }
            let tail_from = batches.len();
            batches.extend(tail);
            Ok(Some((batches, tail_from, segment.before)))
        })?
        else {
            return Ok(None);
        };
        batches.truncate(fitting(&batches).max(tail_from + 1));
        let bytes = segment::pack(&batches);
        let row = Row::of(&batches, before, bytes.len());
        let row = row.ok_or(LogError::Broken { expected: 1, found: 0 })?;
        compare(&bytes, &row, &batches)?;
        let sealed = &batches[tail_from..];
        let tail = sealed.iter().map(|batch| keys::seq(batch.first_seq)).collect();
        let polls = sealed
            .iter()
            .map(|batch| keys::poll(batch.observed_at, append::key_of(batch)))
            .collect();
        Ok(Some(Draft { row, bytes, tail, polls }))
    }
}

/// Returns the oldest batches of the tail, as many as may fit a segment; `None` when there are
/// fewer than `least`.
fn oldest(read: &Reading, least: usize) -> Result<Option<Vec<Batch>>, LogError> {
    let (mut batches, mut observations, mut events) = (Vec::new(), 0, 0);
    read.table(keys::TAIL)?.scan(&[], None, |key, record| {
        let batch = reader::decode(key, record)?;
        observations += observed(&batch);
        events += batch.events.len() as u64;
        batches.push(batch);
        Ok::<_, LogError>(batches.len() < least || !is_full(observations, events))
    })?;
    Ok((batches.len() >= least.max(1)).then_some(batches))
}

fn observed(batch: &Batch) -> u64 {
    batch.events.iter().filter(|event| matches!(event, Event::SpaceObserved(_))).count() as u64
}

fn is_full(observations: u64, events: u64) -> bool {
    observations >= SEGMENT_OBSERVATIONS || events >= SEGMENT_EVENTS
}

/// Returns how many of the batches fill a segment.
fn fitting(batches: &[Batch]) -> usize {
    let (mut observations, mut events) = (0, 0);
    let full = batches.iter().position(|batch| {
        observations += observed(batch);
        events += batch.events.len() as u64;
        is_full(observations, events)
    });
    full.map_or(batches.len(), |last| last + 1)
}

/// Unpacks the bytes again and compares.
fn compare(bytes: &[u8], row: &Row, batches: &[Batch]) -> Result<(), LogError> {
    let damaged = |source| LogError::Damaged { seq: row.first_seq, source };
    let unpacked = Segment::open(bytes, row.first_seq).and_then(|it| it.unpack(row.before));
    let unpacked = unpacked.map_err(damaged)?;
    let other = |seq: u64| {
        let reason = "a segment would not give back what the tail holds".to_owned();
        LogError::Damaged { seq, source: CodecError::Content(reason) }
    };
    for (number, batch) in batches.iter().enumerate() {
        if unpacked.batch(number).map_err(damaged)?.as_ref() != Some(batch) {
            return Err(other(batch.first_seq));
        }
    }
    if unpacked.heads().len() == batches.len() { Ok(()) } else { Err(other(row.last_seq)) }
}

impl Log {
    /// Puts a segment in the place of the batches that it was made from. Returns false, and
    /// changes nothing, when they do not stand there any more.
    ///
    /// # Errors
    /// As [`Log::append`]: the swap may or may not be stored; [`Log::reopen`] finds out.
    pub fn swap(&mut self, draft: &Draft) -> Result<bool, LogError> {
        let Draft { row, bytes, tail, polls } = draft;
        let swapped = self.store.write(Commit::Checkpoint, |writing| {
            let mut table = writing.table(keys::TAIL)?;
            let Some(last) = tail.last() else { return Ok::<_, LogError>(false) };
            let chain = |record: Vec<u8>| codec::batch_parts(&record).map(|(chain, _)| chain).ok();
            if table.get(last)?.and_then(chain) != Some(row.after) {
                return Ok(false);
            }
            tail.iter().try_for_each(|key| table.remove(key))?;
            drop(table);
            let mut table = writing.table(keys::POLLS)?;
            polls.iter().try_for_each(|key| table.remove(key))?;
            drop(table);
            sealed::put(writing, row, bytes)?;
            Ok(true)
        })?;
        if swapped {
            self.spans.put(row);
        }
        Ok(swapped)
    }

    /// Seals what the tail holds, while it holds at least `least` batches; returns how many
    /// batches were sealed.
    pub fn seal(&mut self, least: usize) -> Result<usize, LogError> {
        self.seal_while(least, || true)
    }

    /// As [`Log::seal`], for as long as `go_on` says so before each segment; what is left stays in
    /// the tail.
    pub fn seal_while(
        &mut self,
        least: usize,
        mut go_on: impl FnMut() -> bool,
    ) -> Result<usize, LogError> {
        let mut batches = 0;
        while go_on() {
            let Some(draft) = self.reader().draft(least)? else { break };
            if !self.swap(&draft)? {
                break;
            }
            batches += draft.batches();
        }
        Ok(batches)
    }
}
