//! What a monitor does itself: it starts, stops, and finds that it had not looked.

use crate::event::{
    Event, Gap, GapCause, MonitorId, MonitorStarted, MonitorStopped, NewBatch, NewText, Owner,
    Salt, Text, Watched,
};
use crate::space::{Endpoint, Moment, SpaceId, WatchItem};

/// A stretch without a monitor that is shorter than this is no gap worth telling.
const GAP_MIN_MS: i64 = 1_000;

/// Returns how many salts [`started`] or [`rewatched`] needs for these.
pub fn watch_salts_needed<'a>(items: impl Iterator<Item = &'a WatchItem>) -> usize {
    items.filter(|it| matches!(it, WatchItem::Query(_) | WatchItem::Username(_))).count()
}

/// Returns the batch of a monitor's start. The watch list of a log begins empty with each start,
/// and is what is added after it. `origin` is whom it asks; `before` is when the log was last
/// written to, if ever.
pub fn started(
    monitor: MonitorId,
    origin: Option<String>,
    watch: &[WatchItem],
    before: Option<Moment>,
    now: Moment,
    salts: Vec<Salt>,
) -> NewBatch {
    let version = env!("CARGO_PKG_VERSION").to_owned();
    let mut events = vec![Event::MonitorStarted(MonitorStarted { monitor, version, origin })];
    if let Some(from) = before.filter(|from| now.since(*from) >= GAP_MIN_MS) {
        events.push(gap(GapCause::NotRunning, from, now));
    }
    let (watched, texts) = changed(watch.iter().map(|it| (it, true)), salts);
    events.extend(watched);
    NewBatch { observed_at: now, events, texts, ..NewBatch::default() }
}

/// Returns the batch of a watch list that was changed while the monitor runs: each thing was put
/// on it, or taken off.
pub fn rewatched(changes: &[(WatchItem, bool)], now: Moment, salts: Vec<Salt>) -> NewBatch {
    let (events, texts) = changed(changes.iter().map(|(it, added)| (it, *added)), salts);
    NewBatch { observed_at: now, events, texts, ..NewBatch::default() }
}

fn changed<'a>(
    changes: impl Iterator<Item = (&'a WatchItem, bool)>,
    salts: Vec<Salt>,
) -> (Vec<Event>, Vec<NewText>) {
    let mut salts = salts.into_iter();
    let mut texts = Vec::new();
    let mut store = |line: &str| {
        let salt = salts.next().unwrap_or_default();
        let text = NewText::new(Owner::Monitor, Text::Line(line.to_owned()), salt);
        let reference = text.reference;
        texts.push(text);
        reference
    };
    let events = changes.map(|(item, added)| {
        let watched = match item {
            WatchItem::Query(text) => Watched::Query(store(text)),
            WatchItem::Username(name) => Watched::Username(store(name)),
            WatchItem::User(id) => Watched::User(*id),
            WatchItem::Space(id) => Watched::Space(*id),
        };
        Event::WatchChanged { watched, added }
    });
    (events.collect(), texts)
}

/// Returns the batch of a person's word that Spaces are one event, or are not.
pub fn joined(spaces: Vec<SpaceId>, joined: bool, now: Moment) -> NewBatch {
    let events = vec![Event::SpacesJoined { spaces, joined }];
    NewBatch { observed_at: now, events, ..NewBatch::default() }
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

/// Returns the batch of our wall clock being ahead of X's by so much.
pub fn skewed(by_ms: i64, now: Moment) -> NewBatch {
    let events = vec![Event::ClockSkewed { by_ms }];
    NewBatch { observed_at: now, events, ..NewBatch::default() }
}

fn gap(cause: GapCause, from: Moment, to: Moment) -> Event {
    Event::Gap(Gap { space: None, endpoint: None, from, to, cause })
}
