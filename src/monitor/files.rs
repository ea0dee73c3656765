//! Opening the files of a folder: as their owner, patiently or not.

use std::time::Duration;

use thiserror::Error;

use crate::clock::{Stopwatch, pause};
use crate::log::{Log, LogError, NewLog, Reader};
use crate::projector::{ProjectorError, Views};
use crate::serve::{is_served, told_path};
use crate::store::StoreError;
use crate::store::folder::{Folder, FolderError};

use super::forgetting;

/// How long a monitor waits for a command that is just answering a question to give the files
/// up.
const OWNER_WAIT: Duration = Duration::from_secs(10);

/// How often it looks.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Why the files could not be opened.
#[derive(Debug, Error)]
pub enum FilesError {
    /// The folder.
    #[error("cannot use the data folder")]
    Folder(#[from] FolderError),
    /// The log.
    #[error("cannot open the event log")]
    Log(#[from] LogError),
    /// A view.
    #[error("cannot open the views")]
    Views(#[from] ProjectorError),
    /// What is to be forgotten lies in a file that cannot be rewritten.
    #[error("cannot finish to forget: `{path}` cannot be rewritten")]
    Forgetting {
        /// The file, or its folder.
        path: std::path::PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A monitor runs on the folder.
    #[error("another monitor runs on `{0}`")]
    Owned(std::path::PathBuf),
    /// The log holds simulated data, and real data was to go in, or the other way round.
    #[error("`{folder}` holds {holds} data")]
    OtherWorld {
        /// The folder.
        folder: std::path::PathBuf,
        /// `simulated` or `real`.
        holds: &'static str,
    },
}

impl FilesError {
    /// Returns whether somebody else holds the files just now.
    pub fn is_locked(&self) -> bool {
        matches!(self, Self::Log(LogError::Store(StoreError::Locked(_))))
    }

    /// Returns whether the log may be read, but not written to: a newer program made it.
    pub fn is_newer(&self) -> bool {
        matches!(self, Self::Log(LogError::Newer(_)))
    }
}

/// The open files of a folder.
pub struct Files {
    /// The folder.
    pub folder: Folder,
    /// The log.
    pub log: Log,
    /// The views, not caught up yet.
    pub views: Views,
}

/// A folder of which only the log is open, and only to be read.
pub struct ReadOnly {
    /// The folder.
    pub folder: Folder,
    /// The log.
    pub reader: Reader,
}

impl ReadOnly {
    /// Opens the log of an existing folder; nothing in the folder changes. Somebody else may hold
    /// it to write.
    pub fn open(folder: Folder) -> Result<Self, FilesError> {
        let reader = Reader::open_read_only(&folder.log())?;
        Ok(Self { folder, reader })
    }
}

impl Files {
    /// Opens the files of an existing folder once; somebody else may hold them.
    pub fn open(folder: Folder) -> Result<Self, FilesError> {
        let log = Log::open(&folder.log())?;
        Self::with(folder, log)
    }

    /// Opens the files for a monitor, made with `new` if there are none yet. A command that is
    /// answering a question is asked to give them up, and waited for. Where a newer program's log
    /// lies, nothing changes.
    pub fn own(folder: Folder, new: &NewLog) -> Result<Self, FilesError> {
        let waited = Stopwatch::start();
        let mut asked = false;
        let outcome = loop {
            if told_path(folder.path()).is_some_and(|socket| is_served(&socket)) {
                break Err(FilesError::Owned(folder.path().to_owned()));
            }
            match Self::open_or_create(&folder, new) {
                Err(error) if error.is_locked() => {
                    if waited.elapsed() >= OWNER_WAIT {
                        break Err(FilesError::Owned(folder.path().to_owned()));
                    }
                    folder.want(true)?;
                    asked = true;
                    pause(LOOK_EVERY);
                }
                other => break other,
            }
        };
        if asked || !matches!(&outcome, Err(error) if error.is_newer()) {
            folder.want(false)?;
        }
        let log = outcome?;
        let simulated = log.header().simulated;
        if simulated.is_some() != new.simulated.is_some() {
            let holds = if simulated.is_some() { "simulated" } else { "real" };
            return Err(FilesError::OtherWorld { folder: folder.path().to_owned(), holds });
        }
        Self::with(folder, log)
    }

    fn open_or_create(folder: &Folder, new: &NewLog) -> Result<Log, FilesError> {
        let path = folder.log();
        let log = if path.exists() { Log::open(&path) } else { Log::create(&path, new) };
        Ok(log?)
    }

    fn with(folder: Folder, mut log: Log) -> Result<Self, FilesError> {
        forgetting::resume(&folder, &mut log)?;
        let views = Views::open(&folder.inside("views")?, &log.reader())?;
        Ok(Self { folder, log, views })
    }
}
