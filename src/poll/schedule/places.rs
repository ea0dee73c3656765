//! Who gets the places of the next request to each endpoint, and from when on it is due.

use std::collections::HashMap;

use super::followed::Followed;
use super::priority::{self, Order, seconds};
use super::{Plan, Schedule, creators};
use crate::poll::{IDS_MAX, Windows};
use crate::space::{Endpoint, Moment, Target, UserId};

/// A live Space is looked at again within this time at the latest where the budget allows: half
/// of how long its count may be held.
const REVISIT_MIN_MS: i64 = 10_000;

/// A slot is not taken to be longer than an hour.
const LONGEST_SLOT_MS: i64 = 3_600_000;
/// One Space alone is looked at once in so many slots, so that the next is free for one that may
/// be over.
const CLOSER_SLOTS: i64 = 4;

impl Schedule {
    pub(super) fn names_due(&self) -> Option<(Moment, Target)> {
        let names: Vec<String> = self.names.iter().take(IDS_MAX).cloned().collect();
        self.names_from.filter(|_| !names.is_empty()).map(|from| (from, Target::Usernames(names)))
    }

    pub(super) fn search(&self, now: Moment, windows: &Windows) -> Option<(Moment, Target)> {
        let Plan { interval_ms, max_results, once } = self.plan;
        if once {
            return Some((Moment(i64::MIN), self.queries.not_asked(max_results)?));
        }
        let slot_s = seconds(windows.of(Endpoint::Search).spacing_ms(now));
        self.queries.due(now, interval_ms, max_results, slot_s)
    }

    pub(super) fn creators_due(&self, now: Moment, windows: &Windows) -> Option<(Moment, Target)> {
        if self.plan.once {
            let ids = self.creators.not_asked();
            return (!ids.is_empty()).then_some((self.refused.1, Target::Creators(ids)));
        }
        let slot_ms = windows.of(Endpoint::CreatorIds).spacing_ms(now);
        let on_air = self.on_air(now);
        let due = self.creators.due(now, self.plan.interval_ms, &on_air, seconds(slot_ms));
        let (at, ids) = due?;
        // Half a slot after a look-up, its counts lie in the middle between two. Never more than
        // that: where look-ups come more often, it would never be the creators' turn.
        let between_ms = slot_ms.min(windows.of(Endpoint::Spaces).spacing_ms(now)) / 2;
        let between = self.looked_up.filter(|_| !on_air.is_empty());
        let between = between.map_or(at, |at| at.plus(between_ms));
        Some((at.max(self.refused.1).max(between), Target::Creators(ids)))
    }

    /// Returns for each host with a Space on air what a look at it is worth.
    fn on_air(&self, now: Moment) -> HashMap<UserId, f64> {
        let order = self.order(i64::MAX, i64::MAX);
        let mut on_air = HashMap::new();
        for it in self.followed.values().filter(|it| it.is_live() && !it.is_spam) {
            let (Some(creator), Some(last)) = (it.creator, it.asked.max(it.seen)) else { continue };
            let age_s = seconds(now.since(last)).max(0.0);
            let score = priority::score(it.worth(now, &order), Some(age_s), f64::INFINITY);
            *on_air.entry(creator).or_insert(0.0) += score;
        }
        on_air
    }

    /// Returns the mean weight of churn of what is live.
    fn mean_weight(&self) -> f64 {
        let live = || self.followed.values().filter(|it| it.is_live() && !it.is_spam);
        let count = priority::number(live().count() as u64);
        if count > 0.0 { live().map(|it| it.churn.weight()).sum::<f64>() / count } else { 0.0 }
    }

    /// Returns the look-up to make: the highest in the order, as many as a request takes, because
    /// a place in a request costs nothing.
    pub(super) fn look_up(&self, now: Moment, windows: &Windows) -> Option<(Moment, Target)> {
        let is_spared = self.is_spared(Endpoint::Spaces);
        let places = || {
            self.followed
                .iter()
                .filter(|(_, it)| !self.plan.once || it.asked.is_none())
                .filter(|(_, it)| !is_spared || it.billed_day == Some(now.day()))
        };
        let earliest = places().map(|(_, it)| it.due(now)).min()?;
        if earliest > now {
            return Some((earliest, Target::Spaces(Vec::new())));
        }
        let others_ms = round_ms(self.followed.len(), now, windows) * priority::OTHER_ROUNDS;
        let order = self.order(self.revisit_ms(now, windows), others_ms);
        let scored = places().filter(|(_, it)| it.may_be_asked(now));
        let scored = scored.map(|(id, it)| (it.score(now, &order), *id));
        Some((self.refused.0, Target::Spaces(creators::top(scored.collect()))))
    }

    /// Returns the one Space to look at between two look-ups, on the window that X keeps for that:
    /// one that may be over, else, now and then, the one worth most.
    pub(super) fn look_closer(&self, now: Moment, windows: &Windows) -> Option<(Moment, Target)> {
        if self.plan.once {
            return None;
        }
        let is_spared = self.is_spared(Endpoint::Space);
        let paid = |it: &Followed| !is_spared || it.billed_day == Some(now.day());
        let live = || self.followed.iter().filter(|(_, it)| it.is_live() && paid(it));
        live().next()?;
        let slot_ms = windows.of(Endpoint::Space).spacing_ms(now);
        let (free, soon) = (windows.of(Endpoint::Spaces).next(now), now.plus(slot_ms / 4));
        if free <= soon {
            // The look-up that comes will show it.
            return Some((soon, Target::Spaces(Vec::new())));
        }
        let doubtful = live().filter(|(_, it)| it.is_suspect()).min_by_key(|(_, it)| it.asked);
        if let Some((id, it)) = doubtful {
            return Some((it.due(now).max(self.refused.0), Target::Space(*id)));
        }
        let order = self.order(i64::MAX, i64::MAX);
        let score = |it: &Followed| it.score(now, &order);
        let (id, it) = live().max_by(|a, b| score(a.1).total_cmp(&score(b.1)))?;
        let last = it.asked.max(it.seen).map_or(now, |at| at.plus(slot_ms / 4));
        let slots = if self.followed.len() <= IDS_MAX { 1 } else { CLOSER_SLOTS };
        let from = self.looked_closer.map_or(last, |at| last.max(at.plus(slots * slot_ms)));
        Some((from.max(self.refused.0), Target::Space(*id)))
    }

    /// Returns whether a Space may be over, and it is time to look.
    pub(super) fn is_any_suspect(&self, now: Moment) -> bool {
        let mut live = self.followed.values().filter(|it| it.is_live());
        live.any(|it| it.is_suspect() && it.due(now) <= now)
    }

    /// Returns what places in a look-up are ordered by, with these ceilings in milliseconds.
    fn order(&self, live_ms: i64, others_ms: i64) -> Order<'_> {
        Order {
            lateness: &self.lateness,
            mean: self.mean_weight(),
            live_s: seconds(live_ms),
            other_s: seconds(others_ms),
        }
    }

    /// Returns the time within which a live Space is looked at again where the budget allows.
    fn revisit_ms(&self, now: Moment, windows: &Windows) -> i64 {
        let hot = self.followed.values().filter(|it| it.is_hot(now)).count();
        (round_ms(hot, now, windows) * priority::LIVE_ROUNDS).max(REVISIT_MIN_MS)
    }

    /// How long a count may be held: twice the time within which its Space is meant to be looked
    /// at again.
    pub(super) fn holding_ms(&self, now: Moment, windows: &Windows) -> u64 {
        u64::try_from(self.revisit_ms(now, windows) * 2).unwrap_or_default()
    }
}

/// Returns how long it takes to look up so many Spaces once.
fn round_ms(spaces: usize, now: Moment, windows: &Windows) -> i64 {
    let requests = i64::try_from(spaces.div_ceil(IDS_MAX).max(1)).unwrap_or(i64::MAX);
    // A window is never longer than weeks, and nobody follows as many Spaces as would overflow.
    requests * windows.of(Endpoint::Spaces).spacing_ms(now).min(LONGEST_SLOT_MS)
}
