//! Deadlines, pauses and measured spans: always in real time, also where the clock is sped up.

use std::future::Future;
use std::time::{Duration, Instant};

/// Runs `work` for at most `limit` of real time; `None` when the limit came first.
pub async fn deadline<T>(limit: Duration, work: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(limit, work).await.ok()
}

/// Blocks this thread for `span` of real time.
pub fn pause(span: Duration) {
    std::thread::sleep(span);
}

/// Waits for `span` of real time without blocking a thread.
pub async fn sleep_real(span: Duration) {
    tokio::time::sleep(span).await;
}

/// Measures real time from its making.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts to measure now.
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Returns the real time since the start.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}
