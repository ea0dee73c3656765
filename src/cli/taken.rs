//! Files to be taken in: opened, decompressed where their name says so, and what became of them.

use std::cell::Cell;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::output::{Progress, say};
use super::report::Failure;
use crate::config::data_folder;
use crate::sheet::{Sheet, Value};
use crate::store::folder::Folder;

/// How much of some files was read, as they lie on the disk.
#[derive(Clone, Debug, Default)]
pub struct Far {
    read: Rc<Cell<u64>>,
    of: u64,
}

impl Far {
    /// Returns that nothing of these files was read yet.
    ///
    /// # Errors
    /// Names the first that is not there.
    pub fn of(files: &[PathBuf]) -> Result<Self, Failure> {
        let mut of = 0;
        for path in files {
            of += fs::metadata(path).map_err(|error| unreadable(path, &error))?.len();
        }
        Ok(Self { read: Rc::default(), of })
    }

    /// Shows it.
    pub fn tell(&self, progress: &Progress) {
        progress.tell("taking in", self.read.get().min(self.of), self.of);
    }
}

struct Counted(File, Rc<Cell<u64>>);

impl Read for Counted {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.0.read(into)?;
        self.1.set(self.1.get() + read as u64);
        Ok(read)
    }
}

/// Opens a file to be read once, and counted; one that ends in `.zst` is decompressed.
pub fn open(path: &Path, far: &Far) -> io::Result<Box<dyn BufRead>> {
    let file = Counted(File::open(path)?, far.read.clone());
    if path.extension().is_some_and(|ending| ending == "zst") {
        return Ok(Box::new(BufReader::new(zstd::Decoder::new(file)?)));
    }
    Ok(Box::new(BufReader::new(file)))
}

/// Returns the failure over a file that cannot be read.
pub fn unreadable(path: &Path, error: &io::Error) -> Failure {
    Failure::new(1, format!("cannot read `{}`", path.display())).because(Some(error))
}

/// Opens the folder of data, made if it is not there; it may hold no log yet.
pub fn made(data: Option<PathBuf>) -> Result<Folder, Failure> {
    let path = data_folder(data).map_err(|error| Failure::of(2, &error))?;
    Ok(Folder::make(&path)?)
}

/// Says what of a file is not taken in, and why.
pub fn tell(path: &Path, line: Option<usize>, error: &dyn std::error::Error) {
    let place = line.map(|line| format!(":{line}")).unwrap_or_default();
    said(&format!("{}{place}", path.display()), error);
}

/// Says which row of a database is not taken in, and why.
pub fn tell_of(path: &Path, row: &str, error: &dyn std::error::Error) {
    said(&format!("{}: {row}", path.display()), error);
}

fn said(place: &str, error: &dyn std::error::Error) {
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let words = error.to_string();
        if !said.ends_with(&words) {
            said = format!("{said}: {words}");
        }
        cause = error.source();
    }
    say(&format!("{place}: not taken in: {said}"));
}

/// Adds the counts of one part to those before.
pub fn add(sum: &mut Option<Sheet>, part: Sheet) {
    let Some(sum) = sum else {
        *sum = Some(part);
        return;
    };
    for (total, more) in sum.rows.iter_mut().flatten().zip(part.rows.iter().flatten()) {
        if let (Value::Int(total), Value::Int(more)) = (total, more) {
            *total += more;
        }
    }
    for note in part.notes {
        if !sum.notes.contains(&note) {
            sum.notes.push(note);
        }
    }
}
