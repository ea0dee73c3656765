//! Exporting the observations as Parquet, and the memory that a whole export takes.
//!
//! `cargo bench --bench export -- [OBSERVATIONS]`; ten million unless told. spacelog reads its
//! sealed log and writes a folder a day, on one core. `DuckDB` writes the same table, also a folder
//! a day and zstd, from CSV, on one thread. Memory is the most that a process of its own ever had
//! resident: of spacelog with all tables, of `DuckDB` with this one. At last polls are appended
//! beside a whole export, as a monitor makes one.

mod beside;
#[allow(dead_code, reason = "each program takes a part of what they share")]
#[path = "../common/mod.rs"]
mod common;
mod observations;
mod peer;
mod whole;

use std::cell::Cell;
use std::path::Path;

use common::figures::{Turn, alone, head, interleaved, real, row};
use common::{Outcome, SPACES, world_log};
use spacelog::log::Log;

/// Observations unless another number is given.
const OBSERVATIONS: u64 = 10_000_000;

/// What part of them a log has whose export takes as much memory, if memory is flat.
const PART: u64 = 10;

/// Turns that each takes: they write for seconds.
const ROUNDS: usize = 3;

fn main() -> Outcome<()> {
    if let Some(folder) = std::env::var_os(whole::CHILD) {
        return whole::child(folder.as_ref());
    }
    let path = world_log::sealed(world_log::observations(OBSERVATIONS)?, SPACES)?;
    let place = tempfile::Builder::new().prefix("bench-").tempdir_in(world_log::folder())?;
    let log = Log::open(&path)?;
    let reader = log.reader();
    let (ours, theirs) = (place.path().join("ours"), place.path().join("theirs"));
    let (observations, bytes) = observations::write(&reader, &ours)?;
    let duck = peer::Duck::of(&ours, place.path())?;
    let most = Cell::new((0, 0));
    let mut turns: Vec<Turn> =
        vec![Box::new(|| common::figures::seconds(|| observations::write(&reader, &ours)))];
    if let Some(duck) = &duck {
        turns.push(Box::new(|| {
            let (took, bytes, kib) = duck.write(&theirs)?;
            most.set((bytes, kib));
            Ok(took)
        }));
    }
    let took = interleaved(ROUNDS, &mut turns)?;
    drop(turns);
    drop(log);
    head(&format!("{observations} observations in {} files", observations::files(&ours)?));
    let rate = |seconds: f64| real(observations) / seconds / 1e6;
    let each = |bytes: u64| real(bytes) / real(observations);
    let what = "million observations a second (at least 2)";
    let size = "bytes an observation";
    let memory = whole::kib(&path, false)?;
    let mib = |kib: u64| real(kib) / 1024.0;
    let name = "most memory resident, MiB; of spacelog with every table";
    let name_of_whole = "seconds of a whole export, every table";
    let (kib, seconds) = memory;
    if let Some(theirs) = took.get(1) {
        let peer = "DuckDB from CSV, one thread";
        row(what, rate(took[0]), peer, rate(*theirs));
        row(size, each(bytes), peer, each(most.get().0));
        row(name, mib(kib), peer, mib(most.get().1));
    } else {
        alone(what, rate(took[0]));
        alone(size, each(bytes));
        alone(name, mib(kib));
    }
    alone(name_of_whole, seconds);
    flat(&path, kib, observations / PART)?;
    beside::print(&path)?;
    Ok(place.close()?)
}

/// Prints the memory beside that for a smaller log.
fn flat(path: &Path, kib_of_all: u64, fewer: u64) -> Outcome<()> {
    let smaller = world_log::sealed(fewer, SPACES)?;
    let peer = format!("of a log of a {PART}th");
    let mib = |kib: u64| real(kib) / 1024.0;
    let observations = "most memory resident, MiB, writing observations alone";
    let (kib, _) = whole::kib(path, true)?;
    row(observations, mib(kib), &peer, mib(whole::kib(&smaller, true)?.0));
    let (kib, _) = whole::kib(&smaller, false)?;
    row("most memory resident, MiB, writing every table", mib(kib_of_all), &peer, mib(kib));
    Ok(())
}
