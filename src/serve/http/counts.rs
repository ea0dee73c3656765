//! What the server did, counted for `/metrics`.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// Counts of answers and of what is open.
#[derive(Debug, Default)]
pub struct Counts {
    answers: [AtomicU64; 5],
    connections: AtomicU32,
    streams: AtomicU32,
}

/// The classes of statuses.
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

impl Counts {
    /// Counts an answer.
    pub fn answered(&self, status: u16) {
        let class = usize::from(status / 100).saturating_sub(1).min(CLASSES.len() - 1);
        self.answers[class].fetch_add(1, Ordering::Relaxed);
    }

    /// Notes how many connections and streams are open.
    pub fn open(&self, connections: usize, streams: usize) {
        let whole = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        self.connections.store(whole(connections), Ordering::Relaxed);
        self.streams.store(whole(streams), Ordering::Relaxed);
    }

    /// Returns how many answers had a status of each class.
    pub fn answers(&self) -> impl Iterator<Item = (&'static str, f64)> {
        #[expect(clippy::cast_precision_loss, reason = "samples are real numbers")]
        let count = |it: &AtomicU64| it.load(Ordering::Relaxed) as f64;
        CLASSES.into_iter().zip(self.answers.iter().map(count))
    }

    /// Returns how many connections were open when that was last noted.
    pub fn connections(&self) -> f64 {
        f64::from(self.connections.load(Ordering::Relaxed))
    }

    /// Returns how many streams were open when that was last noted.
    pub fn streams(&self) -> f64 {
        f64::from(self.streams.load(Ordering::Relaxed))
    }
}
