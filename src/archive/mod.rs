//! A data folder as a program of one's own opens it: questions, curves, replay, folds.
//!
//! An [`Archive`] opens the files itself, so no monitor can run on the folder meanwhile. To read
//! beside a monitor, open a backup of its folder, or [`ask`] it.

mod error;
mod example;
mod fold;
mod replay;
mod tell;

#[cfg(test)]
mod tests;

use std::path::Path;

use crate::clock::Clock;
use crate::event::MonitorId;
use crate::log::{Head, Reader};
use crate::monitor::files::Files;
use crate::monitor::owner::{Owner, of_files};
use crate::question::{AsOf, Question};
use crate::serve::{Owner as _, Reply, Request};
use crate::sheet::Sheet;
use crate::space::SpaceId;
use crate::store::folder::Folder;
use crate::view::{Point, SpaceRow};

pub use error::ArchiveError;
#[doc(hidden)]
pub use example::example;
pub use fold::Fold;
pub use replay::{Replay, Replayed};
pub use tell::ask;

/// A data folder of which this process alone has the files open.
///
/// It is closed as it is dropped. Nothing is written to the log; the views are brought up to it.
pub struct Archive {
    owner: Owner,
}

/// Opens a data folder and brings its views up to the log.
///
/// After a crash of whoever had it open before, the log is repaired as a monitor would.
///
/// # Errors
/// [`ArchiveError::Busy`] while a monitor or a command has the files open; what the folder, the log
/// or a view says otherwise, a log of a newer program included.
pub fn open(folder: impl AsRef<Path>) -> Result<Archive, ArchiveError> {
    let folder = folder.as_ref();
    let files = Folder::existing(folder)
        .map_err(crate::monitor::files::FilesError::from)
        .and_then(Files::open)
        .map_err(|error| ArchiveError::opening(folder, error))?;
    let reader = files.log.reader();
    files.views.catch_up(&reader, &mut |_view, _at, _end| true)?;
    let (owner, _writer) = of_files(files, &Clock::real(), Box::new(|| true));
    Ok(Archive { owner })
}

impl Archive {
    /// Answers a question, as the command line does: the same columns, values and notes.
    ///
    /// # Errors
    /// [`ArchiveError::Refused`] with the words that the command line would print.
    pub fn ask(&self, question: Question) -> Result<Sheet, ArchiveError> {
        self.put(Request::ask(question))
    }

    /// Answers a question from what was recorded until then, as a copy made then would.
    ///
    /// # Errors
    /// Those of [`Archive::ask`], and a seq that the log does not hold yet.
    pub fn ask_as_of(&self, question: Question, as_of: AsOf) -> Result<Sheet, ArchiveError> {
        self.put(Request::Ask { question, as_of: Some(as_of), own: None })
    }

    /// Returns what the log knows of a Space; `None` for one that it does not know.
    pub fn space(&self, id: SpaceId) -> Result<Option<SpaceRow>, ArchiveError> {
        Ok(self.owner.views.spaces.ask(|view, disk| view.space(disk, id))?)
    }

    /// Returns every observation of a Space in the order of the log, counts that X gave after the
    /// end included; none for a Space that is not known. [`Point::look`] tells the audience.
    pub fn curve(&self, id: SpaceId) -> Result<Vec<Point>, ArchiveError> {
        Ok(self.owner.views.curves.ask(|view, disk| view.points(disk, id))?)
    }

    /// Returns the events from a seq on (1 is the first), each with its batch, read step by step:
    /// memory does not grow with the log.
    pub fn replay(&self, from: u64) -> Replay {
        Replay::new(self.owner.reader.clone(), from)
    }

    /// Folds the log into `F`, going on from the checkpoint in the file `at` if there is one, and
    /// writes the checkpoint anew.
    ///
    /// The file is replaced as a whole, so after a crash it is the old or the new one. Another
    /// version of the fold, another log or a damaged file begins anew.
    ///
    /// # Errors
    /// What the log says, or the failure to write the file.
    pub fn fold<F: Fold>(&self, at: &Path) -> Result<F, ArchiveError> {
        fold::fold(&self.owner.reader, at)
    }

    /// Returns where the log ends: its last seq, and the chain hash that proves it.
    pub fn head(&self) -> Result<Head, ArchiveError> {
        Ok(self.owner.reader.head()?)
    }

    /// Returns whose log it is.
    pub fn monitor(&self) -> MonitorId {
        self.reader().header().monitor
    }

    /// Returns whether a monitor asks for the files and waits: it gives up after ten seconds.
    pub fn is_wanted(&self) -> bool {
        self.owner.folder.is_wanted()
    }

    fn reader(&self) -> &Reader {
        &self.owner.reader
    }

    fn put(&self, request: Request) -> Result<Sheet, ArchiveError> {
        let mut answer = None;
        self.owner.handle(request, &mut |reply| {
            answer = match reply {
                Reply::Sheet(sheet) => Some(Ok(sheet)),
                Reply::Refused(refusal) => Some(Err(refusal.into())),
                Reply::Progress { .. } => return true,
            };
            true
        });
        answer.unwrap_or(Err(ArchiveError::Silent))
    }
}

impl std::fmt::Debug for Archive {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Archive").field("folder", &self.owner.folder.path()).finish_non_exhaustive()
    }
}

impl Drop for Archive {
    fn drop(&mut self) {
        // The views were brought up to the log when it was opened; what cannot be written now is
        // folded again by whoever opens them next.
        drop(self.owner.views.close());
    }
}
