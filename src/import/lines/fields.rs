//! Fields of a JSON object, read as what they must be.

use serde_json::Value;

use super::LineError;
use crate::space::{Moment, SpaceId, UserId};

pub(super) type Read<T> = Result<T, LineError>;

/// The fields of an object; of anything else, none.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a>(pub &'a Value);

impl<'a> Fields<'a> {
    /// Returns a field that was said; absent and null were not.
    pub fn get(self, key: &str) -> Option<&'a Value> {
        self.0.get(key).filter(|value| !value.is_null())
    }

    /// Reads a field that may be absent.
    pub fn maybe<T>(
        self,
        key: &'static str,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Read<Option<T>> {
        self.get(key).map(|value| read(value).ok_or(LineError::Key(key))).transpose()
    }

    /// Reads a field that must be there.
    pub fn must<T>(self, key: &'static str, read: impl FnOnce(&Value) -> Option<T>) -> Read<T> {
        self.maybe(key, read)?.ok_or(LineError::Key(key))
    }

    /// Reads a number of 32 bits that must be there.
    pub fn count(self, key: &'static str) -> Read<u32> {
        self.must(key, |it| u32::try_from(it.as_u64()?).ok())
    }
}

pub(super) fn as_text(value: &Value) -> Option<String> {
    value.as_str().map(ToOwned::to_owned)
}

pub(super) fn as_u64(value: &Value) -> Option<u64> {
    value.as_u64()
}

pub(super) fn as_u16(value: &Value) -> Option<u16> {
    u16::try_from(value.as_u64()?).ok()
}

pub(super) fn as_moment(value: &Value) -> Option<Moment> {
    Moment::parse(value.as_str()?)
}

pub(super) fn as_space(value: &Value) -> Option<SpaceId> {
    value.as_str()?.parse().ok()
}

pub(super) fn as_user(value: &Value) -> Option<UserId> {
    value.as_str()?.parse().map(UserId).ok()
}

pub(super) fn as_users(value: &Value) -> Option<Vec<UserId>> {
    value.as_array()?.iter().map(as_user).collect()
}

/// Reads hexadecimal digits of so many bytes, two a byte.
pub(super) fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    from_hex(text)?.try_into().ok()
}

/// Reads hexadecimal digits, two a byte.
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|it| u8::try_from(it).ok());
    let byte = |[high, low]: &[u8; 2]| Some(digit(*high)? << 4 | digit(*low)?);
    if rest.is_empty() { pairs.iter().map(byte).collect() } else { None }
}

/// Returns bytes as hexadecimal digits, two a byte.
pub fn to_hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}
