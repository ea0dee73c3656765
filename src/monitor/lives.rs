//! A whole monitor in virtual time: its schedule, windows, appender, log and views, on a held clock
//! and one thread, so that the same seed gives the same life.

mod steps;
mod weeks;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crossbeam_channel::Receiver;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::appender::Appender;
use super::money::Money;
use super::poller::{Ended, Poller, Work};
use super::skew::Skew;
use super::spam::Spam;
use super::watching::Watching;
use super::{Orders, Talk, WORK_QUEUED, begin, rules};
use crate::clock::Clock;
use crate::event::Batch;
use crate::log::entropy::Entropy;
use crate::log::{Log, LogCheck, NewLog};
use crate::poll::schedule::{Plan, Schedule};
use crate::poll::{Client, RawReply, Transport, TransportError};
use crate::projector::Projection;
use crate::space::{Moment, Prices, WatchItem};
use crate::store::InMemoryBackend;
use crate::view::{Curves, Keywords, People, Polls, Spaces, View};

/// A moment at which a life begins: noon of a day.
pub(super) const NOON: Moment = Moment(1_790_000_000_000 / 86_400_000 * 86_400_000 + 43_200_000);

/// Turns given to all tasks before the clock moves on: more than an answer needs from X to the
/// schedule.
const SETTLE: u32 = 24;

/// Pieces of work after which the tail is sealed.
const SEAL: usize = 400;

/// Turns of the clock in a life, at most.
const TURNS_MAX: u64 = 2_000_000;

/// Who answers: path in, reply out, at the time it is by X's own clock.
pub(super) type Answering =
    Box<dyn Fn(&str) -> Result<RawReply, TransportError> + Send + Sync + 'static>;

/// When each endpoint was asked, by the time that had passed.
pub(super) type Asked = Arc<Mutex<BTreeMap<String, Vec<Duration>>>>;

/// A view that is kept up to date as its projector keeps it.
struct Kept<V> {
    view: Projection<V>,
    /// The same of the log alone, a day at a time.
    daily: Projection<V>,
    batches: Receiver<Arc<Batch>>,
}

/// What is done with each, whatever it holds.
trait Keeping {
    /// Folds in what was appended.
    fn carry(&mut self, log: &Log);
    /// Holds that it is what the log gives, folded on from the day before.
    fn agrees(&mut self, log: &Log);
    /// Holds that it is what the log gives, folded from the beginning.
    fn is_the_fold(&mut self, log: &Log);
}

impl<V: View> Keeping for Kept<V> {
    fn carry(&mut self, log: &Log) {
        for batch in self.batches.try_iter() {
            if !self.view.take(&batch).unwrap() {
                self.view.catch_up(&log.reader()).unwrap();
            }
        }
    }

    fn agrees(&mut self, log: &Log) {
        self.view.catch_up(&log.reader()).unwrap();
        self.daily.catch_up(&log.reader()).unwrap();
        assert_eq!(self.view.digest().unwrap(), self.daily.digest().unwrap(), "{}", V::NAME);
    }

    fn is_the_fold(&mut self, log: &Log) {
        let fresh = Projection::<V>::on(InMemoryBackend::new(), &log.reader()).unwrap();
        self.daily = fresh;
        self.agrees(log);
    }
}

/// A monitor to be.
pub(super) struct Life {
    pub clock: Clock,
    pub queries: Vec<String>,
    pub interval: Duration,
    pub seed: u64,
    pub answering: Answering,
}

/// What is left of a life.
pub(super) struct Lived {
    pub log: Log,
    pub asked: Asked,
    pub ended: Ended,
    /// The most Spaces that were followed at the end of a day.
    pub following: u64,
}

/// Holds that a log is sound, and returns its last seq and chain hash.
pub(super) fn sound(log: &Log) -> (u64, [u8; 32]) {
    let mut check = LogCheck::new(log.reader());
    while check.step().unwrap() {}
    check.rows().unwrap();
    assert_eq!((check.seq(), check.chain()), (log.head().seq, log.head().chain));
    (check.seq(), check.chain())
}

/// The part of the appender's thread: what it does with each piece of work.
struct Hands {
    appender: Appender,
    views: Vec<Box<dyn Keeping>>,
    /// Work done since the log was sealed last.
    unsealed: usize,
    /// The day that was looked at last.
    day: i64,
}

impl Hands {
    fn work_off(&mut self, work: Work, clock: &Clock) {
        match work {
            Work::Answer(answer, _body, source, reply) => {
                assert!(reply.send(self.appender.take(&answer, source)).is_ok());
            }
            Work::Act(batch) => self.appender.act(&batch).unwrap(),
            Work::Printed(..)
            | Work::Seal(..)
            | Work::Alert(..)
            | Work::Join(..)
            | Work::Adopt(..)
            | Work::Forget(_)
            | Work::Rewatched(_) => {
                panic!("nobody prints, seals, forgets or changes the list here")
            }
        }
        let log = self.appender.log();
        self.views.iter_mut().for_each(|view| view.carry(log));
        self.unsealed += 1;
        if self.unsealed >= SEAL {
            self.unsealed = 0;
            // Not every piece of work is a batch, but most are.
            assert!(log.seal(SEAL / 2).unwrap() >= SEAL / 2);
        }
        for (key, _notice) in log.reader().outbox().unwrap() {
            log.printed(key).unwrap();
        }
        let day = Moment::from(clock.now()).day();
        if day > self.day {
            self.day = day;
            sound(log);
            self.views.iter_mut().for_each(|view| view.agrees(log));
        }
    }
}

impl Life {
    /// Lives for so long; `meanwhile` is called after each turn of the clock.
    pub fn live(self, span: Duration, mut meanwhile: impl FnMut(&Clock)) -> Lived {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(self.lived(span, &mut meanwhile))
    }

    async fn lived(self, span: Duration, meanwhile: &mut dyn FnMut(&Clock)) -> Lived {
        let Self { clock, queries, interval, seed, answering } = self;
        let now = Moment::from(clock.now());
        let new = NewLog { created_at: now, simulated: None };
        let log =
            Log::on(InMemoryBackend::new(), &new, Entropy::Seeded { seed, drawn: 0 }).unwrap();
        let (rules, stop) = (rules(log.header(), Prices::default()), CancellationToken::new());
        let talk = Talk::new(true);
        let mut appender = Appender::new(log, rules, clock.clone(), talk.clone(), stop.clone());
        let views = Self::views(&mut appender);
        let list: Vec<_> = queries.iter().cloned().map(WatchItem::Query).collect();
        begin(&mut appender, None, &list, &clock).unwrap();
        let asked = Asked::default();
        let client = client(answering, asked.clone(), &clock);
        let clients = vec![client];
        let windows = super::windows(&mut appender, &clients, now).unwrap();
        let health = super::Health::of(&clients, &clock);
        let plan = Plan {
            interval_ms: i64::try_from(interval.as_millis()).unwrap(),
            max_results: 100,
            once: false,
        };
        let (work, mut to_do) = mpsc::channel(WORK_QUEUED);
        let following = Arc::default();
        let poller = Poller {
            next_poll: crate::monitor::next_poll::NextPoll::new(),
            clients: clients.into_iter().map(Arc::new).collect(),
            windows,
            health,
            schedule: Schedule::new(plan, queries, now),
            work,
            clock: clock.clone(),
            talk,
            stop: stop.clone(),
            once: false,
            tell_all: false,
            keep_bodies: false,
            money: Money::unlimited(),
            following: Arc::clone(&following),
            keeping: appender.keeping(),
            watching: Watching::new(list, Orders::default()),
            skew: Skew::default(),
            spam: Spam::default(),
        };
        let polling = tokio::spawn(poller.run());
        let mut hands = Hands { appender, views, unsealed: 0, day: now.day() };
        let mut most = 0;
        for _turn in 0..TURNS_MAX {
            for _task in 0..SETTLE {
                while let Ok(work) = to_do.try_recv() {
                    hands.work_off(work, &clock);
                }
                tokio::task::yield_now().await;
            }
            most = most.max(following.load(std::sync::atomic::Ordering::Relaxed));
            meanwhile(&clock);
            if polling.is_finished() {
                break;
            }
            if clock.elapsed() >= span {
                stop.cancel();
            } else {
                assert!(clock.advance_to_next(), "nobody waits for anything");
            }
        }
        let ended = polling.await.unwrap();
        sound(hands.appender.log());
        hands.views.iter_mut().for_each(|view| view.is_the_fold(hands.appender.log()));
        Lived { log: hands.appender.into_log(), asked, ended, following: most }
    }

    fn views(appender: &mut Appender) -> Vec<Box<dyn Keeping>> {
        fn one<V: View>(appender: &mut Appender) -> Box<dyn Keeping> {
            let (outlet, batches) = crossbeam_channel::bounded(8);
            appender.feed(outlet);
            let reader = appender.log().reader();
            let begun = || Projection::<V>::on(InMemoryBackend::new(), &reader).unwrap();
            Box::new(Kept { view: begun(), daily: begun(), batches })
        }
        vec![
            one::<Spaces>(appender),
            one::<Curves>(appender),
            one::<People>(appender),
            one::<Keywords>(appender),
            one::<Polls>(appender),
        ]
    }
}

/// The path of one Space by itself; each has the same window.
pub(super) const ONE_SPACE: &str = "/2/spaces/:id";

/// Returns the endpoint of a path: all that share a window.
fn endpoint_of(path: &str) -> &str {
    match path.strip_prefix("/2/spaces/") {
        Some(rest) if rest != "search" && !rest.contains('/') => ONE_SPACE,
        _ => path,
    }
}

fn client(answering: Answering, asked: Asked, clock: &Clock) -> Client {
    let (answering, time) = (Arc::new(answering), clock.clone());
    let transport = Transport::in_process(move |target| {
        let endpoint = endpoint_of(target.split('?').next().unwrap()).to_owned();
        asked.lock().unwrap().entry(endpoint).or_default().push(time.elapsed());
        let (answering, time) = (answering.clone(), time.clone());
        async move {
            let reply = answering(&target);
            // As the deadline does, in virtual time.
            if reply == Err(TransportError::Timeout) {
                time.sleep(crate::poll::DEADLINE).await;
            }
            reply
        }
    });
    Client::new(transport, "token".into(), "default", clock.clone()).unwrap()
}

/// Returns the most requests in any window of this length, from a moment on.
pub(super) fn most_in(asked: &[Duration], window: Duration, from: Duration) -> usize {
    let asked: Vec<Duration> = asked.iter().copied().filter(|at| *at >= from).collect();
    let mut first = 0;
    let mut most = 0;
    for (last, at) in asked.iter().enumerate() {
        while asked[first] + window <= *at {
            first += 1;
        }
        most = most.max(last + 1 - first);
    }
    most
}
