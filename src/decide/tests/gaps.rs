//! When failures amount to a gap.

use super::*;
use crate::space::WatchItem;

fn gaps(batch: &NewBatch) -> Vec<(Moment, Moment, GapCause)> {
    batch
        .events
        .iter()
        .filter_map(|event| match event {
            Event::Gap(it) => {
                assert_eq!((it.space, it.endpoint), (None, Some(Endpoint::Spaces)));
                Some((it.from, it.to, it.cause))
            }
            _ => None,
        })
        .collect()
}

/// Answers at 0 s, fails like this from 57 s to 66 s, and is answered again `at`.
fn answered_again(class: FailureClass, at: i64) -> Vec<(Moment, Moment, GapCause)> {
    let mut desks = Desks::default();
    desks.look_up(0, seen(Vec::new()));
    (3..57).step_by(3).for_each(|at| assert_eq!(gaps(&desks.look_up(at, seen(vec![]))), []));
    for at in (57..=66).step_by(3) {
        desks.tell(&failed(Endpoint::Spaces, at, class), Source::Live);
    }
    let found = gaps(&desks.look_up(at, seen(Vec::new())));
    assert_eq!(gaps(&desks.look_up(at + 3, seen(Vec::new()))), [], "a gap is told once");
    found
}

#[test]
fn failures_for_longer_than_a_count_may_be_held_are_a_gap_from_the_first_on() {
    let found = answered_again(FailureClass::Server, 90);
    assert_eq!(found, [(seconds(57), seconds(90), GapCause::Failing)]);
}

#[test]
fn failures_that_a_held_count_bridges_are_no_gap() {
    assert_eq!(answered_again(FailureClass::Server, 77), []);
}

#[test]
fn a_gap_says_why() {
    for (class, cause) in [
        (FailureClass::RateLimited, GapCause::RateLimited),
        (FailureClass::Timeout, GapCause::Failing),
        (FailureClass::Network, GapCause::Failing),
        (FailureClass::BadBody, GapCause::Failing),
        (FailureClass::Unauthorized, GapCause::Refused),
        (FailureClass::Credits, GapCause::Refused),
        (FailureClass::UsageCap, GapCause::Refused),
    ] {
        assert_eq!(answered_again(class, 300)[0].2, cause, "{class:?}");
    }
}

#[test]
fn an_endpoint_that_fails_leaves_the_others_without_a_gap() {
    let mut desks = Desks::default();
    desks.search(0, seen(Vec::new()));
    desks.tell(&failed(Endpoint::Search, 3, FailureClass::Server), Source::Live);
    assert_eq!(gaps(&desks.look_up(300, seen(Vec::new()))), []);
}

#[test]
fn a_monitor_that_starts_long_after_the_last_write_begins_with_a_gap() {
    let watch = [
        WatchItem::Query("climate".to_owned()),
        WatchItem::Username("nasa".to_owned()),
        WatchItem::User(UserId(7)),
        WatchItem::Space(id()),
    ];
    let salts_needed = watch_salts_needed(watch.iter());
    let batch = |before| {
        let salts = vec![[1; 16]; salts_needed];
        started(MonitorId(1), None, &watch, before, seconds(100), salts)
    };
    let watched = ["WatchChanged"; 4];
    let expected = [["MonitorStarted", "Gap"].as_slice(), &watched].concat();
    assert_eq!(kinds(&batch(Some(seconds(40)))), expected);
    let expected = [["MonitorStarted"].as_slice(), &watched].concat();
    assert_eq!(kinds(&batch(None)), expected);
    assert_eq!(kinds(&batch(Some(seconds(100).plus(-10)))), expected, "at once is no gap");
    assert_eq!(batch(None).texts.len(), salts_needed);
}
