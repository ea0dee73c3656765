//! Batches of another log on their way to whoever writes this one.

#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{mpsc, oneshot};

use crate::log::Adopted;

use super::appender::{AppendError, Appender};
use super::poller::Work;

/// How batches of another log are appended: by the appender's thread, or right here. Returns how
/// many batches and events were new.
pub type Adopt = dyn Fn(Vec<Adopted>) -> Result<(u64, u64), AppendError> + Send + Sync;

/// Returns how batches go to the appender's thread; the answers of polls come in between.
pub fn through(work: mpsc::WeakSender<Work>) -> Box<Adopt> {
    Box::new(move |batches| {
        let work = work.upgrade().ok_or(AppendError::Stopping)?;
        let (reply, replied) = oneshot::channel();
        let sent = work.blocking_send(Work::Adopt(batches, reply));
        sent.map_err(|_| AppendError::Stopping)?;
        drop(work);
        replied.blocking_recv().map_err(|_| AppendError::Stopping)?
    })
}

/// Returns how batches are appended where nobody else is.
pub fn here(appender: Arc<Mutex<Appender>>) -> Box<Adopt> {
    Box::new(move |batches| appender.lock().unwrap_or_else(PoisonError::into_inner).adopt(&batches))
}
