//! The audience of a Space: every formula, once.
//!
//! A count holds until the next live look, but no longer than the holding limit of its poll; what
//! is left is a gap. Integrals run over covered time alone; a count seen after the end never
//! enters. Times are milliseconds, areas participant-milliseconds, both whole numbers, so that
//! the same looks give the same figures live, on replay and as of a moment.

mod course;
pub mod doubts;
pub mod held;
pub mod moves;
mod plateau;
mod times;

use bincode::{Decode, Encode};

pub use course::{Course, HIGH_PERCENT};
pub use plateau::{BAND_PERCENT, Plateau, WINDOW_SECONDS};
pub use times::{
    detection_lag_ms, end_retention, follower_growth, keyword_share, lead_time_ms, median_ms,
    show_up_ratio, start_delay_ms, steadiness, time_to_peak_ms, time_to_plateau_ms,
};

/// How long a count of an imported answer is held when nobody said how often it was asked for:
/// twice the five minutes of the loop that such archives come from.
pub const IMPORTED_HOLDING_MS: u64 = 600_000;

/// Milliseconds in an hour, as a divisor of areas.
const HOUR_MS: f64 = 3_600_000.0;

/// One look at a live Space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// When, in milliseconds since the epoch.
    pub at: i64,
    /// People present; `None` when X did not say.
    pub count: Option<u64>,
    /// For how long the count may be held.
    pub hold_ms: u64,
}

/// The largest count, and the looks around it: a sampled peak is a lower bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Peak {
    /// People present.
    pub count: u64,
    /// When it was first seen.
    pub at: i64,
    /// The live look before it.
    pub after: Option<i64>,
    /// The live look after it.
    pub before: Option<i64>,
}

/// What the live looks of one Space come to, kept up to date look by look.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Audience {
    /// The first live look.
    pub first: Option<i64>,
    /// The last live look.
    pub last: Option<i64>,
    /// How many live looks.
    pub looks: u64,
    /// The last count seen while live, and when.
    pub last_count: Option<(i64, u64)>,
    /// The largest count.
    pub peak: Option<Peak>,
    /// Whether looks came in another order than they were made: then the sums below do not
    /// hold, and have to be taken from the curve.
    pub disordered: bool,
    area: u64,
    covered_ms: u64,
    gaps: u32,
    gap_ms: u64,
    /// The last look, until it is superseded or closed: when, its count, and for how long it
    /// stands. A look without a count covers nothing, and is no gap either: we did look.
    held: Option<(i64, Option<u64>, u64)>,
}

/// The figures of an audience up to some moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Participant-milliseconds.
    pub area: u64,
    /// Milliseconds in which a count was held.
    pub covered_ms: u64,
    /// Stretches between live looks in which none was.
    pub gaps: u32,
    /// Their milliseconds.
    pub gap_ms: u64,
}

/// A stretch between two live looks in which no count was held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Its beginning.
    pub from: i64,
    /// Its end.
    pub to: i64,
}

impl Audience {
    /// Takes one live look in; returns the gap before it, if there was one.
    pub fn look(&mut self, look: Look) -> Option<Stretch> {
        let before = self.last;
        self.first = Some(self.first.map_or(look.at, |first| first.min(look.at)));
        self.looks += 1;
        if before.is_some_and(|last| look.at < last) {
            self.disordered = true;
            self.take_peak(look, None);
            return None;
        }
        let gap = self.hold_until(look.at).filter(|_| before.is_some());
        if let Some(gap) = gap {
            self.gaps += 1;
            self.gap_ms += span(gap.from, gap.to);
        }
        if let Some(peak) = &mut self.peak {
            peak.before.get_or_insert(look.at);
        }
        self.take_peak(look, before);
        self.last = Some(look.at);
        self.held = Some((look.at, look.count, look.hold_ms));
        if let Some(count) = look.count {
            self.last_count = Some((look.at, count));
        }
        gap
    }

    fn take_peak(&mut self, look: Look, before: Option<i64>) {
        let Some(count) = look.count else { return };
        if self.peak.is_none_or(|peak| count > peak.count) {
            self.peak = Some(Peak { count, at: look.at, after: before, before: None });
        }
    }

    /// Ends the holding of the last count: the Space was seen not to be live.
    pub fn close(&mut self, at: i64) {
        self.hold_until(at);
        self.held = None;
    }

    /// Holds the last count until `at`, or its limit; returns what was left uncovered.
    fn hold_until(&mut self, at: i64) -> Option<Stretch> {
        let (from, count, limit) = self.held.take()?;
        let held = span(from, at).min(limit);
        if let Some(count) = count {
            self.covered_ms += held;
            self.area = self.area.saturating_add(count.saturating_mul(held));
        }
        let end = from.saturating_add(i64::try_from(held).unwrap_or(i64::MAX));
        (end < at).then_some(Stretch { from: end, to: at })
    }

    /// Returns the figures up to `until`, the last count held to there or to its limit.
    pub fn totals(&self, until: i64) -> Totals {
        let mut closed = self.clone();
        closed.hold_until(until);
        Totals {
            area: closed.area,
            covered_ms: closed.covered_ms,
            gaps: closed.gaps,
            gap_ms: closed.gap_ms,
        }
    }

    /// Returns the audience of these live looks, in whatever order they come; `closed` is when
    /// the Space was seen not to be live any more.
    pub fn of(mut looks: Vec<Look>, closed: Option<i64>) -> Self {
        looks.sort_by_key(|look| look.at);
        let mut audience = Self::default();
        for look in looks {
            audience.look(look);
        }
        if let Some(at) = closed {
            audience.close(at.max(audience.last.unwrap_or(at)));
        }
        audience
    }

    /// Returns the audiences of several Spaces as one, but for the sums, which are those of none:
    /// they are added up as [`Totals`]. Of equal peaks it has the first.
    pub fn joined<'a>(parts: impl Iterator<Item = &'a Self> + Clone) -> Self {
        let higher = |one: Peak, other: Peak| if other.count > one.count { other } else { one };
        Self {
            first: parts.clone().filter_map(|it| it.first).min(),
            last: parts.clone().filter_map(|it| it.last).max(),
            looks: parts.clone().map(|it| it.looks).sum(),
            last_count: parts.clone().filter_map(|it| it.last_count).max_by_key(|(at, _)| *at),
            peak: parts.filter_map(|it| it.peak).reduce(higher),
            ..Self::default()
        }
    }

    /// Returns the tracked time: milliseconds between the first and the last live look.
    pub fn tracked_ms(&self) -> Option<u64> {
        Some(span(self.first?, self.last?))
    }
}

impl Totals {
    /// Returns participant-hours: the sum of count × time held. `None` when nothing was covered.
    pub fn participant_hours(&self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "exact below 2^53, and far finer than X")]
        (self.covered_ms > 0).then(|| self.area as f64 / HOUR_MS)
    }

    /// Returns the average concurrent participants: participant-hours over covered hours.
    pub fn average(&self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "exact below 2^53, and far finer than X")]
        (self.covered_ms > 0).then(|| self.area as f64 / self.covered_ms as f64)
    }

    /// Returns the coverage: covered time over airtime so far, at most 1.
    pub fn coverage(&self, airtime_ms: u64) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "exact below 2^53, and far finer than X")]
        (airtime_ms > 0).then(|| (self.covered_ms as f64 / airtime_ms as f64).min(1.0))
    }

    /// Returns the sums of both.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            area: self.area.saturating_add(other.area),
            covered_ms: self.covered_ms + other.covered_ms,
            gaps: self.gaps + other.gaps,
            gap_ms: self.gap_ms + other.gap_ms,
        }
    }
}

/// Returns the airtime: milliseconds between the begin and the end that X reported.
pub fn airtime_ms(started_at: Option<i64>, ended_at: Option<i64>) -> Option<u64> {
    let (started_at, ended_at) = (started_at?, ended_at?);
    (ended_at >= started_at).then(|| span(started_at, ended_at))
}

/// Returns the reach: followers of hosts and speakers, each person once, as last seen. `None`
/// when X gave the followers of none of them.
pub fn reach(followers: impl IntoIterator<Item = Option<u64>>) -> Option<u64> {
    followers.into_iter().flatten().reduce(u64::saturating_add)
}

/// Returns the milliseconds from `from` to `to`, zero when `to` is not later.
fn span(from: i64, to: i64) -> u64 {
    u64::try_from(to.saturating_sub(from)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
