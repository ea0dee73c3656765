//! Values of arguments, as people type them.

use crate::config::Creator;
use crate::question::AsOf;
use crate::serve::Expected;
use crate::space::{IdError, Moment, SpaceId};

pub use crate::config::duration;

/// Reads an RFC 3339 time, or a date, which means its first moment in UTC.
pub fn moment(text: &str) -> Result<i64, String> {
    let refused = || format!("`{text}` is no time: write 2026-11-23T18:00:00Z or 2026-11-23");
    Moment::parse_time_or_date(text).map(|moment| moment.0).ok_or_else(refused)
}

/// Reads a point in the past: a time or a date as [`moment`] does, or a seq, `seq:120` or `120`.
pub fn as_of(text: &str) -> Result<AsOf, String> {
    AsOf::parse(text).ok_or_else(|| {
        format!("`{text}` is no time and no seq: write 2026-11-23T18:00:00Z, 2026-11-23 or seq:120")
    })
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
