//! The log as an iterator of events.

use std::sync::Arc;
use std::vec;

use crate::event::{Batch, Entry, Event};
use crate::log::{LogError, Reader};

use super::ArchiveError;

/// Batches read in one step.
const STEP_BATCHES: usize = 64;

/// One event of the log, with the batch it came in.
#[derive(Clone, Debug)]
pub struct Replayed {
    batch: Arc<Batch>,
    place: usize,
}

impl Replayed {
    /// Its seq: its place in the log.
    pub fn seq(&self) -> u64 {
        self.batch.first_seq + self.place as u64
    }

    /// What was seen.
    pub fn event(&self) -> &Event {
        &self.batch.events[self.place]
    }

    /// The events of the same poll or act, when it was, and the texts they refer to.
    pub fn batch(&self) -> &Batch {
        &self.batch
    }

    /// The event as a fold takes it.
    pub fn entry(&self) -> Entry<'_> {
        Entry { seq: self.seq(), event: self.event(), batch: &self.batch }
    }
}

/// The events of the log from a seq on, in order, to where it ends when its end is reached.
///
/// After an error it ends: no event beyond one that does not hold is handed out.
#[derive(Debug)]
pub struct Replay {
    reader: Reader,
    next: u64,
    read: vec::IntoIter<Batch>,
    batch: Option<(Arc<Batch>, usize)>,
    is_over: bool,
}

impl Replay {
    pub(super) fn new(reader: Reader, from: u64) -> Self {
        Self {
            reader,
            next: from.max(1),
            read: Vec::new().into_iter(),
            batch: None,
            is_over: false,
        }
    }

    /// Returns the next batch that holds a seq which is still to come.
    fn batch(&mut self) -> Result<Option<Arc<Batch>>, LogError> {
        if self.read.len() == 0 {
            self.read = self.reader.batches(self.next, STEP_BATCHES)?.into_iter();
        }
        Ok(self.read.next().map(Arc::new))
    }
}

impl Iterator for Replay {
    type Item = Result<Replayed, ArchiveError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        if self.batch.as_ref().is_none_or(|(batch, place)| *place >= batch.events.len()) {
            self.batch = match self.batch() {
                // A replay may begin in the middle of a batch.
                Ok(Some(batch)) => {
                    let skipped = self.next.saturating_sub(batch.first_seq);
                    Some((batch, usize::try_from(skipped).unwrap_or(usize::MAX)))
                }
                Ok(None) => None,
                Err(error) => {
                    self.is_over = true;
                    return Some(Err(error.into()));
                }
            };
        }
        let Some((batch, place)) = self.batch.as_mut().filter(|it| it.1 < it.0.events.len()) else {
            self.is_over = true;
            return None;
        };
        let replayed = Replayed { batch: batch.clone(), place: *place };
        *place += 1;
        self.next = replayed.seq() + 1;
        Some(Ok(replayed))
    }
}

impl std::iter::FusedIterator for Replay {}
