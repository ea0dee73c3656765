//! Rewriting a file without what it no longer holds: free pages keep old bytes until they are
//! overwritten, a fresh file has none.

use std::fs;
use std::path::Path;
use std::sync::PoisonError;

use redb::{
    Database, Durability, ReadTransaction, ReadableDatabase as _, ReadableTable as _,
    TableDefinition, TableHandle as _,
};

use super::file::{self, explain, explain_storage};
use super::opened::Opened;
use super::place::Place;
use super::{Reading, Store, StoreError};

type Bytes = &'static [u8];

impl Store {
    /// Copies every table into a fresh file and puts that in the place of the old one. Reads go
    /// on meanwhile, and wait only for the exchange. A store on a medium stays as it is.
    ///
    /// Nobody may write to the store meanwhile: what they wrote would not be copied.
    ///
    /// # Errors
    /// What the disk says. After a failure, as after a crash, the old file or the new one stands
    /// whole under the name; a part of the new one may be left beside it: [`sweep_beside`].
    pub fn compact(&self) -> Result<(), StoreError> {
        match self.place {
            Place::File => {}
            Place::FileToRead => return Err(StoreError::ReadOnly(self.path.clone())),
            Place::Once | Place::Medium(_) => return Ok(()),
        }
        let young = file::begin(&self.path)?;
        let done = self.exchange(&young);
        if done.is_err() {
            // The failure is what counts; what cannot be removed is swept another time.
            drop(fs::remove_file(&young));
        }
        done
    }

    fn exchange(&self, young: &Path) -> Result<(), StoreError> {
        let fresh = file::create(young, self.cache_bytes)?;
        {
            let guard = self.lock();
            let open = guard.as_ref().ok_or_else(|| StoreError::Closed(self.path.clone()))?;
            let read = open.begin_read().map_err(|error| explain(&self.path, error.into()))?;
            copy(&read, &self.path, &fresh, young)?;
        }
        let mut guard = self.database.write().unwrap_or_else(PoisonError::into_inner);
        // The fresh file stays open, and so locked, while it gets the name: nobody else can take
        // it in between.
        file::replace(young, &self.path)?;
        let old = guard.replace(Opened::from(fresh));
        drop(guard);
        // The old file has no name any more; what its close says concerns nobody.
        drop(old);
        Ok(())
    }
}

/// Copies all tables, in one transaction.
fn copy(
    read: &ReadTransaction,
    path: &Path,
    fresh: &Database,
    young: &Path,
) -> Result<(), StoreError> {
    let there = |error: redb::Error| explain(path, error);
    let here = |error: redb::Error| explain(young, error);
    let mut write = fresh.begin_write().map_err(|error| here(error.into()))?;
    write.set_durability(Durability::Immediate).map_err(|error| here(error.into()))?;
    write.set_quick_repair(true);
    for table in read.list_tables().map_err(|error| explain_storage(path, error))? {
        let definition = TableDefinition::<Bytes, Bytes>::new(table.name());
        let from = read.open_table(definition).map_err(|error| there(error.into()))?;
        let mut to = write.open_table(definition).map_err(|error| here(error.into()))?;
        for row in from.iter().map_err(|error| explain_storage(path, error))? {
            let (key, value) = row.map_err(|error| explain_storage(path, error))?;
            let put = to.insert(key.value(), value.value());
            put.map(drop).map_err(|error| explain_storage(young, error))?;
        }
    }
    write.commit().map_err(|error| here(error.into()))?;
    let copied = fresh.begin_read().map_err(|error| here(error.into()))?;
    compare(read, path, &copied, young)
}

/// Holds that nothing was lost on the way: the copy has every table with as many rows as the
/// original says it has, and they are there.
fn compare(
    original: &ReadTransaction,
    path: &Path,
    copied: &ReadTransaction,
    young: &Path,
) -> Result<(), StoreError> {
    let (original, copied) = (Reading::new(original, path), Reading::new(copied, young));
    let lacks = |what: String| {
        let reason = format!("it is no whole copy of `{}`: {what}", path.display());
        StoreError::Corrupt { path: young.to_owned(), reason }
    };
    let tables = original.tables()?;
    if copied.tables()? != tables {
        return Err(lacks("a table is missing".to_owned()));
    }
    for name in tables {
        let (expected, table) = (original.table(&name)?.count()?, copied.table(&name)?);
        let mut rows = 0;
        table.scan(&[], None, |_key, _value| {
            rows += 1;
            Ok::<_, StoreError>(true)
        })?;
        let says = table.count()?;
        if rows != expected || says != expected {
            return Err(lacks(format!("table `{name}` has {rows} rows of {expected}")));
        }
    }
    Ok(())
}

/// Removes what crashes left of files in the making beside `path`; only who holds the file that
/// has the name may do this. Returns how many there were.
///
/// # Errors
/// What the disk says; some may be gone already.
pub fn sweep_beside(path: &Path) -> Result<u64, StoreError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let Some(name) = path.file_name() else { return Ok(0) };
    let begin = format!("{}.new", name.to_string_lossy());
    let mut swept = 0;
    for entry in fs::read_dir(folder).map_err(|source| file::io(folder, source))? {
        let entry = entry.map_err(|source| file::io(folder, source))?;
        if entry.file_name().to_string_lossy().starts_with(&begin) {
            let gone = fs::remove_file(entry.path());
            gone.map_err(|source| file::io(&entry.path(), source))?;
            swept += 1;
        }
    }
    Ok(swept)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Commit;

    const SECRET: &[u8] = b"a name that is to be forgotten";

    fn holds(path: &Path) -> bool {
        fs::read(path).unwrap().windows(SECRET.len()).any(|bytes| bytes == SECRET)
    }

    #[test]
    fn a_compacted_file_holds_its_rows_and_nothing_that_was_removed() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("store");
        let store = Store::create(&path, 1 << 20, |writing| {
            writing.table("secret")?.put(b"k", SECRET)?;
            (0..2_000_u32).try_for_each(|n| writing.table("rows")?.put(&n.to_be_bytes(), &[7; 300]))
        });
        let store = store.unwrap();
        let removed = store.write(Commit::Append, |writing| writing.table("secret")?.remove(b"k"));
        removed.map_err(|error: StoreError| error).unwrap();
        assert!(holds(&path), "a free page keeps its bytes");
        store.compact().unwrap();
        assert!(!holds(&path));
        let rows = |store: &Store| {
            let mut rows = 0;
            let read = store.read(|read| {
                read.table("rows")?.scan(&[], None, |_key, value| {
                    rows += usize::from(value == [7; 300]);
                    Ok::<_, StoreError>(true)
                })
            });
            read.map(|()| rows).unwrap()
        };
        assert_eq!(rows(&store), 2_000);
        let written = store.write(Commit::Append, |writing| writing.table("rows")?.put(b"k", b"v"));
        written.map_err(|error: StoreError| error).unwrap();
        assert!(matches!(Store::open(&path, 1 << 20), Err(StoreError::Locked(_))));
        store.close().unwrap();
        let store = Store::open(&path, 1 << 20).unwrap();
        assert_eq!(rows(&store), 2_000);
        let found = store.read(|read| read.table("rows")?.get(b"k"));
        assert_eq!(found.map_err(|error: StoreError| error).unwrap().as_deref(), Some(&b"v"[..]));
    }

    #[test]
    fn readers_go_on_while_a_file_is_compacted_again_and_again() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("store");
        let store = Store::create(&path, 1 << 20, |writing| writing.table("rows")?.put(b"k", b"v"));
        let store = std::sync::Arc::new(store.map_err(|error: StoreError| error).unwrap());
        let (done, reading) = (std::sync::Arc::new(std::sync::Barrier::new(2)), store.clone());
        let meet = done.clone();
        let reader = std::thread::spawn(move || {
            meet.wait();
            (0..500).for_each(|_| {
                let found = reading.read(|read| read.table("rows")?.get(b"k"));
                assert_eq!(found.map_err(|error: StoreError| error).unwrap().unwrap(), b"v");
            });
        });
        done.wait();
        (0..5).for_each(|_| store.compact().unwrap());
        reader.join().unwrap();
    }

    #[test]
    fn a_copy_that_lacks_a_row_or_a_table_does_not_take_the_place_of_the_original() {
        let home = tempfile::tempdir().unwrap();
        let store = |name: &str, tables: &[(&str, u32)]| {
            let store = Store::create(&home.path().join(name), 1 << 20, |writing| {
                tables.iter().try_for_each(|(table, rows)| {
                    let mut table = writing.table(table)?;
                    (0..*rows).try_for_each(|row| table.put(&row.to_be_bytes(), b"row"))
                })
            });
            store.map_err(|error: StoreError| error).unwrap()
        };
        let original = store("original", &[("one", 700), ("two", 3)]);
        let compared = |copy: &Store| {
            let (original, copied) = (original.snapshot().unwrap(), copy.snapshot().unwrap());
            let (path, young) = (Path::new("original"), Path::new("copy"));
            compare(original.transaction(), path, copied.transaction(), young)
        };
        compared(&store("same", &[("one", 700), ("two", 3)])).unwrap();
        let said = |copy: &Store| compared(copy).unwrap_err().to_string();
        let lacking = said(&store("row", &[("one", 699), ("two", 3)]));
        assert!(lacking.contains("table `one` has 699 rows of 700"), "{lacking}");
        let lacking = said(&store("table", &[("one", 700)]));
        assert!(lacking.contains("a table is missing"), "{lacking}");
    }

    #[test]
    fn what_a_crash_left_beside_a_file_is_swept_and_the_file_stays() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("log.redb");
        for name in ["log.redb", "log.redb.new-1", "log.redb.new-977", "other"] {
            fs::write(home.path().join(name), SECRET).unwrap();
        }
        assert_eq!(sweep_beside(&path).unwrap(), 2);
        assert!(path.exists() && home.path().join("other").exists());
    }
}
