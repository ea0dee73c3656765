//! Where the bytes of a store are, and how they are opened again: a file, or a medium of the
//! caller's.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;

use redb::{Database, DatabaseError, StorageBackend};

use super::opened::Opened;
use super::{StoreError, file};

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
            Self::Medium(open) => guarded(path, || open(cache_bytes))?.into(),
        })
    }
}

/// Opens what is on the medium, or begins anew on an empty one.
pub(super) fn open(
    medium: impl StorageBackend,
    cache_bytes: usize,
) -> Result<Database, StoreError> {
    guarded(Path::new(MEDIUM), || create(medium, cache_bytes))
}

/// Opens a database, and says what went wrong.
pub(super) fn guarded<T>(
    path: &Path,
    open: impl FnOnce() -> Result<T, DatabaseError>,
) -> Result<T, StoreError> {
    match caught(open) {
        Ok(opened) => opened.map_err(|error| file::explain(path, error.into())),
        Err(reason) => Err(StoreError::Corrupt { path: path.to_owned(), reason }),
    }
}

/// Does something with a database; the error is what a panic said. redb panics over some damage (a
/// malformed allocator state, an impossible page number, a page that was zeroed), and so may
/// whoever reads what it gave: that too is a damaged file, not the end of the program.
///
/// redb is made for it: a transaction that a panic unwinds through is given up, and the file is
/// repaired when it is opened next.
pub(super) fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        let said = panic.downcast_ref::<String>().map(String::as_str);
        let said = said.or_else(|| panic.downcast_ref::<&str>().copied());
        said.unwrap_or("redb cannot make sense of it").to_owned()
    })
}

/// Lets go of a damaged database as a crash would. While a panic unwinds redb writes nothing: it
/// would write by what the file says of itself, which may be wrong.
pub(super) fn let_go(database: Opened) {
    let gone = catch_unwind(AssertUnwindSafe(|| {
        let _held = database;
        resume_unwind(Box::new(()))
    }));
    // It is what was thrown here.
    drop::<Result<(), _>>(gone);
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
