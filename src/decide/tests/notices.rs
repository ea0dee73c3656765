//! What people are told: each thing once, and nothing that goes back.

use super::*;
use NoticeKind::{Ended, Live, Scheduled};

#[test]
fn each_state_of_a_space_is_told_once() {
    let mut desks = Desks::default();
    let states = ["scheduled", "scheduled", "live", "live", "ended", "ended"];
    let notices: Vec<_> = (0..)
        .zip(states)
        .flat_map(|(at, state)| told(&desks.look_up(at, seen(vec![observed(state)]))))
        .collect();
    assert_eq!(notices, [Scheduled, Live, Ended]);
}

#[test]
fn a_late_answer_that_goes_back_is_no_news() {
    let mut desks = Desks::default();
    desks.look_up(0, seen(vec![observed("live")]));
    assert_eq!(told(&desks.search(3, seen(vec![observed("scheduled")]))), []);
    desks.look_up(6, seen(vec![observed("ended")]));
    assert_eq!(told(&desks.look_up(9, seen(vec![observed("live")]))), []);
    assert_eq!(told(&desks.look_up(12, not_found(Some(Missing::NOT_FOUND)))), []);
}

#[test]
fn a_notice_says_what_the_answer_says() {
    let mut desks = Desks::default();
    let batch = desks.look_up(0, with_host(vec![observed("live")]));
    let [notice] = batch.notices.as_slice() else { panic!("{:?}", batch.notices) };
    assert_eq!(notice.title.as_deref(), Some("Climate, live"));
    assert_eq!((notice.host.as_deref(), notice.followers), (Some("nasa"), Some(1_000)));
    assert_eq!((notice.participants, notice.inferred), (Some(12), false));
    // X left the host out of `includes` this time; the log knows how many followed them.
    let later = desks.look_up(3, seen(vec![observed("ended")]));
    assert_eq!((later.notices[0].host.as_deref(), later.notices[0].followers), (None, Some(1_000)));
}

#[test]
fn an_unknown_state_is_told_to_nobody() {
    let mut desks = Desks::default();
    assert_eq!(told(&desks.look_up(0, seen(vec![observed("TimedOut")]))), []);
    assert_eq!(told(&desks.look_up(3, seen(vec![observed("live")]))), [Live]);
}

#[test]
fn what_an_import_brought_is_told_when_it_is_first_seen_live_by_the_monitor() {
    let mut desks = Desks::default();
    let id = PollId([1; 16]);
    let answer = answered(Endpoint::Spaces, 0, seen(vec![observed("live")]));
    desks.tell(&answer, Source::Imported(id));
    assert_eq!(told(&desks.look_up(3, seen(vec![observed("live")]))), [Live]);
}
