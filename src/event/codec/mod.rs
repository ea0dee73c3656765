//! The one codec of stored records: bincode 2.0.1 in a frame with a version and a checksum.
//!
//! A frame is `version: u8`, `CRC-32C of all that follows: u32 little endian`, payload. redb does
//! not check pages on ordinary reads, so every record is checked here. bincode is pinned: its
//! layout is frozen by golden bytes under `snapshots/`.
//!
//! # Versions
//! - **Reading**: every version that was ever written reads as the one [`Event`](super::Event) of
//!   today; what an old version did not say is unknown. This holds for ever.
//! - **Writing**: an event is written in the **lowest version that holds all that it says**. So
//!   its bytes follow from its content alone: a batch that is decoded and encoded again has the
//!   bytes it had, and the chain can be checked from decoded events as from stored ones, whatever
//!   program wrote them. For that no version may hold what a lower one could.
//! - **A later version** of an event is a new variant at the end of the stored enum (its place is
//!   its tag), with a struct in a file of its own, an upcast, a golden file, and a raised
//!   [`FORMAT`]; nothing that was released is ever edited.
//!
//! | format | what it brought | golden file |
//! |---|---|---|
//! | 1 | everything | `snapshots/format_v1.snap` |
//! | 2 | `MonitorStarted` with the origin that is asked; marks of what is forgotten | `snapshots/format_v2.snap` |
//! | 3 | the class of failure `Blocked` | `snapshots/format_v3.snap` |
//! | 4 | `ClockSkewed` | `snapshots/format_v4.snap` |

mod alerts;
mod from_v1;
mod into_v1;
mod mend;
mod rows;
pub mod segment;
mod v1;
mod v2;
mod v4;

#[cfg(test)]
pub(crate) mod tests;

use bincode::error::DecodeError;
use bincode::{Decode, Encode, config};
use thiserror::Error;

use super::Batch;
use super::text::{Owner, Salt, Text, TextRef};

pub use alerts::{
    decode_cursor, decode_hosts, decode_letter, decode_memory, encode_cursor, encode_hosts,
    encode_letter, encode_memory,
};
pub use mend::mend;
pub use rows::{
    Header, Simulated, decode_endpoint, decode_forgotten, decode_header, decode_notice,
    decode_space, decode_spent, decode_user, encode_endpoint, encode_forgotten, encode_header,
    encode_notice, encode_space, encode_spent, encode_user,
};

/// The version of the frame. Which version of an event is in it, its variant's tag says; a
/// program that meets a tag beyond its own reports a newer record, not a damaged one.
pub const VERSION: u8 = 1;

/// The format of what is written here: raised with every variant that is added. A log says in its
/// header the highest one that may be found in it.
pub const FORMAT: u32 = 4;

/// The most bytes a record may ask for while it is decoded: a guard against damaged lengths.
const RECORD_BYTES_MAX: usize = 256 * 1024 * 1024;

/// Why stored bytes are no record.
#[derive(Debug, Error)]
pub enum CodecError {
    /// Shorter than its frame.
    #[error("the record is cut off")]
    Short,
    /// The checksum does not hold.
    #[error("the checksum does not match")]
    Checksum,
    /// Written by a newer program: the frame's version, or the tag that is not known here.
    #[error("a newer spacelog wrote it: its tag {0} is not known to this one")]
    Newer(u32),
    /// The checksum holds, the content does not decode.
    #[error("the record does not decode: {0}")]
    Content(String),
}

/// Returns `payload` in a frame.
pub fn frame(payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(payload.len() + 5);
    out.push(VERSION);
    out.extend_from_slice(&crc32c::crc32c(payload).to_le_bytes());
    out.extend_from_slice(payload);
    out
}

/// Returns the payload of a frame whose checksum holds.
pub fn unframe(bytes: &[u8]) -> Result<&[u8], CodecError> {
    let (head, payload) = bytes.split_at_checked(5).ok_or(CodecError::Short)?;
    if head[0] != VERSION {
        return Err(CodecError::Newer(u32::from(head[0])));
    }
    if head[1..] != crc32c::crc32c(payload).to_le_bytes() {
        return Err(CodecError::Checksum);
    }
    Ok(payload)
}

fn encode<T: Encode>(value: &T) -> Vec<u8> {
    // Encoding into memory fails only for types that the stored ones do not contain (a RefCell,
    // a path); an empty payload would be caught by the very first decode.
    bincode::encode_to_vec(value, config::standard()).unwrap_or_default()
}

fn decode<T: Decode<()>>(payload: &[u8]) -> Result<T, CodecError> {
    let limited = config::standard().with_limit::<RECORD_BYTES_MAX>();
    let (value, used) =
        bincode::decode_from_slice(payload, limited).map_err(|error| match error {
            // The checksum holds, so this is no damage: a later program knows the variant.
            DecodeError::UnexpectedVariant { found, .. } => CodecError::Newer(found),
            error => CodecError::Content(error.to_string()),
        })?;
    if used != payload.len() {
        return Err(CodecError::Content("bytes are left over".to_owned()));
    }
    Ok(value)
}

/// Returns the canonical bytes of a batch: what the chain hash is taken over.
pub fn canonical(batch: &Batch) -> Vec<u8> {
    encode(&into_v1::batch(batch))
}

/// Returns the hash of a batch alone: of its canonical bytes, without the batches before it.
pub fn hash(canonical: &[u8]) -> [u8; 32] {
    *blake3::hash(canonical).as_bytes()
}

/// Reads canonical bytes of a batch, which come from elsewhere than a log: without texts and chain.
pub fn decode_canonical(canonical: &[u8]) -> Result<Batch, CodecError> {
    from_v1::batch(decode(canonical)?, [0; 32])
}

/// Returns the chain hash after a batch with these canonical bytes.
pub fn chain(before: &[u8; 32], canonical: &[u8]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(before).update(canonical);
    *hasher.finalize().as_bytes()
}

/// Returns the record of a batch: its chain hash and its canonical bytes, framed.
pub fn encode_batch(chain: &[u8; 32], canonical: &[u8]) -> Vec<u8> {
    let mut payload = Vec::with_capacity(canonical.len() + 32);
    payload.extend_from_slice(chain);
    payload.extend_from_slice(canonical);
    frame(&payload)
}

/// Reads the record of a batch, without its texts.
pub fn decode_batch(record: &[u8]) -> Result<Batch, CodecError> {
    let (chain, canonical) = batch_parts(record)?;
    from_v1::batch(decode(canonical)?, chain)
}

/// Returns the chain hash and the canonical bytes of a batch's record.
pub fn batch_parts(record: &[u8]) -> Result<([u8; 32], &[u8]), CodecError> {
    unframe(record)?.split_first_chunk().map(|(hash, rest)| (*hash, rest)).ok_or(CodecError::Short)
}

/// Returns the bytes of a text that its reference is taken over.
pub fn encode_text(text: &Text) -> Vec<u8> {
    encode(&into_v1::text(text))
}

/// Returns the record of a text: owner, salt and bytes, framed.
pub fn encode_text_row(owner: Owner, salt: &Salt, text: &Text) -> Vec<u8> {
    frame(&encode(&(into_v1::owner(owner), salt, encode_text(text))))
}

/// Returns the salt of a text's record.
pub fn text_salt(record: &[u8]) -> Result<Salt, CodecError> {
    let (_owner, salt, _bytes): (v1::Owner, Salt, Vec<u8>) = decode(unframe(record)?)?;
    Ok(salt)
}

/// Reads the record of a text, and checks it against its reference.
pub fn decode_text_row(reference: &TextRef, record: &[u8]) -> Result<(Owner, Text), CodecError> {
    let (owner, salt, bytes): (v1::Owner, Salt, Vec<u8>) = decode(unframe(record)?)?;
    if TextRef::of(&salt, &bytes) != *reference {
        return Err(CodecError::Content("the text is not the one referred to".to_owned()));
    }
    Ok((from_v1::owner(&owner)?, from_v1::text(decode(&bytes)?)))
}
