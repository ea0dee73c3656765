//! Windows against servers that keep, bend and break the rules.

use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use super::*;

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
    for (limit, length) in [(300, 900), (25, 900), (3, 900), (10, 60), (300, 450), (50, 86_400)] {
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
fn short_windows_are_found_out_also_where_the_first_answers_told_nothing() {
    for (limit, length, least) in [(10, 60, 50), (20, 10, 50), (300, 450, 80)] {
        for aligned in [false, true] {
            let mut server = Server::new(limit, length, aligned);
            let late = |_, turn| if turn < 2 { Harm::NoHeaders } else { Harm::None };
            let span = (100 * length).max(20_000);
            run(&mut Window::default(), &mut server, T0, span, late);
            let most = server.most_in_a_stretch() as u64;
            assert!(most <= limit && server.over == 0, "{most} of {limit} in {length} s");
            let windows = span.unsigned_abs() / length.unsigned_abs();
            // One a second is the most, in a window of ten.
            let fair = (limit - limit / 10).min(length.unsigned_abs()) * windows;
            let used = server.served.len() as u64;
            assert!(used * 100 >= fair * least, "{limit} in {length} s: {used} of {fair}");
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
            let most = server.most_in_a_stretch() as u64;
            assert!(most <= limit, "seed {seed}: {most} of {limit}");
            let used = server.served.len() as u64;
            assert!(used > (limit * 96 * 3 / 4).min(500), "seed {seed}: {used} of {limit}");
        }
    }
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
