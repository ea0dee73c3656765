//! Raw answers kept beside the log: lines of JSON, a compressed file a UTC day.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::event::{PollId, Subject};
use crate::import::{Scrubbed, Scrubber};
use crate::space::{Asked, Endpoint, Moment, Outcome, Target};

/// Bytes of lines that are compressed together: small enough to lose little in a crash, large
/// enough to compress well.
pub(super) const FRAME_BYTES: usize = 256 * 1024;

/// zstd's default.
pub(super) const LEVEL: i32 = 3;

/// Lines that wait while nothing can be written; beyond it the oldest are given up.
const WAITING_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Keeps bodies. A crash loses at most the last [`FRAME_BYTES`]; the log loses nothing.
pub struct Bodies {
    folder: PathBuf,
    day: i64,
    lines: Vec<u8>,
    /// The file of the day. Each run begins one of its own, because a crash may have cut off
    /// the last frame of the one before.
    file: Option<File>,
}

impl Bodies {
    /// Returns a keeper of bodies in this folder.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder, day: 0, lines: Vec::new(), file: None }
    }

    /// Keeps one body, as a line that `import bodies` reads, without the texts of whom and what
    /// was forgotten.
    pub fn keep(
        &mut self,
        asked: &Asked,
        poll_id: Option<PollId>,
        outcome: &Outcome,
        body: &[u8],
        forgotten: &BTreeSet<Subject>,
    ) -> io::Result<()> {
        if asked.observed_at.day() != self.day {
            self.flush()?;
            self.day = asked.observed_at.day();
            self.file = None;
        }
        let (status, rate, retry_after_ms) = match outcome {
            Outcome::Seen(seen) => (seen.status, seen.rate, None),
            Outcome::Failed(it) => (it.status, it.rate, it.retry_after_ms),
        };
        let mut line = json!({
            "observed_at": asked.observed_at.to_string(),
            "endpoint": path(asked),
            "poll_id": poll_id.map(|id| id.to_string()),
            "sent_at": asked.sent_at.map(|at| at.to_string()),
            "credential": asked.credential,
            "status": status,
            "target": asked.target.line(),
            "holding_ms": asked.holding_ms,
            "repeats": asked.repeats,
            "rate": rate.map(|it| {
                json!({
                    "limit": it.limit, "remaining": it.remaining, "reset": it.reset.to_string(),
                })
            }),
            "retry_after_ms": retry_after_ms,
        });
        if let Target::Query { state, max_results, .. } = &asked.target {
            line["search_state"] = json!(state.word());
            line["max_results"] = json!(max_results);
        }
        // What is no JSON is kept too, as the text that it is.
        line["body"] = serde_json::from_slice::<Value>(body)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(body).into_owned()));
        let mut line = line.to_string();
        // What they were called is not known any more; their ids are.
        let none = BTreeSet::new();
        let scrubber = Scrubber { subjects: forgotten, words: &none, names: &none };
        match scrubber.line(line.as_bytes()) {
            Scrubbed::Same => {}
            Scrubbed::Changed(changed) => line = changed,
            Scrubbed::Dropped => return Ok(()),
        }
        if self.lines.len() > WAITING_BYTES_MAX {
            self.lines.clear();
        }
        writeln!(self.lines, "{line}")?;
        if self.lines.len() >= FRAME_BYTES { self.flush() } else { Ok(()) }
    }

    /// Writes what waits, and goes on in a file of its own: the ones before may be rewritten.
    pub fn let_go(&mut self) -> io::Result<()> {
        self.flush()?;
        self.file = None;
        Ok(())
    }

    /// Writes what waits. After a failure the file ends where it ended before.
    pub fn flush(&mut self) -> io::Result<()> {
        if self.lines.is_empty() {
            return Ok(());
        }
        let frame = zstd::encode_all(self.lines.as_slice(), LEVEL)?;
        let mut file = match self.file.take() {
            Some(file) => file,
            None => self.begin()?,
        };
        let length = file.metadata()?.len();
        // Frames that follow one another are one stream to every reader of zstd.
        if let Err(error) = file.write_all(&frame) {
            file.set_len(length)?;
            self.file = Some(file);
            return Err(error);
        }
        self.lines.clear();
        self.file = Some(file);
        Ok(())
    }

    /// Makes the day's next file.
    fn begin(&self) -> io::Result<File> {
        let date = Moment(self.day * DAY_MS).to_utc().format("%Y-%m-%d").to_string();
        for run in 1..=RUNS_A_DAY_MAX {
            let name = match run {
                1 => format!("{date}.jsonl.zst"),
                run => format!("{date}.{run}.jsonl.zst"),
            };
            let made = OpenOptions::new()
                .append(true)
                .create_new(true)
                .mode(0o600)
                .open(self.folder.join(name));
            match made {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                other => return other,
            }
        }
        Err(io::Error::other("too many files of bodies for one day"))
    }
}

/// Milliseconds in a day.
const DAY_MS: i64 = 86_400_000;

/// Files that one day may have: one a run.
const RUNS_A_DAY_MAX: u32 = 10_000;

/// X's path of a request, without its query.
fn path(asked: &Asked) -> String {
    match asked.endpoint {
        Endpoint::Search => "/2/spaces/search".to_owned(),
        Endpoint::Spaces => "/2/spaces".to_owned(),
        Endpoint::Space => format!("/2/spaces/{}", asked.target.line()),
        Endpoint::CreatorIds => "/2/spaces/by/creator_ids".to_owned(),
        Endpoint::Buyers => format!("/2/spaces/{}/buyers", asked.target.line()),
        Endpoint::Tweets => format!("/2/spaces/{}/tweets", asked.target.line()),
        Endpoint::UsersBy => "/2/users/by".to_owned(),
    }
}
