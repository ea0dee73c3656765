//! The one door to redb: files, transactions, durability, caches, and the seam for faults.
//!
//! What holds:
//! - A write is one transaction and is durable when it returned (redb's `Immediate`): one fsync,
//!   as far as the disk honours it.
//! - **A write that returned an error may still have been stored.** Callers make every write
//!   idempotent, and after an I/O error call [`Store::reopen`] before they try again; an fsync is
//!   never repeated.
//! - Ordinary reads do not check redb's pages, so every record carries its own checksum; what
//!   redb cannot make sense of is [`StoreError::Corrupt`], also where redb panics over it.
//! - The other rooms see byte keys and byte values, and no type of redb but [`StorageBackend`].

mod checked;
mod compact;
#[cfg(test)]
pub(crate) mod faults;
mod file;
pub mod folder;
mod guard;
mod held;
mod making;
mod opened;
mod overlay;
mod place;
mod scratch;
mod snapshot;
mod transaction;
mod usage;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use redb::Durability;
use thiserror::Error;

use opened::Opened;
use place::Place;

pub use compact::sweep_beside;
pub use guard::hush_guarded_panics;
pub use making::Making;
pub use redb::StorageBackend;
pub use redb::backends::InMemoryBackend;
pub use scratch::Scratch;
pub use snapshot::Snapshot;
pub use transaction::{Reading, ReadingTable, Row, Writing, WritingTable};
pub use usage::TableUse;

/// Why a file could not be used.
#[derive(Debug, Error)]
pub enum StoreError {
    /// Another process, or another part of this one, holds the file.
    #[error("`{0}` is held by another process")]
    Locked(PathBuf),
    /// The operating system refused.
    #[error("the operating system refuses `{path}`")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The file is not a store, or a damaged one.
    #[error("`{path}` is damaged, or no store of this program: {reason}")]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What redb found.
        reason: String,
    },
    /// The file was opened to be read.
    #[error("`{0}` is open to be read, not to be written")]
    ReadOnly(PathBuf),
    /// An earlier failure closed the file; it must be reopened.
    #[error("`{0}` was closed after an earlier failure")]
    Closed(PathBuf),
}

/// What a commit is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Commit {
    /// One more batch: one fsync.
    Append,
    /// A checkpoint: the next open is quick also after a crash; two fsyncs.
    Checkpoint,
    /// A step in the making of a file that a crash may take: no fsync. The next commit of another
    /// kind makes it durable.
    Building,
}

/// One redb file.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    cache_bytes: usize,
    place: Place,
    database: RwLock<Option<Opened>>,
    /// Whether nothing is to be written when it is closed: damage was met, or it was abandoned.
    is_abandoned: AtomicBool,
}

impl Store {
    /// Opens the file, which must exist.
    pub fn open(path: &Path, cache_bytes: usize) -> Result<Self, StoreError> {
        Self::in_file(path, cache_bytes, Place::File)
    }

    /// Opens the file, which must exist, to be read: not a byte of it changes, whatever state it is
    /// in. Others may read it meanwhile; nobody may write.
    ///
    /// A file that was not closed well is repaired in memory, each time anew.
    pub fn open_read_only(path: &Path, cache_bytes: usize) -> Result<Self, StoreError> {
        Self::in_file(path, cache_bytes, Place::FileToRead)
    }

    fn in_file(path: &Path, cache_bytes: usize, place: Place) -> Result<Self, StoreError> {
        let database = RwLock::new(Some(place.open(path, cache_bytes)?));
        let is_abandoned = AtomicBool::new(false);
        Ok(Self { path: path.to_owned(), cache_bytes, place, database, is_abandoned })
    }

    /// Makes the file with what `fill` writes into it, and opens it.
    ///
    /// It appears whole or not at all: it is written under another name, closed, synced and
    /// renamed, because a redb file cut off at its creation never opens again.
    pub fn create<E: From<StoreError>>(
        path: &Path,
        cache_bytes: usize,
        fill: impl FnOnce(&mut Writing) -> Result<(), E>,
    ) -> Result<Self, E> {
        let young = file::begin(path)?;
        let store = Self {
            path: young.clone(),
            cache_bytes,
            place: Place::File,
            database: RwLock::new(Some(file::create(&young, cache_bytes)?.into())),
            is_abandoned: AtomicBool::new(false),
        };
        store.write(Commit::Checkpoint, fill)?;
        store.close()?;
        file::finish(&young, path)?;
        Ok(Self::open(path, cache_bytes)?)
    }

    /// Begins a file under a name that is not its own yet (see [`Making`]), which only its owner
    /// may read.
    pub fn begin(path: &Path, cache_bytes: usize) -> Result<Self, StoreError> {
        let database = file::create(path, cache_bytes)?;
        let database = RwLock::new(Some(database.into()));
        let is_abandoned = AtomicBool::default();
        Ok(Self { path: path.to_owned(), cache_bytes, place: Place::File, is_abandoned, database })
    }

    /// Opens a store on a medium of the caller's: memory, as a rule. What it holds is gone when it
    /// is closed, so [`Store::reopen`] only closes it.
    pub fn on(medium: impl StorageBackend, cache_bytes: usize) -> Result<Self, StoreError> {
        let database = place::open(medium, cache_bytes)?;
        Ok(Self::at(Place::Once, cache_bytes, database.into()))
    }

    /// Opens a store on a medium that can be opened again, by the same `open`: a disk that fails
    /// on purpose, and is then reopened like a file.
    pub fn on_reopenable<M: StorageBackend>(
        open: impl Fn() -> M + Send + Sync + 'static,
        cache_bytes: usize,
    ) -> Result<Self, StoreError> {
        let place = Place::medium(open);
        let database = place.open(Path::new(place::MEDIUM), cache_bytes)?;
        Ok(Self::at(place, cache_bytes, database))
    }

    fn at(place: Place, cache_bytes: usize, database: Opened) -> Self {
        let path = PathBuf::from(place::MEDIUM);
        let (database, is_abandoned) = (RwLock::new(Some(database)), AtomicBool::new(false));
        Self { path, cache_bytes, place, database, is_abandoned }
    }

    /// Returns where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Runs `work` in one write transaction and commits it durably.
    ///
    /// When `work` or the commit fails, nothing is visible to later reads of this process until
    /// [`Store::reopen`]; a failed commit may be found there to have been stored.
    pub fn write<T, E: From<StoreError>>(
        &self,
        commit: Commit,
        work: impl FnOnce(&mut Writing) -> Result<T, E>,
    ) -> Result<T, E> {
        let guard = self.lock();
        let database = match guard.as_ref() {
            Some(Opened::ToWrite(database)) => database,
            Some(Opened::ToRead(_)) if self.place.is_to_read() => {
                return Err(StoreError::ReadOnly(self.path.clone()).into());
            }
            Some(Opened::ToRead(_)) | None => {
                return Err(StoreError::Closed(self.path.clone()).into());
            }
        };
        let explain = |error: redb::Error| file::explain(&self.path, error);
        self.caught(|| {
            let mut transaction = database.begin_write().map_err(|error| explain(error.into()))?;
            let durability =
                if commit == Commit::Building { Durability::None } else { Durability::Immediate };
            transaction.set_durability(durability).map_err(|error| explain(error.into()))?;
            transaction.set_quick_repair(commit == Commit::Checkpoint);
            let mut writing = Writing::new(transaction, &self.path);
            let value = work(&mut writing)?;
            writing.into_inner().commit().map_err(|error| explain(error.into()))?;
            Ok(value)
        })
    }

    /// Runs `work` on one consistent state of the file, while writes go on. Where redb stumbles
    /// over a damaged page, the file is [`StoreError::Corrupt`].
    pub fn read<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Reading) -> Result<T, E>,
    ) -> Result<T, E> {
        let guard = self.lock();
        let database = guard.as_ref().ok_or_else(|| StoreError::Closed(self.path.clone()))?;
        self.caught(|| {
            let transaction = database.begin_read();
            let transaction =
                transaction.map_err(|error| file::explain(&self.path, error.into()))?;
            work(&Reading::new(&transaction, &self.path))
        })
    }

    /// Returns one consistent state of the file to be read in steps, while writes go on. It hinders
    /// nobody: after [`Store::reopen`] or [`Store::compact`] it can no longer be read.
    pub fn snapshot(&self) -> Result<Snapshot, StoreError> {
        let guard = self.lock();
        let database = guard.as_ref().ok_or_else(|| StoreError::Closed(self.path.clone()))?;
        let transaction = database.begin_read();
        let transaction = transaction.map_err(|error| file::explain(&self.path, error.into()))?;
        Ok(Snapshot::new(transaction, self.path.clone()))
    }

    /// Closes the file and opens it again: the way out after an I/O error. Waits for running
    /// reads. It may be tried again after a failure (on a full disk it may fail for long), which
    /// leaves the store open to be read, where that much is possible, and closed otherwise.
    pub fn reopen(&self) -> Result<(), StoreError> {
        let mut guard = self.database.write().unwrap_or_else(PoisonError::into_inner);
        // What a close says here is what the failure already said.
        drop(self.shut(guard.take()));
        match self.place.open(&self.path, self.cache_bytes) {
            Ok(opened) => {
                *guard = Some(opened);
                Ok(())
            }
            Err(error) => {
                *guard = self.place.open_to_read(&self.path, self.cache_bytes);
                Err(error)
            }
        }
    }

    /// Closes the file and opens it again with a page cache of another size.
    pub fn reopen_with(&mut self, cache_bytes: usize) -> Result<(), StoreError> {
        self.cache_bytes = cache_bytes;
        self.reopen()
    }

    /// Gives the file another name, in the place of whatever has it; the store stays open.
    pub fn rename(&mut self, path: &Path) -> Result<(), StoreError> {
        file::replace(&self.path, path)?;
        path.clone_into(&mut self.path);
        Ok(())
    }

    /// Closes the file and says whether that went well.
    pub fn close(self) -> Result<(), StoreError> {
        let database = self.database.write().unwrap_or_else(PoisonError::into_inner).take();
        self.shut(database)
    }

    /// Does something with the open file; damage that redb panics over is an error as any other.
    fn caught<T, E: From<StoreError>>(&self, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        guard::caught(work).unwrap_or_else(|reason| {
            self.abandon();
            Err(StoreError::Corrupt { path: self.path.clone(), reason }.into())
        })
    }

    /// Closes what was open.
    fn shut(&self, database: Option<Opened>) -> Result<(), StoreError> {
        let Some(database) = database else { return Ok(()) };
        if self.is_abandoned.swap(false, Ordering::Relaxed) {
            guard::let_go(database);
            return Ok(());
        }
        self.caught(|| database.close().map_err(|error| file::explain(&self.path, error.into())))
    }

    /// From now on, closing lets go of the file as a crash would: what was acknowledged is there, and
    /// nothing more is written. For a file that is damaged, or of no use any more: redb would write
    /// by what the file says of itself, and what it cannot make sense of may end the process.
    pub fn abandon(&self) {
        self.is_abandoned.store(true, Ordering::Relaxed);
    }

    fn lock(&self) -> RwLockReadGuard<'_, Option<Opened>> {
        self.database.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Store {
    /// Whoever wants to know how the closing went calls [`Store::close`].
    fn drop(&mut self) {
        let database = self.database.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        drop(self.shut(database));
    }
}
