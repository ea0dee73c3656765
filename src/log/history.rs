//! Parts of the log: what it says of one Space, and what it says of people and topics.
//!
//! Whoever asks for one Space as of a past moment is answered from these, and not from the whole
//! log. How the batches are found is hidden here; so far the log is walked in short steps.

use crate::event::{Batch, Event};
use crate::space::SpaceId;

use super::{LogError, Reader};

/// Batches read in one step, after which whoever walks may break off.
const STEP_BATCHES: usize = 128;

/// What is handed the batches of a part; it returns false when it has enough.
pub type EachBatch<'a> = dyn FnMut(&Batch) -> Result<bool, LogError> + 'a;

/// What is told, between two steps, the seq reached; it returns whether to go on.
pub type GoOn<'a> = dyn FnMut(u64) -> bool + 'a;

impl Reader {
    /// Hands out, in order and whole, the batches up to seq `until` that say anything of a Space.
    /// Returns false when `go_on` broke it off.
    pub fn history(
        &self,
        space: SpaceId,
        until: u64,
        go_on: &mut GoOn,
        each: &mut EachBatch,
    ) -> Result<bool, LogError> {
        self.walk(until, go_on, &mut |batch| {
            let says = batch.events.iter().any(|event| event.is_about(space));
            if says { each(&batch) } else { Ok(true) }
        })
    }

    /// Hands out, in order, the batches up to seq `until` that say anything of people or topics,
    /// **without their observations of Spaces**: the seqs of single events in them do not hold.
    /// Returns false when `go_on` broke it off.
    pub fn about_people(
        &self,
        until: u64,
        go_on: &mut GoOn,
        each: &mut EachBatch,
    ) -> Result<bool, LogError> {
        self.walk(until, go_on, &mut |mut batch| {
            if !batch.events.iter().any(is_about_people) {
                return Ok(true);
            }
            batch.events.retain(|event| !matches!(event, Event::SpaceObserved(_)));
            each(&batch)
        })
    }

    /// Hands out the batches that end at or before `until`.
    fn walk(
        &self,
        until: u64,
        go_on: &mut GoOn,
        each: &mut dyn FnMut(Batch) -> Result<bool, LogError>,
    ) -> Result<bool, LogError> {
        let mut seq = 1;
        while seq <= until {
            let batches = self.batches(seq, STEP_BATCHES)?;
            if batches.is_empty() {
                return Ok(true);
            }
            for batch in batches {
                seq = batch.last_seq() + 1;
                if batch.last_seq() > until || !each(batch)? {
                    return Ok(true);
                }
            }
            if !go_on(seq - 1) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

fn is_about_people(event: &Event) -> bool {
    matches!(event, Event::UserDescribed(_) | Event::UserCounted(_) | Event::TopicDescribed(_))
}
