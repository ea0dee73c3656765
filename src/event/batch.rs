//! A batch: the events of one poll, or of one act of the monitor, appended together.

use std::collections::BTreeMap;

use crate::space::{Endpoint, Moment};

use super::{Event, Known, MonitorId, NewText, Notice, Origin, PollId, Text, TextRef};

/// A batch as it stands in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The seq of its first event; the others follow without a gap.
    pub first_seq: u64,
    /// Whose it is: logs of several monitors can be joined.
    pub monitor: MonitorId,
    /// The poll it came from; `None` for an act of the monitor.
    pub poll_id: Option<PollId>,
    /// When X answered (or the monitor acted).
    pub observed_at: Moment,
    /// When it entered the log; never before the batch ahead of it.
    pub recorded_at: Moment,
    /// The events, at least one.
    pub events: Vec<Event>,
    /// The texts that the events refer to; one that was forgotten is absent.
    pub texts: BTreeMap<TextRef, Text>,
    /// The chain hash up to and with this batch.
    pub chain: [u8; 32],
}

impl Batch {
    /// Returns the seq of its last event.
    pub fn last_seq(&self) -> u64 {
        self.first_seq + self.events.len() as u64 - 1
    }

    /// Returns the events with their seqs.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        (self.first_seq..).zip(&self.events).map(|(seq, event)| Entry { seq, event, batch: self })
    }

    /// Returns the text behind a reference, unless it was forgotten.
    pub fn text(&self, reference: &TextRef) -> Option<&Text> {
        self.texts.get(reference)
    }

    /// Returns which endpoint answered, if this is the batch of an answer.
    pub fn endpoint(&self) -> Option<Endpoint> {
        match self.events.first()? {
            Event::PollSucceeded(poll) => Some(poll.head.endpoint),
            _ => None,
        }
    }

    /// Returns whether it is a recorded answer that was taken in later.
    pub fn is_imported(&self) -> bool {
        match self.events.first() {
            Some(Event::PollSucceeded(poll)) => poll.head.origin == Origin::Imported,
            Some(Event::PollFailed(poll)) => poll.head.origin == Origin::Imported,
            _ => false,
        }
    }

    /// Returns whether it shows that a monitor watched then: not so what was imported, nor what
    /// a person did to the log by hand.
    pub fn is_watch(&self) -> bool {
        let by_hand = matches!(
            self.events.first(),
            Some(Event::Forgotten { .. } | Event::SpacesJoined { .. }) | None
        );
        !by_hand && !self.is_imported()
    }

    /// Returns how long counts of this batch may be held, in milliseconds, if its poll said so.
    pub fn holding_ms(&self) -> Option<u64> {
        match self.events.first()? {
            Event::PollSucceeded(poll) => poll.head.holding_ms,
            _ => None,
        }
    }
}

/// One event in its batch.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// Its place in the log.
    pub seq: u64,
    /// The event.
    pub event: &'a Event,
    /// Its batch.
    pub batch: &'a Batch,
}

/// What is to be appended in one transaction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewBatch {
    /// Whose it is; `None` for the monitor of the log that it is appended to.
    pub monitor: Option<MonitorId>,
    /// The poll it came from; the log holds each poll once.
    pub poll_id: Option<PollId>,
    /// When X answered (or the monitor acted).
    pub observed_at: Moment,
    /// The events, at least one.
    pub events: Vec<Event>,
    /// Texts that the events are the first to refer to.
    pub texts: Vec<NewText>,
    /// What has to be known to decide the next events.
    pub known: Known,
    /// What people are to be told once the batch is stored.
    pub notices: Vec<Notice>,
}
