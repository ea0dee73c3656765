//! What a view promises: it is the fold of the log, whenever it was flushed, stopped or rebuilt.

mod briefs;
mod checks;
mod crashes;
mod faults;
pub(crate) mod generated;
mod golden;
mod golden_log;
mod sealed;

use std::sync::Arc;

use super::*;
use crate::event::Batch;
use crate::log::entropy::Entropy;
use crate::log::{Appended, Log, NewLog, Reader};
use crate::space::Moment;
use crate::store::InMemoryBackend;
use crate::store::faults::Dice;
use crate::view::{Curves, Keywords, People, Polls, Spaces, View};

/// Batches of a random log: few as a rule, and now and then many.
fn batches_of(seed: u64) -> u64 {
    if seed.is_multiple_of(80) { 90 } else { 3 + seed % 12 }
}

pub(super) fn in_memory() -> Log {
    let new = NewLog { created_at: Moment(0), simulated: None };
    Log::on(InMemoryBackend::new(), &new, Entropy::Seeded { seed: 1, drawn: 0 }).unwrap()
}

/// Returns a log of random batches, and them as they were stored.
pub(super) fn random_log(seed: u64, batches: u64) -> (Log, Vec<Arc<Batch>>) {
    let (mut log, mut dice) = (in_memory(), Dice(seed));
    let stored = (0..batches).map(|number| {
        let new = generated::batch(&mut dice, seed, number);
        match log.append(&new, new.observed_at).unwrap() {
            Appended::Stored(batch) => batch,
            Appended::Duplicate(seq) => panic!("batch {number} is that of seq {seq}"),
        }
    });
    let stored = stored.collect();
    (log, stored)
}

fn fresh<V: View>(reader: &Reader) -> Projection<V> {
    Projection::on(InMemoryBackend::new(), reader).unwrap()
}

/// Folds batches in as they come, and flushes now and then; returns checkpoint and digest.
fn live<V: View>(
    reader: &Reader,
    batches: &[Arc<Batch>],
    dice: &mut Dice,
) -> (Checkpoint, (u64, [u8; 32])) {
    let mut view = fresh::<V>(reader);
    for batch in batches {
        assert!(view.take(batch).unwrap());
        if dice.below(5) == 0 {
            view.flush().unwrap();
        }
    }
    (view.at(), view.digest().unwrap())
}

/// Folds the log anew, so many batches read at a time, and flushed after each step.
fn in_steps<V: View>(reader: &Reader, step: usize) -> (Checkpoint, (u64, [u8; 32])) {
    let mut view = fresh::<V>(reader);
    loop {
        let batches = reader.batches(view.at().seq + 1, step).unwrap();
        if batches.is_empty() {
            return (view.at(), view.digest().unwrap());
        }
        for batch in batches {
            assert!(view.take(&batch).unwrap());
        }
        view.flush().unwrap();
    }
}

fn rebuilt<V: View>(reader: &Reader) -> (Checkpoint, (u64, [u8; 32])) {
    let mut view = fresh::<V>(reader);
    view.catch_up(reader).unwrap();
    (view.at(), view.digest().unwrap())
}

fn equal_however_folded<V: View>(seed: u64, reader: &Reader, batches: &[Arc<Batch>]) {
    let mut dice = Dice(seed ^ 0xfeed);
    let expected = rebuilt::<V>(reader);
    assert!(expected.1.0 > 0 || batches.len() < 90, "view {} holds nothing", V::NAME);
    assert_eq!(live::<V>(reader, batches, &mut dice), expected, "live, {} of {seed}", V::NAME);
    for step in [1, 7, 1_000] {
        assert_eq!(in_steps::<V>(reader, step), expected, "by {step}, {} of {seed}", V::NAME);
    }
}

#[test]
fn a_rebuilt_view_equals_the_one_kept_up_to_date_whatever_the_steps() {
    for seed in 0..crate::amounts::RANDOM_LOGS.times() {
        let (log, batches) = random_log(seed, batches_of(seed));
        let reader = log.reader();
        equal_however_folded::<Spaces>(seed, &reader, &batches);
        equal_however_folded::<Curves>(seed, &reader, &batches);
        equal_however_folded::<People>(seed, &reader, &batches);
        equal_however_folded::<Keywords>(seed, &reader, &batches);
        equal_however_folded::<Polls>(seed, &reader, &batches);
    }
}

#[test]
fn a_curve_of_many_chunks_reads_back_whole() {
    let (log, batches) = random_log(99, 700);
    let reader = log.reader();
    let mut view = fresh::<Curves>(&reader);
    view.catch_up(&reader).unwrap();
    for number in 0..generated::SPACES {
        let id = generated::space(number);
        let points = view.ask(|curves, disk| curves.points(disk, id)).unwrap();
        let mut expected: Vec<(i64, u64, Option<u64>)> = Vec::new();
        for batch in &batches {
            for entry in batch.entries() {
                if let crate::event::Event::SpaceObserved(it) = entry.event
                    && it.space == id
                {
                    expected.push((batch.observed_at.0, entry.seq, it.participants));
                }
            }
        }
        expected.sort_by_key(|point| (point.0, point.1));
        let found: Vec<_> = points.iter().map(|it| (it.at, it.seq, it.participants)).collect();
        assert!(found.len() > 128, "one chunk is no test: {}", found.len());
        assert_eq!(found, expected);
    }
}

#[test]
fn a_batch_that_is_folded_already_changes_nothing_and_one_too_far_ahead_is_not_taken() {
    let (log, batches) = random_log(3, 20);
    let reader = log.reader();
    let mut view = fresh::<Spaces>(&reader);
    assert!(!view.take(&batches[1]).unwrap(), "the first is missing");
    assert!(view.take(&batches[0]).unwrap() && view.take(&batches[1]).unwrap());
    let before = (view.at(), view.digest().unwrap());
    assert!(view.take(&batches[0]).unwrap());
    assert_eq!((view.at(), view.digest().unwrap()), before);
}

#[test]
fn a_view_as_of_a_seq_is_the_fold_to_the_batch_that_ends_there() {
    let (log, batches) = random_log(4, 40);
    let reader = log.reader();
    for batch in batches.iter().step_by(7) {
        let mut view = fresh::<Spaces>(&reader);
        while view.step(&reader, batch.last_seq()).unwrap() {}
        assert_eq!(view.at(), Checkpoint { seq: batch.last_seq(), chain: batch.chain });
    }
}

#[test]
fn a_view_in_a_file_goes_on_from_its_checkpoint() {
    let home = tempfile::tempdir().unwrap();
    let (log, batches) = random_log(5, 40);
    let reader = log.reader();
    let mut view = Projection::<Spaces>::open(home.path(), &reader).unwrap();
    batches[..15].iter().for_each(|batch| assert!(view.take(batch).unwrap()));
    let at = view.at();
    view.close().unwrap();
    let mut view = Projection::<Spaces>::open(home.path(), &reader).unwrap();
    assert_eq!(view.at(), at);
    view.catch_up(&reader).unwrap();
    assert_eq!((view.at(), view.digest().unwrap()), rebuilt::<Spaces>(&reader));
}

#[test]
fn a_view_ahead_of_the_log_or_of_another_log_is_folded_anew() {
    let (log, _batches) = random_log(6, 40);
    let (shorter, _batches) = random_log(6, 20);
    let (other, _batches) = random_log(7, 60);
    for found in [shorter, other] {
        let home = tempfile::tempdir().unwrap();
        let mut view = Projection::<Spaces>::open(home.path(), &log.reader()).unwrap();
        view.catch_up(&log.reader()).unwrap();
        view.close().unwrap();
        let reader = found.reader();
        let mut view = Projection::<Spaces>::open(home.path(), &reader).unwrap();
        assert_eq!(view.at(), Checkpoint { seq: 0, chain: reader.genesis() });
        view.catch_up(&reader).unwrap();
        assert_eq!((view.at(), view.digest().unwrap()), rebuilt::<Spaces>(&reader));
    }
}

#[test]
fn a_file_that_is_no_view_is_folded_anew() {
    let home = tempfile::tempdir().unwrap();
    let (log, _batches) = random_log(8, 10);
    let reader = log.reader();
    let path = super::projection::path::<Spaces>(home.path());
    std::fs::write(&path, vec![7; 10_000]).unwrap();
    let mut view = Projection::<Spaces>::open(home.path(), &reader).unwrap();
    view.catch_up(&reader).unwrap();
    assert_eq!((view.at(), view.digest().unwrap()), rebuilt::<Spaces>(&reader));
}

#[test]
fn views_that_are_rebuilt_and_checked_equal_the_fold_of_the_log() {
    let home = tempfile::tempdir().unwrap();
    let (log, _batches) = random_log(9, 30);
    let reader = log.reader();
    let views = Views::open(home.path(), &reader).unwrap();
    let mut go_on = |_view: &'static str, at: u64, end: u64| at <= end;
    assert!(views.catch_up(&reader, &mut go_on).unwrap());
    views.rebuild(&["curves"], &reader, &mut go_on).unwrap();
    views.rebuild(&NAMES, &reader, &mut go_on).unwrap();
    let checks = views.check(&reader, &|| {}, &mut go_on).unwrap().unwrap();
    assert_eq!(checks.iter().map(|check| check.view).collect::<Vec<_>>(), NAMES);
    let head = log.head().seq;
    assert!(
        checks.iter().all(|check| check.difference.is_none() && check.seq == head),
        "{checks:?}"
    );
    views.close().unwrap();
    // A view that was rebuilt is found again under its name.
    let names = std::fs::read_dir(home.path()).unwrap().count();
    assert_eq!(names, NAMES.len());
    let views = Views::open(home.path(), &reader).unwrap();
    assert!(views.lags().iter().all(|lag| lag.seq == head && lag.fault.is_none()));
}
