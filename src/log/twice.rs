//! Whether a batch is sealed already: by the times of what is sealed, and then by its key.
//!
//! Live polls are later than all that is sealed, as a rule. Where something from the future was
//! sealed (an import, a clock that was wrong) they are not, and so are imports: of the segments
//! around their time the batches' times are kept, so that each is read once and not at every
//! append. One that cannot be read keeps nobody from appending: it is told, and passed over.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::event::codec::segment::{Row, Segment};
use crate::space::Moment;
use crate::store::{Reading, StoreError};

use super::{Log, LogError, append, keys, sealed};

/// Times of batches that are kept in memory, 8 MiB of them; at least those of one segment.
const TIMES_MAX: usize = 1 << 20;

/// What is sealed, by time.
#[derive(Debug, Default)]
pub(super) struct Spans {
    /// The earliest and the latest `observed_at` of each segment, by its first seq.
    segments: BTreeMap<u64, (Moment, Moment)>,
    /// The latest of all.
    until: Option<Moment>,
    /// The times of the batches of segments looked into lately, in rising order.
    times: VecDeque<(u64, Vec<Moment>)>,
    /// Segments that cannot be read.
    unread: BTreeSet<u64>,
    /// What is wrong with one of them, while nobody was told.
    damage: Option<LogError>,
}

impl Spans {
    /// Returns what these segments span.
    pub fn of(rows: &[Row]) -> Self {
        let mut spans = Self::default();
        for row in rows {
            spans.put(row);
        }
        spans
    }

    /// Notes that a segment was put in its place.
    pub fn put(&mut self, row: &Row) {
        self.segments.insert(row.first_seq, row.observed);
        self.until = self.until.max(Some(row.observed.1));
        self.times.retain(|(first, _)| *first != row.first_seq);
        self.unread.remove(&row.first_seq);
    }

    /// Returns the segments that may hold a batch of this time, by their first seqs.
    fn around(&self, at: Moment) -> Vec<u64> {
        if self.until.is_none_or(|until| at > until) {
            return Vec::new();
        }
        let around = self.segments.iter().filter(|(first, (earliest, latest))| {
            *earliest <= at && at <= *latest && !self.unread.contains(first)
        });
        around.map(|(first, _span)| *first).collect()
    }

    /// Keeps the times of a segment, in the place of those that were asked for longest ago.
    fn keep(&mut self, first: u64, times: Vec<Moment>) {
        self.times.push_front((first, times));
        let mut sum = 0;
        let fits = self.times.iter().take_while(|(_, times)| {
            sum += times.len();
            sum <= TIMES_MAX
        });
        let fits = fits.count().max(1);
        self.times.truncate(fits);
    }

    /// Returns whether a segment holds a batch of this time; `None` where its times are not kept.
    fn holds(&mut self, first: u64, at: Moment) -> Option<bool> {
        let place = self.times.iter().position(|(known, _)| *known == first)?;
        let found = self.times.remove(place)?;
        let holds = found.1.binary_search(&at).is_ok();
        self.times.push_front(found);
        Some(holds)
    }
}

impl Log {
    /// Returns what was found damaged by looking for batches that are sealed already, once each.
    /// Appending goes on; a batch that such a segment holds would be appended a second time.
    pub fn take_damage(&mut self) -> Option<LogError> {
        self.spans.damage.take()
    }

    /// Returns the first seq of a sealed batch with this key.
    ///
    /// # Errors
    /// Of the disk alone. A segment that does not hold is passed over: see [`Log::take_damage`].
    pub(super) fn sealed_duplicate(
        &mut self,
        at: Moment,
        key: &[u8; 24],
    ) -> Result<Option<u64>, LogError> {
        for first in self.spans.around(at) {
            match self.look(first, at, key) {
                Ok(None) => {}
                Ok(found) => return Ok(found),
                Err(LogError::Store(error)) if !matches!(error, StoreError::Corrupt { .. }) => {
                    return Err(error.into());
                }
                Err(damage) => {
                    self.spans.unread.insert(first);
                    self.spans.damage = Some(damage);
                }
            }
        }
        Ok(None)
    }

    /// Looks for a batch in one segment.
    fn look(&mut self, first: u64, at: Moment, key: &[u8; 24]) -> Result<Option<u64>, LogError> {
        let store = self.store.clone();
        store.read(|read| {
            if self.spans.holds(first, at).is_none() {
                self.spans.keep(first, times(read, first)?);
            }
            if self.spans.holds(first, at) == Some(false) {
                return Ok(None);
            }
            let Some(row) = row(read, first)? else { return Ok(None) };
            let unpacked = self.cache.unpacked(read, &row)?;
            for (number, _) in (0..).zip(unpacked.heads()).filter(|(_, it)| it.observed_at == at) {
                let batch = unpacked.batch(number);
                let batch = batch.map_err(|source| LogError::Damaged { seq: first, source })?;
                let same = batch.filter(|it| keys::poll(at, append::key_of(it)) == *key);
                if let Some(batch) = same {
                    return Ok(Some(batch.first_seq));
                }
            }
            Ok(None)
        })
    }
}

fn row(read: &Reading, first: u64) -> Result<Option<Row>, LogError> {
    Ok(sealed::row_at(read, first)?.filter(|row| row.first_seq == first))
}

/// Returns the times of a segment's batches, in rising order.
fn times(read: &Reading, first: u64) -> Result<Vec<Moment>, LogError> {
    let Some(row) = row(read, first)? else { return Ok(Vec::new()) };
    let bytes = sealed::bytes(read, &row)?;
    let segment = Segment::open(&bytes, first);
    let segment = segment.map_err(|source| LogError::Damaged { seq: first, source })?;
    let mut times: Vec<Moment> = segment.heads().iter().map(|head| head.observed_at).collect();
    times.sort_unstable();
    times.dedup();
    Ok(times)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_times_are_kept_and_those_asked_for_lately_stay() {
        let times = |count: usize| vec![Moment(1); count];
        let mut spans = Spans::default();
        spans.keep(1, times(TIMES_MAX / 2));
        spans.keep(2, times(TIMES_MAX / 2));
        assert_eq!(spans.holds(1, Moment(1)), Some(true));
        spans.keep(3, times(7));
        assert_eq!(spans.holds(2, Moment(1)), None);
        assert_eq!(spans.holds(1, Moment(9)), Some(false));
        spans.keep(4, times(TIMES_MAX + 1));
        assert_eq!(spans.times.len(), 1, "at least those of one segment");
        assert_eq!(spans.holds(4, Moment(1)), Some(true));
    }
}
