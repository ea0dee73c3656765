//! Replaying sealed observations into what each Space is, its hosts, and its peak with its instant;
//! one core.
//!
//! `cargo bench --bench replay -- [OBSERVATIONS]`; ten million unless told. spacelog reads the
//! segments from its file and folds them a Space at a time. The peers find the peaks alone: less
//! work, one query. All have to find the same ones.

#[allow(dead_code, reason = "each program takes a part of what they share")]
#[path = "../common/mod.rs"]
mod common;
mod fold;
mod limits;
mod peers;
mod stages;

use std::cell::Cell;

use common::duck::Duck;
use common::figures::{ROUNDS, Turn, head, interleaved, real, row, seconds};
use common::sqlite::{self, Layout};
use common::{Outcome, SPACES, world_log};
use fold::Replay;
use limits::InMemory;
use spacelog::log::Log;

/// Observations unless another number is given.
const OBSERVATIONS: u64 = 10_000_000;

fn main() -> Outcome<()> {
    let path = world_log::sealed(world_log::observations(OBSERVATIONS)?, SPACES)?;
    let log = Log::open(&path)?;
    let reader = log.reader();
    let rows = reader.segments()?;
    let observations: u64 = rows.iter().map(|row| u64::from(row.observations)).sum();
    let found = Replay::of(&reader, true)?;
    let memory = InMemory::of(&reader)?;
    let usual = sqlite::open(Layout::Usual, &path, &reader)?;
    let rowless = sqlite::open(Layout::WithoutRowid, &path, &reader)?;
    let duck = Duck::of(&path, &reader)?;
    head(&format!(
        "{observations} observations of {} Spaces in {} events and {} segments; million \
         observations a second",
        found.spaces.len(),
        log.head().seq,
        rows.len()
    ));
    let sum = found.peaks();
    assert_eq!(memory.replay(), sum, "the fold in memory finds other peaks");
    let hosted = Cell::new(0);
    let mut turns: Vec<Turn> = vec![
        Box::new(|| {
            seconds(|| {
                let replay = Replay::of(&reader, true)?;
                assert_eq!(replay.peaks(), sum);
                hosted.set(replay.hosts.len());
                Ok(replay)
            })
        }),
        Box::new(|| seconds(|| Replay::of(&reader, false))),
        Box::new(|| peers::sqlite(&usual, sum)),
        Box::new(|| peers::sqlite(&rowless, sum)),
        Box::new(|| seconds(|| limits::read(&reader))),
        Box::new(|| seconds(|| Ok(memory.replay()))),
    ];
    let mut names = vec![
        "",
        "",
        Layout::Usual.name(),
        Layout::WithoutRowid.name(),
        "reading the bytes",
        "folding an array in memory",
    ];
    if let Some(duck) = &duck {
        turns.push(Box::new(|| peers::duck(duck, 1, sum.0)));
        turns.push(Box::new(|| peers::duck(duck, 2, sum.0)));
        names.extend(["DuckDB over Parquet, one thread", "DuckDB over Parquet, two threads"]);
    }
    let took = interleaved(ROUNDS, &mut turns)?;
    drop(turns);
    let rate = |seconds: f64| real(observations) / seconds / 1e6;
    let like = "state and peaks, as the peers (15 × SQLite's usual, ahead of DuckDB)";
    let whole = "state, hosts, peaks (at least 50, aim 80)";
    for (what, own) in [(like, took[1]), (whole, took[0])] {
        for (name, seconds) in names.iter().zip(&took).skip(2) {
            row(what, rate(own), name, rate(*seconds));
        }
    }
    let events = real(log.head().seq) / took[0] / 1e6;
    row("million events a second, hosts too", events, "observations", rate(took[0]));
    println!("{} hosts were found", hosted.get());
    stages::print(&reader)
}
