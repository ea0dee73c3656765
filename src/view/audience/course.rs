//! The figures of an audience that need its whole curve.

use super::Look;
use super::held::{Held, Resolution, held, quantile, resolution};
use super::moves::{Drop, Growth, fastest_growth, growth, largest_drop};
use super::plateau::{Plateau, plateau};

/// The share of covered time, in per cent, that the high end of counts lies above: p95.
pub const HIGH_PERCENT: u32 = 95;

/// What the live looks of one Space come to, taken together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Course {
    /// The stretches in which a count was held.
    pub held: Vec<Held>,
    /// The last look.
    pub last: Option<Look>,
    /// How far apart looks were.
    pub resolution: Option<Resolution>,
    /// The median of concurrent participants, weighted by time.
    pub median: Option<u64>,
    /// Concurrent participants that 95 % of the covered time did not exceed.
    pub p95: Option<u64>,
    /// When the audience was stable for the first time.
    pub plateau: Option<Plateau>,
    /// How fast it grew last.
    pub growth: Option<Growth>,
    /// How fast it grew at most.
    pub fastest_growth: Option<Growth>,
    /// Its largest fall within five minutes.
    pub largest_drop: Option<Drop>,
}

impl Course {
    /// Returns the figures of these live looks, in whatever order they come; the last count is
    /// held to `until` or its limit.
    pub fn of(mut looks: Vec<Look>, until: i64) -> Self {
        looks.sort_by_key(|look| look.at);
        let stretches = held(&looks, until);
        Self {
            last: looks.last().copied(),
            resolution: resolution(&looks),
            median: quantile(&stretches, 50),
            p95: quantile(&stretches, HIGH_PERCENT),
            plateau: plateau(&stretches),
            growth: growth(&stretches),
            fastest_growth: fastest_growth(&stretches),
            largest_drop: largest_drop(&stretches),
            held: stretches,
        }
    }

    /// Returns the count at the end: that of the last look, if it was held to the end. Where the
    /// end is not known to the moment, it lies after the last look.
    pub fn at_end(&self, ended_at: Option<i64>) -> Option<u64> {
        let count = self.last?.count?;
        let held_to = self.held.last().map(|last| last.to);
        (ended_at.is_none() || held_to >= ended_at).then_some(count)
    }
}
