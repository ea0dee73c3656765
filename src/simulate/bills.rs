//! The bill: distinct Spaces and users returned, by UTC day.

use std::collections::{BTreeMap, HashSet};

use crate::space::{Moment, SpaceId, UserId};

/// Days kept; older ones are dropped.
const MOST_DAYS: usize = 400;

/// What one UTC day costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bill {
    /// Distinct Spaces returned.
    pub spaces: u64,
    /// Distinct users returned, those in `includes` too.
    pub users: u64,
}

/// Counts each resource once a day.
#[derive(Default)]
pub struct Bills {
    day: i64,
    spaces: HashSet<SpaceId>,
    users: HashSet<UserId>,
    days: BTreeMap<i64, Bill>,
}

impl Bills {
    /// Counts what an answer returned; a clock that goes back stays on the later day.
    pub fn charge(&mut self, at: Moment, spaces: &[SpaceId], users: &[UserId]) {
        if at.day() > self.day {
            self.day = at.day();
            self.spaces.clear();
            self.users.clear();
        }
        let bill = self.days.entry(self.day).or_default();
        let new_spaces = spaces.iter().filter(|id| self.spaces.insert(**id)).count();
        let new_users = users.iter().filter(|id| self.users.insert(**id)).count();
        bill.spaces += u64::try_from(new_spaces).unwrap_or(u64::MAX);
        bill.users += u64::try_from(new_users).unwrap_or(u64::MAX);
        while self.days.len() > MOST_DAYS {
            self.days.pop_first();
        }
    }

    /// Returns the bill of each day, by the days since 1970.
    pub fn days(&self) -> &BTreeMap<i64, Bill> {
        &self.days
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_costs_once_a_day() {
        let mut bills = Bills::default();
        let id: SpaceId = "1YqKDqWqdPLxV".parse().unwrap();
        let day = 86_400_000;
        bills.charge(Moment(day), &[id], &[UserId(1), UserId(2)]);
        bills.charge(Moment(2 * day - 1), &[id], &[UserId(2), UserId(3)]);
        bills.charge(Moment(2 * day), &[id], &[]);
        assert_eq!(bills.days()[&1], Bill { spaces: 1, users: 3 });
        assert_eq!(bills.days()[&2], Bill { spaces: 1, users: 0 });
    }
}
