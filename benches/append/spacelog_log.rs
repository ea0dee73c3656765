//! spacelog's own log, appended to in two ways: answers decided on, and batches that are ready.

use std::path::Path;
use std::time::Duration;

use spacelog::clock::Stopwatch;
use spacelog::decide::{self, Rules, Source};
use spacelog::event::{NewBatch, codec};
use spacelog::log::{Appended, Log, NewLog};
use spacelog::space::{Answer, Moment, Prices};

use super::Outcome;

/// The whole way of an answer, as the monitor's appender goes it.
pub struct Whole {
    log: Log,
    rules: Rules,
}

/// What came of one answer.
pub struct Taken {
    /// From the answer to the durable batch.
    pub took: Duration,
    /// The part of it before the append: looking up what is known, and deciding.
    pub deciding: Duration,
    /// What was appended.
    pub batch: NewBatch,
    /// When.
    pub now: Moment,
    /// Its record in the log.
    pub record: Vec<u8>,
}

impl Whole {
    pub fn create(path: &Path) -> Outcome<Self> {
        let log = create(path)?;
        let rules = Rules { monitor: log.header().monitor, prices: Prices::default() };
        Ok(Self { log, rules })
    }

    pub fn take(&mut self, answer: &Answer) -> Outcome<Taken> {
        let now = answer.asked.observed_at;
        let watch = Stopwatch::start();
        let known = self.log.known(&decide::wanted(answer))?;
        let salts = self.log.entropy().salts(decide::salts_needed(answer))?;
        let decided = decide::decide(&self.rules, known, answer, Source::Live, salts);
        let deciding = watch.elapsed();
        let appended = append(&mut self.log, &decided.batch, now)?;
        let took = watch.elapsed();
        let Appended::Stored(stored) = appended else { return Err(TWICE.into()) };
        let record = codec::encode_batch(&stored.chain, &codec::canonical(&stored));
        Ok(Taken { took, deciding, batch: decided.batch, now, record })
    }

    pub fn close(self) -> Outcome<()> {
        Ok(self.log.close()?)
    }
}

/// Batches that were decided elsewhere.
pub struct Ready(Log);

impl Ready {
    pub fn create(path: &Path) -> Outcome<Self> {
        Ok(Self(create(path)?))
    }

    pub fn append(&mut self, batch: &NewBatch, now: Moment) -> Outcome<Appended> {
        append(&mut self.0, batch, now)
    }

    pub fn close(self) -> Outcome<()> {
        Ok(self.0.close()?)
    }
}

const TWICE: &str = "the log says that it holds a batch which is new";

fn create(path: &Path) -> Outcome<Log> {
    Ok(Log::create(path, &NewLog { created_at: Moment(0), simulated: None })?)
}

/// Appends a batch that is new.
fn append(log: &mut Log, batch: &NewBatch, now: Moment) -> Outcome<Appended> {
    match log.append(batch, now)? {
        Appended::Duplicate(_) => Err(TWICE.into()),
        stored @ Appended::Stored(_) => Ok(stored),
    }
}
