//! Terms that hang on moments and on the ratio of two counts: each unknown where a part of it is.

use super::Peak;

/// Returns the time to the peak: the instant of the peak after the begin, in milliseconds.
pub fn time_to_peak_ms(peak: Option<Peak>, started_at: Option<i64>) -> Option<i64> {
    Some(peak?.at.saturating_sub(started_at?))
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

/// Returns a part of a whole; `None` of nothing.
fn ratio(part: f64, of: f64) -> Option<f64> {
    (of > 0.0).then(|| part / of)
}

#[expect(clippy::cast_precision_loss, reason = "exact below 2^53, and far finer than X")]
fn whole(count: u64) -> f64 {
    count as f64
}
