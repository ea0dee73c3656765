//! Work that needs the log alone, also a damaged one: checking, salvaging, backing up.

use std::path::PathBuf;

use tokio_util::sync::CancellationToken;

use crate::log::{Inspected, Log};
use crate::projector::ProjectorError;
use crate::serve::{Refusal, Reply, Request};
use crate::sheet::Sheet;
use crate::store::folder::Folder;

use super::backup::Backup;
use super::files::FilesError;
use super::reports::{GoOn, Reports, Tell};
use super::salvage::salvage;
use super::verify::verify;
use crate::log::LogError;

impl FilesError {
    /// Returns whether log or views hold something that cannot be read; then the log can still be
    /// looked at.
    pub fn is_damage(&self) -> bool {
        let damaged =
            |error: &LogError| matches!(error, LogError::Damaged { .. } | LogError::Broken { .. });
        match self {
            Self::Log(error) | Self::Views(ProjectorError::Log { source: error, .. }) => {
                damaged(error)
            }
            _ => false,
        }
    }
}

/// Returns whether a request needs the log alone.
pub fn needs_log_alone(request: &Request) -> bool {
    matches!(request, Request::Salvage { .. } | Request::Backup { .. })
}

/// Answers such a request with the log open in this process. Without a last reply it was given up:
/// because a monitor wants the files, or because of `stop`.
pub fn inspect(
    folder: &Folder,
    request: &Request,
    stop: &CancellationToken,
    reply: Tell,
) -> Result<(), FilesError> {
    let inspected = Log::inspect(&folder.log())?;
    let (wanted, stop) = (folder.clone(), stop.clone());
    let go_on: Box<GoOn> = Box::new(move || !wanted.is_wanted() && !stop.is_cancelled());
    let mut reports = Reports::new(&mut *reply, &go_on);
    let outcome = match request {
        Request::Verify { expect } => verify(&inspected.reader, None, expect, &mut reports),
        request => of_log(request, inspected, folder, false, &mut reports),
    };
    if outcome.is_ok() || go_on() {
        // Nobody listening any more is no failure of ours.
        reply(match outcome {
            Ok(sheet) => Reply::Sheet(sheet),
            Err(refusal) => Reply::Refused(refusal),
        });
    }
    Ok(())
}

/// Works on a request that needs the log alone.
pub(super) fn of_log(
    request: &Request,
    log: Inspected,
    folder: &Folder,
    live: bool,
    reports: &mut Reports,
) -> Result<Sheet, Refusal> {
    match request {
        Request::Salvage { to } => salvage(log, &PathBuf::from(to), reports),
        Request::Backup { to } => {
            let (reader, to) = (&log.reader, PathBuf::from(to));
            Backup { reader, folder, to: &to, live }.make(reports)
        }
        _ => Err(super::reports::broken_off()),
    }
}
