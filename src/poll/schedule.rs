//! The order of asking: what is worth most now, by one rule for live and scheduled Spaces, queries
//! and creators, each endpoint within its own window. Pure: it knows the time it is told.
//!
//! ```text
//! churn ────┐
//! lateness ─┼─▶ priority (rate × age²) ─▶ the best hundred ─▶ a look-up, or creators
//! found ────┘                             the best one ─────▶ a search, split where it was cut
//! ```

mod churn;
mod creators;
mod followed;
mod found;
mod languages;
mod lateness;
mod learn;
mod paid;
mod places;
mod priority;
mod queries;
mod rewatch;
mod spam;

use std::collections::{BTreeMap, BTreeSet};

use super::Windows;
use crate::space::{Endpoint, Moment, SpaceId, Target, UserId};

use creators::Creators;
use followed::Followed;
use languages::Languages;
use lateness::Lateness;
use queries::Queries;
use spam::Titles;

pub use followed::Sight;
pub use learn::Learned;
pub use queries::Cut;

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Ask this now.
    Ask {
        /// For what.
        target: Target,
        /// How long its counts may be held, in milliseconds.
        holding_ms: u64,
    },
    /// Nothing before this moment.
    Wait(Moment),
    /// Nothing at all, until something is learned (or, asking everything once, ever).
    Idle,
}

/// How a schedule asks.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The least time between two searches for the same query, in milliseconds.
    pub interval_ms: i64,
    /// Rows a search asks for.
    pub max_results: u8,
    /// Everything once.
    pub once: bool,
}

/// What is asked about, and when each was asked last.
#[derive(Clone, Debug)]
pub struct Schedule {
    plan: Plan,
    queries: Queries,
    names: Vec<String>,
    /// Those on their way, to be asked again if that fails.
    asked_names: Vec<String>,
    names_from: Option<Moment>,
    creators: Creators,
    followed: BTreeMap<SpaceId, Followed>,
    lateness: Lateness,
    titles: Titles,
    /// Languages in which what a search finds is followed, and what it found in others.
    languages: Languages,
    /// Endpoints for which there is no money: of Spaces, only such are looked up as are paid for.
    dear: BTreeSet<Endpoint>,
    /// Before these, look-ups and creators are not asked: X refused them.
    refused: (Moment, Moment),
    /// When the last look-up left, of many Spaces and of one.
    looked_up: Option<Moment>,
    looked_closer: Option<Moment>,
}

impl Schedule {
    /// Returns a schedule for these queries, whose first searches are spread over the interval.
    pub fn new(plan: Plan, queries: Vec<String>, now: Moment) -> Self {
        Self {
            queries: Queries::new(queries, plan.interval_ms, now),
            plan,
            names: Vec::new(),
            asked_names: Vec::new(),
            names_from: None,
            creators: Creators::default(),
            followed: BTreeMap::new(),
            lateness: Lateness::default(),
            titles: Titles::default(),
            languages: Languages::default(),
            dear: BTreeSet::new(),
            refused: (Moment(i64::MIN), Moment(i64::MIN)),
            looked_up: None,
            looked_closer: None,
        }
    }

    /// Adds creators by name, to be resolved first.
    pub fn resolve(&mut self, names: Vec<String>, now: Moment) {
        if !names.is_empty() {
            self.names.extend(names);
            self.names_from = Some(now);
        }
    }

    /// Adds creators by id.
    pub fn watch(&mut self, creators: impl IntoIterator<Item = UserId>, now: Moment) {
        for id in creators {
            self.creators.watch(id, now);
        }
    }

    /// Follows of what a search finds only what is in these languages, or in none that X knows;
    /// without any, everything. What is named, or begun by whom is watched, is followed all the same.
    pub fn follow_only(&mut self, languages: Vec<String>) {
        self.languages = Languages::new(languages);
    }

    /// Follows a Space until its end; one that is over is let go after one more look.
    pub fn follow(&mut self, id: SpaceId, sight: Sight, now: Moment) {
        if (!sight.open || self.languages.is_foreign(id)) && !self.followed.contains_key(&id) {
            return;
        }
        self.followed.entry(id).or_insert_with(|| Followed::new(now)).take(sight, now);
    }

    /// Returns how many Spaces are followed.
    pub fn following(&self) -> usize {
        self.followed.len()
    }

    /// Returns what to ask now, or until when there is nothing to ask. Whoever asks it says so
    /// with [`Schedule::asked`].
    pub fn next(&mut self, now: Moment, windows: &Windows) -> Next {
        let once = self.plan.once;
        let lateness = &mut self.lateness;
        self.followed.retain(|_, it| {
            let is_done = it.is_done(now, once);
            if let Some(late_ms) = it.never_began_ms(now).filter(|_| is_done) {
                lateness.gave_up(late_ms);
            }
            !is_done
        });
        let mut earliest: Option<Moment> = None;
        let mut later = |at: Moment| earliest = Some(earliest.map_or(at, |it| it.min(at)));
        let endpoints = [
            Endpoint::UsersBy,
            Endpoint::Spaces,
            Endpoint::Space,
            Endpoint::Search,
            Endpoint::CreatorIds,
        ];
        for endpoint in endpoints {
            let is_look_up = matches!(endpoint, Endpoint::Spaces | Endpoint::Space);
            if self.dear.contains(&endpoint) && !is_look_up {
                continue;
            }
            let window = windows.of(endpoint);
            let may_hurry = once || (endpoint == Endpoint::Space && self.is_any_suspect(now));
            let free = if may_hurry { window.next_urgent(now) } else { window.next(now) };
            if free > now && !once {
                // What is worth most then is not known before; only whether there is anything.
                if self.has(endpoint) {
                    later(free);
                }
                continue;
            }
            let Some((at, target)) = self.due(endpoint, now, windows) else { continue };
            let at = at.max(free);
            if at <= now {
                return Next::Ask { target, holding_ms: self.holding_ms(now, windows) };
            }
            later(at);
        }
        earliest.map_or(Next::Idle, Next::Wait)
    }

    /// Returns whether an endpoint will be asked anything at all.
    fn has(&self, endpoint: Endpoint) -> bool {
        match endpoint {
            Endpoint::UsersBy => !self.names.is_empty(),
            Endpoint::Spaces => !self.followed.is_empty(),
            Endpoint::Search => !self.queries.is_empty(),
            Endpoint::CreatorIds => !self.creators.is_empty(),
            Endpoint::Space => !self.followed.is_empty() && !self.plan.once,
            Endpoint::Buyers | Endpoint::Tweets => false,
        }
    }

    /// Returns what an endpoint is to be asked, and from when on.
    fn due(&self, endpoint: Endpoint, now: Moment, windows: &Windows) -> Option<(Moment, Target)> {
        match endpoint {
            Endpoint::UsersBy => self.names_due(),
            Endpoint::Spaces => self.look_up(now, windows),
            Endpoint::Search => self.search(now, windows),
            Endpoint::CreatorIds => self.creators_due(now, windows),
            Endpoint::Space => self.look_closer(now, windows),
            Endpoint::Buyers | Endpoint::Tweets => None,
        }
    }

    /// Notes that this is being asked.
    pub fn asked(&mut self, target: &Target, now: Moment) {
        match target {
            Target::Query { text, state, .. } => self.queries.asked(text, *state, now),
            Target::Usernames(names) => {
                self.names.retain(|name| !names.contains(name));
                self.asked_names.clone_from(names);
            }
            Target::Creators(ids) => self.creators.asked(ids, now),
            Target::Spaces(ids) => {
                self.looked_up = Some(now);
                for id in ids {
                    if let Some(followed) = self.followed.get_mut(id) {
                        followed.asked = Some(now);
                    }
                }
            }
            // A person asks for these, not the schedule.
            Target::Buyers { .. } | Target::Posts { .. } => {}
            Target::Space(id) => {
                self.looked_closer = Some(now);
                if let Some(followed) = self.followed.get_mut(id) {
                    followed.asked = Some(now);
                }
            }
        }
    }

    /// Notes that this target failed and is to be asked again, from `from` on at the earliest
    /// (the window adds what X asks for). Asking everything once, nothing is asked again.
    pub fn failed(&mut self, target: &Target, from: Moment) {
        if self.plan.once {
            return;
        }
        match target {
            Target::Usernames(_) => {
                self.names.append(&mut self.asked_names);
                self.names_from = Some(from);
            }
            Target::Spaces(_) => self.refused.0 = from,
            Target::Creators(_) => self.refused.1 = from,
            Target::Query { text, state, .. } => self.queries.failed(text, *state, from),
            // The next look-up asks for it again.
            Target::Space(_) => self.looked_closer = Some(from),
            Target::Buyers { .. } | Target::Posts { .. } => {}
        }
    }

    /// Moves every time along with a wall clock that was moved: spans stay as they were.
    pub fn clock_stepped(&mut self, by_ms: i64) {
        let shift = |at: &mut Moment| *at = at.plus(by_ms);
        self.queries.clock_stepped(by_ms);
        self.names_from.iter_mut().for_each(shift);
        self.creators.clock_stepped(by_ms);
        shift(&mut self.refused.0);
        shift(&mut self.refused.1);
        self.looked_up.iter_mut().for_each(shift);
        self.looked_closer.iter_mut().for_each(shift);
        self.followed.values_mut().for_each(|it| it.clock_stepped(by_ms));
    }
}

#[cfg(test)]
mod tests;
