//! Credentials side by side, and what closes one or all of them.

use super::*;
use crate::space::{Failure, RateLimit, Seen, Target, UserId};

const NOW: Moment = Moment(1_790_000_000_000);
const MINUTE: i64 = 60_000;

fn asked(endpoint: Endpoint, at: Moment) -> Asked {
    Asked {
        endpoint,
        target: Target::Creators(vec![UserId(1)]),
        sent_at: Some(at),
        observed_at: at,
        credential: "one".to_owned(),
        holding_ms: None,
        repeats: 0,
    }
}

fn failed(class: FailureClass) -> Outcome {
    Outcome::Failed(Failure {
        class,
        status: None,
        message: String::new(),
        rate: None,
        field: None,
        retry_after_ms: None,
        problem: None,
    })
}

fn seen() -> Outcome {
    Outcome::Seen(Seen::default())
}

/// Lets a request go and says what came of it, all in one moment.
fn ask(windows: &mut Windows, who: usize, endpoint: Endpoint, at: Moment, outcome: &Outcome) {
    windows.sent(who, endpoint, at);
    windows.settle(who, &asked(endpoint, at), at, outcome, None);
}

#[test]
fn a_refused_token_is_probed_at_most_once_in_ten_minutes_whatever_is_asked() {
    for class in [FailureClass::Unauthorized, FailureClass::Credits, FailureClass::UsageCap] {
        let mut windows = Windows::default();
        let mut asked_at = Vec::new();
        for second in 0..3 * 3_600 {
            let at = NOW.plus(second * 1_000);
            for endpoint in Endpoint::ALL {
                if windows.of(endpoint).next(at) <= at {
                    ask(&mut windows, 0, endpoint, at, &failed(class));
                    asked_at.push(second);
                }
            }
        }
        assert!(asked_at.len() > 15, "{class:?}: it is tried again: {asked_at:?}");
        assert!(asked_at.windows(2).all(|two| two[1] - two[0] >= 600), "{class:?}: {asked_at:?}");
    }
}

#[test]
fn a_refusal_of_one_endpoint_leaves_the_others_open() {
    let mut windows = Windows::default();
    ask(&mut windows, 0, Endpoint::Buyers, NOW, &failed(FailureClass::Forbidden));
    assert_eq!(windows.of(Endpoint::Buyers).status(NOW).reason, Some(Closed::Person));
    assert_eq!(windows.of(Endpoint::Search).next(NOW), NOW);
}

#[test]
fn an_answer_to_what_left_after_the_refusal_opens_everything_again() {
    let mut windows = Windows::default();
    windows.sent(0, Endpoint::Spaces, NOW);
    ask(&mut windows, 0, Endpoint::Search, NOW.plus(10), &failed(FailureClass::Credits));
    // The answer to a request that left before it tells nothing new.
    windows.settle(0, &asked(Endpoint::Spaces, NOW), NOW.plus(20), &seen(), None);
    assert_eq!(windows.of(Endpoint::Spaces).status(NOW.plus(20)).reason, Some(Closed::Person));
    let later = NOW.plus(10 * MINUTE + 10);
    ask(&mut windows, 0, Endpoint::Spaces, later, &seen());
    let all = Endpoint::ALL.map(|endpoint| windows.of(endpoint).status(later).reason);
    assert_eq!(all, [None; Endpoint::ALL.len()]);
}

#[test]
fn a_block_shuts_every_credential_of_the_address_and_no_other() {
    let mut windows = Windows::new(&[0, 0, 1], 1);
    ask(&mut windows, 0, Endpoint::Search, NOW, &failed(FailureClass::Blocked));
    let reasons: Vec<_> = windows.of(Endpoint::Spaces).each(NOW).map(|it| it.reason).collect();
    assert_eq!(reasons, [Some(Closed::Blocked), Some(Closed::Blocked), None]);
    assert_eq!(windows.first(Endpoint::Spaces, NOW, false), 2);
    // Found shut again and again, it is tried ever more seldom, by one request for all.
    let mut at = NOW;
    let mut waits = Vec::new();
    for _ in 0..5 {
        let next = [0, 1].map(|who| windows.each[who].next(Endpoint::Spaces, at));
        assert_eq!(next[0], next[1]);
        waits.push(next[0].since(at) / MINUTE);
        at = next[0];
        ask(&mut windows, 1, Endpoint::Spaces, at, &failed(FailureClass::Blocked));
    }
    assert_eq!(waits, [10, 20, 40, 60, 60]);
}

#[test]
fn several_credentials_ask_as_often_as_each_alone_would_added_up() {
    let rate = |remaining| {
        let reset = NOW.plus(900_000);
        Outcome::Seen(Seen {
            rate: Some(RateLimit { limit: 300, remaining, reset }),
            ..Seen::default()
        })
    };
    let mut windows = Windows::new(&[0, 1], 1);
    for who in [0, 1] {
        ask(&mut windows, who, Endpoint::Spaces, NOW, &rate(299));
    }
    let mut asked = [0_u32; 2];
    for second in 1..900 {
        let at = NOW.plus(second * 1_000);
        // More than one may be due in a second.
        for _ in 0..2 {
            if windows.of(Endpoint::Spaces).next(at) <= at {
                let who = windows.first(Endpoint::Spaces, at, false);
                asked[who] += 1;
                ask(&mut windows, who, Endpoint::Spaces, at, &seen());
            }
        }
    }
    assert!(asked.iter().all(|count| (250..=270).contains(count)), "{asked:?}");
    let alone = Windows::default().of(Endpoint::Search).spacing_ms(NOW);
    let both = Windows::new(&[0, 1], 1).of(Endpoint::Search).spacing_ms(NOW);
    assert_eq!(both, alone / 2);
}

#[test]
fn creators_are_looked_at_at_most_once_a_second_with_each_credential() {
    let mut windows = Windows::new(&[0, 1], 1);
    let mut left = [Vec::new(), Vec::new()];
    for step in 0..600 {
        let at = NOW.plus(step * 50);
        // Out of the reserve, as fast as ever it may be.
        while windows.of(Endpoint::CreatorIds).next_urgent(at) <= at {
            let who = windows.first(Endpoint::CreatorIds, at, true);
            ask(&mut windows, who, Endpoint::CreatorIds, at, &seen());
            left[who].push(at);
        }
    }
    for at in left {
        assert!(at.len() > 5);
        assert!(at.windows(2).all(|two| two[1].since(two[0]) >= 1_000), "{at:?}");
    }
}

#[test]
fn a_clock_that_was_set_moves_the_wait_along() {
    let mut windows = Windows::default();
    ask(&mut windows, 0, Endpoint::Search, NOW, &failed(FailureClass::Unauthorized));
    windows.clock_stepped(-3_600_000);
    let now = NOW.plus(-3_600_000);
    assert_eq!(windows.of(Endpoint::Spaces).next(now), now.plus(10 * MINUTE));
}

#[test]
fn two_that_failed_together_do_not_come_back_together() {
    let mut windows = Windows::new(&[0, 1], 3);
    for _ in 0..6 {
        for who in [0, 1] {
            ask(&mut windows, who, Endpoint::Search, NOW, &failed(FailureClass::Server));
        }
    }
    let until: Vec<_> =
        windows.of(Endpoint::Search).each(NOW).map(|it| it.closed_until.unwrap()).collect();
    assert_ne!(until[0], until[1]);
    assert!(until.iter().all(|it| (32_000..=48_000).contains(&it.since(NOW))), "{until:?}");
}
