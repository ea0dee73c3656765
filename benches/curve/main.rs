//! One Space's curve, from the view's file or from `SQLite`, for Spaces chosen at random.
//!
//! `cargo bench --bench curve -- [OBSERVATIONS]`; ten million unless told. *Warm* is asked for the
//! second time; *cold* is the first question to a store that was just opened: its own cache is
//! empty, the operating system's is not (it cannot be emptied without being root).

#[allow(dead_code, reason = "each program takes a part of what they share")]
#[path = "../common/mod.rs"]
mod common;
mod contenders;

use std::path::Path;
use std::time::Duration;

use common::figures::{ROUNDS, head, part, part_of_turns, real, row};
use common::sqlite::{self, Layout};
use common::{Outcome, SPACES, world_log};
use contenders::{Contender, Memory, Sqlite, View};
use rand::{SeedableRng as _, seq::SliceRandom as _};
use rand_chacha::ChaCha8Rng;
use spacelog::log::{Log, Reader};
use spacelog::projector::Views;
use spacelog::space::SpaceId;

/// Observations unless another number is given.
const OBSERVATIONS: u64 = 10_000_000;

/// A curve has about so many points: between these bounds.
const POINTS: std::ops::RangeInclusive<u64> = 180..=300;

/// Spaces whose curves are asked for in one round.
const ASKED: usize = 200;

fn main() -> Outcome<()> {
    let path = world_log::sealed(world_log::observations(OBSERVATIONS)?, SPACES)?;
    let log = Log::open(&path)?;
    let reader = log.reader();
    let folder = tempfile::Builder::new().prefix("curve-").tempdir_in(world_log::folder())?;
    let views = Views::open(folder.path(), &reader)?;
    views.catch_up(&reader, &mut |_, _, _| true)?;
    views.close()?;
    let usual = Sqlite(sqlite::open(Layout::Usual, &path, &reader)?);
    let rowless = Sqlite(sqlite::open(Layout::WithoutRowid, &path, &reader)?);
    let views = Views::open(folder.path(), &reader)?;
    let spaces = spaces(&views)?;
    let points = spaces.iter().map(|(_, points)| *points).sum::<u64>();
    let spaces: Vec<SpaceId> = spaces.into_iter().map(|(space, _)| space).collect();
    head(&format!(
        "{} curves of {:.0} points each, of {} observations",
        spaces.len(),
        real(points) / real(spaces.len() as u64),
        reader.segments()?.iter().map(|row| u64::from(row.observations)).sum::<u64>()
    ));
    let memory = Memory::of(&views, &spaces)?;
    let mut contenders: [(&str, Box<dyn Contender>); 4] = [
        ("", Box::new(View(views.clone()))),
        (Layout::Usual.name(), Box::new(usual)),
        (Layout::WithoutRowid.name(), Box::new(rowless)),
        ("copying from memory", Box::new(memory)),
    ];
    warm(&mut contenders, spaces.clone())?;
    views.close()?;
    cold(folder.path(), (&path, &reader), &spaces)?;
    Ok(folder.close()?)
}

/// Returns Spaces with a curve of the usual length, and how many points it has; in any order.
fn spaces(views: &Views) -> Outcome<Vec<(SpaceId, u64)>> {
    let mut found = Vec::new();
    views.spaces.ask(|spaces, disk| {
        spaces.each(disk, |space, row| {
            if POINTS.contains(&row.observations) {
                found.push((space, row.observations));
            }
            Ok(true)
        })
    })?;
    if found.is_empty() {
        return Err("no Space has a curve of the usual length".into());
    }
    found.shuffle(&mut ChaCha8Rng::seed_from_u64(1));
    found.truncate(ASKED);
    Ok(found)
}

/// Asks everybody for the same curves, round by round, each round in another order.
fn warm(contenders: &mut [(&str, Box<dyn Contender>)], mut spaces: Vec<SpaceId>) -> Outcome<()> {
    let mut dice = ChaCha8Rng::seed_from_u64(2);
    let mut taken = vec![Vec::new(); contenders.len()];
    for round in 0..=ROUNDS {
        spaces.shuffle(&mut dice);
        let mut points = Vec::new();
        for (place, (_, contender)) in contenders.iter_mut().enumerate() {
            let (times, found) = contender.ask(&spaces)?;
            points.push(found);
            // The first round warms up.
            if round > 0 {
                taken[place].push(times);
            }
        }
        assert!(points.iter().all(|found| *found == points[0]), "curves differ: {points:?}");
    }
    let micro = |rounds: &[Vec<Duration>], percent| part_of_turns(rounds, percent) * 1e6;
    for (percent, what) in [(50, "µs a warm curve, p50 (at most 10, aim 5)"), (99, "the same, p99")]
    {
        for (place, (name, _)) in contenders.iter().enumerate().skip(1) {
            row(what, micro(&taken[0], percent), name, micro(&taken[place], percent));
        }
    }
    Ok(())
}

/// Curves that are asked for cold.
const COLD: usize = 20;

/// Opens file and view again before each question.
fn cold(folder: &Path, (path, reader): (&Path, &Reader), spaces: &[SpaceId]) -> Outcome<()> {
    let (mut own, mut peer) = (Vec::new(), Vec::new());
    for space in spaces.iter().take(COLD) {
        let mut view = View(Views::open(folder, reader)?);
        own.extend(view.ask(&[*space])?.0);
        view.0.close()?;
        let mut rowless = Sqlite(sqlite::open(Layout::WithoutRowid, path, reader)?);
        peer.extend(rowless.ask(&[*space])?.0);
    }
    for (percent, what) in [(50, "µs a cold curve, p50"), (99, "the same, the slowest")] {
        let micro = |times: &[Duration]| part(times, percent) * 1e6;
        row(what, micro(&own), Layout::WithoutRowid.name(), micro(&peer));
    }
    Ok(())
}
