//! Terms that hang on moments and on the ratio of two counts: each unknown where a part of it is.

use super::{Peak, Plateau};

/// Returns the time to the peak: the instant of the peak after the begin, in milliseconds.
pub fn time_to_peak_ms(peak: Option<Peak>, started_at: Option<i64>) -> Option<i64> {
    Some(peak?.at.saturating_sub(started_at?))
}

/// Returns the time to the plateau: the instant from which the audience was stable for the first
/// time after the begin, in milliseconds.
pub fn time_to_plateau_ms(plateau: Option<Plateau>, started_at: Option<i64>) -> Option<i64> {
    Some(plateau?.at.saturating_sub(started_at?))
}

/// Returns the detection lag: first seen after the begin, in milliseconds; negative when it was
/// known before it began.
pub fn detection_lag_ms(first_seen: i64, started_at: Option<i64>) -> Option<i64> {
    Some(first_seen.saturating_sub(started_at?))
}

/// Returns the start delay: the begin after the announced one, in milliseconds; negative when it
/// began early.
pub fn start_delay_ms(scheduled_start: Option<i64>, started_at: Option<i64>) -> Option<i64> {
    Some(started_at?.saturating_sub(scheduled_start?))
}

/// Returns the lead time: how long before the announced begin it was made, in milliseconds.
pub fn lead_time_ms(created_at: Option<i64>, scheduled_start: Option<i64>) -> Option<i64> {
    Some(scheduled_start?.saturating_sub(created_at?))
}

/// Returns the show-up ratio: the peak over the reminders set before the start. `None` when there
/// were none.
pub fn show_up_ratio(peak: Option<Peak>, reminders: Option<u64>) -> Option<f64> {
    ratio(whole(peak?.count), whole(reminders?))
}

/// Returns the end retention: the count at the end over the peak. A net figure: it says nothing of
/// individuals.
pub fn end_retention(at_end: Option<u64>, peak: Option<Peak>) -> Option<f64> {
    ratio(whole(at_end?), whole(peak?.count))
}

/// Returns the steadiness: the average over the peak, at most 1.
pub fn steadiness(average: Option<f64>, peak: Option<Peak>) -> Option<f64> {
    ratio(average?, whole(peak?.count)).map(|share| share.min(1.0))
}

/// Returns a keyword's share, or a topic's: participant-hours of its Spaces over those of all that
/// were tracked. `None` where none were.
pub fn keyword_share(hours: Option<f64>, tracked: Option<f64>) -> Option<f64> {
    ratio(hours?, tracked?)
}

/// Returns the follower growth: how many followers somebody gained from `from` on, by counts in the
/// order of time: the last one less the one that stood then, or the first one after it. `None` where
/// fewer than two counts differ.
pub fn follower_growth(counts: &[(i64, u64)], from: i64) -> Option<i64> {
    let stood = counts.partition_point(|(at, _)| *at <= from).saturating_sub(1);
    let whole = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    match &counts[stood..] {
        [first, .., last] => Some(whole(last.1).saturating_sub(whole(first.1))),
        _ => None,
    }
}

/// Returns the median of spans that stand in order; of an even number the mean of the two in the
/// middle.
pub fn median_ms(sorted: &[i64]) -> Option<i64> {
    let middle = sorted.get(sorted.len() / 2)?;
    Some(i64::midpoint(sorted[(sorted.len() - 1) / 2], *middle))
}

/// Returns a part of a whole; `None` of nothing.
fn ratio(part: f64, of: f64) -> Option<f64> {
    (of > 0.0).then(|| part / of)
}

#[expect(clippy::cast_precision_loss, reason = "exact below 2^53, and far finer than X")]
fn whole(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_number_lies_between_the_two_in_the_middle() {
        assert_eq!(median_ms(&[]), None);
        assert_eq!(median_ms(&[-30]), Some(-30));
        assert_eq!(median_ms(&[-10, 0, 40]), Some(0));
        assert_eq!(median_ms(&[0, 10, 40, 100]), Some(25));
    }

    #[test]
    fn growth_of_followers_is_the_last_count_less_the_one_that_stood() {
        let counts = [(10, 100), (20, 140), (30, 130)];
        assert_eq!(follower_growth(&counts, i64::MIN), Some(30), "from the first count on");
        assert_eq!(follower_growth(&counts, 25), Some(-10), "140 stood at 25");
        assert_eq!(follower_growth(&counts, 30), None, "nothing was counted since");
        assert_eq!(follower_growth(&[(10, 100)], 0), None);
        assert_eq!(follower_growth(&[], 0), None);
    }

    #[test]
    fn a_share_is_of_what_was_tracked() {
        assert_eq!(keyword_share(Some(3.0), Some(12.0)), Some(0.25));
        assert_eq!(keyword_share(Some(0.0), Some(12.0)), Some(0.0), "nobody came");
        assert_eq!(keyword_share(None, Some(12.0)), None, "nobody looked");
        assert_eq!(keyword_share(Some(0.0), Some(0.0)), None);
    }

    #[test]
    fn the_plateau_is_timed_from_the_begin() {
        let plateau = Some(Plateau { at: 90_000, level: 40 });
        assert_eq!(time_to_plateau_ms(plateau, Some(30_000)), Some(60_000));
        assert_eq!(time_to_plateau_ms(plateau, None), None);
    }
}
