//! Raw answers kept beside the log: lines of JSON, a compressed file a UTC day.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::space::{Asked, Endpoint, Outcome};

/// Bytes of lines that are compressed together: small enough to lose little in a crash, large
/// enough to compress well.
const FRAME_BYTES: usize = 256 * 1024;

/// zstd's default.
const LEVEL: i32 = 3;

/// Keeps bodies. A crash loses at most the last [`FRAME_BYTES`]; the log loses nothing.
pub struct Bodies {
    folder: PathBuf,
    day: i64,
    lines: Vec<u8>,
}

impl Bodies {
    /// Returns a keeper of bodies in this folder.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder, day: 0, lines: Vec::new() }
    }

    /// Keeps one body, as a line that `import bodies` reads.
    pub fn keep(&mut self, asked: &Asked, outcome: &Outcome, body: &[u8]) -> io::Result<()> {
        if asked.observed_at.day() != self.day {
            self.flush()?;
            self.day = asked.observed_at.day();
        }
        let status = match outcome {
            Outcome::Seen(seen) => Some(seen.status),
            Outcome::Failed(failure) => failure.status,
        };
        // What is no JSON is kept too, as the text that it is.
        let body = serde_json::from_slice::<Value>(body)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(body).into_owned()));
        let line = json!({
            "observed_at": asked.observed_at.to_string(),
            "endpoint": path(asked),
            "status": status,
            "target": asked.target.line(),
            "holding_ms": asked.holding_ms,
            "body": body,
        });
        writeln!(self.lines, "{line}")?;
        if self.lines.len() >= FRAME_BYTES { self.flush() } else { Ok(()) }
    }

    /// Writes what waits.
    pub fn flush(&mut self) -> io::Result<()> {
        if self.lines.is_empty() {
            return Ok(());
        }
        let date = crate::space::Moment(self.day * 86_400_000).to_utc().format("%Y-%m-%d");
        let path = self.folder.join(format!("{date}.jsonl.zst"));
        let mut file: File = OpenOptions::new().append(true).create(true).mode(0o600).open(path)?;
        // Frames that follow one another are one stream to every reader of zstd.
        file.write_all(&zstd::encode_all(self.lines.as_slice(), LEVEL)?)?;
        self.lines.clear();
        Ok(())
    }
}

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
