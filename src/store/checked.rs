//! Opening a file to be written only if it may be, by what stands in it.

use std::path::Path;
use std::sync::RwLock;
use std::sync::atomic::AtomicBool;

use super::place::Place;
use super::{Store, StoreError, file};

impl Store {
    /// Opens the file, which must exist, once `check` finds in it that it may be written; where it
    /// may not, not a byte of it changes. One that was not closed well is repaired once, in memory
    /// until it was checked.
    ///
    /// `check` says nothing of a file that cannot be read: opening it to be written says so, or
    /// mends it.
    ///
    /// # Errors
    /// What `check` says, and as of [`Store::open`].
    pub fn open_if<E: From<StoreError>>(
        path: &Path,
        cache_bytes: usize,
        check: impl Fn(&Self) -> Result<(), E>,
    ) -> Result<Self, E> {
        let store = |database, place| Self {
            path: path.to_owned(),
            cache_bytes,
            place,
            database: RwLock::new(Some(database)),
            is_abandoned: AtomicBool::new(false),
        };
        match file::open_sound(path, cache_bytes) {
            Ok(Some(sound)) => check(&store(sound.into(), Place::FileToRead))?,
            Ok(None) => match file::open_held(path, cache_bytes) {
                Ok((database, held)) => {
                    let store = store(database.into(), Place::File);
                    let released = check(&store).and_then(|()| {
                        held.release().map_err(|source| file::io(path, source).into())
                    });
                    return match released {
                        Ok(()) => Ok(store),
                        Err(error) => {
                            store.abandon();
                            Err(error)
                        }
                    };
                }
                // Somebody reads it, as another program's log is read.
                Err(StoreError::Locked(_)) => {
                    check(&Self::open_read_only(path, cache_bytes)?)?;
                }
                Err(_unreadable) => {}
            },
            Err(error @ StoreError::Locked(_)) => return Err(error.into()),
            Err(_unreadable) => {}
        }
        Ok(Self::open(path, cache_bytes)?)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::fs;

    use super::super::Commit;
    use super::super::opened::Opened;
    use super::*;

    const CACHE: usize = 1 << 20;

    fn put(store: &Store, key: &[u8]) {
        let put = store.write(Commit::Append, |it| it.table("rows")?.put(key, &[7; 900]));
        put.map_err(|error: StoreError| error).unwrap();
    }

    fn rows(store: &Store) -> u64 {
        let rows = store.read(|read| read.table("rows")?.count());
        rows.map_err(|error: StoreError| error).unwrap()
    }

    /// Makes a file that was not closed well.
    fn crashed(path: &Path) {
        let store = Store::create(path, CACHE, |it| it.table("rows")?.put(b"first", b"row"));
        let store = store.map_err(|error: StoreError| error).unwrap();
        (0..300_u32).for_each(|row| put(&store, &row.to_be_bytes()));
        store.abandon();
    }

    fn is_to_write(store: &Store) -> bool {
        matches!(store.lock().as_ref(), Some(Opened::ToWrite(_)))
    }

    #[test]
    fn a_file_that_was_not_closed_well_is_repaired_once_and_changes_only_when_it_was_checked() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("store");
        crashed(&path);
        let before = fs::read(&path).unwrap();
        let checks = Cell::new(0);
        let store = Store::open_if(&path, CACHE, |store| {
            checks.set(checks.get() + 1);
            assert_eq!((rows(store), is_to_write(store)), (301, true), "no other opening comes");
            assert!(matches!(Store::open(&path, CACHE), Err(StoreError::Locked(_))));
            assert!(fs::read(&path).unwrap() == before, "the repair is held back");
            Ok::<_, StoreError>(())
        });
        let store = store.unwrap();
        put(&store, b"more");
        assert_eq!((rows(&store), checks.get()), (302, 1));
        // A crash right after it is one as any other.
        store.abandon();
        drop(store);
        let store = Store::open(&path, CACHE).unwrap();
        assert_eq!(rows(&store), 302);
        store.close().unwrap();
    }

    #[test]
    fn not_a_byte_of_a_file_changes_that_may_not_be_written_however_it_was_closed() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("store");
        crashed(&path);
        for closed_well in [false, true] {
            if closed_well {
                Store::open(&path, CACHE).unwrap().close().unwrap();
            }
            let before = fs::read(&path).unwrap();
            let refused = Store::open_if(&path, CACHE, |store| {
                assert_eq!(rows(store), 301);
                Err(StoreError::ReadOnly(path.clone()))
            });
            assert!(matches!(refused, Err(StoreError::ReadOnly(_))));
            assert!(fs::read(&path).unwrap() == before, "closed well: {closed_well}");
            // Nobody holds it any more.
            Store::open_read_only(&path, CACHE).unwrap().close().unwrap();
        }
    }

    #[test]
    fn what_was_held_back_and_never_released_is_not_there() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("store");
        crashed(&path);
        let (database, held) = file::open_held(&path, CACHE).unwrap();
        let store = Store {
            path: path.clone(),
            cache_bytes: CACHE,
            place: Place::File,
            database: RwLock::new(Some(database.into())),
            is_abandoned: AtomicBool::new(false),
        };
        put(&store, b"held back");
        store.abandon();
        drop((store, held));
        let store = Store::open(&path, CACHE).unwrap();
        assert_eq!(rows(&store), 301, "what was never released is not there");
    }
}
