//! The zone in which people read times: UTC, this machine's, or one by its IANA name.

use std::str::FromStr;

use chrono::{DateTime, FixedOffset, Local, Offset as _, TimeZone as _};
use chrono_tz::Tz;
use thiserror::Error;

use crate::space::Moment;

/// A zone of local times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Zone {
    /// UTC.
    #[default]
    Utc,
    /// Whatever this machine is set to.
    Local,
    /// One by its IANA name.
    Named(Tz),
}

/// A word that names no zone.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("`{0}` is no time zone: write utc, local, or an IANA name such as Europe/Berlin")]
pub struct ZoneError(String);

impl FromStr for Zone {
    type Err = ZoneError;

    fn from_str(text: &str) -> Result<Self, ZoneError> {
        match text.to_ascii_lowercase().as_str() {
            "utc" | "z" => Ok(Self::Utc),
            "local" => Ok(Self::Local),
            _ => text.parse().map(Self::Named).map_err(|_| ZoneError(text.to_owned())),
        }
    }
}

impl Zone {
    /// Returns a moment as the calendar has it there.
    pub fn at(self, ms: i64) -> DateTime<FixedOffset> {
        let utc = Moment(ms).to_utc();
        let naive = utc.naive_utc();
        let offset = match self {
            Self::Utc => chrono::Utc.fix(),
            Self::Local => Local.offset_from_utc_datetime(&naive).fix(),
            Self::Named(zone) => zone.offset_from_utc_datetime(&naive).fix(),
        };
        utc.with_timezone(&offset)
    }

    /// Returns a moment to the second as the calendar has it there, such as
    /// `2026-11-23 19:42:30 +01:00`.
    pub fn time(self, ms: i64) -> String {
        let offset = if self == Self::Utc { "Z" } else { " %:z" };
        self.at(ms).format(&format!("%Y-%m-%d %H:%M:%S{offset}")).to_string()
    }

    /// Returns by how many milliseconds its clocks are ahead of UTC at a moment.
    pub fn ahead_ms(self, ms: i64) -> i64 {
        i64::from(self.at(ms).offset().local_minus_utc()) * 1_000
    }

    /// Returns what times of a moment are said to be in, such as `Europe/Berlin (UTC+01:00)`.
    pub fn words(self, ms: i64) -> String {
        let offset = self.at(ms).format("UTC%:z").to_string();
        match self {
            Self::Utc => "UTC".to_owned(),
            Self::Local => format!("local time ({offset})"),
            Self::Named(zone) => format!("{} ({offset})", zone.name()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-23T18:42:30Z, and half a year before.
    const WINTER: i64 = 1_795_459_350_000;
    const SUMMER: i64 = WINTER - 182 * 86_400_000;

    #[test]
    fn a_zone_has_summer_and_winter_time() {
        let berlin: Zone = "Europe/Berlin".parse().unwrap();
        assert_eq!(berlin.words(WINTER), "Europe/Berlin (UTC+01:00)");
        assert_eq!(berlin.words(SUMMER), "Europe/Berlin (UTC+02:00)");
        assert_eq!(berlin.at(WINTER).format("%H:%M").to_string(), "19:42");
        assert_eq!("utc".parse::<Zone>().unwrap().words(WINTER), "UTC");
        assert!("local".parse::<Zone>().unwrap().words(WINTER).starts_with("local time (UTC"));
    }

    #[test]
    fn what_is_no_zone_is_said_to_be_none_and_no_moment_panics() {
        for word in ["", "Berlin", "Europe/Atlantis", "+01:00"] {
            assert!(word.parse::<Zone>().is_err(), "{word}");
        }
        let kolkata: Zone = "Asia/Kolkata".parse().unwrap();
        for ms in [i64::MIN, -1, 0, i64::MAX] {
            assert!(!kolkata.words(ms).is_empty());
        }
    }
}
