//! Parts of the log: what it says of one Space, and what it says of people and topics.
//!
//! Whoever asks for one Space as of a past moment is answered from these, and not from the whole
//! log: of the segments only those are unpacked that name the Space, and what is said of people
//! stands in columns of its own. The tail is walked in short steps.

use crate::event::codec::segment::{self, Row};
use crate::event::{Batch, Event};
use crate::space::SpaceId;

use super::{LogError, Reader, keys, reader};

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
        let mut next = 1;
        for row in self.segments()? {
            if row.first_seq > until {
                return Ok(true);
            }
            next = row.last_seq + 1;
            let bytes = self.segment(&row)?;
            let damaged = |source| LogError::Damaged { seq: row.first_seq, source };
            if segment::names(&bytes, space).map_err(damaged)? {
                for batch in self.about(&row, space)? {
                    if batch.last_seq() > until || !each(&batch)? {
                        return Ok(true);
                    }
                }
            }
            if !go_on(row.last_seq.min(until)) {
                return Ok(false);
            }
        }
        self.walk(next, until, go_on, &mut |batch| {
            let says = batch.events.iter().any(|event| event.is_about(space));
            if says { each(&batch) } else { Ok(true) }
        })
    }

    /// Returns the batches of a segment that say anything of a Space.
    fn about(&self, row: &Row, space: SpaceId) -> Result<Vec<Batch>, LogError> {
        let damaged = |source| LogError::Damaged { seq: row.first_seq, source };
        self.store().read(|read| {
            let unpacked = self.cache().unpacked(read, row)?;
            let texts = read.table(keys::TEXTS)?;
            let mut batches = Vec::new();
            for number in unpacked.about(space) {
                let batch = unpacked.batch(number as usize).map_err(damaged)?;
                batches.extend(batch);
            }
            batches.iter_mut().try_for_each(|batch| reader::hydrate(&texts, batch))?;
            Ok(batches)
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
        let mut next = 1;
        while let Some(content) = self.content(next, until, segment::Wanted::Others)? {
            next = content.row.last_seq + 1;
            for place in 0..content.heads.len() {
                // A segment holds fewer batches than 32 bits count.
                let mut batch = content.others_of(u32::try_from(place).unwrap_or(u32::MAX));
                if batch.events.iter().any(is_about_people) {
                    let references = batch.events.iter().flat_map(Event::references);
                    let found = references
                        .filter_map(|it| content.texts.get(&it).map(|text| (it, text.clone())));
                    batch.texts = found.collect();
                    if !each(&batch)? {
                        return Ok(true);
                    }
                }
            }
            if !go_on(content.row.last_seq) {
                return Ok(false);
            }
        }
        self.walk(next, until, go_on, &mut |mut batch| {
            if !batch.events.iter().any(is_about_people) {
                return Ok(true);
            }
            batch.events.retain(|event| !matches!(event, Event::SpaceObserved(_)));
            each(&batch)
        })
    }

    /// Hands out the batches from `seq` on that end at or before `until`.
    fn walk(
        &self,
        mut seq: u64,
        until: u64,
        go_on: &mut GoOn,
        each: &mut dyn FnMut(Batch) -> Result<bool, LogError>,
    ) -> Result<bool, LogError> {
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
