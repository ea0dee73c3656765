//! A monitor: polls X, appends what it saw, keeps the views, answers questions; and the one door
//! to threads, which it starts, watches, joins and stops.
//!
//! ```text
//! poller ──▶ appender's thread ──▶ log ──▶ a projector's thread a view
//!   ▲              │ acknowledged   │
//!   └──────────────┘                └──▶ printer's thread (notices)
//! ```

mod appender;
mod bodies;
pub mod files;
mod notices;
pub mod owner;
mod poller;
mod talk;
mod threads;

#[cfg(test)]
mod replays;

use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use thiserror::Error;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::config::{Creator, Settings};
use crate::decide::{self, Prices, Rules, WatchList};
use crate::log::{Log, LogError, NewLog, Reader};
use crate::poll::Client;
use crate::poll::schedule::{Plan, Schedule};
use crate::projector::{self, Handle, ProjectorError, QUEUE_BATCHES, Views};
use crate::question::Running;
use crate::serve::{self, SocketError};
use crate::space::{Failure, Moment};
use crate::view::View;

use appender::Appender;
use bodies::Bodies;
use files::{Files, FilesError};
use owner::Owner;
use poller::{Ended, Poller, Work};
use threads::Thread;

pub use appender::AppendError;
pub use poller::remedy;
pub use talk::Talk;
pub use threads::ThreadError;

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
    /// Whether nobody reads standard output any more.
    pub output_closed: bool,
}

/// A monitor about to run.
pub struct Monitor {
    /// How.
    pub settings: Settings,
    /// Whom it asks.
    pub client: Client,
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
}

/// Returns the rules by which a log's events are decided.
pub(crate) fn rules(log: &Log) -> Rules {
    Rules { monitor: log.header().monitor, prices: Prices::default() }
}

/// Returns what a new log is made with, for real data.
pub fn real_log(clock: &Clock) -> NewLog {
    NewLog { created_at: Moment::from(clock.now()), simulated: None }
}

/// Polling stopped, and why.
const REASONS: [&str; 3] = ["stopped", "once", "output closed"];

/// The threads of a running monitor.
struct Crew {
    appender: Thread<Appender>,
    projectors: Vec<Thread<()>>,
    printer: Thread<bool>,
}

impl Monitor {
    /// Runs until it is stopped, or everything was asked once. Everything acknowledged is stored
    /// and every thread joined when it returns, also with an error.
    pub async fn run(self) -> Result<Outcome, MonitorError> {
        let Self { settings, client, files, clock, talk, stop, out, mark, tell_all } = self;
        let Files { folder, log, views } = files;
        let socket = serve::socket_path(folder.path())
            .map_err(|source| SocketError::Io { path: folder.path().to_owned(), source })?;
        let listener = serve::bind(&socket)?;
        let reader = log.reader();
        let (work, to_do) = mpsc::channel(WORK_QUEUED);
        let patience = if settings.once { cancelled() } else { stop.clone() };
        let mut appender =
            Appender::new(log, rules_of(&reader), clock.clone(), talk.clone(), patience);
        let (watch, schedule) = plan(&settings, &clock, &reader)?;
        begin(&mut appender, &watch, &clock)?;
        let bodies = settings.keep_bodies.then(|| folder.inside("bodies")).transpose();
        let bodies = bodies.map_err(FilesError::from)?.map(Bodies::new);
        let crew = Crew::start(
            (appender, to_do, bodies),
            &views,
            &reader,
            (clock.clone(), mark, out, stop.clone()),
        )?;
        let running = Arc::new(Mutex::new(None));
        let following = Arc::new(AtomicU64::new(0));
        let owner = Owner {
            folder,
            reader: reader.clone(),
            views: views.clone(),
            clock: clock.clone(),
            running: running.clone(),
            append: append_through(work.clone()),
        };
        let served = tokio::spawn(serve::serve(listener, Arc::new(owner), threads::runner()));
        let told = tokio::spawn(keep_told(running, following.clone(), clock.clone(), talk.clone()));
        let today = Moment::from(clock.now()).day();
        let spent = views.polls.ask(|polls, disk| polls.day(disk, today));
        let poller = Poller {
            client: Arc::new(client),
            schedule,
            work: work.clone(),
            clock: clock.clone(),
            talk,
            stop: stop.clone(),
            once: settings.once,
            tell_all,
            keep_bodies: settings.keep_bodies,
            cap_micro_usd: settings.spend_cap_micro_usd,
            spent: (today, spent.map(|day| day.micro_usd.1).unwrap_or_default()),
            following,
        };
        let ended = poller.run().await;
        let reason = REASONS[usize::from(settings.once)];
        let last = decide::stopped(reader.header().monitor, reason, Moment::from(clock.now()));
        let handed = work.send(Work::Act(Box::new(last))).await;
        drop(work);
        stop.cancel();
        served.abort();
        told.abort();
        // Aborted tasks hold the appender's channel open until they are gone.
        drop(served.await);
        drop(told.await);
        let output_closed = crew.join(ended.storage.is_none() && handed.is_ok())?;
        views.close()?;
        std::fs::remove_file(&socket).map_err(|source| SocketError::Io { path: socket, source })?;
        finish(ended, output_closed)
    }
}

fn finish(ended: Ended, output_closed: bool) -> Result<Outcome, MonitorError> {
    match ended.storage {
        Some(error) => Err(error.into()),
        None => Ok(Outcome { failure: ended.failure, output_closed }),
    }
}

fn cancelled() -> CancellationToken {
    let token = CancellationToken::new();
    token.cancel();
    token
}

fn rules_of(reader: &Reader) -> Rules {
    Rules { monitor: reader.header().monitor, prices: Prices::default() }
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
    schedule.watch(list.users.iter().copied());
    if !list.usernames.is_empty() {
        schedule.resolve(list.usernames.clone(), now);
    }
    for (id, known) in reader.open_spaces()? {
        schedule.follow(id, known.state, known.scheduled_start, true, now);
    }
    for id in &list.spaces {
        schedule.follow(*id, None, None, true, now);
    }
    Ok((list, schedule))
}

/// Writes the monitor's start, and the gap before it.
fn begin(appender: &mut Appender, watch: &WatchList, clock: &Clock) -> Result<(), MonitorError> {
    let now = Moment::from(clock.now());
    let log = appender.log();
    let head = log.head();
    let before = (head.seq > 0).then_some(head.recorded_at);
    let monitor = log.header().monitor;
    let salts = log.entropy().salts(watch.salts_needed()).map_err(LogError::from)?;
    let batch = decide::started(monitor, watch, before, now, salts);
    Ok(appender.act(&batch)?)
}

/// Appends an import's answers through the appender's thread.
fn append_through(work: mpsc::Sender<Work>) -> Box<owner::Append> {
    Box::new(move |answer, source| {
        let (reply, replied) = oneshot::channel();
        let sent = work.blocking_send(Work::Answer(Box::new(answer), None, source, reply));
        sent.map_err(|_| AppendError::Stopping)?;
        replied.blocking_recv().map_err(|_| AppendError::Stopping)?
    })
}

/// Keeps what `status` tells of a running monitor up to date.
async fn keep_told(
    running: Arc<Mutex<Option<Running>>>,
    following: Arc<AtomicU64>,
    clock: Clock,
    talk: Talk,
) {
    let since = clock.now().timestamp_millis();
    loop {
        let now = Running {
            pid: std::process::id(),
            since,
            following: following.load(Ordering::Relaxed),
            trouble: talk.troubles(),
        };
        *running.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
        crate::clock::sleep_real(std::time::Duration::from_millis(200)).await;
    }
}

type Printing = (Clock, &'static str, Box<dyn Write + Send>, CancellationToken);

impl Crew {
    fn start(
        (mut appender, to_do, bodies): (Appender, mpsc::Receiver<Work>, Option<Bodies>),
        views: &Views,
        reader: &Reader,
        printing: Printing,
    ) -> Result<Self, MonitorError> {
        let mut projectors = Vec::new();
        project(&views.spaces, reader, &mut appender, &mut projectors)?;
        project(&views.curves, reader, &mut appender, &mut projectors)?;
        project(&views.people, reader, &mut appender, &mut projectors)?;
        project(&views.keywords, reader, &mut appender, &mut projectors)?;
        project(&views.polls, reader, &mut appender, &mut projectors)?;
        let (call, called) = crossbeam_channel::bounded(1);
        let printed = Arc::new(AtomicU64::new(0));
        appender.tell(call, printed.clone());
        let outbox = reader.clone();
        let printing_thread = Thread::start("printer", move || {
            let (clock, mark, mut out, stop) = printing;
            let done = notices::print(&outbox, &called, &printed, (&clock, mark), &mut out);
            if done.is_err() {
                // Nobody reads us any more, as behind `| head`: that is a wish to stop.
                stop.cancel();
            }
            Ok(done.is_err())
        });
        let appender = Thread::start("appender", move || work_off(appender, to_do, bodies));
        Ok(Self { appender: appender?, projectors, printer: printing_thread? })
    }

    /// Waits for every thread, the appender first: with it the projectors' channels close.
    /// Returns whether standard output was closed.
    fn join(self, fine: bool) -> Result<bool, MonitorError> {
        // The log's file closes with its last reader: all that was acknowledged is durable.
        let mut first = self.appender.join().map(drop).err();
        for projector in self.projectors {
            if let Err(error) = projector.join() {
                first.get_or_insert(error);
            }
        }
        let closed = self.printer.join()?;
        match first {
            Some(error) if fine => Err(error.into()),
            _ => Ok(closed),
        }
    }
}

/// Starts the projector of one view.
fn project<V: View>(
    view: &Handle<V>,
    reader: &Reader,
    appender: &mut Appender,
    threads: &mut Vec<Thread<()>>,
) -> Result<(), MonitorError> {
    let (outlet, batches) = crossbeam_channel::bounded(QUEUE_BATCHES);
    appender.feed(outlet);
    let (view, reader) = (view.clone(), reader.clone());
    let thread = Thread::start(&format!("view {}", V::NAME), move || {
        projector::run(&view, &batches, &reader).map_err(|error| error.to_string())
    });
    threads.push(thread?);
    Ok(())
}

/// The appender's thread: works off what the asynchronous side hands it, until that is gone.
fn work_off(
    mut appender: Appender,
    mut to_do: mpsc::Receiver<Work>,
    mut bodies: Option<Bodies>,
) -> Result<Appender, String> {
    while let Some(work) = to_do.blocking_recv() {
        match work {
            Work::Act(batch) => appender.act(&batch).map_err(|error| error.to_string())?,
            Work::Answer(answer, body, source, reply) => {
                let taken = appender.take(&answer, source);
                // Whoever asked may have been told to stop meanwhile; the answer is stored.
                drop(reply.send(taken));
                if let (Some(bodies), Some(body)) = (&mut bodies, body) {
                    let kept = bodies.keep(&answer.asked, &answer.outcome, &body);
                    appender.say_about("bodies", kept);
                }
            }
        }
    }
    if let Some(bodies) = &mut bodies {
        appender.say_about("bodies", bodies.flush());
    }
    Ok(appender)
}
