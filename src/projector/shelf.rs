//! The rows of a view that are on disk, as its fold and its questions see them.

use crate::store::{Store, StoreError};
use crate::view::{Disk, Each, ViewError};

use super::projection::ROWS;

/// The rows on disk, for the view.
pub(super) struct Shelf<'a>(pub &'a Store);

impl Disk for Shelf<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, ViewError> {
        self.0.read(|read| read.table(ROWS)?.get(key)).map_err(disk)
    }

    fn scan(&self, from: &[u8], to: &[u8], each: &mut Each<'_>) -> Result<(), ViewError> {
        let mut outcome = Ok(());
        self.0
            .read(|read| {
                read.table(ROWS)?.scan(from, Some(to), |key, value| match each(key, value) {
                    Ok(more) => Ok::<_, StoreError>(more),
                    Err(error) => {
                        outcome = Err(error);
                        Ok(false)
                    }
                })
            })
            .map_err(disk)?;
        outcome
    }
}

fn disk(error: StoreError) -> ViewError {
    ViewError::Disk(Box::new(error))
}
