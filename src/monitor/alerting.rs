//! Alerting: one thread holds the log against the rules, one delivers what was raised. Neither is
//! waited for by polling or by the appender: both read the log, and ask for what is to be stored.

mod changing;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;

use super::MonitorError;
use super::poller::Work;
use super::talk::Talk;
use super::threads::Thread;
use crate::alert::{self, LETTERS_MAX, Message, Outlet, OutletError, Shared, Watcher};
use crate::clock::{Clock, pause};
use crate::config::AlertRule;
use crate::event::{AlertDelivered, AlertRows, Letter};
use crate::log::{LogError, Reader};
use crate::question::doubted_in_log;
use crate::space::Moment;

pub use changing::{Alerts, NewRules};

/// How often the log is looked at, and what is due.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// How often a monitor that ends looks whether all was looked at.
const SHORT: Duration = Duration::from_millis(5);

/// After trouble with the log it is looked at again after so long.
const REST: Duration = Duration::from_secs(1);

/// For so long a monitor that ends sends what was raised at its end: people wait for it.
const END_WITHIN: Duration = Duration::from_millis(800);

/// What is to be stored of alerts.
#[derive(Clone, Debug, Default)]
pub struct AlertStep {
    /// What changes beside the events.
    pub rows: AlertRows,
    /// Alerts that were raised, each with the name of its rule.
    pub raised: Vec<(Letter, String)>,
    /// An alert that was delivered, or given up.
    pub delivered: Option<AlertDelivered>,
}

/// A rule and its way out.
pub type Way = (AlertRule, Outlet);

/// Ways by the numbers of their rules.
type Ways = BTreeMap<u64, Way>;

/// What both threads work with.
#[derive(Clone)]
pub(super) struct Alerting {
    /// The log.
    pub reader: Reader,
    /// The appender's work.
    pub work: mpsc::WeakSender<Work>,
    /// What time it is.
    pub clock: Clock,
    /// Where it talks.
    pub talk: Talk,
    /// Cancelled when the monitor ends: nothing will be appended any more.
    pub finish: CancellationToken,
}

/// Opens the way out of every rule.
///
/// # Errors
/// When a secret cannot be read.
pub fn ways(rules: &[AlertRule], out: &Shared) -> Result<Vec<Way>, OutletError> {
    rules.iter().map(|rule| Ok((rule.clone(), Outlet::open(rule, out)?))).collect()
}

impl Alerting {
    /// Starts both threads. Without rules they wait for some, and what was looked at before is let
    /// go: rules that come later look at what comes after them.
    pub fn start(self, alerts: Alerts) -> Result<Vec<Thread<()>>, MonitorError> {
        let Alerts { ways, mut changes, sender } = alerts;
        let rules = rules_of(&ways);
        let (watching, posting) = (self.clone(), self);
        let (outlets, ways) = watch::channel(by_number(ways));
        // Deadlines of webhooks are kept by the runtime that the monitor lives in.
        let runtime = Handle::current();
        // Now, before anything is asked: what is seen from here on is looked at.
        let begin = || Watcher::begin(rules, watching.reader.clone(), watching.now());
        let watcher = (!ways.borrow().is_empty()).then(begin).transpose()?;
        let all_seen = CancellationToken::new();
        let (over, waiting) = (all_seen.clone(), runtime.clone());
        let watching = Thread::start("alerts", move || {
            // Also when it breaks down.
            let _over = over.drop_guard();
            // New rules may come for as long as somebody looks.
            let _open = sender;
            watching.watch(watcher, &mut changes, (&outlets, &waiting));
            Ok(())
        })?;
        let posting = Thread::start("alerts out", move || {
            posting.post(ways.clone(), &runtime);
            posting.post_last(&ways.borrow().clone(), &runtime, &all_seen);
            Ok(())
        })?;
        Ok(vec![watching, posting])
    }

    fn now(&self) -> Moment {
        Moment::from(self.clock.now())
    }

    /// Has something stored; waits for the word of the appender's thread.
    fn store(&self, step: AlertStep) -> bool {
        let (reply, replied) = oneshot::channel();
        let Some(work) = self.work.upgrade() else { return false };
        let sent = work.blocking_send(Work::Alert(Box::new(step), reply));
        drop(work);
        sent.is_ok() && replied.blocking_recv() == Ok(true)
    }

    /// Holds the log against the rules until the monitor ends, and takes new rules as they come.
    fn watch(
        &self,
        mut watcher: Option<Watcher>,
        changes: &mut mpsc::Receiver<NewRules>,
        (outlets, runtime): (&watch::Sender<Arc<Ways>>, &Handle),
    ) {
        if watcher.is_none() {
            self.let_go();
        }
        loop {
            let ending = self.finish.is_cancelled();
            let Some(walking) = &mut watcher else {
                let next = async {
                    tokio::select! {
                        () = self.finish.cancelled() => None,
                        new = changes.recv() => new,
                    }
                };
                let Some(new) = runtime.block_on(next) else { return };
                watcher = self.take(None, new, outlets);
                continue;
            };
            // At the end nobody waits for an answer any more.
            if let (false, Ok(new)) = (ending, changes.try_recv()) {
                watcher = self.take(watcher, new, outlets);
                continue;
            }
            match self.walk(walking, ending) {
                Ok(true) => {}
                Ok(false) | Err(_) if ending => return,
                Ok(false) => pause(LOOK_EVERY),
                Err(error) => self.rest("alerts", &error),
            }
        }
    }

    /// Takes new rules, and returns what walks on with them. Ways out come first: what the new rules
    /// raise has one, and nobody raises anything by the old ones any more.
    fn take(
        &self,
        watcher: Option<Watcher>,
        new: NewRules,
        outlets: &watch::Sender<Arc<Ways>>,
    ) -> Option<Watcher> {
        let rules = rules_of(&new.ways);
        let is_none = rules.is_empty();
        outlets.send_replace(by_number(new.ways));
        let watcher = match watcher {
            _ if is_none => {
                self.let_go();
                None
            }
            Some(mut watcher) => {
                self.patiently(|| watcher.change(&rules, self.now())).map(|()| watcher)
            }
            None => {
                self.patiently(|| Watcher::begin(rules.clone(), self.reader.clone(), self.now()))
            }
        };
        if is_none || watcher.is_some() {
            let is_told = new.taken.send(());
            if is_told.is_err() {
                // Whoever sent them is gone; they hold all the same.
            }
        }
        watcher
    }

    /// Does something with the log, again after trouble; `None` when the monitor ends before.
    fn patiently<T>(&self, mut work: impl FnMut() -> Result<T, LogError>) -> Option<T> {
        loop {
            match work() {
                Ok(done) => return Some(done),
                Err(_) if self.finish.is_cancelled() => return None,
                Err(error) => self.rest("alerts", &error),
            }
        }
    }

    /// Forgets where rules looked, if they did.
    fn let_go(&self) {
        if self.reader.alert_cursor().is_ok_and(|cursor| cursor.is_some()) {
            let rows = AlertRows { ends: true, ..AlertRows::default() };
            self.store(AlertStep { rows, ..AlertStep::default() });
        }
    }

    /// Walks some batches; returns whether there is more to walk.
    fn walk(&self, watcher: &mut Watcher, ending: bool) -> Result<bool, LogError> {
        // What waits is bounded: then rules wait too.
        if self.reader.letters(false, LETTERS_MAX)?.len() >= LETTERS_MAX {
            return Ok(false);
        }
        let (step, more) = watcher.walk(self.now(), ending)?;
        self.talk.well("alerts");
        let Some(step) = step else { return Ok(more) };
        let step = AlertStep { rows: step.rows, raised: step.raised, delivered: None };
        if self.store(step) {
            watcher.settled();
            return Ok(more);
        }
        watcher.go_back()?;
        Ok(false)
    }

    fn rest(&self, about: &str, error: &LogError) {
        self.talk.trouble(about, error);
        pause(REST);
    }

    /// Delivers what was raised until the monitor ends.
    fn post(&self, mut ways: watch::Receiver<Arc<Ways>>, runtime: &Handle) {
        while !self.finish.is_cancelled() {
            if ways.borrow_and_update().is_empty() {
                // What waits stays until there are rules again.
                runtime.block_on(async {
                    tokio::select! {
                        () = self.finish.cancelled() => {}
                        changed = ways.changed() => if changed.is_err() {
                            self.finish.cancelled().await;
                        },
                    }
                });
                continue;
            }
            match self.reader.letters(false, LETTERS_MAX) {
                Ok(letters) => {
                    // After the letters: what they were raised by is among these.
                    let ways = ways.borrow().clone();
                    match next(&letters, &ways, self.now()) {
                        Some(letter) => self.deliver(letter, &ways, (runtime, &self.finish)),
                        None => pause(LOOK_EVERY),
                    }
                }
                Err(error) => self.rest("alerts", &error),
            }
        }
    }

    /// Sends what was raised at the very end, once and for as long as the end may take: what does
    /// not arrive comes at the next start.
    fn post_last(&self, ways: &Ways, runtime: &Handle, all_seen: &CancellationToken) {
        let late = CancellationToken::new();
        let timer = late.clone();
        let timer = runtime.spawn(async move {
            crate::clock::sleep_real(END_WITHIN).await;
            timer.cancel();
        });
        while !all_seen.is_cancelled() && !late.is_cancelled() {
            pause(SHORT);
        }
        // A log that cannot be read now is read at the next start.
        let mut letters = self.reader.letters(false, LETTERS_MAX).unwrap_or_default();
        letters.retain(|letter| letter.attempts == 0);
        while let Some(letter) = next(&letters, ways, self.now()).filter(|_| !late.is_cancelled()) {
            self.deliver(letter, ways, (runtime, &late));
            letters.retain(|other| other.alert != letter.alert);
        }
        timer.abort();
    }

    /// Tries an alert, and has stored what came of it: if that cannot be stored, it comes again.
    fn deliver(&self, letter: Letter, ways: &Ways, (runtime, stop): (&Handle, &CancellationToken)) {
        let Some((rule, outlet)) = ways.get(&letter.rule) else {
            // Nobody knows any more where it was to go.
            return self.give_up(Letter { is_dead: true, ..letter }, "none");
        };
        let about = format!("alert {}", rule.name);
        let mut message = match Message::of(&letter, rule, &self.reader) {
            Ok(message) => message,
            Err(error) => return self.rest("alerts", &error),
        };
        if let (Some(space), Some(_)) = (letter.space, letter.figure) {
            match doubted_in_log(&self.reader, space, |doubt| doubt.is_of(letter.at.0)) {
                Ok(doubts) => message.doubts = Some(doubts),
                // Who waits for the alert is told of the trouble, and gets it without.
                Err(error) => self.talk.trouble(&about, &error),
            }
        }
        let sent = runtime.block_on(outlet.send(&message, &self.clock, stop));
        let channel = rule.to.word();
        match sent {
            Ok(()) => {
                self.talk.well(&about);
                let it = delivered(&letter, channel, letter.attempts + 1, true);
                let rows = AlertRows { arrived: vec![letter], ..AlertRows::default() };
                self.store(AlertStep { rows, delivered: Some(it), ..AlertStep::default() });
            }
            // It was no attempt: it comes at the next start.
            Err(_) if stop.is_cancelled() => {}
            Err(error) => {
                let letter = alert::failed(letter, self.now());
                if letter.is_dead {
                    self.talk.trouble_and(&about, &error, "given up: `spacelog alerts dead`");
                    return self.give_up(letter, channel);
                }
                self.talk.trouble_and(&about, &error, "it is tried again");
                let rows = AlertRows { letters: vec![letter], ..AlertRows::default() };
                self.store(AlertStep { rows, ..AlertStep::default() });
            }
        }
    }

    fn give_up(&self, letter: Letter, channel: &str) {
        let it = delivered(&letter, channel, letter.attempts, false);
        let rows = AlertRows { letters: vec![letter], ..AlertRows::default() };
        self.store(AlertStep { rows, delivered: Some(it), ..AlertStep::default() });
    }
}

fn rules_of(ways: &[Way]) -> Vec<AlertRule> {
    ways.iter().map(|(rule, _)| rule.clone()).collect()
}

fn by_number(ways: Vec<Way>) -> Arc<Ways> {
    Arc::new(ways.into_iter().map(|way| (way.0.number(), way)).collect())
}

/// Returns the alert to be tried now; a line on standard output waits for nobody.
fn next(letters: &[Letter], ways: &Ways, now: Moment) -> Option<Letter> {
    let is_line = |letter: &&Letter| {
        ways.get(&letter.rule).is_some_and(|(_, outlet)| matches!(outlet, Outlet::Stdout(_)))
    };
    let lines: Vec<Letter> = letters.iter().filter(is_line).copied().collect();
    alert::due(&lines, now).or_else(|| alert::due(letters, now))
}

fn delivered(letter: &Letter, channel: &str, attempts: u32, delivered: bool) -> AlertDelivered {
    AlertDelivered { alert: letter.alert, channel: channel.to_owned(), attempts, delivered }
}

#[cfg(test)]
mod tests;
