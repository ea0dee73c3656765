//! The order of asking: who has waited longest, live before scheduled, each endpoint within its
//! own window. Pure: it knows the time it is told.

use std::collections::BTreeMap;

use super::{IDS_MAX, Windows};
use crate::space::{Endpoint, Moment, SearchState, SpaceId, SpaceState, Target, UserId};

/// A live Space is looked at again within this time at the latest where the budget allows: half
/// of how long its count may be held.
const REVISIT_MIN_MS: i64 = 10_000;
/// Two looks at the same Space are never closer than this.
const LOOK_AGAIN_MS: i64 = 1_000;
/// A Space that is announced for later, or whose state nobody knows, is looked at this often …
const WAITING_MS: i64 = 60_000;
/// … one whose start is this long past and did not come, rarely …
const OVERDUE_AFTER_MS: i64 = 6 * 3_600_000;
const OVERDUE_MS: i64 = 600_000;
/// … and after two weeks no more: X announces at most so far ahead.
const GIVEN_UP_AFTER_MS: i64 = 14 * 86_400_000;
/// From this long before an announced start, a Space is looked at as if it were live.
const NEAR_START_MS: i64 = 600_000;
/// After an end there is one more look, this much later: late changes of title and times.
const LAST_LOOK_MS: i64 = 60_000;
/// Of a look-up, this many places are kept for Spaces that are not live, if any is due.
const PLACES_FOR_OTHERS: usize = 10;

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

#[derive(Clone, Debug)]
struct Query {
    text: String,
    asked: Option<Moment>,
    /// Not before this moment: the staggered start, or after a refusal.
    from: Moment,
}

#[derive(Clone, Debug)]
struct Followed {
    state: Option<SpaceState>,
    scheduled_start: Option<Moment>,
    asked: Option<Moment>,
    /// When the one look after the end is due.
    last_look: Option<Moment>,
    since: Moment,
    billed_day: Option<i64>,
}

/// What an answer, or the log, says of a Space that matters for when to look at it.
#[derive(Clone, Debug)]
pub struct Sight {
    /// What we take its state to be.
    pub state: Option<SpaceState>,
    /// When it is announced to begin.
    pub scheduled_start: Option<Moment>,
    /// Whether it may still change.
    pub open: bool,
    /// The UTC day on which it was last paid for.
    pub billed_day: Option<i64>,
}

/// What is asked about, and when each was asked last.
#[derive(Clone, Debug)]
pub struct Schedule {
    plan: Plan,
    queries: Vec<Query>,
    names: Vec<String>,
    /// Those on their way, to be asked again if that fails.
    asked_names: Vec<String>,
    names_from: Option<Moment>,
    creators: BTreeMap<UserId, Option<Moment>>,
    followed: BTreeMap<SpaceId, Followed>,
    only_free: bool,
    /// Before these, look-ups and creators are not asked: X refused them.
    refused: (Moment, Moment),
}

impl Schedule {
    /// Returns a schedule for these queries, whose first searches are spread over the interval.
    pub fn new(plan: Plan, queries: Vec<String>, now: Moment) -> Self {
        let stagger = plan.interval_ms / i64::try_from(queries.len().max(1)).unwrap_or(1);
        let queries = (0..)
            .zip(queries)
            .map(|(place, text)| Query { text, asked: None, from: now.plus(place * stagger) })
            .collect();
        Self {
            plan,
            queries,
            names: Vec::new(),
            asked_names: Vec::new(),
            names_from: None,
            creators: BTreeMap::new(),
            followed: BTreeMap::new(),
            only_free: false,
            refused: (Moment(i64::MIN), Moment(i64::MIN)),
        }
    }

    /// Adds creators by name, to be resolved first.
    pub fn resolve(&mut self, names: Vec<String>, now: Moment) {
        self.names = names;
        self.names_from = Some(now);
    }

    /// Adds creators by id.
    pub fn watch(&mut self, creators: impl IntoIterator<Item = UserId>) {
        for id in creators {
            self.creators.entry(id).or_default();
        }
    }

    /// Follows a Space until its end; one that is over is let go after one more look.
    pub fn follow(&mut self, id: SpaceId, sight: Sight, now: Moment) {
        let Sight { state, scheduled_start, open, billed_day } = sight;
        let known = self.followed.contains_key(&id);
        if !open && !known {
            return;
        }
        let followed = self.followed.entry(id).or_insert(Followed {
            state: None,
            scheduled_start: None,
            asked: None,
            last_look: None,
            since: now,
            billed_day: None,
        });
        followed.state = state;
        followed.billed_day = billed_day;
        followed.scheduled_start = scheduled_start.or(followed.scheduled_start);
        if open {
            followed.last_look = None;
        } else if followed.last_look.is_none() {
            followed.last_look = Some(now.plus(LAST_LOOK_MS));
        }
    }

    /// Asks nothing that may cost, or (false) everything again: a Space that was read today is
    /// free until midnight UTC.
    pub fn only_free(&mut self, only_free: bool) {
        self.only_free = only_free;
    }

    /// Returns how many Spaces are followed.
    pub fn following(&self) -> usize {
        self.followed.len()
    }

    /// Returns what to ask now, or until when there is nothing to ask. Whoever asks it says so
    /// with [`Schedule::asked`].
    pub fn next(&mut self, now: Moment, windows: &Windows) -> Next {
        self.let_go(now);
        let holding_ms = self.holding_ms(now, windows);
        let mut earliest: Option<Moment> = None;
        let mut later = |at: Moment| earliest = Some(earliest.map_or(at, |it| it.min(at)));
        let turns: [(Endpoint, Option<(Moment, Target)>); 4] = [
            (Endpoint::UsersBy, self.names_due()),
            (Endpoint::Spaces, self.look_up(now)),
            (Endpoint::Search, self.search()),
            (Endpoint::CreatorIds, self.creators_due()),
        ];
        for (endpoint, due) in turns {
            let Some((at, target)) = due else { continue };
            if self.only_free && endpoint != Endpoint::Spaces {
                continue;
            }
            let window = windows.of(endpoint);
            let free = if self.plan.once { window.next_urgent(now) } else { window.next(now) };
            let at = at.max(free);
            if at <= now {
                return Next::Ask { target, holding_ms };
            }
            later(at);
        }
        earliest.map_or(Next::Idle, Next::Wait)
    }

    /// Notes that this is being asked.
    pub fn asked(&mut self, target: &Target, now: Moment) {
        match target {
            Target::Query { text, .. } => {
                for query in self.queries.iter_mut().filter(|query| query.text == *text) {
                    query.asked = Some(now);
                }
            }
            Target::Usernames(names) => {
                self.names.retain(|name| !names.contains(name));
                self.asked_names.clone_from(names);
            }
            Target::Creators(ids) => {
                for id in ids {
                    self.creators.insert(*id, Some(now));
                }
            }
            Target::Spaces(ids) => {
                for id in ids {
                    if let Some(followed) = self.followed.get_mut(id) {
                        followed.asked = Some(now);
                    }
                }
            }
            Target::Space(_) => {}
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
            Target::Query { text, .. } => {
                for query in self.queries.iter_mut().filter(|query| query.text == *text) {
                    query.from = from;
                }
            }
            Target::Space(_) => {}
        }
    }

    /// Moves every time along with a wall clock that was moved: spans stay as they were.
    pub fn clock_stepped(&mut self, by_ms: i64) {
        let shift = |at: &mut Moment| *at = at.plus(by_ms);
        for query in &mut self.queries {
            query.asked.iter_mut().for_each(shift);
            shift(&mut query.from);
        }
        self.names_from.iter_mut().for_each(shift);
        self.creators.values_mut().flatten().for_each(shift);
        shift(&mut self.refused.0);
        shift(&mut self.refused.1);
        for it in self.followed.values_mut() {
            it.asked.iter_mut().for_each(shift);
            it.last_look.iter_mut().for_each(shift);
            shift(&mut it.since);
        }
    }

    /// Lets go of Spaces that are over and looked at once more, and of those given up.
    fn let_go(&mut self, now: Moment) {
        let once = self.plan.once;
        self.followed.retain(|_, it| {
            let over =
                it.last_look.is_some_and(|at| once || it.asked.is_some_and(|asked| asked >= at));
            let begin = it.scheduled_start.unwrap_or(it.since);
            let idle = it.state != Some(SpaceState::Live);
            let given_up = idle && now.since(begin.max(it.since)) > GIVEN_UP_AFTER_MS;
            !over && !given_up
        });
    }

    fn names_due(&self) -> Option<(Moment, Target)> {
        let names: Vec<String> = self.names.iter().take(IDS_MAX).cloned().collect();
        self.names_from.filter(|_| !names.is_empty()).map(|from| (from, Target::Usernames(names)))
    }

    fn search(&self) -> Option<(Moment, Target)> {
        let due = |query: &Query| {
            let again = query.asked.map(|at| at.plus(self.plan.interval_ms));
            again.map_or(query.from, |at| at.max(query.from))
        };
        let open = self.queries.iter().filter(|query| !self.plan.once || query.asked.is_none());
        let query = open.min_by_key(|query| (due(query), query.asked))?;
        let from = if self.plan.once { Moment(i64::MIN) } else { due(query) };
        let target = Target::Query {
            text: query.text.clone(),
            state: SearchState::All,
            max_results: self.plan.max_results,
        };
        Some((from, target))
    }

    fn creators_due(&self) -> Option<(Moment, Target)> {
        let mut waiting: Vec<(Option<Moment>, UserId)> = self
            .creators
            .iter()
            .filter(|(_, asked)| !self.plan.once || asked.is_none())
            .map(|(id, asked)| (*asked, *id))
            .collect();
        waiting.sort_unstable();
        let longest = waiting.first()?.0;
        let at = longest.map_or(self.refused.1, |at| at.plus(self.plan.interval_ms));
        let at = at.max(self.refused.1);
        let mut ids: Vec<UserId> = waiting.into_iter().take(IDS_MAX).map(|(_, id)| id).collect();
        ids.sort_unstable();
        Some((at, Target::Creators(ids)))
    }

    /// The look-up to make: live Spaces first, then the others that are due, then whoever has
    /// waited longest, because a place in a request costs nothing.
    fn look_up(&self, now: Moment) -> Option<(Moment, Target)> {
        let mut places: Vec<(Moment, bool, Option<Moment>, SpaceId)> = self
            .followed
            .iter()
            .filter(|(_, it)| !self.plan.once || it.asked.is_none())
            .filter(|(_, it)| !self.only_free || it.billed_day == Some(now.day()))
            .map(|(id, it)| (it.due(now), it.is_hot(now), it.asked, *id))
            .collect();
        let earliest = places.iter().map(|place| place.0).min()?;
        if earliest > now {
            return Some((earliest, Target::Spaces(Vec::new())));
        }
        // Due before not due, hot before the rest, the longest wait first.
        places.sort_unstable_by_key(|(due, hot, asked, id)| (*due > now, !hot, *asked, *id));
        let others = places.iter().filter(|(due, hot, ..)| *due <= now && !hot).count();
        let hot = places.iter().filter(|(due, hot, ..)| *due <= now && *hot).count();
        let kept = others.min(PLACES_FOR_OTHERS);
        let first = hot.min(IDS_MAX - kept);
        let (chosen, rest) = places.split_at(first);
        let (late, rest) = rest.split_at(hot - first);
        let mut ids: Vec<SpaceId> =
            chosen.iter().chain(rest).chain(late).take(IDS_MAX).map(|place| place.3).collect();
        ids.sort_unstable();
        Some((self.refused.0, Target::Spaces(ids)))
    }

    /// How long a count may be held: twice the time within which its Space will be looked at
    /// again, which is a round of look-ups over all that are live.
    fn holding_ms(&self, now: Moment, windows: &Windows) -> u64 {
        let hot = self.followed.values().filter(|it| it.is_hot(now)).count();
        let requests = i64::try_from(hot.div_ceil(IDS_MAX).max(1)).unwrap_or(i64::MAX);
        let spacing = windows.of(Endpoint::Spaces).spacing_ms(now);
        let revisit = requests.saturating_mul(spacing).max(REVISIT_MIN_MS);
        u64::try_from(revisit.saturating_mul(2)).unwrap_or_default()
    }
}

impl Followed {
    /// Live, or about to start.
    fn is_hot(&self, now: Moment) -> bool {
        match &self.state {
            Some(SpaceState::Live) => true,
            Some(SpaceState::Scheduled) => self.scheduled_start.is_some_and(|start| {
                let past = now.since(start);
                (-NEAR_START_MS..OVERDUE_AFTER_MS).contains(&past)
            }),
            _ => false,
        }
    }

    fn due(&self, now: Moment) -> Moment {
        if let Some(at) = self.last_look {
            return at;
        }
        let Some(asked) = self.asked else { return Moment(i64::MIN) };
        let overdue = self.scheduled_start.is_some_and(|it| now.since(it) > OVERDUE_AFTER_MS);
        let wait = match (self.is_hot(now), overdue) {
            (true, _) => LOOK_AGAIN_MS,
            (false, true) => OVERDUE_MS,
            (false, false) => WAITING_MS,
        };
        asked.plus(wait)
    }
}

#[cfg(test)]
mod tests;
