//! A monitor: polls X, appends what it saw, keeps the views, answers questions; and the one door
//! to threads, which it starts, watches, joins and stops.
//!
//! ```text
//! poller ──▶ appender's thread ──▶ log ──▶ a projector's thread a view
//!   ▲              │ acknowledged   │
//!   └──────────────┘                └──▶ printer's thread (notices)
//! ```

mod appender;
mod backup;
mod bodies;
mod bodies_copy;
mod crew;
pub mod files;
mod forgetting;
mod health;
pub mod inspect;
mod keeping;
mod kept;
mod learning;
mod money;
mod next_poll;
mod notices;
pub mod owner;
mod poller;
pub mod reading;
mod remembered;
mod reports;
mod salvage;
mod sealer;
mod talk;
mod threads;
mod told;
mod trouble;
mod verify;

#[cfg(test)]
mod lives;
#[cfg(test)]
mod replays;

use std::io::Write;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};

use thiserror::Error;
use tokio::sync::{mpsc, oneshot};
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::config::{self, Creator, Settings};
use crate::decide::{self, Prices, Rules, WatchList};
use crate::event::SpaceKnown;
use crate::event::codec::Header;
use crate::log::{LogError, NewLog, Reader};
use crate::poll::schedule::{Plan, Schedule};
use crate::poll::{Client, Windows};
use crate::projector::ProjectorError;
use crate::serve::{self, Http, SocketError};
use crate::space::{Failure, Moment};

use appender::Appender;
use bodies::Bodies;
use crew::Crew;
use files::{Files, FilesError};
use money::Money;
use next_poll::NextPoll;
use owner::Owner;
use poller::{Ended, Poller, Work};

pub use appender::AppendError;
pub use health::Health;
pub use talk::Talk;
pub use threads::ThreadError;
pub use trouble::{remedy, remedy_of};

/// Answers that may wait for the appender.
const WORK_QUEUED: usize = 16;

/// Why a monitor could not run, or did not end well. All that was acknowledged is stored.
#[derive(Debug, Error)]
pub enum MonitorError {
    /// The files.
    #[error(transparent)]
    Files(#[from] FilesError),
    /// The log.
    #[error("cannot write the event log")]
    Log(#[from] LogError),
    /// An answer could not be stored.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The socket.
    #[error(transparent)]
    Socket(#[from] SocketError),
    /// A thread.
    #[error(transparent)]
    Thread(#[from] ThreadError),
    /// A view.
    #[error("a view was not written")]
    View(#[from] ProjectorError),
}

/// How a monitor that ended well ended.
#[derive(Debug)]
pub struct Outcome {
    /// What the last request failed with, if it did.
    pub failure: Option<Failure>,
    /// Whether the day's money was spent before everything was asked.
    pub over_budget: bool,
    /// Whether nobody reads standard output any more.
    pub output_closed: bool,
}

/// A monitor about to run.
pub struct Monitor {
    /// How.
    pub settings: Settings,
    /// Whom it asks: X, with each credential of its own; one at least.
    pub clients: Vec<Client>,
    /// Its files.
    pub files: Files,
    /// Its time.
    pub clock: Clock,
    /// Where it talks.
    pub talk: Talk,
    /// Cancelled to stop it.
    pub stop: CancellationToken,
    /// Where notices go.
    pub out: Box<dyn Write + Send>,
    /// What stands before each notice: SIMULATED, or nothing.
    pub mark: &'static str,
    /// Whether searches without news are told.
    pub tell_all: bool,
    /// Where pages and API are served, where they are.
    pub http: Option<Http>,
}

/// Returns the rules by which a log's events are decided, X charging these prices.
pub(crate) fn rules(header: &Header, prices: config::Prices) -> Rules {
    let config::Prices { space_micro_usd, user_micro_usd, post_micro_usd } = prices;
    let prices = Prices { space_micro_usd, user_micro_usd, post_micro_usd };
    Rules { monitor: header.monitor, prices }
}

/// Returns what a new log is made with, for real data.
pub fn real_log(clock: &Clock) -> NewLog {
    NewLog { created_at: Moment::from(clock.now()), simulated: None }
}

impl Monitor {
    /// Runs until it is stopped, or everything was asked once. Everything acknowledged is stored
    /// and every thread joined when it returns, also with an error.
    pub async fn run(self) -> Result<Outcome, MonitorError> {
        let Self { settings, clients, files, clock, talk, stop, out, mark, tell_all, http } = self;
        let Files { folder, log, views } = files;
        let data = folder.clone();
        let (listener, socket) = serve::listen(folder.path())?;
        let reader = log.reader();
        let (work, to_do) = mpsc::channel(WORK_QUEUED);
        let patience = if settings.once { cancelled() } else { stop.clone() };
        let rules = rules(reader.header(), settings.prices);
        let mut appender = Appender::new(log, rules, clock.clone(), talk.clone(), patience);
        let keeping = appender.keeping();
        let money = Money::new(&settings, appender.spent()?, talk.clone());
        let (watch, mut schedule) = plan(&settings, &clock, &reader)?;
        learning::recall(&mut schedule, &settings, (&views, &reader), &clock, &talk);
        begin(&mut appender, clients.first().and_then(Client::origin), &watch, &clock)?;
        let windows = windows(&mut appender, &clients, Moment::from(clock.now()))?;
        let health = Health::of(&clients, &clock);
        let bodies = bodies_of(&settings, &folder)?;
        let running = Arc::new(Mutex::new(None));
        let (following, next_poll) = (Arc::new(AtomicU64::new(0)), NextPoll::new());
        let (finish, stopping) = (CancellationToken::new(), stop.clone());
        let printing = (clock.clone(), mark, out, stop.clone(), finish.clone(), talk.clone());
        let hands = (appender, to_do, bodies, work.downgrade());
        let crew = Crew::start(hands, &views, &reader, printing)?;
        let owner = Arc::new(Owner {
            folder,
            reader: reader.clone(),
            views: views.clone(),
            clock: clock.clone(),
            running: running.clone(),
            append: append_through(work.downgrade()),
            forget: forgetting::through(work.downgrade(), data.path().to_owned(), reader.clone()),
            go_on: Box::new(move || !stopping.is_cancelled()),
        });
        let mut beside = pages(http, owner.clone());
        beside.spawn(serve::serve(listener, owner, threads::runner()));
        let known = (talk.clone(), health.clone(), next_poll.clone());
        beside.spawn(told::keep(running, following.clone(), clock.clone(), known));
        let poller = Poller {
            clients: clients.into_iter().map(Arc::new).collect(),
            windows,
            health,
            schedule,
            work: work.clone(),
            clock: clock.clone(),
            talk: talk.clone(),
            stop: stop.clone(),
            once: settings.once,
            tell_all,
            keep_bodies: settings.keep_bodies,
            money,
            following,
            next_poll,
            keeping,
        };
        let ended = poller.run().await;
        stop.cancel();
        beside.abort_all();
        let reason = if settings.once { "once" } else { "stopped" };
        let last = decide::stopped(reader.header().monitor, reason, Moment::from(clock.now()));
        // If nobody takes it, the appender's thread is gone, and says why when it is joined.
        drop(work.send(Work::Act(Box::new(last))).await);
        finish.cancel();
        crew.wait_for_printer().await;
        drop(work);
        let output_closed = crew.join(ended.storage.is_none(), &talk)?;
        views.close()?;
        serve::unbind(data.path(), &socket)?;
        finish_with(ended, output_closed)
    }
}

/// Returns where bodies are kept, if they are.
fn bodies_of(
    settings: &Settings,
    folder: &crate::store::folder::Folder,
) -> Result<Option<Bodies>, FilesError> {
    let inside = settings.keep_bodies.then(|| folder.inside("bodies")).transpose()?;
    Ok(inside.map(Bodies::new))
}

fn finish_with(ended: Ended, output_closed: bool) -> Result<Outcome, MonitorError> {
    let (failure, over_budget) = (ended.failure(), ended.over_budget);
    match ended.storage {
        Some(error) => Err(error.into()),
        None if ended.broken => Err(ThreadError::Panicked("a request".to_owned()).into()),
        None => Ok(Outcome { failure, over_budget, output_closed }),
    }
}

/// Returns the windows of these credentials as the log remembers them. Their jitter is drawn from the log's entropy, so that
/// a seeded log gives the same life again.
fn windows(
    appender: &mut Appender,
    clients: &[Client],
    now: Moment,
) -> Result<Windows, MonitorError> {
    let salt = appender.log().entropy().draw().map_err(LogError::from)?;
    let seed = salt.iter().fold(0_u64, |seed, byte| seed.rotate_left(8) ^ u64::from(*byte));
    let place = |client: &Client| {
        clients.iter().position(|other| other.way() == client.way()).unwrap_or_default()
    };
    let mut windows = Windows::new(&clients.iter().map(place).collect::<Vec<_>>(), seed);
    let credentials: Vec<&str> = clients.iter().map(Client::credential).collect();
    remembered::remember(&mut windows, &credentials, &appender.log().reader(), now)?;
    Ok(windows)
}

fn cancelled() -> CancellationToken {
    let token = CancellationToken::new();
    token.cancel();
    token
}

/// Returns what is watched, and the order of asking: what the settings name, and every Space that
/// the log has not seen to end.
fn plan(
    settings: &Settings,
    clock: &Clock,
    reader: &Reader,
) -> Result<(WatchList, Schedule), MonitorError> {
    let now = Moment::from(clock.now());
    let watch = &settings.watch;
    let mut list = WatchList {
        queries: watch.queries.clone(),
        spaces: watch.spaces.clone(),
        ..WatchList::default()
    };
    for creator in &watch.creators {
        match creator {
            Creator::Id(id) => list.users.push(*id),
            Creator::Name(name) => list.usernames.push(name.clone()),
        }
    }
    let plan = Plan {
        interval_ms: i64::try_from(settings.interval.as_millis()).unwrap_or(i64::MAX),
        max_results: settings.max_results,
        once: settings.once,
    };
    let mut schedule = Schedule::new(plan, list.queries.clone(), now);
    schedule.watch(list.users.iter().copied(), now);
    if !list.usernames.is_empty() {
        schedule.resolve(list.usernames.clone(), now);
    }
    for (id, known) in reader.open_spaces()? {
        // One known by import alone was followed by somebody else, perhaps long ago.
        if known.live_seen {
            schedule.follow(id, poller::sight(&known), now);
        }
    }
    for id in &list.spaces {
        schedule.follow(*id, poller::sight(&SpaceKnown::default()), now);
    }
    Ok((list, schedule))
}

/// Writes the monitor's start, whom it asks, and the gap before it.
fn begin(
    appender: &mut Appender,
    origin: Option<&str>,
    watch: &WatchList,
    clock: &Clock,
) -> Result<(), MonitorError> {
    let now = Moment::from(clock.now());
    let log = appender.log();
    let before = last_live(&log.reader())?;
    let monitor = log.header().monitor;
    let salts = log.entropy().salts(watch.salts_needed()).map_err(LogError::from)?;
    let batch = decide::started(monitor, origin.map(ToOwned::to_owned), watch, before, now, salts);
    Ok(appender.act(&batch)?)
}

/// Returns when the log was last written to by a monitor that watched.
fn last_live(reader: &Reader) -> Result<Option<Moment>, LogError> {
    let mut seq = reader.head()?.seq;
    while seq > 0 {
        let Some(batch) = reader.batches(seq, 1)?.pop() else { break };
        if batch.is_watch() {
            return Ok(Some(batch.recorded_at));
        }
        seq = batch.first_seq - 1;
    }
    Ok(None)
}

/// Appends an import's answers through the appender's thread.
fn append_through(work: mpsc::WeakSender<Work>) -> Box<owner::Append> {
    Box::new(move |answer, source| {
        let work = work.upgrade().ok_or(AppendError::Stopping)?;
        let (reply, replied) = oneshot::channel();
        let sent = work.blocking_send(Work::Answer(Box::new(answer), None, source, reply));
        sent.map_err(|_| AppendError::Stopping)?;
        replied.blocking_recv().map_err(|_| AppendError::Stopping)?
    })
}

/// Serves pages and API beside the monitor, where they are served.
fn pages(http: Option<Http>, owner: Arc<Owner>) -> JoinSet<()> {
    let mut beside = JoinSet::new();
    if let Some(http) = http {
        let pages = http.serve(owner, threads::runner(), crate::clock::timer());
        // Whatever becomes of the pages, the monitor goes on.
        beside.spawn(async { drop(pages.await) });
    }
    beside
}

/// Serves pages and API without a monitor.
pub fn served(http: Http, owner: Arc<dyn serve::Owner>) -> JoinHandle<std::io::Result<()>> {
    tokio::spawn(http.serve(owner, threads::runner(), crate::clock::timer()))
}
