//! How long an endpoint's windows are, found out from resets: X's headers tell only their ends.

use crate::space::Moment;

/// How long a window is until X's headers tell.
pub(super) const LENGTH_ASSUMED_MS: i64 = 900_000;
/// No window is longer than this, 24 h.
pub(super) const LENGTH_MAX_MS: i64 = 86_400_000;
/// A window is this much longer than from its first answer to its reset.
const SLACK_MS: i64 = 2_000;
/// Windows remembered: some are first seen late, and some pass unseen.
const KEPT: usize = 8;
/// So many stretches of one length from reset to reset are no chance.
const ALIKE: usize = 2;

/// What the last windows showed of their length.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Lengths {
    /// From first sight to reset, newest first: each at most a window.
    seen_ms: [Option<i64>; KEPT],
    /// From one reset to the next that was seen, newest first: each at least a window.
    apart_ms: [Option<i64>; KEPT],
    /// The last reset.
    last: Option<Moment>,
}

impl Lengths {
    /// Notes a window that two answers agree on: its reset, and how far ahead that was at first.
    pub fn note(&mut self, reset: Moment, first_seen_ms: i64) {
        if self.last.is_some_and(|last| same_reset(last, reset)) {
            return;
        }
        self.seen_ms.rotate_right(1);
        self.seen_ms[0] = Some(first_seen_ms);
        if let Some(last) = self.last {
            self.apart_ms.rotate_right(1);
            self.apart_ms[0] = Some(reset.since(last).saturating_abs());
        }
        self.last = Some(reset);
    }

    /// Returns whether a whole window has passed from reset to reset.
    pub fn known(&self) -> bool {
        self.apart_ms[0].is_some()
    }

    /// Returns whether several windows tell the same length, which no single answer can get wrong.
    pub fn agreed(&self) -> bool {
        let apart = || self.apart_ms.into_iter().flatten();
        let shortest = apart().min();
        // To the two seconds that whole seconds blur.
        let is_alike = |it: &i64| shortest.is_some_and(|shortest| it - shortest <= SLACK_MS);
        apart().filter(is_alike).count() >= ALIKE
    }

    /// Returns how long a window is, rather too long than too short, in milliseconds;
    /// `first_seen_ms` is the sight of a reset that no second answer has confirmed.
    pub fn length_ms(&self, first_seen_ms: Option<i64>) -> i64 {
        let seen = self.seen_ms.into_iter().flatten().max();
        // What one answer alone tells must not stop everything for hours.
        let first = first_seen_ms.filter(|it| *it <= LENGTH_ASSUMED_MS);
        let least = seen.max(first).map(|length| length.saturating_add(SLACK_MS));
        let apart = self.apart_ms.into_iter().flatten().min();
        least.max(apart).map_or(LENGTH_ASSUMED_MS, |length| length.clamp(1_000, LENGTH_MAX_MS))
    }
}

/// Returns whether two resets are the same, which X tells in whole seconds.
pub(super) fn same_reset(one: Moment, other: Moment) -> bool {
    one.since(other).saturating_abs() < 2_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_as_long_as_from_reset_to_reset_however_late_it_is_seen() {
        let mut lengths = Lengths::default();
        assert_eq!(lengths.length_ms(None), LENGTH_ASSUMED_MS);
        assert_eq!(lengths.length_ms(Some(40_000)), 42_000);
        lengths.note(Moment(900_000), 40_000);
        lengths.note(Moment(900_500), 30_000);
        lengths.note(Moment(2_700_000), 500_000);
        assert_eq!(lengths.length_ms(None), 1_800_000);
        lengths.note(Moment(3_600_000), 100_000);
        assert_eq!(lengths.length_ms(None), 900_000);
        assert_eq!(lengths.length_ms(Some(80_000_000)), 900_000);
    }

    #[test]
    fn windows_shorter_than_a_quarter_of_an_hour_are_found_out() {
        let mut lengths = Lengths::default();
        for window in 1..4 {
            lengths.note(Moment(window * 60_000), 59_500);
        }
        assert_eq!(lengths.length_ms(Some(59_000)), 61_500);
    }
}
