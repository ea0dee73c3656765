//! From a crash to the first poll that is durable again.

use std::path::{Path, PathBuf};

use rusqlite::Connection;
use spacelog::clock::Stopwatch;
use spacelog::log::Log;
use spacelog::projector::Views;
use spacelog::space::Answer;

use crate::common::feed::Feed;
use crate::common::figures::{alone, head, median, real, row};
use crate::common::sqlite::{self, Layout};
use crate::common::{Outcome, SPACES, world_log};

/// Crashes.
const CRASHES: usize = 3;

/// Polls that the views hold beside what is sealed, and polls that they lack at the crash.
const FLUSHED: usize = 300;
const UNFLUSHED: usize = 100;

const STEPS: [&str; 4] = ["opening the log", "opening the views", "catching up", "the first poll"];

/// A log with its views that was not closed, and the next answer.
struct Left {
    log: Log,
    views: Views,
    folder: PathBuf,
    next: Answer,
    feed: Feed,
}

pub fn print(sealed: &Path) -> Outcome<()> {
    let (place, path) = world_log::copied(sealed)?;
    let left = leave(&path)?;
    let usual = leave_sqlite(sealed, &left, place.path())?;
    let mut steps: [Vec<f64>; 4] = Default::default();
    let (mut peer, mut limit) = (Vec::new(), Vec::new());
    for _ in 0..CRASHES {
        let crashed = tempfile::tempdir_in(place.path())?;
        copy(&left.folder, crashed.path())?;
        let took = recover(crashed.path(), &left)?;
        steps.iter_mut().zip(took).for_each(|(times, took)| times.push(took));
        limit.push(read(&left.folder)?);
        peer.push(recover_sqlite(&usual, crashed.path(), &left.next)?);
    }
    let steps = steps.map(|times| median(&times));
    head(&format!(
        "{} events, not closed, the views {UNFLUSHED} polls behind; seconds until a poll is \
         durable again",
        left.log.head().seq
    ));
    let all = steps.iter().sum();
    row("reopening after a crash (under 2)", all, "SQLite WAL FULL", median(&peer));
    row("reopening after a crash (under 2)", all, "reading the files", median(&limit));
    for (step, took) in STEPS.iter().zip(steps) {
        alone(&format!("of it {step}"), took);
    }
    alone("bytes of log and views, million", real(size(&left.folder)?) / 1e6);
    left.views.close()?;
    drop((left.log, usual));
    Ok(place.close()?)
}

/// Opens log and views, goes on for a while, and leaves them open.
fn leave(path: &Path) -> Outcome<Left> {
    let mut log = Log::open(path)?;
    let folder = path.parent().ok_or("a log lies in a folder")?.to_owned();
    let reader = log.reader();
    std::fs::create_dir(folder.join("views"))?;
    let views = Views::open(&folder.join("views"), &reader)?;
    let mut feed = Feed::after(&log, SPACES);
    for polls in [FLUSHED, UNFLUSHED] {
        views.catch_up(&reader, &mut |_, _, _| true)?;
        for _ in 0..polls {
            let answer = feed.answer();
            feed.append(&mut log, &answer)?;
        }
    }
    let next = feed.answer();
    Ok(Left { log, views, folder, next, feed })
}

fn recover(folder: &Path, left: &Left) -> Outcome<[f64; 4]> {
    let mut times = [0.0; 4];
    let mut watch = Stopwatch::start();
    let mut step = 0;
    let mut lap = || {
        times[step] = watch.elapsed().as_secs_f64();
        (watch, step) = (Stopwatch::start(), step + 1);
    };
    let mut log = Log::open(&folder.join("log.redb"))?;
    lap();
    let reader = log.reader();
    let views = Views::open(&folder.join("views"), &reader)?;
    lap();
    views.catch_up(&reader, &mut |_, _, _| true)?;
    lap();
    left.feed.append(&mut log, &left.next)?;
    lap();
    if log.head().seq <= left.log.head().seq {
        return Err("the log lost a poll".into());
    }
    views.close()?;
    Ok(times)
}

/// Appends as much to a copy of the observations in `SQLite`, and leaves it open.
fn leave_sqlite(sealed: &Path, left: &Left, place: &Path) -> Outcome<(Connection, PathBuf)> {
    drop(sqlite::open(Layout::Usual, sealed, &left.log.reader())?);
    let path = place.join("usual.sqlite");
    std::fs::copy(Layout::Usual.path(sealed), &path)?;
    let mut connection = open_sqlite(&path)?;
    for _ in 0..FLUSHED + UNFLUSHED {
        sqlite::insert(&mut connection, &left.next)?;
    }
    Ok((connection, path))
}

fn recover_sqlite(
    (_open, path): &(Connection, PathBuf),
    folder: &Path,
    next: &Answer,
) -> Outcome<f64> {
    let crashed = folder.join("usual.sqlite");
    std::fs::copy(path, &crashed)?;
    std::fs::copy(path.with_extension("sqlite-wal"), crashed.with_extension("sqlite-wal"))?;
    let watch = Stopwatch::start();
    let mut connection = open_sqlite(&crashed)?;
    sqlite::insert(&mut connection, next)?;
    Ok(watch.elapsed().as_secs_f64())
}

fn open_sqlite(path: &Path) -> Outcome<Connection> {
    let connection = Connection::open(path)?;
    connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")?;
    Ok(connection)
}

/// Returns the log and the views in a folder.
fn files(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut files = vec![folder.join("log.redb")];
    for entry in std::fs::read_dir(folder.join("views"))? {
        files.push(entry?.path());
    }
    Ok(files)
}

fn copy(from: &Path, to: &Path) -> Outcome<()> {
    std::fs::create_dir(to.join("views"))?;
    for file in files(from)? {
        std::fs::copy(&file, to.join(file.strip_prefix(from)?))?;
    }
    Ok(())
}

/// Returns the seconds that reading all bytes takes.
fn read(folder: &Path) -> Outcome<f64> {
    let watch = Stopwatch::start();
    for file in files(folder)? {
        std::hint::black_box(std::fs::read(file)?);
    }
    Ok(watch.elapsed().as_secs_f64())
}

fn size(folder: &Path) -> Outcome<u64> {
    files(folder)?.iter().try_fold(0, |sum, file| Ok(sum + std::fs::metadata(file)?.len()))
}
