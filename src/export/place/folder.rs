//! A folder here as a place: files are made in a hidden folder inside it, and renamed.

use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use super::staging::Staging;
use super::{Busy, Draft, Place, PlaceError};

/// A folder, which need not be there.
pub struct Folder {
    path: PathBuf,
    staging: Option<Staging>,
}

impl Folder {
    /// Returns the folder of this path.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), staging: None }
    }

    fn staging(&self) -> Result<&Staging, PlaceError> {
        self.staging.as_ref().ok_or_else(|| not_begun(&self.path))
    }
}

impl Place for Folder {
    fn name(&self) -> String {
        self.path.display().to_string()
    }

    fn full(&self, path: &str) -> String {
        self.path.join(path).display().to_string()
    }

    fn is_taken(&self) -> Result<bool, PlaceError> {
        let told = |error| disk(&self.path, error);
        let Some(entries) = entries(&self.path).map_err(told)? else { return Ok(false) };
        for entry in entries {
            if !entry.map_err(told)?.file_name().to_string_lossy().starts_with('.') {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, PlaceError> {
        let told = |error| disk(&self.path, error);
        let Some(entries) = entries(&self.path.join(folder)).map_err(told)? else {
            return Ok(Vec::new());
        };
        let mut found = Vec::new();
        for entry in entries {
            let name = entry.map_err(told)?.file_name();
            found.push(format!("{folder}/{}", name.to_string_lossy()));
        }
        found.sort();
        Ok(found)
    }

    fn open(&self, path: &str) -> Result<Option<Box<dyn Read + '_>>, PlaceError> {
        let place = self.path.join(path);
        match File::open(&place) {
            Ok(file) => Ok(Some(Box::new(file))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(disk(&place, error)),
        }
    }

    fn length(&self, path: &str) -> Result<Option<u64>, PlaceError> {
        let place = self.path.join(path);
        match fs::metadata(&place) {
            Ok(found) => Ok(Some(found.len())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(disk(&place, error)),
        }
    }

    fn begin(&mut self) -> Result<(), PlaceError> {
        match Staging::begin(&self.path) {
            Ok(staging) => {
                self.staging = Some(staging);
                Ok(())
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                Err(PlaceError::Busy { place: self.name(), source: Busy })
            }
            Err(error) => Err(disk(&self.path, error)),
        }
    }

    fn make(&self, path: &str) -> Result<Box<dyn Draft>, PlaceError> {
        let young = self.staging()?.young(path);
        let file = File::create(&young).map_err(|error| disk(&young, error))?;
        Ok(Box::new(Young { path: young, file: BufWriter::new(file) }))
    }

    fn place(&mut self, path: &str) -> Result<(), PlaceError> {
        let staging = self.staging.as_mut().ok_or_else(|| not_begun(&self.path))?;
        staging.place(path).map_err(|error| disk(&self.path, error))
    }

    fn put(&mut self, path: &str, bytes: &[u8]) -> Result<(), PlaceError> {
        let young = self.staging()?.young(path);
        fs::write(&young, bytes).map_err(|error| disk(&young, error))?;
        self.place(path)
    }
}

/// A file under the name that it is made by.
struct Young {
    path: PathBuf,
    file: BufWriter<File>,
}

impl Write for Young {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Draft for Young {
    fn done(mut self: Box<Self>) -> Result<(), PlaceError> {
        self.file.flush().map_err(|error| disk(&self.path, error))
    }
}

/// Returns what is in a folder; `None` where there is none.
fn entries(folder: &Path) -> io::Result<Option<fs::ReadDir>> {
    match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        entries => entries.map(Some),
    }
}

fn disk(path: &Path, source: io::Error) -> PlaceError {
    PlaceError::Disk { place: path.display().to_string(), source }
}

fn not_begun(path: &Path) -> PlaceError {
    disk(path, io::Error::other("nothing is being written"))
}
