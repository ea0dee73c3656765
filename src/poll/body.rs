//! The bytes of a body as JSON, within bounds that hold before anything is built of them.

use serde_json::{Map, Value};
use thiserror::Error;

use super::transport::BODY_MAX;
use crate::space::{Failure, FailureClass, RateLimit};

/// Arrays and objects may lie in one another this deep.
pub const DEPTH_MAX: usize = 64;

/// A body holds at most this many values: parsed ones take many times their bytes, and a full
/// answer of X's has some ten thousand.
const VALUES_MAX: usize = 1_000_000;

/// Why a body is no answer.
#[derive(Debug, Error)]
pub(super) enum BodyError {
    #[error("the body is larger than 8 MiB, or holds more than a million values")]
    TooLarge,
    #[error("the body nests deeper than 64 levels")]
    TooDeep,
    #[error("the body is empty")]
    Empty,
    #[error("the body is HTML")]
    Html,
    #[error("the body is not JSON: {0}")]
    NotJson(serde_json::Error),
    #[error("the body is JSON, but no object")]
    NoObject,
    #[error("`data` in the body is neither a list nor an object")]
    Data,
    #[error("the body has none of `data`, `meta`, `includes` and `errors`")]
    NoAnswer,
}

impl BodyError {
    /// Returns the failure that a poll with this body is.
    pub fn failure(&self, status: u16, rate: Option<RateLimit>) -> Failure {
        let class = match self {
            Self::TooLarge => FailureClass::TooLarge,
            _ => FailureClass::BadBody,
        };
        Failure {
            class,
            status: Some(status),
            message: self.to_string(),
            rate,
            field: None,
            retry_after_ms: None,
            problem: None,
        }
    }
}

/// Parses a body within its bounds.
pub(super) fn parse(body: &[u8]) -> Result<Map<String, Value>, BodyError> {
    if body.len() > BODY_MAX {
        return Err(BodyError::TooLarge);
    }
    match body.trim_ascii_start().first() {
        None => return Err(BodyError::Empty),
        Some(b'<') => return Err(BodyError::Html),
        Some(_) => {}
    }
    measure(body)?;
    match serde_json::from_slice(body).map_err(BodyError::NotJson)? {
        Value::Object(top) => Ok(top),
        _ => Err(BodyError::NoObject),
    }
}

/// Checks depth and number of values before anything is built of them.
fn measure(body: &[u8]) -> Result<(), BodyError> {
    let (mut depth, mut values) = (0_usize, 0_usize);
    let (mut in_string, mut escaped) = (false, false);
    for byte in body {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'[' | b'{' => {
                depth += 1;
                values += 1;
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b',' => values += 1,
            _ => {}
        }
        if depth > DEPTH_MAX {
            return Err(BodyError::TooDeep);
        }
        if values > VALUES_MAX {
            return Err(BodyError::TooLarge);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_is_bounded_at_64_whatever_strings_hold() {
        let nested =
            |depth: usize| format!(r#"{{"a":{}{}}}"#, "[".repeat(depth), "]".repeat(depth));
        assert!(parse(nested(DEPTH_MAX - 1).as_bytes()).is_ok());
        assert!(matches!(parse(nested(DEPTH_MAX).as_bytes()), Err(BodyError::TooDeep)));
        let quoted = format!(r#"{{"a":"\"{}","b":1}}"#, "[".repeat(1000));
        assert!(parse(quoted.as_bytes()).is_ok());
        assert!(matches!(parse(&vec![b'['; 1 << 20]), Err(BodyError::TooDeep)));
    }

    #[test]
    fn size_is_bounded_in_bytes_and_in_values() {
        assert!(matches!(parse(&vec![b' '; BODY_MAX + 1]), Err(BodyError::TooLarge)));
        let many = format!(r#"{{"data":[{}0]}}"#, "0,".repeat(VALUES_MAX));
        assert!(matches!(parse(many.as_bytes()), Err(BodyError::TooLarge)));
    }

    #[test]
    fn what_is_no_object_says_what_it_is() {
        let said = |body: &str| parse(body.as_bytes()).unwrap_err().to_string();
        assert_eq!(said(" \n"), "the body is empty");
        assert_eq!(said("<!DOCTYPE html><p>"), "the body is HTML");
        assert_eq!(said("[1]"), "the body is JSON, but no object");
        assert!(said(r#"{"data":[{"id":"1"#).starts_with("the body is not JSON: EOF"));
        assert!(said(r#"{"title":"\ud83c"}"#).starts_with("the body is not JSON: "));
        assert!(said("Too Many Requests").starts_with("the body is not JSON: "));
    }
}
