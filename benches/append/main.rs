//! Appending durably, side by side: spacelog's log, `SQLite`, and a plain file with fdatasync.
//!
//! `cargo bench --bench append -- [OBSERVATIONS]`, or `SPACELOG_BENCH_OBSERVATIONS`; a million
//! unless told. The files lie in a folder that is removed at the end: under `target`, or in
//! `SPACELOG_BENCH_FOLDER`. They take turns, a few polls each, so that a disk that slows down slows
//! all of them alike. Making the answers is not measured.
//!
//! The peers store observations and nothing else. So does spacelog, from answers without people;
//! a log of its own takes the same answers with the hosts and speakers that X includes, which is
//! what a monitor does: it looks up and describes some 400 people a poll beside the Spaces.

mod answers;
mod figures;
mod peers;
mod spacelog_log;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Duration;

use spacelog::clock::Stopwatch;

use answers::{OBSERVATIONS_A_POLL, World};
use figures::{Figures, Sizes};
use peers::{Plain, Sqlite};
use spacelog_log::{Ready, Whole};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Observations unless another number is given.
const OBSERVATIONS: usize = 1_000_000;

/// Polls that one contender takes before it is the next one's turn.
const POLLS_A_TURN: usize = 200;

fn main() -> Outcome<()> {
    let polls = observations()?.div_ceil(OBSERVATIONS_A_POLL);
    let parent = std::env::var_os("SPACELOG_BENCH_FOLDER")
        .map_or_else(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")), PathBuf::from);
    let folder = tempfile::Builder::new().prefix("append-").tempdir_in(parent)?;
    run(folder.path(), polls)?.print();
    folder.close()?;
    Ok(())
}

/// Returns how many observations to append: the first number given, the variable, or the default.
fn observations() -> Outcome<usize> {
    // cargo adds `--bench` of its own.
    let given = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    match given.or_else(|| std::env::var("SPACELOG_BENCH_OBSERVATIONS").ok()) {
        Some(text) => Ok(text.replace('_', "").parse()?),
        None => Ok(OBSERVATIONS),
    }
}

fn run(folder: &Path, polls: usize) -> Outcome<Figures> {
    let mut world = World::new(1);
    let names = ["whole.redb", "ready.redb", "peer.sqlite", "peer.log", "people.redb"];
    let files = names.map(|name| folder.join(name));
    let mut whole = Whole::create(&files[0])?;
    let mut people = Whole::create(&files[4])?;
    let mut ready = Ready::create(&files[1])?;
    let mut sqlite = Sqlite::create(&files[2])?;
    let mut plain = Plain::create(&files[3])?;
    let mut figures = Figures::default();
    let mut left = polls;
    while left > 0 {
        let turn = left.min(POLLS_A_TURN);
        left -= turn;
        let answers = world.answers(turn)?;
        let (mut batches, mut records) = (Vec::new(), Vec::new());
        for answer in &answers {
            let taken = people.take(answer)?;
            figures.people.push(taken.took);
            figures.people_deciding.push(taken.deciding);
            figures.people_record_bytes += taken.record.len() as u64;
        }
        for answer in answers.iter().map(answers::without_people) {
            let taken = whole.take(&answer)?;
            figures.whole.push(taken.took);
            figures.deciding.push(taken.deciding);
            figures.record_bytes += taken.record.len() as u64;
            batches.push((taken.batch, taken.now));
            records.push(taken.record);
        }
        for (batch, now) in &batches {
            figures.ready.push(timed(|| ready.append(batch, *now))?);
        }
        let rows = answers.iter().map(peers::rows).collect::<Vec<_>>();
        for rows in &rows {
            figures.sqlite.push(timed(|| sqlite.insert(rows))?);
        }
        for record in &records {
            figures.plain.push(timed(|| plain.append(record))?);
        }
    }
    figures.observations = (polls * OBSERVATIONS_A_POLL) as u64;
    sqlite.close(figures.observations)?;
    ready.close()?;
    whole.close()?;
    people.close()?;
    figures.sizes = Sizes {
        log: std::fs::metadata(&files[0])?.len(),
        people: std::fs::metadata(&files[4])?.len(),
        sqlite: std::fs::metadata(&files[2])?.len(),
        plain: std::fs::metadata(&files[3])?.len(),
    };
    Ok(figures)
}

/// Returns how long `work` took; what it returns is dropped after that.
fn timed<T>(work: impl FnOnce() -> Outcome<T>) -> Outcome<Duration> {
    let watch = Stopwatch::start();
    let done = work()?;
    let took = watch.elapsed();
    drop(done);
    Ok(took)
}
