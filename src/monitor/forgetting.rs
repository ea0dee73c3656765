//! Forgetting, step by step: kept bodies, the log, its file; then views; then the mark is finished.
//!
//! What is to go is looked for, and what was kept of bodies rewritten, beside the appender's
//! thread: that one lets go of the file of bodies, and later erases what was found and looks at
//! what came meanwhile. Bodies come first, because only the log still knows what somebody was called. From the log's
//! transaction on nothing brings the texts back; what a crash leaves undone, the next start does.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use thiserror::Error;
use tokio::sync::{mpsc, oneshot};

use crate::event::Subject;
use crate::import::Scrubber;
use crate::log::{Erased, Log, LogError, Plan, Reader};
use crate::projector;
use crate::store::folder::Folder;
use crate::store::sweep_beside;

use super::appender::{AppendError, Appender};
use super::bodies::Bodies;
use super::files::FilesError;
use super::kept::{self, KeptError, Rewritten};
use super::poller::Work;

/// The folder of kept bodies in a folder of data.
const BODIES: &str = "bodies";

/// Why something could not be forgotten.
#[derive(Debug, Error)]
pub enum ForgetError {
    /// The log.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// A file of kept bodies.
    #[error(transparent)]
    Kept(#[from] KeptError),
}

impl From<LogError> for ForgetError {
    fn from(error: LogError) -> Self {
        Self::Append(AppendError::Log(error))
    }
}

/// What is to be done by whoever writes the log.
#[derive(Clone, Debug)]
pub enum Step {
    /// Erase a subject's texts from kept bodies and the log, and say why.
    Erase(Subject, String),
    /// No file holds them any more.
    Finish(Subject),
}

/// What was erased so far.
#[derive(Clone, Copy, Debug, Default)]
pub struct Done {
    /// In the log.
    pub erased: Erased,
    /// In kept bodies.
    pub bodies: Rewritten,
}

/// How a step is done: by the appender's thread, or right here.
pub type Forget = dyn Fn(Step) -> Result<Done, ForgetError> + Send + Sync;

/// A part of a step: what only the appender's thread does.
enum Part {
    /// Go on in a file of bodies of its own; returns the names of those before.
    LetGo,
    /// Erase what was found, and the same from what was written since.
    Erase(Box<Found>, String),
    /// No file holds them any more.
    Finish(Subject),
}

/// What was found to be going, and is gone already.
struct Found {
    plan: Plan,
    /// Files of bodies that were rewritten.
    files: BTreeSet<String>,
    bodies: Rewritten,
}

/// What came of a part: what was erased, and the files of bodies that nobody writes to any more.
type Parted = (Done, BTreeSet<String>);

/// A part of a step on its way to the appender's thread.
pub struct Forgetting {
    part: Part,
    data: PathBuf,
    reply: oneshot::Sender<Result<Parted, ForgetError>>,
}

impl Forgetting {
    /// Does the part, and tells whoever waits. The answers of other polls wait meanwhile.
    pub fn work_off(self, appender: &mut Appender, bodies: Option<&mut Bodies>) {
        let done = take(self.part, &self.data, appender, bodies);
        // Whoever asked may be gone; what is done is done.
        drop(self.reply.send(done));
    }
}

/// Returns how steps go to the appender's thread, part by part; other polls come in between, but
/// no other step.
pub fn through(work: mpsc::WeakSender<Work>, data: PathBuf, reader: Reader) -> Box<Forget> {
    let one_at_a_time = Mutex::new(());
    Box::new(move |step| {
        let _held = one_at_a_time.lock().unwrap_or_else(PoisonError::into_inner);
        in_parts(step, &data, &reader, &mut |part| {
            let work = work.upgrade().ok_or(AppendError::Stopping)?;
            let (reply, replied) = oneshot::channel();
            let it = Forgetting { part, data: data.clone(), reply };
            let sent = work.blocking_send(Work::Forget(Box::new(it)));
            sent.map_err(|_| AppendError::Stopping)?;
            drop(work);
            replied.blocking_recv().map_err(|_| AppendError::Stopping)?
        })
    })
}

/// Returns how steps are done where nobody else is.
pub fn here(appender: Arc<Mutex<Appender>>, data: PathBuf, reader: Reader) -> Box<Forget> {
    let one_at_a_time = Mutex::new(());
    Box::new(move |step| {
        let _held = one_at_a_time.lock().unwrap_or_else(PoisonError::into_inner);
        in_parts(step, &data, &reader, &mut |part| {
            let mut appender = appender.lock().unwrap_or_else(PoisonError::into_inner);
            take(part, &data, &mut appender, None)
        })
    })
}

/// Does a step: what reads here, and what writes as a part by whom it may.
fn in_parts(
    step: Step,
    data: &Path,
    reader: &Reader,
    part: &mut dyn FnMut(Part) -> Result<Parted, ForgetError>,
) -> Result<Done, ForgetError> {
    let (subject, reason) = match step {
        Step::Finish(subject) => return part(Part::Finish(subject)).map(|(done, _files)| done),
        Step::Erase(subject, reason) => (subject, reason),
    };
    let (_done, files) = part(Part::LetGo)?;
    let plan = reader.plan_forgetting(subject)?;
    let bodies = scrub(data, &plan, &|name| files.contains(name))?;
    let (done, _files) = part(Part::Erase(Box::new(Found { plan, files, bodies }), reason))?;
    Ok(done)
}

fn scrub(data: &Path, plan: &Plan, wanted: &dyn Fn(&str) -> bool) -> Result<Rewritten, KeptError> {
    let subjects = BTreeSet::from([plan.subject]);
    let scrubber = Scrubber { subjects: &subjects, words: &plan.words, names: &plan.names };
    kept::scrub(&data.join(BODIES), &scrubber, wanted)
}

fn take(
    part: Part,
    data: &Path,
    appender: &mut Appender,
    bodies: Option<&mut Bodies>,
) -> Result<Parted, ForgetError> {
    let folder = data.join(BODIES);
    if let (Some(bodies), Part::LetGo | Part::Erase(..)) = (bodies, &part) {
        bodies.let_go().map_err(|source| KeptError { path: folder.clone(), source })?;
    }
    match part {
        Part::LetGo => Ok((Done::default(), kept::names(&folder)?)),
        Part::Finish(subject) => {
            appender.log().finish_forgetting(&[subject])?;
            Ok(Parted::default())
        }
        Part::Erase(found, reason) => {
            let Found { plan, files, bodies: before } = *found;
            let since = scrub(data, &plan, &|name| !files.contains(name))?;
            let erased = appender.forget(&plan, &reason)?;
            sweep_beside(&data.join("log.redb")).map_err(LogError::from)?;
            let bodies = Rewritten {
                changed: before.changed + since.changed,
                dropped: before.dropped + since.dropped,
            };
            Ok((Done { erased, bodies }, BTreeSet::new()))
        }
    }
}

/// Finishes what a crash left undone: the log's file without free pages, kept bodies without the
/// subjects, no views that were folded before.
///
/// # Errors
/// What the disk says; it is tried again at the next start, and nothing is served before.
pub fn resume(folder: &Folder, log: &mut Log) -> Result<(), FilesError> {
    let subjects = log.unfinished()?;
    if subjects.is_empty() {
        return Ok(());
    }
    let (all, none) = (subjects.iter().copied().collect(), BTreeSet::new());
    let scrubber = Scrubber { subjects: &all, words: &none, names: &none };
    kept::scrub(&folder.path().join(BODIES), &scrubber, &|_name| true)
        .map_err(|error| FilesError::Forgetting { path: error.path, source: error.source })?;
    log.compact()?;
    sweep_beside(&folder.log()).map_err(LogError::from)?;
    let views = folder.inside("views")?;
    projector::clear(&views)
        .map_err(|source| FilesError::Forgetting { path: views.clone(), source })?;
    Ok(log.finish_forgetting(&subjects)?)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::clock::Clock;
    use crate::event::{Event, NewBatch, NewText, Owner, Text, UserDescribed};
    use crate::monitor::talk::Talk;
    use crate::space::{Moment, UserId};

    const USER: UserId = UserId(12);

    /// A batch that says what the user is called at this second.
    fn called(second: i64, username: &str) -> NewBatch {
        let text = Text::User {
            username: Some(username.to_owned()),
            name: None,
            description: None,
            location: None,
            url: None,
            extra: None,
        };
        let text = NewText::new(Owner::User(USER), text, [9; 16]);
        let described = UserDescribed {
            user: USER,
            text: Some(text.reference),
            verified: None,
            verified_type: None,
            protected: None,
            created_at: None,
        };
        NewBatch {
            observed_at: Moment(second * 1_000),
            events: vec![Event::UserDescribed(described)],
            texts: vec![text],
            ..NewBatch::default()
        }
    }

    fn appender(log: Log) -> Appender {
        let rules = super::super::rules(log.header(), crate::space::Prices::default());
        let patience = CancellationToken::new();
        patience.cancel();
        Appender::new(log, rules, Clock::real(), Talk::new(true), patience)
    }

    fn line(username: &str) -> String {
        format!(
            "{{\"endpoint\":\"/2/users/by\",\"body\":{{\"data\":[{{\"id\":\"12\",\"username\":\"{username}\"}}]}}}}\n"
        )
    }

    #[test]
    fn appends_get_their_turn_while_somebody_is_forgotten_and_what_they_bring_goes_too() {
        let home = tempfile::tempdir().unwrap();
        let bodies = home.path().join(BODIES);
        fs::create_dir(&bodies).unwrap();
        fs::write(bodies.join("a.jsonl"), line("coastwatch")).unwrap();
        let mut log = Log::in_memory();
        log.append(&called(1, "coastwatch"), Moment(1_000)).unwrap();
        let reader = log.reader();
        let mut appender = appender(log);
        let mut parts = 0;
        let step = Step::Erase(Subject::User(USER), "asked".to_owned());
        let done = in_parts(step, home.path(), &reader, &mut |part| {
            parts += 1;
            if matches!(part, Part::Erase(..)) {
                // What was closed by then is rewritten already, in no time of the appender's.
                let kept = fs::read_to_string(bodies.join("a.jsonl")).unwrap();
                assert!(!kept.contains("coastwatch"), "{kept}");
                // Between the parts came another poll, with another name, and its body.
                appender.log().append(&called(2, "shorewatch"), Moment(2_000)).unwrap();
                fs::write(bodies.join("b.jsonl"), line("coastwatch")).unwrap();
            }
            take(part, home.path(), &mut appender, None)
        });
        let done = done.unwrap();
        assert_eq!(parts, 2);
        assert_eq!((done.erased.texts, done.bodies.changed + done.bodies.dropped), (2, 2));
        let log = appender.into_log();
        assert!(log.reader().words_of(Subject::User(USER)).unwrap().is_empty());
        let kept = fs::read_to_string(bodies.join("b.jsonl")).unwrap();
        assert!(!kept.contains("coastwatch"), "{kept}");
    }
}
