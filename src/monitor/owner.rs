//! The owner of the files: works on every request, whether a monitor runs or a command alone.

mod adopt;
mod forget;
mod join;
mod past;
mod rebuild;
mod record;
mod watch;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::clock::{Clock, Stopwatch, pause};
use crate::decide::Source;
use crate::import::{Recorded, answer};
use crate::log::{Inspected, Reader};
use crate::projector::{ProjectorError, Views};
use crate::question::{Desk, Own, QuestionError, Running};
use crate::serve::{self, Body, Refusal, RefusalKind, Reply, Request};
use crate::sheet::{Column, Sheet, Unit, Value};
use crate::space::{Answer, Endpoint, Outcome, SpaceId};
use crate::store::folder::Folder;

use super::adopting;
use super::appender::{AppendError, Taken};
use super::exporting::Exporting;
use super::forgetting;
use super::inspect::of_log;
use super::reports::{GoOn, Reports, Tell, broken_off, refused};
use super::verify::verify;
use super::watching::{self, Rewatch};

/// How an answer is appended: by the appender's thread, or right here.
pub type Append = dyn Fn(Answer, Source) -> Result<Taken, AppendError> + Send + Sync;

/// How it is appended that Spaces are one event, or are not.
pub type Join = dyn Fn(Vec<SpaceId>, bool) -> Result<(), AppendError> + Send + Sync;

/// For so long a question waits for its views to hold what was in the log when it came.
const CATCH_UP_WAIT: Duration = Duration::from_secs(1);

/// Whoever owns the files.
pub struct Owner {
    /// The folder.
    pub folder: Folder,
    /// The log.
    pub reader: Reader,
    /// The views.
    pub views: Views,
    /// The clock.
    pub clock: Clock,
    /// How answers are worded where whoever asks does not say.
    pub own: Own,
    /// What a running monitor knows.
    pub running: Arc<Mutex<Option<Running>>>,
    /// How answers are appended.
    pub append: Box<Append>,
    /// How batches of another log are appended.
    pub adopt: Box<adopting::Adopt>,
    /// How texts are erased from what the appender's thread writes.
    pub forget: Box<forgetting::Forget>,
    /// How Spaces are joined and parted by hand.
    pub join: Box<Join>,
    /// How the watch list is changed, and told.
    pub watch: Box<Rewatch>,
    /// Whether long work may go on: not when the monitor stops, or when one wants the files.
    pub go_on: Box<GoOn>,
}

impl serve::Owner for Owner {
    fn handle(&self, request: Request, reply: &mut dyn FnMut(Reply) -> bool) {
        let outcome = match request {
            Request::Ask { question, as_of, own } => {
                let own = own.as_ref().unwrap_or(&self.own);
                self.ask(&question, (as_of, own), reply)
            }
            Request::Rows(rows) => self.rows(&rows),
            Request::Verify { expect } => {
                let mut reports = Reports::new(&mut *reply, &self.go_on);
                verify(&self.reader, Some(&self.views), &expect, &mut reports)
            }
            request @ (Request::Salvage { .. } | Request::Backup { .. }) => {
                let log = Inspected { reader: self.reader.clone(), whole_header: true };
                let live = self.running.lock().unwrap_or_else(PoisonError::into_inner).is_some();
                let mut reports = Reports::new(&mut *reply, &self.go_on);
                of_log(&request, log, &self.folder, live, &mut reports)
            }
            Request::Export(export) => self.export(&export, reply),
            Request::Rebuild { view } => self.rebuild(view.as_deref(), reply),
            Request::Import(bodies) => self.import(&bodies),
            Request::Adopt { simulated, batches } => self.adopt(simulated, &batches, reply),
            Request::Record(pages) => self.record(&pages),
            Request::Join { spaces, joined } => self.join(&spaces, joined),
            Request::Watch(changes) => self.rewatch(changes),
            Request::Forget { whom, reason } => self.forget(&whom, &reason, reply),
        };
        // Broken off because the files go to somebody else: whoever asked asks there.
        if outcome == Err(broken_off()) && !(self.go_on)() {
            return;
        }
        // Nobody listening any more is no failure of ours.
        reply(match outcome {
            Ok(sheet) => Reply::Sheet(sheet),
            Err(refusal) => Reply::Refused(refusal),
        });
    }
}

impl Owner {
    fn desk<T>(&self, own: &Own, ask: impl FnOnce(&Desk) -> T) -> T {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).clone();
        ask(&Desk {
            views: &self.views,
            reader: &self.reader,
            now: self.now(running.is_some()),
            running: running.as_ref(),
            disk_bytes: Some(self.folder.bytes()),
            past: None,
            disk_free_bytes: self.folder.free_bytes(),
            own,
        })
    }

    fn export(&self, export: &serve::Export, reply: Tell) -> Result<Sheet, Refusal> {
        let live = self.running.lock().unwrap_or_else(PoisonError::into_inner).is_some();
        let exporting = Exporting { reader: &self.reader, views: &self.views, live };
        exporting.make(export, &mut Reports::new(reply, &self.go_on))
    }

    /// Waits until the views hold what the log holds now, so that whoever imported, or was told of
    /// a Space, finds it; a view that lags longer says so in the answer.
    fn wait_for_views(&self) {
        let Ok(head) = self.reader.head() else { return };
        let waited = Stopwatch::start();
        let behind =
            || self.views.lags().iter().any(|lag| lag.seq < head.seq && lag.fault.is_none());
        while behind() && waited.elapsed() < CATCH_UP_WAIT {
            pause(Duration::from_millis(1));
        }
    }

    fn now(&self, running: bool) -> i64 {
        now(&self.clock, &self.reader, running)
    }

    fn now_here(&self) -> i64 {
        self.now(self.running.lock().unwrap_or_else(PoisonError::into_inner).is_some())
    }

    /// Takes recorded bodies in, one after the other; a body that is in already changes nothing.
    fn import(&self, bodies: &[Body]) -> Result<Sheet, Refusal> {
        let mut sheet = Sheet::new(vec![
            Column::new("bodies", Unit::Count),
            Column::new("new_polls", Unit::Count),
            Column::new("spaces", Unit::Count),
            Column::new("new_spaces", Unit::Count),
            Column::new("failed_polls", Unit::Count),
        ]);
        let (mut polls, mut spaces, mut new_spaces, mut failed) = (0_u64, 0_u64, 0_u64, 0_u64);
        if self.reader.header().simulated.is_some() {
            return Err(Refusal {
                kind: RefusalKind::Usage,
                message:
                    "the folder holds simulated data: recorded answers of X stay apart from it"
                        .to_owned(),
                causes: Vec::new(),
            });
        }
        let mut classes = std::collections::BTreeSet::new();
        for body in bodies {
            if !(self.go_on)() {
                return Err(broken_off());
            }
            let (answer, id) = answer(&recorded(body)?);
            if let Outcome::Failed(failure) = &answer.outcome {
                failed += 1;
                classes.insert(failure.class);
            }
            let taken = (self.append)(answer, Source::Imported(id));
            let taken = taken.map_err(|error| Refusal::of(RefusalKind::Storage, &error))?;
            polls += u64::from(!taken.duplicate);
            spaces += u64::from(taken.returned);
            new_spaces += u64::from(taken.new_spaces);
        }
        let bodies = bodies.len() as u64;
        let counts = [bodies, polls, spaces, new_spaces, failed];
        sheet.push(counts.into_iter().map(Value::from).collect());
        sheet.notes.extend(classes.into_iter().map(|class| {
            let who = if class.ask_again() { "to be asked again" } else { "needs a person" };
            format!("failed with {}, {who}: {}", class.word(), super::remedy_of(class))
        }));
        Ok(sheet)
    }
}

fn recorded(body: &Body) -> Result<Recorded, Refusal> {
    let endpoint = Endpoint::from_word(&body.endpoint).ok_or_else(|| Refusal {
        kind: RefusalKind::Usage,
        message: format!("there is no endpoint `{}`", body.endpoint),
        causes: Vec::new(),
    })?;
    Ok(Recorded {
        observed_at: body.observed_at,
        endpoint,
        poll_id: body.poll_id.as_ref().and_then(|id| id.parse().ok()),
        sent_at: body.sent_at,
        status: body.status,
        target: body.target.clone(),
        search: body.search.clone(),
        credential: body.credential.clone(),
        repeats: body.repeats,
        rate: body.rate,
        retry_after_ms: body.retry_after_ms,
        holding_ms: body.holding_ms,
        body: body.body.clone().into_bytes(),
    })
}

/// Now; on simulated data without its simulation, the last moment of it.
fn now(clock: &Clock, reader: &Reader, running: bool) -> i64 {
    let wall = clock.now().timestamp_millis();
    if running || reader.header().simulated.is_none() {
        return wall;
    }
    reader.head().map_or(wall, |head| head.recorded_at.0)
}

pub(super) fn refuse(error: &QuestionError) -> Refusal {
    let kind = match error {
        QuestionError::UnknownSpace(_)
        | QuestionError::UnknownPerson(_)
        | QuestionError::SeveralPersons { .. } => RefusalKind::NotFound,
        QuestionError::UnknownKind(_)
        | QuestionError::BeyondLog { .. }
        | QuestionError::PresentOnly => RefusalKind::Usage,
        QuestionError::View(_) | QuestionError::Log(_) => return refused(error),
    };
    Refusal::of(kind, error)
}

/// Answers one request with the files open in this process alone. Without a last reply they were
/// given up: to a monitor that wants them, and is to be asked, or because of `stop`.
pub fn alone(
    files: super::files::Files,
    clock: &Clock,
    request: Request,
    stop: &CancellationToken,
    reply: Tell,
) -> Result<(), ProjectorError> {
    let folder = files.folder.clone();
    let (reader, views) = (files.log.reader(), files.views.clone());
    let (wanted, stopped) = (folder.clone(), stop.clone());
    let go_on: Box<GoOn> = Box::new(move || !wanted.is_wanted() && !stopped.is_cancelled());
    if past::wants_present_views(&request, now(clock, &reader, false)) {
        let mut reports = Reports::new(&mut *reply, &go_on);
        if !views.catch_up(&reader, &mut |view, at, end| reports.tell(view, at, end))? {
            return views.close();
        }
    }
    let importing =
        matches!(request, Request::Import(_) | Request::Record(_) | Request::Adopt { .. });
    let (owner, writer) = of_files(files, clock, go_on);
    serve::Owner::handle(&owner, request, reply);
    if importing {
        writer.lock().unwrap_or_else(PoisonError::into_inner).seal(Duration::MAX);
        views.catch_up(&reader, &mut |_, _, _| true)?;
    }
    views.close()
    // The log closes as it is dropped: whatever was appended is durable already.
}

/// Returns the owner of files that this process alone has open, and what writes to their log.
pub fn of_files(
    files: super::files::Files,
    clock: &Clock,
    go_on: Box<GoOn>,
) -> (Owner, Arc<Mutex<super::appender::Appender>>) {
    let (reader, views) = (files.log.reader(), files.views);
    // What is imported is on somebody else's bill: whatever the prices are.
    let rules = super::rules(files.log.header(), crate::space::Prices::default());
    let patience = CancellationToken::new();
    patience.cancel();
    let talk = super::talk::Talk::new(true);
    let appender = super::appender::Appender::new(files.log, rules, clock.clone(), talk, patience);
    let appender = Arc::new(Mutex::new(appender));
    let folder = files.folder;
    let (writer, joiner) = (appender.clone(), appender.clone());
    let adopt = adopting::here(appender.clone());
    let forget = forgetting::here(appender.clone(), folder.path().to_owned(), reader.clone());
    let owner = Owner {
        folder,
        reader,
        views,
        clock: clock.clone(),
        own: Own::default(),
        running: Arc::default(),
        append: Box::new(move |answer, source| {
            appender.lock().unwrap_or_else(PoisonError::into_inner).take(&answer, source)
        }),
        adopt,
        join: Box::new(move |spaces, joined| {
            joiner.lock().unwrap_or_else(PoisonError::into_inner).joined(spaces, joined)
        }),
        forget,
        watch: watching::nobody(),
        go_on,
    };
    (owner, writer)
}
