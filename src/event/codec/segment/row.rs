//! The record beside a segment: what can be known of it without unpacking it.

use bincode::{Decode, Encode};

use super::super::{CodecError, decode, encode, frame, unframe};
use crate::event::Batch;
use crate::space::Moment;

/// What the log says of a segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The seq of its first event.
    pub first_seq: u64,
    /// The seq of its last event.
    pub last_seq: u64,
    /// How many batches it has.
    pub batches: u32,
    /// How many of its events are observations of Spaces.
    pub observations: u32,
    /// The chain hash before its first batch.
    pub before: [u8; 32],
    /// The chain hash after its last batch.
    pub after: [u8; 32],
    /// The earliest and the latest `observed_at`; imported answers come in any order.
    pub observed: (Moment, Moment),
    /// The `recorded_at` of its first and its last batch.
    pub recorded: (Moment, Moment),
    /// How many bytes it has.
    pub bytes: u64,
}

#[derive(Encode, Decode)]
struct RowV1 {
    first_seq: u64,
    last_seq: u64,
    batches: u32,
    observations: u32,
    before: [u8; 32],
    after: [u8; 32],
    observed: (i64, i64),
    recorded: (i64, i64),
    bytes: u64,
}

impl Row {
    /// Returns the row of a segment of these batches; `None` when there are none.
    pub fn of(batches: &[Batch], before: [u8; 32], bytes: usize) -> Option<Self> {
        let (first, last) = (batches.first()?, batches.last()?);
        let observed =
            |event: &&crate::event::Event| matches!(event, crate::event::Event::SpaceObserved(_));
        let observations = batches.iter().flat_map(|batch| &batch.events).filter(observed).count();
        Some(Self {
            first_seq: first.first_seq,
            last_seq: last.last_seq(),
            batches: u32::try_from(batches.len()).ok()?,
            observations: u32::try_from(observations).ok()?,
            before,
            after: last.chain,
            observed: (
                batches.iter().map(|batch| batch.observed_at).min()?,
                batches.iter().map(|batch| batch.observed_at).max()?,
            ),
            recorded: (first.recorded_at, last.recorded_at),
            bytes: bytes as u64,
        })
    }

    /// Returns its record.
    pub fn encode(&self) -> Vec<u8> {
        frame(&encode(&RowV1 {
            first_seq: self.first_seq,
            last_seq: self.last_seq,
            batches: self.batches,
            observations: self.observations,
            before: self.before,
            after: self.after,
            observed: (self.observed.0.0, self.observed.1.0),
            recorded: (self.recorded.0.0, self.recorded.1.0),
            bytes: self.bytes,
        }))
    }

    /// Reads a record.
    pub fn decode(record: &[u8]) -> Result<Self, CodecError> {
        let it: RowV1 = decode(unframe(record)?)?;
        Ok(Self {
            first_seq: it.first_seq,
            last_seq: it.last_seq,
            batches: it.batches,
            observations: it.observations,
            before: it.before,
            after: it.after,
            observed: (Moment(it.observed.0), Moment(it.observed.1)),
            recorded: (Moment(it.recorded.0), Moment(it.recorded.1)),
            bytes: it.bytes,
        })
    }
}
