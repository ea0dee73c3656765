//! Asking: whoever owns the files if somebody does, else the files themselves.

use std::path::PathBuf;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::args::{Output, Past};
use super::output::{Progress, show};
use super::report::Failure;
use crate::clock::{Clock, Stopwatch, pause};
use crate::config::{Layer, Resolved, data_folder};
use crate::monitor::files::{Files, FilesError, ReadOnly};
use crate::monitor::inspect::{inspect, needs_log_alone};
use crate::monitor::owner::alone;
use crate::monitor::reading;
use crate::projector::ProjectorError;
use crate::question::{Own, Question};
use crate::serve::{self, AskError, Reply, Request, told_path};
use crate::sheet::Sheet;
use crate::store::folder::Folder;

/// How long a command waits for another one, or for a monitor that starts or stops.
const WAIT: Duration = Duration::from_mins(1);

/// How often it looks.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Opens the folder of data: the one named, or the usual one.
pub fn folder(data: Option<PathBuf>) -> Result<Folder, Failure> {
    let path = data_folder(data)
        .map_err(|error| Failure::of(2, &error).hint("name a folder with `--data`"))?;
    Ok(Folder::existing(&path)?)
}

/// Puts a request to whoever owns the files.
pub fn put(folder: &Folder, request: &Request) -> Result<Sheet, Failure> {
    put_until(folder, request, &CancellationToken::new())
}

/// Puts a request to whoever owns the files of the folder that is named, or the usual one.
pub fn put_in(data: Option<PathBuf>, request: &Request) -> Result<Sheet, Failure> {
    put(&folder(data)?, request)
}

/// Puts a request to whoever owns the files, and breaks it off when `stop` says so.
pub fn put_until(
    folder: &Folder,
    request: &Request,
    stop: &CancellationToken,
) -> Result<Sheet, Failure> {
    let progress = Progress::new();
    let waited = Stopwatch::start();
    loop {
        let tell = &mut |what: &str, at, end| {
            progress.tell(what, at, end);
            !stop.is_cancelled()
        };
        match told_path(folder.path()).map(|socket| serve::ask(&socket, request, tell)) {
            Some(Ok(sheet)) => return Ok(sheet),
            Some(Err(AskError::Refused(refusal))) => return Err(refusal.into()),
            // Nobody there, or it went away: perhaps it only stops, or starts.
            None | Some(Err(AskError::Nobody | AskError::Broken(_))) => {}
        }
        if stop.is_cancelled() {
            return Err(Failure::new(1, "broken off; nothing is left of it"));
        }
        match by_ourselves(folder, request, stop, &progress) {
            Ok(Some(answer)) => return answer,
            Ok(None) => {}
            Err(error) if error.is_locked() && waited.elapsed() < WAIT => {}
            Err(error) => return Err(error.into()),
        }
        pause(LOOK_EVERY);
    }
}

/// An answer, or `None` when the files were given up before there was one.
type Given = Option<Result<Sheet, Failure>>;

/// Answers with the files opened here.
fn by_ourselves(
    folder: &Folder,
    request: &Request,
    stop: &CancellationToken,
    progress: &Progress,
) -> Result<Given, FilesError> {
    let mut answer: Given = None;
    let mut take = |reply| {
        match reply {
            Reply::Sheet(sheet) => answer = Some(Ok(sheet)),
            Reply::Refused(refusal) => answer = Some(Err(refusal.into())),
            Reply::Progress { what, at, end } => progress.tell(&what, at, end),
        }
        true
    };
    let opened = if needs_log_alone(request) {
        inspect(folder, request, stop, &mut take).map(|()| None)
    } else {
        Files::open(folder.clone()).map(Some)
    };
    let files = match opened {
        Ok(None) => return Ok(answer),
        Ok(Some(files)) => files,
        Err(error) if error.is_newer() => {
            let files = ReadOnly::open(folder.clone())?;
            let done = reading::answer(files, &Clock::real(), request.clone(), &mut take);
            return Ok(given(answer, done));
        }
        Err(error) if error.is_damage() && matches!(request, Request::Verify { .. }) => {
            inspect(folder, request, stop, &mut take)?;
            return Ok(answer);
        }
        Err(error) => return Err(error),
    };
    let done = alone(files, &Clock::real(), request.clone(), stop, &mut take);
    Ok(given(answer, done))
}

fn given(answer: Given, done: Result<(), ProjectorError>) -> Given {
    match (answer, done) {
        (Some(answer), _) => Some(answer),
        (None, Ok(())) => None,
        (None, Err(error)) => {
            Some(Err(Failure::of(6, &error).hint("`spacelog verify` says what holds")))
        }
    }
}

/// Asks a question and shows the answer.
pub fn simple(data: Option<PathBuf>, question: Question, output: &Output) -> Result<u8, Failure> {
    long(data, &Request::ask(question), output)
}

/// Asks a question that may be about the past, and shows the answer.
pub fn as_of(
    data: Option<PathBuf>,
    question: Question,
    past: Past,
    output: &Output,
) -> Result<u8, Failure> {
    long(data, &Request::Ask { question, as_of: past.as_of, own: None }, output)
}

/// Asks a question that may be about the past and is answered in the words of whoever asks: those
/// of the configuration, `config` where it is named. Shows the answer.
pub fn worded(
    (data, config): (Option<PathBuf>, Option<PathBuf>),
    question: Question,
    past: Past,
    output: &Output,
) -> Result<u8, Failure> {
    let own = Some(own(config)?);
    long(data, &Request::Ask { question, as_of: past.as_of, own }, output)
}

/// Returns the wording that the configuration gives.
pub fn own(config: Option<PathBuf>) -> Result<Own, Failure> {
    Ok(crate::monitor::own(&Resolved::new(Layer::default(), config)?.wording()?))
}

/// Puts a request and shows the answer.
pub fn long(data: Option<PathBuf>, request: &Request, output: &Output) -> Result<u8, Failure> {
    show(&put(&folder(data)?, request)?, output)
}
