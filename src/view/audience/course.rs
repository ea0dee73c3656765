//! The figures of an audience that need its whole curve.

use super::Look;
use super::held::{Held, Resolution, held, quantile, resolution};
use super::moves::{Drop, Growth, fastest_growth, growth, largest_drop};
use super::plateau::{Plateau, plateau};

/// The share of covered time, in per cent, that the high end of counts lies above: p95.
pub const HIGH_PERCENT: u32 = 95;

/// What the live looks of one Space, or of several as one, come to, taken together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Course {
    /// The last look; of several Spaces, that of the one which ended last.
    pub last: Option<Look>,
    /// To when its count, or the last before it, is held.
    pub held_to: Option<i64>,
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
    pub fn of(looks: Vec<Look>, until: i64) -> Self {
        Self::of_parts(vec![(looks, until)], 0)
    }

    /// Returns the figures of several Spaces as one: of each, which come by their begins, the live
    /// looks and to when the last count is held. Of the one with the number `last` are the growth
    /// and the end of the whole.
    ///
    /// Quantiles run over the covered time of all; a plateau, a growth and a drop lie within one
    /// of them, because a crowd that moves from one to another neither grows nor falls.
    pub fn of_parts(mut parts: Vec<(Vec<Look>, i64)>, last: usize) -> Self {
        for (looks, _) in &mut parts {
            looks.sort_by_key(|look| look.at);
        }
        let curves: Vec<Vec<Held>> =
            parts.iter().map(|(looks, until)| held(looks, *until)).collect();
        let each = || curves.iter().map(Vec::as_slice);
        let stretches = curves.concat();
        let last_curve = curves.get(last).map(Vec::as_slice).unwrap_or_default();
        Self {
            last: parts.get(last).and_then(|(looks, _)| looks.last().copied()),
            held_to: last_curve.last().map(|held| held.to),
            resolution: resolution(parts.iter().map(|(looks, _)| looks.as_slice())),
            median: quantile(&stretches, 50),
            p95: quantile(&stretches, HIGH_PERCENT),
            plateau: each().filter_map(plateau).min_by_key(|it| it.at),
            growth: growth(last_curve),
            fastest_growth: each().filter_map(fastest_growth).reduce(Growth::faster),
            largest_drop: each().filter_map(largest_drop).reduce(Drop::larger),
        }
    }

    /// Returns the count at the end: that of the last look, if it was held to the end. Where the
    /// end is not known to the moment, it lies after the last look.
    pub fn at_end(&self, ended_at: Option<i64>) -> Option<u64> {
        let count = self.last?.count?;
        (ended_at.is_none() || self.held_to >= ended_at).then_some(count)
    }
}
