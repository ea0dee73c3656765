//! Projectors: each carries the log into one view, and remembers how far it came.
//!
//! What holds: a view's file holds the fold of the log up to its checkpoint, because changed rows
//! and checkpoint (seq and chain hash) are written in one transaction. After a crash the rest is
//! folded again from the log. A checkpoint that the log does not know (it was restored from an
//! older copy, or is another log) throws the file away and begins anew.

mod check;
mod forget;
mod handle;
mod past;
mod projection;
mod rebuild;
mod run;
mod shelf;
mod together;
mod turn;
mod views;

#[cfg(test)]
pub(crate) mod tests;

use thiserror::Error;

use crate::log::LogError;
use crate::store::StoreError;
use crate::view::ViewError;

pub use check::ViewCheck;
pub use forget::clear;
pub use handle::{Handle, Lag};
pub use past::Needs;
pub use projection::{Checkpoint, Projection};
pub use rebuild::Rebuild;
pub use run::{QUEUE_BATCHES, chain, run};
pub use views::{NAMES, Progress, Views};

/// Why a view could not be kept up to date.
#[derive(Debug, Error)]
pub enum ProjectorError {
    /// The log could not be read.
    #[error("view `{view}` cannot read the log")]
    Log {
        /// The view.
        view: &'static str,
        /// Why.
        #[source]
        source: LogError,
    },
    /// The view's file could not be used.
    #[error("the file of view `{view}` cannot be used")]
    Store {
        /// The view.
        view: &'static str,
        /// Why.
        #[source]
        source: StoreError,
    },
    /// An event could not be folded.
    #[error("view `{view}` cannot fold the batch of seq {seq}")]
    Fold {
        /// The view.
        view: &'static str,
        /// The batch's first seq.
        seq: u64,
        /// Why.
        #[source]
        source: ViewError,
    },
    /// A question could not be answered from it.
    #[error("view `{view}` cannot be read")]
    View {
        /// The view.
        view: &'static str,
        /// Why.
        #[source]
        source: ViewError,
    },
    /// It stopped before.
    #[error("view `{view}` stopped: {reason}")]
    Faulted {
        /// The view.
        view: &'static str,
        /// Why.
        reason: String,
    },
}

impl ProjectorError {
    /// Returns whether a file failed, which may pass (a full disk); all else stops the view.
    pub(crate) fn is_passing(&self) -> bool {
        match self {
            Self::Log { source, .. } => matches!(source, LogError::Store(_)),
            Self::Store { source, .. } => !matches!(source, StoreError::Corrupt { .. }),
            Self::Fold { source, .. } | Self::View { source, .. } => {
                matches!(source, ViewError::Disk(_))
            }
            Self::Faulted { .. } => false,
        }
    }
}
