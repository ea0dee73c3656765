//! Forgetting, step by step: kept bodies, the log, its file; then views; then the mark is finished.
//!
//! Bodies come first, because only the log still knows what somebody was called. From the log's
//! transaction on nothing brings the texts back; what a crash leaves undone, the next start does.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use thiserror::Error;
use tokio::sync::{mpsc, oneshot};

use crate::event::Subject;
use crate::import::Scrubber;
use crate::log::{Erased, Log, LogError};
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

/// A step on its way to the appender's thread.
pub struct Forgetting {
    step: Step,
    data: PathBuf,
    reply: oneshot::Sender<Result<Done, ForgetError>>,
}

impl Forgetting {
    /// Does the step, and tells whoever waits. The answers of other polls wait meanwhile.
    pub fn work_off(self, appender: &mut Appender, bodies: Option<&mut Bodies>) {
        let done = take(&self.step, &self.data, appender, bodies);
        // Whoever asked may be gone; what is done is done.
        drop(self.reply.send(done));
    }
}

/// Returns how steps go to the appender's thread.
pub fn through(work: mpsc::WeakSender<Work>, data: PathBuf) -> Box<Forget> {
    Box::new(move |step| {
        let work = work.upgrade().ok_or(AppendError::Stopping)?;
        let (reply, replied) = oneshot::channel();
        let it = Forgetting { step, data: data.clone(), reply };
        let sent = work.blocking_send(Work::Forget(Box::new(it)));
        sent.map_err(|_| AppendError::Stopping)?;
        drop(work);
        replied.blocking_recv().map_err(|_| AppendError::Stopping)?
    })
}

/// Returns how steps are done where nobody else is.
pub fn here(appender: Arc<Mutex<Appender>>, data: PathBuf) -> Box<Forget> {
    Box::new(move |step| {
        let mut appender = appender.lock().unwrap_or_else(PoisonError::into_inner);
        take(&step, &data, &mut appender, None)
    })
}

fn take(
    step: &Step,
    data: &Path,
    appender: &mut Appender,
    bodies: Option<&mut Bodies>,
) -> Result<Done, ForgetError> {
    let folder = data.join(BODIES);
    match step {
        Step::Finish(subject) => {
            appender.log().finish_forgetting(&[*subject])?;
            Ok(Done::default())
        }
        Step::Erase(subject, reason) => {
            if let Some(bodies) = bodies {
                let let_go = bodies.let_go();
                let_go.map_err(|source| KeptError { path: folder.clone(), source })?;
            }
            let reader = appender.log().reader();
            let (words, names) = (reader.words_of(*subject)?, reader.names_of(*subject)?);
            let subjects = BTreeSet::from([*subject]);
            let scrubber = Scrubber { subjects: &subjects, words: &words, names: &names };
            let bodies = kept::scrub(&folder, &scrubber)?;
            let erased = appender.forget(*subject, reason)?;
            sweep_beside(&data.join("log.redb")).map_err(LogError::from)?;
            Ok(Done { erased, bodies })
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
    kept::scrub(&folder.path().join(BODIES), &scrubber)
        .map_err(|error| FilesError::Forgetting { path: error.path, source: error.source })?;
    log.compact()?;
    sweep_beside(&folder.log()).map_err(LogError::from)?;
    let views = folder.inside("views")?;
    projector::clear(&views)
        .map_err(|source| FilesError::Forgetting { path: views.clone(), source })?;
    Ok(log.finish_forgetting(&subjects)?)
}
