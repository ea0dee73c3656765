//! Folding every view anew, and appending meanwhile.
//!
//! `cargo bench --bench rebuild -- [OBSERVATIONS]`; ten million unless told. They are folded
//! on two threads, as `spacelog rebuild` does. `SQLite` makes a table of peaks and a sorted
//! copy of the observations: the like of two of the five views. The limit decodes all segments on
//! two threads, and writes as many bytes as the views' files have, with an fsync.

#[allow(dead_code, reason = "each program takes a part of what they share")]
#[path = "../common/mod.rs"]
mod common;
mod limit;
mod peer;

use std::path::Path;
use std::thread;

use common::figures::{ROUNDS, Turn, alone, head, interleaved, real, row, seconds};
use common::sqlite::{self, Layout};
use common::{Outcome, SPACES, meanwhile, world_log};
use spacelog::log::{Log, Reader};
use spacelog::projector::{NAMES, Views};

/// Observations unless another number is given.
const OBSERVATIONS: u64 = 10_000_000;

/// Rebuilds that polls are appended beside.
const REBUILDS: usize = 5;

/// Views that fold no observations.
const OTHERS: [&str; 2] = ["hosts", "polls"];

fn main() -> Outcome<()> {
    let sealed = world_log::sealed(world_log::observations(OBSERVATIONS)?, SPACES)?;
    let (place, path) = world_log::copied(&sealed)?;
    let mut log = Log::open(&path)?;
    let reader = log.reader();
    let folder = place.path().join("views");
    std::fs::create_dir(&folder)?;
    let views = Views::open(&folder, &reader)?;
    let rows = reader.segments()?;
    let observations: u64 = rows.iter().map(|row| u64::from(row.observations)).sum();
    head(&format!("{observations} observations in {} events; five views; seconds", log.head().seq));
    all(&views, &reader)?;
    let bytes = bytes(&folder, "")?;
    let young = place.path().join("limit");
    let mut turns: Vec<Turn> = vec![
        Box::new(|| seconds(|| all(&views, &reader))),
        Box::new(|| peer::seconds(&sqlite::open(Layout::Usual, &sealed, &reader)?, place.path())),
        Box::new(|| {
            peer::seconds(&sqlite::open(Layout::WithoutRowid, &sealed, &reader)?, place.path())
        }),
        Box::new(|| seconds(|| limit::decode_and_write(&reader, &young, bytes))),
    ];
    for name in NAMES {
        let (views, reader) = (&views, &reader);
        turns.push(Box::new(move || {
            seconds(|| Ok(views.rebuild(&[name], reader, &mut |_, _, _| true)?))
        }));
    }
    turns.push(Box::new(|| seconds(|| limit::contents(&reader, true))));
    turns.push(Box::new(|| seconds(|| limit::contents(&reader, false))));
    let took = interleaved(ROUNDS, &mut turns)?;
    drop(turns);
    let what = "all views (at most 1.5, aim 1.0 for ten million)";
    row(what, took[0], Layout::Usual.name(), took[1]);
    row(what, took[0], Layout::WithoutRowid.name(), took[2]);
    row(what, took[0], "decoding and writing the bytes", took[3]);
    alone("million events a second, all views", real(log.head().seq) / took[0] / 1e6);
    // Hosts and polls fold no observations.
    let decodes = NAMES.map(|name| took[took.len() - if OTHERS.contains(&name) { 1 } else { 2 }]);
    for ((name, took), decode) in NAMES.iter().zip(&took[4..]).zip(decodes) {
        row(&format!("view `{name}` by itself"), *took, "decoding what it folds", decode);
    }
    for name in NAMES {
        let bytes = self::bytes(&folder, name)?;
        alone(&format!("bytes an observation of `{name}`"), real(bytes) / real(observations));
    }
    meanwhile::print(&mut log, "rebuilding", "at most 50", || {
        (0..REBUILDS).try_for_each(|_| all(&views, &reader))
    })?;
    views.close()?;
    drop((reader, log));
    Ok(place.close()?)
}

/// Folds all views anew, on as many threads as `spacelog rebuild`.
fn all(views: &Views, reader: &Reader) -> Outcome<()> {
    let rebuild = views.begin_rebuild(&NAMES, reader)?.ok_or("views in memory")?;
    thread::scope(|scope| {
        let work = || rebuild.work(&mut |_, _, _| true);
        let threads = [scope.spawn(work), scope.spawn(work)];
        let joined = threads.into_iter().map(|it| it.join().map_err(|_| "a thread broke down"));
        joined.collect::<Result<(), _>>()
    })?;
    Ok(rebuild.outcome()?)
}

/// Returns the bytes of the files whose names begin so.
fn bytes(folder: &Path, name: &str) -> Outcome<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(name) {
            bytes += entry.metadata()?.len();
        }
    }
    Ok(bytes)
}
