//! The one door to threads: each has a name, and each is joined.

use std::sync::Arc;
use std::thread::{Builder, JoinHandle};

use thiserror::Error;

use crate::serve::Runner;

/// A thread that failed.
#[derive(Debug, Error)]
pub enum ThreadError {
    /// The operating system gives no more threads.
    #[error("cannot start the thread `{0}`")]
    Start(String, #[source] std::io::Error),
    /// It ended with an error.
    #[error("the thread `{0}` failed: {1}")]
    Failed(String, String),
    /// It panicked: a bug.
    #[error("the thread `{0}` broke down")]
    Panicked(String),
}

/// A running thread.
#[derive(Debug)]
pub struct Thread<T> {
    name: String,
    handle: JoinHandle<Result<T, String>>,
}

impl<T: Send + 'static> Thread<T> {
    /// Starts a thread.
    pub fn start(
        name: &str,
        work: impl FnOnce() -> Result<T, String> + Send + 'static,
    ) -> Result<Self, ThreadError> {
        let handle = Builder::new().name(name.to_owned()).spawn(work);
        let handle = handle.map_err(|error| ThreadError::Start(name.to_owned(), error))?;
        Ok(Self { name: name.to_owned(), handle })
    }

    /// Returns whether it has ended.
    pub fn is_over(&self) -> bool {
        self.handle.is_finished()
    }

    /// Waits for its end and returns what came of it.
    pub fn join(self) -> Result<T, ThreadError> {
        match self.handle.join() {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(why)) => Err(ThreadError::Failed(self.name, why)),
            Err(_panic) => Err(ThreadError::Panicked(self.name)),
        }
    }
}

/// Returns what runs work that blocks beside the asynchronous side.
pub fn runner() -> Runner {
    Arc::new(|work| {
        // The work sends its own replies; when it is dropped its channel closes, and the asker
        // is told so.
        drop(tokio::task::spawn_blocking(work));
    })
}
