//! The figures: contenders that take turns, medians, and one row each, ours beside the peer's.

use std::time::Duration;

use spacelog::clock::Stopwatch;

use super::Outcome;

/// Turns that each contender takes unless a program says otherwise.
pub const ROUNDS: usize = 5;

/// Says what is measured, and prints the head of the rows. A ratio is ours divided by the peer's.
pub fn head(what: &str) {
    println!("\n{what}");
    println!("figure | spacelog | peer | ratio");
}

/// Prints one row.
pub fn row(figure: &str, own: f64, name: &str, peer: f64) {
    println!("{figure} | {} | {} ({name}) | {:.3}", number(own), number(peer), own / peer);
}

/// Prints a row that has no peer.
pub fn alone(figure: &str, own: f64) {
    println!("{figure} | {} | - | -", number(own));
}

/// Returns a number with about four digits.
fn number(value: f64) -> String {
    match value.abs() {
        ..10.0 => format!("{value:.3}"),
        ..1_000.0 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}

/// Returns the value in the middle.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Returns the time that `percent` of them stayed below, in seconds.
pub fn part(times: &[Duration], percent: usize) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    let place = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(place).map_or(f64::NAN, Duration::as_secs_f64)
}

/// Returns the same of each turn, and of that the median: a turn in which the disk was busy with
/// something else counts no more than another.
pub fn part_of_turns(turns: &[Vec<Duration>], percent: usize) -> f64 {
    median(&turns.iter().map(|times| part(times, percent)).collect::<Vec<_>>())
}

/// Returns a count as a number to reckon with.
#[expect(clippy::cast_precision_loss, reason = "no count of a benchmark comes near 2^52")]
pub fn real(count: u64) -> f64 {
    count as f64
}

/// Returns the seconds that `work` took; what it returns is dropped after that.
pub fn seconds<T>(work: impl FnOnce() -> Outcome<T>) -> Outcome<f64> {
    let watch = Stopwatch::start();
    let done = work()?;
    let took = watch.elapsed();
    drop(done);
    Ok(took.as_secs_f64())
}

/// What takes its turn: it returns the seconds that its work took.
pub type Turn<'a> = Box<dyn FnMut() -> Outcome<f64> + 'a>;

/// Lets the contenders take turns, and returns the median of each. Whoever comes first is not
/// always the same, so that a machine that slows down slows all of them alike.
pub fn interleaved(rounds: usize, contenders: &mut [Turn]) -> Outcome<Vec<f64>> {
    let mut taken = vec![Vec::new(); contenders.len()];
    for round in 0..rounds {
        for place in 0..contenders.len() {
            let place = (place + round) % contenders.len();
            taken[place].push(contenders[place]()?);
        }
    }
    Ok(taken.iter().map(|times| median(times)).collect())
}
