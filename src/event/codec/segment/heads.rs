//! What a segment keeps of each batch beside its events.

use super::super::{CodecError, from_v1, into_v1};
use super::columns::{Column, Columns, Cursor, Pack, fold, too_large, unfold};
use crate::event::{Batch, Event, MonitorId, PollHead, PollId};
use crate::space::{Endpoint, Moment};

/// A batch without its events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The seq of its first event.
    pub first_seq: u64,
    /// How many events it has.
    pub events: u32,
    /// How many of them are observations of Spaces.
    pub observations: u32,
    /// When X answered (or the monitor acted).
    pub observed_at: Moment,
    /// When it entered the log.
    pub recorded_at: Moment,
    /// Whose it is.
    pub monitor: MonitorId,
    /// The endpoint that answered, plus one; 0 where none did.
    pub(super) context: u8,
    poll: Poll,
}

/// How the poll's id is known.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Poll {
    None,
    /// It follows from the poll event, as that of every live poll does.
    Derived,
    Given(PollId),
}

impl Head {
    /// Returns the seq of its last event.
    pub fn last_seq(&self) -> u64 {
        self.first_seq + u64::from(self.events) - 1
    }

    /// Returns the id of the poll that the batch came from; `first` is its first event.
    pub fn poll_id(&self, first: Option<&Event>) -> Option<PollId> {
        match &self.poll {
            Poll::None => None,
            Poll::Given(id) => Some(*id),
            Poll::Derived => derived(self.monitor, first, self.observed_at),
        }
    }

    /// Returns the endpoint that answered, if one did.
    pub fn endpoint(&self) -> Option<Endpoint> {
        from_v1::endpoint(self.context.checked_sub(1)?).ok()
    }

    /// Returns the batch with these events, without texts and chain hash.
    pub(super) fn batch(&self, events: Vec<Event>) -> Batch {
        let poll_id = self.poll_id(events.first());
        Batch {
            first_seq: self.first_seq,
            monitor: self.monitor,
            poll_id,
            observed_at: self.observed_at,
            recorded_at: self.recorded_at,
            events,
            texts: std::collections::BTreeMap::new(),
            chain: [0; 32],
        }
    }
}

fn poll_head(first: Option<&Event>) -> Option<&PollHead> {
    match first? {
        Event::PollSucceeded(poll) => Some(&poll.head),
        Event::PollFailed(poll) => Some(&poll.head),
        _ => None,
    }
}

fn derived(monitor: MonitorId, first: Option<&Event>, at: Moment) -> Option<PollId> {
    poll_head(first).map(|head| PollId::of_live(monitor, head, at))
}

/// The heads of a segment.
#[derive(Debug)]
pub(super) struct Heads {
    pub heads: Vec<Head>,
    /// How many observations they have together.
    pub observations: usize,
}

fn is_observation(event: &Event) -> bool {
    matches!(event, Event::SpaceObserved(_))
}

/// Returns the endpoint that answered, plus one; 0 where none did.
pub(super) fn context(batch: &Batch) -> u8 {
    batch.endpoint().map_or(0, |endpoint| into_v1::endpoint(endpoint) + 1)
}

/// How many contexts there are.
pub(super) const CONTEXTS: usize = Endpoint::ALL.len() + 1;

pub(super) fn write(batches: &[Batch], pack: &mut Pack) {
    let (mut at, mut step, mut monitors) = (0_i64, 0_i64, Vec::new());
    for batch in batches {
        // Polls follow one another at an even pace: their differences' differences are small.
        let since = batch.observed_at.0.wrapping_sub(at);
        pack.put(Column::OBSERVED_AT, fold(since.wrapping_sub(step)));
        (at, step) = (batch.observed_at.0, since);
        pack.put(Column::RECORDED_AT, fold(batch.recorded_at.0.wrapping_sub(at)));
        let known = monitors.iter().position(|monitor| *monitor == batch.monitor);
        let place = known.unwrap_or(monitors.len());
        pack.put(Column::MONITOR, place as u64);
        if known.is_none() {
            monitors.push(batch.monitor);
            pack.put(Column::MONITOR, batch.monitor.0);
        }
        match batch.poll_id {
            None => pack.put(Column::POLL_KIND, 0),
            id if id == derived(batch.monitor, batch.events.first(), batch.observed_at) => {
                pack.put(Column::POLL_KIND, 1);
            }
            Some(id) => {
                pack.put(Column::POLL_KIND, 2);
                pack.column(Column::POLL_ID).extend_from_slice(&id.0);
            }
        }
        let observations = batch.events.iter().filter(|event| is_observation(event)).count();
        pack.put(Column::OBSERVATIONS, observations as u64);
        pack.put(Column::OTHERS, (batch.events.len() - observations) as u64);
        pack.column(Column::CONTEXT).push(context(batch));
    }
}

pub(super) fn read(columns: &Columns, first_seq: u64) -> Result<Heads, CodecError> {
    let contexts = columns.column(Column::CONTEXT)?;
    let [at, recorded, monitor, kind, id, observed, other] = [
        Column::OBSERVED_AT,
        Column::RECORDED_AT,
        Column::MONITOR,
        Column::POLL_KIND,
        Column::POLL_ID,
        Column::OBSERVATIONS,
        Column::OTHERS,
    ]
    .map(|column| columns.column(column));
    let (at, recorded, monitor, kind) = (at?, recorded?, monitor?, kind?);
    let (id, observed, other) = (id?, observed?, other?);
    let [mut ats, mut recordeds, mut monitors, mut kinds] =
        [&at, &recorded, &monitor, &kind].map(|bytes| Cursor(bytes));
    let [mut ids, mut observeds, mut others] = [&id, &observed, &other].map(|bytes| Cursor(bytes));
    let (mut heads, mut known, mut observations) = (Vec::new(), Vec::new(), 0);
    let (mut at, mut step, mut seq) = (0_i64, 0_i64, first_seq);
    for context in contexts {
        step = step.wrapping_add(unfold(ats.next()?));
        at = at.wrapping_add(step);
        let place = monitors.size()?;
        if place == known.len() {
            known.push(MonitorId(monitors.next()?));
        }
        let poll = match kinds.next()? {
            0 => Poll::None,
            1 => Poll::Derived,
            _ => Poll::Given(PollId(ids.array()?)),
        };
        let (observed, other) = (observeds.size()?, others.size()?);
        let events = u32::try_from(observed + other).map_err(|_| too_large())?;
        if events == 0 || usize::from(context) >= CONTEXTS {
            return Err(CodecError::Content("a batch has no events, or no endpoint".to_owned()));
        }
        heads.push(Head {
            first_seq: seq,
            events,
            observations: u32::try_from(observed).map_err(|_| too_large())?,
            observed_at: Moment(at),
            recorded_at: Moment(at.wrapping_add(unfold(recordeds.next()?))),
            monitor: *known.get(place).ok_or_else(too_large)?,
            context,
            poll,
        });
        seq += u64::from(events);
        observations += observed;
    }
    Ok(Heads { heads, observations })
}
