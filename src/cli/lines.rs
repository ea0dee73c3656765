//! `import jsonl`: logs in lines, several as one by the time of recording; each batch once.

use std::path::{Path, PathBuf};

use super::args::ImportLines;
use super::handing::Handing;
use super::output::{Progress, show};
use super::report::{Failure, newer, usage};
use super::taken::{Far, made, open, tell, unreadable};
use crate::clock::Clock;
use crate::event::codec::Header;
use crate::import::lines::{BadBatch, Copied, LineError, Lines};
use crate::import::{Merge, Source, Stream};
use crate::log::{Log, NewLog};
use crate::monitor::files::FilesError;
use crate::sheet::Sheet;
use crate::store::folder::Folder;

/// A batch of a file, or what is wrong with one.
type Found = (PathBuf, Result<Copied, BadBatch>);

/// Takes logs in.
pub fn import(it: &ImportLines, data: Option<PathBuf>) -> Result<u8, Failure> {
    let begins = it.files.iter().map(|path| begin(path)).collect::<Result<Vec<_>, _>>()?;
    let Some((first, ..)) = begins.first() else { return Err(usage("no file is named")) };
    let simulated = first.simulated.is_some();
    if begins.iter().any(|(log, ..)| log.simulated.is_some() != simulated) {
        return Err(usage("some of the files hold simulated data, and some real data")
            .hint("the two stay apart: take them into folders of their own"));
    }
    let folder = made(data)?;
    if !folder.log().exists() {
        make(&folder, &begins)?;
    }
    let far = Far::of(&it.files)?;
    // Batches recorded in one millisecond stand in two parts of a log as they do in the log.
    let mut parts: Vec<_> = it.files.iter().zip(&begins).collect();
    parts.sort_by_key(|(_, (_, at, seq))| (*at, *seq));
    let sources = parts.into_iter().map(|(path, (_, at, _))| source(path, *at, &far));
    let (sum, refused) = hand_over(&folder, Merge::new(sources.collect()), simulated, &far)?;
    let code = show(&sum, &it.output)?;
    if refused > 0 {
        let what = format!("{refused} batches could not be read; the rest is in");
        return Err(Failure::new(1, what)
            .hint("with better files, import again: what is in already is passed over"));
    }
    Ok(code)
}

/// Of which log the first whole batch of a file is, when it was recorded, and its first seq.
type Begin = (Header, i64, u64);

/// Returns where a file begins.
fn begin(path: &Path) -> Result<Begin, Failure> {
    let file = open(path, &Far::default()).map_err(|error| unreadable(path, &error))?;
    let mut bad = None;
    for batch in Lines::new(file) {
        match batch {
            Ok(it) => {
                let batch = &it.adopted.batch;
                return Ok((it.log, batch.recorded_at.0, batch.first_seq));
            }
            Err(it) if it.why.is_newer() => return Err(newer(&it.why.to_string())),
            Err(it) => bad = bad.or(Some(it)),
        }
    }
    let what = format!("no batch of events could be read in `{}`", path.display());
    let failure = Failure::new(1, what);
    if let Some(bad) = &bad {
        tell(path, Some(bad.line), &bad.why);
    }
    Err(failure.hint(
        "nothing was taken in: give lines that `spacelog export jsonl` or `events --jsonl` wrote",
    ))
}

/// Makes the log: the one that all files are parts of, or a new one of several.
fn make(folder: &Folder, begins: &[Begin]) -> Result<(), Failure> {
    let (first, ..) = &begins[0];
    let made = if begins.iter().all(|(log, ..)| log.log_id == first.log_id) {
        Log::take_up(&folder.log(), first)
    } else {
        let created_at = begins.iter().map(|(log, ..)| log.created_at).min();
        let created_at = created_at.unwrap_or_else(|| Clock::real().now().into());
        let new = NewLog { created_at, simulated: first.simulated };
        Log::create(&folder.log(), &new).and_then(Log::close)
    };
    Ok(made.map_err(FilesError::from)?)
}

fn source(path: &Path, begins_at: i64, far: &Far) -> Source<Found> {
    let (path, far) = (path.to_owned(), far.clone());
    let open = Box::new(move || {
        let file = match open(&path, &far) {
            Ok(file) => file,
            Err(error) => {
                let why = LineError::Line(error.into());
                let bad = (path, Err(BadBatch { line: 0, why }));
                return Box::new(std::iter::once((begins_at, bad))) as Stream<Found>;
            }
        };
        let mut at = begins_at;
        Box::new(Lines::new(file).map(move |batch| {
            if let Ok(it) = &batch {
                at = it.adopted.batch.recorded_at.0;
            }
            (at, (path.clone(), batch))
        })) as Stream<Found>
    });
    Source { begins_at, open }
}

/// Hands the batches over in parts; returns the counts, and how many could not be read.
fn hand_over(
    folder: &Folder,
    batches: Merge<Found>,
    simulated: bool,
    far: &Far,
) -> Result<(Sheet, usize), Failure> {
    let (mut handing, mut refused) = (Handing::to(folder, simulated), 0);
    let progress = Progress::new();
    for (path, batch) in batches {
        match batch {
            Ok(it) => handing.take(&it.adopted)?,
            Err(bad) if bad.why.is_newer() => {
                // What stands before it goes in.
                handing.end()?;
                return Err(newer(&format!("{}:{}: {}", path.display(), bad.line, bad.why)));
            }
            Err(bad) => {
                refused += 1;
                tell(&path, Some(bad.line), &bad.why);
            }
        }
        far.tell(&progress);
    }
    drop(progress);
    Ok((handing.end()?, refused))
}
