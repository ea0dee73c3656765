//! Who asks: one small trait, the schedule itself, and the plain orders it is measured against.

use std::collections::{BTreeMap, BTreeSet};

use spacelog::poll::schedule::{Next, Plan, Schedule, Sight};
use spacelog::poll::{IDS_MAX, Windows, endpoint_of};
use spacelog::simulate::{THEMES, World};
use spacelog::space::{Moment, SearchState, Seen, SpaceId, SpaceState, Target, UserId};

use crate::x::EPOCH;

/// Somebody who decides what to ask next.
pub trait Contender {
    /// Returns what to ask now.
    fn next(&mut self, now: Moment, windows: &Windows) -> Next;
    /// Notes that it was asked.
    fn asked(&mut self, target: &Target, now: Moment);
    /// Learns from an answer.
    fn answered(&mut self, target: &Target, seen: &Seen, now: Moment);
    /// Learns of a refusal.
    fn failed(&mut self, _target: &Target, _now: Moment) {}
    /// Sees the truth; only the oracle looks.
    fn peek(&mut self, _world: &World, _now: Moment) {}
}

/// Returns the queries that everybody watches: between them they match every Space.
pub fn queries() -> Vec<String> {
    THEMES.iter().filter_map(|theme| theme.words.split(' ').next()).map(str::to_owned).collect()
}

/// Returns the search for a query.
fn search(text: &str) -> Target {
    Target::Query { text: text.to_owned(), state: SearchState::All, max_results: 100 }
}

/// The program's own schedule.
pub struct Ours(Schedule);

impl Ours {
    /// The least time between two searches for the same query, as `run` has it.
    const INTERVAL_MS: i64 = 3_000;

    pub fn new() -> Self {
        let plan = Plan { interval_ms: Self::INTERVAL_MS, max_results: 100, once: false };
        Self(Schedule::new(plan, queries(), EPOCH))
    }

    /// Returns the schedule, to be taught.
    pub const fn schedule(&mut self) -> &mut Schedule {
        &mut self.0
    }
}

impl Contender for Ours {
    fn next(&mut self, now: Moment, windows: &Windows) -> Next {
        self.0.next(now, windows)
    }

    fn asked(&mut self, target: &Target, now: Moment) {
        self.0.asked(target, now);
    }

    fn answered(&mut self, target: &Target, seen: &Seen, now: Moment) {
        self.0.answered(target, seen, now);
        for space in &seen.spaces {
            let open = matches!(space.state, Some(SpaceState::Live | SpaceState::Scheduled));
            let state = space.state.clone();
            let scheduled_start = space.description.scheduled_start;
            let sight = Sight { state, scheduled_start, open, billed_day: Some(now.day()) };
            self.0.follow(space.id, sight, now);
        }
        for missing in &seen.missing {
            let state = Some(SpaceState::Ended);
            let sight = Sight { state, scheduled_start: None, open: false, billed_day: None };
            self.0.follow(missing.id, sight, now);
        }
    }

    fn failed(&mut self, target: &Target, now: Moment) {
        self.0.failed(target, now);
    }
}

/// Everything in turn: look-ups of all that are known, queries, and hosts where it asks for them.
pub struct InTurn {
    queries: BTreeMap<String, Moment>,
    spaces: BTreeMap<SpaceId, Moment>,
    hosts: BTreeMap<UserId, Moment>,
    over: BTreeSet<SpaceId>,
    every_ms: Every,
}

/// The least time between two looks at the same thing; `None` where it is never asked for.
#[derive(Clone, Copy)]
pub struct Every {
    pub search: i64,
    pub look_up: Option<i64>,
    pub creators: Option<i64>,
}

impl Every {
    /// The seed article's loop.
    pub const ARTICLE: Self = Self { search: 300_000, look_up: None, creators: None };
    /// The usual poller.
    pub const MINUTE: Self = Self { search: 300_000, look_up: Some(60_000), creators: None };
    /// Round robin over the whole budget.
    pub const TURN: Self = Self { search: 0, look_up: Some(0), creators: Some(0) };
}

impl InTurn {
    pub fn new(every_ms: Every) -> Self {
        Self {
            queries: queries().into_iter().map(|text| (text, Moment(i64::MIN))).collect(),
            spaces: BTreeMap::new(),
            hosts: BTreeMap::new(),
            over: BTreeSet::new(),
            every_ms,
        }
    }

    /// Returns who has waited longest, and when they may be asked for again.
    fn longest<T: Copy + Ord>(asked: &BTreeMap<T, Moment>, every: i64) -> Option<(Moment, Vec<T>)> {
        let mut all: Vec<(Moment, T)> = asked.iter().map(|(it, at)| (*at, *it)).collect();
        all.sort_unstable();
        let due = all.first()?.0.plus(every);
        Some((due, all.into_iter().take(IDS_MAX).map(|(_, it)| it).collect()))
    }
}

impl Contender for InTurn {
    fn next(&mut self, now: Moment, windows: &Windows) -> Next {
        let Every { search: every, look_up, creators } = self.every_ms;
        let query = self.queries.iter().min_by_key(|(_, at)| **at);
        let query = query.map(|(text, at)| (at.plus(every), search(text)));
        let spaces = look_up.and_then(|every| Self::longest(&self.spaces, every));
        let hosts = creators.and_then(|every| Self::longest(&self.hosts, every));
        let turns = [
            spaces.map(|(at, ids)| (at, Target::Spaces(ids))),
            query,
            hosts.map(|(at, ids)| (at, Target::Creators(ids))),
        ];
        let mut earliest: Option<Moment> = None;
        for (due, target) in turns.into_iter().flatten() {
            let at = due.max(windows.of(endpoint_of(&target)).next(now));
            if at <= now {
                return Next::Ask { target, holding_ms: 0 };
            }
            earliest = Some(earliest.map_or(at, |before| before.min(at)));
        }
        earliest.map_or(Next::Idle, Next::Wait)
    }

    fn asked(&mut self, target: &Target, now: Moment) {
        match target {
            Target::Query { text, .. } => drop(self.queries.insert(text.clone(), now)),
            Target::Spaces(ids) => {
                for id in ids {
                    self.spaces.entry(*id).and_modify(|at| *at = now);
                }
            }
            Target::Creators(ids) => self.hosts.extend(ids.iter().map(|id| (*id, now))),
            Target::Space(_)
            | Target::Usernames(_)
            | Target::Buyers { .. }
            | Target::Posts { .. } => {}
        }
    }

    fn answered(&mut self, _target: &Target, seen: &Seen, _now: Moment) {
        for space in &seen.spaces {
            self.hosts.extend(
                space
                    .description
                    .hosts
                    .iter()
                    .flatten()
                    .filter(|host| !self.hosts.contains_key(host))
                    .map(|host| (*host, Moment(i64::MIN)))
                    .collect::<Vec<_>>(),
            );
            if matches!(space.state, Some(SpaceState::Live | SpaceState::Scheduled)) {
                if !self.over.contains(&space.id) {
                    self.spaces.entry(space.id).or_insert(Moment(i64::MIN));
                }
            } else {
                self.spaces.remove(&space.id);
                self.over.insert(space.id);
            }
        }
        for missing in &seen.missing {
            self.spaces.remove(&missing.id);
            self.over.insert(missing.id);
        }
    }
}
