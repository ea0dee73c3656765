//! What the views teach the order of asking when a monitor starts, so that it need not learn
//! again what an earlier run saw: who hosts, how restless audiences are, how late starts come.

use std::collections::BTreeMap;

use crate::clock::Clock;
use crate::config::Settings;
use crate::log::Reader;
use crate::poll::schedule::Schedule;
use crate::projector::{ProjectorError, Views};
use crate::space::{Moment, SpaceId, UserId};

use super::talk::Talk;

/// Rows of hosts and of Spaces that are read at most: the start must not wait for a long log.
const ROWS_MAX: usize = 200_000;
/// Of a curve, so many last points tell how restless it is.
const POINTS: usize = 60;
/// Spaces whose curves are read, at most.
const CURVES_MAX: usize = 5_000;

/// Teaches the schedule what the views know, unless everything is asked once. A view that fails is
/// told of, and what it would have taught is learned from the answers to come.
pub fn recall(
    schedule: &mut Schedule,
    settings: &Settings,
    (views, reader): (&Views, &Reader),
    clock: &Clock,
    talk: &Talk,
) {
    if settings.once {
        return;
    }
    let (since, now) = (reader.header().created_at, Moment::from(clock.now()));
    if let Err(error) = learn(schedule, views, since, now) {
        talk.trouble("learning from the views", &error);
    }
}

/// Teaches the schedule what the views know; they may lag the log, and say less then. `since` is
/// when the log begins.
///
/// # Errors
/// When a view cannot be asked; what was learned before stays learned.
fn learn(
    schedule: &mut Schedule,
    views: &Views,
    since: Moment,
    now: Moment,
) -> Result<(), ProjectorError> {
    let mut spaces_of: BTreeMap<UserId, usize> = BTreeMap::new();
    let mut rows = 0;
    views.people.ask(|people, disk| {
        people.each_hosted(disk, |user, _space| {
            *spaces_of.entry(user).or_default() += 1;
            rows += 1;
            Ok(rows < ROWS_MAX)
        })
    })?;
    for (user, spaces) in spaces_of {
        schedule.teach_host(user, spaces, since, now);
    }
    let mut live: Vec<SpaceId> = Vec::new();
    let mut rows = 0;
    views.spaces.ask(|spaces, disk| {
        spaces.each(disk, |id, row| {
            if let Some((began, announced)) = row.started_at.zip(row.scheduled_start) {
                let known = row.created_at.map_or(0, |at| announced.saturating_sub(at));
                schedule.teach_start(began.saturating_sub(announced), known);
            }
            if schedule.teach_creator(id, row.creator.map(UserId)) && row.is_live() {
                live.push(id);
            }
            rows += 1;
            Ok(rows < ROWS_MAX)
        })
    })?;
    for id in live.into_iter().take(CURVES_MAX) {
        let points = views.curves.ask(|curves, disk| curves.points(disk, id))?;
        for point in &points[points.len().saturating_sub(POINTS)..] {
            if let Some(count) = point.participants {
                schedule.teach_count(id, Moment(point.at), count);
            }
        }
    }
    Ok(())
}
