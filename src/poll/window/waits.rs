//! Waits that come from outside a window: jitter, a block of our address, a person who acted.

use super::{Closed, Window};
use crate::space::Moment;

/// The wait after a failure that needs a person, 10 min: one may have acted by then.
pub const PERSON_WAIT_MS: i64 = 600_000;

/// The wait while our address is kept out: doubled each time in a row, from 10 min to 1 h.
pub const BLOCKED_WAIT_MS: (i64, i64) = (600_000, 3_600_000);

impl Window {
    /// Notes that our address is kept out: asked again after ten minutes at the earliest.
    pub fn blocked(&mut self, now: Moment) {
        self.answered();
        self.close(now.plus(BLOCKED_WAIT_MS.0), Closed::Blocked);
    }

    /// Lengthens the wait after a failure by a share of itself, in thousandths, so that several
    /// that failed together do not come back together. Waits that X named stay as they are.
    pub fn spread_wait(&mut self, now: Moment, thousandths: i64) {
        if let Some((until, Closed::Failing)) = &mut self.closed {
            let wait_ms = until.since(now).max(0);
            *until = until.plus(wait_ms.saturating_mul(thousandths) / 1_000);
        }
    }

    /// Returns when the last request left.
    pub fn last_sent(&self) -> Option<Moment> {
        self.sent.back().copied()
    }

    /// Opens what waited for a person, or for our address to be let in: it was.
    pub fn reopen(&mut self) {
        if self.closed.is_some_and(|(_, reason)| matches!(reason, Closed::Person | Closed::Blocked))
        {
            self.closed = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment(1_790_000_000_000);

    #[test]
    fn jitter_lengthens_the_wait_after_a_failure_and_no_other() {
        let mut window = Window::default();
        window.failed(NOW);
        window.spread_wait(NOW, 500);
        assert_eq!(window.status(NOW).closed_until, Some(NOW.plus(1_500)));
        let mut window = Window::default();
        window.closed_for_a_person(NOW);
        window.spread_wait(NOW, 500);
        assert_eq!(window.status(NOW).closed_until, Some(NOW.plus(PERSON_WAIT_MS)));
    }

    #[test]
    fn what_waited_for_a_person_opens_when_one_acted_and_a_429_stays_closed() {
        let mut window = Window::default();
        window.blocked(NOW);
        assert_eq!(window.status(NOW).reason, Some(Closed::Blocked));
        window.reopen();
        assert_eq!(window.status(NOW).reason, None);
        window.rate_limited(NOW, None, None);
        window.reopen();
        assert_eq!(window.status(NOW).reason, Some(Closed::RateLimited));
    }
}
