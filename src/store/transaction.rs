//! Transactions over tables of bytes.

use std::ops::Bound;
use std::path::Path;

use redb::{
    ReadOnlyTable, ReadTransaction, ReadableTable as _, ReadableTableMetadata as _, Table,
    TableDefinition, TableError, TableHandle as _, WriteTransaction,
};

use super::StoreError;
use super::file::{explain, explain_storage};

type Bytes = &'static [u8];

/// A row: its key and its value.
pub type Row = (Vec<u8>, Vec<u8>);

/// A write transaction under way.
pub struct Writing<'a> {
    transaction: WriteTransaction,
    path: &'a Path,
}

impl<'a> Writing<'a> {
    pub(super) fn new(transaction: WriteTransaction, path: &'a Path) -> Self {
        Self { transaction, path }
    }

    pub(super) fn into_inner(self) -> WriteTransaction {
        self.transaction
    }

    /// Opens a table, which is made if it does not exist; one at a time of a name.
    pub fn table(&self, name: &str) -> Result<WritingTable<'_>, StoreError> {
        let definition = TableDefinition::<Bytes, Bytes>::new(name);
        let opened = self.transaction.open_table(definition);
        let table = opened.map_err(|error| explain(self.path, error.into()))?;
        Ok(WritingTable { table, path: self.path })
    }

    /// Removes a table with all its rows, if it is there.
    pub fn clear(&self, name: &'static str) -> Result<(), StoreError> {
        let definition = TableDefinition::<Bytes, Bytes>::new(name);
        let removed = self.transaction.delete_table(definition);
        removed.map(|_existed| ()).map_err(|error| explain(self.path, error.into()))
    }
}

/// A table in a write transaction.
pub struct WritingTable<'a> {
    table: Table<'a, Bytes, Bytes>,
    path: &'a Path,
}

impl WritingTable<'_> {
    /// Returns the value under a key.
    pub fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let found = self.table.get(key).map_err(|error| explain_storage(self.path, error))?;
        Ok(found.map(|value| value.value().to_vec()))
    }

    /// Sets the value under a key.
    pub fn put(&mut self, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        let put = self.table.insert(key, value);
        put.map(|_before| ()).map_err(|error| explain_storage(self.path, error))
    }

    /// Removes a key, if it is there.
    pub fn remove(&mut self, key: &[u8]) -> Result<(), StoreError> {
        let removed = self.table.remove(key);
        removed.map(|_before| ()).map_err(|error| explain_storage(self.path, error))
    }

    /// Removes the keys from `from` up to before `to`.
    pub fn remove_range(&mut self, from: &[u8], to: &[u8]) -> Result<(), StoreError> {
        let range = (Bound::Included(from), Bound::Excluded(to));
        let removed = self.table.retain_in::<&[u8], _>(range, |_key, _value| false);
        removed.map_err(|error| explain_storage(self.path, error))
    }
}

/// A consistent state of a file.
pub struct Reading<'a> {
    pub(super) transaction: &'a ReadTransaction,
    pub(super) path: &'a Path,
}

impl<'a> Reading<'a> {
    pub(super) fn new(transaction: &'a ReadTransaction, path: &'a Path) -> Self {
        Self { transaction, path }
    }

    /// Opens a table; one that was never written is empty.
    pub fn table(&self, name: &str) -> Result<ReadingTable<'a>, StoreError> {
        let definition = TableDefinition::<Bytes, Bytes>::new(name);
        let table = match self.transaction.open_table(definition) {
            Ok(table) => Some(table),
            Err(TableError::TableDoesNotExist(_)) => None,
            Err(error) => return Err(explain(self.path, error.into())),
        };
        Ok(ReadingTable { table, path: self.path })
    }

    /// Returns the names of all tables, in order.
    pub fn tables(&self) -> Result<Vec<String>, StoreError> {
        let tables = self.transaction.list_tables();
        let tables = tables.map_err(|error| explain_storage(self.path, error))?;
        Ok(tables.map(|table| table.name().to_owned()).collect())
    }
}

/// A table in a consistent state of a file.
pub struct ReadingTable<'a> {
    table: Option<ReadOnlyTable<Bytes, Bytes>>,
    path: &'a Path,
}

impl ReadingTable<'_> {
    /// Returns how many rows there are.
    pub fn count(&self) -> Result<u64, StoreError> {
        let Some(table) = &self.table else { return Ok(0) };
        table.len().map_err(|error| explain_storage(self.path, error))
    }

    /// Returns the value under a key.
    pub fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(table) = &self.table else { return Ok(None) };
        let found = table.get(key).map_err(|error| explain_storage(self.path, error))?;
        Ok(found.map(|value| value.value().to_vec()))
    }

    /// Returns the last row at or before a key.
    pub fn last_until(&self, key: &[u8]) -> Result<Option<Row>, StoreError> {
        let Some(table) = &self.table else { return Ok(None) };
        let range = (Bound::Unbounded, Bound::Included(key));
        let mut rows =
            table.range::<&[u8]>(range).map_err(|error| explain_storage(self.path, error))?;
        let row = rows.next_back().transpose();
        let row = row.map_err(|error| explain_storage(self.path, error))?;
        Ok(row.map(|(key, value)| (key.value().to_vec(), value.value().to_vec())))
    }

    /// Returns the last row.
    pub fn last(&self) -> Result<Option<Row>, StoreError> {
        let Some(table) = &self.table else { return Ok(None) };
        let last = table.last().map_err(|error| explain_storage(self.path, error))?;
        Ok(last.map(|(key, value)| (key.value().to_vec(), value.value().to_vec())))
    }

    /// Hands out every row, and holds that the table is whole: its keys rise, and it has as many
    /// rows as the file says. Pages that were lost or took each other's place show by that.
    pub fn check<E: From<StoreError>>(
        &self,
        mut each: impl FnMut(&[u8], &[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let Some(table) = &self.table else { return Ok(()) };
        let expected = table.len().map_err(|error| explain_storage(self.path, error))?;
        let (mut rows, mut before): (u64, Option<Vec<u8>>) = (0, None);
        let damaged = |reason: &str| StoreError::Corrupt {
            path: self.path.to_owned(),
            reason: reason.to_owned(),
        };
        self.scan(&[], None, |key, value| {
            if before.as_deref().is_some_and(|before| before >= key) {
                return Err(damaged("rows of a table are not in their order").into());
            }
            before = Some(key.to_vec());
            rows += 1;
            each(key, value).map(|()| true)
        })?;
        if rows == expected {
            return Ok(());
        }
        Err(damaged(&format!("a table has {rows} rows and should have {expected}")).into())
    }

    /// Hands rows from `from` up to before `to` (or the end), in key order, to `each` until it
    /// returns false.
    pub fn scan<E: From<StoreError>>(
        &self,
        from: &[u8],
        to: Option<&[u8]>,
        mut each: impl FnMut(&[u8], &[u8]) -> Result<bool, E>,
    ) -> Result<(), E> {
        let Some(table) = &self.table else { return Ok(()) };
        let end = to.map_or(Bound::Unbounded, Bound::Excluded);
        let rows = table
            .range::<&[u8]>((Bound::Included(from), end))
            .map_err(|error| explain_storage(self.path, error))?;
        for row in rows {
            let (key, value) = row.map_err(|error| explain_storage(self.path, error))?;
            if !each(key.value(), value.value())? {
                break;
            }
        }
        Ok(())
    }
}
