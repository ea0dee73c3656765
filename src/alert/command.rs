//! A command: started with its arguments, no shell between; the alert as JSON on its standard input.

use std::io::Write as _;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use thiserror::Error;

use crate::clock::{Stopwatch, pause};
use crate::config::{PROXY_NAME, TOKEN_NAMES, USER_TOKEN_NAME};

/// A command is done within this time, or it is ended and the alert comes again.
pub const DEADLINE: Duration = Duration::from_secs(10);

/// How often it is looked whether it is done.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Why an alert did not arrive.
#[derive(Debug, Error)]
pub enum CommandError {
    /// It cannot be started.
    #[error("cannot start `{0}`")]
    Start(String, #[source] std::io::Error),
    /// It does not take what it is told.
    #[error("cannot tell `{0}`")]
    Tell(String, #[source] std::io::Error),
    /// It failed.
    #[error("`{0}` ended with {1}")]
    Ended(String, std::process::ExitStatus),
    /// It goes on and on.
    #[error("`{0}` was not done within 10 s, and was ended")]
    TooLong(String),
    /// The monitor stops.
    #[error("`{0}` was ended because the monitor stops")]
    Stopped(String),
}

/// Runs a command to its end and tells it a line.
pub fn run(args: &[String], json: &str, go_on: &dyn Fn() -> bool) -> Result<(), CommandError> {
    let Some((program, rest)) = args.split_first() else { return Ok(()) };
    let mut command = Command::new(program);
    command.args(rest).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    // What asks X is none of its business.
    for name in TOKEN_NAMES.into_iter().chain([USER_TOKEN_NAME, PROXY_NAME]) {
        command.env_remove(name);
    }
    command.env_remove("CREDENTIALS_DIRECTORY").env_remove("SPACELOG_CREDENTIALS");
    let name = || program.clone();
    let mut child = command.spawn().map_err(|error| CommandError::Start(name(), error))?;
    let done = tell(&mut child, json)
        .map_err(|error| CommandError::Tell(name(), error))
        .and_then(|()| wait(&mut child, program, go_on));
    if done.is_err() {
        // It is over already, or is now; either way nothing of it is left.
        drop(child.kill());
        drop(child.wait());
    }
    done
}

/// An alert is smaller than what a pipe takes at once: a command that does not read keeps nobody.
fn tell(child: &mut Child, json: &str) -> std::io::Result<()> {
    let Some(mut input) = child.stdin.take() else { return Ok(()) };
    match input.write_all(format!("{json}\n").as_bytes()) {
        // One that does not want to know, such as `notify-send`, may close its ears.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        told => told,
    }
}

fn wait(child: &mut Child, program: &str, go_on: &dyn Fn() -> bool) -> Result<(), CommandError> {
    let waited = Stopwatch::start();
    loop {
        let name = || program.to_owned();
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(status)) => return Err(CommandError::Ended(name(), status)),
            Ok(None) if !go_on() => return Err(CommandError::Stopped(name())),
            Ok(None) if waited.elapsed() >= DEADLINE => return Err(CommandError::TooLong(name())),
            Ok(None) => pause(LOOK_EVERY),
            Err(error) => return Err(CommandError::Tell(name(), error)),
        }
    }
}
