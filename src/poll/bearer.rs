//! The token as a header: checked once, marked sensitive, never shown.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret as _, SecretString};
use thiserror::Error;

/// Why a token cannot be sent. The messages hold nothing of it.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum BearerError {
    /// There is nothing in it.
    #[error("the bearer token is empty")]
    Empty,
    /// A space, a line break, a control character or a letter beyond ASCII.
    #[error("the bearer token holds a character at byte `{0}` that no header can carry")]
    Character(usize),
}

/// A token ready to be sent as `Authorization: Bearer …`.
#[derive(Clone)]
pub struct Bearer {
    header: HeaderValue,
    token: SecretString,
    /// What else is hidden where it is repeated.
    others: Vec<SecretString>,
}

/// Shorter texts are no tokens of X's, and would be found in any body by chance.
const REDACTED_FROM: usize = 12;

/// A password is chosen by people, and may be shorter.
const OTHERS_REDACTED_FROM: usize = 6;

impl Bearer {
    /// Returns the header for `token`.
    ///
    /// # Errors
    /// When the token is empty or holds what a header cannot carry.
    pub fn new(token: SecretString) -> Result<Self, BearerError> {
        let text = token.expose_secret();
        if text.is_empty() {
            return Err(BearerError::Empty);
        }
        if let Some(at) = text.bytes().position(|byte| !byte.is_ascii_graphic()) {
            return Err(BearerError::Character(at));
        }
        let mut header = HeaderValue::from_str(&format!("Bearer {text}"))
            .map_err(|_| BearerError::Character(0))?;
        header.set_sensitive(true);
        Ok(Self { header, token, others: Vec::new() })
    }

    /// Hides these where a body repeats them, as it does the token.
    #[must_use]
    pub(super) fn hiding(mut self, others: Vec<SecretString>) -> Self {
        self.others = others;
        self
    }

    /// Returns the value of the `Authorization` header, marked sensitive.
    pub(super) fn header(&self) -> HeaderValue {
        self.header.clone()
    }

    /// Writes `*` over the token wherever `body` repeats it: bodies are quoted, kept and stored,
    /// and whoever answers may echo our headers.
    pub(super) fn redact(&self, body: &mut [u8]) {
        let others = self.others.iter().map(|secret| (secret, OTHERS_REDACTED_FROM));
        for (secret, least) in std::iter::once((&self.token, REDACTED_FROM)).chain(others) {
            let secret = secret.expose_secret().as_bytes();
            if secret.len() >= least {
                for form in forms(secret) {
                    blot(body, &form);
                }
            }
        }
    }
}

/// Writes `*` over every `form` in a body.
fn blot(body: &mut [u8], form: &[u8]) {
    let mut from = 0;
    while let Some(at) = find(&body[from..], form) {
        body[from + at..from + at + form.len()].fill(b'*');
        from += at + form.len();
    }
}

/// Returns the ways in which a text may repeat the token: as it is, percent-encoded, with JSON's
/// escaped slashes, and in base64, where it looks different at each of three places.
fn forms(token: &[u8]) -> Vec<Vec<u8>> {
    let percent: String = url::form_urlencoded::byte_serialize(token).collect();
    let slashes = String::from_utf8_lossy(token).replace('/', "\\/");
    let mut forms = vec![token.to_vec(), percent.into_bytes(), slashes.into_bytes()];
    // Only whole groups of three: the letters of a last, smaller one depend on what follows.
    let whole = |bytes: &[u8]| STANDARD.encode(&bytes[..bytes.len() / 3 * 3]).into_bytes();
    forms.extend((0..3).map(|skipped| whole(&token[skipped..])));
    forms.dedup();
    forms
}

fn find(text: &[u8], sought: &[u8]) -> Option<usize> {
    text.windows(sought.len()).position(|window| window == sought)
}

/// Shows that there is a token, and nothing of it.
impl fmt::Debug for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bearer(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENTINEL: &str = "AAAAAAAAAAAAsentinel%3Dtoken";

    #[test]
    fn debug_output_never_holds_the_token() {
        let bearer = Bearer::new(SENTINEL.into()).unwrap();
        let shown = format!("{bearer:?} {:?}", bearer.header());
        assert!(!shown.contains("sentinel"), "{shown}");
    }

    #[test]
    fn a_token_that_no_header_can_carry_is_refused_without_being_shown() {
        assert_eq!(Bearer::new("".into()).unwrap_err(), BearerError::Empty);
        for (token, at) in [("abc\n", 3), ("a b", 1), ("é", 0), ("ab\u{7f}", 2)] {
            assert_eq!(Bearer::new(token.into()).unwrap_err(), BearerError::Character(at));
        }
    }

    #[test]
    fn a_body_that_echoes_the_token_loses_it() {
        let bearer = Bearer::new(SENTINEL.into()).unwrap();
        let mut body = format!("you sent {SENTINEL}{SENTINEL}, really").into_bytes();
        let length = body.len();
        bearer.redact(&mut body);
        let text = String::from_utf8(body).unwrap();
        assert!(!text.contains("sentinel") && text.starts_with("you sent *"));
        assert_eq!(text.len(), length);
    }

    #[test]
    fn an_encoded_echo_of_the_token_is_lost_too() {
        let bearer = Bearer::new("AAAAAAAAAAAA/sentinel%3Dtoken".into()).unwrap();
        let echoes = [
            "AAAAAAAAAAAA%2Fsentinel%253Dtoken",
            r"AAAAAAAAAAAA\/sentinel%3Dtoken",
            // `Bearer AAAA…`, `r AAAA…` and ` AAAA…` in base64.
            "QmVhcmVyIEFBQUFBQUFBQUFBQS9zZW50aW5lbCUzRHRva2Vu",
            "ciBBQUFBQUFBQUFBQUEvc2VudGluZWwlM0R0b2tlbg==",
            "IEFBQUFBQUFBQUFBQS9zZW50aW5lbCUzRHRva2Vu",
        ];
        for echo in echoes {
            let mut body = echo.as_bytes().to_vec();
            bearer.redact(&mut body);
            let text = String::from_utf8(body).unwrap();
            assert!(text.contains("********************"), "{text}");
        }
    }
}
