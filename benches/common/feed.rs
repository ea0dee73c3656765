//! New answers for a log that holds much already: of another world, after its last batch.

use std::sync::Arc;

use spacelog::decide::{self, Rules, Source};
use spacelog::event::{Batch, NewBatch};
use spacelog::log::{Appended, Log};
use spacelog::space::{Answer, Moment, Prices};

use super::Outcome;
use super::watcher::Watcher;

/// The seed of the world that new answers are of: its Spaces and people are not in the log.
const SEED: u64 = 2;

/// A lookout for one log.
pub struct Feed {
    watcher: Watcher,
    rules: Rules,
    /// From the world's time to the log's.
    shift_ms: i64,
}

impl Feed {
    /// Returns answers that come after all that the log holds.
    pub fn after(log: &Log, spaces: usize) -> Self {
        let mut watcher = Watcher::new(SEED, spaces);
        let first = watcher.answer().asked.observed_at;
        let shift_ms = (log.head().recorded_at.0 - first.0).max(0);
        let rules = Rules { monitor: log.header().monitor, prices: Prices::default() };
        Self { watcher, rules, shift_ms }
    }

    /// Returns the next answer; making it is no part of what is measured.
    pub fn answer(&mut self) -> Answer {
        let mut answer = self.watcher.answer();
        let shift = self.shift_ms;
        answer.asked.observed_at = answer.asked.observed_at.plus(shift);
        answer.asked.sent_at = answer.asked.sent_at.map(|at: Moment| at.plus(shift));
        answer
    }

    /// Decides on an answer, as a monitor does.
    pub fn decide(&self, log: &mut Log, answer: &Answer) -> Outcome<NewBatch> {
        let known = log.known(&decide::wanted(answer))?;
        let salts = log.entropy().salts(decide::salts_needed(answer))?;
        Ok(decide::decide(&self.rules, known, answer, Source::Live, salts).batch)
    }

    /// Decides on an answer and appends it.
    pub fn append(&self, log: &mut Log, answer: &Answer) -> Outcome<Arc<Batch>> {
        let batch = self.decide(log, answer)?;
        append(log, &batch)
    }
}

/// Appends a batch that is new, at the time of its answer.
pub fn append(log: &mut Log, batch: &NewBatch) -> Outcome<Arc<Batch>> {
    match log.append(batch, batch.observed_at)? {
        Appended::Stored(stored) => Ok(stored),
        Appended::Duplicate(seq) => Err(format!("a new batch stands at seq {seq} already").into()),
    }
}
