//! The Spaces view: what each Space is, was, and how many were there.

use bincode::{Decode, Encode};

use crate::event::codec::segment::{Content, Wanted};
use crate::event::{Event, SpaceDescribed, SpaceKnown, SpaceObserved, Text};
use crate::space::{Missing, SpaceId, SpaceState, UserId};

use super::announced::Announced;
use super::audience::{Audience, Look, Stretch};
use super::brief::Briefs;
use super::place::Place;
use super::seen::Shown;
use super::stage::{Stage, UnderStage};
use super::table::{Dirty, Disk, Table};
use super::{View, ViewError};

/// One Space, as the log tells of it so far. Times are milliseconds since the epoch, users are
/// their ids; `None` is unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct SpaceRow {
    /// First and last answer that carried it.
    pub seen: (i64, i64),
    /// How many answers carried it, in any state.
    pub observations: u64,
    /// X's word for its state, or ours where it was inferred.
    pub state: Option<String>,
    /// Whether the state was inferred from its absence.
    pub inferred: bool,
    /// Where the end was inferred: last seen live, first seen missing.
    pub ended_between: Option<(i64, i64)>,
    /// The title; gone when it was forgotten.
    pub title: Option<String>,
    /// Unknown fields, as a JSON object.
    pub extra: Option<String>,
    /// X's guess of the language.
    pub lang: Option<String>,
    /// Whether tickets are sold.
    pub is_ticketed: Option<bool>,
    /// Who made it.
    pub creator: Option<u64>,
    /// Hosts in X's order.
    pub hosts: Option<Vec<u64>>,
    /// Users invited to speak.
    pub invited: Option<Vec<u64>>,
    /// All speakers ever listed, in rising order.
    pub speakers: Option<Vec<u64>>,
    /// Topics.
    pub topics: Option<Vec<String>>,
    /// When it was made.
    pub created_at: Option<i64>,
    /// When it is, or was, announced to begin.
    pub scheduled_start: Option<i64>,
    /// When it began.
    pub started_at: Option<i64>,
    /// When it ended.
    pub ended_at: Option<i64>,
    /// Reminders set, as last seen.
    pub subscribers: Option<u64>,
    /// The last count in any state, and when.
    pub last_count: Option<(i64, u64)>,
    /// When it was first seen not to be live after it was.
    pub closed_at: Option<i64>,
    /// When it was last described; an import may bring older words.
    pub described_at: i64,
    /// Reminders set before it began: when X last told them, and how many.
    pub reminders: Option<(i64, u64)>,
    /// Everybody ever seen on its stage.
    pub stage: Stage,
    /// Hosts and speakers, as the last answer that listed any says.
    pub on_stage: u64,
    /// Looks that showed fewer people than there were on the stage, the first of them.
    pub under_stage: Vec<UnderStage>,
    /// Whether the last look was such a one.
    pub under_now: bool,
    /// Whether a count changed in such a way that its curve may hold something to doubt.
    pub suspect: bool,
    /// What was announced of its begin.
    pub announced: Announced,
    /// Its audience.
    pub audience: Audience,
}

impl SpaceRow {
    /// Returns whether it is on air, as far as we know.
    pub fn is_live(&self) -> bool {
        self.state.as_deref() == Some(SpaceState::Live.word())
    }

    /// Returns whether its end was inferred from its absence.
    pub fn end_inferred(&self) -> bool {
        self.inferred && self.state.as_deref() == Some(SpaceState::Ended.word())
    }

    /// Returns the count to show and when it was seen: the last one while live; for a Space never
    /// seen live, what X last said.
    pub fn participants(&self) -> Option<(i64, u64)> {
        if self.audience.first.is_some() { self.audience.last_count } else { self.last_count }
    }

    /// Returns the moment to which the last live count may be held: the end where one is known,
    /// else `now`. An inferred end holds nothing past the last live look.
    pub fn held_until(&self, now: i64) -> i64 {
        let live_end = self.audience.last.unwrap_or(now);
        match (self.is_live(), self.end_inferred()) {
            (true, _) => now,
            (false, true) => live_end,
            (false, false) => self.live_until(self.closed_at.unwrap_or(now)),
        }
    }

    /// Returns the milliseconds on air so far: to the reported end, to `now` while live, to the
    /// last live look where the end was inferred. `None` when the begin is unknown.
    pub fn airtime_so_far_ms(&self, now: i64) -> Option<u64> {
        let end = match self.ended_at {
            Some(ended_at) if !self.is_live() => ended_at,
            _ => self.held_until(now),
        };
        super::audience::airtime_ms(self.started_at, Some(end))
    }

    /// A look at or after the reported end shows nobody live, whatever it says.
    fn live_until(&self, at: i64) -> i64 {
        self.ended_at.map_or(at, |ended_at| ended_at.min(at))
    }

    fn describe(&mut self, it: &SpaceDescribed, text: Option<&Text>, at: i64, seq: u64) {
        // Older words fill in what is unknown; only newer ones replace what is known.
        let newer = at >= self.described_at;
        self.described_at = self.described_at.max(at);
        if let Some(Text::Space { title, extra }) = text {
            take(&mut self.title, title.as_ref(), newer);
            take(&mut self.extra, extra.as_ref(), newer);
        }
        let ids =
            |users: &Vec<crate::space::UserId>| users.iter().map(|user| user.0).collect::<Vec<_>>();
        take(&mut self.lang, it.lang.as_ref(), newer);
        take(&mut self.is_ticketed, it.is_ticketed.as_ref(), newer);
        take(&mut self.creator, it.creator.map(|user| user.0).as_ref(), newer);
        take(&mut self.hosts, it.hosts.as_ref().map(ids).as_ref(), newer);
        if let Some(hosts) = it.hosts.as_ref().map(ids) {
            let creator = it.creator.map(|user| user.0).or(self.creator);
            self.stage.hosts(&hosts, creator, (at, seq));
        }
        take(&mut self.invited, it.invited.as_ref().map(ids).as_ref(), newer);
        let words = |topics: &Vec<crate::space::TopicId>| {
            topics.iter().map(|topic| topic.as_str().to_owned()).collect()
        };
        take(&mut self.topics, it.topics.as_ref().map(words).as_ref(), newer);
        take(&mut self.created_at, it.created_at.map(|at| at.0).as_ref(), newer);
        take(&mut self.scheduled_start, it.scheduled_start.map(|at| at.0).as_ref(), newer);
        it.scheduled_start.iter().for_each(|start| self.announced.take(start.0, at));
        take(&mut self.started_at, it.started_at.map(|at| at.0).as_ref(), newer);
        take(&mut self.ended_at, it.ended_at.map(|at| at.0).as_ref(), newer);
    }

    /// Returns whether a plain observation (live, counted, otherwise as the one before) that comes
    /// after the last one changes nothing but what [`SpaceRow::observe_steady`] does.
    pub(super) fn is_steady(&self) -> bool {
        self.is_live() && !self.inferred && self.closed_at.is_none() && self.ended_at.is_none()
    }

    /// Takes a plain observation of a steady Space in, as [`SpaceRow::observe`] would.
    #[inline]
    pub(super) fn observe_steady(
        &mut self,
        (at, seq): (i64, u64),
        count: u64,
        hold_ms: u64,
    ) -> Option<Stretch> {
        self.seen.1 = at;
        self.observations += 1;
        self.last_count = Some((at, count));
        self.hold_up(count, (at, seq));
        self.audience.look(Look { at, count: Some(count), hold_ms })
    }

    /// Takes one observation in. `lags` says that the answer came from an endpoint that shows a
    /// Space for a while after its end.
    pub(super) fn observe(
        &mut self,
        it: &SpaceObserved,
        (at, seq): (i64, u64),
        hold_ms: u64,
        lags: bool,
    ) -> Shown {
        let new_speakers = self.see_stage(it, (at, seq));
        self.see_reminders(it, at);
        Shown { gap: self.observe_state(it, (at, seq), hold_ms, lags), new_speakers }
    }

    fn observe_state(
        &mut self,
        it: &SpaceObserved,
        (at, seq): (i64, u64),
        hold_ms: u64,
        lags: bool,
    ) -> Option<Stretch> {
        let first = self.observations == 0;
        self.seen = if first { (at, at) } else { (self.seen.0.min(at), self.seen.1.max(at)) };
        self.observations += 1;
        let newest = self.seen.1 == at && self.closed_at.is_none_or(|closed| closed <= at);
        if let Some(count) = it.participants.filter(|_| newest) {
            self.last_count = Some((at, count));
        }
        if newest && it.subscribers.is_some() {
            self.subscribers = it.subscribers;
        }
        let state = it.state.as_ref()?;
        let reported = !self.inferred && self.state.as_deref() == Some(SpaceState::Ended.word());
        if lags && reported && newest && *state != SpaceState::Ended {
            return None;
        }
        let over = self.ended_at.is_some_and(|ended_at| at >= ended_at);
        if *state == SpaceState::Live && !over {
            self.take_state(state, newest);
            if newest {
                self.closed_at = None;
            } else {
                // Something later is known already; how long this one was held shows the curve.
                self.audience.disordered = true;
            }
            if let Some(count) = it.participants {
                self.hold_up(count, (at, seq));
            }
            return self.audience.look(Look { at, count: it.participants, hold_ms });
        }
        if *state == SpaceState::Live {
            // X reported the end already: a lagging answer. It changes nothing.
            return None;
        }
        self.take_state(state, newest);
        let was_live = self.audience.last.is_some_and(|last| last <= at);
        if was_live && self.closed_at.is_none() {
            self.closed_at = Some(at);
            self.audience.close(self.live_until(at));
        }
        None
    }

    fn take_state(&mut self, state: &SpaceState, newest: bool) {
        if newest {
            self.state = Some(state.word().to_owned());
            self.inferred = false;
            self.ended_between = None;
            self.announced.turn(state.word(), self.seen.1);
        }
    }

    /// A look-up by id did not return it. Only X's "not found" tells anything.
    fn miss(&mut self, problem: Option<&str>, at: i64) {
        let over = matches!(self.state.as_deref(), Some("ended" | SpaceKnown::CANCELED));
        if problem != Some(Missing::NOT_FOUND) || over || at < self.seen.1 {
            return;
        }
        self.inferred = true;
        if let Some(last) = self.audience.last {
            self.state = Some(SpaceState::Ended.word().to_owned());
            self.ended_between = Some((last, at));
            self.closed_at = Some(at);
            self.audience.close(last);
        } else {
            self.state = Some(SpaceKnown::CANCELED.to_owned());
            self.announced.turn(SpaceKnown::CANCELED, at);
        }
    }
}

/// Sets what was said; older words only where nothing is known.
fn take<T: Clone>(slot: &mut Option<T>, said: Option<&T>, newer: bool) {
    if newer || slot.is_none() {
        *slot = said.cloned().or(slot.take());
    }
}

/// A stretch of a Space's airtime in which no count was held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpaceGap {
    /// The Space.
    pub space: SpaceId,
    /// Its beginning, in milliseconds since the epoch.
    pub from: i64,
    /// Its end.
    pub to: i64,
}

/// The Spaces view.
#[derive(Debug)]
pub struct Spaces {
    pub(super) rows: Table<SpaceId, SpaceRow>,
    pub(super) gaps: Table<(SpaceId, i64), i64>,
    /// (speaker, Space): where somebody was listed as a speaker.
    pub(super) spoke: Table<(UserId, SpaceId), ()>,
    /// (first seen, Space).
    pub(super) by_time: Table<(i64, SpaceId), ()>,
    pub(super) briefs: Briefs,
}

impl Default for Spaces {
    fn default() -> Self {
        Self {
            rows: Table::new(b's'),
            gaps: Table::new(b'x'),
            spoke: Table::new(b'k'),
            by_time: Table::new(b'f'),
            briefs: Briefs::default(),
        }
    }
}

impl View for Spaces {
    const NAME: &'static str = "spaces";
    const VERSION: u32 = 3;
    const WANTED: Wanted = Wanted::Observations;

    fn event(&mut self, disk: &dyn Disk, place: &Place, event: &Event) -> Result<(), ViewError> {
        match event {
            Event::SpaceObserved(it) => {
                let row = self.edit(disk, it.space)?;
                let before = row.first_seen();
                let shown = row.observe(it, (place.at, place.seq), place.hold_ms, place.lags);
                let now = row.first_seen();
                self.note(it.space, shown);
                self.move_in_time(it.space, before, now);
            }
            Event::SpaceDescribed(it) => {
                let text = it.text.as_ref().and_then(|text| place.text(text));
                let row = self.edit(disk, it.space)?;
                row.describe(it, text, place.at, place.seq);
            }
            Event::SpaceMissing(it)
                // A Space that was never seen has no row, and gets none for being absent.
                if self.rows.get(disk, &it.space)?.is_some() => {
                    self.edit(disk, it.space)?.miss(it.problem.as_deref(), place.at);
                }
            _ => {}
        }
        Ok(())
    }

    fn fold_sealed(&mut self, disk: &dyn Disk, content: &Content) -> Result<(), ViewError> {
        self.fold_runs(disk, content)
    }

    fn dirty(&self) -> Dirty {
        let mut rows = Dirty::new();
        self.rows.dirty(&mut rows);
        self.gaps.dirty(&mut rows);
        self.spoke.dirty(&mut rows);
        self.by_time.dirty(&mut rows);
        rows
    }

    fn settled(&mut self) {
        self.rows.settled();
        self.gaps.settled();
        self.spoke.settled();
        self.by_time.settled();
    }
}

impl Spaces {
    /// Returns one Space.
    pub fn space(&self, disk: &dyn Disk, id: SpaceId) -> Result<Option<SpaceRow>, ViewError> {
        self.rows.get(disk, &id)
    }

    /// Hands out every Space, by id, until `each` returns false.
    pub fn each(
        &self,
        disk: &dyn Disk,
        each: impl FnMut(SpaceId, &SpaceRow) -> Result<bool, ViewError>,
    ) -> Result<(), ViewError> {
        self.rows.scan(disk, SpaceId::FIRST, None, each)
    }

    /// Returns the gaps of one Space, or of all.
    pub fn gaps(
        &self,
        disk: &dyn Disk,
        space: Option<SpaceId>,
    ) -> Result<Vec<SpaceGap>, ViewError> {
        let mut gaps = Vec::new();
        let first = (space.unwrap_or(SpaceId::FIRST), i64::MIN);
        self.gaps.scan(disk, first, None, |(id, from), to| {
            let wanted = space.is_none_or(|space| space == id);
            if wanted {
                gaps.push(SpaceGap { space: id, from, to: *to });
            }
            Ok(wanted)
        })?;
        Ok(gaps)
    }
}

#[cfg(test)]
mod tests;
