//! What may leave, and that the day never costs more than its cap whatever is answered.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::space::{Description, Prices, SearchState, SpaceState, UserId};

const DAY_MS: i64 = 86_400_000;
/// Noon of the first day.
const NOON: Moment = Moment(DAY_MS / 2);
const CENT: u64 = 10_000;

fn id(number: u64) -> SpaceId {
    format!("1{number:012}").parse().unwrap()
}

fn purse(cap: u64, bound: CapBound) -> Purse {
    Purse::new(cap, bound, Prices::default(), (0, 0))
}

fn search(max_results: u8) -> Target {
    Target::Query { text: "wind".to_owned(), state: SearchState::All, max_results }
}

fn unpaid(_id: SpaceId) -> bool {
    false
}

fn observed(id: SpaceId, people: Vec<UserId>) -> Observation {
    Observation {
        id,
        state: Some(SpaceState::Live),
        participants: None,
        subscribers: None,
        speakers: Some(people),
        description: Description::default(),
    }
}

fn seen(spaces: &[(u64, &[u64])]) -> Seen {
    let spaces = spaces.iter().map(|(number, people)| {
        observed(id(*number), people.iter().copied().map(UserId).collect())
    });
    Seen { spaces: spaces.collect(), ..Seen::default() }
}

#[test]
fn a_search_asks_for_as_many_rows_as_there_is_money_for_beside_what_is_under_way() {
    // A row costs 0.5 cents and sixteen people of a cent each at worst.
    let mut purse = purse(350 * CENT, CapBound::High);
    let first = purse.leave(search(15), &unpaid, (NOON, false)).unwrap();
    assert_eq!(first.target, search(15));
    assert_eq!(purse.leave(search(15), &unpaid, (NOON, false)), None, "there may be change");
    let cost = 200 * CENT;
    purse.answered(first.number, &Seen::default(), (0, (cost, cost)));
    let second = purse.leave(search(15), &unpaid, (NOON, false)).unwrap();
    assert_eq!((second.target, second.is_cut), (search(9), true));
}

#[test]
fn by_the_low_bound_people_cost_nothing_and_a_hundred_rows_fit_into_half_a_dollar() {
    let mut purse = purse(50 * CENT, CapBound::Low);
    assert_eq!(purse.leave(search(100), &unpaid, (NOON, false)).unwrap().target, search(100));
    assert_eq!(purse.leave(search(100), &unpaid, (NOON, false)), None);
    assert!(purse.is_waiting());
}

#[test]
fn what_is_paid_for_is_looked_up_without_people_when_the_money_is_spent() {
    let mut purse = purse(0, CapBound::High);
    let target = Target::Spaces((0..100).map(id).collect());
    let paid = |it: SpaceId| it < id(40);
    let leave = purse.leave(target, &paid, (NOON, true)).unwrap();
    assert!(!leave.people);
    assert_eq!(leave.target, Target::Spaces((0..40).map(id).collect()));
    assert!(!purse.is_waiting(), "it costs nothing");
}

#[test]
fn before_midnight_even_what_is_free_must_fit_into_the_day_that_begins() {
    let mut purse = purse(2 * CENT, CapBound::High);
    let target = Target::Spaces((0..100).map(id).collect());
    let late = Moment(DAY_MS - 1_000);
    let leave = purse.leave(target.clone(), &|_| true, (late, true)).unwrap();
    assert_eq!(leave.target, Target::Spaces((0..4).map(id).collect()), "of half a cent each");
    assert!(purse.turn(Moment(DAY_MS)));
    assert_eq!(purse.leave(target, &unpaid, (Moment(DAY_MS), false)), None, "all is kept");
    assert_eq!(purse.answered(leave.number, &Seen::default(), (1, (0, 0))), None);
    assert_eq!(purse.spent(), 0);
}

#[test]
fn an_answer_that_never_came_is_kept_in_doubt_until_the_same_is_answered() {
    let mut purse = purse(50 * CENT, CapBound::Low);
    let lost = purse.leave(search(100), &unpaid, (NOON, false)).unwrap();
    purse.failed(lost.number, true);
    assert_eq!(purse.leave(Target::Creators(vec![UserId(1)]), &unpaid, (NOON, false)), None);
    let again = purse.leave(search(100), &unpaid, (NOON, false)).unwrap();
    assert_eq!(purse.answered(again.number, &Seen::default(), (0, (0, 0))), None);
    assert!(purse.leave(Target::Creators(vec![UserId(1)]), &unpaid, (NOON, false)).is_some());
}

#[test]
fn more_people_than_were_thought_possible_are_told_and_reckoned_with_from_then_on() {
    let mut purse = purse(1_000 * CENT, CapBound::High);
    let leave = purse.leave(search(10), &unpaid, (NOON, false)).unwrap();
    let crowd: Vec<u64> = (0..500).collect();
    let cost = 5_000 + 500 * CENT;
    let beyond = purse.answered(leave.number, &seen(&[(1, &crowd)]), (0, (5_000, cost)));
    assert_eq!(beyond, Some(cost - 10 * (5_000 + 16 * CENT)));
    assert_eq!(purse.leave(search(10), &unpaid, (NOON, false)), None, "ten may cost fifty dollars");
}

#[test]
fn a_clock_that_goes_back_over_midnight_does_not_give_the_money_back() {
    let mut purse = purse(50 * CENT, CapBound::Low);
    purse.turn(Moment(DAY_MS));
    let leave = purse.leave(search(100), &unpaid, (Moment(DAY_MS), false)).unwrap();
    purse.answered(leave.number, &Seen::default(), (1, (50 * CENT, 50 * CENT)));
    assert!(!purse.turn(Moment(DAY_MS - 1)));
    assert_eq!(purse.leave(search(100), &unpaid, (Moment(DAY_MS - 1), false)), None);
}

/// What X bills on one day: each Space and each user once.
#[derive(Default)]
struct Bill {
    day: i64,
    spaces: BTreeSet<SpaceId>,
    users: BTreeSet<UserId>,
}

/// One thing that happens.
#[derive(Clone, Debug)]
enum Step {
    /// A request leaves: which kind, about what.
    Ask(u8, u8),
    /// One under way is answered: which, with which Spaces and people.
    Answer(usize, u64),
    /// One under way fails.
    Fail(usize, bool),
    /// Time passes, in minutes.
    Pass(u16),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0..5_u8, any::<u8>()).prop_map(|(kind, what)| Step::Ask(kind, what)),
        4 => (0..8_usize, any::<u64>()).prop_map(|(which, seed)| Step::Answer(which, seed)),
        1 => (0..8_usize, any::<bool>()).prop_map(|(which, billed)| Step::Fail(which, billed)),
        1 => (0..400_u16).prop_map(Step::Pass),
    ];
    proptest::collection::vec(step, 1..120)
}

/// A world that answers as greedily as it may.
struct World {
    purse: Purse,
    bill: Bill,
    now: Moment,
    under_way: Vec<(Leave, Moment)>,
    bound: CapBound,
    most: u64,
}

impl World {
    fn ask(&mut self, kind: u8, what: u8) {
        let ids = |from: u64| (from..from + 60).map(id).collect::<Vec<_>>();
        let target = match kind {
            0 => search(what.clamp(1, 100)),
            1 => Target::Creators((0..u64::from(what)).take(100).map(UserId).collect()),
            2 => Target::Usernames(vec![what.to_string()]),
            3 => Target::Space(id(u64::from(what))),
            _ => Target::Spaces(ids(u64::from(what))),
        };
        let paid = self.bill.spaces.clone();
        let is_today = self.bill.day == self.now.day();
        let paid = move |id| is_today && paid.contains(&id);
        if self.under_way.len() < 4
            && let Some(leave) = self.purse.leave(target, &paid, (self.now, kind == 4 && what < 50))
        {
            self.under_way.push((leave, self.now));
        }
    }

    /// Answers with new Spaces, as many as the request allows, each with the most people.
    fn answer(&mut self, which: usize, seed: u64) {
        if self.under_way.is_empty() {
            return;
        }
        let (leave, _sent) = self.under_way.remove(which % self.under_way.len());
        let number = |salt: u64| seed.wrapping_mul(2_654_435_761).wrapping_add(salt) % 5_000;
        let ids: Vec<SpaceId> = match &leave.target {
            Target::Query { max_results, .. } => {
                (0..u64::from(*max_results)).map(|it| id(number(it))).collect()
            }
            Target::Creators(users) => {
                (0..users.len() as u64 * CREATOR_SPACES_MAX).map(|it| id(number(it))).collect()
            }
            Target::Usernames(_) | Target::Buyers { .. } | Target::Posts { .. } => Vec::new(),
            Target::Space(id) => vec![*id],
            Target::Spaces(ids) => ids.clone(),
        };
        if self.bill.day != self.now.day() {
            self.bill = Bill { day: self.now.day(), ..Bill::default() };
        }
        let prices = Prices::default();
        let (mut least, mut most) = (0, 0);
        for (place, id) in (0..).zip(&ids) {
            let was_paid = !self.bill.spaces.insert(*id);
            let known = was_paid && self.purse.peopled.contains(id);
            let people = match (leave.people, known) {
                (false, _) => 0,
                (true, true) => NEWCOMERS_MAX,
                (true, false) => PEOPLE_MAX,
            };
            let new = (0..people).filter(|it| {
                let user = UserId(number(place * 100 + it).wrapping_mul(7));
                self.bill.users.insert(user)
            });
            most += new.count() as u64 * prices.user_micro_usd;
            least += u64::from(!was_paid) * prices.space_micro_usd;
        }
        if let Target::Usernames(names) = &leave.target {
            least += names.len() as u64 * prices.user_micro_usd;
        }
        let spaces = ids.iter().map(|id| observed(*id, Vec::new())).collect();
        let shown = Seen { spaces, ..Seen::default() };
        let micro_usd = (least, least + most);
        let beyond = self.purse.answered(leave.number, &shown, (self.now.day(), micro_usd));
        assert_eq!(beyond, None, "{leave:?} cost {micro_usd:?}");
        self.most = self.most.max(self.purse.spent());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_answers_the_meter_never_passes_the_cap(
        steps in steps(),
        cents in 0..2_000_u64,
        low in any::<bool>(),
    ) {
        let bound = if low { CapBound::Low } else { CapBound::High };
        let mut world = World {
            purse: purse(cents * CENT, bound),
            bill: Bill::default(),
            now: NOON,
            under_way: Vec::new(),
            bound,
            most: 0,
        };
        for step in steps {
            match step {
                Step::Ask(kind, what) => world.ask(kind, what),
                Step::Answer(which, seed) => world.answer(which, seed),
                Step::Fail(which, billed) => {
                    if !world.under_way.is_empty() {
                        let (leave, _sent) = world.under_way.remove(which % world.under_way.len());
                        world.purse.failed(leave.number, billed);
                    }
                }
                Step::Pass(minutes) => {
                    // No request is under way for longer than this.
                    let first = world.under_way.iter().map(|(_, sent)| *sent).min();
                    let last = first.map_or(Moment(i64::MAX), |sent| sent.plus(60_000));
                    world.now = world.now.plus(i64::from(minutes) * 60_000).min(last);
                    world.purse.turn(world.now);
                }
            }
            prop_assert!(world.purse.spent() <= cents * CENT, "{:?}", world.bound);
        }
    }
}
