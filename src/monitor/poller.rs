//! The loop that asks X: what the schedule says, as the windows allow, a few requests at a time.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::config::CONCURRENT_REQUESTS_MAX;
use crate::decide::{self, Source};
use crate::event::SpaceKnown;
use crate::log::{Adopted, Draft, NoticeKey};
use crate::poll::purse::Leave;
use crate::poll::schedule::{Learned, Schedule, Sight};
use crate::poll::{Client, PERSON_WAIT_MS, Polled, Windows, endpoint_of};
use crate::space::{
    Answer, Endpoint, Failure, Moment, Outcome, Seen, SpaceId, Target, WatchItem, several,
};

use super::appender::{AppendError, Taken};
use super::forgetting::Forgetting;
use super::health::Health;
use super::keeping::Keeping;
use super::money::{Chosen, Money, is_anything_left};
use super::next_poll::NextPoll;
use super::skew::Skew;
use super::spam::Spam;
use super::talk::Talk;
use super::trouble::{about, credential, needs_person, told, what};
use super::watching::{Order, Watching};

/// Asking everything once, a window that is closed for longer than this is not waited for.
const ONCE_PATIENCE_MS: i64 = 30_000;

/// With nothing to ask, how often the schedule is looked at again.
const IDLE: Duration = Duration::from_secs(1);

/// Work for the appender's thread.
pub enum Work {
    /// An answer to decide on and store, with its body where bodies are kept.
    Answer(Box<Answer>, Option<Vec<u8>>, Source, oneshot::Sender<Result<Taken, AppendError>>),
    /// Batches of another log; says how many batches and events of them were new.
    Adopt(Vec<Adopted>, oneshot::Sender<Result<(u64, u64), AppendError>>),
    /// Something the monitor did.
    Act(Box<crate::event::NewBatch>),
    /// The watch list was changed: what was put on it (true) and taken off.
    Rewatched(Vec<(WatchItem, bool)>),
    /// Somebody said that Spaces are one event, or are not.
    Join(Vec<SpaceId>, bool, oneshot::Sender<Result<(), AppendError>>),
    /// Something to be forgotten.
    Forget(Box<Forgetting>),
    /// A notice was printed; says whether it could be erased.
    Printed(NoticeKey, oneshot::Sender<bool>),
    /// Something of alerts is to be stored; says whether it is.
    Alert(Box<super::alerting::AlertStep>, oneshot::Sender<bool>),
    /// A segment is ready to take the place of old batches; says whether it did.
    Seal(Box<Draft>, oneshot::Sender<bool>),
}

/// What came of a request.
struct Done {
    /// The place of the credential it was asked with.
    who: usize,
    polled: Polled,
    target: Target,
    /// Its number in the purse.
    number: u64,
    taken: Result<Taken, AppendError>,
}

/// How polling ended.
#[derive(Debug, Default)]
pub struct Ended {
    /// What the last request to each endpoint failed with, where it did.
    pub failures: BTreeMap<Endpoint, Failure>,
    /// The day's money was spent before everything was asked.
    pub over_budget: bool,
    /// The log could not be written.
    pub storage: Option<AppendError>,
    /// A part of the monitor broke down: a bug.
    pub broken: bool,
}

impl Ended {
    /// Returns the failure to end with: the one that most needs a person.
    pub fn failure(&self) -> Option<Failure> {
        let rank = |failure: &&Failure| (!failure.class.ask_again(), failure.class);
        self.failures.values().max_by_key(rank).cloned()
    }
}

/// Everything that polling needs.
pub struct Poller {
    /// Whom to ask: X, with each credential; one at least.
    pub clients: Vec<Arc<Client>>,
    /// How often each may be asked.
    pub windows: Windows,
    /// Told how X answers to each.
    pub health: Health,
    /// In which order.
    pub schedule: Schedule,
    /// Where answers go.
    pub work: mpsc::Sender<Work>,
    /// What time it is.
    pub clock: Clock,
    /// Who listens.
    pub talk: Talk,
    /// Says when to stop.
    pub stop: CancellationToken,
    /// Whether everything is asked once.
    pub once: bool,
    /// Whether searches without news are told.
    pub tell_all: bool,
    /// Whether bodies go to the appender.
    pub keep_bodies: bool,
    /// What it may cost.
    pub money: Money,
    /// Told how many Spaces are followed.
    pub following: Arc<std::sync::atomic::AtomicU64>,
    /// Told when X is to be asked next.
    pub next_poll: NextPoll,
    /// Says whether answers can be stored.
    pub keeping: Keeping,
    /// What it watches, and who changes it.
    pub watching: Watching,
    /// How our clock stands beside X's, as the log was told.
    pub skew: Skew,
    /// How many Spaces look like spam, and what was told of that.
    pub spam: Spam,
}

impl Poller {
    /// Polls until it is told to stop, or everything was asked once. Answers under way are
    /// stored before it returns; requests under way are given up.
    pub async fn run(mut self) -> Ended {
        let mut windows = std::mem::take(&mut self.windows);
        let mut under_way: JoinSet<Option<Done>> = JoinSet::new();
        let mut ended = Ended::default();
        let mut agreed = (self.clock.elapsed(), Moment::from(self.clock.now()));
        while !self.stop.is_cancelled() && ended.storage.is_none() {
            let now = Moment::from(self.clock.now());
            let by_ms = step(&mut agreed, self.clock.elapsed(), now);
            if by_ms != 0 {
                windows.clock_stepped(by_ms);
                self.schedule.clock_stepped(by_ms);
            }
            if !self.keeping.can() {
                tokio::select! {
                    biased;
                    () = self.stop.cancelled() => {}
                    Some(done) = under_way.join_next() => self.done(done, &mut windows, &mut ended),
                    () = self.keeping.until_it_can() => {}
                }
                continue;
            }
            let next = self.next(under_way.len(), &windows, now);
            self.next_poll.takes(next.as_ref(), under_way.is_empty(), now);
            let wait = match next {
                None => None,
                Some(Chosen::Ask(leave, holding_ms)) => {
                    self.schedule.asked(&leave.target, now);
                    let endpoint = endpoint_of(&leave.target);
                    let who = windows.first(endpoint, now, self.once);
                    windows.sent(who, endpoint, now);
                    under_way.spawn(self.ask(who, leave, holding_ms));
                    continue;
                }
                Some(Chosen::Wait(at)) if self.once && under_way.is_empty() => {
                    if at.since(now) > ONCE_PATIENCE_MS {
                        break;
                    }
                    Some(at)
                }
                Some(Chosen::Wait(at)) => Some(at),
                Some(Chosen::Idle) if self.once && under_way.is_empty() => {
                    ended.over_budget = self.money.is_short()
                        && is_anything_left(&mut self.schedule, &windows, now);
                    break;
                }
                Some(Chosen::Idle) => {
                    Some(now.plus(i64::try_from(IDLE.as_millis()).unwrap_or(1_000)))
                }
            };
            self.note().await;
            let span = wait.map(|at| Duration::from_millis(at.since(now).max(1).unsigned_abs()));
            // In this order, so that the same seed gives the same week.
            tokio::select! {
                biased;
                () = self.stop.cancelled() => {}
                Some(done) = under_way.join_next() => self.done(done, &mut windows, &mut ended),
                Some(order) = self.watching.ordered() => self.rewatch(order).await,
                () = self.clock.sleep(span.unwrap_or(IDLE)), if span.is_some() => {}
            }
        }
        while let Some(done) = under_way.join_next().await {
            self.done(done, &mut windows, &mut ended);
        }
        self.tell_spam(self.spam.rest());
        self.money.close(Moment::from(self.clock.now()));
        self.note().await;
        ended
    }

    /// Returns what to do next; `None` while as many requests are under way as may be.
    fn next(&mut self, under_way: usize, windows: &Windows, now: Moment) -> Option<Chosen> {
        let is_full = under_way >= CONCURRENT_REQUESTS_MAX;
        (!is_full).then(|| self.money.choose(&mut self.schedule, windows, now))
    }

    /// Changes what is watched, has it written to the log, and tells.
    async fn rewatch(&mut self, order: Order) {
        let now = Moment::from(self.clock.now());
        let told = self.watching.change(order.changes, &mut self.schedule, now);
        for (item, added) in &told.changes {
            let what = if *added { "now watched" } else { "watched no more" };
            self.talk.say(&format!("{item}: {what}"));
        }
        if !told.changes.is_empty() {
            // If nobody takes it, the appender's thread is gone, and says why when it is joined.
            drop(self.work.send(Work::Rewatched(told.changes.clone())).await);
        }
        // Whoever ordered it may be gone.
        drop(order.reply.send(told));
    }

    /// Has written to the log what there was no money for, and how our clock stands.
    async fn note(&mut self) {
        let skewed =
            self.skew.news().map(|by_ms| decide::skewed(by_ms, Moment::from(self.clock.now())));
        for act in self.money.acts().into_iter().chain(skewed) {
            // If nobody takes it, the appender's thread is gone, and says why when it is joined.
            drop(self.work.send(Work::Act(Box::new(act))).await);
        }
    }

    /// Asks X and hands the answer to the appender. `None` when it was given up.
    fn ask(
        &self,
        who: usize,
        leave: Leave,
        holding_ms: u64,
    ) -> impl Future<Output = Option<Done>> + use<> {
        let client = self.clients.get(who).cloned();
        let (work, stop) = (self.work.clone(), self.stop.clone());
        let keep = self.keep_bodies;
        async move {
            let client = client?;
            let Leave { number, target, people, .. } = leave;
            let asked = target.clone();
            let polled = tokio::select! {
                polled = client.ask_for(asked, Some(holding_ms), people) => polled,
                () = stop.cancelled() => return None,
            };
            let (reply, replied) = oneshot::channel();
            let body = polled.body.clone().filter(|_| keep);
            let answer = Box::new(polled.answer.clone());
            work.send(Work::Answer(answer, body, Source::Live, reply)).await.ok()?;
            // The appender broke down if nobody replies; its thread says why when it is joined.
            let taken = replied.await.ok()?;
            Some(Done { who, polled, target, number, taken })
        }
    }

    fn done(
        &mut self,
        done: Result<Option<Done>, tokio::task::JoinError>,
        windows: &mut Windows,
        ended: &mut Ended,
    ) {
        let done = match done {
            Ok(Some(done)) => done,
            // Given up because we are to stop.
            Ok(None) if self.stop.is_cancelled() => return,
            // A task or the appender's thread broke down; what it was says whoever joins it.
            Ok(None) | Err(_) => {
                ended.broken = true;
                self.stop.cancel();
                return;
            }
        };
        let now = Moment::from(self.clock.now());
        let asked = &done.polled.answer.asked;
        let outcome = &done.polled.answer.outcome;
        for field in &done.polled.retried_without {
            // The refused request took its place in the window too.
            if let Some(of_credential) = windows.of_credential(done.who) {
                of_credential.of_mut(asked.endpoint).counted(now);
            }
            self.talk.say(&format!(
                "X refuses the field `{field}` at {}: it is left out, and unknown from now on",
                asked.endpoint.word()
            ));
        }
        windows.settle(done.who, asked, now, outcome, done.polled.retry_after);
        let micro_usd = done.taken.as_ref().map_or((0, 0), |taken| taken.micro_usd);
        self.money.done(done.number, outcome, asked.observed_at.day(), micro_usd);
        self.health.take(&done.polled, windows, now);
        // In virtual time, X's clock says nothing of ours.
        if self.clock.is_real() {
            self.skew.take(&done.polled);
        }
        match outcome {
            Outcome::Seen(seen) => {
                self.talk.well(&about(asked));
                if !windows.is_shut(done.who) {
                    self.talk.well(&credential(asked));
                }
                self.seen(seen, &done, now);
                ended.failures.remove(&asked.endpoint);
            }
            Outcome::Failed(failure) => {
                let standing = windows.of(asked.endpoint).each(now).nth(done.who);
                let until = standing.and_then(|it| it.closed_until);
                let from = if failure.class.ask_again() { now } else { now.plus(PERSON_WAIT_MS) };
                self.schedule.failed(&done.target, from);
                match needs_person(asked, failure) {
                    Some(need) => self.talk.needs_person(&need),
                    None if self.once => self.talk.wrong(&about(asked), &what(failure)),
                    None => self.talk.wrong(&about(asked), &told(failure, until)),
                }
                ended.failures.insert(asked.endpoint, failure.clone());
            }
        }
        if let Err(error) = done.taken {
            ended.storage = Some(error);
        }
    }

    /// Learns from an answer what to ask next.
    fn seen(&mut self, seen: &Seen, done: &Done, now: Moment) {
        let Ok(taken) = &done.taken else { return };
        let learned = self.schedule.answered(&done.target, seen, now);
        self.tell_learned(&learned, done, now);
        for (id, known) in &taken.spaces {
            self.schedule.follow(*id, sight(known), now);
        }
        let count = self.schedule.following() as u64;
        self.following.store(count, std::sync::atomic::Ordering::Relaxed);
        match &done.target {
            Target::Query { text, .. } if self.tell_all || taken.new_spaces > 0 => {
                let all = several(taken.returned, "Space", "Spaces");
                self.talk.say(&format!("\"{text}\": {all}, {} new", taken.new_spaces));
            }
            Target::Usernames(_) => {
                self.watching.resolved(&seen.users);
                self.schedule.watch(seen.users.iter().map(|user| user.id), now);
                for name in &seen.unknown_names {
                    self.talk.say(&format!("X knows nobody named @{name}; not watched"));
                }
            }
            _ => {}
        }
    }

    /// Tells what of an answer is not as it seems: it was cut, or looks like spam.
    fn tell_learned(&mut self, learned: &Learned, done: &Done, now: Moment) {
        if let Some(cut) = &learned.cut {
            let about = about(&done.polled.answer.asked);
            self.talk.say(&format!("{about} is cut by X: asked in {} parts", cut.into.len()));
        }
        let all = self.spam.more(learned.spam.len(), now);
        self.tell_spam(all);
    }

    fn tell_spam(&self, all: Option<u64>) {
        if let Some(all) = all {
            self.talk.say(&format!(
                "{} like spam (new, empty, one title): kept, and looked at seldom",
                several(all, "Space so far looks", "Spaces so far look")
            ));
        }
    }
}

/// Returns what the schedule wants to know of a Space.
pub(super) fn sight(known: &SpaceKnown) -> Sight {
    Sight {
        state: known.state.clone(),
        scheduled_start: known.scheduled_start,
        open: known.is_open(),
        billed_day: known.billed_day,
    }
}

/// A wall clock that runs away from the steady one by more than this was moved.
const STEP_MS: i64 = 2_000;

/// Returns by how many milliseconds the wall clock was moved since the two agreed; zero when it
/// was not.
pub(super) fn step(agreed: &mut (Duration, Moment), elapsed: Duration, now: Moment) -> i64 {
    let steady = elapsed.saturating_sub(agreed.0).as_millis();
    let steady = i64::try_from(steady).unwrap_or(i64::MAX);
    let by_ms = now.since(agreed.1).saturating_sub(steady);
    *agreed = (elapsed, now);
    if by_ms.abs() > STEP_MS { by_ms } else { 0 }
}
