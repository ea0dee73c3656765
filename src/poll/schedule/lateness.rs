//! How likely an announced Space begins in the next second, by how long its time is past: a hazard
//! in steps, fitted to what was seen and, before that, to what is usual.

use super::priority::seconds;

/// Where the steps end, in seconds after the announced time; the last has no end.
const EDGES_S: [f64; 9] = [-600.0, -150.0, 0.0, 60.0, 180.0, 420.0, 900.0, 1_800.0, 3_600.0];
const STEPS: usize = EDGES_S.len() + 1;
/// The first step begins, and the last ends, here.
const FIRST_S: f64 = -86_400.0;
const LAST_S: f64 = 21_600.0;
/// What is usual weighs as much as so many starts seen.
const PRIOR_STARTS: f64 = 20.0;
/// Of announced Spaces so many begin with these mean delays in seconds; the rest never do.
const MIXTURE: [(f64, f64); 2] = [(0.56, 180.0), (0.24, 1_200.0)];
/// Hazards before the time: long before it, and in the last ten minutes.
const EARLY: [f64; 3] = [1e-7, 2e-5, 2e-4];

/// The hazard of a start.
#[derive(Clone, Debug)]
pub struct Lateness {
    starts: [f64; STEPS],
    waited_s: [f64; STEPS],
}

impl Default for Lateness {
    fn default() -> Self {
        let (mut starts, mut waited_s) = ([0.0; STEPS], [0.0; STEPS]);
        for step in 0..STEPS {
            let (from, to) = bounds(step);
            let hazard = EARLY.get(step).copied().unwrap_or_else(|| {
                let left = |at: f64| 1.0 - begun(at);
                (begun(to) - begun(from)) / (f64::midpoint(left(from), left(to)) * (to - from))
            });
            // The time that so many Spaces wait together in this step, were they all still there.
            waited_s[step] = PRIOR_STARTS * (to - from).min(3_600.0);
            starts[step] = hazard * waited_s[step];
        }
        Self { starts, waited_s }
    }
}

impl Lateness {
    /// Takes in a Space that began so many milliseconds after its time (before it where negative),
    /// having been announced for at least `known_ms` before.
    pub fn began(&mut self, late_ms: i64, known_ms: i64) {
        let late = seconds(late_ms);
        self.waited(late.min(0.0) - seconds(known_ms.max(0)), late);
        self.starts[step(late)] += 1.0;
    }

    /// Takes in a Space that had not begun so long after its time, when it was seen no more.
    pub fn gave_up(&mut self, late_ms: i64) {
        self.waited(0.0, seconds(late_ms));
    }

    /// Returns the chance of a start a second, so many milliseconds after the announced time.
    pub fn hazard(&self, late_ms: i64) -> f64 {
        let step = step(seconds(late_ms));
        self.starts[step] / self.waited_s[step]
    }

    fn waited(&mut self, since: f64, until: f64) {
        for step in 0..STEPS {
            let (from, to) = bounds(step);
            self.waited_s[step] += (until.min(to) - since.max(from)).max(0.0);
        }
    }
}

fn step(late_s: f64) -> usize {
    EDGES_S.partition_point(|edge| *edge <= late_s)
}

fn bounds(step: usize) -> (f64, f64) {
    let from = step.checked_sub(1).and_then(|it| EDGES_S.get(it)).copied();
    (from.unwrap_or(FIRST_S), EDGES_S.get(step).copied().unwrap_or(LAST_S))
}

/// Returns the share of announced Spaces that began by so many seconds after their time.
fn begun(late_s: f64) -> f64 {
    MIXTURE.iter().map(|(share, mean)| share * (1.0 - (-late_s / mean).exp())).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_is_most_likely_just_after_its_time_and_ever_less_so_later() {
        let usual = Lateness::default();
        let hazards: Vec<f64> = [-86_400, -700, -300, 30, 600, 2_000, 10_000]
            .map(|late| usual.hazard(late * 1_000))
            .into();
        assert!(hazards[..4].is_sorted(), "{hazards:?}");
        assert!(hazards[3..].is_sorted_by(|a, b| a >= b), "{hazards:?}");
        assert!((0.002..0.005).contains(&hazards[3]), "{hazards:?}");
    }

    #[test]
    fn what_was_seen_outweighs_what_is_usual() {
        let mut seen = Lateness::default();
        (0..2_000).for_each(|_| seen.began(-100_000, 600_000));
        assert!(seen.hazard(-100_000) > 0.005, "{}", seen.hazard(-100_000));
        let before = seen.hazard(10_000_000);
        (0..2_000).for_each(|_| seen.gave_up(21_600_000));
        assert!(seen.hazard(10_000_000) < before / 10.0);
    }
}
