//! The guard: no stretch as long as a window holds more requests than one may, by our own count.
//!
//! How long that is must be found out, and until then what headers leave out or get wrong could
//! make it too short. So where some did, a window is taken to be a quarter of an hour long at least,
//! until several agree on less.

use super::{LENGTH_ASSUMED_MS, REMEMBERED_MAX, RESERVE_ONE_IN, Window};
use crate::space::Moment;

/// While the length of a window is in doubt, so many requests wait for its reset: what is told just
/// after it shows how long a window is.
const HELD_BACK: u64 = 2;

impl Window {
    /// Notes a request that left, and of whose answer nobody kept the headers: it counts.
    pub fn counted(&mut self, at: Moment) {
        self.sent(at);
        self.answered();
    }

    /// Returns from when on no more than `usable` requests leave in any stretch as long as a window;
    /// `end` is that of the window now, where it was told of.
    pub(super) fn guard(&self, usable: u64, end: Option<Moment>) -> Moment {
        let at = self.room(usable);
        let is_sure = self.told.is_some_and(|told| told.first_seen_ms.is_none());
        match end.filter(|_| is_sure && self.is_in_doubt()) {
            Some(end) => at.max(self.room(usable.saturating_sub(HELD_BACK)).min(end)),
            None => at,
        }
    }

    /// Returns whether nothing tells for sure yet how long a window is, and that matters: because
    /// what told of it may be wrong, or because so few requests are none too many by one.
    pub(super) fn is_in_doubt(&self) -> bool {
        let few = HELD_BACK + 1..RESERVE_ONE_IN;
        let is_few = self.told.is_some_and(|told| few.contains(&told.limit));
        (self.muddled || is_few) && !self.lengths.agreed()
    }

    /// Returns from when on fewer than `most` requests have left within a window's length.
    fn room(&self, most: u64) -> Moment {
        let most = usize::try_from(most).unwrap_or(REMEMBERED_MAX).clamp(1, REMEMBERED_MAX);
        let first = self.sent.len().checked_sub(most).and_then(|at| self.sent.get(at));
        first.map_or(Moment(i64::MIN), |first| first.plus(self.guarded_ms()))
    }

    fn guarded_ms(&self) -> i64 {
        let length_ms = self.length_ms();
        if self.is_in_doubt() { length_ms.max(LENGTH_ASSUMED_MS) } else { length_ms }
    }
}
