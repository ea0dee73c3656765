//! A monitor: polls X, appends what it saw, keeps the views, answers questions; and the one door
//! to threads, which it starts, watches, joins and stops.
//!
//! ```text
//! poller ──▶ appender's thread ──▶ log ──▶ a projector's thread a view
//!   ▲              │ acknowledged   │
//!   └──────────────┘                └──▶ printer's thread (notices)
//! ```

mod adopting;
mod alerting;
mod appender;
mod backup;
mod beginning;
mod bodies;
mod bodies_copy;
mod crew;
pub mod exporting;
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
mod pace;
mod poller;
pub mod reading;
mod remembered;
pub mod reports;
mod salvage;
mod sealer;
mod skew;
mod spam;
mod talk;
mod threads;
mod told;
mod trouble;
mod verify;
mod watching;

#[cfg(test)]
mod lives;
#[cfg(test)]
mod replays;

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};

use thiserror::Error;
use tokio::sync::{mpsc, oneshot};
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;

use crate::alert::Shared;
use crate::clock::Clock;
use crate::config::{Settings, Wording};
use crate::decide::{self, Rules};
use crate::event::NewBatch;
use crate::event::codec::Header;
use crate::log::{LogError, NewLog, Reader};
use crate::poll::{Client, Windows};
use crate::projector::ProjectorError;
use crate::question::Own;
use crate::serve::{self, Http, SocketError};
use crate::space::{Failure, Moment, Prices};

use appender::Appender;
use beginning::{begin, plan};
use bodies::Bodies;
use crew::Crew;
use files::{Files, FilesError};
use money::Money;
use next_poll::NextPoll;
use owner::Owner;
use poller::{Ended, Poller, Work};
use skew::Skew;
use spam::Spam;
use watching::Watching;

pub use alerting::{Alerts, NewRules, Way, ways};
pub use appender::AppendError;
pub use health::{Health, failed};
pub use talk::Talk;
pub use threads::ThreadError;
pub use trouble::{remedy, remedy_of};
pub use watching::{Order, Orders, Rewatched};

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
    pub out: Shared,
    /// The rules of alerts, each with its way out, and new ones as they come.
    pub alerts: Alerts,
    /// What stands before each notice: SIMULATED, or nothing.
    pub mark: &'static str,
    /// Whether searches without news are told.
    pub tell_all: bool,
    /// Changes of what it watches, as they come.
    pub orders: Orders,
    /// Where pages and API are served, where they are.
    pub http: Option<Http>,
}

/// Returns the rules by which a log's events are decided, X charging these prices.
pub(crate) fn rules(header: &Header, prices: Prices) -> Rules {
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
        let Self { settings, clients, files, clock, talk, stop, orders, .. } = self;
        let Files { folder, log, views } = files;
        let data = folder.clone();
        let (listener, socket) = serve::listen(folder.path())?;
        let (reader, (work, to_do)) = (log.reader(), mpsc::channel(WORK_QUEUED));
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
        let (bodies, next_poll) = (bodies_of(&settings, &folder)?, NextPoll::new());
        let (running, following) = (Arc::new(Mutex::new(None)), Arc::new(AtomicU64::new(0)));
        let (finish, stopping, saying) = (CancellationToken::new(), stop.clone(), talk.clone());
        let printing = (clock.clone(), self.mark, self.out, stop.clone(), finish.clone(), saying);
        let hands = (appender, to_do, bodies, work.downgrade());
        let crew = Crew::start(hands, (&views, &reader), printing, self.alerts)?;
        let owner = Arc::new(Owner {
            folder,
            reader: reader.clone(),
            views: views.clone(),
            clock: clock.clone(),
            own: own(&settings.wording),
            running: running.clone(),
            append: append_through(work.downgrade()),
            join: join_through(work.downgrade()),
            adopt: adopting::through(work.downgrade()),
            watch: watching::through(orders.sender()),
            forget: forgetting::through(work.downgrade(), data.path().to_owned(), reader.clone()),
            go_on: Box::new(move || !stopping.is_cancelled()),
        });
        let mut beside = pages(self.http, owner.clone());
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
            tell_all: self.tell_all,
            keep_bodies: settings.keep_bodies,
            money,
            following,
            next_poll,
            keeping,
            watching: Watching::new(watch, orders),
            skew: Skew::default(),
            spam: Spam::default(),
        };
        let ended = poller.run().await;
        stop.cancel();
        beside.abort_all();
        let last = last(&reader, settings.once, &clock);
        let output_closed =
            close(crew, work, last, &finish, (ended.storage.is_none(), &talk)).await?;
        views.close()?;
        serve::unbind(data.path(), &socket)?;
        finish_with(ended, output_closed)
    }
}

/// Returns a wording as questions take it.
pub fn own(wording: &Wording) -> Own {
    Own::new(wording.topics.iter().cloned(), wording.stop_words.iter().cloned())
}

/// Returns the last batch of a monitor that ends in good order.
fn last(reader: &Reader, once: bool, clock: &Clock) -> NewBatch {
    let reason = if once { "once" } else { "stopped" };
    decide::stopped(reader.header().monitor, reason, Moment::from(clock.now()))
}

/// Writes the last batch, lets the printer print what is left, and joins every thread; returns
/// whether nobody reads standard output any more.
async fn close(
    crew: Crew,
    work: mpsc::Sender<Work>,
    last: NewBatch,
    finish: &CancellationToken,
    (is_stored, talk): (bool, &Talk),
) -> Result<bool, MonitorError> {
    // If nobody takes it, the appender's thread is gone, and says why when it is joined.
    drop(work.send(Work::Act(Box::new(last))).await);
    finish.cancel();
    crew.wait_for_printer().await;
    drop(work);
    crew.join(is_stored, talk)
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

/// Has it stored by the appender's thread that Spaces are one event, or are not.
fn join_through(work: mpsc::WeakSender<Work>) -> Box<owner::Join> {
    Box::new(move |spaces, joined| {
        let work = work.upgrade().ok_or(AppendError::Stopping)?;
        let (reply, replied) = oneshot::channel();
        let sent = work.blocking_send(Work::Join(spaces, joined, reply));
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
