//! Names of the log's tables, and how their keys are written.

use crate::event::{AlertId, Delivery, MemoryKey, PollId, Subject, TextKey};
use crate::space::{Endpoint, Moment, SpaceId, TopicId, UserId};

pub(super) const META: &str = "meta";
pub(super) const TAIL: &str = "tail";
pub(super) const SEALED: &str = "sealed";
pub(super) const SEGMENTS: &str = "segments";
pub(super) const POLLS: &str = "polls";
pub(super) const TEXTS: &str = "texts";
pub(super) const KNOWN: &str = "known";
pub(super) const OPEN: &str = "open";
pub(super) const OUTBOX: &str = "outbox";
pub(super) const FORGOTTEN: &str = "forgotten";
pub(super) const ALERTS: &str = "alerts";

pub(super) const HEADER: &[u8] = b"header";
/// In `known`: what the last billed day cost.
pub(super) const SPENT: &[u8] = b"m";

/// In `alerts`: where rules look next.
pub(super) const ALERT_CURSOR: &[u8] = b"c";

pub(super) fn seq(seq: u64) -> [u8; 8] {
    seq.to_be_bytes()
}

pub(super) fn read_seq(bytes: &[u8]) -> Option<u64> {
    bytes.first_chunk().map(|bytes| u64::from_be_bytes(*bytes))
}

/// A batch's key: rising with time, so that live polls append to the table's end.
pub(super) fn poll(observed_at: Moment, id: PollId) -> [u8; 24] {
    let mut key = [0; 24];
    key[..8].copy_from_slice(&(observed_at.0 ^ i64::MIN).to_be_bytes());
    key[8..].copy_from_slice(&id.0);
    key
}

pub(super) fn space(id: SpaceId) -> Vec<u8> {
    tagged(b's', &id.to_bytes())
}

pub(super) fn user(id: UserId) -> Vec<u8> {
    tagged(b'u', &id.0.to_be_bytes())
}

pub(super) fn topic(id: &TopicId) -> Vec<u8> {
    tagged(b't', id.as_str().as_bytes())
}

pub(super) fn line(key: &TextKey) -> Vec<u8> {
    tagged(b'l', key)
}

pub(super) fn endpoint(endpoint: Endpoint) -> Vec<u8> {
    tagged(b'e', endpoint.word().as_bytes())
}

/// Whom or what was forgotten.
pub(super) fn subject(subject: Subject) -> Vec<u8> {
    match subject {
        Subject::User(id) => user(id),
        Subject::Space(id) => space(id),
    }
}

pub(super) fn read_subject(key: &[u8]) -> Option<Subject> {
    match key.split_first()? {
        (b'u', id) => Some(Subject::User(UserId(u64::from_be_bytes(id.try_into().ok()?)))),
        (b's', id) => SpaceId::from_bytes(id.try_into().ok()?).map(Subject::Space),
        _ => None,
    }
}

/// A slice of a segment's bytes.
pub(super) fn slice(first_seq: u64, part: u32) -> [u8; 12] {
    let mut key = [0; 12];
    key[..8].copy_from_slice(&first_seq.to_be_bytes());
    key[8..].copy_from_slice(&part.to_be_bytes());
    key
}

pub(super) fn notice(seq: u64, number: u32) -> Vec<u8> {
    [seq.to_be_bytes().as_slice(), &number.to_be_bytes()].concat()
}

pub(super) fn read_notice(key: &[u8]) -> Option<(u64, u32)> {
    let (seq, number) = key.split_first_chunk::<8>()?;
    Some((u64::from_be_bytes(*seq), u32::from_be_bytes(number.try_into().ok()?)))
}

/// In `alerts`: what a rule remembers of a Space, or of none.
pub(super) fn alert_memory((rule, space): MemoryKey) -> Vec<u8> {
    let mut key = tagged(b'm', &rule.to_be_bytes());
    key.extend(space.iter().flat_map(|space| space.to_bytes()));
    key
}

/// In `alerts`: who hosts a Space.
pub(super) fn alert_hosts(space: SpaceId) -> Vec<u8> {
    tagged(b'h', &space.to_bytes())
}

/// In `alerts`: an alert by where it has come, and by time.
pub(super) fn letter(it: Delivery, at: Moment, alert: &AlertId) -> Vec<u8> {
    let mut key = tagged(letter_tag(it), &(at.0 ^ i64::MIN).to_be_bytes());
    key.extend_from_slice(alert);
    key
}

/// Returns where those of a kind begin and end.
pub(super) fn letters(it: Delivery) -> (Vec<u8>, Vec<u8>) {
    (vec![letter_tag(it)], vec![letter_tag(it) + 1])
}

const fn letter_tag(it: Delivery) -> u8 {
    match it {
        Delivery::Waiting => b'q',
        Delivery::Delivered => b'd',
        Delivery::Dead => b'x',
    }
}

fn tagged(tag: u8, id: &[u8]) -> Vec<u8> {
    let mut key = Vec::with_capacity(id.len() + 1);
    key.push(tag);
    key.extend_from_slice(id);
    key
}
