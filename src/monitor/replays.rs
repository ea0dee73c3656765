//! Random answers through deciding, log and views: what was seen live is what replay gives.

use std::collections::BTreeSet;

use crate::decide::{Rules, Source, decide, salts_needed, wanted};
use crate::event::{NewBatch, SpaceKnown, Wanted};
use crate::log::entropy::Entropy;
use crate::log::{Appended, Log, LogCheck, NewLog};
use crate::projector::Projection;
use crate::space::{
    Answer, Asked, Description, Endpoint, Failure, FailureClass, Missing, Moment, Observation,
    Outcome, Person, Prices, SearchState, Seen, SpaceId, SpaceState, Target, UserId,
};
use crate::store::InMemoryBackend;
use crate::store::faults::Dice;
use crate::view::{Curves, Keywords, People, Polls, Spaces, View};

const SPACES: u64 = 6;
const POLLS: u64 = 120;

fn id(number: u64) -> SpaceId {
    format!("1YqKDqWqdPL{number:02}").parse().unwrap()
}

/// X, as the dice have it.
pub(super) struct World {
    dice: Dice,
    pub now: Moment,
    /// Spaces whose end X has dated: only an answer that lags shows them live after it.
    over: BTreeSet<SpaceId>,
}

impl World {
    /// Returns the world of this number.
    pub fn of(number: u64) -> Self {
        Self { dice: Dice(number), now: Moment(1_000_000), over: BTreeSet::new() }
    }

    fn one_in(&mut self, many: u64) -> bool {
        self.dice.below(many) == 0
    }

    fn maybe<T>(&mut self, value: T) -> Option<T> {
        (!self.one_in(3)).then_some(value)
    }

    pub fn answer(&mut self) -> Answer {
        let pause = 1_000 + self.dice.below(60_000);
        self.now = self.now.plus(i64::try_from(pause).unwrap());
        let lags = self.one_in(3);
        let ids: Vec<SpaceId> = (0..SPACES).map(id).collect();
        let (endpoint, target) = if lags {
            let (text, state) = ("climate".to_owned(), SearchState::All);
            (Endpoint::Search, Target::Query { text, state, max_results: 100 })
        } else {
            (Endpoint::Spaces, Target::Spaces(ids))
        };
        let asked = Asked {
            endpoint,
            target,
            sent_at: Some(self.now.plus(-100)),
            repeats: 0,
            observed_at: self.now,
            credential: "default".to_owned(),
            holding_ms: self.maybe(40_000),
        };
        let outcome = if self.one_in(10) { self.failure() } else { self.seen(lags) };
        Answer { asked, outcome }
    }

    fn failure(&mut self) -> Outcome {
        let class = FailureClass::ALL[usize::try_from(self.dice.below(12)).unwrap()];
        let message = format!("failure {}", self.dice.below(2));
        let (status, rate, field, retry_after_ms, problem) = (None, None, None, None, None);
        Outcome::Failed(Failure { class, status, message, rate, field, retry_after_ms, problem })
    }

    fn seen(&mut self, lags: bool) -> Outcome {
        let mut seen = Seen { status: Some(200), ..Seen::default() };
        for id in (0..SPACES).map(id) {
            match self.dice.below(8) {
                0 if !lags => {
                    let problem = self.maybe(Missing::NOT_FOUND.to_owned());
                    seen.missing.push(Missing { id, problem });
                }
                0 | 1 => {}
                _ => {
                    let observation = self.observation(id, lags);
                    seen.spaces.push(observation);
                }
            }
        }
        let user = UserId(self.dice.below(4));
        let username = format!("user{}", self.dice.below(2));
        let username = self.maybe(username);
        seen.users.push(Person { id: user, username, ..Person::default() });
        Outcome::Seen(seen)
    }

    fn observation(&mut self, id: SpaceId, lags: bool) -> Observation {
        let mut state = match self.dice.below(16) {
            0 => None,
            1 if !lags => Some(SpaceState::Ended),
            2 => Some(SpaceState::Other("TimedOut".to_owned())),
            3..=5 => Some(SpaceState::Scheduled),
            _ => Some(SpaceState::Live),
        };
        let is_over = self.over.contains(&id);
        if is_over && !lags {
            state = Some(SpaceState::Ended);
        }
        let mut ended_at = None;
        if state == Some(SpaceState::Ended) && !is_over && self.one_in(3) {
            self.over.insert(id);
            ended_at = Some(self.now);
        }
        let (title, count) = (format!("climate {}", self.dice.below(3)), self.dice.below(900));
        let host = UserId(self.dice.below(4));
        let description = Description {
            title: self.maybe(title),
            hosts: self.maybe(vec![host]),
            started_at: self.maybe(Moment(1_000)),
            ended_at,
            ..Description::default()
        };
        let (participants, speakers) = (self.maybe(count), None);
        Observation { id, state, participants, subscribers: None, speakers, description }
    }
}

pub(super) fn decided(log: &mut Log, answer: &Answer) -> NewBatch {
    let rules = Rules { monitor: log.header().monitor, prices: Prices::default() };
    let known = log.known(&wanted(answer)).unwrap();
    let salts = log.entropy().salts(salts_needed(answer)).unwrap();
    decide(&rules, known, answer, Source::Live, salts).batch
}

/// A view that is kept up to date as the monitor keeps it.
struct Kept<V>(Projection<V>);

impl<V: View> Kept<V> {
    fn of(log: &Log) -> Self {
        Self(Projection::on(InMemoryBackend::new(), &log.reader()).unwrap())
    }

    fn take(&mut self, batch: &crate::event::Batch, dice: &mut Dice) {
        assert!(self.0.take(batch).unwrap());
        if dice.below(6) == 0 {
            self.0.flush().unwrap();
        }
    }

    fn is_the_fold_of(&mut self, log: &Log, world: u64) {
        let mut fresh = Self::of(log).0;
        fresh.catch_up(&log.reader()).unwrap();
        assert_eq!(self.0.at(), fresh.at());
        assert_eq!(
            self.0.digest().unwrap(),
            fresh.digest().unwrap(),
            "{} of world {world}",
            V::NAME
        );
    }
}

/// What deciding takes a Space's state to be is what the view shows.
fn agree(log: &Log, spaces: &Projection<Spaces>, world: u64) {
    let ids: Vec<SpaceId> = (0..SPACES).map(id).collect();
    let known = log.known(&Wanted { spaces: ids.clone(), ..Wanted::default() }).unwrap();
    let open: BTreeSet<SpaceId> =
        log.reader().open_spaces().unwrap().into_iter().map(|(id, _)| id).collect();
    for id in ids {
        let Some(known) = known.spaces.get(&id) else { continue };
        assert_eq!(open.contains(&id), known.is_open(), "{id} of world {world}");
        let row = spaces.ask(|spaces, disk| spaces.space(disk, id)).unwrap();
        let Some(row) = row else {
            assert_eq!(known.first_seen, None);
            continue;
        };
        let state = known.state.as_ref().map(SpaceState::word);
        let shown = row.state.as_deref();
        // Missing before it was ever seen, and then seen without a state: nobody shows that.
        if state != Some(SpaceKnown::NOT_FOUND) {
            assert_eq!((state, known.inferred), (shown, row.inferred), "{id} of world {world}");
        }
    }
}

#[test]
fn whatever_x_answers_live_views_are_the_fold_of_the_log_and_agree_with_what_is_decided_next() {
    for number in 0..crate::amounts::RANDOM_WORLDS.times() {
        let new = NewLog { created_at: Moment(0), simulated: None };
        let entropy = Entropy::Seeded { seed: number, drawn: 0 };
        let mut log = Log::on(InMemoryBackend::new(), &new, entropy).unwrap();
        let mut world = World::of(number);
        let mut dice = Dice(!number);
        let (mut spaces, mut curves) = (Kept::<Spaces>::of(&log), Kept::<Curves>::of(&log));
        let (mut people, mut keywords) = (Kept::<People>::of(&log), Kept::<Keywords>::of(&log));
        let mut polls = Kept::<Polls>::of(&log);
        for _poll in 0..POLLS {
            let answer = world.answer();
            let batch = decided(&mut log, &answer);
            let Appended::Stored(batch) = log.append(&batch, world.now).unwrap() else {
                panic!("no two polls are the same");
            };
            spaces.take(&batch, &mut dice);
            curves.take(&batch, &mut dice);
            people.take(&batch, &mut dice);
            keywords.take(&batch, &mut dice);
            polls.take(&batch, &mut dice);
            agree(&log, &spaces.0, number);
        }
        spaces.is_the_fold_of(&log, number);
        curves.is_the_fold_of(&log, number);
        people.is_the_fold_of(&log, number);
        keywords.is_the_fold_of(&log, number);
        polls.is_the_fold_of(&log, number);
        let mut check = LogCheck::new(log.reader());
        while check.step().unwrap() {}
        assert_eq!((check.seq(), check.chain()), (log.head().seq, log.head().chain));
    }
}
