//! What the log takes on disk, table by table.

use crate::store::TableUse;

use super::{LogError, Reader};

impl Reader {
    /// Returns the bytes of each table of the log, in the order of their names. Every page of the
    /// file is looked at: not for a running monitor.
    pub fn usage(&self) -> Result<Vec<TableUse>, LogError> {
        Ok(self.store().usage()?)
    }
}
