//! Where an event stands: what a fold needs to know of its batch.

use std::collections::BTreeMap;

use crate::event::codec::segment::{Content, Other};
use crate::event::{Batch, Event, PollId, Text, TextRef};
use crate::space::Endpoint;

use super::audience::IMPORTED_HOLDING_MS;

/// Where an event stands.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Its place in the log.
    pub seq: u64,
    /// When it was observed, in milliseconds since the epoch.
    pub at: i64,
    /// For how long counts of its batch may be held.
    pub hold_ms: u64,
    /// Whether its batch came from an endpoint that shows a Space for a while after its end.
    pub lags: bool,
    source: Source<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Source<'a> {
    Batch(&'a Batch),
    Segment(&'a Content, u32),
}

fn lags(endpoint: Option<Endpoint>) -> bool {
    matches!(endpoint, Some(Endpoint::Search | Endpoint::CreatorIds))
}

impl<'a> Place<'a> {
    /// Returns the place of a batch's first event.
    pub fn of(batch: &'a Batch) -> Self {
        Self {
            seq: batch.first_seq,
            at: batch.observed_at.0,
            hold_ms: batch.holding_ms().unwrap_or(IMPORTED_HOLDING_MS),
            lags: lags(batch.endpoint()),
            source: Source::Batch(batch),
        }
    }

    /// Returns the place of the event of this seq in the same batch.
    #[must_use]
    pub fn at_seq(self, seq: u64) -> Self {
        Self { seq, ..self }
    }

    /// Returns the id of the poll that its batch came from.
    pub fn poll_id(&self) -> Option<PollId> {
        match self.source {
            Source::Batch(batch) => batch.poll_id,
            Source::Segment(content, batch) => content.poll_id(batch),
        }
    }

    /// Returns the text behind a reference, unless it was forgotten.
    pub fn text(&self, reference: &TextRef) -> Option<&'a Text> {
        let texts: &BTreeMap<TextRef, Text> = match self.source {
            Source::Batch(batch) => &batch.texts,
            Source::Segment(content, _) => &content.texts,
        };
        texts.get(reference)
    }
}

/// What the batches of a segment say of their counts.
#[derive(Debug)]
pub struct Answers<'a> {
    content: &'a Content,
    /// Of each batch: when, for how long counts may be held, and whether it lags.
    batches: Vec<(i64, u64, bool)>,
}

impl<'a> Answers<'a> {
    /// Collects them.
    pub fn of(content: &'a Content) -> Self {
        let mut batches: Vec<(i64, u64, bool)> = content
            .heads
            .iter()
            .map(|head| (head.observed_at.0, IMPORTED_HOLDING_MS, lags(head.endpoint())))
            .collect();
        for other in &content.others {
            // The poll that was answered stands first in its batch.
            let Event::PollSucceeded(poll) = &other.event else { continue };
            let first = content.heads[other.batch as usize].first_seq;
            if let (true, Some(held)) = (content.seq(other.offset) == first, poll.head.holding_ms) {
                batches[other.batch as usize].1 = held;
            }
        }
        Self { content, batches }
    }

    /// Returns where another event stands.
    pub fn place(&self, other: &Other) -> Place<'a> {
        self.place_at(other.batch, other.offset)
    }

    /// Returns where the event this far from the segment's first stands.
    pub fn place_at(&self, batch: u32, offset: u32) -> Place<'a> {
        let (at, hold_ms, lags) = self.batches[batch as usize];
        let source = Source::Segment(self.content, batch);
        Place { seq: self.content.seq(offset), at, hold_ms, lags, source }
    }
}
