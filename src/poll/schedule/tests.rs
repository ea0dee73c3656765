//! Who is asked about, when, and that nobody is forgotten.

use super::*;
use crate::space::{Outcome, RateLimit, Seen, SpaceState};

const START: Moment = Moment(1_795_000_000_000);
const INTERVAL_MS: i64 = 300_000;
/// X allows 300 requests of each kind in windows of 15 minutes, and says so.
const LIMIT: u64 = 300;
const WINDOW_MS: i64 = 900_000;

/// A schedule, its windows and a clock that stands until something is to be done.
struct Asking {
    schedule: Schedule,
    windows: Windows,
    now: Moment,
    asked: Vec<(i64, Target)>,
    /// What X allows of requests about creators.
    creators: u64,
}

impl Asking {
    fn with(queries: &[&str], once: bool) -> Self {
        let plan = Plan { interval_ms: INTERVAL_MS, max_results: 100, once };
        let queries = queries.iter().map(|text| (*text).to_owned()).collect();
        let schedule = Schedule::new(plan, queries, START);
        Self {
            schedule,
            windows: Windows::default(),
            now: START,
            asked: Vec::new(),
            creators: LIMIT,
        }
    }

    fn follow(&mut self, numbers: std::ops::Range<u32>, state: &SpaceState, start: Option<Moment>) {
        for number in numbers {
            self.schedule.follow(id(number), sight(Some(state.clone()), start, true), self.now);
        }
    }

    /// Asks for so many seconds what is to be asked; every answer comes at once.
    fn run(&mut self, seconds: i64) {
        let end = self.now.plus(seconds * 1_000);
        while self.now <= end {
            match self.schedule.next(self.now, &self.windows) {
                Next::Ask { target, .. } => {
                    self.schedule.asked(&target, self.now);
                    let rate = self.rate(crate::poll::endpoint_of(&target));
                    let window = self.windows.of_mut(crate::poll::endpoint_of(&target));
                    window.sent(self.now);
                    let seen = Seen { rate: Some(rate), ..Seen::default() };
                    window.settle(self.now, &Outcome::Seen(seen), None);
                    self.asked.push((self.now.since(START) / 1_000, target));
                }
                Next::Wait(until) => {
                    assert!(until > self.now, "it waits for a moment that has come");
                    self.now = until;
                }
                Next::Idle => break,
            }
        }
        self.now = end;
    }

    /// Returns what X's headers say of this request.
    fn rate(&self, endpoint: Endpoint) -> RateLimit {
        let window = self.now.since(START).div_euclid(WINDOW_MS);
        let is_before = |(at, target): &&(i64, Target)| {
            crate::poll::endpoint_of(target) == endpoint && at * 1_000 / WINDOW_MS == window
        };
        let used = self.asked.iter().filter(is_before).count() as u64;
        let reset = START.plus((window + 1) * WINDOW_MS);
        let limit = if endpoint == Endpoint::CreatorIds { self.creators } else { LIMIT };
        RateLimit { limit, remaining: limit - used - 1, reset }
    }

    /// Returns at which seconds a Space was looked up.
    fn looks(&self, number: u32) -> Vec<i64> {
        self.all_looks().remove(&id(number)).unwrap_or_default()
    }

    /// Returns at which seconds each Space was looked up.
    fn all_looks(&self) -> BTreeMap<SpaceId, Vec<i64>> {
        let mut looks: BTreeMap<SpaceId, Vec<i64>> = BTreeMap::new();
        for (at, target) in &self.asked {
            match target {
                Target::Spaces(ids) => {
                    for id in ids {
                        looks.entry(*id).or_default().push(*at);
                    }
                }
                Target::Space(id) => looks.entry(*id).or_default().push(*at),
                _ => {}
            }
        }
        looks
    }

    fn look_ups(&self) -> Vec<(i64, Vec<SpaceId>)> {
        self.asked
            .iter()
            .filter_map(|(at, target)| match target {
                Target::Spaces(ids) => Some((*at, ids.clone())),
                _ => None,
            })
            .collect()
    }

    fn searches(&self) -> Vec<(i64, &str)> {
        self.asked
            .iter()
            .filter_map(|(at, target)| match target {
                Target::Query { text, .. } => Some((*at, text.as_str())),
                _ => None,
            })
            .collect()
    }
}

/// A Space that was paid for on the day of these tests.
fn sight(state: Option<SpaceState>, scheduled_start: Option<Moment>, open: bool) -> Sight {
    Sight { state, scheduled_start, open, billed_day: Some(START.day()) }
}

fn id(number: u32) -> SpaceId {
    format!("1Yq{number:07}").parse().unwrap()
}

/// The longest stretch of a run without a look.
fn longest(looks: &[i64], end: i64) -> i64 {
    let after = looks.iter().copied().skip(1).chain([end]);
    looks.iter().zip(after).map(|(at, next)| next - at).max().unwrap_or(end)
}

#[test]
fn live_spaces_are_looked_up_before_scheduled_ones() {
    let mut asking = Asking::with(&[], false);
    let later = Some(START.plus(86_400_000));
    asking.follow(0..300, &SpaceState::Scheduled, later);
    asking.follow(300..390, &SpaceState::Live, None);
    asking.run(0);
    let (_, first) = asking.look_ups().remove(0);
    let live = (300..390).filter(|number| first.contains(&id(*number))).count();
    assert_eq!((live, first.len()), (90, 100), "ten places are kept for the others");
}

#[test]
fn a_space_that_is_about_to_start_is_looked_up_as_if_it_were_live() {
    let mut asking = Asking::with(&[], false);
    asking.follow(0..1, &SpaceState::Scheduled, Some(START.plus(300_000)));
    asking.follow(1..2, &SpaceState::Live, None);
    asking.run(60);
    let look_ups = asking.look_ups();
    assert!(look_ups.len() > 15 && look_ups.iter().all(|(_, ids)| ids.len() == 2));
}

#[test]
fn who_has_waited_longest_comes_first() {
    let mut asking = Asking::with(&[], false);
    asking.follow(0..250, &SpaceState::Live, None);
    asking.run(60);
    let mut last: BTreeMap<SpaceId, i64> = BTreeMap::new();
    for (at, target) in asking.asked {
        let ids = match target {
            Target::Spaces(ids) => ids,
            Target::Space(id) => vec![id],
            other => panic!("{other:?}"),
        };
        let slowest = ids.iter().map(|id| last.get(id)).max().unwrap();
        let left = (0..250).map(id).filter(|id| !ids.contains(id));
        let left = left.map(|id| last.get(&id)).min().unwrap();
        assert!(slowest <= left, "at {at} s somebody who waited longer was left out");
        last.extend(ids.into_iter().map(|id| (id, at)));
    }
}

#[test]
fn no_look_up_has_fewer_than_a_hundred_ids_while_more_are_known() {
    let mut asking = Asking::with(&["climate"], false);
    asking.follow(0..40, &SpaceState::Live, None);
    asking.follow(40..180, &SpaceState::Scheduled, Some(START.plus(86_400_000)));
    asking.run(300);
    let sizes: Vec<usize> = asking.look_ups().iter().map(|(_, ids)| ids.len()).collect();
    assert!(sizes.len() > 50 && sizes.iter().all(|size| *size == 100), "{sizes:?}");
    let mut few = Asking::with(&[], false);
    few.follow(0..40, &SpaceState::Live, None);
    few.run(60);
    assert!(few.look_ups().iter().all(|(_, ids)| ids.len() == 40));
}

#[test]
fn no_look_up_names_a_space_twice() {
    let mut asking = Asking::with(&[], false);
    asking.follow(0..120, &SpaceState::Live, None);
    asking.follow(120..180, &SpaceState::Scheduled, Some(START.plus(86_400_000)));
    asking.run(120);
    for (at, mut ids) in asking.look_ups() {
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all, "at {at} s");
    }
}

#[test]
fn an_ended_space_is_looked_up_once_more_after_a_minute_and_then_never() {
    let mut asking = Asking::with(&[], false);
    asking.follow(0..1, &SpaceState::Live, None);
    asking.run(30);
    let before = asking.looks(0).len();
    let over = Some(SpaceState::Ended);
    asking.schedule.follow(id(0), sight(over.clone(), None, false), asking.now);
    // Told again, the one look does not move.
    asking.schedule.follow(id(0), sight(over, None, false), asking.now.plus(20_000));
    asking.run(600);
    assert_eq!(asking.looks(0)[before..], [90]);
    assert_eq!(asking.schedule.following(), 0);
}

#[test]
fn a_space_that_ended_before_it_was_followed_is_not_followed() {
    let mut asking = Asking::with(&[], false);
    asking.schedule.follow(id(0), sight(Some(SpaceState::Ended), None, false), START);
    assert_eq!(asking.schedule.following(), 0);
    assert_eq!(asking.schedule.next(START, &asking.windows), Next::Idle);
}

#[test]
fn a_space_that_is_open_again_is_followed_on() {
    let mut asking = Asking::with(&[], false);
    asking.follow(0..1, &SpaceState::Live, None);
    asking.schedule.follow(id(0), sight(Some(SpaceState::Ended), None, false), START);
    asking.follow(0..1, &SpaceState::Live, None);
    asking.run(300);
    assert!(asking.looks(0).len() > 60);
}

#[test]
fn asking_once_asks_for_everything_once_and_then_nothing() {
    let mut asking = Asking::with(&["climate", "energy", "water"], true);
    asking.schedule.resolve(vec!["nasa".to_owned(), "esa".to_owned()], START);
    asking.schedule.watch((0..150).map(UserId), START);
    asking.follow(0..250, &SpaceState::Live, None);
    asking.run(3_600);
    assert_eq!(asking.searches().len(), 3);
    assert!((0..250).all(|number| asking.looks(number).len() == 1));
    let mut creators: Vec<UserId> = Vec::new();
    let mut names = 0;
    for (_, target) in &asking.asked {
        match target {
            Target::Creators(ids) => creators.extend(ids),
            Target::Usernames(some) => names += some.len(),
            _ => {}
        }
    }
    creators.sort_unstable();
    assert_eq!(creators, (0..150).map(UserId).collect::<Vec<_>>());
    assert_eq!(names, 2);
    assert!(asking.asked.iter().all(|(at, _)| *at < 10), "it does not dawdle");
    assert_eq!(asking.schedule.next(asking.now, &asking.windows), Next::Idle);
}

#[test]
fn asking_once_does_not_ask_again_for_what_failed() {
    let mut asking = Asking::with(&["climate"], true);
    asking.run(1);
    let (_, target) = asking.asked[0].clone();
    asking.schedule.failed(&target, asking.now);
    assert_eq!(asking.schedule.next(asking.now.plus(9_000_000), &asking.windows), Next::Idle);
}

#[test]
fn a_space_announced_for_far_ahead_is_looked_up_about_once_a_minute() {
    let mut asking = Asking::with(&[], false);
    asking.follow(0..1, &SpaceState::Scheduled, Some(START.plus(86_400_000)));
    asking.run(600);
    let looks = asking.looks(0);
    assert_eq!(looks, (0..=10).map(|minute| minute * 60).collect::<Vec<_>>());
}

#[test]
fn a_start_that_never_came_is_looked_for_rarely_and_at_last_no_more() {
    let mut asking = Asking::with(&[], false);
    asking.follow(0..1, &SpaceState::Scheduled, Some(START.plus(-7 * 3_600_000)));
    asking.run(3_600);
    assert_eq!(asking.looks(0).len(), 7, "every ten minutes");
    asking.now = START.plus(15 * 86_400_000);
    asking.run(1);
    assert_eq!(asking.schedule.following(), 0);
}

#[test]
fn without_money_only_look_ups_go_on() {
    let mut asking = Asking::with(&["climate"], false);
    asking.schedule.watch([UserId(7)], START);
    asking.follow(0..1, &SpaceState::Live, None);
    asking.schedule.spare(&Endpoint::ALL.into_iter().collect());
    asking.run(600);
    let is_look = |target: &Target| matches!(target, Target::Spaces(_) | Target::Space(_));
    assert!(asking.asked.iter().all(|(_, target)| is_look(target)));
    asking.schedule.spare(&BTreeSet::new());
    let before = asking.asked.len();
    asking.run(10);
    assert_eq!(asking.searches().len(), 1, "{:?}", &asking.asked[before..]);
}

#[test]
fn the_first_searches_are_spread_over_the_interval() {
    let mut asking = Asking::with(&["climate", "energy", "water"], false);
    asking.run(600);
    let expected = [
        (0, "climate"),
        (100, "energy"),
        (200, "water"),
        (300, "climate"),
        (400, "energy"),
        (500, "water"),
        (600, "climate"),
    ];
    assert_eq!(asking.searches(), expected);
}

#[test]
fn a_search_that_failed_is_asked_again_from_the_moment_named() {
    let mut asking = Asking::with(&["climate"], false);
    asking.run(10);
    let (_, target) = asking.asked[0].clone();
    asking.schedule.failed(&target, START.plus(900_000));
    asking.run(1_000);
    assert_eq!(asking.searches(), [(0, "climate"), (900, "climate")]);
}

#[test]
fn names_are_resolved_before_anything_else_and_again_where_that_failed() {
    let mut asking = Asking::with(&["climate"], false);
    asking.follow(0..1, &SpaceState::Live, None);
    asking.schedule.resolve(vec!["nasa".to_owned()], START);
    asking.run(5);
    assert_eq!(asking.asked[0].1, Target::Usernames(vec!["nasa".to_owned()]));
    asking.schedule.failed(&asking.asked[0].1.clone(), START.plus(60_000));
    asking.run(120);
    let names = |(_, target): &&(i64, Target)| matches!(target, Target::Usernames(_));
    let at: Vec<i64> = asking.asked.iter().filter(names).map(|(at, _)| *at).collect();
    assert_eq!(at, [0, 60]);
}

#[test]
fn a_count_may_be_held_for_twice_the_time_within_which_it_is_looked_at_again() {
    let holding = |spaces| {
        let mut asking = Asking::with(&[], false);
        asking.follow(0..spaces, &SpaceState::Live, None);
        match asking.schedule.next(START, &asking.windows) {
            Next::Ask { holding_ms, .. } => holding_ms,
            other => panic!("{other:?}"),
        }
    };
    // A request every three seconds; two rounds, and never less than ten seconds, twice.
    assert_eq!((holding(1), holding(300), holding(1_000)), (20_000, 36_000, 120_000));
}

#[test]
fn an_endpoint_that_is_closed_keeps_no_other_waiting() {
    let mut asking = Asking::with(&["climate"], false);
    asking.follow(0..1, &SpaceState::Live, None);
    asking.windows.of_mut(Endpoint::Search).rate_limited(START, None, None);
    asking.run(10);
    assert!(asking.searches().is_empty() && asking.looks(0).len() >= 3);
}

mod learning;
mod load;
