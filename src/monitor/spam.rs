//! How often it is told that Spaces look like spam: not with every answer that shows some.

use crate::space::Moment;

/// Between two words about it there are so many milliseconds at least,
const REST_MS: i64 = 60_000;

/// and half as many again as there were,
const SHARE: u64 = 2;

/// or so many milliseconds.
const LONG_MS: i64 = 3_600_000;

/// How many Spaces were seen that look like spam, and what of it was told.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Spam {
    seen: u64,
    told: u64,
    told_at: Option<Moment>,
}

impl Spam {
    /// Takes in how many more there are; returns how many in all, where that is to be told now.
    pub fn more(&mut self, count: usize, now: Moment) -> Option<u64> {
        self.seen = self.seen.saturating_add(count as u64);
        let rested = self.told_at.map_or(i64::MAX, |at| now.since(at));
        let is_much = self.seen - self.told > self.told / SHARE;
        let is_due = rested >= LONG_MS || rested >= REST_MS && is_much;
        let all = self.rest().filter(|_| is_due)?;
        (self.told, self.told_at) = (all, Some(now));
        Some(all)
    }

    /// Returns how many there are in all, where that was not told.
    pub fn rest(&self) -> Option<u64> {
        (self.seen > self.told).then_some(self.seen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spam_is_told_of_once_a_minute_at_most_and_only_when_there_is_much_more_or_for_long() {
        let mut spam = Spam::default();
        let mut told = Vec::new();
        for minute in 0..180 {
            for second in [0, 20, 40] {
                let at = Moment((minute * 60 + second) * 1_000);
                told.extend(spam.more(1, at).map(|all| (minute, second, all)));
            }
        }
        let first: Vec<_> = told.iter().take(4).copied().collect();
        assert_eq!(first, [(0, 0, 1), (1, 0, 4), (2, 0, 7), (3, 20, 11)]);
        assert!(told.len() < 16, "{told:?}");
        assert_eq!(spam.seen, 540, "each is counted, told or not");
        let steady = |spam: &mut Spam, minutes: i64| spam.more(1, Moment(minutes * 60_000));
        let (before, _, _) = *told.last().unwrap();
        assert_eq!(steady(&mut spam, before + 59), None);
        assert_eq!(steady(&mut spam, before + 61), Some(542), "few more, but after an hour");
        assert_eq!(spam.rest(), None);
    }

    #[test]
    fn what_was_not_told_is_told_at_the_end() {
        let mut spam = Spam::default();
        assert_eq!(spam.rest(), None);
        assert_eq!(spam.more(0, Moment(0)), None, "nothing is no news");
        assert_eq!(spam.more(3, Moment(1)), Some(3));
        assert_eq!(spam.more(2, Moment(2)), None);
        assert_eq!(spam.rest(), Some(5));
    }
}
