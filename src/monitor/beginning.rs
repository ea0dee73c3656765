//! How a monitor begins: what is watched, the order of asking, and the first batch of its life.

use super::MonitorError;
use super::appender::Appender;
use super::poller::sight;
use crate::clock::Clock;
use crate::config::{Creator, Settings};
use crate::decide;
use crate::event::SpaceKnown;
use crate::log::{LogError, Reader};
use crate::poll::schedule::{Plan, Schedule};
use crate::space::{Moment, WatchItem};

/// Returns what is watched, and the order of asking: what the settings name, and every Space that
/// the log has not seen to end.
pub(super) fn plan(
    settings: &Settings,
    clock: &Clock,
    reader: &Reader,
) -> Result<(Vec<WatchItem>, Schedule), MonitorError> {
    let now = Moment::from(clock.now());
    let watch = &settings.watch;
    let plan = Plan {
        interval_ms: i64::try_from(settings.interval.as_millis()).unwrap_or(i64::MAX),
        max_results: settings.max_results,
        once: settings.once,
    };
    let mut schedule = Schedule::new(plan, watch.queries.clone(), now);
    schedule.follow_only(settings.languages.clone());
    let mut names = Vec::new();
    for creator in &watch.creators {
        match creator {
            Creator::Id(id) => schedule.watch([*id], now),
            Creator::Name(name) => names.push(name.clone()),
        }
    }
    schedule.resolve(names, now);
    for (id, known) in reader.open_spaces()? {
        // One known by import alone was followed by somebody else, perhaps long ago.
        if known.live_seen {
            schedule.follow(id, sight(&known), now);
        }
    }
    for id in &watch.spaces {
        schedule.follow(*id, sight(&SpaceKnown::default()), now);
    }
    Ok((watch.items(), schedule))
}

/// Writes the monitor's start, whom it asks, and the gap before it.
pub(super) fn begin(
    appender: &mut Appender,
    origin: Option<&str>,
    watch: &[WatchItem],
    clock: &Clock,
) -> Result<(), MonitorError> {
    let now = Moment::from(clock.now());
    let log = appender.log();
    let before = last_live(&log.reader())?;
    let monitor = log.header().monitor;
    let needed = decide::watch_salts_needed(watch.iter());
    let salts = log.entropy().salts(needed).map_err(LogError::from)?;
    let batch = decide::started(monitor, origin.map(ToOwned::to_owned), watch, before, now, salts);
    Ok(appender.act(&batch)?)
}

/// Returns when the log was last written to by a monitor that watched.
fn last_live(reader: &Reader) -> Result<Option<Moment>, LogError> {
    let mut seq = reader.head()?.seq;
    while seq > 0 {
        let Some(batch) = reader.batches(seq, 1)?.pop() else { break };
        if batch.is_watch() {
            return Ok(Some(batch.recorded_at));
        }
        seq = batch.first_seq - 1;
    }
    Ok(None)
}
