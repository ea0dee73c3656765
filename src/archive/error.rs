//! Why a data folder cannot be opened, or asked.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::log::LogError;
use crate::monitor::files::FilesError;
use crate::projector::ProjectorError;
use crate::serve::Refusal;

/// Why a data folder cannot be opened, or asked.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ArchiveError {
    /// A monitor or a command has the files open.
    #[error("somebody else has the files of `{0}` open")]
    Busy(PathBuf),
    /// The files.
    #[error("cannot open the data folder `{folder}`")]
    Files {
        /// The folder.
        folder: PathBuf,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The log.
    #[error("cannot read the event log")]
    Log(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A view.
    #[error("cannot fold the views")]
    Views(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The question has no answer.
    #[error("{message}")]
    Refused {
        /// What failed.
        message: String,
        /// Why, outermost first.
        causes: Vec<String>,
    },
    /// Whoever owns the files went away before there was an answer.
    #[error("the owner of the files gave no answer")]
    Silent,
    /// The checkpoint of a fold.
    #[error("cannot write the checkpoint `{path}`")]
    Checkpoint {
        /// Its file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl ArchiveError {
    pub(super) fn opening(folder: &Path, error: FilesError) -> Self {
        if error.is_locked() {
            return Self::Busy(folder.to_owned());
        }
        Self::Files { folder: folder.to_owned(), source: Box::new(error) }
    }
}

impl From<LogError> for ArchiveError {
    fn from(error: LogError) -> Self {
        Self::Log(Box::new(error))
    }
}

impl From<ProjectorError> for ArchiveError {
    fn from(error: ProjectorError) -> Self {
        Self::Views(Box::new(error))
    }
}

impl From<Refusal> for ArchiveError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused { message: refusal.message, causes: refusal.causes }
    }
}
