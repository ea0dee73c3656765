//! The pace of long work beside a running monitor: disk and processor are the monitor's most of the
//! time.

use std::time::Duration;

use crate::clock::{Stopwatch, pause};

/// A step is followed by a pause so many times as long.
const PAUSE_TIMES: u32 = 2;

/// The longest such pause.
const PAUSE_MAX: Duration = Duration::from_millis(200);

/// Work in short steps.
#[derive(Debug)]
pub struct Pace {
    live: bool,
    step: Stopwatch,
}

impl Pace {
    /// Begins the first step; `live` says whether a monitor goes on meanwhile.
    pub fn new(live: bool) -> Self {
        Self { live, step: Stopwatch::start() }
    }

    /// Pauses after a step, and begins the next.
    pub fn rest(&mut self) {
        if self.live {
            pause((self.step.elapsed() * PAUSE_TIMES).min(PAUSE_MAX));
        }
        self.step = Stopwatch::start();
    }
}
