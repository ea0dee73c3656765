//! The appender: the one thread that decides and writes. Everybody else waits for its word.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crossbeam_channel::{Sender, TrySendError};
use thiserror::Error;
use tokio_util::sync::CancellationToken;

use crate::clock::{Clock, pause};
use crate::decide::{self, Decided, Rules, Source};
use crate::event::{Batch, GapCause, NewBatch, NoticeKind, Text};
use crate::log::{Appended, Log, LogError};
use crate::space::{Answer, Moment, SpaceId, SpaceState};

use super::poller::step;
use super::talk::Talk;

/// How often a log that cannot be written is tried again.
const RETRY_EVERY: Duration = Duration::from_secs(2);

/// An answer could not be stored, and nobody waits for the disk any longer.
#[derive(Debug, Error)]
pub enum AppendError {
    /// The log.
    #[error("cannot write the event log")]
    Log(#[source] LogError),
    /// The monitor stops, and takes nothing any more.
    #[error("the monitor is stopping")]
    Stopping,
}

/// What became of an answer.
#[derive(Clone, Debug, Default)]
pub struct Taken {
    /// Whether the log held it already.
    pub duplicate: bool,
    /// Spaces whose state or start changed, as they now are.
    pub spaces: Vec<(SpaceId, Option<SpaceState>, Option<Moment>)>,
    /// Spaces in the answer.
    pub returned: u32,
    /// Of these, new ones.
    pub new_spaces: u32,
    /// What it cost at most, in millionths of a dollar.
    pub micro_usd: u64,
}

/// Decides on answers and appends them, and hands what was stored to the projectors.
pub struct Appender {
    log: Log,
    rules: Rules,
    clock: Clock,
    /// One bounded channel a projector.
    outlets: Vec<Sender<Arc<Batch>>>,
    /// Wakes the printer; what it prints stands in the log's outbox.
    news: Option<Sender<()>>,
    printed: Arc<AtomicU64>,
    talk: Talk,
    /// While this is not cancelled, a log that cannot be written is tried again.
    patience: CancellationToken,
    /// The steady clock and the wall when they last agreed.
    agreed: (Duration, Moment),
}

impl Appender {
    /// Returns the appender to a log. `patience` says how long to wait for a disk that is full.
    pub fn new(
        log: Log,
        rules: Rules,
        clock: Clock,
        talk: Talk,
        patience: CancellationToken,
    ) -> Self {
        let agreed = (clock.elapsed(), Moment::from(clock.now()));
        let printed = Arc::new(AtomicU64::new(0));
        let (outlets, news) = (Vec::new(), None);
        Self { log, rules, clock, outlets, news, printed, talk, patience, agreed }
    }

    /// Adds a projector's channel.
    pub fn feed(&mut self, outlet: Sender<Arc<Batch>>) {
        self.outlets.push(outlet);
    }

    /// Adds the printer: how to wake it, and where it says how far it has printed.
    pub fn tell(&mut self, news: Sender<()>, printed: Arc<AtomicU64>) {
        self.news = Some(news);
        self.printed = printed;
    }

    /// Returns the log.
    pub fn log(&mut self) -> &mut Log {
        &mut self.log
    }

    /// Says how something beside the log went.
    pub fn say_about(&self, about: &str, outcome: std::io::Result<()>) {
        match outcome {
            Ok(()) => self.talk.well(about),
            Err(error) => self.talk.trouble(about, &error),
        }
    }

    /// Decides on an answer, stores it, and returns when it is durable.
    pub fn take(&mut self, answer: &Answer, source: Source) -> Result<Taken, AppendError> {
        self.watch_clock()?;
        let decided = self.patiently(|this| this.decide(answer, source))?;
        let stored = self.store(&decided.batch)?;
        let cost = match decided.batch.events.first() {
            Some(crate::event::Event::PollSucceeded(poll)) => poll.cost.most_micro_usd,
            _ => 0,
        };
        Ok(Taken {
            duplicate: !stored,
            spaces: decided.spaces,
            returned: decided.returned,
            new_spaces: decided.new_spaces,
            micro_usd: cost,
        })
    }

    /// Stores an act of the monitor.
    pub fn act(&mut self, batch: &NewBatch) -> Result<(), AppendError> {
        self.store(batch).map(|_stored| ())
    }

    fn decide(&mut self, answer: &Answer, source: Source) -> Result<Decided, LogError> {
        let known = self.log.known(&decide::wanted(answer))?;
        let salts = self.log.entropy().salts(decide::salts_needed(answer))?;
        let mut decided = decide::decide(&self.rules, known, answer, source, salts);
        let reader = self.log.reader();
        for notice in &mut decided.batch.notices {
            // An answer that misses a Space does not say what it was called; the log does.
            if notice.kind == NoticeKind::Ended && notice.title.is_none() {
                let known = decided.batch.known.spaces.get(&notice.space);
                let Some(reference) = known.and_then(|known| known.text) else { continue };
                if let Some(Text::Space { title, .. }) = reader.text(&reference)? {
                    notice.title = title;
                }
            }
        }
        Ok(decided)
    }

    /// Appends a batch; returns whether it was new.
    fn store(&mut self, batch: &NewBatch) -> Result<bool, AppendError> {
        let appended = self.patiently(|this| {
            let now = Moment::from(this.clock.now());
            this.log.append(batch, now, this.printed.load(Ordering::Acquire))
        })?;
        let Appended::Stored(stored) = appended else { return Ok(false) };
        for outlet in &self.outlets {
            match outlet.try_send(stored.clone()) {
                // A projector that lags reads the log; one that is gone said why.
                Ok(()) | Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {}
            }
        }
        if let Some(news) = self.news.as_ref().filter(|_| !batch.notices.is_empty()) {
            match news.try_send(()) {
                // A call that is waiting already serves for this one too.
                Ok(()) | Err(TrySendError::Full(()) | TrySendError::Disconnected(())) => {}
            }
        }
        Ok(true)
    }

    /// Does `work`, and while the log's file fails and somebody waits, opens it again and does it
    /// again: appending is idempotent. What could not be seen meanwhile becomes a gap.
    fn patiently<T>(
        &mut self,
        mut work: impl FnMut(&mut Self) -> Result<T, LogError>,
    ) -> Result<T, AppendError> {
        let since = Moment::from(self.clock.now());
        let mut failed = false;
        loop {
            let error = match work(self) {
                Ok(value) if failed => {
                    self.talk.well("storage");
                    let now = Moment::from(self.clock.now());
                    let gap = decide::blind(GapCause::Storage, since, now);
                    let printed = self.printed.load(Ordering::Acquire);
                    self.log.append(&gap, now, printed).map_err(AppendError::Log)?;
                    return Ok(value);
                }
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            if !matches!(error, LogError::Store(_)) || self.patience.is_cancelled() {
                return Err(AppendError::Log(error));
            }
            if !failed {
                self.talk.trouble("storage", &error);
                failed = true;
            }
            pause(RETRY_EVERY);
            // If this fails too, so will the work, and we come here again.
            if let Err(error) = self.log.reopen() {
                self.talk.trouble("storage", &error);
            }
        }
    }

    /// Notes in the log when the wall clock was moved, or the machine slept.
    fn watch_clock(&mut self) -> Result<(), AppendError> {
        let now = Moment::from(self.clock.now());
        let by_ms = step(&mut self.agreed, self.clock.elapsed(), now);
        if by_ms != 0 {
            self.store(&decide::stepped(by_ms, now))?;
        }
        Ok(())
    }
}
