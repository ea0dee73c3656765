//! How fast a Space's count moves: a variance a second, learned from its own counts.

use super::priority::{number, seconds};
use crate::space::Moment;

/// Older moves are forgotten with this time constant, in seconds.
const MEMORY_S: f64 = 300.0;
/// Until it is learned, a count is taken to turn over in so many seconds …
const TURNOVER_S: f64 = 720.0;
/// … three times as fast while a Space is new.
const NEW_TIMES: f64 = 3.0;
const NEW_S: f64 = 600.0;
/// It is never taken to move slower than a quarter of that.
const FLOOR: f64 = 0.25;
/// Two counts closer than this tell of rounding more than of people, in seconds.
const APART_MIN_S: f64 = 1.0;

/// The churn of one Space.
#[derive(Clone, Copy, Debug, Default)]
pub struct Churn {
    last: Option<(Moment, u64)>,
    first: Option<Moment>,
    /// Squared people a second; `None` until two counts were seen.
    variance: Option<f64>,
    weight: f64,
}

impl Churn {
    /// Takes in a count. Counts that come out of order, or at once, change nothing.
    pub fn count(&mut self, at: Moment, count: u64) {
        let first = *self.first.get_or_insert(at);
        let prior = 2.0 * number(count.max(1)) / TURNOVER_S;
        let is_new = seconds(at.since(first)) < NEW_S;
        let prior = if is_new { prior * NEW_TIMES } else { prior };
        if let Some((before, known)) = self.last {
            let span = seconds(at.since(before));
            if span < APART_MIN_S {
                return;
            }
            let moved = number(known.abs_diff(count));
            let seen = moved * moved / span;
            let kept = (-span / MEMORY_S).exp();
            let known = self.variance.unwrap_or(prior);
            self.variance = Some(kept * known + (1.0 - kept) * seen);
        }
        self.last = Some((at, count));
        let variance = self.variance.unwrap_or(prior).max(prior * FLOOR);
        self.weight = variance.powf(2.0 / 3.0);
    }

    /// Sets what is otherwise learned: the variance in squared people a second.
    pub fn set(&mut self, variance: f64) {
        self.variance = Some(variance.max(0.0));
        self.weight = variance.max(0.0).powf(2.0 / 3.0);
    }

    /// Returns the worth of knowing it better: σ^(4/3), whose square root is the best rate.
    pub const fn weight(&self) -> f64 {
        self.weight
    }

    /// Moves the time along with a clock that was moved.
    pub fn clock_stepped(&mut self, by_ms: i64) {
        self.last = self.last.map(|(at, count)| (at.plus(by_ms), count));
        self.first = self.first.map(|at| at.plus(by_ms));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(counts: impl Fn(i64) -> u64) -> f64 {
        let mut churn = Churn::default();
        (0..400).for_each(|step| churn.count(Moment(step * 10_000), counts(step)));
        churn.weight()
    }

    #[test]
    fn a_restless_audience_weighs_more_than_a_calm_one_of_the_same_size() {
        let calm = after(|_| 1_000);
        let restless = after(|step| if step % 2 == 0 { 950 } else { 1_050 });
        assert!(restless > 3.0 * calm && calm > 0.0, "{restless} {calm}");
    }

    #[test]
    fn a_large_audience_weighs_more_than_a_small_one_before_anything_is_learned() {
        let first = |count| {
            let mut churn = Churn::default();
            churn.count(Moment(0), count);
            churn.weight()
        };
        assert!(first(10_000) > 50.0 * first(10) && first(0) > 0.0);
    }

    #[test]
    fn counts_that_come_at_once_or_backwards_change_nothing() {
        let mut churn = Churn::default();
        churn.count(Moment(10_000), 5);
        let weight = churn.weight();
        churn.count(Moment(10_100), 5_000);
        churn.count(Moment(0), 5_000);
        assert!((churn.weight() - weight).abs() < 1e-12);
    }
}
