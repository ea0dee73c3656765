//! A consistent state of a file that is read in steps while writes go on.

use std::path::PathBuf;

use redb::ReadTransaction;

use super::guard::guarded;
use super::{Reading, StoreError};

/// A consistent state of a file. While it is held, the file keeps the pages that it shows.
pub struct Snapshot {
    transaction: ReadTransaction,
    path: PathBuf,
}

impl Snapshot {
    pub(super) fn new(transaction: ReadTransaction, path: PathBuf) -> Self {
        Self { transaction, path }
    }

    #[cfg(test)]
    pub(super) fn transaction(&self) -> &ReadTransaction {
        &self.transaction
    }

    /// Runs `work` on this state.
    ///
    /// # Errors
    /// [`StoreError::Closed`] when the store was closed, opened again or compacted since.
    pub fn read<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Reading) -> Result<T, E>,
    ) -> Result<T, E> {
        guarded(&self.path, || work(&Reading::new(&self.transaction, &self.path)))
    }
}
