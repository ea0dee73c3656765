//! The asker's side of the socket.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;

use thiserror::Error;

use super::{Refusal, Reply, Request};
use crate::sheet::Sheet;

/// Why the owner gave no answer.
#[derive(Debug, Error)]
pub enum AskError {
    /// Nobody listens: no monitor runs on the folder.
    #[error("nobody listens at the folder's socket")]
    Nobody,
    /// The owner went away in the middle.
    #[error("the monitor went away before it had answered")]
    Broken(#[source] io::Error),
    /// The owner refuses.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// Returns whether somebody listens at a socket.
pub fn is_served(path: &Path) -> bool {
    UnixStream::connect(path).is_ok()
}

/// Asks whoever listens at a socket; `progress` is told how far a long request has come, and says
/// whether to wait on.
pub fn ask(
    path: &Path,
    request: &Request,
    progress: &mut dyn FnMut(&str, u64, u64) -> bool,
) -> Result<Sheet, AskError> {
    let Ok(mut stream) = UnixStream::connect(path) else { return Err(AskError::Nobody) };
    let mut line = serde_json::to_string(request).map_err(io::Error::other);
    if let Ok(line) = &mut line {
        line.push('\n');
    }
    let line = line.map_err(AskError::Broken)?;
    stream.write_all(line.as_bytes()).map_err(AskError::Broken)?;
    for line in BufReader::new(stream).lines() {
        let line = line.map_err(AskError::Broken)?;
        let reply = Reply::from_line(&line);
        match reply.map_err(|error| AskError::Broken(io::Error::other(error)))? {
            Reply::Sheet(sheet) => return Ok(sheet),
            Reply::Progress { what, at, end } => {
                if !progress(&what, at, end) {
                    return Err(AskError::Broken(io::ErrorKind::Interrupted.into()));
                }
            }
            Reply::Refused(refusal) => return Err(refusal.into()),
        }
    }
    Err(AskError::Broken(io::ErrorKind::UnexpectedEof.into()))
}
