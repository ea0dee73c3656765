//! Followers over time: a table of the hosts view, the counts of a UTC day in a row.

use super::ViewError;
use super::table::{Dirty, Disk, Table};
use crate::space::{Moment, UserId};

/// A count of followers: when, in milliseconds since the epoch, and how many.
pub type Counted = (i64, u64);

/// By user and UTC day: the counts of that day, by time; one that says nothing new is left out.
#[derive(Debug)]
pub(super) struct Followers(Table<(UserId, i64), Vec<Counted>>);

impl Default for Followers {
    fn default() -> Self {
        Self(Table::new(b'f'))
    }
}

impl Followers {
    /// Takes a count in.
    pub fn take(
        &mut self,
        disk: &dyn Disk,
        user: UserId,
        (at, count): Counted,
    ) -> Result<(), ViewError> {
        let day = self.0.edit(disk, (user, Moment(at).day()), Vec::new)?;
        let place = day.partition_point(|(before, _)| *before <= at);
        let before = place.checked_sub(1).map(|place| day[place]);
        if before.is_none_or(|before| before.1 != count) {
            day.insert(place, (at, count));
        }
        Ok(())
    }

    /// Returns the counts of a user up to a moment, by time.
    pub fn until(
        &self,
        disk: &dyn Disk,
        user: UserId,
        until: i64,
    ) -> Result<Vec<Counted>, ViewError> {
        let mut found = Vec::new();
        let end = (user, Moment(until).day().saturating_add(1));
        self.0.scan(disk, (user, i64::MIN), Some(end), |_key, day| {
            found.extend(day.iter().filter(|(at, _)| *at <= until));
            Ok(true)
        })?;
        found.dedup_by_key(|(_, count)| *count);
        Ok(found)
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
