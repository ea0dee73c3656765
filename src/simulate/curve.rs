//! The true participant count of one Space at any moment of its life, and after it.

use super::dice::{Dice, mix, real_span, share, span, whole};

const SECOND: f64 = 1_000.0;
/// The peak lies this far into the Space, as recorded audiences do.
const PEAK_AT: (f64, f64) = (0.36, 0.92);
/// What is left of the peak at the end.
const LEFT_AT_END: (f64, f64) = (0.42, 0.96);
/// No count outside the window of the peak comes nearer to the peak than this.
const BELOW_PEAK: f64 = 0.97;
/// Over so many seconds around the peak and before the end the noise fades out.
const CALM: f64 = 60.0;

/// The course of an audience: it ramps, holds a plateau with wander and noise, and leaves.
#[derive(Clone, Debug)]
pub struct Curve {
    seed: u64,
    span_s: f64,
    peak: f64,
    peak_at_s: f64,
    /// Share of the audience there in the first second.
    first: f64,
    /// Time constant of the ramp in seconds.
    settle_s: f64,
    /// Share of the peak that a settled audience starts the plateau with.
    before: f64,
    /// Share of the peak at the end.
    last: f64,
    /// How late the audience leaves: 1 evenly, 30 with the goodbyes.
    lateness: f64,
    wander: f64,
    /// What X counts after the end, as a multiple of the peak.
    total: f64,
}

impl Curve {
    /// Returns a course of `duration_ms` with about `peak` people at its height.
    pub fn new(dice: &mut Dice, duration_ms: i64, peak: f64) -> Self {
        let span_s = real_span(duration_ms).max(SECOND) / SECOND;
        // Recorded audiences grow for five minutes or more; a short Space peaks late instead.
        let earliest = (330.0 / span_s).clamp(PEAK_AT.0, 0.85);
        let late = dice.chance(0.3);
        Self {
            seed: dice.bits(),
            span_s,
            peak,
            peak_at_s: span_s * dice.between(earliest, PEAK_AT.1),
            first: dice.between(0.08, 0.25),
            settle_s: dice.between(220.0, 650.0).min(span_s / 4.0),
            before: dice.between(0.62, 0.93),
            last: dice.between(LEFT_AT_END.0, LEFT_AT_END.1),
            lateness: if late { dice.between(8.0, 40.0) } else { dice.between(0.8, 2.5) },
            wander: dice.between(0.03, 0.07),
            total: dice.between(1.05, 1.6),
        }
    }

    /// Returns the people present `ms` milliseconds after the start.
    pub fn live(&self, ms: i64) -> u64 {
        if self.peak < 1.0 {
            return 0;
        }
        let x = (real_span(ms) / SECOND).clamp(0.0, self.span_s);
        let arrived = x > 12.0 || self.seed.is_multiple_of(2);
        let part = x / self.span_s;
        let calm = ((x - self.peak_at_s).abs().min(self.span_s - x) / CALM).min(1.0);
        // A small audience jumps by whole people, a large one hardly.
        let size = self.wander + 0.3 / self.peak.sqrt();
        let level = self.envelope(x) * (1.0 + size * calm * self.noise(x));
        let in_window = (0.34..0.94).contains(&part);
        let most = if in_window { 1.04 } else { BELOW_PEAK - 0.02 * self.noise(x).abs() };
        let level = level.min(most);
        whole(self.peak * level).max(u64::from(arrived))
    }

    /// Returns what X counts `ms` milliseconds after the end: it goes on growing, slowly.
    pub fn after(&self, ms: i64) -> u64 {
        if self.peak < 1.0 {
            return 0;
        }
        let hours = real_span(ms.max(0)) / SECOND / 3_600.0;
        let grown = 0.015 * (1.0 - (-hours / 2.0).exp()) + 0.012 * (1.0 - (-hours / 720.0).exp());
        whole(self.peak * self.total * (1.0 + grown) + 0.3 * (1.0 + hours).ln())
    }

    /// Returns the share of the peak without noise; exactly 1 at the peak.
    fn envelope(&self, x: f64) -> f64 {
        let ramp = |x: f64| self.first + (1.0 - self.first) * (1.0 - (-x / self.settle_s).exp());
        let held = if x < self.peak_at_s {
            self.before + (1.0 - self.before) * smooth(x / self.peak_at_s)
        } else {
            let gone = (x - self.peak_at_s) / (self.span_s - self.peak_at_s).max(1.0);
            1.0 - (1.0 - self.last) * gone.powf(self.lateness)
        };
        held * (ramp(x) / ramp(self.peak_at_s)).min(1.0)
    }

    /// Returns slow wander and quick jitter together, in `[-1, 1]`.
    fn noise(&self, x: f64) -> f64 {
        0.5 * self.lattice(1, x / 700.0)
            + 0.3 * self.lattice(2, x / 150.0)
            + 0.2 * self.lattice(3, x / 17.0)
    }

    /// Returns a smooth line through a random value at each whole number.
    fn lattice(&self, layer: u64, x: f64) -> f64 {
        let knot = whole(x.floor());
        let value = |knot: u64| 2.0 * share(mix(self.seed ^ (layer << 48), knot)) - 1.0;
        let (left, right) = (value(knot), value(knot + 1));
        left + (right - left) * smooth(x - x.floor())
    }

    /// Returns the moment of the peak, in milliseconds after the start.
    pub fn peak_ms(&self) -> i64 {
        span(self.peak_at_s * SECOND)
    }
}

/// Returns an S-shaped way from 0 to 1.
fn smooth(u: f64) -> f64 {
    let u = u.clamp(0.0, 1.0);
    u * u * (3.0 - 2.0 * u)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000;

    struct Shape {
        peak_at: f64,
        left: f64,
        to_nine_tenths_s: i64,
        longest_still_s: i64,
    }

    fn shape(counts: &[u64]) -> Shape {
        let top = counts.iter().copied().max().unwrap();
        let at = counts.iter().position(|count| *count == top).unwrap();
        let nine = counts.iter().position(|count| count * 10 >= top * 9).unwrap();
        let mut still = (0, 0);
        for pair in counts.windows(2) {
            still.0 = if pair[0] == pair[1] { still.0 + 5 } else { 0 };
            still.1 = still.1.max(still.0);
        }
        Shape {
            peak_at: real_span(at.try_into().unwrap())
                / real_span(counts.len().try_into().unwrap()),
            left: real_span((*counts.last().unwrap()).try_into().unwrap())
                / real_span(top.try_into().unwrap()),
            to_nine_tenths_s: i64::try_from(nine).unwrap() * 5,
            longest_still_s: still.1,
        }
    }

    /// The count every five seconds.
    fn sampled(seed: u64, duration: i64, peak: f64) -> Vec<u64> {
        let curve = Curve::new(&mut Dice::new(seed, 0), duration, peak);
        (0..=duration / 5_000).map(|step| curve.live(step * 5_000)).collect()
    }

    #[test]
    fn an_audience_ramps_peaks_and_leaves_as_recorded_ones_do() {
        for seed in 0..400 {
            let duration = MINUTE * (20 + i64::try_from(seed).unwrap() % 280);
            let seen = shape(&sampled(seed, duration, 900.0));
            assert!((0.33..=0.95).contains(&seen.peak_at), "seed {seed}: peak at {}", seen.peak_at);
            assert!((0.35..=0.98).contains(&seen.left), "seed {seed}: left {}", seen.left);
            let ramp = if duration >= 40 * MINUTE { 300 } else { 200 };
            assert!(seen.to_nine_tenths_s >= ramp, "seed {seed}: {} s", seen.to_nine_tenths_s);
            assert!(seen.longest_still_s <= 240, "seed {seed}: still {}", seen.longest_still_s);
        }
    }

    #[test]
    fn a_peak_is_about_as_high_as_it_was_meant_to_be() {
        for (seed, peak) in [(1, 3.0), (2, 40.0), (3, 2_500.0), (4, 300_000.0)] {
            let top = sampled(seed, 90 * MINUTE, peak).into_iter().max().unwrap();
            let top = real_span(top.try_into().unwrap());
            assert!((0.9 * peak..=1.05 * peak + 1.0).contains(&top), "{peak}: {top}");
        }
    }

    #[test]
    fn recorded_audiences_have_the_shape_we_promise() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/recorded/audience-curves");
        let Ok(files) = std::fs::read_dir(folder) else {
            assert!(std::env::var_os("CI").is_none(), "CI has the recorded material");
            println!("skipped: no recorded audience curves");
            return;
        };
        for file in files {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            let rows = text.lines().skip(1).filter_map(|line| line.split_once(','));
            let rows: Vec<(f64, f64)> =
                rows.filter_map(|(s, n)| Some((s.parse().ok()?, n.parse().ok()?))).collect();
            let (end_s, left) = *rows.last().unwrap();
            let top =
                rows.iter().fold((0.0, 0.0), |top, row| if row.1 > top.1 { *row } else { top });
            assert!((0.3..=0.98).contains(&(top.0 / end_s)), "{top:?} of {end_s}");
            assert!((0.3..=0.99).contains(&(left / top.1)), "{left} of {top:?}");
        }
    }

    #[test]
    fn the_count_goes_on_growing_after_the_end() {
        let curve = Curve::new(&mut Dice::new(7, 0), 60 * MINUTE, 3_000.0);
        let days: Vec<u64> = [0, 1, 30, 120].map(|day| curve.after(day * 1_440 * MINUTE)).to_vec();
        assert!(days.is_sorted_by(|a, b| a < b), "{days:?}");
        assert!(days[0] > curve.live(60 * MINUTE) && days[3] < days[0] * 11 / 10);
    }
}
