//! The disk: how fast the folder grows, and when the file system is full if it goes on so.

use crate::log::Reader;
use crate::space::Moment;

use super::QuestionError;

/// Milliseconds in a day.
const DAY_MS: u64 = 86_400_000;

/// So far back from its end the log is looked at.
const WINDOW_MS: i64 = 7 * 86_400_000;

/// A shorter log says nothing about a day.
const SPAN_MS_MIN: u64 = 3_600_000;

/// Further ahead nobody can tell: a hundred years.
const FORECAST_MS_MAX: u128 = 36_525 * DAY_MS as u128;

/// What was recorded lately.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lately {
    /// Events of the whole log.
    pub events: u64,
    /// Of these, events of the last days.
    pub new: u64,
    /// How long those days are, in milliseconds: seven days, or all that the log spans.
    pub span_ms: u64,
}

impl Lately {
    /// Returns what was recorded in the last seven days before the end of the log; `None` for an
    /// empty one.
    pub fn of(reader: &Reader) -> Result<Option<Self>, QuestionError> {
        let head = reader.head()?;
        let Some(first) = reader.batches(1, 1)?.pop() else { return Ok(None) };
        let from = head.recorded_at.plus(-WINDOW_MS).max(first.recorded_at);
        // A log that is younger is not searched for where those days begin.
        let seq = if from == first.recorded_at { 1 } else { reader.seq_at(from)? };
        let new = head.seq + 1 - seq;
        let span_ms = u64::try_from(head.recorded_at.since(from)).unwrap_or_default();
        Ok(Some(Self { events: head.seq, new, span_ms }))
    }

    /// Returns the bytes a day that a folder of so many bytes grew by lately: the share of the
    /// events that came lately is taken for the share of the bytes. `None` when the log is too
    /// short to tell.
    pub fn bytes_per_day(self, bytes: u64) -> Option<u64> {
        if self.events == 0 || self.span_ms < SPAN_MS_MIN {
            return None;
        }
        let lately = u128::from(bytes) * u128::from(self.new) / u128::from(self.events);
        u64::try_from(lately * u128::from(DAY_MS) / u128::from(self.span_ms)).ok()
    }
}

/// Returns the UTC day on which so many free bytes are used up at so many a day, as `2027-03-04`;
/// `None` when nothing grows, or too slowly to tell.
pub(super) fn full_on(now: i64, free: u64, bytes_per_day: u64) -> Option<String> {
    let span_ms = (u128::from(free) * u128::from(DAY_MS)).checked_div(u128::from(bytes_per_day))?;
    let span_ms = i64::try_from(span_ms).ok().filter(|_| span_ms <= FORECAST_MS_MAX)?;
    Some(Moment(now).plus(span_ms).to_utc().format("%Y-%m-%d").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: u64 = DAY_MS;

    #[test]
    fn the_folder_grows_by_the_share_of_the_events_that_came_lately() {
        let all = Lately { events: 1_000, new: 1_000, span_ms: 2 * DAY };
        assert_eq!(all.bytes_per_day(10_000), Some(5_000));
        let a_tenth = Lately { events: 1_000, new: 100, span_ms: 7 * DAY };
        assert_eq!(a_tenth.bytes_per_day(70_000), Some(1_000));
        let two_hours = Lately { events: 10, new: 10, span_ms: 2 * SPAN_MS_MIN };
        assert_eq!(two_hours.bytes_per_day(100), Some(1_200));
        let huge = Lately { events: u64::MAX, new: u64::MAX, span_ms: DAY };
        assert_eq!(huge.bytes_per_day(u64::MAX), Some(u64::MAX));
    }

    #[test]
    fn a_short_or_an_empty_log_says_nothing() {
        let short = Lately { events: 10, new: 10, span_ms: SPAN_MS_MIN - 1 };
        assert_eq!(short.bytes_per_day(1_000), None);
        let empty = Lately { events: 0, new: 0, span_ms: DAY };
        assert_eq!(empty.bytes_per_day(1_000), None);
    }

    #[test]
    fn the_disk_is_full_on_the_day_when_the_free_bytes_are_used_up() {
        let now = Moment::parse("2026-11-23T18:00:00Z").unwrap().0;
        assert_eq!(full_on(now, 1_000, 100).as_deref(), Some("2026-12-03"));
        assert_eq!(full_on(now, 50, 200).as_deref(), Some("2026-11-24"), "six hours later");
        assert_eq!(full_on(now, 0, 100).as_deref(), Some("2026-11-23"));
        assert_eq!(full_on(now, 1_000, 0), None, "nothing grows");
        assert_eq!(full_on(now, u64::MAX, 1), None, "in no time that anybody can tell");
    }
}
