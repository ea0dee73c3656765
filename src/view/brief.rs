//! Short forms of Spaces: what a list of them is filtered, ordered and marked by. They are made
//! when first asked for and kept up to date since, so that the twenty largest of thousands are
//! found without reading every row.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use crate::space::{SpaceId, SpaceState};

use super::ViewError;
use super::spaces::{SpaceRow, Spaces};
use super::table::{Disk, Table};

/// The short form of a Space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpaceBrief {
    /// X's word for its state, or ours where it was inferred.
    pub state: Option<SpaceState>,
    /// Whether any answer carried it: a description alone does not make it known.
    pub is_observed: bool,
    /// The count to show.
    pub participants: Option<u64>,
    /// The largest count.
    pub peak: Option<u64>,
    /// When it began, or where it has not, was announced to.
    pub begin: Option<i64>,
    /// Of a Space in which there never was more than one person: its title in small letters, who
    /// made it, and when it was first seen.
    pub lonely: Option<(Box<str>, u64, i64)>,
}

impl SpaceBrief {
    /// A Space with so many people at most was never joined by anybody but its own account.
    const LONELY_MAX: u64 = 1;

    /// Returns the short form of a row.
    pub fn of(row: &SpaceRow) -> Self {
        let peak = row.audience.peak.map(|peak| peak.count);
        let told = row.title.as_ref().zip(row.creator).zip(row.first_seen());
        let told = told.filter(|_| peak.is_some_and(|peak| peak <= Self::LONELY_MAX));
        Self {
            state: row.state.as_deref().map(SpaceState::from_word),
            is_observed: row.observations > 0,
            participants: row.participants().map(|(_, count)| count),
            peak,
            begin: row.started_at.or(row.scheduled_start),
            lonely: told.map(|((title, creator), first)| {
                (title.trim().to_lowercase().into(), creator, first)
            }),
        }
    }
}

impl Spaces {
    /// Returns the row of a Space to be changed.
    pub(super) fn edit(
        &mut self,
        disk: &dyn Disk,
        id: SpaceId,
    ) -> Result<&mut SpaceRow, ViewError> {
        self.briefs.touch(id);
        self.rows.edit(disk, id, SpaceRow::default)
    }

    /// Hands out the short form of every Space, by id: the first time as slow as [`Spaces::each`],
    /// then without a look at the rows that did not change. They stay in memory as long as the view
    /// does: 128 bytes a Space, what the tree that holds them takes, and titles of lonely ones.
    pub fn each_brief(
        &self,
        disk: &dyn Disk,
        each: impl FnMut(SpaceId, &SpaceBrief),
    ) -> Result<(), ViewError> {
        self.briefs.each(&self.rows, disk, each)
    }
}

/// The short forms of all Spaces of a view, from when somebody first asks for them.
#[derive(Debug, Default)]
pub(super) struct Briefs(Mutex<Option<Made>>);

#[derive(Debug, Default)]
struct Made {
    all: BTreeMap<SpaceId, SpaceBrief>,
    /// Spaces whose rows may have changed since their short forms were made.
    stale: BTreeSet<SpaceId>,
}

impl Briefs {
    /// Says that the row of a Space may change.
    pub fn touch(&mut self, id: SpaceId) {
        if let Some(made) = self.0.get_mut().unwrap_or_else(PoisonError::into_inner) {
            made.stale.insert(id);
        }
    }

    /// Hands out the short form of every Space, by id.
    pub fn each(
        &self,
        rows: &Table<SpaceId, SpaceRow>,
        disk: &dyn Disk,
        mut each: impl FnMut(SpaceId, &SpaceBrief),
    ) -> Result<(), ViewError> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Taken out, so that nothing half made stays behind an error.
        let made = match held.take() {
            Some(made) => made.freshened(rows, disk)?,
            None => Made::of(rows, disk)?,
        };
        for (id, brief) in &held.insert(made).all {
            each(*id, brief);
        }
        Ok(())
    }
}

impl Made {
    fn of(rows: &Table<SpaceId, SpaceRow>, disk: &dyn Disk) -> Result<Self, ViewError> {
        let mut made = Self::default();
        rows.scan(disk, SpaceId::FIRST, None, |id, row| {
            made.all.insert(id, SpaceBrief::of(row));
            Ok(true)
        })?;
        Ok(made)
    }

    fn freshened(
        mut self,
        rows: &Table<SpaceId, SpaceRow>,
        disk: &dyn Disk,
    ) -> Result<Self, ViewError> {
        for id in std::mem::take(&mut self.stale) {
            match rows.get(disk, &id)? {
                Some(row) => self.all.insert(id, SpaceBrief::of(&row)),
                None => self.all.remove(&id),
            };
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_form_takes_the_memory_that_is_said() {
        assert_eq!(size_of::<(SpaceId, SpaceBrief)>(), 128);
    }
}
