//! The figures: one row each, ours beside the peer's.
#![expect(clippy::cast_precision_loss, reason = "no count of a benchmark comes near 2^52")]

use std::time::Duration;

use super::POLLS_A_TURN;

/// Bytes of the closed files.
#[derive(Default)]
pub struct Sizes {
    pub log: u64,
    /// The log of the answers with people.
    pub people: u64,
    pub sqlite: u64,
    pub plain: u64,
}

/// What was measured: a time for each poll, in the order of polls.
#[derive(Default)]
pub struct Figures {
    /// From an answer with people to its durable batch.
    pub people: Vec<Duration>,
    /// The part of it before the append.
    pub people_deciding: Vec<Duration>,
    /// From an answer to its durable batch.
    pub whole: Vec<Duration>,
    /// The part of it before the append.
    pub deciding: Vec<Duration>,
    /// From a batch to the durable batch.
    pub ready: Vec<Duration>,
    pub sqlite: Vec<Duration>,
    pub plain: Vec<Duration>,
    /// How many observations each of them holds.
    pub observations: u64,
    /// Bytes of all records of the tail.
    pub record_bytes: u64,
    /// The same for the log of the answers with people.
    pub people_record_bytes: u64,
    pub sizes: Sizes,
}

impl Figures {
    /// Prints the rows. A ratio is ours divided by the peer's.
    pub fn print(&self) {
        let polls = self.plain.len();
        println!("{} observations in {polls} polls, one durable write a poll", self.observations);
        println!("figure | spacelog | peer | ratio");
        let ours = [
            ("batch appended", &self.ready),
            ("answer decided and appended", &self.whole),
            ("the same with 400 people a poll", &self.people),
        ];
        let peers = [("SQLite WAL FULL", &self.sqlite), ("file and fdatasync", &self.plain)];
        println!(
            "a batch appended: at least 1.5 × SQLite's polls/s, aim 0.65 of the plain file's; \
             medians of turns of {POLLS_A_TURN}"
        );
        for (how, own) in ours {
            for (name, peer) in peers {
                turns(&format!("polls/s, {how}"), own, name, peer);
                row(&format!("p50 µs a poll, {how}"), part(own, 50), name, part(peer, 50));
                row(&format!("p99 µs a poll, {how}"), part(own, 99), name, part(peer, 99));
            }
        }
        let deciding = [("observations", &self.deciding), ("with people", &self.people_deciding)];
        for (what, times) in deciding {
            println!("p50 µs a poll, deciding alone, {what} | {:.1} | - | -", part(times, 50));
        }
        let each = |bytes: u64| bytes as f64 / self.observations as f64;
        let (sqlite, plain) = (each(self.sizes.sqlite), each(self.sizes.plain));
        row("bytes an observation, file", each(self.sizes.log), "SQLite", sqlite);
        row("bytes an observation, file", each(self.sizes.log), "plain file", plain);
        row("bytes an observation, tail records", each(self.record_bytes), "SQLite", sqlite);
        row("bytes an observation, file, with people", each(self.sizes.people), "SQLite", sqlite);
        let records = each(self.people_record_bytes);
        row("bytes an observation, tail records, with people", records, "SQLite", sqlite);
    }
}

fn row(figure: &str, own: f64, name: &str, peer: f64) {
    println!("{figure} | {own:.1} | {peer:.1} ({name}) | {:.2}", own / peer);
}

/// Prints polls a second, and ours divided by the peer's: each the median of its turns, so that a
/// turn in which the disk was busy counts no more than another.
fn turns(figure: &str, own: &[Duration], name: &str, peer: &[Duration]) {
    let (own, peer) = (rates(own), rates(peer));
    let ratios: Vec<f64> = own.iter().zip(&peer).map(|(own, peer)| own / peer).collect();
    let [own, peer, ratio] = [own, peer, ratios].map(median);
    println!("{figure} | {own:.1} | {peer:.1} ({name}) | {ratio:.2}");
}

/// Returns polls a second of each turn.
fn rates(times: &[Duration]) -> Vec<f64> {
    let turns = times.chunks(POLLS_A_TURN);
    turns.map(|turn| turn.len() as f64 / turn.iter().sum::<Duration>().as_secs_f64()).collect()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Returns the time that `percent` of the polls stayed below, in microseconds.
fn part(times: &[Duration], percent: usize) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    let place = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(place).map_or(f64::NAN, |time| time.as_secs_f64() * 1e6)
}
