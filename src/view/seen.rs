//! What an observation shows of a Space beside its state: its stage, its reminders, and counts that
//! may be doubted; and the two indexes of the Spaces view, by speaker and by time.

use crate::event::SpaceObserved;
use crate::space::{SpaceId, SpaceState, UserId};

use super::ViewError;
use super::audience::Stretch;
use super::audience::doubts::is_suspect;
use super::spaces::{SpaceRow, Spaces};
use super::stage::{First, UnderStage};
use super::table::Disk;

/// So many stretches of looks under the number on the stage are kept of a Space; what comes after
/// them lengthens the last.
const UNDER_STAGE_MAX: usize = 64;

/// What one observation showed that is kept apart from the row.
#[derive(Debug, Default)]
pub(super) struct Shown {
    /// The gap before it, if it ended one.
    pub gap: Option<Stretch>,
    /// Speakers never listed before.
    pub new_speakers: Vec<u64>,
}

impl SpaceRow {
    /// Returns when the first answer carried it; `None` of one that is only described yet.
    pub fn first_seen(&self) -> Option<i64> {
        (self.observations > 0).then_some(self.seen.0)
    }

    /// Returns whether the row alone does not tell all, so that its curve has to be read.
    pub fn needs_curve(&self) -> bool {
        self.audience.disordered || self.suspect
    }

    /// Takes in who is on the stage; returns speakers never listed before.
    pub(super) fn see_stage(&mut self, it: &SpaceObserved, seen: First) -> Vec<u64> {
        let hosts = self.hosts.as_deref().unwrap_or_default();
        let Some(speakers) = &it.speakers else {
            // Once X listed speakers, an answer that does not takes nobody from the stage.
            if self.speakers.is_none() {
                self.on_stage = hosts.len() as u64;
            }
            return Vec::new();
        };
        let listed: Vec<u64> = speakers.iter().map(|user| user.0).collect();
        let only_hosts = hosts.iter().filter(|host| !listed.contains(host)).count();
        self.on_stage = (listed.len() + only_hosts) as u64;
        let new = self.stage.speakers(&listed, seen);
        let known = self.speakers.get_or_insert_default();
        known.extend(&new);
        known.sort_unstable();
        new
    }

    /// Takes in how many reminders were set while it had not begun.
    pub(super) fn see_reminders(&mut self, it: &SpaceObserved, at: i64) {
        let waits = it.state == Some(SpaceState::Scheduled);
        let Some(count) = it.subscribers.filter(|_| waits) else { return };
        if self.reminders.is_none_or(|(before, _)| before <= at) {
            self.reminders = Some((at, count));
        }
    }

    /// Holds a live count, before it is taken in, up against the one before and the stage.
    #[inline]
    pub(super) fn hold_up(&mut self, count: u64, seen: First) {
        if let Some((_, before)) = self.audience.last_count {
            self.suspect |= is_suspect(before, count);
        }
        if count < self.on_stage || self.under_now {
            self.see_under_stage(count, seen);
        }
    }

    #[cold]
    fn see_under_stage(&mut self, count: u64, seen: First) {
        let (goes_on, stage) = (self.under_now, self.on_stage);
        self.under_now = count < stage;
        if !self.under_now {
            return;
        }
        let is_full = self.under_stage.len() >= UNDER_STAGE_MAX;
        match self.under_stage.last_mut() {
            Some(last) if goes_on || is_full => {
                last.last = last.last.max(seen);
                last.first = last.first.min(seen);
                last.looks += 1;
            }
            _ => {
                self.under_stage.push(UnderStage {
                    first: seen,
                    last: seen,
                    looks: 1,
                    count,
                    stage,
                });
            }
        }
    }
}

impl Spaces {
    /// Keeps what an observation showed beside the row.
    pub(super) fn note(&mut self, space: SpaceId, shown: Shown) {
        if let Some(gap) = shown.gap {
            self.gaps.put((space, gap.from), gap.to);
        }
        for speaker in shown.new_speakers {
            self.spoke.put((UserId(speaker), space), ());
        }
    }

    /// Keeps when a Space was first seen; only an import brings an older look.
    pub(super) fn move_in_time(&mut self, space: SpaceId, before: Option<i64>, now: Option<i64>) {
        if before == now {
            return;
        }
        if let Some(before) = before {
            self.by_time.remove((before, space));
        }
        if let Some(now) = now {
            self.by_time.put((now, space), ());
        }
    }

    /// Hands out every Space from `from` on, by id, until `each` returns false.
    pub fn each_from(
        &self,
        disk: &dyn Disk,
        from: SpaceId,
        each: impl FnMut(SpaceId, &SpaceRow) -> Result<bool, ViewError>,
    ) -> Result<(), ViewError> {
        self.rows.scan(disk, from, None, each)
    }

    /// Hands out each speaker with each of the Spaces where they were listed, by speaker, from
    /// `first` on until `each` returns false.
    pub fn each_spoke(
        &self,
        disk: &dyn Disk,
        first: UserId,
        mut each: impl FnMut(UserId, SpaceId) -> Result<bool, ViewError>,
    ) -> Result<(), ViewError> {
        self.spoke.scan(disk, (first, SpaceId::FIRST), None, |(user, space), ()| each(user, space))
    }

    /// Hands out the Spaces first seen from `from` to before `to`, by time.
    pub fn each_first_seen(
        &self,
        disk: &dyn Disk,
        from: i64,
        to: i64,
        mut each: impl FnMut(i64, SpaceId) -> Result<bool, ViewError>,
    ) -> Result<(), ViewError> {
        let (from, to) = ((from, SpaceId::FIRST), (to, SpaceId::FIRST));
        self.by_time.scan(disk, from, Some(to), |(at, space), ()| each(at, space))
    }
}
