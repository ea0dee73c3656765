//! When the monitor means to ask X next: what tells a log that stands still from one that has
//! nothing to add.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use super::money::Chosen;
use crate::space::Moment;

/// Stands for no time: there is nothing to ask.
const NEVER: i64 = i64::MAX;

/// When X is to be asked next. Cheap to clone; all clones tell the same.
#[derive(Clone, Debug)]
pub struct NextPoll(Arc<AtomicI64>);

impl NextPoll {
    /// Returns one that was told nothing yet.
    pub fn new() -> Self {
        Self(Arc::new(AtomicI64::new(NEVER)))
    }

    /// Takes in what the poller does next. While an answer is under way, the time at which it was
    /// asked for stands.
    pub fn takes(&self, next: Option<&Chosen>, is_free: bool, now: Moment) {
        match next {
            Some(Chosen::Ask(..)) => self.0.store(now.0, Ordering::Relaxed),
            Some(Chosen::Wait(at)) if is_free => self.0.store(at.0, Ordering::Relaxed),
            Some(Chosen::Idle) if is_free => self.0.store(NEVER, Ordering::Relaxed),
            Some(Chosen::Wait(_) | Chosen::Idle) | None => {}
        }
    }

    /// Returns that time in milliseconds since the epoch; `None` when there is nothing to ask.
    pub fn at(&self) -> Option<i64> {
        Some(self.0.load(Ordering::Relaxed)).filter(|at| *at != NEVER)
    }
}
