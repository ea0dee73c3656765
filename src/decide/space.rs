//! What an observation, or an absence, does to what we take a Space's state to be.

use crate::event::{Event, SpaceKnown, SpaceMissing, SpaceObserved};
use crate::space::{Endpoint, Missing, Observation, Seen, SpaceState};

use super::Desk;

impl Desk<'_> {
    /// Appends one observation, and the description before it where that says something new.
    pub(super) fn observation(&mut self, endpoint: Endpoint, it: &Observation, seen: &Seen) {
        let mut known = self.known.spaces.get(&it.id).cloned().unwrap_or_default();
        known.first_seen.get_or_insert(self.now);
        let heard = self.live || !known.live_seen;
        if heard {
            self.describe(it.id, &it.description, &mut known);
        } else {
            // What we saw ourselves is the later word on it; the import is a fact all the same.
            self.describe(it.id, &it.description, &mut known.clone());
        }
        known.live_seen |= self.live;
        self.events.push(Event::SpaceObserved(SpaceObserved {
            space: it.id,
            state: it.state.clone(),
            participants: it.participants,
            subscribers: it.subscribers,
            speakers: it.speakers.clone(),
        }));
        if heard {
            hear(&mut known, endpoint, it.state.as_ref());
        }
        self.notice(it, seen, &mut known);
        self.remember(it.id, known);
    }

    /// Appends that a Space was asked for by id and not returned. X's "not found" ends one that
    /// was live and cancels one that was announced; without a reason nothing is concluded.
    pub(super) fn missing(&mut self, it: &Missing) {
        let mut known = self.known.spaces.get(&it.id).cloned().unwrap_or_default();
        self.events
            .push(Event::SpaceMissing(SpaceMissing { space: it.id, problem: it.problem.clone() }));
        let heard = self.live || !known.live_seen;
        if heard && miss(&mut known, it.problem.as_deref()) {
            self.notice_absence(it.id, &mut known);
        }
        self.remember(it.id, known);
    }

    /// Keeps what is known from now on; written only where it changed (`cost` has seen to what
    /// the bill changed).
    fn remember(&mut self, id: crate::space::SpaceId, known: SpaceKnown) {
        if self.known.spaces.get(&id) != Some(&known) {
            self.changed.spaces.insert(id, known.clone());
        }
        self.known.spaces.insert(id, known);
    }
}

/// Takes the state that an answer gave.
pub(super) fn hear(known: &mut SpaceKnown, endpoint: Endpoint, state: Option<&SpaceState>) {
    if let Some(state) = state.filter(|state| !is_stale(endpoint, known, state)) {
        known.was_live |= *state == SpaceState::Live;
        known.state = Some(state.clone());
        known.inferred = false;
    }
}

/// Concludes from a Space's absence, where X gave that reason, what became of it; returns whether
/// anything did.
pub(super) fn miss(known: &mut SpaceKnown, problem: Option<&str>) -> bool {
    if problem != Some(Missing::NOT_FOUND) || !known.is_open() {
        return false;
    }
    known.inferred = true;
    known.state = Some(match (&known.state, known.was_live, known.first_seen) {
        (_, true, _) | (Some(SpaceState::Live), ..) => SpaceState::Ended,
        (_, false, Some(_)) => SpaceState::Other(SpaceKnown::CANCELED.to_owned()),
        (_, false, None) => SpaceState::Other(SpaceKnown::NOT_FOUND.to_owned()),
    });
    true
}

/// Searches and creator answers lag: they may show a Space as live that X has reported ended.
fn is_stale(endpoint: Endpoint, known: &SpaceKnown, state: &SpaceState) -> bool {
    matches!(endpoint, Endpoint::Search | Endpoint::CreatorIds)
        && known.state == Some(SpaceState::Ended)
        && !known.inferred
        && *state != SpaceState::Ended
}

#[cfg(test)]
mod tests {
    use crate::decide::{Rules, Source, decide, salts_needed};
    use crate::event::{Known, MonitorId, SpaceKnown};
    use crate::space::{
        Answer, Asked, Description, Endpoint, Moment, Observation, Outcome, Prices, Seen,
        SpaceState, Target,
    };

    fn observed(title: &str) -> Observation {
        Observation {
            id: "1YqKDqWqdPLxV".parse().unwrap(),
            state: Some(SpaceState::Live),
            participants: Some(7),
            subscribers: None,
            speakers: None,
            description: Description { title: Some(title.to_owned()), ..Description::default() },
        }
    }

    /// Returns what is known after one answer that shows these Spaces.
    fn known_after(known: &Known, spaces: Vec<Observation>) -> SpaceKnown {
        let id = spaces[0].id;
        let asked = Asked {
            endpoint: Endpoint::Spaces,
            target: Target::Spaces(vec![id]),
            sent_at: Some(Moment(1_000)),
            observed_at: Moment(1_100),
            credential: "default".to_owned(),
            holding_ms: None,
            repeats: 0,
        };
        let outcome = Outcome::Seen(Seen { status: Some(200), spaces, ..Seen::default() });
        let answer = Answer { asked, outcome };
        let rules = Rules { monitor: MonitorId(1), prices: Prices::default() };
        let salts = vec![[0; 16]; salts_needed(&answer)];
        let decided = decide(&rules, known.clone(), &answer, Source::Live, salts);
        let written = decided.batch.known.spaces.get(&id);
        written.or_else(|| known.spaces.get(&id)).cloned().unwrap()
    }

    #[test]
    fn the_last_of_two_descriptions_in_one_answer_is_the_one_remembered() {
        let id = observed("").id;
        let first = known_after(&Known::default(), vec![observed("first")]);
        let known = Known { spaces: [(id, first.clone())].into(), ..Known::default() };
        let after = known_after(&known, vec![observed("second"), observed("first")]);
        assert_eq!(after.fields, first.fields);
    }
}
