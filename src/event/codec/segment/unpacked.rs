//! A segment unpacked: any of its batches can be had, at a tenth of the room that all would take.

use std::collections::BTreeSet;

use super::super::{CodecError, canonical, chain};
use super::{Head, Other, Runs};
use crate::event::{Batch, Event};
use crate::space::{SpaceId, UserId};

/// A segment in memory.
#[derive(Debug)]
pub struct Unpacked {
    heads: Vec<Head>,
    users: Vec<UserId>,
    runs: Runs,
    others: Vec<Other>,
    /// What stands at each seq: the place of its run and its number there, or the place among the
    /// other events.
    slots: Vec<Slot>,
    /// The chain hash after each batch.
    chains: Vec<[u8; 32]>,
}

#[derive(Clone, Copy, Debug)]
enum Slot {
    Empty,
    Observed(u32, u32),
    Other(u32),
}

fn misplaced() -> CodecError {
    CodecError::Content("an event has no place in its batch".to_owned())
}

impl Unpacked {
    pub(super) fn new(
        heads: Vec<Head>,
        users: Vec<UserId>,
        runs: Runs,
        others: Vec<Other>,
        before: [u8; 32],
    ) -> Result<Self, CodecError> {
        let events = heads.iter().map(|head| head.events as usize).sum();
        let mut slots = vec![Slot::Empty; events];
        let mut put = |offset: u32, slot: Slot| {
            let place = slots.get_mut(offset as usize).ok_or_else(misplaced)?;
            if matches!(place, Slot::Empty) {
                *place = slot;
                return Ok(());
            }
            Err(misplaced())
        };
        for (space, run) in (0..).zip(runs.iter()) {
            for (number, (_batch, offset)) in (0..).zip(run.places) {
                put(*offset, Slot::Observed(space, number))?;
            }
        }
        for (place, other) in (0..).zip(&others) {
            put(other.offset, Slot::Other(place))?;
        }
        let chains = Vec::with_capacity(heads.len());
        let mut unpacked = Self { heads, users, runs, others, slots, chains };
        let mut hash = before;
        for number in 0..unpacked.heads.len() {
            let batch = unpacked.read(number)?;
            hash = chain(&hash, &canonical(&batch));
            unpacked.chains.push(hash);
        }
        Ok(unpacked)
    }

    /// Returns the heads of its batches.
    pub fn heads(&self) -> &[Head] {
        &self.heads
    }

    /// Returns the observations, Space by Space.
    pub fn runs(&self) -> &Runs {
        &self.runs
    }

    /// Returns the other events, in their order.
    pub fn others(&self) -> &[Other] {
        &self.others
    }

    /// Returns the users that it names.
    pub fn users(&self) -> &[UserId] {
        &self.users
    }

    /// Returns the chain hash after the last batch.
    pub fn chain(&self) -> Option<[u8; 32]> {
        self.chains.last().copied()
    }

    /// Returns the places of the batches that say anything of a Space, in their order.
    pub fn about(&self, space: SpaceId) -> BTreeSet<u32> {
        let runs = self.runs.iter().filter(|run| run.space == space);
        let observed = runs.flat_map(|run| run.places.iter().map(|(batch, _)| *batch));
        let others = self.others.iter().filter(|other| other.event.is_about(space));
        observed.chain(others.map(|other| other.batch)).collect()
    }

    /// Returns the place of the batch that holds a seq.
    pub fn place(&self, seq: u64) -> Option<usize> {
        let after = self.heads.partition_point(|head| head.first_seq <= seq);
        after.checked_sub(1).filter(|place| self.heads[*place].last_seq() >= seq)
    }

    /// Returns a batch, without its texts; `None` when there are no more.
    ///
    /// # Errors
    /// An event that is not there: the segment is damaged.
    pub fn batch(&self, number: usize) -> Result<Option<Batch>, CodecError> {
        let Some(hash) = self.chains.get(number) else { return Ok(None) };
        let mut batch = self.read(number)?;
        batch.chain = *hash;
        Ok(Some(batch))
    }

    fn read(&self, number: usize) -> Result<Batch, CodecError> {
        let head = &self.heads[number];
        let first = self.heads[0].first_seq;
        let from = usize::try_from(head.first_seq - first).map_err(|_| misplaced())?;
        let slots = self.slots.get(from..from + head.events as usize).ok_or_else(misplaced)?;
        let events: Option<Vec<Event>> = slots.iter().map(|slot| self.event(*slot)).collect();
        Ok(head.batch(events.ok_or_else(misplaced)?))
    }

    fn event(&self, slot: Slot) -> Option<Event> {
        match slot {
            Slot::Empty => None,
            Slot::Other(place) => Some(self.others.get(place as usize)?.event.clone()),
            Slot::Observed(space, number) => {
                let run = self.runs.run(space as usize)?;
                Some(Event::SpaceObserved(run.event(number as usize, &self.users)))
            }
        }
    }
}
