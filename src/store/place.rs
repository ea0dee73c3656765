//! Where the bytes of a store are, and how they are opened again: a file, or a medium of the
//! caller's.

use std::fmt;
use std::path::Path;

use redb::{Database, DatabaseError, StorageBackend};

use super::opened::Opened;
use super::{StoreError, file, guard};

/// What stands for the path of a store that is no file.
pub(super) const MEDIUM: &str = "(medium)";

type Open = dyn Fn(usize) -> Result<Database, DatabaseError> + Send + Sync;

/// Where a store is.
pub(super) enum Place {
    /// In the file of its path.
    File,
    /// There too, but only to be read.
    FileToRead,
    /// On a medium that was handed over, and is gone when it is closed.
    Once,
    /// On a medium that can be opened again.
    Medium(Box<Open>),
}

impl Place {
    /// Returns the place of the medium that `open` gives, each time anew.
    pub fn medium<M: StorageBackend>(open: impl Fn() -> M + Send + Sync + 'static) -> Self {
        Self::Medium(Box::new(move |cache_bytes| create(open(), cache_bytes)))
    }

    /// Returns whether it is opened to be read alone.
    pub fn is_to_read(&self) -> bool {
        matches!(self, Self::FileToRead)
    }

    /// Opens a file that cannot be opened to be written for now; `None` where that goes wrong too.
    pub fn open_to_read(&self, path: &Path, cache_bytes: usize) -> Option<Opened> {
        match self {
            Self::File => file::open_read_only(path, cache_bytes).ok().map(Opened::from),
            Self::FileToRead | Self::Once | Self::Medium(_) => None,
        }
    }

    /// Opens it.
    pub fn open(&self, path: &Path, cache_bytes: usize) -> Result<Opened, StoreError> {
        Ok(match self {
            Self::File => file::open(path, cache_bytes)?.into(),
            Self::FileToRead => file::open_read_only(path, cache_bytes)?.into(),
            Self::Once => return Err(StoreError::Closed(path.to_owned())),
            Self::Medium(open) => guard::opened(path, || open(cache_bytes))?.into(),
        })
    }
}

/// Opens what is on the medium, or begins anew on an empty one.
pub(super) fn open(
    medium: impl StorageBackend,
    cache_bytes: usize,
) -> Result<Database, StoreError> {
    guard::opened(Path::new(MEDIUM), || create(medium, cache_bytes))
}

fn create(medium: impl StorageBackend, cache_bytes: usize) -> Result<Database, DatabaseError> {
    let mut builder = Database::builder();
    builder.set_cache_size(cache_bytes);
    builder.create_with_backend(medium)
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::File => "File",
            Self::FileToRead => "FileToRead",
            Self::Once => "Once",
            Self::Medium(_) => "Medium",
        })
    }
}
