//! The creator watch: every host ever seen, a hundred a request. A look finds what they begin,
//! counts what they have on air, and misses what is over.

use std::collections::{BTreeMap, HashMap};

use super::found::Found;
use super::priority::{self, seconds};
use crate::poll::IDS_MAX;
use crate::space::{Moment, UserId};

/// Hosts that are watched at most; more are not taken in.
const HOSTS_MAX: usize = 100_000;
/// Before anything is known of a host: one Space in so many days …
const FIRST_GUESS_S: f64 = 2.0 * 86_400.0;
/// … which weighs as much as so many Spaces seen.
const GUESS_WEIGHT: f64 = 0.5;
/// A host is asked for after so many rounds over all hosts in any case …
const ROUNDS: f64 = 10.0;
/// … and never sooner than this, in seconds.
const FLOOR_S: f64 = 300.0;

/// One host.
#[derive(Clone, Copy, Debug)]
struct Host {
    asked: Option<Moment>,
    found: Found,
}

/// The hosts that are watched.
#[derive(Clone, Debug, Default)]
pub struct Creators(BTreeMap<UserId, Host>);

impl Creators {
    /// Adds a host; one that is watched already stays as it is.
    pub fn watch(&mut self, id: UserId, now: Moment) {
        if self.0.len() < HOSTS_MAX {
            let found = Found::guess(GUESS_WEIGHT, GUESS_WEIGHT * FIRST_GUESS_S, now);
            self.0.entry(id).or_insert(Host { asked: None, found });
        }
    }

    /// Takes a host out.
    pub fn remove(&mut self, id: UserId) {
        self.0.remove(&id);
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Notes that so many Spaces of a host were first seen.
    pub fn began(&mut self, id: UserId, spaces: usize, now: Moment) {
        if let Some(host) = self.0.get_mut(&id) {
            host.found.answer(spaces, now);
        }
    }

    /// Notes that these were asked for.
    pub fn asked(&mut self, ids: &[UserId], now: Moment) {
        for id in ids {
            if let Some(host) = self.0.get_mut(id) {
                host.asked = Some(now);
                host.found.answer(0, now);
            }
        }
    }

    /// Returns whom to ask for, in rising order, and from when on that is due. `on_air` holds what
    /// a look at those is worth who have a Space on air.
    pub fn due(
        &self,
        now: Moment,
        interval_ms: i64,
        on_air: &HashMap<UserId, f64>,
        slot_s: f64,
    ) -> Option<(Moment, Vec<UserId>)> {
        let earliest = self.0.iter().map(|(id, host)| match host.asked {
            Some(at) if !on_air.contains_key(id) => at.plus(interval_ms),
            Some(_) | None => Moment(i64::MIN),
        });
        let earliest = earliest.min()?;
        if earliest > now {
            return Some((earliest, Vec::new()));
        }
        let hosts = u64::try_from(self.0.len().div_ceil(IDS_MAX)).unwrap_or(u64::MAX);
        let ceiling_s = (ROUNDS * priority::number(hosts) * slot_s).max(FLOOR_S);
        let mut places: Vec<(f64, UserId)> = Vec::with_capacity(self.0.len());
        for (id, host) in &self.0 {
            let age_s = host.asked.map(|at| seconds(now.since(at)).max(0.0));
            let live = on_air.get(id).copied();
            // Who is on air begins nothing else.
            let rate = if live.is_some() { 0.0 } else { host.found.rate() };
            let found = priority::score(priority::START_WORTH_S * rate, age_s, ceiling_s);
            places.push((found + live.unwrap_or(0.0), *id));
        }
        Some((earliest, top(places)))
    }

    /// Returns those never asked for, a request of them.
    pub fn not_asked(&self) -> Vec<UserId> {
        let never = self.0.iter().filter(|(_, host)| host.asked.is_none());
        never.map(|(id, _)| *id).take(IDS_MAX).collect()
    }

    /// Moves every time along with a wall clock that was moved.
    pub fn clock_stepped(&mut self, by_ms: i64) {
        for host in self.0.values_mut() {
            host.asked = host.asked.map(|at| at.plus(by_ms));
            host.found.clock_stepped(by_ms);
        }
    }
}

/// Returns the [`IDS_MAX`] with the highest scores, in rising order.
pub fn top<T: Copy + Ord>(mut places: Vec<(f64, T)>) -> Vec<T> {
    if places.len() > IDS_MAX {
        // Who is first of two equals does not depend on chance.
        places.select_nth_unstable_by(IDS_MAX, |a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        places.truncate(IDS_MAX);
    }
    let mut ids: Vec<T> = places.into_iter().map(|(_, id)| id).collect();
    ids.sort_unstable();
    ids
}
