//! A table of a view: rows touched lately in memory, the others on disk.

use std::collections::BTreeMap;

use bincode::{Decode, Encode};

use super::ViewError;
use super::codec::{self, Key};

/// Rows to be written: key and value, or `None` for a row that is gone.
pub type Dirty = Vec<(Vec<u8>, Option<Vec<u8>>)>;

/// What a scan hands out rows to; it returns false when it has enough.
pub type Each<'a> = dyn FnMut(&[u8], &[u8]) -> Result<bool, ViewError> + 'a;

/// The rows of a view that are on disk.
pub trait Disk {
    /// Returns the value under a key.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, ViewError>;
    /// Hands out rows from `from` up to before `to`, in key order.
    fn scan(&self, from: &[u8], to: &[u8], each: &mut Each) -> Result<(), ViewError>;
}

/// A table: keys in order, each with one row.
#[derive(Debug)]
pub(super) struct Table<K, R> {
    tag: u8,
    rows: BTreeMap<K, Slot<R>>,
}

#[derive(Debug)]
struct Slot<R> {
    /// `None` when the row was removed and the disk does not know.
    row: Option<R>,
    dirty: bool,
    /// Whether it was touched since the flush before last.
    warm: bool,
}

impl<K: Key, R: Encode + Decode<()> + Clone> Table<K, R> {
    /// Returns the table with this tag; each table of a view has its own.
    pub fn new(tag: u8) -> Self {
        Self { tag, rows: BTreeMap::new() }
    }

    fn key(&self, key: &K) -> Vec<u8> {
        let mut bytes = vec![self.tag];
        key.write(&mut bytes);
        bytes
    }

    /// Returns the row under a key.
    pub fn get(&self, disk: &dyn Disk, key: &K) -> Result<Option<R>, ViewError> {
        if let Some(slot) = self.rows.get(key) {
            return Ok(slot.row.clone());
        }
        let key = self.key(key);
        disk.get(&key)?.map(|bytes| codec::decode(&key, &bytes)).transpose()
    }

    /// Returns the row under a key to be changed; made by `new` where there is none.
    pub fn edit(
        &mut self,
        disk: &dyn Disk,
        key: K,
        new: impl FnOnce() -> R,
    ) -> Result<&mut R, ViewError> {
        if !self.rows.contains_key(&key) {
            let row = self.get(disk, &key)?;
            self.rows.insert(key, Slot { row, dirty: true, warm: true });
        }
        let slot = self.rows.entry(key).or_insert(Slot { row: None, dirty: true, warm: true });
        slot.dirty = true;
        slot.warm = true;
        Ok(slot.row.get_or_insert_with(new))
    }

    /// Sets the row under a key.
    pub fn put(&mut self, key: K, row: R) {
        self.rows.insert(key, Slot { row: Some(row), dirty: true, warm: true });
    }

    /// Removes the row under a key.
    pub fn remove(&mut self, key: K) {
        self.rows.insert(key, Slot { row: None, dirty: true, warm: false });
    }

    /// Hands out rows from `from` up to before `to`, in key order, until `each` returns false.
    pub fn scan(
        &self,
        disk: &dyn Disk,
        from: K,
        to: Option<K>,
        mut each: impl FnMut(K, &R) -> Result<bool, ViewError>,
    ) -> Result<(), ViewError> {
        let end = to.map_or_else(|| vec![self.tag + 1], |to| self.key(&to));
        let mut warm =
            self.rows.range(from..).take_while(|(key, _)| to.is_none_or(|to| **key < to));
        let mut next = warm.next();
        let mut more = true;
        disk.scan(&self.key(&from), &end, &mut |bytes, value| {
            let (key, _rest) = K::read(&bytes[1..])
                .ok_or_else(|| ViewError::Damaged("a key of another table".to_owned()))?;
            while let Some((warm_key, slot)) = next.filter(|(warm_key, _)| **warm_key < key) {
                more = more && slot.row.as_ref().map_or(Ok(true), |row| each(*warm_key, row))?;
                if !more {
                    return Ok(false);
                }
                next = warm.next();
            }
            if next.is_some_and(|(warm_key, _)| *warm_key == key) {
                // The row in memory is the newer one; its turn comes with the next key.
                return Ok(true);
            }
            more = each(key, &codec::decode(bytes, value)?)?;
            Ok(more)
        })?;
        while let Some((key, slot)) = next.filter(|_| more) {
            more = slot.row.as_ref().map_or(Ok(true), |row| each(*key, row))?;
            next = warm.next();
        }
        Ok(())
    }

    /// Appends the rows that changed since [`Table::settled`].
    pub fn dirty(&self, out: &mut Dirty) {
        let changed = self.rows.iter().filter(|(_, slot)| slot.dirty);
        out.extend(changed.map(|(key, slot)| {
            let key = self.key(key);
            let row = slot.row.as_ref().map(|row| codec::encode(&key, row));
            (key, row)
        }));
    }

    /// Says that those rows are on disk. Rows that were not touched for two flushes leave memory.
    pub fn settled(&mut self) {
        self.rows.retain(|_, slot| {
            let keep = slot.warm;
            slot.dirty = false;
            slot.warm = false;
            keep
        });
    }
}

#[cfg(test)]
mod tests;
