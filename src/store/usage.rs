//! What the bytes of a file are used for, table by table.

use redb::{ReadableTableMetadata as _, TableHandle as _};

use super::file::{explain, explain_storage};
use super::{Reading, Store, StoreError};

/// The bytes that a table takes in its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableUse {
    /// The table's name.
    pub name: String,
    /// How many rows it has.
    pub rows: u64,
    /// Bytes of its keys and values.
    pub stored: u64,
    /// Bytes of keys in inner pages, and of what redb notes of pages.
    pub metadata: u64,
    /// Bytes of its pages that hold nothing.
    pub fragmented: u64,
}

impl TableUse {
    /// Returns the bytes of all its pages.
    pub fn bytes(&self) -> u64 {
        self.stored + self.metadata + self.fragmented
    }
}

impl Store {
    /// Returns what each table takes in the file, in the order of their names. Pages that are free
    /// belong to none. Every page is looked at: a second for a GiB, or more.
    pub fn usage(&self) -> Result<Vec<TableUse>, StoreError> {
        self.read(usage)
    }
}

fn usage(read: &Reading) -> Result<Vec<TableUse>, StoreError> {
    let tables = read.transaction.list_tables();
    let tables = tables.map_err(|error| explain_storage(read.path, error))?;
    let mut found = Vec::new();
    for handle in tables {
        let name = handle.name().to_owned();
        let table = read.transaction.open_untyped_table(handle);
        let table = table.map_err(|error| explain(read.path, error.into()))?;
        let stats = table.stats().map_err(|error| explain_storage(read.path, error))?;
        found.push(TableUse {
            name,
            rows: table.len().map_err(|error| explain_storage(read.path, error))?,
            stored: stats.stored_bytes(),
            metadata: stats.metadata_bytes(),
            fragmented: stats.fragmented_bytes(),
        });
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use crate::store::{Commit, InMemoryBackend, Store, StoreError};

    #[test]
    fn the_bytes_of_a_table_are_those_of_its_rows_and_of_its_pages() {
        let store = Store::on(InMemoryBackend::new(), 1 << 20).unwrap();
        let fill = |name: &str, rows: u32| {
            store.write(Commit::Append, |writing| {
                let mut table = writing.table(name)?;
                (0..rows).try_for_each(|row| table.put(&row.to_be_bytes(), &[7; 96]))
            })
        };
        fill("small", 1).unwrap();
        fill("large", 1_000).unwrap();
        let used = store.usage().unwrap();
        let told: Vec<(&str, u64, u64)> =
            used.iter().map(|it| (it.name.as_str(), it.rows, it.stored)).collect();
        assert_eq!(told, [("large", 1_000, 100_000), ("small", 1, 100)]);
        // Each takes whole pages, the large one more than its rows.
        assert!(used.iter().all(|it| it.bytes().is_multiple_of(4_096)), "{used:?}");
        assert!(used[0].metadata > 0 && used[0].bytes() > 100_000, "{used:?}");
    }

    #[test]
    fn a_file_without_tables_uses_nothing() {
        let store = Store::on(InMemoryBackend::new(), 1 << 20).unwrap();
        assert_eq!(store.usage().unwrap(), []);
        assert!(store.read(|read| Ok::<_, StoreError>(read.tables()?.is_empty())).unwrap());
    }
}
