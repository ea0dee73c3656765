//! Long work on the files: how far it has come, whether it goes on, and why it does not.

use crate::log::LogError;
use crate::serve::{Refusal, RefusalKind, Reply};
use crate::store::StoreError;
use crate::store::folder::FolderError;

/// Events between two reports of progress.
const REPORT_EVERY: u64 = 20_000;

/// Whether long work may go on.
pub type GoOn = dyn Fn() -> bool + Send + Sync;

/// What is handed the replies; it returns whether anybody still waits for them.
pub type Tell<'a> = &'a mut dyn FnMut(Reply) -> bool;

/// Progress, told now and then.
pub struct Reports<'a> {
    reply: Tell<'a>,
    last: (&'static str, u64),
    listened: bool,
    go_on: &'a GoOn,
}

impl<'a> Reports<'a> {
    /// Returns reports to whoever asked.
    pub fn new(reply: Tell<'a>, go_on: &'a GoOn) -> Self {
        Self { reply, last: ("", 0), listened: true, go_on }
    }

    /// Tells how far `what` has come, if that is news. Returns whether the work may go on, and
    /// anybody waits for it.
    pub fn tell(&mut self, what: &'static str, at: u64, end: u64) -> bool {
        let (before, told) = self.last;
        if before != what || at >= told + REPORT_EVERY || at == end {
            self.now(what, at, end);
        }
        self.listened && (self.go_on)()
    }

    /// Tells how far `what` has come; refuses to go on when nobody waits for it.
    pub fn step(&mut self, what: &'static str, (at, end): (u64, u64)) -> Result<(), Refusal> {
        self.now(what, at, end);
        if self.listened && (self.go_on)() { Ok(()) } else { Err(broken_off()) }
    }

    fn now(&mut self, what: &'static str, at: u64, end: u64) {
        self.last = (what, at);
        self.listened = (self.reply)(Reply::Progress { what: what.to_owned(), at, end });
    }
}

/// Nobody listens any more: the answer is not missed.
pub fn broken_off() -> Refusal {
    let message = "broken off: nobody listens any more".to_owned();
    Refusal { kind: RefusalKind::Failure, message, causes: Vec::new() }
}

/// Returns the refusal over an error of a log: of the disk where that refuses, else of what is
/// stored.
pub fn refused(error: &LogError) -> Refusal {
    match error {
        LogError::Store(error) => store_refused(error),
        error => Refusal::of(RefusalKind::Storage, error),
    }
}

/// Returns the refusal over an error of a file.
pub fn store_refused(error: &StoreError) -> Refusal {
    let kind = match error {
        StoreError::Io { .. } | StoreError::Closed(_) | StoreError::ReadOnly(_) => {
            RefusalKind::Disk
        }
        StoreError::Locked(_) | StoreError::Corrupt { .. } => RefusalKind::Storage,
    };
    Refusal::of(kind, error)
}

/// Returns the refusal over a folder into which something was to go.
pub fn folder_refused(error: &FolderError) -> Refusal {
    let kind = match error {
        FolderError::Io { .. } => RefusalKind::Disk,
        _ => RefusalKind::Usage,
    };
    Refusal::of(kind, error)
}

/// Returns a refusal of what does not make sense.
pub fn senseless(message: String, why: &str) -> Refusal {
    Refusal { kind: RefusalKind::Usage, message, causes: vec![why.to_owned()] }
}
