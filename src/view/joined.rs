//! Spaces that a person said are one event, or are not: a table of the hosts view.

use super::ViewError;
use super::table::{Dirty, Disk, Table};
use crate::space::SpaceId;

/// By pairs of Spaces, each both ways: whether they are one event, as last said.
#[derive(Debug)]
pub(super) struct Joined(Table<(SpaceId, SpaceId), bool>);

impl Default for Joined {
    fn default() -> Self {
        Self(Table::new(b'j'))
    }
}

impl Joined {
    /// Takes in that Spaces were joined, or parted.
    pub fn take(&mut self, spaces: &[SpaceId], joined: bool) {
        for one in spaces {
            for other in spaces.iter().filter(|other| *other != one) {
                self.0.put((*one, *other), joined);
            }
        }
    }

    /// Hands out every pair, each both ways, until `each` returns false.
    pub fn each(
        &self,
        disk: &dyn Disk,
        mut each: impl FnMut(SpaceId, SpaceId, bool) -> Result<bool, ViewError>,
    ) -> Result<(), ViewError> {
        let from = (SpaceId::FIRST, SpaceId::FIRST);
        self.0.scan(disk, from, None, |(one, other), joined| each(one, other, *joined))
    }

    /// Appends the rows that changed.
    pub fn dirty(&self, rows: &mut Dirty) {
        self.0.dirty(rows);
    }

    /// Says that those are on disk.
    pub fn settled(&mut self) {
        self.0.settled();
    }
}
