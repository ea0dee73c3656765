//! A redb file's birth, opening and errors.

use std::fs::{self, File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use redb::backends::FileBackend;
use redb::{Database, DatabaseError, ReadOnlyDatabase, StorageError};

use super::held::Held;
use super::overlay::Overlay;
use super::{StoreError, guard};

/// Opens an existing file.
pub(super) fn open(path: &Path, cache_bytes: usize) -> Result<Database, StoreError> {
    let mut builder = Database::builder();
    builder.set_cache_size(cache_bytes);
    guard::opened(path, || builder.open(path))
}

/// Opens an existing file to be read, if it was closed well; `None` for one that needs a repair.
pub(super) fn open_sound(
    path: &Path,
    cache_bytes: usize,
) -> Result<Option<ReadOnlyDatabase>, StoreError> {
    let mut builder = Database::builder();
    builder.set_cache_size(cache_bytes);
    guard::opened(path, || match builder.open_read_only(path) {
        Err(DatabaseError::RepairAborted) => Ok(None),
        opened => opened.map(Some),
    })
}

/// Opens an existing file to be written; what the opening itself writes is held back.
pub(super) fn open_held(path: &Path, cache_bytes: usize) -> Result<(Database, Held), StoreError> {
    let file = OpenOptions::new().read(true).write(true).open(path);
    let held = Held::new(file.map_err(|source| io(path, source))?);
    let held = held.map_err(|error| explain(path, error))?;
    let mut builder = Database::builder();
    builder.set_cache_size(cache_bytes);
    let medium = held.clone();
    Ok((guard::opened(path, || builder.create_with_backend(medium))?, held))
}

/// Opens an existing file to be read; one that was not closed well is repaired in memory.
pub(super) fn open_read_only(
    path: &Path,
    cache_bytes: usize,
) -> Result<ReadOnlyDatabase, StoreError> {
    if let Some(database) = open_sound(path, cache_bytes)? {
        return Ok(database);
    }
    let mut builder = Database::builder();
    builder.set_cache_size(cache_bytes);
    let file = File::open(path).map_err(|source| io(path, source))?;
    let over = Overlay::new(file).map_err(|error| explain(path, error))?;
    guard::opened(path, || builder.create_with_backend(over.clone())?.close())?;
    guard::opened(path, || builder.open_read_only_with_backend(over))
}

/// Makes a new file that only its owner may read.
pub(super) fn create(path: &Path, cache_bytes: usize) -> Result<Database, StoreError> {
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(|source| io(path, source))?;
    let mut builder = Database::builder();
    builder.set_cache_size(cache_bytes);
    let medium = FileBackend::new(file).map_err(|error| explain(path, error.into()))?;
    builder.create_with_backend(medium).map_err(|error| explain(path, error.into()))
}

/// Returns the name under which `path` is made, which no other process takes; what a crash left
/// there is removed.
pub(super) fn begin(path: &Path) -> Result<PathBuf, StoreError> {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".new-{}", std::process::id()));
    let young = PathBuf::from(name);
    match fs::remove_file(&young) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(source) => return Err(io(&young, source)),
    }
    Ok(young)
}

/// Gives a finished file its name, durably. A file that has the name already stays: somebody
/// else was faster.
pub(super) fn finish(young: &Path, path: &Path) -> Result<(), StoreError> {
    sync(young, young)?;
    let linked = fs::hard_link(young, path);
    fs::remove_file(young).map_err(|source| io(young, source))?;
    match linked {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            return Err(StoreError::Locked(path.to_owned()));
        }
        linked => linked.map_err(|source| io(path, source))?,
    }
    sync(path, path.parent().unwrap_or(Path::new(".")))
}

/// Gives a file another's name and place, durably.
pub(super) fn replace(young: &Path, path: &Path) -> Result<(), StoreError> {
    sync(young, young)?;
    fs::rename(young, path).map_err(|source| io(path, source))?;
    sync(path, path.parent().unwrap_or(Path::new(".")))
}

fn sync(path: &Path, what: &Path) -> Result<(), StoreError> {
    File::open(what).and_then(|file| file.sync_all()).map_err(|source| io(path, source))
}

pub(super) fn io(path: &Path, source: std::io::Error) -> StoreError {
    StoreError::Io { path: path.to_owned(), source }
}

/// Says what redb means.
pub(super) fn explain(path: &Path, error: redb::Error) -> StoreError {
    match error {
        redb::Error::DatabaseAlreadyOpen | redb::Error::LockProtocolMismatch => {
            StoreError::Locked(path.to_owned())
        }
        // Nothing that may pass: a file that ends too early stays so.
        redb::Error::Io(source)
            if matches!(source.kind(), ErrorKind::InvalidData | ErrorKind::UnexpectedEof) =>
        {
            StoreError::Corrupt { path: path.to_owned(), reason: source.to_string() }
        }
        redb::Error::Io(source) => io(path, source),
        redb::Error::PreviousIo | redb::Error::DatabaseClosed => {
            StoreError::Closed(path.to_owned())
        }
        other => StoreError::Corrupt { path: path.to_owned(), reason: other.to_string() },
    }
}

/// Says what redb's storage means.
pub(super) fn explain_storage(path: &Path, error: StorageError) -> StoreError {
    explain(path, error.into())
}
