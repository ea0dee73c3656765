//! The folder of data: who may read it, what may lie in it, who waits for it.
//!
//! The lock on `log.redb` says who owns the folder. A monitor that wants it while a question
//! holds it leaves a mark, `wanted`; whoever reads in steps looks for the mark between them and
//! gives the files up.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Names that this program gives to things in its folder.
const OURS: [&str; 6] = ["log.redb", "views", "bodies", "wanted", "socket", "spacelog.toml"];

/// How the name of a log in the making begins.
const YOUNG: &str = "log.redb.new";

/// Why a folder cannot hold data.
#[derive(Debug, Error)]
pub enum FolderError {
    /// There is a file of that name.
    #[error("`{0}` is not a folder")]
    NotAFolder(PathBuf),
    /// The folder holds things that are not this program's, and no log.
    #[error("`{0}` holds other files and no event log")]
    Foreign(PathBuf),
    /// There is no log yet.
    #[error("there is no event log in `{0}`")]
    Empty(PathBuf),
    /// The operating system refused.
    #[error("cannot use the folder `{path}`")]
    Io {
        /// The folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// A folder of data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder(PathBuf);

impl Folder {
    /// Returns the folder of an existing log.
    pub fn existing(path: &Path) -> Result<Self, FolderError> {
        match fs::metadata(path) {
            Ok(found) if !found.is_dir() => return Err(FolderError::NotAFolder(path.to_owned())),
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(FolderError::Empty(path.to_owned()));
            }
            Err(error) if error.kind() == ErrorKind::NotADirectory => {
                return Err(FolderError::NotAFolder(path.to_owned()));
            }
            Err(source) => return Err(refused(path, source)),
        }
        match fs::metadata(path.join("log.redb")) {
            Ok(_) => Ok(Self(path.to_owned())),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                Err(FolderError::Empty(path.to_owned()))
            }
            Err(source) => Err(refused(path, source)),
        }
    }

    /// Returns the folder, made if need be and readable by its owner alone.
    ///
    /// # Errors
    /// [`FolderError::Foreign`] for a folder with other people's files: nothing is written there.
    pub fn make(path: &Path) -> Result<Self, FolderError> {
        match Self::existing(path) {
            Err(FolderError::Empty(_)) => {}
            other => return other,
        }
        let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
        made.map_err(|source| match source.kind() {
            ErrorKind::NotADirectory | ErrorKind::AlreadyExists => {
                FolderError::NotAFolder(path.to_owned())
            }
            _ => refused(path, source),
        })?;
        only_ours(path, fs::read_dir(path).map_err(|source| refused(path, source))?)?;
        Ok(Self(path.to_owned()))
    }

    /// Returns whether a log lies in a folder into which a copy of one is to go. A folder that is
    /// not there yet, or empty, holds none.
    ///
    /// # Errors
    /// [`FolderError::Foreign`] for a folder with other people's files.
    pub fn holds_log(path: &Path) -> Result<bool, FolderError> {
        match Self::existing(path) {
            Ok(_) => return Ok(true),
            Err(FolderError::Empty(_)) => {}
            Err(other) => return Err(other),
        }
        match fs::read_dir(path) {
            Ok(entries) => only_ours(path, entries).map(|()| false),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(source) => Err(refused(path, source)),
        }
    }

    /// Returns the bytes that may still be written to the file system of the folder; `None` when
    /// it does not say.
    pub fn free_bytes(&self) -> Option<u64> {
        let found = rustix::fs::statvfs(&self.0).ok()?;
        found.f_bavail.checked_mul(found.f_frsize)
    }

    /// Returns the folder's path.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Returns where the log is.
    pub fn log(&self) -> PathBuf {
        self.0.join("log.redb")
    }

    /// Returns a folder inside, made if need be and readable by its owner alone.
    pub fn inside(&self, name: &str) -> Result<PathBuf, FolderError> {
        let path = self.0.join(name);
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&path);
        made.map_err(|source| refused(&path, source))?;
        Ok(path)
    }

    /// Returns the bytes of all files in the folder, as the file system counts them.
    pub fn bytes(&self) -> u64 {
        fn of(path: &Path) -> u64 {
            let Ok(entries) = fs::read_dir(path) else { return 0 };
            entries
                .flatten()
                .map(|entry| match entry.metadata() {
                    Ok(found) if found.is_dir() => of(&entry.path()),
                    Ok(found) => found.len(),
                    Err(_) => 0,
                })
                .sum()
        }
        of(&self.0)
    }

    /// Says that a monitor wants the files (`true`), or no longer does.
    pub fn want(&self, wanted: bool) -> Result<(), FolderError> {
        let mark = self.0.join("wanted");
        let make =
            || OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&mark);
        let done = if wanted { make().map(drop) } else { fs::remove_file(&mark) };
        match done {
            Err(error) if !wanted && error.kind() == ErrorKind::NotFound => Ok(()),
            other => other.map_err(|source| refused(&mark, source)),
        }
    }

    /// Returns whether a monitor wants the files.
    pub fn is_wanted(&self) -> bool {
        self.0.join("wanted").exists()
    }
}

/// Refuses a folder that holds what is not this program's.
fn only_ours(path: &Path, entries: fs::ReadDir) -> Result<(), FolderError> {
    for entry in entries {
        let name = entry.map_err(|source| refused(path, source))?.file_name();
        let young = name.to_string_lossy().starts_with(YOUNG);
        if !young && !OURS.iter().any(|ours| name == *ours) {
            return Err(FolderError::Foreign(path.to_owned()));
        }
    }
    Ok(())
}

fn refused(path: &Path, source: std::io::Error) -> FolderError {
    FolderError::Io { path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_of_somebody_elses_files_is_left_alone() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("thesis.doc"), "").unwrap();
        assert!(matches!(Folder::make(home.path()), Err(FolderError::Foreign(_))));
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_new_folder_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("a/b");
        Folder::make(&path).unwrap();
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o700);
    }
}
