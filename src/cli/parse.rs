//! Values of arguments, as people type them.

use std::time::Duration;

use crate::config::Creator;
use crate::question::AsOf;
use crate::serve::Expected;
use crate::space::{IdError, Moment, SpaceId};

/// Reads a span such as `30s`, `5m`, `2h`, `1d`, `500ms` or `1h30m`.
pub fn duration(text: &str) -> Result<Duration, String> {
    let refused = || format!("`{text}` is no duration: write 30s, 5m, 2h, 1d, 500ms or 1h30m");
    let mut rest = text;
    let mut total = Duration::ZERO;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(refused)?;
        let (number, after) = rest.split_at(digits);
        let unit_end = after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len());
        let (unit, after) = after.split_at(unit_end);
        let number: u64 = number.parse().map_err(|_| refused())?;
        let ms: u64 = match unit {
            "ms" => 1,
            "s" => 1_000,
            "m" | "min" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => return Err(refused()),
        };
        let span = Duration::from_millis(number.checked_mul(ms).ok_or_else(refused)?);
        total = total.checked_add(span).ok_or_else(refused)?;
        rest = after;
    }
    if total.is_zero() || total > Duration::from_hours(24 * 36_500) {
        return Err(refused());
    }
    Ok(total)
}

/// Reads an RFC 3339 time, or a date, which means its first moment in UTC.
pub fn moment(text: &str) -> Result<i64, String> {
    let day = || Moment::parse(&format!("{text}T00:00:00Z"));
    let refused = || format!("`{text}` is no time: write 2026-11-23T18:00:00Z or 2026-11-23");
    Moment::parse(text).or_else(day).map(|moment| moment.0).ok_or_else(refused)
}

/// Reads a point in the past: a time or a date as [`moment`] does, or a seq, `seq:120` or `120`.
pub fn as_of(text: &str) -> Result<AsOf, String> {
    let refused = || {
        format!("`{text}` is no time and no seq: write 2026-11-23T18:00:00Z, 2026-11-23 or seq:120")
    };
    let number = text.strip_prefix("seq:").unwrap_or(text);
    if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) {
        return number.parse().map(AsOf::Seq).map_err(|_| refused());
    }
    moment(text).map(AsOf::Moment).map_err(|_| refused())
}

/// Reads a head of a log as `verify` prints it: `SEQ:HASH`.
pub fn expected(text: &str) -> Result<Expected, String> {
    let refused = || {
        format!("`{text}` is no head of a log: write SEQ:HASH, the hash in 64 hexadecimal digits")
    };
    let (seq, hash) = text.split_once(':').ok_or_else(refused)?;
    let hash = blake3::Hash::from_hex(hash).map_err(|_| refused())?;
    Ok(Expected { seq: seq.parse().map_err(|_| refused())?, hash: *hash.as_bytes() })
}

/// Reads a Space's id, or a link to it.
pub fn space(text: &str) -> Result<SpaceId, IdError> {
    SpaceId::from_id_or_url(text)
}

/// Reads a creator: `@name` or an id.
pub fn creator(text: &str) -> Result<Creator, IdError> {
    Creator::parse(text)
}

/// Reads a query of 1 to 2048 characters.
pub fn query(text: &str) -> Result<String, String> {
    match text.chars().count() {
        0 => Err("a query needs at least one character".to_owned()),
        1..=2048 => Ok(text.to_owned()),
        count => Err(format!("the query has {count} characters; X takes up to 2048")),
    }
}

/// Reads dollars into millionths.
pub fn dollars(text: &str) -> Result<u64, String> {
    let refused = || format!("`{text}` is no amount of dollars: write 10 or 2.50");
    let amount: f64 = text.trim_start_matches('$').parse().map_err(|_| refused())?;
    if !(0.0..=1e9).contains(&amount) {
        return Err(refused());
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked above")]
    Ok((amount * 1e6).round() as u64)
}

/// Reads a share from 0 to 1.
pub fn share(text: &str) -> Result<f64, String> {
    let share: Option<f64> = text.parse().ok();
    let share = share.filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| format!("`{text}` is no share: write a number from 0 to 1"))
}

/// Reads a clock's speed.
pub fn speed(text: &str) -> Result<f64, String> {
    let speed: Option<f64> = text.parse().ok();
    let speed = speed.filter(|speed| (0.1..=10_000.0).contains(speed));
    speed.ok_or_else(|| format!("`{text}` is no speed: write a number from 0.1 to 10000"))
}

/// Takes a text in which there may be a password: what is wrong with it is said later, without it.
#[expect(clippy::unnecessary_wraps, reason = "as arguments are parsed")]
pub fn secret(text: &str) -> Result<secrecy::SecretString, std::convert::Infallible> {
    Ok(secrecy::SecretString::from(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_with_their_units() {
        assert_eq!(duration("1h30m"), Ok(Duration::from_mins(90)));
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        for text in ["", "30", "s", "1x", "-1s", "99999999999999999999s", "0s"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_date_is_its_first_moment() {
        assert_eq!(moment("2026-11-23"), moment("2026-11-23T00:00:00Z"));
        assert!(moment("yesterday").is_err());
    }

    #[test]
    fn the_past_is_a_time_a_date_or_a_seq() {
        assert_eq!(as_of("seq:120"), Ok(AsOf::Seq(120)));
        assert_eq!(as_of("120"), Ok(AsOf::Seq(120)));
        assert_eq!(as_of("2026-11-23").ok(), moment("2026-11-23").ok().map(AsOf::Moment));
        assert_eq!(as_of("2026-11-23T18:00:00Z").ok(), as_of("2026-11-23T19:00:00+01:00").ok());
        for text in
            ["", "seq:", "seq:-1", "seq:x", "seq:2026-11-23", "99999999999999999999", "noon"]
        {
            assert!(as_of(text).is_err(), "{text}");
        }
    }
}
