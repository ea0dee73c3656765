//! Chance that repeats: everything random in the world comes from a seed through here.

use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

/// Returns a number that looks random and depends on both arguments alone.
pub fn mix(seed: u64, item: u64) -> u64 {
    scramble(scramble(seed ^ 0x9e37_79b9_7f4a_7c15).wrapping_add(item))
}

/// Returns `x` scrambled; different numbers stay different, so ids made from it are unique.
pub fn scramble(x: u64) -> u64 {
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// Returns the share in `[0, 1)` that a scrambled number stands for.
pub fn share(x: u64) -> f64 {
    real(x >> 11) / 9_007_199_254_740_992.0
}

/// Returns a normally distributed value for a number, with mean 0 and deviation 1.
pub fn normal_of(x: u64) -> f64 {
    let (a, b) = (1.0 - share(scramble(x)), share(scramble(x ^ 0x5555_5555)));
    (-2.0 * a.ln()).sqrt() * (std::f64::consts::TAU * b).cos()
}

/// Returns the number as a float; exact below 2⁵³, which nothing here exceeds.
#[expect(clippy::cast_precision_loss, reason = "counts and spans here stay far below 2^53")]
pub fn real(x: u64) -> f64 {
    x as f64
}

/// Returns a signed span as a float, as [`real`] does.
#[expect(clippy::cast_precision_loss, reason = "counts and spans here stay far below 2^53")]
pub fn real_span(x: i64) -> f64 {
    x as f64
}

/// Returns the nearest count, never below 0.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates")]
pub fn whole(x: f64) -> u64 {
    x.round() as u64
}

/// Returns the nearest whole number of milliseconds.
#[expect(clippy::cast_possible_truncation, reason = "the cast saturates")]
pub fn span(x: f64) -> i64 {
    x.round() as i64
}

/// Returns a place in a list of `len` items for a scrambled number; `len` must not be 0.
pub fn place(x: u64, len: usize) -> usize {
    usize::try_from(x % u64::try_from(len.max(1)).unwrap_or(1)).unwrap_or_default()
}

/// A sequence of throws that repeats for the same seed.
pub struct Dice(ChaCha8Rng);

impl Dice {
    /// Returns the sequence for a seed and an item.
    pub fn new(seed: u64, item: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(mix(seed, item)))
    }

    /// Returns a share in `[0, 1)`.
    pub fn unit(&mut self) -> f64 {
        share(self.bits())
    }

    /// Returns 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0.random()
    }

    /// Returns whether something of this probability happens.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// Returns a value in `[low, high)`.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Returns a value in `[low, high)` whose logarithm is evenly spread.
    pub fn log_between(&mut self, low: f64, high: f64) -> f64 {
        low * (high / low).powf(self.unit())
    }

    /// Returns a value around 0 with deviation 1.
    pub fn normal(&mut self) -> f64 {
        normal_of(self.bits())
    }

    /// Returns a waiting time with this mean.
    pub fn exponential(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.unit()).ln()
    }

    /// Returns a number below `end`, which must not be 0.
    pub fn below(&mut self, end: usize) -> usize {
        place(self.bits(), end)
    }
}
