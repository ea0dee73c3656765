//! What a monitor does itself: it starts, stops, and finds that it had not looked.

use crate::event::{
    Event, Gap, GapCause, MonitorId, MonitorStarted, MonitorStopped, NewBatch, NewText, Owner,
    Salt, Text, Watched,
};
use crate::space::{Endpoint, Moment, SpaceId, UserId};

/// A stretch without a monitor that is shorter than this is no gap worth telling.
const GAP_MIN_MS: i64 = 1_000;

/// What a monitor begins to watch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WatchList {
    /// Queries.
    pub queries: Vec<String>,
    /// Creators by name.
    pub usernames: Vec<String>,
    /// Creators by id.
    pub users: Vec<UserId>,
    /// Spaces.
    pub spaces: Vec<SpaceId>,
}

impl WatchList {
    /// Returns how many salts [`started`] needs.
    pub fn salts_needed(&self) -> usize {
        self.queries.len() + self.usernames.len()
    }
}

/// Returns the batch of a monitor's start. The watch list of a log begins empty with each start,
/// and is what is added after it. `origin` is whom it asks; `before` is when the log was last
/// written to, if ever.
pub fn started(
    monitor: MonitorId,
    origin: Option<String>,
    watch: &WatchList,
    before: Option<Moment>,
    now: Moment,
    salts: Vec<Salt>,
) -> NewBatch {
    let version = env!("CARGO_PKG_VERSION").to_owned();
    let mut events = vec![Event::MonitorStarted(MonitorStarted { monitor, version, origin })];
    if let Some(from) = before.filter(|from| now.since(*from) >= GAP_MIN_MS) {
        events.push(gap(GapCause::NotRunning, from, now));
    }
    let mut salts = salts.into_iter();
    let mut texts = Vec::new();
    let mut store = |line: &String| {
        let salt = salts.next().unwrap_or_default();
        let text = NewText::new(Owner::Monitor, Text::Line(line.clone()), salt);
        let reference = text.reference;
        texts.push(text);
        reference
    };
    let queries = watch.queries.iter().map(&mut store).map(Watched::Query).collect::<Vec<_>>();
    let names = watch.usernames.iter().map(&mut store).map(Watched::Username);
    let watched = queries
        .into_iter()
        .chain(names.collect::<Vec<_>>())
        .chain(watch.users.iter().copied().map(Watched::User))
        .chain(watch.spaces.iter().copied().map(Watched::Space));
    events.extend(watched.map(|watched| Event::WatchChanged { watched, added: true }));
    NewBatch { observed_at: now, events, texts, ..NewBatch::default() }
}

/// Returns the batch of a monitor's end in good order.
pub fn stopped(monitor: MonitorId, reason: &str, now: Moment) -> NewBatch {
    let reason = reason.to_owned();
    let events = vec![Event::MonitorStopped(MonitorStopped { monitor, reason })];
    NewBatch { observed_at: now, events, ..NewBatch::default() }
}

/// Returns the batch of a stretch in which nothing could be stored, or asked.
pub fn blind(cause: GapCause, from: Moment, now: Moment) -> NewBatch {
    NewBatch { observed_at: now, events: vec![gap(cause, from, now)], ..NewBatch::default() }
}

/// Returns the batch of the begin (`to` is `from`) or the end of a stretch in which there was no
/// money for an endpoint.
pub fn unpaid(endpoint: Endpoint, from: Moment, to: Moment) -> NewBatch {
    let gap = Gap { space: None, endpoint: Some(endpoint), from, to, cause: GapCause::Budget };
    NewBatch { observed_at: to, events: vec![Event::Gap(gap)], ..NewBatch::default() }
}

/// Returns the batch of a wall clock that was moved.
pub fn stepped(by_ms: i64, now: Moment) -> NewBatch {
    let events = vec![Event::ClockStepped { by_ms }];
    NewBatch { observed_at: now, events, ..NewBatch::default() }
}

fn gap(cause: GapCause, from: Moment, to: Moment) -> Event {
    Event::Gap(Gap { space: None, endpoint: None, from, to, cause })
}
