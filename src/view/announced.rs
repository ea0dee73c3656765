//! What was announced of a Space's begin: each begin that X named, when it was seen, and when the
//! Space was gone before it began.

use bincode::{Decode, Encode};

use crate::event::SpaceKnown;

/// So many announced begins are kept of a Space: the first, and the last ones.
const STARTS_MAX: usize = 64;

/// A begin as it was announced: when that was first seen, and the begin, in milliseconds since the
/// epoch.
pub type Start = (i64, i64);

/// The announcements of one Space.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Announced {
    /// Each begin that differs from the one before, by when it was seen.
    starts: Vec<Start>,
    /// Begins that are kept no more.
    dropped: u32,
    /// When it was gone: not found, or called off by X, before it began.
    gone_at: Option<i64>,
    /// How often it was gone, or there again.
    turns: u32,
}

impl Announced {
    /// Takes in which begin an answer names.
    pub(super) fn take(&mut self, start: i64, at: i64) {
        let place = self.starts.partition_point(|(seen, _)| *seen <= at);
        self.starts.insert(place, (at, start));
        self.starts.dedup_by_key(|(_, start)| *start);
        if self.starts.len() > STARTS_MAX {
            self.starts.remove(1);
            self.dropped = self.dropped.saturating_add(1);
        }
    }

    /// Takes in a state that is the newest.
    pub(super) fn turn(&mut self, state: &str, at: i64) {
        let is_gone = state == SpaceKnown::CANCELED;
        if is_gone != self.gone_at.is_some() {
            self.gone_at = is_gone.then_some(at);
            self.turns = self.turns.saturating_add(1);
        }
    }

    /// Returns the begins, each as it was first announced; the first, and the last ones.
    pub fn starts(&self) -> &[Start] {
        &self.starts
    }

    /// Returns how often the begin was moved.
    pub fn moves(&self) -> u64 {
        (self.starts.len() as u64 + u64::from(self.dropped)).saturating_sub(1)
    }

    /// Returns since when it has been gone, if it is.
    pub fn gone_at(&self) -> Option<i64> {
        self.gone_at
    }

    /// Returns a number that grows with every move, and whenever it is gone or there again.
    pub fn revision(&self) -> u64 {
        self.moves() + u64::from(self.turns)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(starts: &[(i64, i64)]) -> Announced {
        let mut announced = Announced::default();
        for (at, start) in starts {
            announced.take(*start, *at);
        }
        announced
    }

    #[test]
    fn a_begin_is_moved_when_another_one_is_announced_and_only_then() {
        let announced = told(&[(1, 100), (2, 100), (3, 250), (4, 250), (5, 100)]);
        assert_eq!(announced.starts(), [(1, 100), (3, 250), (5, 100)]);
        assert_eq!((announced.moves(), announced.revision()), (2, 2));
        assert_eq!((told(&[]).moves(), told(&[(1, 9)]).moves()), (0, 0));
    }

    #[test]
    fn what_an_import_brings_late_takes_its_place_in_time() {
        assert_eq!(told(&[(5, 300), (1, 100), (3, 300)]).starts(), [(1, 100), (3, 300)]);
    }

    #[test]
    fn a_begin_that_is_moved_for_ever_takes_no_room_for_ever() {
        let often: Vec<Start> = (0..1_000).map(|at| (at, at * 7)).collect();
        let announced = told(&often);
        assert_eq!(announced.starts().len(), STARTS_MAX);
        assert_eq!((announced.starts()[0], announced.starts()[63]), (often[0], often[999]));
        assert_eq!(announced.moves(), 999);
    }

    #[test]
    fn gone_and_there_again_are_revisions() {
        let mut announced = told(&[(1, 100)]);
        for (state, at) in [("scheduled", 1), ("canceled", 2), ("canceled", 3)] {
            announced.turn(state, at);
        }
        assert_eq!((announced.gone_at(), announced.revision()), (Some(2), 1));
        announced.turn("scheduled", 4);
        assert_eq!((announced.gone_at(), announced.revision()), (None, 2));
    }
}
