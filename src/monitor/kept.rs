//! Kept bodies rewritten without what is forgotten, each file beside itself and then renamed.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use crate::export::write_beside;
use crate::import::{Scrubbed, Scrubber};

use super::bodies::{FRAME_BYTES, LEVEL};

/// The longest line: a body of 8 MiB whose every byte is an escape, and what stands around it.
const LINE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// What became of the kept bodies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rewritten {
    /// Lines that lost what is forgotten.
    pub changed: u64,
    /// Lines that could not be read, and were taken out.
    pub dropped: u64,
}

/// A file that could not be rewritten.
#[derive(Debug, thiserror::Error)]
#[error("cannot rewrite `{path}`")]
pub struct KeptError {
    /// The file, or the folder.
    pub path: PathBuf,
    /// Why.
    #[source]
    pub source: io::Error,
}

/// Returns whether a file of this name holds lines of bodies.
pub fn is_bodies(name: &str) -> bool {
    let plain = name.strip_suffix(".zst").unwrap_or(name);
    Path::new(plain).extension().is_some_and(|ending| ending == "jsonl")
}

/// Returns whether a file of this name is one that was being written beside another.
fn is_left_over(name: &str) -> bool {
    name.starts_with(".spacelog-")
        && Path::new(name).extension().is_some_and(|ending| ending == "part")
}

/// Returns the names of the files of kept bodies in a folder; one that is not there holds none.
pub fn names(folder: &Path) -> Result<BTreeSet<String>, KeptError> {
    let failed = |source| KeptError { path: folder.to_owned(), source };
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
        entries => entries.map_err(failed)?,
    };
    let mut names = BTreeSet::new();
    for entry in entries {
        let name = entry.map_err(failed)?.file_name().to_string_lossy().into_owned();
        names.extend(is_bodies(&name).then_some(name));
    }
    Ok(names)
}

/// Rewrites every file of kept bodies in `folder` that is `wanted` by its name and holds anything
/// of the subjects; nobody may write to it meanwhile. What a crash left of an earlier rewriting is removed. A folder that is not there holds nothing.
///
/// After a failure, as after a crash, each file is the old one or the new one.
pub fn scrub(
    folder: &Path,
    scrubber: &Scrubber,
    wanted: &dyn Fn(&str) -> bool,
) -> Result<Rewritten, KeptError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| KeptError { path, source }
    };
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Rewritten::default()),
        entries => entries.map_err(failed(folder))?,
    };
    // All names before the first is written: what is written has names of its own meanwhile.
    let entries: Vec<_> = entries.collect::<Result<_, _>>().map_err(failed(folder))?;
    let mut sum = Rewritten::default();
    for entry in entries {
        let path = entry.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if is_left_over(&name) {
            fs::remove_file(&path).map_err(failed(&path))?;
        } else if is_bodies(&name) && wanted(&name) {
            let done = rewrite(&path, scrubber).map_err(failed(&path))?;
            sum.changed += done.changed;
            sum.dropped += done.dropped;
        }
    }
    Ok(sum)
}

/// Why a file was not written anew.
enum Stopped {
    /// It holds nothing of them.
    Same,
    Failed(io::Error),
}

impl From<io::Error> for Stopped {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

fn rewrite(path: &Path, scrubber: &Scrubber) -> io::Result<Rewritten> {
    let written = write_beside(path, |out| {
        let mut done = Rewritten::default();
        let file = File::open(path)?;
        if path.extension().is_some_and(|ending| ending == "zst") {
            let mut out = Frames { out, lines: Vec::new() };
            lines(&mut BufReader::new(zstd::Decoder::new(file)?), scrubber, &mut done, |line| {
                out.write(line)
            })?;
            out.flush()?;
        } else {
            lines(&mut BufReader::new(file), scrubber, &mut done, |line| out.write_all(line))?;
        }
        if done == Rewritten::default() { Err(Stopped::Same) } else { Ok(done) }
    });
    match written {
        Ok(done) => Ok(done),
        Err(Stopped::Same) => Ok(Rewritten::default()),
        Err(Stopped::Failed(error)) => Err(error),
    }
}

/// Reads lines, and hands on what is left of them. What a crash cut off at the file's end cannot
/// be read, and goes.
fn lines(
    from: &mut impl BufRead,
    scrubber: &Scrubber,
    done: &mut Rewritten,
    mut each: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = from.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', &mut line);
        let cut_off = match read {
            Ok(_) => false,
            Err(error) if is_cut_off(&error) => true,
            Err(error) => return Err(error),
        };
        let whole = line.last() == Some(&b'\n');
        if cut_off || line.len() as u64 == LINE_BYTES_MAX && !whole {
            done.dropped += 1;
            if cut_off {
                return Ok(());
            }
            from.skip_until(b'\n')?;
            continue;
        }
        if line.is_empty() {
            return Ok(());
        }
        let text = line.strip_suffix(b"\n").unwrap_or(&line);
        match scrubber.line(text) {
            Scrubbed::Same => each(&line)?,
            Scrubbed::Changed(changed) => {
                done.changed += 1;
                each(changed.as_bytes())?;
                each(b"\n")?;
            }
            Scrubbed::Dropped => done.dropped += 1,
        }
    }
}

/// What zstd says of a stream that ends too early, or is damaged from somewhere on.
fn is_cut_off(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::Other)
}

/// Lines compressed together in frames, as they were kept.
struct Frames<'a> {
    out: &'a mut dyn Write,
    lines: Vec<u8>,
}

impl Frames<'_> {
    fn write(&mut self, line: &[u8]) -> io::Result<()> {
        self.lines.extend_from_slice(line);
        if self.lines.len() >= FRAME_BYTES { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.lines.is_empty() {
            self.out.write_all(&zstd::encode_all(self.lines.as_slice(), LEVEL)?)?;
            self.lines.clear();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Subject;
    use crate::space::UserId;

    fn line(id: u64, name: &str) -> String {
        format!(
            "{{\"endpoint\":\"/2/users/by\",\"body\":{{\"data\":[{{\"id\":\"{id}\",\"username\":\
             \"{name}\"}}]}}}}\n"
        )
    }

    fn scrubbed(folder: &Path) -> Rewritten {
        let (subjects, none) = (BTreeSet::from([Subject::User(UserId(12))]), BTreeSet::new());
        let scrubber = Scrubber { subjects: &subjects, words: &none, names: &none };
        scrub(folder, &scrubber, &|_name| true).unwrap()
    }

    #[test]
    fn a_compressed_file_is_rewritten_and_one_without_them_is_not_touched() {
        let home = tempfile::tempdir().unwrap();
        let (kept, plain) = (home.path().join("a.jsonl.zst"), home.path().join("b.jsonl"));
        let frame = |text: String| zstd::encode_all(text.as_bytes(), LEVEL).unwrap();
        let frames = [frame(line(5, "five") + &line(12, "secret")), frame(line(6, "six"))];
        fs::write(&kept, frames.concat()).unwrap();
        fs::write(&plain, line(5, "five")).unwrap();
        fs::write(home.path().join(".spacelog-1-0.part"), line(12, "secret")).unwrap();
        let before = fs::metadata(&plain).unwrap().modified().unwrap();
        assert_eq!(scrubbed(home.path()), Rewritten { changed: 1, dropped: 0 });
        let left = zstd::decode_all(File::open(&kept).unwrap()).unwrap();
        let left = String::from_utf8(left).unwrap();
        assert!(left.contains("five") && left.contains("six") && left.contains("\"12\""), "{left}");
        assert!(!left.contains("secret"), "{left}");
        assert_eq!(fs::metadata(&plain).unwrap().modified().unwrap(), before);
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 2);
        assert_eq!(scrubbed(home.path()), Rewritten::default());
    }

    #[test]
    fn a_frame_that_a_crash_cut_off_goes_and_what_came_before_stays() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("a.jsonl.zst");
        let frame = |text: String| zstd::encode_all(text.as_bytes(), LEVEL).unwrap();
        let last = frame(line(12, "secret"));
        fs::write(&path, [frame(line(5, "five")), last[..last.len() - 3].to_vec()].concat())
            .unwrap();
        assert_eq!(scrubbed(home.path()), Rewritten { changed: 0, dropped: 1 });
        let left = zstd::decode_all(File::open(&path).unwrap()).unwrap();
        assert_eq!(String::from_utf8(left).unwrap(), line(5, "five"));
        assert_eq!(scrubbed(&home.path().join("nowhere")), Rewritten::default());
    }
}
