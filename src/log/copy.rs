//! Copying: every table of one state of the log into another file, in short steps.

use std::path::Path;

use crate::store::{Commit, Row, Snapshot, Store, StoreError};

use super::{LogError, Reader};

/// Bytes of rows copied in one step: few enough that an append that comes meanwhile hardly waits.
const STEP_BYTES: usize = 256 * 1024;

/// The page cache of the copy, which is only appended to.
const CACHE_BYTES: usize = 4 * 1024 * 1024;

/// A copy under way.
pub struct Copying {
    from: Snapshot,
    to: Store,
    tables: Vec<String>,
    /// The table that is copied now, and the key to go on with.
    place: (usize, Vec<u8>),
    done: u64,
    rows: u64,
}

impl Reader {
    /// Begins to copy the log as it stands now, as it is stored, into a new file, whose
    /// name is not its own yet. Appending goes on meanwhile.
    pub fn copy_to(&self, path: &Path) -> Result<Copying, LogError> {
        let from = self.store().snapshot()?;
        let (tables, rows) = from.read(|read| {
            let tables = read.tables()?;
            let mut rows = 0;
            for table in &tables {
                rows += read.table(table)?.count()?;
            }
            Ok::<_, StoreError>((tables, rows))
        })?;
        let to = Store::begin(path, CACHE_BYTES)?;
        Ok(Copying { from, to, tables, place: (0, Vec::new()), done: 0, rows })
    }
}

impl Copying {
    /// Returns how many rows were copied, and how many there are.
    pub fn progress(&self) -> (u64, u64) {
        (self.done, self.rows)
    }

    /// Copies some more; false when all is copied. What was copied is durable.
    pub fn step(&mut self) -> Result<bool, LogError> {
        let (number, from) = &self.place;
        let Some(table) = self.tables.get(*number) else { return Ok(false) };
        let (mut rows, mut bytes): (Vec<Row>, usize) = (Vec::new(), 0);
        self.from.read(|read| {
            read.table(table)?.scan(from, None, |key, value| {
                bytes += key.len() + value.len();
                rows.push((key.to_vec(), value.to_vec()));
                Ok::<_, StoreError>(bytes < STEP_BYTES)
            })
        })?;
        self.to.write(Commit::Append, |writing| {
            let mut table = writing.table(table)?;
            rows.iter().try_for_each(|(key, value)| table.put(key, value))
        })?;
        self.done += rows.len() as u64;
        // The next key in order is the last one with a zero byte behind it.
        self.place = match rows.pop().filter(|_| bytes >= STEP_BYTES) {
            Some((mut key, _value)) => {
                key.push(0);
                (*number, key)
            }
            None => (*number + 1, Vec::new()),
        };
        Ok(self.place.0 < self.tables.len())
    }

    /// Closes the copy: whole, if every step was taken.
    pub fn finish(self) -> Result<(), LogError> {
        Ok(self.to.close()?)
    }
}
