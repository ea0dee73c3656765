//! From a time of observing to places in the log, without reading what lies between.
//!
//! Batches stand in the order in which they were recorded; imported answers, and a clock that was
//! wrong, put other times of observing among them. A segment's row says the earliest and the
//! latest of its batches, and the tail's batches have an index by time.

use std::ops::Range;

use crate::event::{PollId, codec};
use crate::space::Moment;
use crate::store::Reading;

use super::{LogError, Reader, keys, sealed};

impl Reader {
    /// Returns a seq from `from` on, before which no batch was observed in this span of time
    /// (milliseconds since the epoch; `i64::MAX` is no end); `None` where none comes any more. What
    /// stands under it may turn out to be of another time, or not to be there yet.
    pub fn next_observed(&self, from: u64, times: Range<i64>) -> Result<Option<u64>, LogError> {
        if times.is_empty() {
            return Ok(None);
        }
        if times == (i64::MIN..i64::MAX) {
            return Ok(Some(from));
        }
        self.store().read(|read| {
            let sealed = in_segments(read, from, &times)?;
            if sealed.is_some() { Ok(sealed) } else { in_tail(read, from, &times) }
        })
    }
}

/// Returns where the first segment of such a time begins, or the first whose row does not hold:
/// whoever reads there is told so.
fn in_segments(read: &Reading, from: u64, times: &Range<i64>) -> Result<Option<u64>, LogError> {
    let mut first = None;
    read.table(keys::SEALED)?.scan(&[], None, |key, record| {
        let fits = match sealed::decode(key, record) {
            Ok(row) if row.last_seq < from => false,
            Ok(row) => {
                let (earliest, latest) = (row.observed.0.0, row.observed.1.0);
                latest >= times.start && (earliest < times.end || is_open(times))
            }
            Err(_damaged) => keys::read_seq(key).is_some_and(|seq| seq >= from),
        };
        if fits {
            first = keys::read_seq(key).map(|seq| seq.max(from));
        }
        Ok::<_, LogError>(first.is_none())
    })?;
    Ok(first)
}

/// Returns the first seq of the tail's batches of such a time.
fn in_tail(read: &Reading, from: u64, times: &Range<i64>) -> Result<Option<u64>, LogError> {
    // The batch that begins at or before `from` may reach beyond it.
    let holds = read.table(keys::TAIL)?.last_until(&keys::seq(from))?;
    let holds = holds.and_then(|(key, _record)| keys::read_seq(&key)).unwrap_or(from);
    let least = keys::poll(Moment(times.start), PollId([0; 16]));
    let end = keys::poll(Moment(times.end), PollId([0; 16]));
    let end = Some(&end[..]).filter(|_| !is_open(times));
    let mut first: Option<u64> = None;
    read.table(keys::POLLS)?.scan(&least, end, |_key, seq| {
        let seq = codec::unframe(seq).map_err(|source| LogError::Damaged { seq: 0, source })?;
        let seq = keys::read_seq(seq).filter(|seq| *seq >= holds);
        first = first.into_iter().chain(seq).min();
        Ok::<_, LogError>(true)
    })?;
    Ok(first.map(|seq| seq.max(from)))
}

fn is_open(times: &Range<i64>) -> bool {
    times.end == i64::MAX
}
