//! What an observation, or an absence, does to what we take a Space's state to be.

use crate::event::{Event, SpaceKnown, SpaceMissing, SpaceObserved};
use crate::space::{Endpoint, Missing, Observation, Seen, SpaceState};

use super::Desk;

impl Desk<'_> {
    /// Appends one observation, and the description before it where that says something new.
    pub(super) fn observation(&mut self, endpoint: Endpoint, it: &Observation, seen: &Seen) {
        let before = self.known.spaces.get(&it.id).cloned().unwrap_or_default();
        let mut known = before.clone();
        known.first_seen.get_or_insert(self.now);
        self.describe(it.id, &it.description, &mut known);
        if !self.live && before.live_seen {
            // What we saw ourselves is the later word on it; the import is a fact all the same.
            known = before.clone();
        }
        known.live_seen |= self.live;
        self.events.push(Event::SpaceObserved(SpaceObserved {
            space: it.id,
            state: it.state.clone(),
            participants: it.participants,
            subscribers: it.subscribers,
            speakers: it.speakers.clone(),
        }));
        let heard = self.live || !before.live_seen;
        let state = it.state.clone().filter(|state| heard && !is_stale(endpoint, &known, state));
        if let Some(state) = state {
            known.was_live |= state == SpaceState::Live;
            known.state = Some(state);
            known.inferred = false;
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
        let gone = it.problem.as_deref() == Some(Missing::NOT_FOUND);
        if gone && heard && known.is_open() {
            known.inferred = true;
            known.state = Some(match (&known.state, known.was_live, known.first_seen) {
                (_, true, _) | (Some(SpaceState::Live), ..) => SpaceState::Ended,
                (_, false, Some(_)) => SpaceState::Other(SpaceKnown::CANCELED.to_owned()),
                (_, false, None) => SpaceState::Other(SpaceKnown::NOT_FOUND.to_owned()),
            });
            self.notice_absence(it.id, &mut known);
        }
        self.remember(it.id, known);
    }

    /// Keeps what is known from now on; written only where it changed (the bill included, which
    /// `cost` has entered already).
    fn remember(&mut self, id: crate::space::SpaceId, known: SpaceKnown) {
        if self.loaded.spaces.get(&id) != Some(&known) {
            self.changed.spaces.insert(id, known.clone());
        }
        self.known.spaces.insert(id, known);
    }
}

/// Searches and creator answers lag: they may show a Space as live that X has reported ended.
fn is_stale(endpoint: Endpoint, known: &SpaceKnown, state: &SpaceState) -> bool {
    matches!(endpoint, Endpoint::Search | Endpoint::CreatorIds)
        && known.state == Some(SpaceState::Ended)
        && !known.inferred
        && *state != SpaceState::Ended
}
