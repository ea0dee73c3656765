//! Windows against servers that keep, bend and break the rules.

use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

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
fn a_server_that_stops_telling_is_asked_at_the_pace_it_told() {
    let mut server = Server::new(300, 900, false);
    let told_once = |_, turn| if turn < 5 { Harm::None } else { Harm::NoHeaders };
    run(&mut Window::default(), &mut server, T0, 9000, told_once);
    assert_eq!(server.over, 0);
    assert!(server.served.len() > 2500, "{}", server.served.len());
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

#[test]
fn one_long_reset_does_not_stretch_the_windows_after_it() {
    let mut server = Server::new(300, 900, false);
    let mut window = Window::default();
    let now = run(&mut window, &mut server, T0, 3 * 900, |_, _| Harm::None);
    window.sent(window.next(now));
    window.observe(now, rate(300, 250, after(now, 80_000)));
    let before = server.served.len();
    run(&mut window, &mut server, now, 3 * 900, |_, _| Harm::None);
    assert!(server.served.len() - before > 400, "{}", server.served.len() - before);
}

/// What a server does to an answer on its way out.
#[derive(Clone, Copy, Debug)]
enum Harm {
    None,
    NoHeaders,
    Reset(i64),
    Refused(Option<i64>),
    Broken,
}

/// A server that keeps windows of one length, aligned to its clock or opened by a request.
struct Server {
    limit: u64,
    length_ms: i64,
    aligned: bool,
    opened: Moment,
    used: u64,
    over: u64,
    served: Vec<Moment>,
}

impl Server {
    fn new(limit: u64, length: i64, aligned: bool) -> Self {
        let opened = Moment(i64::MIN / 2);
        Self {
            limit,
            length_ms: length * 1000,
            aligned,
            opened,
            used: 0,
            over: 0,
            served: Vec::new(),
        }
    }

    fn serve(&mut self, now: Moment) -> RateLimit {
        if now.since(self.opened) >= self.length_ms {
            let into = if self.aligned { now.0.rem_euclid(self.length_ms) } else { 0 };
            self.opened = now.plus(-into);
            self.used = 0;
        }
        if self.used == self.limit {
            self.over += 1;
        } else {
            self.used += 1;
        }
        self.served.push(now);
        let reset = self.opened.plus(self.length_ms);
        let reset = Moment(reset.0.div_euclid(1000) * 1000);
        RateLimit { limit: self.limit, remaining: self.limit - self.used, reset }
    }

    fn most_in_a_stretch(&self) -> usize {
        let mut first = 0;
        let mut most = 0;
        for (at, moment) in self.served.iter().enumerate() {
            while moment.since(self.served[first]) >= self.length_ms {
                first += 1;
            }
            most = most.max(at + 1 - first);
        }
        most
    }
}

/// Asks whenever the window allows, for `seconds`; answers take 300 ms.
fn run(
    window: &mut Window,
    server: &mut Server,
    from: Moment,
    seconds: i64,
    mut harm: impl FnMut(Moment, usize) -> Harm,
) -> Moment {
    let mut now = from;
    for turn in 0.. {
        now = window.next(now);
        if now > after(from, seconds) {
            break;
        }
        window.sent(now);
        let told = server.serve(now.plus(150));
        now = now.plus(300);
        match harm(now, turn) {
            Harm::None => window.observe(now, Some(told)),
            Harm::NoHeaders => window.observe(now, None),
            Harm::Reset(by) => window.observe(now, rate(told.limit, told.remaining, now.plus(by))),
            Harm::Refused(by) => {
                let told = by.and_then(|by| rate(told.limit, 0, now.plus(by)));
                window.rate_limited(now, told, None);
            }
            Harm::Broken => window.failed(now),
        }
    }
    now
}

#[test]
fn an_honest_server_is_used_well_and_never_overrun() {
    for (limit, length) in [(300, 900), (25, 900), (10, 60), (300, 450), (50, 86_400)] {
        for aligned in [false, true] {
            let mut server = Server::new(limit, length, aligned);
            let mut window = Window::default();
            run(&mut window, &mut server, T0, 20 * length, |_, _| Harm::None);
            assert_eq!(server.over, 0, "{limit} in {length} s");
            let most = server.most_in_a_stretch();
            assert!(most as u64 <= limit, "{most} of {limit} in {length} s, {aligned}");
            // Floor and ceiling of a tenth, and one window to find out.
            let fair = (limit - limit / 10) * 20;
            let used = server.served.len() as u64;
            assert!(used * 100 >= fair * 85, "{limit} in {length} s: {used} of {fair}");
        }
    }
}

#[test]
fn a_window_of_one_request_is_asked_once_each() {
    let mut server = Server::new(1, 60, false);
    run(&mut Window::default(), &mut server, T0, 6000, |_, _| Harm::None);
    assert_eq!((server.over, server.most_in_a_stretch()), (0, 1));
    assert!(server.served.len() > 80, "{}", server.served.len());
}

#[test]
fn a_window_first_seen_late_brings_no_burst_over_the_reset() {
    // The first sight is 40 s before the aligned reset, with all 300 left.
    let from = Moment(900_000 * 2_000_000 - 40_000);
    let mut server = Server::new(300, 900, true);
    run(&mut Window::default(), &mut server, from, 1800, |_, _| Harm::None);
    assert!(server.most_in_a_stretch() <= 300, "{}", server.most_in_a_stretch());
    assert_eq!(server.over, 0);
}

#[test]
fn a_reset_that_gives_nothing_back_is_not_believed_again() {
    let mut server = Server::new(300, 900, false);
    run(&mut Window::default(), &mut server, T0, 20_000, |_, _| Harm::Reset(1_000));
    assert_eq!(server.over, 0);
    assert!(server.most_in_a_stretch() <= 300, "{}", server.most_in_a_stretch());
}

fn harms(seed: u64) -> Vec<Harm> {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let mut harm = |_| match dice.random_range(0..10) {
        0 => Harm::NoHeaders,
        1 => Harm::Broken,
        2 => Harm::Reset(match dice.random_range(0..4) {
            0 => -1_000_000_000_000,
            1 => dice.random_range(-100_000..100_000),
            2 => dice.random_range(0..90_000_000),
            _ => i64::MAX,
        }),
        3 => Harm::Refused(match dice.random_range(0..4) {
            0 => None,
            1 => Some(dice.random_range(-100_000..0)),
            2 => Some(dice.random_range(1..900_000)),
            _ => Some(i64::MAX),
        }),
        _ => Harm::None,
    };
    (0..100).map(&mut harm).collect()
}

#[test]
fn no_day_of_refusals_and_absurd_headers_overruns_a_window() {
    for seed in 0..crate::amounts::STORMS.times() {
        let harms = harms(seed);
        for (limit, aligned) in [(25, false), (25, true), (300, false), (300, true)] {
            let mut server = Server::new(limit, 900, aligned);
            let mut window = Window::default();
            run(&mut window, &mut server, T0, 86_400, |_, turn| harms[turn % harms.len()]);
            assert_eq!(server.over, 0, "seed {seed}, {limit}");
            // In the first two hours the length of a window is still being found out.
            server.served.retain(|at| *at > after(T0, 7200));
            let most = server.most_in_a_stretch() as u64;
            assert!(most <= limit, "seed {seed}: {most} of {limit}");
            assert!(server.served.len() > 500, "seed {seed}: {}", server.served.len());
        }
    }
}
