//! Values of settings as people write them: in a flag, the environment or the file.

use std::net::SocketAddr;
use std::time::Duration;

use super::CapBound;
use crate::space::TopicId;

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

/// Reads how many rows a search asks for.
pub(super) fn rows(text: &str) -> Result<u8, String> {
    let rows: Option<u8> = text.parse().ok();
    let rows = rows.filter(|rows| (1..=100).contains(rows));
    rows.ok_or_else(|| format!("`{text}` is no number of rows: write 1 to 100"))
}

/// Reads a language as X names it, such as `en` or `pt`.
pub(super) fn language(text: &str) -> Result<String, String> {
    let is_word =
        (2..=8).contains(&text.len()) && text.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    let refused = || format!("`{text}` is no language: write X's two letters, such as en");
    if is_word { Ok(text.to_owned()) } else { Err(refused()) }
}

/// Reads a word of titles that says nothing, in small letters.
pub(super) fn stop_word(text: &str) -> Result<String, String> {
    let is_word = !text.is_empty() && !text.contains(char::is_whitespace);
    let refused = || format!("`{text}` is no word: write one word, #hashtag or @name");
    if is_word { Ok(text.to_lowercase()) } else { Err(refused()) }
}

/// Reads a topic's id and its name, with `=` between them.
pub(super) fn topic(text: &str) -> Result<(String, String), String> {
    let told = text.split_once('=').map(|(id, name)| (id.trim(), name.trim()));
    let told = told.filter(|(id, name)| TopicId::new(id).is_some() && !name.is_empty());
    told.map(|(id, name)| (id.to_owned(), name.to_owned()))
        .ok_or_else(|| format!("`{text}` names no topic: write its id, = and a name"))
}

/// Reads which bound of the cost a cap counts.
pub(super) fn bound(text: &str) -> Result<CapBound, String> {
    match text {
        "low" => Ok(CapBound::Low),
        "high" => Ok(CapBound::High),
        _ => Err(format!("`{text}` is no bound: write low or high")),
    }
}

/// Reads where the local server listens: an address with its port, or `off`, which is `None`.
pub fn listen(text: &str) -> Result<Option<SocketAddr>, String> {
    if text == "off" {
        return Ok(None);
    }
    let local = text.strip_prefix("localhost:").map(|port| format!("127.0.0.1:{port}"));
    let address = local.as_deref().unwrap_or(text).parse();
    address.map(Some).map_err(|_| {
        format!("`{text}` is no address: write 127.0.0.1:7878, 127.0.0.1:0 for a free port, or off")
    })
}

/// Reads yes or no.
pub(super) fn yes(text: &str) -> Result<bool, String> {
    match text {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(format!("`{text}` is neither true nor false")),
    }
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
    fn an_address_has_a_port_and_off_is_none() {
        assert_eq!(listen("off"), Ok(None));
        assert_eq!(listen("localhost:0"), listen("127.0.0.1:0"));
        assert_eq!(listen("[::1]:80").map(|it| it.map(|it| it.port())), Ok(Some(80)));
        for text in ["", "7878", "127.0.0.1", "example.org:80", "127.0.0.1:99999"] {
            assert!(listen(text).is_err(), "{text}");
        }
    }

    #[test]
    fn dollars_are_read_to_the_millionth() {
        assert_eq!(dollars("2.50"), Ok(2_500_000));
        assert_eq!(dollars("$0.005"), Ok(5_000));
        for text in ["", "ten", "-1", "NaN", "1e12"] {
            assert!(dollars(text).is_err(), "{text}");
        }
    }
}
