//! Long work on the files: how far it has come, whether it goes on, and why it does not.

use std::error::Error;

use crate::event::codec::CodecError;
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

/// Returns the refusal over an error of the files, whatever it is wrapped in: of a newer program
/// where that wrote them, of the disk where that refuses, else of what is stored.
pub fn refused(error: &(dyn Error + 'static)) -> Refusal {
    let mut found = None;
    let mut cause = Some(error);
    while let (None, Some(it)) = (found, cause) {
        (found, cause) = (kind(it), it.source());
    }
    Refusal::of(found.unwrap_or(RefusalKind::Storage), error)
}

/// Returns what an error says of the files, if it is one that says so.
fn kind(error: &(dyn Error + 'static)) -> Option<RefusalKind> {
    if let Some(error) = error.downcast_ref::<LogError>() {
        return match error {
            error if error.is_newer() => Some(RefusalKind::Newer),
            LogError::Store(error) => Some(store_kind(error)),
            _ => None,
        };
    }
    if let Some(CodecError::Newer(_)) = error.downcast_ref() {
        return Some(RefusalKind::Newer);
    }
    error.downcast_ref().map(store_kind)
}

fn store_kind(error: &StoreError) -> RefusalKind {
    match error {
        StoreError::Io { .. } | StoreError::Closed(_) | StoreError::ReadOnly(_) => {
            RefusalKind::Disk
        }
        StoreError::Locked(_) | StoreError::Corrupt { .. } => RefusalKind::Storage,
    }
}

/// Returns the refusal over an error of a file.
pub fn store_refused(error: &StoreError) -> Refusal {
    Refusal::of(store_kind(error), error)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::monitor::appender::AppendError;
    use crate::monitor::forgetting::ForgetError;
    use crate::projector::ProjectorError;

    #[test]
    fn whatever_an_error_is_wrapped_in_a_newer_program_and_the_disk_are_told_apart_from_damage() {
        let newer = || LogError::Damaged { seq: 7, source: CodecError::Newer(9) };
        let full = || StoreError::Io { path: "log".into(), source: std::io::Error::other("full") };
        let view = |source| ProjectorError::Log { view: "spaces", source };
        let forget = |source| ForgetError::Append(AppendError::Log(source));
        for (error, expected) in [
            (Box::new(newer()) as Box<dyn Error>, RefusalKind::Newer),
            (Box::new(LogError::Newer(99)), RefusalKind::Newer),
            (Box::new(LogError::NewerHeader(9)), RefusalKind::Newer),
            (Box::new(view(newer())), RefusalKind::Newer),
            (Box::new(forget(LogError::Newer(99))), RefusalKind::Newer),
            (Box::new(forget(full().into())), RefusalKind::Disk),
            (Box::new(view(full().into())), RefusalKind::Disk),
            (Box::new(full()), RefusalKind::Disk),
            (Box::new(view(LogError::Foreign)), RefusalKind::Storage),
            (Box::new(LogError::Broken { expected: 1, found: 2 }), RefusalKind::Storage),
        ] {
            assert_eq!(refused(error.as_ref()).kind, expected, "{error}");
        }
    }
}
