//! Points of a curve, packed: a few bytes each, as differences from the point before.
//!
//! A chunk is a string of variable-length integers, for each point a mark and then what the mark
//! announces: bits 0 to 2 the state (0 unknown, 1 scheduled, 2 live, 3 ended, 4 a word), bit 3 a
//! count, bit 4 another holding limit than before, bit 5 another distance of seq than before.

use bincode::{Decode, Encode};

use crate::space::SpaceState;

use super::ViewError;
use super::audience::Look;

/// One observation of a Space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// When, in milliseconds since the epoch.
    pub at: i64,
    /// Its place in the log.
    pub seq: u64,
    /// X's count, in whatever state.
    pub participants: Option<u64>,
    /// The state, where X gave one.
    pub state: Option<SpaceState>,
    /// For how long the count may be held.
    pub hold_ms: u64,
}

impl Point {
    /// Returns the point as a look at the audience, if the Space was live, and had not ended by
    /// X's own account.
    pub fn look(&self, ended_at: Option<i64>) -> Option<Look> {
        let over = ended_at.is_some_and(|ended_at| self.at >= ended_at);
        let look = Look { at: self.at, count: self.participants, hold_ms: self.hold_ms };
        (self.state == Some(SpaceState::Live) && !over).then_some(look)
    }
}

const COUNTED: u8 = 1 << 3;
const HOLDS: u8 = 1 << 4;
const STRIDES: u8 = 1 << 5;
const WORD: u8 = 4;

/// What the next point is told as a difference from.
#[derive(Clone, Copy, Debug, Default, Encode, Decode)]
struct Last {
    at: i64,
    /// How far the last point was from the one before, in time and in seq.
    step: i64,
    stride: u64,
    seq: u64,
    count: u64,
    hold_ms: u64,
}

/// Some points of one Space, in the order of the log.
#[derive(Clone, Debug, Default, Encode, Decode)]
pub(super) struct Chunk {
    last: Last,
    bytes: Vec<u8>,
}

impl Chunk {
    /// Makes room for so many points of the usual kind at once.
    pub fn reserve(&mut self, points: usize) {
        self.bytes.reserve(points * POINT_BYTES);
    }

    /// Adds a point; `state` is none but the point's.
    pub fn push(&mut self, point: &Plain, state: Option<&SpaceState>) {
        match state {
            None => self.told(point, 0),
            Some(SpaceState::Scheduled) => self.told(point, 1),
            Some(SpaceState::Live) => self.push_live(point),
            Some(SpaceState::Ended) => self.told(point, 3),
            Some(SpaceState::Other(word)) => {
                self.told(point, WORD);
                put(&mut self.bytes, word.len() as u64);
                self.bytes.extend_from_slice(word.as_bytes());
            }
        }
    }

    /// Adds a point of a live Space, as most are.
    #[inline]
    pub fn push_live(&mut self, point: &Plain) {
        self.told(point, 2);
    }

    #[inline]
    fn told(&mut self, point: &Plain, state: u8) {
        let Last { at, step, stride, seq, count, hold_ms } = self.last;
        let further = point.seq.wrapping_sub(seq);
        let later = point.at.wrapping_sub(at);
        let mut mark = state;
        mark |= if point.participants.is_some() { COUNTED } else { 0 };
        mark |= if point.hold_ms == hold_ms { 0 } else { HOLDS };
        mark |= if further == stride { 0 } else { STRIDES };
        let mut told = Told { bytes: [mark; TOLD_BYTES], length: 1 };
        told.put(fold(later.wrapping_sub(step)));
        if mark & STRIDES != 0 {
            told.put(further);
        }
        if let Some(now) = point.participants {
            told.put(fold(now.wrapping_sub(count).cast_signed()));
        }
        if mark & HOLDS != 0 {
            told.put(point.hold_ms);
        }
        self.bytes.extend_from_slice(&told.bytes[..told.length]);
        self.last = Last {
            at: point.at,
            step: later,
            stride: further,
            seq: point.seq,
            count: point.participants.unwrap_or(count),
            hold_ms: point.hold_ms,
        };
    }

    /// Appends the points.
    pub fn unpack(&self, out: &mut Vec<Point>) -> Result<(), ViewError> {
        let mut rest = self.bytes.as_slice();
        let mut last = Last::default();
        while let [mark, after @ ..] = rest {
            rest = after;
            last.step = last.step.wrapping_add(unfold(next(&mut rest)?));
            last.at = last.at.wrapping_add(last.step);
            if mark & STRIDES != 0 {
                last.stride = next(&mut rest)?;
            }
            last.seq = last.seq.wrapping_add(last.stride);
            if mark & COUNTED != 0 {
                last.count = last.count.wrapping_add(unfold(next(&mut rest)?).cast_unsigned());
            }
            if mark & HOLDS != 0 {
                last.hold_ms = next(&mut rest)?;
            }
            let state = match mark & 7 {
                0 => None,
                1 => Some(SpaceState::Scheduled),
                2 => Some(SpaceState::Live),
                3 => Some(SpaceState::Ended),
                _ => Some(SpaceState::Other(word(&mut rest)?)),
            };
            let participants = (mark & COUNTED != 0).then_some(last.count);
            let Last { at, seq, hold_ms, .. } = last;
            out.push(Point { at, seq, participants, state, hold_ms });
        }
        Ok(())
    }
}

/// A point but for its state.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plain {
    pub at: i64,
    pub seq: u64,
    pub participants: Option<u64>,
    pub hold_ms: u64,
}

fn word(rest: &mut &[u8]) -> Result<String, ViewError> {
    let length = usize::try_from(next(rest)?).map_err(|_| cut_off())?;
    let (word, after) = rest.split_at_checked(length).ok_or_else(cut_off)?;
    *rest = after;
    String::from_utf8(word.to_vec()).map_err(|error| ViewError::Damaged(error.to_string()))
}

/// Bytes of a usual point: its mark, and differences of time, seq and count.
const POINT_BYTES: usize = 7;

/// The most bytes of a point without a word: its mark, and four integers of ten bytes.
const TOLD_BYTES: usize = 41;

/// A point in the making, so that the chunk grows once a point.
struct Told {
    bytes: [u8; TOLD_BYTES],
    length: usize,
}

impl Told {
    #[inline]
    fn put(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes[self.length] = value.to_le_bytes()[0] | 0x80;
            self.length += 1;
            value >>= 7;
        }
        self.bytes[self.length] = value.to_le_bytes()[0];
        self.length += 1;
    }
}

#[inline]
fn put(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    out.push(value.to_le_bytes()[0]);
}

#[inline]
fn next(rest: &mut &[u8]) -> Result<u64, ViewError> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let [byte, after @ ..] = *rest else { return Err(cut_off()) };
        *rest = after;
        value |= u64::from(byte & 0x7f) << shift;
        if *byte < 0x80 {
            return Ok(value);
        }
    }
    Err(cut_off())
}

/// Small numbers stay small, whatever their sign: 0, -1, 1, -2 … become 0, 1, 2, 3 …
const fn fold(value: i64) -> u64 {
    (value.cast_unsigned() << 1) ^ (value >> 63).cast_unsigned()
}

const fn unfold(value: u64) -> i64 {
    (value >> 1).cast_signed() ^ -(value & 1).cast_signed()
}

fn cut_off() -> ViewError {
    ViewError::Damaged("a chunk of a curve is cut off".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_of_any_kind_come_out_as_they_went_in() {
        let states = [
            None,
            Some(SpaceState::Live),
            Some(SpaceState::Other("späť".to_owned())),
            Some(SpaceState::Scheduled),
            Some(SpaceState::Ended),
        ];
        let (mut chunk, mut points) = (Chunk::default(), Vec::new());
        for number in 0..40_u64 {
            let wild = number % 7 == 6;
            points.push(Point {
                at: if wild {
                    i64::MIN + 5
                } else {
                    1_790_000_000_000 + 3_000 * number.cast_signed()
                },
                seq: number * 110 + u64::from(wild),
                participants: (number % 5 > 0).then_some(if wild { u64::MAX } else { number }),
                state: states[usize::try_from(number % 5).unwrap()].clone(),
                hold_ms: 20_000 + number / 9,
            });
        }
        for it in &points {
            let Point { at, seq, participants, hold_ms, .. } = *it;
            chunk.push(&Plain { at, seq, participants, hold_ms }, it.state.as_ref());
        }
        let mut found = Vec::new();
        chunk.unpack(&mut found).unwrap();
        assert_eq!(found, points);
        chunk.bytes.pop();
        assert!(chunk.unpack(&mut found).is_err());
    }
}
