//! How an audience moves: how fast it grows, and its largest fall within five minutes.

use super::held::{Held, unbroken};

/// Growth is taken over so many milliseconds.
pub const GROWTH_MS: i64 = 300_000;

/// At both ends of them the mean of so many milliseconds is taken, so that one look is no growth.
pub const SMOOTHED_MS: i64 = 60_000;

/// A fall lasts so many milliseconds at most.
pub const DROP_MS: i64 = 300_000;

/// How fast an audience grew up to a moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Growth {
    /// The moment, in milliseconds since the epoch.
    pub at: i64,
    /// People a minute; negative when it shrank.
    pub per_minute: f64,
}

impl Growth {
    /// Returns the faster of two, of equals this one.
    #[must_use]
    pub fn faster(self, other: Self) -> Self {
        if other.per_minute > self.per_minute { other } else { self }
    }
}

/// The largest fall of an audience.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drop {
    /// How many people fewer; 0 when the audience never fell.
    pub lost: u64,
    /// From when to when, in milliseconds since the epoch; `None` when it never fell.
    pub between: Option<(i64, i64)>,
}

impl Drop {
    /// Returns the larger of two, of equals this one.
    #[must_use]
    pub fn larger(self, other: Self) -> Self {
        if other.lost > self.lost { other } else { self }
    }
}

/// A part of a curve without a gap, with its areas summed.
struct Part<'a> {
    stretches: &'a [Held],
    /// Participant-milliseconds before each stretch.
    areas: Vec<u128>,
}

impl<'a> Part<'a> {
    fn new(stretches: &'a [Held]) -> Self {
        let mut area = 0_u128;
        let areas = stretches
            .iter()
            .map(|held| {
                let before = area;
                area += u128::from(held.count) * u128::from(held.length_ms());
                before
            })
            .collect();
        Self { stretches, areas }
    }

    fn from(&self) -> Option<i64> {
        self.stretches.first().map(|held| held.from)
    }

    fn to(&self) -> Option<i64> {
        self.stretches.last().map(|held| held.to)
    }

    /// Returns the participant-milliseconds up to a moment of the part.
    fn area(&self, at: i64) -> u128 {
        let next = self.stretches.partition_point(|held| held.from <= at);
        let Some(number) = next.checked_sub(1) else { return 0 };
        let held = self.stretches[number];
        self.areas[number] + u128::from(held.count) * u128::from(super::span(held.from, at))
    }

    /// Returns the growth up to a moment: what the mean of the minute before it is above that of
    /// the minute that ended five minutes earlier, a minute. `None` where the part is too short.
    fn growth(&self, at: i64) -> Option<Growth> {
        let earlier = at.saturating_sub(GROWTH_MS);
        let begin = earlier.saturating_sub(SMOOTHED_MS);
        if self.from()? > begin || self.to()? < at {
            return None;
        }
        #[expect(clippy::cast_precision_loss, reason = "areas of five minutes are far below 2^53")]
        let mean = |to: i64| {
            (self.area(to) - self.area(to.saturating_sub(SMOOTHED_MS))) as f64 / SMOOTHED_MS as f64
        };
        #[expect(clippy::cast_precision_loss, reason = "a constant")]
        let minutes = GROWTH_MS as f64 / 60_000.0;
        Some(Growth { at, per_minute: (mean(at) - mean(earlier)) / minutes })
    }
}

/// Returns the growth up to the end of the curve: its change, smoothed over a minute, in the five
/// minutes before. `None` where these six minutes are not all covered.
pub fn growth(stretches: &[Held]) -> Option<Growth> {
    let part = Part::new(unbroken(stretches).last()?);
    part.growth(part.to()?)
}

/// Returns the fastest growth there was, the first of equals; `None` where no six minutes are
/// covered without a gap.
pub fn fastest_growth(stretches: &[Held]) -> Option<Growth> {
    let mut fastest: Option<Growth> = None;
    for stretches in unbroken(stretches) {
        let part = Part::new(stretches);
        // Between these moments the growth changes evenly, so that the largest is at one of them.
        let ends = stretches.iter().flat_map(|held| [held.from, held.to]);
        let mut moments: Vec<i64> = ends
            .flat_map(|at| {
                let later = |by: i64| at.saturating_add(by);
                [at, later(SMOOTHED_MS), later(GROWTH_MS), later(GROWTH_MS + SMOOTHED_MS)]
            })
            .collect();
        moments.sort_unstable();
        moments.dedup();
        for found in moments.into_iter().filter_map(|at| part.growth(at)) {
            fastest = Some(fastest.map_or(found, |so_far| so_far.faster(found)));
        }
    }
    fastest
}

/// Returns the largest fall over at most five minutes, the first of equals; `None` of an empty
/// curve.
pub fn largest_drop(stretches: &[Held]) -> Option<Drop> {
    let mut largest = Drop { lost: 0, between: None };
    stretches.first()?;
    for part in unbroken(stretches) {
        for (number, low) in part.iter().enumerate() {
            let earliest = low.from.saturating_sub(DROP_MS);
            let before = part[..number].iter().rev().take_while(|high| high.to > earliest);
            for high in before {
                let lost = high.count.saturating_sub(low.count);
                let between = Some((high.from.max(earliest), low.from));
                largest = largest.larger(Drop { lost, between });
            }
        }
    }
    Some(largest)
}
