//! How our clock stands beside X's: told to the log when it is not as it was told before.

use crate::poll::Polled;

/// X's `Date` is to the second, and an answer takes its time: less than this is not told from
/// nothing, beside half the time that the answer took.
const TOLERANCE_MS: i64 = 2_000;

/// What the log was told of our clock since the monitor's start: at first, nothing, so that it is
/// right.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Skew {
    told_ms: i64,
    /// Whether the log has yet to be told.
    is_news: bool,
}

impl Skew {
    /// Takes an answer in.
    pub fn take(&mut self, polled: &Polled) {
        if let Some(skew_ms) = polled.skew_ms {
            self.found(skew_ms, polled.took_ms);
        }
    }

    /// Returns, once, by how many milliseconds our clock is ahead of X's, if the log is to be told.
    pub fn news(&mut self) -> Option<i64> {
        std::mem::take(&mut self.is_news).then_some(self.told_ms)
    }

    fn found(&mut self, skew_ms: i64, took_ms: u64) {
        let took_ms = i64::try_from(took_ms).unwrap_or(i64::MAX);
        let blur = TOLERANCE_MS.saturating_add(took_ms / 2).unsigned_abs();
        if skew_ms.abs_diff(self.told_ms) > blur {
            (self.told_ms, self.is_news) = (skew_ms, true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_is_told_when_our_clock_is_found_wrong_and_again_when_that_changes() {
        let mut skew = Skew::default();
        let found =
            [(300, 40), (-1_900, 40), (3_600_000, 90), (3_600_400, 90), (2_500, 8_000), (0, 40)];
        let told = found.map(|(ms, took)| {
            skew.found(ms, took);
            skew.news()
        });
        assert_eq!(told, [None, None, Some(3_600_000), None, Some(2_500), Some(0)]);
    }
}
