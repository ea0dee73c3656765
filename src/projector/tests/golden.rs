//! A fold that gives something else under the same version is caught: the golden log, folded by
//! every view, against the digests that were committed.
//!
//! A view's file is used again as long as its fingerprint is the same. So rows may change only with
//! it: whoever changes what a fold gives raises the view's `VERSION`, and then accepts the digests
//! with `INSTA_UPDATE=always cargo test --lib golden`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;

use super::*;
use crate::event::Event;
use crate::view::fingerprint;

use super::golden_log::{BATCHES, golden_log};

const SNAPSHOTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots");

/// A view that holds fewer rows than this was hardly tried.
const ROWS_MIN: u64 = 30;

/// What the views make of the golden log, a line each, under the log itself.
struct Digests {
    /// Of the log: its last seq and chain hash.
    log: String,
    /// Of each view, under its fingerprint: version, rows and digest.
    views: BTreeMap<String, (String, String)>,
}

fn line<V: View>(reader: &Reader, text: &mut String) {
    let (_, (rows, digest)) = rebuilt::<V>(reader);
    assert!(rows >= ROWS_MIN, "the golden log gives view {} only {rows} rows", V::NAME);
    let (name, version, print) = (V::NAME, V::VERSION, fingerprint::<V>());
    let digest = blake3::Hash::from_bytes(digest).to_hex();
    writeln!(text, "{name} version {version} fingerprint {print} = {rows} rows {digest}").unwrap();
}

fn folded(log: &Log) -> String {
    let reader = log.reader();
    let chain = blake3::Hash::from_bytes(log.head().chain).to_hex();
    let mut text = format!("log = {} events {chain}\n", log.head().seq);
    line::<Spaces>(&reader, &mut text);
    line::<Curves>(&reader, &mut text);
    line::<People>(&reader, &mut text);
    line::<Keywords>(&reader, &mut text);
    line::<Polls>(&reader, &mut text);
    text
}

fn read(text: &str) -> Digests {
    let mut digests = Digests { log: String::new(), views: BTreeMap::new() };
    for (what, digest) in text.lines().filter_map(|line| line.split_once(" = ")) {
        if let Some((name, print)) = what.split_once(" fingerprint ") {
            digests.views.insert(print.to_owned(), (name.to_owned(), digest.to_owned()));
        } else {
            digest.clone_into(&mut digests.log);
        }
    }
    digests
}

/// Returns what is wrong with digests that differ from those that were committed: those of one log,
/// under one fingerprint, are the same for ever.
fn verdict(committed: &str, now: &str) -> Result<(), String> {
    let (committed, now) = (read(committed), read(now));
    if committed.log != now.log {
        // Another log has other digests: change it for itself, with the folds as they were.
        return Ok(());
    }
    for (print, (view, digest)) in &now.views {
        if let Some((_, before)) = committed.views.get(print).filter(|(_, it)| it != digest) {
            let name = view.split(' ').next().unwrap();
            return Err(format!(
                "the fold of view `{name}` gives something else, and its version is the same \
                 ({view}): files of it that are already there would be used as they are.\n\
                 If you meant it, raise VERSION beside NAME `{name}` in src/view, and accept the \
                 digests with\n\n    INSTA_UPDATE=always cargo test --lib golden\n\n\
                 before: {before}\nnow:    {digest}"
            ));
        }
    }
    Ok(())
}

#[test]
fn a_fold_that_gives_something_else_on_the_golden_log_has_another_version() {
    let (log, _) = golden_log();
    let now = folded(&log);
    if let Ok(committed) = fs::read_to_string(format!("{SNAPSHOTS}/golden_folds.snap")) {
        verdict(&committed, &now).unwrap_or_else(|advice| panic!("{advice}"));
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(SNAPSHOTS);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_description(
        "accept with `INSTA_UPDATE=always cargo test --lib golden`; a digest changes only with the \
         VERSION of its view, or with the golden log",
    );
    settings.bind(|| insta::assert_snapshot!("golden_folds", now));
}

#[test]
fn a_digest_that_changes_without_the_version_is_told_from_one_that_changes_with_it() {
    let committed = "log = 9 events aa\ncurves version 1 fingerprint 01 = 40 rows bb\n";
    assert_eq!(verdict(committed, committed), Ok(()));
    let advice = verdict(committed, &committed.replace("bb", "cc")).unwrap_err();
    for needle in ["`curves`", "version 1", "raise VERSION", "INSTA_UPDATE=always", "bb"] {
        assert!(advice.contains(needle), "no {needle} in: {advice}");
    }
    assert!(verdict(committed, &committed.replace("40", "41")).is_err(), "rows count too");
    let raised = "log = 9 events aa\ncurves version 2 fingerprint 02 = 40 rows cc\n";
    assert_eq!(verdict(committed, raised), Ok(()));
    let another_log = "log = 9 events dd\ncurves version 1 fingerprint 01 = 40 rows cc\n";
    assert_eq!(verdict(committed, another_log), Ok(()));
}

#[test]
fn the_golden_log_holds_every_kind_of_event_and_of_course() {
    let (log, batches) = golden_log();
    assert_eq!(batches.len() as u64, BATCHES);
    let events = || batches.iter().flat_map(|batch| &batch.events);
    let kinds: BTreeSet<&str> = events().map(Event::kind).collect();
    assert_eq!(kinds, BTreeSet::from(Event::KINDS));
    let backwards = batches.windows(2).filter(|pair| pair[1].observed_at < pair[0].observed_at);
    assert!(backwards.count() > 10, "hardly anything came out of order");
    let mut view = fresh::<Spaces>(&log.reader());
    view.catch_up(&log.reader()).unwrap();
    let mut rows = Vec::new();
    let taken = view.ask(|spaces, disk| {
        spaces.each(disk, |_id, row| {
            rows.push(row.clone());
            Ok(true)
        })
    });
    taken.unwrap();
    let gaps = view.ask(|spaces, disk| spaces.gaps(disk, None)).unwrap();
    assert!(gaps.len() > 10, "{} gaps", gaps.len());
    let some = |what: &str, is: &dyn Fn(&crate::view::SpaceRow) -> bool| {
        assert!(rows.iter().any(is), "no Space {what}");
    };
    let state =
        |word: &'static str| move |row: &crate::view::SpaceRow| row.state.as_deref() == Some(word);
    some("on air", &|row| row.is_live());
    some("that ended", &|row| state("ended")(row) && !row.inferred && row.ended_at.is_some());
    some("whose end was inferred", &|row| row.end_inferred() && row.ended_between.is_some());
    some("that was canceled", &state("canceled"));
    some("in a state unknown to us", &state("TimedOut"));
    some("of which no count was ever seen", &|row| {
        row.observations > 9 && row.participants().is_none()
    });
    some("seen out of order", &|row| row.audience.disordered);
    some("with many speakers", &|row| row.speakers.as_ref().is_some_and(|all| all.len() > 5));
    some("without a title", &|row| row.title.is_none());
}
