//! The languages of what a search finds: what is in others is kept, and not followed.

use std::collections::BTreeSet;

use crate::space::{Observation, SpaceId};

/// Spaces in other languages that are remembered at most; beyond, all are forgotten, and learned
/// again by the next search that shows them.
const FOREIGN_MAX: usize = 100_000;

/// The languages that are wanted, and Spaces in others.
#[derive(Clone, Debug, Default)]
pub struct Languages {
    wanted: Vec<String>,
    foreign: BTreeSet<SpaceId>,
}

impl Languages {
    /// Returns the wish for these; without any, for all.
    pub fn new(wanted: Vec<String>) -> Self {
        Self { wanted, foreign: BTreeSet::new() }
    }

    /// Takes an observation in; `found` says that nothing but a search showed it.
    pub fn observe(&mut self, it: &Observation, found: bool) {
        let Some(lang) = it.description.lang.as_ref().filter(|_| found) else {
            self.foreign.remove(&it.id);
            return;
        };
        if self.wanted.is_empty() || self.wanted.contains(lang) {
            self.foreign.remove(&it.id);
            return;
        }
        if self.foreign.len() >= FOREIGN_MAX {
            self.foreign.clear();
        }
        self.foreign.insert(it.id);
    }

    /// Returns whether a Space is in a language that is not wanted.
    pub fn is_foreign(&self, id: SpaceId) -> bool {
        self.foreign.contains(&id)
    }
}
