//! `import bodies`: files in, one by one; what cannot be read is named and counted.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::args::{Import, ImportBodies, ImportWhat};
use super::ask::put;
use super::output::{say, show};
use super::report::{Failure, usage};
use crate::clock::Clock;
use crate::config::data_folder;
use crate::import::{Recorded, endpoint_at, read_lines, read_plain};
use crate::log::Log;
use crate::monitor::real_log;
use crate::serve::{Body, Request};
use crate::sheet::{Sheet, Value};
use crate::space::Endpoint;
use crate::store::folder::Folder;

/// Bodies handed over in one request, and their bytes.
const BODIES_AT_ONCE: usize = 256;
const BYTES_AT_ONCE: usize = 16 * 1024 * 1024;

/// The largest file that is read: beyond it, lines belong in several.
const FILE_BYTES_MAX: u64 = 2 * 1024 * 1024 * 1024;

/// Takes recorded bodies in.
pub fn import(it: &Import, data: Option<PathBuf>) -> Result<u8, Failure> {
    let ImportWhat::Bodies(it) = &it.what;
    let endpoint = it
        .endpoint
        .as_deref()
        .map(|path| {
            let known = endpoint_at(path).or_else(|| Endpoint::from_word(path));
            known.ok_or_else(|| {
                usage(format!("`{path}` is no endpoint of X"))
                    .hint("write a path such as /2/spaces/search or /2/spaces")
            })
        })
        .transpose()?;
    let (bodies, refused) = read(it, endpoint)?;
    if bodies.is_empty() && refused > 0 {
        return Err(Failure::new(1, "no body could be read").hint(
            "nothing was taken in: give bodies of the X API as JSON, or lines of \
             {\"observed_at\", \"endpoint\", \"body\"}",
        ));
    }
    let folder = made(data)?;
    let mut sum: Option<Sheet> = None;
    for part in parts(bodies) {
        let sheet = put(&folder, &Request::Import(part))?;
        match &mut sum {
            None => sum = Some(sheet),
            Some(sum) => add(sum, &sheet),
        }
    }
    let sum = sum.unwrap_or_default();
    let code = show(&sum, &it.output)?;
    if refused > 0 {
        let what = format!("{refused} bodies could not be read; the rest is in");
        return Err(Failure::new(1, what));
    }
    Ok(code)
}

/// Opens the folder of data, and makes its log if there is none yet.
/// Opens the folder of data, and begins a log there where there is none.
pub fn made(data: Option<PathBuf>) -> Result<Folder, Failure> {
    let path = data_folder(data).map_err(|error| Failure::of(2, &error))?;
    let folder = Folder::make(&path)?;
    if !folder.log().exists() {
        let log = Log::create(&folder.log(), &real_log(&Clock::real()));
        let log = log.map_err(crate::monitor::files::FilesError::from)?;
        log.close().map_err(crate::monitor::files::FilesError::from)?;
    }
    Ok(folder)
}

/// Reads every file; returns the bodies by time, and how many could not be read.
fn read(it: &ImportBodies, endpoint: Option<Endpoint>) -> Result<(Vec<Body>, usize), Failure> {
    let holding_ms = it
        .every
        .map(|every| u64::try_from(every.as_millis()).unwrap_or(u64::MAX).saturating_mul(2));
    let mut bodies = Vec::new();
    let mut refused = 0;
    for path in &it.files {
        let (bytes, modified) = contents(path)?;
        let lines = std::str::from_utf8(&bytes).ok().and_then(|text| read_lines(text, holding_ms));
        if let Some(lines) = lines {
            for (number, line) in lines {
                match line {
                    Ok(recorded) => bodies.push(body(recorded)),
                    Err(error) => {
                        refused += 1;
                        tell(path, Some(number), &error);
                    }
                }
            }
            continue;
        }
        let observed_at = it.observed_at.unwrap_or(modified);
        match read_plain(&bytes, observed_at, endpoint, holding_ms) {
            Ok(recorded) => bodies.push(body(recorded)),
            Err(error) => {
                refused += 1;
                tell(path, None, &error);
            }
        }
    }
    // The log keeps the order of arrival; taken in by time, curves come out in order.
    bodies.sort_by_key(|body| body.observed_at);
    Ok((bodies, refused))
}

/// Returns a file's bytes, decompressed where its name ends in `.zst`, and its time.
fn contents(path: &Path) -> Result<(Vec<u8>, i64), Failure> {
    let unreadable = |error: std::io::Error| {
        Failure::new(1, format!("cannot read `{}`", path.display())).because(Some(&error))
    };
    let metadata = fs::metadata(path).map_err(unreadable)?;
    if metadata.len() > FILE_BYTES_MAX {
        return Err(Failure::new(1, format!("`{}` is larger than 2 GiB", path.display()))
            .hint("split it into several files of lines"));
    }
    let modified = metadata.modified().map_err(unreadable)?;
    let modified = chrono::DateTime::<chrono::Utc>::from(modified).timestamp_millis();
    let file = File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    if path.extension().is_some_and(|ending| ending == "zst") {
        // What is compressed may be far larger than its file.
        let decoder = zstd::Decoder::new(file).map_err(unreadable)?;
        decoder.take(FILE_BYTES_MAX).read_to_end(&mut bytes).map_err(unreadable)?;
    } else {
        file.take(FILE_BYTES_MAX).read_to_end(&mut bytes).map_err(unreadable)?;
    }
    Ok((bytes, modified))
}

fn tell(path: &Path, line: Option<usize>, error: &dyn std::error::Error) {
    let place = line.map(|line| format!(":{line}")).unwrap_or_default();
    let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
    say(&format!("{}{place}: not taken in: {error}{cause}", path.display()));
}

fn body(it: Recorded) -> Body {
    Body {
        observed_at: it.observed_at,
        endpoint: it.endpoint.word().to_owned(),
        poll_id: it.poll_id.map(|id| id.to_string()),
        sent_at: it.sent_at,
        status: it.status,
        target: it.target,
        holding_ms: it.holding_ms,
        body: String::from_utf8_lossy(&it.body).into_owned(),
    }
}

/// Cuts the bodies into parts of bounded size.
fn parts(bodies: Vec<Body>) -> Vec<Vec<Body>> {
    let mut parts = Vec::new();
    let (mut part, mut bytes) = (Vec::new(), 0);
    for body in bodies {
        if !part.is_empty() && (part.len() >= BODIES_AT_ONCE || bytes > BYTES_AT_ONCE) {
            parts.push(std::mem::take(&mut part));
            bytes = 0;
        }
        bytes += body.body.len();
        part.push(body);
    }
    parts.push(part);
    parts
}

/// Adds the counts of one part to those before.
fn add(sum: &mut Sheet, part: &Sheet) {
    for (total, more) in sum.rows.iter_mut().flatten().zip(part.rows.iter().flatten()) {
        if let (Value::Int(total), Value::Int(more)) = (total, more) {
            *total += more;
        }
    }
    for note in &part.notes {
        if !sum.notes.contains(note) {
            sum.notes.push(note.clone());
        }
    }
}
