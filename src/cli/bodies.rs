//! `import bodies`: files in, several as one by time; what cannot be read is named and counted.

use std::io::{BufRead, Read as _};
use std::path::{Path, PathBuf};

use super::args::ImportBodies;
use super::ask::put;
use super::output::{Progress, show};
use super::report::{Failure, usage};
use super::taken::{self, Far, add, open, tell, unreadable};
use crate::clock::Clock;
use crate::config::data_folder;
use crate::import::{
    BodyLines, Merge, Recorded, Refused, Source, Stream, endpoint_at, is_line, read_plain,
};
use crate::log::Log;
use crate::monitor::files::FilesError;
use crate::monitor::real_log;
use crate::serve::{Body, Request};
use crate::sheet::Sheet;
use crate::space::Endpoint;
use crate::store::folder::Folder;

/// Bodies handed over in one request, and their bytes.
const BODIES_AT_ONCE: usize = 256;
const BYTES_AT_ONCE: usize = 16 * 1024 * 1024;

/// The largest body, and the longest first line, that are read: X sends far smaller ones.
const BODY_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// A body, or why it cannot be taken in; where it stands.
type Found = (PathBuf, Option<usize>, Result<Recorded, Refused>);

/// Takes recorded bodies in.
pub fn import(it: &ImportBodies, data: Option<&PathBuf>) -> Result<u8, Failure> {
    let how = How::of(it)?;
    let far = Far::of(&it.files)?;
    let sources = it.files.iter().map(|path| source(path, &how, &far));
    let bodies = Merge::new(sources.collect::<Result<Vec<_>, _>>()?);
    // The folder is looked for before anything is read, and made when there is something to keep.
    data_folder(data.cloned()).map_err(|error| Failure::of(2, &error))?;
    let (sum, refused) = hand_over(data, bodies, &far)?;
    let Some(sum) = sum else {
        return Err(Failure::new(1, "no body could be read").hint(
            "nothing was taken in: give bodies of the X API as JSON, or lines of \
             {\"observed_at\", \"endpoint\", \"body\"} or of twarc2",
        ));
    };
    let code = show(&sum, &it.output)?;
    if refused > 0 {
        let what = format!("{refused} bodies could not be read; the rest is in");
        return Err(Failure::new(1, what));
    }
    Ok(code)
}

/// Opens the folder of data, and begins a log there where there is none.
pub fn made(data: Option<PathBuf>) -> Result<Folder, Failure> {
    let folder = taken::made(data)?;
    if !folder.log().exists() {
        let log = Log::create(&folder.log(), &real_log(&Clock::real()));
        log.and_then(Log::close).map_err(FilesError::from)?;
    }
    Ok(folder)
}

/// What is said of bodies that do not say it themselves.
#[derive(Clone, Copy)]
struct How {
    observed_at: Option<i64>,
    endpoint: Option<Endpoint>,
    holding_ms: Option<u64>,
}

impl How {
    fn of(it: &ImportBodies) -> Result<Self, Failure> {
        let known = |path: &str| {
            endpoint_at(path).or_else(|| Endpoint::from_word(path)).ok_or_else(|| {
                usage(format!("`{path}` is no endpoint of X"))
                    .hint("write a path such as /2/spaces/search or /2/spaces")
            })
        };
        let every = it.every.map(|every| u64::try_from(every.as_millis()).unwrap_or(u64::MAX));
        Ok(Self {
            observed_at: it.observed_at,
            endpoint: it.endpoint.as_deref().map(known).transpose()?,
            holding_ms: every.map(|every| every.saturating_mul(2)),
        })
    }
}

/// Returns the bodies of a file, which is opened again when its time comes.
fn source(path: &Path, how: &How, far: &Far) -> Result<Source<Found>, Failure> {
    let mut first = Vec::new();
    let mut file = open(path, &Far::default()).map_err(failed_at(path))?;
    let peeked = file.by_ref().take(BODY_BYTES_MAX).read_until(b'\n', &mut first);
    let named = path.file_name().unwrap_or_default().to_string_lossy();
    let named = Path::new(named.strip_suffix(".zst").unwrap_or(&named));
    let named = named.extension().is_some_and(|ending| ending == "jsonl");
    // A file that breaks off in its first line says so when it is read.
    let is_lines = named || peeked.is_ok() && is_line(&first);
    let (path, how, far) = (path.to_owned(), *how, far.clone());
    if !is_lines {
        let modified = std::fs::metadata(&path).and_then(|it| it.modified());
        let modified = chrono::DateTime::<chrono::Utc>::from(modified.map_err(failed_at(&path))?);
        let at = how.observed_at.unwrap_or_else(|| modified.timestamp_millis());
        let open = Box::new(move || {
            let read = plain(&path, at, &how, &far);
            Box::new(std::iter::once((at, (path, None, read)))) as Stream<Found>
        });
        return Ok(Source { begins_at: at, open });
    }
    let again = open(&path, &Far::default()).map_err(failed_at(&path))?;
    let begins_at = BodyLines::new(again, None).find_map(|(_, body)| body.ok());
    let begins_at = begins_at.map_or(i64::MIN, |body| body.observed_at);
    Ok(Source { begins_at, open: Box::new(move || lines(path, begins_at, &how, &far)) })
}

fn failed_at(path: &Path) -> impl Fn(std::io::Error) -> Failure {
    move |error| unreadable(path, &error)
}

fn lines(path: PathBuf, begins_at: i64, how: &How, far: &Far) -> Stream<Found> {
    let file = match open(&path, far) {
        Ok(file) => file,
        Err(error) => {
            let found = (path, None, Err(Refused::Line(error.into())));
            return Box::new(std::iter::once((begins_at, found)));
        }
    };
    let mut at = begins_at;
    Box::new(BodyLines::new(file, how.holding_ms).map(move |(number, body)| {
        if let Ok(body) = &body {
            at = body.observed_at;
        }
        (at, (path.clone(), Some(number), body))
    }))
}

fn plain(path: &Path, at: i64, how: &How, far: &Far) -> Result<Recorded, Refused> {
    let mut bytes = Vec::new();
    let file = open(path, far).map_err(|error| Refused::Line(error.into()))?;
    let read = file.take(BODY_BYTES_MAX).read_to_end(&mut bytes);
    read.map_err(|error| Refused::Line(error.into()))?;
    read_plain(&bytes, at, how.endpoint, how.holding_ms)
}

/// Hands the bodies over in parts; returns the counts, if any could be read, and how many could
/// not.
fn hand_over(
    data: Option<&PathBuf>,
    bodies: Merge<Found>,
    far: &Far,
) -> Result<(Option<Sheet>, usize), Failure> {
    let (mut sum, mut refused) = (None, 0);
    let (mut part, mut bytes) = (Vec::new(), 0);
    let mut send = |mut part: Vec<Body>| {
        // The log keeps the order of arrival; taken in by time, curves come out in order.
        part.sort_by_key(|body| body.observed_at);
        let folder = made(data.cloned())?;
        add(&mut sum, put(&folder, &Request::Import(part))?);
        Ok::<_, Failure>(())
    };
    let progress = Progress::new();
    for (path, line, read) in bodies {
        match read {
            Ok(recorded) => {
                bytes += recorded.body.len();
                part.push(body(recorded));
            }
            Err(error) => {
                refused += 1;
                tell(&path, line, &error);
            }
        }
        far.tell(&progress);
        if part.len() >= BODIES_AT_ONCE || bytes > BYTES_AT_ONCE {
            send(std::mem::take(&mut part))?;
            bytes = 0;
        }
    }
    drop(progress);
    if !part.is_empty() {
        send(part)?;
    }
    Ok((sum, refused))
}

fn body(it: Recorded) -> Body {
    Body {
        observed_at: it.observed_at,
        endpoint: it.endpoint.word().to_owned(),
        poll_id: it.poll_id.map(|id| id.to_string()),
        sent_at: it.sent_at,
        status: it.status,
        target: it.target,
        search: it.search,
        credential: it.credential,
        repeats: it.repeats,
        rate: it.rate,
        retry_after_ms: it.retry_after_ms,
        holding_ms: it.holding_ms,
        body: String::from_utf8_lossy(&it.body).into_owned(),
    }
}
