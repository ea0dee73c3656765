//! What a record is worth: held counts, starts and ends against the hidden truth.

use spacelog::simulate::{Truth, World, WorldSettings};
use spacelog::space::{Endpoint, Moment};

use crate::run::{LENGTH_MS, Record, Sightings, WARM_UP_MS};
use crate::x::{EPOCH, WINDOW_MS};

/// The truth is compared every so often.
const STEP_MS: i64 = 2_000;
/// Ends and starts so near the end of the run are left out: nobody has had the time to see them.
const TAIL_MS: i64 = 300_000;
/// Of a window, X's answers leave one request in this many to the reserve.
const RESERVE_ONE_IN: u64 = 10;
const SPACE_USD: f64 = 0.005;

/// A world's Spaces as they truly were, without spam.
pub struct Truths(Vec<(Truth, Vec<u64>)>);

/// Delays in seconds.
#[derive(Clone, Debug, Default)]
pub struct Delays {
    /// How many there were; without any, nothing is known of them.
    pub count: usize,
    pub mean: f64,
    pub median: f64,
    pub p95: f64,
}

/// What a run is worth.
#[derive(Clone, Debug, Default)]
pub struct Score {
    /// Held count against the truth, summed over all, as a share.
    pub wape: f64,
    /// The mean of the same of each Space.
    pub each: f64,
    /// How far the highest count seen lies below the true peak.
    pub peak: f64,
    pub end: Delays,
    pub start: Delays,
    pub found: Delays,
    /// Spaces never seen live.
    pub missed: f64,
    /// Participant time before the first sight, or of the missed.
    pub unseen: f64,
    pub ids: f64,
    /// Of what the reserve leaves of the windows of look-ups.
    pub used: f64,
    pub refused: f64,
    pub usd_a_day: f64,
}

impl Truths {
    /// Returns the truths of a world over the measured time.
    pub fn new(seed: u64, spaces: usize) -> Self {
        let settings = WorldSettings { spaces, ..WorldSettings::new(seed, EPOCH) };
        let mut world = World::new(settings);
        world.advance(EPOCH.plus(LENGTH_MS));
        let held = world.spaces().filter(|truth| !truth.is_spam && stretch(truth).is_some());
        Self(held.map(|truth| (truth.clone(), counts(truth))).collect())
    }

    /// Returns what a record is worth.
    pub fn score(&self, record: &Record) -> Score {
        let mut sums = Sums::default();
        let nothing = Sightings::default();
        for (truth, counts) in &self.0 {
            sums.add(truth, counts, record.spaces.get(&truth.id).unwrap_or(&nothing));
        }
        let from = EPOCH.plus(WARM_UP_MS);
        let hours = real(LENGTH_MS - WARM_UP_MS) / 3_600_000.0;
        let look_ups = record.sent.get(&Endpoint::Spaces).map_or(&[][..], Vec::as_slice);
        Score {
            wape: sums.wrong / sums.there.max(1.0),
            each: mean(&sums.each),
            peak: mean(&sums.peaks),
            end: delays(sums.ends),
            start: delays(sums.starts),
            found: delays(sums.found),
            missed: share(sums.missed, self.0.len()),
            unseen: sums.unseen / (sums.unseen + sums.there).max(1.0),
            ids: real_of(record.ids) / real_of(look_ups.len() as u64).max(1.0),
            used: real_of(look_ups.iter().filter(|at| **at >= from).count() as u64),
            refused: real_of(record.refused),
            usd_a_day: real_of(record.billed.len() as u64) * SPACE_USD * 24.0 / hours,
        }
    }
}

impl Score {
    /// Turns the number of look-ups into a share of what may be used of the windows.
    pub fn of_limit(mut self, limit: u64) -> Self {
        let windows = real(LENGTH_MS - WARM_UP_MS) / real(WINDOW_MS);
        self.used /= windows * real_of(limit - limit / RESERVE_ONE_IN);
        self
    }
}

#[derive(Default)]
struct Sums {
    wrong: f64,
    there: f64,
    unseen: f64,
    each: Vec<f64>,
    peaks: Vec<f64>,
    ends: Vec<f64>,
    starts: Vec<f64>,
    found: Vec<f64>,
    missed: usize,
}

impl Sums {
    fn add(&mut self, truth: &Truth, counts: &[u64], seen: &Sightings) {
        let Some((from, to)) = stretch(truth) else { return };
        let (mut looks, mut held) = (seen.live.iter().peekable(), 0_u64);
        let (mut wrong, mut there) = (0.0, 0.0);
        for (step, count) in (0..).zip(counts) {
            let at = from.plus(step * STEP_MS);
            while let Some((_, count)) = looks.next_if(|(seen, _)| *seen <= at) {
                held = *count;
            }
            if seen.first.is_some_and(|first| first <= at) {
                wrong += real_of(held.abs_diff(*count));
                there += real_of(*count);
            } else {
                self.unseen += real_of(*count);
            }
        }
        self.wrong += wrong;
        self.there += there;
        if there > 0.0 {
            self.each.push(wrong / there);
        }
        let live = seen.live.first().map(|(at, _)| *at);
        if live.is_none() {
            self.missed += 1;
        }
        let measured = EPOCH.plus(WARM_UP_MS)..EPOCH.plus(LENGTH_MS - TAIL_MS);
        let run_end = EPOCH.plus(LENGTH_MS);
        let began = truth.course.started_at.filter(|at| measured.contains(at));
        let ended = truth.course.ended_at.filter(|at| measured.contains(at));
        let waited = |at: Option<Moment>, since| real(at.unwrap_or(run_end).since(since)) / 1_000.0;
        if let Some(began) = began {
            // Somebody who knew it before sees it begin; others find it.
            let announced = seen.first.is_some_and(|first| first <= began);
            let delays = if announced { &mut self.starts } else { &mut self.found };
            delays.push(waited(live, began));
        }
        if let Some(ended) = ended.filter(|ended| live.is_some_and(|live| live < *ended)) {
            self.ends.push(waited(seen.over, ended));
        }
        if began.is_some() && ended.is_some_and(|ended| ended <= to) && live.is_some() {
            let top = counts.iter().copied().max().unwrap_or(0);
            let most = seen.live.iter().map(|(_, count)| *count).max().unwrap_or(0);
            self.peaks.push(1.0 - real_of(most.min(top)) / real_of(top.max(1)));
        }
    }
}

/// Returns the measured part of a Space's time on air.
fn stretch(truth: &Truth) -> Option<(Moment, Moment)> {
    let from = truth.course.started_at?.max(EPOCH.plus(WARM_UP_MS));
    let to = truth.course.ended_at?.min(EPOCH.plus(LENGTH_MS));
    (from < to).then_some((from, to))
}

fn counts(truth: &Truth) -> Vec<u64> {
    let Some((from, to)) = stretch(truth) else { return Vec::new() };
    let steps = to.since(from) / STEP_MS;
    (0..steps).map(|step| truth.participants(from.plus(step * STEP_MS))).collect()
}

fn delays(mut seconds: Vec<f64>) -> Delays {
    seconds.sort_unstable_by(f64::total_cmp);
    let at = |part: usize| {
        let place = (seconds.len() * part / 100).min(seconds.len().saturating_sub(1));
        seconds.get(place).copied().unwrap_or(0.0)
    };
    Delays { count: seconds.len(), mean: mean(&seconds), median: at(50), p95: at(95) }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / real_of(values.len() as u64).max(1.0)
}

fn share(some: usize, all: usize) -> f64 {
    real_of(some as u64) / real_of(all as u64).max(1.0)
}

#[expect(clippy::cast_precision_loss, reason = "spans here stay far below 2^53")]
fn real(x: i64) -> f64 {
    x as f64
}

#[expect(clippy::cast_precision_loss, reason = "counts here stay far below 2^53")]
fn real_of(x: u64) -> f64 {
    x as f64
}
