//! Answering from a log that may only be read: a newer program wrote it.

use std::sync::Arc;

use crate::clock::Clock;
use crate::log::{LogError, Reader};
use crate::projector::{ProjectorError, Views};
use crate::question::Own;
use crate::serve::{self, Refusal, Reply, Request};

use super::appender::AppendError;
use super::files::ReadOnly;
use super::forgetting::ForgetError;
use super::owner::Owner;
use super::reports::{GoOn, Reports, broken_off, refused};

/// Batches looked at for the one that a view could not be given.
const LOOK_BATCHES: usize = 256;

/// Answers one request, and changes nothing in the folder: views are folded anew in memory. What
/// would write is refused. Without a last reply the log was given up to a monitor that wants it.
pub fn answer(
    files: ReadOnly,
    clock: &Clock,
    request: Request,
    reply: &mut dyn FnMut(Reply) -> bool,
) -> Result<(), ProjectorError> {
    let ReadOnly { folder, reader } = files;
    let wanted = folder.clone();
    let go_on: Box<GoOn> = Box::new(move || !wanted.is_wanted());
    let views = Views::in_memory(&reader)?;
    match &request {
        Request::Rebuild { .. }
        | Request::Import(_)
        | Request::Adopt { .. }
        | Request::Record(_)
        | Request::Join { .. }
        | Request::Watch(_)
        | Request::Forget { .. }
        | Request::Salvage { .. }
        | Request::Backup { .. } => {
            reply(Reply::Refused(refused(&LogError::Newer(reader.header().format))));
            return Ok(());
        }
        request if asks_present_views(request) => {
            let mut reports = Reports::new(&mut *reply, &go_on);
            if !views.catch_up(&reader, &mut |view, at, end| reports.tell(view, at, end))? {
                return Ok(());
            }
            if let Some(refusal) = unreadable(&reader, &views) {
                reply(Reply::Refused(refusal));
                return Ok(());
            }
        }
        Request::Ask { .. } | Request::Rows(_) | Request::Verify { .. } | Request::Export(_) => {}
    }
    let owner = Owner {
        folder,
        reader,
        views,
        clock: clock.clone(),
        running: Arc::default(),
        append: Box::new(|_answer, _source| Err(AppendError::Stopping)),
        own: Own::default(),
        join: Box::new(|_spaces, _joined| Err(AppendError::Stopping)),
        adopt: Box::new(|_batches| Err(AppendError::Stopping)),
        watch: super::watching::nobody(),
        forget: Box::new(|_step| Err(ForgetError::Append(AppendError::Stopping))),
        go_on,
    };
    serve::Owner::handle(&owner, request, &mut |it| {
        // Broken off for a monitor: no last word, it is to be asked.
        let given_up = owner.folder.is_wanted() && it == Reply::Refused(broken_off());
        !given_up && reply(it)
    });
    Ok(())
}

fn asks_present_views(request: &Request) -> bool {
    match request {
        Request::Ask { question, as_of, .. } => as_of.is_none() && question.asks_views(),
        request => matches!(request, Request::Rows(_)),
    }
}

/// Returns what the log holds that a view could not be given, if a view stopped: no answer is made
/// of the rest.
fn unreadable(reader: &Reader, views: &Views) -> Option<Refusal> {
    let stopped = views.lags().into_iter().filter(|lag| lag.fault.is_some());
    let seq = stopped.map(|lag| lag.seq).min()?;
    reader.batches(seq + 1, LOOK_BATCHES).err().map(|error| refused(&error))
}
