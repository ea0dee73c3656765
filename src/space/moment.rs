//! A moment: whole milliseconds since the Unix epoch, UTC.

use std::fmt;

use chrono::{DateTime, SecondsFormat, Utc};

/// A moment in milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(pub i64);

/// Milliseconds in a UTC day.
const DAY_MS: i64 = 86_400_000;

impl Moment {
    /// Reads an RFC 3339 time of any offset; `None` for anything else. Finer parts are cut off.
    pub fn parse(text: &str) -> Option<Self> {
        DateTime::parse_from_rfc3339(text).ok().map(|time| Self(time.timestamp_millis()))
    }

    /// Reads an RFC 3339 time as [`Moment::parse`] does, or a date, which means its first moment in
    /// UTC.
    pub fn parse_time_or_date(text: &str) -> Option<Self> {
        Self::parse(text).or_else(|| Self::parse(&format!("{text}T00:00:00Z")))
    }

    /// Returns the same moment as a calendar time; moments past chrono's calendar become its end.
    pub fn to_utc(self) -> DateTime<Utc> {
        let last = if self.0 < 0 { DateTime::<Utc>::MIN_UTC } else { DateTime::<Utc>::MAX_UTC };
        DateTime::from_timestamp_millis(self.0).unwrap_or(last)
    }

    /// Returns it as people read it, to the second in UTC: `2026-11-23 18:42:30Z`.
    pub fn for_people(self) -> String {
        self.to_utc().format("%Y-%m-%d %H:%M:%SZ").to_string()
    }

    /// Returns the number of whole UTC days since the epoch, the day on which X bills.
    pub const fn day(self) -> i64 {
        self.0.div_euclid(DAY_MS)
    }

    /// Returns the milliseconds from `earlier` to this moment, negative when it is not earlier.
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Returns the moment `span` milliseconds later.
    #[must_use]
    pub const fn plus(self, span: i64) -> Self {
        Self(self.0.saturating_add(span))
    }
}

impl From<DateTime<Utc>> for Moment {
    fn from(time: DateTime<Utc>) -> Self {
        Self(time.timestamp_millis())
    }
}

/// RFC 3339 in UTC with milliseconds, such as `2026-11-23T18:42:30.000Z`.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_utc().to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_reads_back_what_it_prints() {
        let moment = Moment::parse("2026-11-23T19:42:30.123+01:00").unwrap();
        assert_eq!(moment.to_string(), "2026-11-23T18:42:30.123Z");
        assert_eq!(Moment::parse(&moment.to_string()), Some(moment));
        assert_eq!(moment.for_people(), "2026-11-23 18:42:30Z");
    }

    #[test]
    fn no_moment_panics() {
        for ms in [i64::MIN, -1, 0, i64::MAX] {
            assert!(!Moment(ms).to_string().is_empty());
        }
    }
}
