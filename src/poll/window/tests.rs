//! Windows, and what they are told.

mod servers;

use super::*;
use crate::space::{Failure, Seen};

const T0: Moment = Moment(1_795_459_350_000);

#[expect(clippy::unnecessary_wraps, reason = "as a window takes it")]
fn rate(limit: u64, remaining: u64, reset: Moment) -> Option<RateLimit> {
    Some(RateLimit { limit, remaining, reset })
}

fn after(now: Moment, seconds: i64) -> Moment {
    now.plus(seconds * 1000)
}

#[test]
fn the_first_request_goes_at_once_and_the_next_as_if_300_were_allowed() {
    let mut window = Window::default();
    assert_eq!(window.next(T0), T0);
    window.sent(T0);
    assert_eq!(window.next(T0), after(T0, 3));
    assert_eq!(window.next(after(T0, 10)), after(T0, 10));
}

#[test]
fn the_budget_is_spread_over_what_is_left_of_the_window() {
    let mut window = Window::default();
    window.sent(T0);
    window.observe(T0, rate(300, 130, after(T0, 504)));
    // 100 of 130 are usable, for 505 s with the margin.
    assert_eq!(window.next(T0), after(T0, 5));
    let status = window.status(T0);
    assert_eq!((status.limit, status.remaining), (Some(300), Some(130)));
    assert_eq!((status.reset, status.closed_until), (Some(after(T0, 504)), None));
}

#[test]
fn requests_are_never_closer_than_a_second() {
    let mut window = Window::default();
    window.sent(T0);
    window.observe(T0, rate(100_000, 99_999, after(T0, 900)));
    assert_eq!(window.next(T0), after(T0, 1));
    assert_eq!(window.next_urgent(T0), after(T0, 1));
}

#[test]
fn planned_requests_leave_a_tenth_and_urgent_ones_a_twentieth() {
    let mut window = Window::default();
    window.sent(T0);
    window.observe(T0, rate(300, 30, after(T0, 100)));
    assert_eq!(window.next(T0), after(T0, 101));
    assert_eq!(window.next_urgent(T0), after(T0, 1));
    assert_eq!(window.status(T0).reason, Some(Closed::Spent));
    window.sent(after(T0, 1));
    window.observe(after(T0, 1), rate(300, 15, after(T0, 100)));
    assert_eq!(window.next_urgent(after(T0, 1)), after(T0, 101));
}

#[test]
fn requests_on_their_way_count_before_x_has_counted_them() {
    let mut window = Window::default();
    window.sent(T0);
    window.observe(T0, rate(300, 32, after(T0, 300)));
    window.sent(after(T0, 1));
    window.sent(after(T0, 2));
    assert_eq!(window.next(after(T0, 3)), after(T0, 301));
    // The answer to the first knows nothing of the second.
    window.observe(after(T0, 3), rate(300, 31, after(T0, 300)));
    assert_eq!(window.status(after(T0, 3)).remaining, Some(30));
}

#[test]
fn a_429_closes_until_its_reset() {
    let mut window = Window::default();
    window.sent(T0);
    window.rate_limited(T0, rate(300, 0, after(T0, 400)), None);
    assert_eq!(window.next(T0), after(T0, 401));
    assert_eq!(window.next_urgent(T0), after(T0, 401));
    // An answer to a request that left earlier does not open it again.
    window.observe(after(T0, 1), None);
    assert_eq!(window.next(after(T0, 1)), after(T0, 401));
    assert_eq!(window.status(T0).reason, Some(Closed::RateLimited));
}

#[test]
fn a_429_without_a_believable_reset_waits_from_15_s_to_15_min() {
    for absurd in [None, rate(300, 0, after(T0, -4000)), rate(0, 0, Moment(i64::MAX))] {
        let mut window = Window::default();
        let mut now = T0;
        let mut waits = Vec::new();
        for _ in 0..8 {
            window.sent(now);
            window.rate_limited(now, absurd, None);
            waits.push(window.next(now).since(now) / 1000);
            now = window.next(now);
        }
        assert_eq!(waits, [15, 30, 60, 120, 240, 480, 900, 900]);
        window.observe(now, None);
        window.rate_limited(now, absurd, None);
        assert_eq!(window.next(now), after(now, 15));
    }
}

#[test]
fn a_429_that_names_its_time_is_left_alone_that_long_but_not_for_a_day() {
    let mut window = Window::default();
    window.sent(T0);
    window.rate_limited(T0, None, Some(Duration::from_secs(77)));
    assert_eq!(window.next(T0), after(T0, 77));
    window.rate_limited(T0, rate(300, 0, after(T0, 80_000)), None);
    assert_eq!(window.next(T0), after(T0, 3600));
}

#[test]
fn failures_wait_from_1_s_to_60_s_until_an_answer() {
    let mut window = Window::default();
    let mut now = T0;
    let mut waits = Vec::new();
    for _ in 0..8 {
        window.sent(now);
        window.failed(now);
        waits.push(window.next_urgent(now).since(now) / 1000);
        now = window.next_urgent(now);
    }
    assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60]);
    window.sent(now);
    window.observe(now, None);
    assert_eq!(window.next(now), after(now, 3));
}

#[test]
fn what_needs_a_person_is_tried_again_after_ten_minutes() {
    let mut window = Window::default();
    window.sent(T0);
    window.closed_for_a_person(T0);
    assert_eq!((window.next(T0), window.next_urgent(T0)), (after(T0, 600), after(T0, 600)));
    assert_eq!(window.status(T0).reason, Some(Closed::Person));
    window.observe(after(T0, 600), None);
    assert_eq!(window.status(after(T0, 600)).reason, None);
}

#[test]
fn each_class_of_failure_closes_as_it_should() {
    for class in FailureClass::ALL {
        let failure = Failure {
            class,
            status: None,
            message: String::new(),
            rate: None,
            field: None,
            retry_after_ms: None,
            problem: None,
        };
        let mut window = Window::default();
        window.sent(T0);
        window.settle(T0, &Outcome::Failed(failure), None);
        let reason = match class {
            FailureClass::RateLimited => Some(Closed::RateLimited),
            FailureClass::NotFound | FailureClass::InvalidRequest => None,
            FailureClass::Blocked => Some(Closed::Blocked),
            again if again.ask_again() => Some(Closed::Failing),
            _ => Some(Closed::Person),
        };
        assert_eq!(window.status(T0).reason, reason, "{class:?}");
    }
}

#[test]
fn a_clock_set_back_stops_nothing() {
    let mut window = Window::default();
    window.sent(T0);
    window.failed(T0);
    let earlier = after(T0, -3600);
    window.clock_stepped(-3_600_000);
    assert_eq!(window.next(earlier), after(earlier, 3));
}

#[test]
fn an_absurd_header_never_closes_a_window_for_long_nor_opens_it_wide() {
    for absurd in [
        RateLimit { limit: 0, remaining: 0, reset: Moment(0) },
        RateLimit { limit: 300, remaining: 299, reset: Moment(i64::MIN) },
        RateLimit { limit: u64::MAX, remaining: u64::MAX, reset: Moment(i64::MAX) },
        RateLimit { limit: 1, remaining: u64::MAX, reset: after(T0, 90_000) },
    ] {
        let mut window = Window::default();
        window.sent(T0);
        window.settle(T0, &Outcome::Seen(Seen { rate: Some(absurd), ..Seen::default() }), None);
        let wait = window.next(T0).since(T0);
        assert!((1_000..=901_000).contains(&wait), "{absurd:?}: {wait}");
    }
}
