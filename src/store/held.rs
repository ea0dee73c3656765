//! A file that is opened to be written before it is known whether it may be: what is written is
//! held back in memory, and goes to the file when it is released, in its order and with its syncs.
//!
//! redb repairs a file that was not closed well as it opens it, which takes a walk over all of it.
//! So it is repaired once, looked at, and then goes on or stays as it was.

use std::fs::File;
use std::io::{Error, ErrorKind};
use std::ops::Bound;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use redb::backends::FileBackend;
use redb::{BackendError, StorageBackend};

use super::overlay::Overlay;

/// The most bytes that are held back: a repair writes some ten thousandths of a file's size.
const HELD_BYTES_MAX: usize = 256 * 1024 * 1024;

/// The file, and what is held back from it. Its clones are the same one.
#[derive(Clone, Debug)]
pub(super) struct Held(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    file: FileBackend,
    /// Whether nothing is held back any more.
    is_released: AtomicBool,
    pending: Mutex<Option<Pending>>,
}

/// What is held back.
#[derive(Debug)]
struct Pending {
    /// The file as it will be.
    over: Overlay,
    done: Vec<Done>,
    bytes: usize,
}

/// What was done to it.
#[derive(Debug)]
enum Done {
    Wrote(u64, Vec<u8>),
    SetLen(u64),
    Synced,
}

impl Held {
    /// Holds back whatever is written to a file that was opened to be written.
    pub fn new(file: File) -> Result<Self, redb::Error> {
        let over = Overlay::new(file.try_clone()?)?;
        let file = FileBackend::new(file)?;
        let pending = Mutex::new(Some(Pending { over, done: Vec::new(), bytes: 0 }));
        Ok(Self(Arc::new(Inner { file, is_released: AtomicBool::new(false), pending })))
    }

    /// Does to the file what was held back; from now on nothing is.
    ///
    /// # Errors
    /// What the disk says: the file is then as after a crash at that place.
    pub fn release(&self) -> Result<(), Error> {
        let mut pending = self.pending();
        let Some(Pending { done, .. }) = pending.take() else { return Ok(()) };
        for it in done {
            match it {
                Done::Wrote(offset, data) => self.0.file.write(offset, &data)?,
                Done::SetLen(length) => self.0.file.set_len(length)?,
                Done::Synced => self.0.file.sync_data()?,
            }
        }
        self.0.is_released.store(true, Ordering::Release);
        Ok(())
    }

    fn pending(&self) -> MutexGuard<'_, Option<Pending>> {
        self.0.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something to the file, or over it; `done` is what is then to be done to the file.
    fn either<T>(
        &self,
        file: impl FnOnce(&FileBackend) -> Result<T, Error>,
        over: impl FnOnce(&Overlay) -> Result<T, Error>,
        done: impl FnOnce() -> Option<Done>,
    ) -> Result<T, Error> {
        if self.0.is_released.load(Ordering::Acquire) {
            return file(&self.0.file);
        }
        let mut pending = self.pending();
        let Some(pending) = pending.as_mut() else {
            // Its release failed, or comes to its end just now.
            return Err(ErrorKind::Other.into());
        };
        let value = over(&pending.over)?;
        if let Some(done) = done() {
            if let Done::Wrote(_, data) = &done {
                pending.bytes += data.len();
            }
            if pending.bytes > HELD_BYTES_MAX {
                return Err(ErrorKind::OutOfMemory.into());
            }
            pending.done.push(done);
        }
        Ok(value)
    }
}

impl StorageBackend for Held {
    fn len(&self) -> Result<u64, Error> {
        self.either(StorageBackend::len, StorageBackend::len, || None)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), Error> {
        if self.0.is_released.load(Ordering::Acquire) {
            return self.0.file.read(offset, out);
        }
        match self.pending().as_ref() {
            Some(pending) => pending.over.read(offset, out),
            None => Err(ErrorKind::Other.into()),
        }
    }

    fn set_len(&self, length: u64) -> Result<(), Error> {
        let done = || Some(Done::SetLen(length));
        self.either(|file| file.set_len(length), |over| over.set_len(length), done)
    }

    fn sync_data(&self) -> Result<(), Error> {
        self.either(StorageBackend::sync_data, |_over| Ok(()), || Some(Done::Synced))
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<(), Error> {
        let done = || Some(Done::Wrote(offset, data.to_vec()));
        self.either(|file| file.write(offset, data), |over| over.write(offset, data), done)
    }

    fn close(&self) -> Result<(), Error> {
        self.0.file.close()
    }

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.0.file.try_lock_range(start, end)
    }

    fn try_lock_shared_range(
        &self,
        start: Bound<u64>,
        end: Bound<u64>,
    ) -> Result<bool, BackendError> {
        self.0.file.try_lock_shared_range(start, end)
    }

    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.0.file.lock_range(start, end)
    }

    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.0.file.lock_shared_range(start, end)
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.0.file.unlock_range(start, end)
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.0.file.query_lock_range(start, end)
    }
}
