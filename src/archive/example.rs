//! A small data folder, for the examples of the documentation and for tests.

use std::path::Path;

use crate::clock::Clock;
use crate::monitor::files::{Files, FilesError};
use crate::monitor::owner::of_files;
use crate::monitor::real_log;
use crate::serve::{Body, Owner as _, Reply, Request};
use crate::space::Moment;
use crate::store::folder::Folder;

use super::ArchiveError;

/// The Space in it: live for ten minutes, with 10 people a minute more.
const SPACE: &str = "1YqKDqWqdPLxV";
/// When it was first seen live.
const START: &str = "2026-11-23T18:00:00Z";
/// A minute.
const MINUTE_MS: i64 = 60_000;

/// Makes a data folder, new or empty, that knows one Space: it was seen live each minute from 18:00
/// to 18:09 on 2026-11-23, with 10, 20 … 100 participants, and had ended at 18:10.
///
/// # Errors
/// When the folder cannot be made, or holds data.
pub fn example(folder: &Path) -> Result<(), ArchiveError> {
    let clock = Clock::real();
    let files = Folder::make(folder)
        .map_err(FilesError::from)
        .and_then(|folder| Files::own(folder, &real_log(&clock)))
        .map_err(|error| ArchiveError::opening(folder, error))?;
    let start = Moment::parse_time_or_date(START).unwrap_or_default().0;
    let bodies = (0..=10).map(|minute| {
        let (state, ended) = match minute {
            10 => ("ended", r#","ended_at":"2026-11-23T18:10:00.000Z""#),
            _ => ("live", ""),
        };
        let count = 10 * (minute + 1);
        let space = format!(
            r#"{{"id":"{SPACE}","state":"{state}","title":"Climate talk","participant_count":{count},
            "creator_id":"12","host_ids":["12"],"started_at":"2026-11-23T18:00:00.000Z"{ended}}}"#
        );
        Body {
            observed_at: start + minute * MINUTE_MS,
            endpoint: "spaces".to_owned(),
            poll_id: None,
            sent_at: None,
            status: None,
            target: None,
            search: None,
            credential: None,
            repeats: 0,
            rate: None,
            retry_after_ms: None,
            holding_ms: Some(120_000),
            body: format!(r#"{{"data":[{space}]}}"#),
        }
    });
    let (owner, _writer) = of_files(files, &clock, Box::new(|| true));
    let mut outcome = Err(ArchiveError::Silent);
    owner.handle(Request::Import(bodies.collect()), &mut |reply| {
        match reply {
            Reply::Sheet(_) => outcome = Ok(()),
            Reply::Refused(refusal) => outcome = Err(refusal.into()),
            Reply::Progress { .. } => {}
        }
        true
    });
    outcome
}
