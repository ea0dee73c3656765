//! Time that stands still until it is moved: for tests, and for whole weeks in a moment.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;

use super::delta;

/// A held clock's hands, and who waits for them.
#[derive(Debug)]
pub(super) struct Held {
    from: DateTime<Utc>,
    passed: watch::Sender<Duration>,
    /// By how much the wall was moved besides.
    stepped: Mutex<TimeDelta>,
    /// When sleepers wake, and how many then.
    waiting: Mutex<BTreeMap<Duration, usize>>,
}

impl Held {
    pub fn new(from: DateTime<Utc>) -> Self {
        Self {
            from,
            passed: watch::Sender::new(Duration::ZERO),
            stepped: Mutex::default(),
            waiting: Mutex::default(),
        }
    }

    pub fn now(&self) -> DateTime<Utc> {
        let stepped = *self.stepped.lock().unwrap_or_else(PoisonError::into_inner);
        self.from + delta(self.elapsed()) + stepped
    }

    pub fn elapsed(&self) -> Duration {
        *self.passed.borrow()
    }

    pub fn advance(&self, span: Duration) {
        self.passed.send_modify(|now| *now += span);
    }

    pub fn step(&self, by: TimeDelta) {
        *self.stepped.lock().unwrap_or_else(PoisonError::into_inner) += by;
    }

    /// Returns when the next sleeper wakes, by the time that passed.
    pub fn next_waking(&self) -> Option<Duration> {
        self.waiting().keys().next().copied()
    }

    pub async fn sleep(&self, span: Duration) {
        let until = self.elapsed() + span;
        let _waiting = Waiting::of(self, until);
        let mut watched = self.passed.subscribe();
        // The sender lives in `self`, so waiting cannot fail while we hold it.
        if watched.wait_for(|now| *now >= until).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    fn waiting(&self) -> MutexGuard<'_, BTreeMap<Duration, usize>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A sleeper; woken, or given up.
struct Waiting<'a>(&'a Held, Duration);

impl<'a> Waiting<'a> {
    fn of(held: &'a Held, until: Duration) -> Self {
        *held.waiting().entry(until).or_default() += 1;
        Self(held, until)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut waiting = self.0.waiting();
        if let Some(count) = waiting.get_mut(&self.1) {
            *count -= 1;
            if *count == 0 {
                waiting.remove(&self.1);
            }
        }
    }
}
