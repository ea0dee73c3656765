//! What `status` and `doctor` tell of a running monitor, kept up to date.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::next_poll::NextPoll;
use super::{Health, Talk};
use crate::clock::Clock;
use crate::question::Running;
use crate::space::Moment;

/// So long after X was to be asked, its answer, or that there was none, is in the log.
const APPENDED_WITHIN: Duration = Duration::from_mins(1);

/// Keeps what `status` tells of a running monitor up to date.
pub(super) async fn keep(
    running: Arc<Mutex<Option<Running>>>,
    following: Arc<AtomicU64>,
    clock: Clock,
    (talk, health, next_poll): (Talk, Health, NextPoll),
) {
    let since = clock.now().timestamp_millis();
    // Deadlines are in real time, also where the clock is sped up.
    let patience = APPENDED_WITHIN.mul_f64(clock.speed()).as_millis();
    let patience_ms = i64::try_from(patience).unwrap_or(i64::MAX);
    loop {
        let now = Running {
            pid: std::process::id(),
            since,
            following: following.load(Ordering::Relaxed),
            trouble: talk.troubles(),
            needs: talk.needs(),
            next_poll_at: next_poll.at(),
            patience_ms,
            checks: health.checks(Moment::from(clock.now())),
        };
        *running.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
        crate::clock::sleep_real(Duration::from_millis(200)).await;
    }
}
