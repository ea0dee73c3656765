//! What an answer costs, at least and at most.

use super::*;
use crate::event::Cost;

const DAY: i64 = 86_400;

fn cost(batch: &NewBatch) -> Cost {
    match &batch.events[0] {
        Event::PollSucceeded(poll) => poll.cost,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_resource_costs_once_a_utc_day_and_users_only_at_most() {
    let mut desks = Desks::default();
    let answer = || with_host(vec![observed("live")]);
    let first = cost(&desks.look_up(DAY - 10, answer()));
    let expected =
        Cost { spaces: 1, users: 1, posts: 0, least_micro_usd: 5_000, most_micro_usd: 15_000 };
    assert_eq!(first, expected);
    assert_eq!(cost(&desks.look_up(DAY - 1, answer())), Cost::default());
    assert_eq!(cost(&desks.look_up(DAY, answer())), expected, "after midnight UTC");
    assert_eq!(cost(&desks.search(DAY + 1, answer())), Cost::default(), "whoever asks");
}

#[test]
fn users_asked_for_by_name_cost_for_certain() {
    let mut desks = Desks::default();
    let answer = answered(Endpoint::UsersBy, 0, with_host(Vec::new()));
    let found = cost(&desks.tell(&answer, Source::Live).batch);
    assert_eq!((found.least_micro_usd, found.most_micro_usd), (10_000, 10_000));
}

#[test]
fn a_space_twice_in_one_answer_costs_once() {
    let mut desks = Desks::default();
    assert_eq!(cost(&desks.look_up(0, seen(vec![observed("live"); 2]))).spaces, 1);
}

#[test]
fn a_space_that_is_missing_costs_nothing() {
    let mut desks = Desks::default();
    let batch = desks.look_up(0, not_found(Some(Missing::NOT_FOUND)));
    assert_eq!(cost(&batch), Cost::default());
}

#[test]
fn an_unchanged_space_is_remembered_as_billed_on_a_new_day() {
    let mut desks = Desks::default();
    desks.look_up(0, seen(vec![observed("live")]));
    let batch = desks.look_up(DAY, seen(vec![observed("live")]));
    assert_eq!(batch.known.spaces[&id()].billed_day, Some(1));
    assert_eq!(cost(&desks.look_up(DAY + 1, seen(vec![observed("live")]))), Cost::default());
}
