//! A segment as folds take it: observations Space by Space, the other events in their order.

use std::collections::BTreeMap;

use super::super::CodecError;
use super::{Head, Other, Row, Runs, Segment};
use crate::event::{Batch, Event, PollId, Text, TextRef};
use crate::space::UserId;

/// What is wanted of a segment beside its other events; each holds the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wanted {
    /// Nothing.
    Others,
    /// Which Spaces were observed, and when.
    Places,
    /// All that was observed.
    Observations,
}

/// What a segment holds.
#[derive(Debug)]
pub struct Content {
    /// What the log says of it.
    pub row: Row,
    /// The heads of its batches.
    pub heads: Vec<Head>,
    /// The users that it names.
    pub users: Vec<UserId>,
    /// The observations, as far as they were asked for.
    pub runs: Option<Runs>,
    /// The other events.
    pub others: Vec<Other>,
    /// The texts that they refer to; one that was forgotten is absent.
    pub texts: BTreeMap<TextRef, Text>,
}

impl Content {
    /// Reads a segment, of its observations what is wanted, without its texts.
    ///
    /// Its chain hash is not computed: slices have checksums, and `verify` computes it.
    pub fn read(bytes: &[u8], row: &Row, wanted: Wanted) -> Result<Self, CodecError> {
        let segment = Segment::open(bytes, row.first_seq)?;
        if segment.heads().last().map(Head::last_seq) != Some(row.last_seq) {
            return Err(CodecError::Content("a segment ends elsewhere than its row".to_owned()));
        }
        let runs = match wanted {
            Wanted::Others => None,
            Wanted::Places => Some(segment.places()?),
            Wanted::Observations => Some(segment.runs()?),
        };
        let others = segment.others()?;
        let (heads, users) = (segment.heads.heads, segment.names.users);
        let texts = BTreeMap::new();
        Ok(Self { row: row.clone(), heads, users, runs, others, texts })
    }

    /// Returns a batch without its observations, texts and chain hash; the seqs of its single
    /// events do not hold.
    pub fn others_of(&self, batch: u32) -> Batch {
        let from = self.others.partition_point(|other| other.batch < batch);
        let others = self.others[from..].iter().take_while(|other| other.batch == batch);
        let mut found = self.heads[batch as usize].batch(Vec::new());
        found.poll_id = self.poll_id(batch);
        found.events = others.map(|other| other.event.clone()).collect();
        found
    }

    /// Returns the id of the poll that a batch came from.
    pub fn poll_id(&self, batch: u32) -> Option<PollId> {
        self.heads.get(batch as usize)?.poll_id(self.first(batch))
    }

    /// Returns the first event of a batch, if it is not an observation.
    pub fn first(&self, batch: u32) -> Option<&Event> {
        let head = self.heads.get(batch as usize)?;
        let place = self.others.partition_point(|other| other.batch < batch);
        let other = self.others.get(place).filter(|other| other.batch == batch)?;
        (self.seq(other.offset) == head.first_seq).then_some(&other.event)
    }

    /// Returns the seq of the event this far from the segment's first.
    pub fn seq(&self, offset: u32) -> u64 {
        self.row.first_seq + u64::from(offset)
    }
}
