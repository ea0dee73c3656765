//! What a check says of a view that is not the fold of the log.

use super::*;
use crate::event::{Event, Gap, GapCause, NewBatch};
use crate::store::{Commit, Store, StoreError};

const CACHE: usize = 1 << 20;

/// Folds a log into views in a folder, and closes them.
fn folded(home: &std::path::Path, reader: &Reader) {
    let views = Views::open(home, reader).unwrap();
    assert!(views.catch_up(reader, &mut |_, _, _| true).unwrap());
    views.close().unwrap();
}

/// Alters the rows in the closed file of a view; returns the keys it held.
fn alter<V: View>(
    home: &std::path::Path,
    change: impl Fn(&[Vec<u8>], &mut crate::store::WritingTable) -> Result<(), StoreError>,
) -> Vec<Vec<u8>> {
    let store = Store::open(&crate::projector::projection::path::<V>(home), CACHE).unwrap();
    let mut keys = Vec::new();
    let read = store.read(|read| {
        read.table("rows")?.scan(&[], None, |key, _value| {
            keys.push(key.to_vec());
            Ok::<_, StoreError>(true)
        })
    });
    read.unwrap();
    store.write(Commit::Append, |writing| change(&keys, &mut writing.table("rows")?)).unwrap();
    store.close().unwrap();
    keys
}

/// Returns what a check says of the views of this folder.
fn differences(home: &std::path::Path, reader: &Reader) -> Vec<(&'static str, Option<String>)> {
    let views = Views::open(home, reader).unwrap();
    let checks = views.check(reader, &|| {}, &mut |_, _, _| true).unwrap().unwrap();
    views.close().unwrap();
    let files = std::fs::read_dir(home).unwrap().count();
    assert_eq!(files, NAMES.len(), "the fresh folds are gone");
    checks.into_iter().map(|check| (check.view, check.difference)).collect()
}

#[test]
fn a_row_that_is_missing_extra_or_another_is_named() {
    let (log, _batches) = random_log(31, 40);
    let reader = log.reader();
    let home = tempfile::tempdir().unwrap();
    folded(home.path(), &reader);
    let digest = fresh_digest(&reader);
    let keys = alter::<Spaces>(home.path(), |keys, rows| rows.remove(&keys[2]));
    alter::<Polls>(home.path(), |_keys, rows| rows.put(b"zzz", b"what?"));
    let words = crate::view::row_words("hosts", &{
        let mut named = Vec::new();
        let keys = alter::<People>(home.path(), |keys, rows| rows.put(&keys[1], b"other"));
        named.extend_from_slice(&keys[1]);
        named
    });
    alter::<Keywords>(home.path(), |keys, rows| rows.remove(&keys[keys.len() - 1]));
    let found = differences(home.path(), &reader);
    let said = |place: usize| found[place].1.clone().unwrap();
    let space = crate::view::row_words("spaces", &keys[2]);
    assert!(space.starts_with("Space "), "{space}");
    assert_eq!(said(0), format!("differs first at {space}: the row is missing from the view"));
    assert_eq!(found[1], ("curves", None));
    assert_eq!(said(2), format!("differs first at {words}: the row is another"));
    assert!(said(3).contains("the words of Space") && said(3).contains("missing"), "{}", said(3));
    assert!(said(4).contains("7a7a7a") && said(4).contains("not in the fold"), "{}", said(4));
    assert_eq!(fresh_digest(&reader), digest);
}

#[test]
fn a_row_far_beyond_those_that_are_read_together_is_compared_too() {
    let mut log = Log::in_memory();
    for second in 0..1_300 {
        let gap = Gap {
            space: None,
            endpoint: None,
            from: Moment(second * 1_000),
            to: Moment(second * 1_000 + 500),
            cause: GapCause::Storage,
        };
        let events = vec![Event::Gap(gap)];
        let batch = NewBatch { observed_at: Moment(second), events, ..NewBatch::default() };
        log.append(&batch, Moment(second)).unwrap();
    }
    let reader = log.reader();
    let home = tempfile::tempdir().unwrap();
    folded(home.path(), &reader);
    let views = Views::open(home.path(), &reader).unwrap();
    let checks = views.check(&reader, &|| {}, &mut |_, _, _| true).unwrap().unwrap();
    assert_eq!((checks[4].rows, &checks[4].difference), (1_300, &None));
    views.close().unwrap();
    alter::<Polls>(home.path(), |keys, rows| rows.remove(&keys[1_299]));
    let said = differences(home.path(), &reader)[4].1.clone().unwrap();
    assert!(said.contains("the row is missing from the view"), "{said}");
}

fn fresh_digest(reader: &Reader) -> (u64, [u8; 32]) {
    let mut view = fresh::<Curves>(reader);
    view.catch_up(reader).unwrap();
    view.digest().unwrap()
}

#[test]
fn a_checks_digest_is_that_of_the_view() {
    let (log, _batches) = random_log(32, 300);
    let reader = log.reader();
    let home = tempfile::tempdir().unwrap();
    folded(home.path(), &reader);
    let views = Views::open(home.path(), &reader).unwrap();
    let checks = views.check(&reader, &|| {}, &mut |_, _, _| true).unwrap().unwrap();
    let (rows, digest) = fresh_digest(&reader);
    assert_eq!((checks[1].rows, checks[1].digest), (rows, Some(digest)));
}

#[test]
fn every_row_of_every_view_has_a_name() {
    let (log, _batches) = random_log(33, 120);
    let home = tempfile::tempdir().unwrap();
    folded(home.path(), &log.reader());
    let none = |_keys: &[Vec<u8>], _rows: &mut crate::store::WritingTable| Ok(());
    let all = [
        ("spaces", alter::<Spaces>(home.path(), none)),
        ("curves", alter::<Curves>(home.path(), none)),
        ("hosts", alter::<People>(home.path(), none)),
        ("keywords", alter::<Keywords>(home.path(), none)),
        ("polls", alter::<Polls>(home.path(), none)),
    ];
    for (view, keys) in all {
        assert!(!keys.is_empty());
        for key in keys {
            let words = crate::view::row_words(view, &key);
            assert!(!words.contains("under the key"), "{view}: {words}");
        }
    }
}

#[test]
fn a_check_that_is_broken_off_leaves_nothing_and_leftovers_are_swept_at_the_next_start() {
    let (log, _batches) = random_log(34, 400);
    let reader = log.reader();
    let home = tempfile::tempdir().unwrap();
    folded(home.path(), &reader);
    let views = Views::open(home.path(), &reader).unwrap();
    assert_eq!(views.check(&reader, &|| {}, &mut |_, _, _| false).unwrap(), None);
    views.close().unwrap();
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), NAMES.len());
    for name in ["spaces-1.redb.checking", "polls-1.redb.building", "curves-1.redb.checking.new-3"]
    {
        std::fs::write(home.path().join(name), "left").unwrap();
    }
    Views::open(home.path(), &reader).unwrap().close().unwrap();
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), NAMES.len());
}

/// What a command that forgets does to a log and its views, in steps that a check comes between.
fn described() -> (Log, crate::event::Subject) {
    let (log, batches) = random_log(36, 400);
    let described = batches.iter().rev().flat_map(|batch| &batch.events).find_map(|it| match it {
        Event::SpaceDescribed(it) if it.text.is_some() => Some(it.space),
        _ => None,
    });
    (log, crate::event::Subject::Space(described.unwrap()))
}

#[test]
fn a_check_beside_a_forgetting_reports_no_difference_that_is_none() {
    let (mut log, subject) = described();
    let reader = log.reader();
    let home = tempfile::tempdir().unwrap();
    folded(home.path(), &reader);
    let views = Views::open(home.path(), &reader).unwrap();
    let mut steps = 0;
    let checks = views.check(&reader, &|| {}, &mut |view, at, end| {
        steps += 1;
        match steps {
            1 => drop(log.forget(subject, "asked", Moment(0)).unwrap()),
            // The check found what it found, and waits.
            _ if at == end && view == "spaces" && !log.unfinished().unwrap().is_empty() => {
                views.renew(&reader, &mut |_, _, _| true).unwrap();
                log.finish_forgetting(&[subject]).unwrap();
            }
            _ => {}
        }
        true
    });
    let differences: Vec<_> =
        checks.unwrap().unwrap().into_iter().map(|it| (it.view, it.difference)).collect();
    assert!(differences.iter().all(|(_, difference)| difference.is_none()), "{differences:?}");
    assert!(log.unfinished().unwrap().is_empty(), "it was waited for");
}

#[test]
fn a_difference_that_was_there_before_anything_was_forgotten_is_reported() {
    let (mut log, subject) = described();
    let reader = log.reader();
    let home = tempfile::tempdir().unwrap();
    folded(home.path(), &reader);
    log.forget(subject, "asked", Moment(0)).unwrap();
    log.finish_forgetting(&[subject]).unwrap();
    let found = differences(home.path(), &reader);
    assert!(found[0].1.is_some(), "the view holds what was forgotten");
}

#[test]
fn a_rebuild_that_is_broken_off_leaves_nothing_beside_the_views_that_stay() {
    let (log, _batches) = random_log(37, 400);
    let reader = log.reader();
    let home = tempfile::tempdir().unwrap();
    folded(home.path(), &reader);
    let views = Views::open(home.path(), &reader).unwrap();
    views.rebuild(&NAMES, &reader, &mut |_, _, _| false).unwrap_err();
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), NAMES.len());
    views.rebuild(&NAMES, &reader, &mut |_, _, _| true).unwrap();
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), NAMES.len());
    views.close().unwrap();
}
