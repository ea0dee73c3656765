//! The appender: the one thread that decides and writes. Everybody else waits for its word.

mod acts;

use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{Sender, TrySendError};
use thiserror::Error;
use tokio_util::sync::CancellationToken;

use crate::clock::{Clock, Stopwatch, pause};
use crate::decide::{self, Decided, Rules, Source, Told};
use crate::event::{
    Batch, DaySpend, GapCause, NewBatch, NoticeKind, PollId, SpaceKnown, Text, Wanted,
};
use crate::log::{Adopted, Appended, Draft, Erased, Log, LogError, NoticeKey, Plan, SEAL_BATCHES};
use crate::space::{Answer, Moment, SpaceId};
use crate::store::StoreError;

use super::keeping::Keeping;
use super::poller::step;
use super::talk::Talk;

/// Batches in the tail from which on it is sealed when the work is done.
const SEAL_AT_END: usize = 64;

/// How often a log that cannot be written is tried again.
const RETRY_EVERY: Duration = Duration::from_secs(2);

/// What comes of a log that cannot be written.
const PAUSED: &str = "polling is paused, and goes on by itself when it can be stored";

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
    /// The id of its poll.
    pub poll_id: Option<PollId>,
    /// Spaces of which something changed, as they now are.
    pub spaces: Vec<(SpaceId, SpaceKnown)>,
    /// Spaces in the answer.
    pub returned: u32,
    /// Of these, new ones.
    pub new_spaces: u32,
    /// What it cost at least and at most, in millionths of a dollar.
    pub micro_usd: (u64, u64),
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
    /// Wakes the sealer, and how many batches were stored since it last was.
    nudge: Option<Sender<()>>,
    unsealed: usize,
    talk: Talk,
    /// While this is not cancelled, a log that cannot be written is tried again.
    patience: CancellationToken,
    /// Told when nothing can be stored, and when it can again.
    keeping: Keeping,
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
        let (outlets, news, nudge) = (Vec::new(), None, None);
        // Batches that an earlier run left in the tail are looked at with the first new one.
        let unsealed = SEAL_BATCHES;
        let keeping = Keeping::new();
        Self { log, rules, clock, outlets, news, nudge, unsealed, talk, patience, keeping, agreed }
    }

    /// Returns what says whether answers can be stored.
    pub fn keeping(&self) -> Keeping {
        self.keeping.clone()
    }

    /// Adds a projector's channel.
    pub fn feed(&mut self, outlet: Sender<Arc<Batch>>) {
        self.outlets.push(outlet);
    }

    /// Adds the printer: how to wake it.
    pub fn tell(&mut self, news: Sender<()>) {
        self.news = Some(news);
    }

    /// Adds the sealer: how to wake it.
    pub fn nudge(&mut self, nudge: Sender<()>) {
        self.nudge = Some(nudge);
    }

    /// Puts a segment in the place of old batches; returns whether that could be stored. After a
    /// failure the log is opened again: the swap was stored or not, and either is the same log.
    pub fn swap(&mut self, draft: &Draft) -> bool {
        let swapped = self.log.swap(draft).or_else(|error| {
            self.talk.trouble("sealing", &error);
            self.log.reopen().map(|()| false)
        });
        swapped.unwrap_or_else(|error| {
            self.talk.trouble("storage", &error);
            false
        })
    }

    /// Seals what is left in the tail, if it is worth a segment's while, for no longer than `limit`
    /// and one segment; the rest is sealed by the next run.
    pub fn seal(&mut self, limit: Duration) {
        let began = Stopwatch::start();
        if let Err(error) = self.log.seal_while(SEAL_AT_END, || began.elapsed() < limit) {
            self.talk.trouble("sealing", &error);
        }
    }

    /// Erases a notice that was printed; returns whether that could be stored.
    pub fn printed(&mut self, notice: NoticeKey) -> bool {
        let erased = self.log.printed(notice);
        if let Err(error) = &erased {
            self.talk.trouble("storage", error);
        }
        erased.is_ok()
    }

    /// Returns what the last billed day cost.
    pub fn spent(&self) -> Result<Option<DaySpend>, LogError> {
        Ok(self.log.known(&Wanted::default())?.spent)
    }

    /// Returns the log.
    pub fn log(&mut self) -> &mut Log {
        &mut self.log
    }

    /// Returns the log, of which this was the appender.
    #[cfg(test)]
    pub fn into_log(self) -> Log {
        self.log
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
            Some(crate::event::Event::PollSucceeded(poll)) => {
                (poll.cost.least_micro_usd, poll.cost.most_micro_usd)
            }
            _ => (0, 0),
        };
        Ok(Taken {
            duplicate: !stored,
            poll_id: decided.batch.poll_id,
            spaces: decided.spaces,
            returned: decided.returned,
            new_spaces: decided.new_spaces,
            micro_usd: cost,
        })
    }

    /// Stores batches of another log, and what is known with them; returns how many batches and
    /// events were new.
    pub fn adopt(&mut self, batches: &[Adopted]) -> Result<(u64, u64), AppendError> {
        let (stored, events) = self.patiently(|this| {
            let lacking = this.log.lacks(batches.to_vec())?;
            let mut known = this.log.known(&decide::named(lacking.iter().map(|it| &it.batch)))?;
            let (head, own) = (this.log.head(), this.log.header().monitor);
            for Adopted { batch, .. } in &lacking {
                let late = batch.recorded_at < head.recorded_at;
                decide::learn(&mut known, batch, Told { own: batch.monitor == own, late });
            }
            let stored = this.log.adopt(&lacking, &known)? as u64;
            Ok((stored, this.log.head().seq - head.seq))
        })?;
        self.unsealed += batches.len();
        if stored > 0 {
            // A projector that misses those before it reads them in the log.
            let last = self.log.reader().batches(self.log.head().seq, 1);
            for batch in last.map_err(AppendError::Log)? {
                self.hand_on(Appended::Stored(Arc::new(batch)), false);
            }
        }
        Ok((stored, events))
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
            this.log.append(batch, now)
        })?;
        if let Some(damage) = self.log.take_damage() {
            self.talk.trouble("sealed", &damage);
        }
        Ok(self.hand_on(appended, !batch.notices.is_empty()))
    }

    /// Hands what was stored to the projectors; returns whether it was new.
    fn hand_on(&mut self, appended: Appended, is_news: bool) -> bool {
        let Appended::Stored(stored) = appended else { return false };
        for outlet in &self.outlets {
            match outlet.try_send(stored.clone()) {
                // A projector that lags reads the log; one that is gone said why.
                Ok(()) | Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {}
            }
        }
        self.unsealed += 1;
        if let Some(nudge) = self.nudge.as_ref().filter(|_| self.unsealed >= SEAL_BATCHES) {
            // A nudge that waits already serves for this one too.
            if nudge.try_send(()).is_ok() {
                self.unsealed = 0;
            }
        }
        if let Some(news) = self.news.as_ref().filter(|_| is_news) {
            match news.try_send(()) {
                // A call that is waiting already serves for this one too.
                Ok(()) | Err(TrySendError::Full(()) | TrySendError::Disconnected(())) => {}
            }
        }
        true
    }

    /// Erases the texts of a subject, as they were found to be, from the log, and their bytes from its file.
    ///
    /// # Errors
    /// Of the log. It may be that the texts are erased and their bytes are not: then the mark of
    /// it is unfinished, and the next start finishes it.
    pub fn forget(&mut self, plan: &Plan, reason: &str) -> Result<Erased, LogError> {
        // On simulated data, now is the simulation's last moment.
        let simulated = self.log.header().simulated.map(|_| self.log.head().recorded_at);
        let now = simulated.unwrap_or_else(|| Moment::from(self.clock.now()));
        let forgotten = self.log.forget_planned(plan, reason, now);
        let (appended, erased) = forgotten.inspect_err(|_| self.open_again())?;
        self.hand_on(appended, false);
        self.log.compact().inspect_err(|_| self.open_again())?;
        Ok(erased)
    }

    /// Opens the log again after a failure that is told already; if this fails too, so does the
    /// next answer, which waits for the disk.
    fn open_again(&mut self) {
        if let Err(error) = self.log.reopen() {
            self.talk.trouble("storage", &error);
        }
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
                Ok(value) => {
                    if failed {
                        self.talk.well("storage");
                        self.tell_gap(since);
                        self.keeping.say(true);
                    }
                    return Ok(value);
                }
                Err(error) => error,
            };
            let passing =
                matches!(error, LogError::Store(StoreError::Io { .. } | StoreError::Closed(_)));
            if !passing || self.patience.is_cancelled() {
                return Err(AppendError::Log(error));
            }
            self.keeping.say(false);
            // That the file is closed comes of what was said before.
            if !failed || !matches!(error, LogError::Store(StoreError::Closed(_))) {
                self.talk.trouble_and("storage", &error, PAUSED);
            }
            failed = true;
            // At once, so that what is stored can be read meanwhile. If this fails too, so will the
            // work, and we come here again.
            if let Err(error) = self.log.reopen() {
                self.talk.trouble_and("storage", &error, PAUSED);
            }
            pause(RETRY_EVERY);
        }
    }

    /// Notes the stretch in which nothing could be stored. What was to be stored is: if this
    /// fails, the next answer finds the log failing and says so.
    fn tell_gap(&mut self, since: Moment) {
        let now = Moment::from(self.clock.now());
        if let Err(error) = self.log.append(&decide::blind(GapCause::Storage, since, now), now) {
            self.talk.trouble("storage", &error);
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
