//! What ends a Space, and what does not.

use super::*;

const GONE: Option<&str> = Some(Missing::NOT_FOUND);

/// A desk that has seen the Space in this state.
fn after(state: &str) -> Desks {
    let mut desks = Desks::default();
    desks.look_up(0, seen(vec![observed(state)]));
    desks
}

#[test]
fn not_found_ends_a_live_space_and_says_that_it_was_inferred() {
    let mut desks = after("live");
    let batch = desks.look_up(3, not_found(GONE));
    assert_eq!(kinds(&batch), ["PollSucceeded", "SpaceMissing"]);
    assert_eq!(desks.state(), Some("ended"));
    assert!(desks.known.spaces[&id()].inferred && !desks.known.spaces[&id()].is_open());
    assert!(batch.notices[0].inferred);
}

#[test]
fn not_found_cancels_a_scheduled_space() {
    let mut desks = after("scheduled");
    let batch = desks.look_up(3, not_found(GONE));
    assert_eq!((desks.state(), told(&batch)), (Some(SpaceKnown::CANCELED), vec![]));
    assert!(desks.known.spaces[&id()].inferred && !desks.known.spaces[&id()].is_open());
}

#[test]
fn not_found_leaves_an_ended_space_as_x_reported_it() {
    let mut desks = after("ended");
    let before = desks.known.spaces[&id()].clone();
    let batch = desks.look_up(3, not_found(GONE));
    assert_eq!(kinds(&batch), ["PollSucceeded", "SpaceMissing"]);
    assert_eq!(desks.known.spaces[&id()], before);
}

#[test]
fn not_found_of_a_space_never_seen_says_no_more_than_that() {
    let mut desks = Desks::default();
    desks.look_up(0, not_found(GONE));
    assert_eq!(desks.state(), Some(SpaceKnown::NOT_FOUND));
    let known = &desks.known.spaces[&id()];
    assert_eq!((known.first_seen, known.is_open()), (None, false));
    let found =
        desks.tell(&answered(Endpoint::Spaces, 3, seen(vec![observed("live")])), Source::Live);
    assert_eq!((desks.state(), found.new_spaces), (Some("live"), 1), "then it appears");
}

#[test]
fn absence_without_xs_reason_ends_nothing() {
    for reason in [None, Some("not-authorized-for-resource"), Some("resource-unavailable")] {
        let mut desks = after("live");
        let batch = desks.look_up(3, not_found(reason));
        assert_eq!(kinds(&batch), ["PollSucceeded", "SpaceMissing"]);
        assert_eq!((desks.state(), told(&batch)), (Some("live"), vec![]), "{reason:?}");
    }
}

#[test]
fn absence_from_a_search_or_a_failure_ends_nothing() {
    let mut desks = after("live");
    let empty = desks.search(3, seen(Vec::new()));
    assert_eq!(kinds(&empty), ["PollSucceeded"]);
    for class in FailureClass::ALL {
        let batch = desks.tell(&failed(Endpoint::Spaces, 6, class), Source::Live).batch;
        assert_eq!((kinds(&batch), told(&batch)), (vec!["PollFailed"], vec![]));
    }
    assert_eq!(desks.state(), Some("live"));
}

#[test]
fn a_space_that_is_seen_again_is_open_again() {
    let mut desks = after("live");
    desks.look_up(3, not_found(GONE));
    desks.search(6, seen(vec![observed("live")]));
    assert_eq!(desks.state(), Some("live"), "an end that we inferred was a guess");
    let mut desks = after("scheduled");
    desks.look_up(3, not_found(GONE));
    desks.look_up(6, seen(vec![observed("scheduled")]));
    assert!(desks.known.spaces[&id()].is_open() && !desks.known.spaces[&id()].inferred);
}

#[test]
fn a_search_that_lags_does_not_reopen_an_end_that_x_reported() {
    for lagging in [Endpoint::Search, Endpoint::CreatorIds] {
        let mut desks = after("live");
        desks.look_up(3, seen(vec![observed("ended")]));
        let answer = answered(lagging, 6, seen(vec![observed("live")]));
        let batch = desks.tell(&answer, Source::Live).batch;
        assert_eq!(desks.state(), Some("ended"));
        assert_eq!(kinds(&batch).last(), Some(&"SpaceObserved"), "what X said is logged");
        assert_eq!(told(&batch), []);
    }
    let mut desks = after("ended");
    desks.look_up(3, seen(vec![observed("live")]));
    assert_eq!(desks.state(), Some("live"), "a look-up does not lag");
}

#[test]
fn an_answer_without_a_state_keeps_the_one_known() {
    let mut desks = after("live");
    desks.look_up(3, seen(vec![Observation { state: None, ..observed("live") }]));
    assert_eq!(desks.state(), Some("live"));
}

#[test]
fn a_state_that_nobody_documented_is_kept_and_leaves_the_space_open() {
    let desks = after("TimedOut");
    assert_eq!(desks.state(), Some("TimedOut"));
    assert!(desks.known.spaces[&id()].is_open());
}
