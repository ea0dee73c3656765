//! How often a query or a creator shows a Space that was not known: a rate with a prior.

use super::priority::seconds;
use crate::space::Moment;

/// Finds are forgotten with this time constant, in seconds: two days.
const MEMORY_S: f64 = 172_800.0;

/// The rate at which something finds new Spaces.
#[derive(Clone, Copy, Debug)]
pub struct Found {
    finds: f64,
    watched_s: f64,
    at: Moment,
}

impl Found {
    /// Returns a rate of so many finds in so many seconds, as a first guess at a moment.
    pub const fn guess(finds: f64, watched_s: f64, at: Moment) -> Self {
        Self { finds, watched_s, at }
    }

    /// Takes in an answer: so many Spaces were first seen in it.
    pub fn answer(&mut self, new: usize, at: Moment) {
        let span = seconds(at.since(self.at)).max(0.0);
        let kept = (-span / MEMORY_S).exp();
        let new = u32::try_from(new).map_or(f64::from(u32::MAX), f64::from);
        self.finds = self.finds * kept + new;
        self.watched_s = self.watched_s * kept + span;
        self.at = at;
    }

    /// Returns the finds a second.
    pub fn rate(&self) -> f64 {
        self.finds / self.watched_s.max(1.0)
    }

    /// Moves the time along with a clock that was moved.
    pub fn clock_stepped(&mut self, by_ms: i64) {
        self.at = self.at.plus(by_ms);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_moves_from_its_guess_to_what_was_found() {
        let mut found = Found::guess(1.0, 1_000.0, Moment(0));
        let mut barren = found;
        for minute in 1..=300 {
            found.answer(1, Moment(minute * 60_000));
            barren.answer(0, Moment(minute * 60_000));
        }
        assert!((found.rate() * 60.0 - 1.0).abs() < 0.1, "{}", found.rate());
        assert!(barren.rate() < 1e-4 && barren.rate() > 0.0);
    }
}
