//! What asking is worth now: a rate times the squared age, one rule for all that can be asked.
//!
//! If what a look is worth grows as the square of the time since the last one, looking when
//! `K · age²` passes a threshold is the best use of a budget; and so is the top of this order, slot
//! by slot, without knowing the threshold.

use super::churn::Churn;
use super::lateness::Lateness;

/// What a live Space is worth beside its churn: its end may have come.
const END_WORTH: f64 = 0.5;
/// What a Space that looks like spam is worth: its end is a fact too.
const SPAM_WORTH: f64 = 0.005;
/// What a live Space is worth of which a listing says no more.
const SUSPECT_WORTH: f64 = 200.0;
/// What a start, or a Space found, is worth, in seconds.
pub const START_WORTH_S: f64 = 4_500.0;
/// What a Space is worth whose state nobody knows.
const UNKNOWN_WORTH: f64 = 0.05;
/// A score above all `K · age²`, for those past their ceiling.
const PAST_CEILING: f64 = 1e15;

/// A live Space is served first once it was not seen for this many rounds over all that are live …
pub const LIVE_ROUNDS: i64 = 2;
/// … and any other for this many over all that are followed. Ceilings that do not grow with the
/// load starve whoever has none.
pub const OTHER_ROUNDS: i64 = 30;

/// What the places in a look-up are ordered by, besides each Space itself.
#[derive(Clone, Copy, Debug)]
pub struct Order<'a> {
    /// How likely announced Spaces begin.
    pub lateness: &'a Lateness,
    /// The mean weight of churn of what is live.
    pub mean: f64,
    /// After so many seconds a live Space comes first …
    pub live_s: f64,
    /// … and another.
    pub other_s: f64,
}

/// Returns the worth of a live Space; `mean` is that of [`Churn::weight`] over all.
pub fn live(churn: &Churn, mean: f64, is_suspect: bool, is_spam: bool) -> f64 {
    if is_suspect {
        return SUSPECT_WORTH;
    }
    if is_spam {
        return SPAM_WORTH;
    }
    let share = if mean > 0.0 { churn.weight() / mean } else { 0.0 };
    share + END_WORTH
}

/// Returns the worth of a scheduled Space that starts with this hazard, a second.
pub fn scheduled(hazard: f64) -> f64 {
    START_WORTH_S * hazard
}

/// Returns the worth of a Space that is neither live nor scheduled, as far as we know.
pub const fn unknown() -> f64 {
    UNKNOWN_WORTH
}

/// Returns the place in the order: the higher, the sooner. `None` is an age without end.
pub fn score(worth: f64, age_s: Option<f64>, ceiling_s: f64) -> f64 {
    match age_s {
        None => f64::INFINITY,
        Some(age) if age > ceiling_s => PAST_CEILING * (age / ceiling_s),
        Some(age) => worth * age * age,
    }
}

/// Returns a span in seconds.
#[expect(clippy::cast_precision_loss, reason = "spans here stay far below 2^53 milliseconds")]
pub fn seconds(ms: i64) -> f64 {
    ms as f64 / 1_000.0
}

/// Returns a count as a number to reckon with.
#[expect(clippy::cast_precision_loss, reason = "a count beyond 2^53 would weigh the same")]
pub const fn number(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worth_grows_with_the_square_of_the_age_and_a_ceiling_comes_before_all() {
        let twice = score(1.0, Some(20.0), 1e3) / score(1.0, Some(10.0), 1e3);
        assert!((twice - 4.0).abs() < 1e-9);
        assert!(score(1e-9, Some(101.0), 100.0) > score(1e6, Some(99.0), 100.0));
        assert!(score(0.0, None, 1.0) > score(1e6, Some(1e6), 1.0));
    }

    #[test]
    fn spam_is_worth_little_and_a_suspected_end_much() {
        let calm = Churn::default();
        let usual = live(&calm, 1.0, false, false);
        assert!(live(&calm, 1.0, false, true) < usual / 10.0);
        assert!(live(&calm, 1.0, true, false) > usual * 10.0);
    }
}
