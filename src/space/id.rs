//! Ids of Spaces, users and topics, checked against X's patterns before they go anywhere.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// Why a text is not an id.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum IdError {
    /// Not `[a-zA-Z0-9]{1,13}`, nor a link to a Space.
    #[error("`{0}` is not a Space id: 1 to 13 letters and digits, or a link that ends in one")]
    Space(String),
    /// Not `[0-9]{1,19}`.
    #[error("`{0}` is not a user id: 1 to 19 digits")]
    User(String),
    /// Not `[A-Za-z0-9_]{1,15}`.
    #[error("`{0}` is not a username: 1 to 15 letters, digits or underscores")]
    Username(String),
}

/// The id of a Space: 1 to 13 ASCII letters and digits (X: `^[a-zA-Z0-9]{1,13}$`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SpaceId([u8; 13]);

impl SpaceId {
    /// The smallest id there is, to begin a scan with.
    pub const FIRST: Self = Self(*b"0\0\0\0\0\0\0\0\0\0\0\0\0");

    /// Returns the id's text.
    pub fn as_str(&self) -> &str {
        let end = self.0.iter().position(|byte| *byte == 0).unwrap_or(self.0.len());
        // Only ASCII letters and digits get in, so this cannot fail.
        std::str::from_utf8(&self.0[..end]).unwrap_or_default()
    }

    /// Returns the id as thirteen bytes, padded with zeros: equal ids, equal bytes, same order.
    pub const fn to_bytes(self) -> [u8; 13] {
        self.0
    }

    /// Reads what [`SpaceId::to_bytes`] gave; `None` for bytes that it cannot give.
    pub fn from_bytes(bytes: [u8; 13]) -> Option<Self> {
        let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
        let (text, padding) = bytes.split_at(end);
        let sound = !text.is_empty()
            && text.iter().all(u8::is_ascii_alphanumeric)
            && padding.iter().all(|byte| *byte == 0);
        sound.then_some(Self(bytes))
    }

    /// Returns the page of the Space on X.
    pub fn url(&self) -> String {
        format!("https://x.com/i/spaces/{self}")
    }

    /// Reads an id, or a link such as `https://x.com/i/spaces/1YqKDqWqdPLxV?s=20`.
    ///
    /// # Errors
    /// [`IdError::Space`] when the text is neither.
    pub fn from_id_or_url(text: &str) -> Result<Self, IdError> {
        let refused = || IdError::Space(text.to_owned());
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let Some(rest) = rest else { return text.parse() };
        let rest =
            rest.strip_prefix("www.").or_else(|| rest.strip_prefix("mobile.")).unwrap_or(rest);
        let path = rest.strip_prefix("x.com/").or_else(|| rest.strip_prefix("twitter.com/"));
        let tail = path.and_then(|path| path.strip_prefix("i/spaces/")).ok_or_else(refused)?;
        let id = tail.split(['?', '#', '/']).next().unwrap_or_default();
        id.parse().map_err(|_| refused())
    }
}

impl FromStr for SpaceId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let refused = || IdError::Space(text.to_owned());
        let mut bytes = [0; 13];
        bytes.get_mut(..text.len()).ok_or_else(refused)?.copy_from_slice(text.as_bytes());
        Self::from_bytes(bytes).ok_or_else(refused)
    }
}

impl fmt::Display for SpaceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for SpaceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The id of a user: 1 to 19 digits (X: `^[0-9]{1,19}$`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(pub u64);

impl FromStr for UserId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let refused = || IdError::User(text.to_owned());
        let plain =
            (1..=19).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        if !plain {
            return Err(refused());
        }
        text.parse().map(Self).map_err(|_| refused())
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The id of a topic, as X wrote it: at most 32 printable ASCII characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TopicId(String);

impl TopicId {
    /// Returns the id, or `None` where the text could not be one.
    pub fn new(text: &str) -> Option<Self> {
        let sound =
            (1..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        sound.then(|| Self(text.to_owned()))
    }

    /// Returns the id's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Reads a username with or without its `@`.
///
/// # Errors
/// [`IdError::Username`] when X could not have such a name.
pub fn username(text: &str) -> Result<String, IdError> {
    let name = text.strip_prefix('@').unwrap_or(text);
    let sound = (1..=15).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if sound { Ok(name.to_owned()) } else { Err(IdError::Username(text.to_owned())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_to_a_space_is_read_as_its_id() {
        for text in [
            "1YqKDqWqdPLxV",
            "https://x.com/i/spaces/1YqKDqWqdPLxV",
            "https://twitter.com/i/spaces/1YqKDqWqdPLxV?s=20",
            "https://x.com/i/spaces/1YqKDqWqdPLxV/peek",
        ] {
            assert_eq!(SpaceId::from_id_or_url(text).unwrap().as_str(), "1YqKDqWqdPLxV");
        }
    }

    #[test]
    fn what_is_no_space_id_is_refused() {
        for text in ["", "1YqKDqWqdPLxVx", "a b", "a/b", "é", "https://x.com/nasa", "../etc"] {
            assert!(SpaceId::from_id_or_url(text).is_err(), "{text}");
        }
    }

    #[test]
    fn ids_keep_their_order_as_bytes() {
        let (short, long): (SpaceId, SpaceId) = ("1Yq".parse().unwrap(), "1YqA".parse().unwrap());
        assert!(short < long && short.to_bytes() < long.to_bytes());
        assert_eq!(SpaceId::from_bytes(short.to_bytes()), Some(short));
        assert_eq!(SpaceId::from_bytes(*b"a\0b\0\0\0\0\0\0\0\0\0\0"), None);
    }

    #[test]
    fn user_ids_are_digits_and_usernames_are_short() {
        assert_eq!("9999999999999999999".parse(), Ok(UserId(9_999_999_999_999_999_999)));
        assert!("-1".parse::<UserId>().is_err() && "+1".parse::<UserId>().is_err());
        assert_eq!(username("@nasa").unwrap(), "nasa");
        assert!(username("@").is_err() && username("sixteen_letters_").is_err());
    }
}
