//! Rows of views as bytes: bincode behind a checksum over key and row, and keys that sort as their
//! values do.

use bincode::{Decode, Encode, config};

use crate::space::{SpaceId, UserId};

use super::ViewError;

/// The version of the framing below; part of every view's fingerprint.
pub(super) const ROW_FORMAT: u32 = 2;

/// The most bytes a row may ask for while it is decoded.
const ROW_BYTES_MAX: usize = 16 * 1024 * 1024;

/// The checksum covers the key too: a row that stands under another key is not that key's.
fn checksum(key: &[u8], payload: &[u8]) -> [u8; 4] {
    crc32c::crc32c_append(crc32c::crc32c(key), payload).to_le_bytes()
}

pub(super) fn encode<R: Encode>(key: &[u8], row: &R) -> Vec<u8> {
    // The checksum's place first: a row is written once.
    let mut out = vec![0; 4];
    // Encoding plain rows into memory cannot fail; a row cut off would not decode.
    bincode::encode_into_std_write(row, &mut out, config::standard()).unwrap_or_default();
    let sum = checksum(key, &out[4..]);
    out[..4].copy_from_slice(&sum);
    out
}

pub(super) fn decode<R: Decode<()>>(key: &[u8], bytes: &[u8]) -> Result<R, ViewError> {
    let damaged = |reason: &str| ViewError::Damaged(reason.to_owned());
    let (sum, payload) = bytes.split_first_chunk::<4>().ok_or_else(|| damaged("cut off"))?;
    if *sum != checksum(key, payload) {
        return Err(damaged("the checksum does not match"));
    }
    let limited = config::standard().with_limit::<ROW_BYTES_MAX>();
    let (row, _used) = bincode::decode_from_slice(payload, limited)
        .map_err(|error| ViewError::Damaged(error.to_string()))?;
    Ok(row)
}

/// A key whose bytes sort as its values do.
pub trait Key: Ord + Copy {
    /// Appends the key's bytes.
    fn write(&self, out: &mut Vec<u8>);
    /// Reads what `write` wrote, from the front of `bytes`; returns the rest too.
    fn read(bytes: &[u8]) -> Option<(Self, &[u8])>;
}

impl Key for u64 {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.to_be_bytes());
    }

    fn read(bytes: &[u8]) -> Option<(Self, &[u8])> {
        bytes.split_first_chunk().map(|(it, rest)| (Self::from_be_bytes(*it), rest))
    }
}

impl Key for u32 {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.to_be_bytes());
    }

    fn read(bytes: &[u8]) -> Option<(Self, &[u8])> {
        bytes.split_first_chunk().map(|(it, rest)| (Self::from_be_bytes(*it), rest))
    }
}

/// Signed: the sign bit is flipped, so that what is negative sorts first.
impl Key for i64 {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&(*self ^ Self::MIN).to_be_bytes());
    }

    fn read(bytes: &[u8]) -> Option<(Self, &[u8])> {
        bytes.split_first_chunk().map(|(it, rest)| (Self::from_be_bytes(*it) ^ Self::MIN, rest))
    }
}

impl Key for SpaceId {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.to_bytes());
    }

    fn read(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let (it, rest) = bytes.split_first_chunk()?;
        Self::from_bytes(*it).map(|id| (id, rest))
    }
}

impl Key for UserId {
    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
    }

    fn read(bytes: &[u8]) -> Option<(Self, &[u8])> {
        u64::read(bytes).map(|(it, rest)| (Self(it), rest))
    }
}

impl<A: Key, B: Key> Key for (A, B) {
    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
        self.1.write(out);
    }

    fn read(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let (first, rest) = A::read(bytes)?;
        let (second, rest) = B::read(rest)?;
        Some(((first, second), rest))
    }
}
