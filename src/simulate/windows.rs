//! Rate windows: for each endpoint and token one, opened by its first request.

use std::collections::BTreeMap;

use crate::space::{Endpoint, Moment};

use super::dice::mix;

/// Windows kept at the same time; a token beyond them is refused until one is over.
const MOST_WINDOWS: usize = 10_000;

/// How a window stands after a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Whether the request is let through.
    pub admitted: bool,
    /// Requests in a window.
    pub limit: u32,
    /// Requests left.
    pub remaining: u32,
    /// When the window starts again, in Unix seconds; never too early.
    pub reset: i64,
}

struct Window {
    ends: Moment,
    used: u32,
}

/// All open windows.
#[derive(Default)]
pub struct Windows(BTreeMap<(Endpoint, u64), Window>);

impl Windows {
    /// Counts a request and returns how its window, `length` milliseconds long, stands.
    pub fn take(
        &mut self,
        endpoint: Endpoint,
        token: &str,
        (limit, length): (u32, i64),
        now: Moment,
    ) -> Standing {
        let key = (endpoint, token.bytes().fold(0, |key, byte| mix(key, u64::from(byte))));
        if !self.0.contains_key(&key) && self.0.len() >= MOST_WINDOWS {
            self.0.retain(|_, window| window.ends > now);
        }
        let full = !self.0.contains_key(&key) && self.0.len() >= MOST_WINDOWS;
        let fresh = Window { ends: next_second(now.plus(length)), used: 0 };
        if full {
            let reset = fresh.ends.0.div_euclid(1_000);
            return Standing { admitted: false, limit, remaining: 0, reset };
        }
        let window = self.0.entry(key).or_insert(fresh);
        if now >= window.ends {
            *window = Window { ends: next_second(now.plus(length)), used: 0 };
        }
        let admitted = window.used < limit;
        window.used += u32::from(admitted);
        let reset = window.ends.0.div_euclid(1_000);
        Standing { admitted, limit, remaining: limit - window.used.min(limit), reset }
    }
}

/// Returns the first whole second that is not earlier: the header knows no parts of one.
const fn next_second(moment: Moment) -> Moment {
    Moment(-(-moment.0).div_euclid(1_000) * 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment(1_790_000_000_250);

    #[test]
    fn a_window_runs_out_and_starts_again_at_its_reset() {
        let mut windows = Windows::default();
        let mut take = |token, at| windows.take(Endpoint::Search, token, (2, 900_000), at);
        assert_eq!(take("a", NOW).remaining, 1);
        let last = take("a", NOW.plus(1));
        assert!(last.admitted && last.remaining == 0);
        assert_eq!(last.reset, 1_790_000_901);
        assert!(!take("a", NOW.plus(2)).admitted);
        assert!(take("b", NOW.plus(2)).admitted);
        assert!(!take("a", Moment(last.reset * 1_000 - 1)).admitted);
        assert!(take("a", Moment(last.reset * 1_000)).admitted);
    }

    #[test]
    fn tokens_without_end_do_not_fill_the_memory() {
        let mut windows = Windows::default();
        for token in 0..MOST_WINDOWS {
            let token = token.to_string();
            assert!(windows.take(Endpoint::Search, &token, (1, 1_000), NOW).admitted);
        }
        assert!(!windows.take(Endpoint::Search, "more", (1, 1_000), NOW).admitted);
        assert!(windows.take(Endpoint::Search, "more", (1, 1_000), NOW.plus(2_000)).admitted);
    }
}
