//! What is asked when there is no money: a Space that was read today is free until midnight UTC.

use std::collections::BTreeSet;

use super::Schedule;
use crate::space::{Endpoint, Moment, SpaceId};

impl Schedule {
    /// Asks these endpoints nothing that costs, until it is told otherwise: searches and creators
    /// not at all, look-ups for Spaces that are paid for.
    pub fn spare(&mut self, dear: &BTreeSet<Endpoint>) {
        self.dear.clone_from(dear);
    }

    /// Returns whether a Space was read on the UTC day of `now`, which is then paid for.
    pub fn is_paid(&self, id: SpaceId, now: Moment) -> bool {
        self.followed.get(&id).is_some_and(|it| it.billed_day == Some(now.day()))
    }

    /// Returns whether look-ups by many ids, or by one, are to cost nothing.
    pub(super) fn is_spared(&self, endpoint: Endpoint) -> bool {
        self.dear.contains(&endpoint)
    }
}
