//! A view with its file and its checkpoint.

use std::fs;
use std::path::{Path, PathBuf};

use crate::event::{Batch, codec};
use crate::log::Reader;
use crate::store::{Commit, Snapshot, StorageBackend, Store, StoreError};
use crate::view::{Dirty, Disk, View, ViewError, fingerprint};

use super::ProjectorError;
use super::shelf::Shelf;

/// The page cache of a view's file.
const CACHE_BYTES: usize = 8 * 1024 * 1024;

/// The same while the view is built: few of its pages are written twice.
const BUILDING_CACHE_BYTES: usize = 16 * 1024 * 1024;

/// Batches read from the log in one step.
pub(super) const STEP_BATCHES: usize = 128;

/// Changed batches after which a view that catches up is flushed, so that its rows in memory are
/// bounded.
const FLUSH_BATCHES: u64 = 4_096;

/// The same for a view that is built: rows written twice are the dearer there, and a crash takes
/// the file anyway.
const BUILDING_BATCHES: u64 = 4 * FLUSH_BATCHES;

/// A table of more rows is not looked through before the first fold: a start would wait for it.
/// What was lost of it `verify` finds.
const ROWS_HELD_MAX: u64 = 65_536;

pub(super) const ROWS: &str = "rows";
const META: &str = "meta";
const CHECKPOINT: &[u8] = b"checkpoint";

/// How far a view has come: the last seq that it holds, and the chain hash there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The seq; 0 before the first.
    pub seq: u64,
    /// The chain hash.
    pub chain: [u8; 32],
}

/// A view, its file, and how far it has come.
#[derive(Debug)]
pub struct Projection<V> {
    view: V,
    store: Store,
    at: Checkpoint,
    /// Batches folded since the last flush.
    unflushed: u64,
    /// How flushes are committed.
    commit: Commit,
    /// Whether the rows found on disk are known to be all there: looked at before the first fold.
    is_whole: bool,
}

/// Returns where a view's file is.
pub(super) fn path<V: View>(folder: &Path) -> PathBuf {
    folder.join(format!("{}-{}.redb", V::NAME, fingerprint::<V>()))
}

impl<V: View> Projection<V> {
    /// Opens the view's file in `folder`, or begins a new one where there is none, where it is
    /// damaged, or where its checkpoint is not on this log.
    pub fn open(folder: &Path, reader: &Reader) -> Result<Self, ProjectorError> {
        let path = path::<V>(folder);
        if path.exists() {
            match Store::open(&path, CACHE_BYTES) {
                Ok(store) => {
                    if let Some(at) = Self::checkpoint(&store, reader)? {
                        return Ok(Self::begin(store, at, false));
                    }
                    store.abandon();
                }
                // A view is a cache: a damaged file is folded again.
                Err(StoreError::Corrupt { .. }) => {}
                Err(error) => return Err(Self::store_error(error)),
            }
        }
        Self::fresh(&path, reader)
    }

    /// Begins a new file at `path`, in the place of whatever is there.
    pub fn fresh(path: &Path, reader: &Reader) -> Result<Self, ProjectorError> {
        Self::created(path, CACHE_BYTES, reader)
    }

    /// Begins a new file at `path` as [`Projection::fresh`] does, for a view that is built: flushes
    /// are no more than steps until [`Projection::built`], since the file is thrown away after a
    /// crash anyway.
    pub(super) fn building(path: &Path, reader: &Reader) -> Result<Self, ProjectorError> {
        let begun = Self::created(path, BUILDING_CACHE_BYTES, reader)?;
        Ok(Self { commit: Commit::Building, ..begun })
    }

    fn created(path: &Path, cache_bytes: usize, reader: &Reader) -> Result<Self, ProjectorError> {
        if path.exists() {
            let removed = fs::remove_file(path);
            removed.map_err(|source| {
                Self::store_error(StoreError::Io { path: path.to_owned(), source })
            })?;
        }
        let store = Store::create(path, cache_bytes, |_writing| Ok::<_, StoreError>(()));
        let store = store.map_err(Self::store_error)?;
        let at = Checkpoint { seq: 0, chain: reader.genesis() };
        Ok(Self::begin(store, at, true))
    }

    /// Begins anew on a medium of the caller's: memory, to check another or to look back.
    pub fn on(medium: impl StorageBackend, reader: &Reader) -> Result<Self, ProjectorError> {
        let store = Store::on(medium, CACHE_BYTES).map_err(Self::store_error)?;
        let at = Checkpoint { seq: 0, chain: reader.genesis() };
        Ok(Self::begin(store, at, true))
    }

    /// Opens what a medium holds that can be opened again, by the same `open`: from its
    /// checkpoint, or anew where that is not on this log.
    pub fn on_reopenable<M: StorageBackend>(
        open: impl Fn() -> M + Send + Sync + 'static,
        reader: &Reader,
    ) -> Result<Self, ProjectorError> {
        let store = Store::on_reopenable(open, CACHE_BYTES).map_err(Self::store_error)?;
        let at = Self::resume(&store, reader)?;
        Ok(Self::begin(store, at, false))
    }

    fn begin(store: Store, at: Checkpoint, is_whole: bool) -> Self {
        let commit = Commit::Checkpoint;
        Self { view: V::default(), store, at, unflushed: 0, commit, is_whole }
    }

    /// Holds, once, that no row was lost: a fold would begin a row anew that it does not find, and
    /// what is wrong then would look sound.
    fn hold_whole(&mut self) -> Result<(), ProjectorError> {
        if !self.is_whole {
            let held = self.store.read(|read| {
                let rows = read.table(ROWS)?;
                if rows.count()? > ROWS_HELD_MAX { Ok(()) } else { rows.check(|_, _| Ok(())) }
            });
            held.map_err(Self::store_error)?;
            self.is_whole = true;
        }
        Ok(())
    }

    /// Returns the file's checkpoint; where it is not on this log, nothing is left in the file.
    fn resume(store: &Store, reader: &Reader) -> Result<Checkpoint, ProjectorError> {
        if let Some(at) = Self::checkpoint(store, reader)? {
            return Ok(at);
        }
        // Rows of a log that is gone would be taken for rows of this one.
        let cleared = store.write(Commit::Checkpoint, |writing| {
            writing.clear(ROWS)?;
            writing.clear(META)
        });
        cleared.map_err(Self::store_error)?;
        Ok(Checkpoint { seq: 0, chain: reader.genesis() })
    }

    /// Returns the file's checkpoint, if it is on this log.
    fn checkpoint(store: &Store, reader: &Reader) -> Result<Option<Checkpoint>, ProjectorError> {
        let found = match store.read(|read| read.table(META)?.get(CHECKPOINT)) {
            Err(StoreError::Corrupt { .. }) => return Ok(None),
            found => found.map_err(Self::store_error)?,
        };
        // A checkpoint that does not hold, or of another fold, is none.
        let Some(Ok(bytes)) = found.as_deref().map(codec::unframe) else { return Ok(None) };
        let Some((seq, rest)) = bytes.split_first_chunk::<8>() else { return Ok(None) };
        let Some((chain, print)) = rest.split_first_chunk::<32>() else { return Ok(None) };
        let chain = *chain;
        if print != fingerprint::<V>().as_bytes() {
            return Ok(None);
        }
        let at = Checkpoint { seq: u64::from_be_bytes(*seq), chain };
        let known = reader.chain_at(at.seq).map_err(Self::log_error)? == Some(at.chain);
        Ok(known.then_some(at))
    }

    /// Returns how far it has come.
    pub fn at(&self) -> Checkpoint {
        self.at
    }

    /// Folds one batch in, if it is the next one; one that is folded already changes nothing.
    /// Returns false when batches before it are missing here.
    pub fn take(&mut self, batch: &Batch) -> Result<bool, ProjectorError> {
        if batch.first_seq > self.at.seq + 1 {
            return Ok(false);
        }
        if batch.first_seq <= self.at.seq {
            return Ok(true);
        }
        self.hold_whole()?;
        let folded = self.view.fold(&Shelf(&self.store), batch);
        folded.map_err(|source| ProjectorError::Fold {
            view: V::NAME,
            seq: batch.first_seq,
            source,
        })?;
        self.at = Checkpoint { seq: batch.last_seq(), chain: batch.chain };
        self.unflushed += 1;
        Ok(true)
    }

    /// Folds in a batch of a part of the log, whatever lies between it and the one before: for
    /// rows that depend on that part alone. Such a view is asked, never written.
    pub(super) fn take_part(&mut self, batch: &Batch) -> Result<(), ProjectorError> {
        let seq = batch.first_seq;
        let folded = self.view.fold(&Shelf(&self.store), batch);
        folded.map_err(|source| ProjectorError::Fold { view: V::NAME, seq, source })
    }

    /// Folds one step of the log in, up to `until` at most; returns false when there is no more.
    pub fn step(&mut self, reader: &Reader, until: u64) -> Result<bool, ProjectorError> {
        if self.at.seq >= until {
            return Ok(false);
        }
        if self.sealed_step(reader, until)? {
            return Ok(true);
        }
        let batches = reader.batches(self.at.seq + 1, STEP_BATCHES).map_err(Self::log_error)?;
        if batches.is_empty() {
            return Ok(false);
        }
        for batch in &batches {
            if batch.last_seq() > until {
                return Ok(false);
            }
            if !self.take(batch)? {
                let (expected, found) = (self.at.seq + 1, batch.first_seq);
                return Err(Self::log_error(crate::log::LogError::Broken { expected, found }));
            }
        }
        self.flush_when_due()?;
        Ok(true)
    }

    /// Folds in the segment that comes next, if one does and it ends at or before `until`.
    fn sealed_step(&mut self, reader: &Reader, until: u64) -> Result<bool, ProjectorError> {
        let content = reader.content(self.at.seq + 1, until, V::WANTED);
        let Some(content) = content.map_err(Self::log_error)? else { return Ok(false) };
        let row = &content.row;
        if row.before != self.at.chain {
            let (expected, found) = (self.at.seq + 1, row.first_seq);
            return Err(Self::log_error(crate::log::LogError::Broken { expected, found }));
        }
        let folded = self.view.fold_sealed(&Shelf(&self.store), &content);
        folded.map_err(|source| ProjectorError::Fold {
            view: V::NAME,
            seq: row.first_seq,
            source,
        })?;
        self.at = Checkpoint { seq: row.last_seq, chain: row.after };
        self.unflushed += u64::from(row.batches);
        self.flush_when_due()?;
        Ok(true)
    }

    /// Folds the log in to its end.
    pub fn catch_up(&mut self, reader: &Reader) -> Result<(), ProjectorError> {
        while self.step(reader, u64::MAX)? {}
        Ok(())
    }

    fn flush_when_due(&mut self) -> Result<(), ProjectorError> {
        let due = if self.commit == Commit::Building { BUILDING_BATCHES } else { FLUSH_BATCHES };
        if self.unflushed >= due { self.flush() } else { Ok(()) }
    }

    /// Writes the changed rows and the checkpoint, in one transaction.
    pub fn flush(&mut self) -> Result<(), ProjectorError> {
        if self.unflushed > 0 {
            self.write()?;
            self.settle();
        }
        Ok(())
    }

    /// Writes all of it durably, and every flush from now on.
    pub(super) fn built(&mut self) -> Result<(), ProjectorError> {
        self.commit = Commit::Checkpoint;
        self.write()?;
        self.settle();
        self.store.reopen_with(CACHE_BYTES).map_err(Self::store_error)
    }

    /// Returns whether there is anything to flush.
    pub(super) fn is_dirty(&self) -> bool {
        self.unflushed > 0
    }

    /// The first half of a flush, which readers do not have to wait for.
    pub(super) fn write(&self) -> Result<(), ProjectorError> {
        let mut checkpoint = self.at.seq.to_be_bytes().to_vec();
        checkpoint.extend_from_slice(&self.at.chain);
        checkpoint.extend_from_slice(fingerprint::<V>().as_bytes());
        let checkpoint = codec::frame(&checkpoint);
        let rows: Dirty = self.view.dirty();
        let written = self.store.write(self.commit, |writing| {
            let mut table = writing.table(ROWS)?;
            for (key, value) in &rows {
                match value {
                    Some(value) => table.put(key, value)?,
                    None => table.remove(key)?,
                }
            }
            drop(table);
            writing.table(META)?.put(CHECKPOINT, &checkpoint)
        });
        written.map_err(Self::store_error)
    }

    /// The second half of a flush.
    pub(super) fn settle(&mut self) {
        self.view.settled();
        self.unflushed = 0;
    }

    /// Opens the file again after a failure; rows in memory stay as they are.
    pub(super) fn reopen(&self) -> Result<(), ProjectorError> {
        self.store.reopen().map_err(Self::store_error)
    }

    /// Goes back to what is on disk, after a fold was broken off by a failure of the file: the
    /// rows in memory may hold half a batch.
    pub(super) fn revert(&mut self, reader: &Reader) -> Result<(), ProjectorError> {
        self.reopen()?;
        let at = Self::resume(&self.store, reader)?;
        (self.view, self.at, self.unflushed, self.is_whole) = (V::default(), at, 0, false);
        Ok(())
    }

    /// Gives the file another name.
    pub(super) fn rename(&mut self, path: &Path) -> Result<(), ProjectorError> {
        self.store.rename(path).map_err(Self::store_error)
    }

    /// Asks the view.
    pub fn ask<T>(
        &self,
        question: impl FnOnce(&V, &dyn Disk) -> Result<T, ViewError>,
    ) -> Result<T, ProjectorError> {
        question(&self.view, &Shelf(&self.store))
            .map_err(|source| ProjectorError::View { view: V::NAME, source })
    }

    /// Returns how many rows there are, and a hash over all of them in key order: equal for views
    /// that hold the same, however their files look.
    pub fn digest(&mut self) -> Result<(u64, [u8; 32]), ProjectorError> {
        self.flush()?;
        let (mut rows, mut hasher) = (0, blake3::Hasher::new());
        let scanned = self.store.read(|read| {
            read.table(ROWS)?.scan(&[], None, |key, value| {
                rows += 1;
                hash_row(&mut hasher, key, value);
                Ok::<_, StoreError>(true)
            })
        });
        scanned.map_err(Self::store_error)?;
        Ok((rows, *hasher.finalize().as_bytes()))
    }

    /// Writes what changed, and returns how far it has come and its rows at that point, to be read
    /// while it goes on.
    pub(super) fn snapshot(&mut self) -> Result<(Checkpoint, Snapshot), ProjectorError> {
        self.flush()?;
        Ok((self.at, self.store.snapshot().map_err(Self::store_error)?))
    }

    /// Flushes and closes the file.
    pub fn close(mut self) -> Result<(), ProjectorError> {
        self.flush()?;
        self.store.close().map_err(Self::store_error)
    }

    /// Closes it as a crash would.
    #[cfg(test)]
    pub(super) fn abandon(&self) {
        self.store.abandon();
    }

    fn store_error(source: StoreError) -> ProjectorError {
        ProjectorError::Store { view: V::NAME, source }
    }

    fn log_error(source: crate::log::LogError) -> ProjectorError {
        ProjectorError::Log { view: V::NAME, source }
    }
}

/// Adds a row to a digest.
pub(super) fn hash_row(hasher: &mut blake3::Hasher, key: &[u8], value: &[u8]) {
    hasher.update(&(key.len() as u64).to_le_bytes()).update(key);
    hasher.update(&(value.len() as u64).to_le_bytes()).update(value);
}
