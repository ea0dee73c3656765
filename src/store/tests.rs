//! What the store promises, on a disk that fails on purpose.

use super::faults::{Dice, Fault, FaultyDisk, Kept};
use super::*;

const CACHE: usize = 1 << 20;

fn put(store: &Store, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
    store.write(Commit::Append, |writing| writing.table("t")?.put(key, value))
}

fn get(store: &Store, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
    store.read(|read| read.table("t")?.get(key))
}

fn on(disk: &FaultyDisk) -> Store {
    let disk = disk.clone();
    Store::on_reopenable(move || disk.clone(), CACHE).unwrap()
}

#[test]
fn a_store_on_a_medium_is_reopened_after_a_failure_with_all_that_was_acknowledged() {
    let disk = FaultyDisk::default();
    let store = on(&disk);
    put(&store, b"a", b"1").unwrap();
    disk.break_it(Fault::Once(1));
    assert!(matches!(put(&store, b"b", b"2"), Err(StoreError::Io { .. } | StoreError::Closed(_))));
    store.reopen().unwrap();
    assert_eq!(get(&store, b"a").unwrap().as_deref(), Some(b"1".as_slice()));
    put(&store, b"b", b"2").unwrap();
    assert_eq!(get(&store, b"b").unwrap().as_deref(), Some(b"2".as_slice()));
}

#[test]
fn a_store_on_a_medium_that_was_handed_over_is_closed_by_reopening_it() {
    let store = Store::on(InMemoryBackend::new(), CACHE).unwrap();
    put(&store, b"a", b"1").unwrap();
    assert!(matches!(store.reopen(), Err(StoreError::Closed(_))));
    assert!(matches!(get(&store, b"a"), Err(StoreError::Closed(_))));
}

#[test]
fn work_that_fails_leaves_nothing_behind() {
    let store = Store::on(InMemoryBackend::new(), CACHE).unwrap();
    let failed = store.write(Commit::Append, |writing| {
        writing.table("t")?.put(b"a", b"1")?;
        Err::<(), _>(StoreError::Closed(PathBuf::new()))
    });
    assert!(failed.is_err());
    assert_eq!(get(&store, b"a").unwrap(), None);
}

#[test]
fn a_crash_keeps_what_was_synced_and_only_that_for_certain() {
    let disk = FaultyDisk::default();
    StorageBackend::write(&disk, 0, &[1; 1024]).unwrap();
    disk.sync_data().unwrap();
    StorageBackend::write(&disk, 0, &[2; 1024]).unwrap();
    let read = |kept| {
        let mut found = [0; 1024];
        disk.crash(kept, &mut Dice(3)).read(0, &mut found).unwrap();
        found
    };
    assert_eq!(read(Kept::None), [1; 1024]);
    assert_eq!(read(Kept::All), [2; 1024]);
    disk.break_it(Fault::DropsSync(1));
    disk.sync_data().unwrap();
    assert_eq!(read(Kept::None), [1; 1024], "a sync that was dropped keeps nothing");
    disk.break_it(Fault::None);
    disk.sync_data().unwrap();
    assert_eq!(read(Kept::None), [2; 1024]);
}

#[test]
fn a_snapshot_shows_one_state_in_steps_and_ends_when_the_store_is_opened_again() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("t.redb");
    let store = Store::create(&path, CACHE, |_writing| Ok::<_, StoreError>(())).unwrap();
    put(&store, b"a", b"1").unwrap();
    let snapshot = store.snapshot().unwrap();
    let read = |key: &[u8]| snapshot.read(|read| read.table("t")?.get(key));
    put(&store, b"b", b"2").unwrap();
    assert_eq!(read(b"a").unwrap().as_deref(), Some(b"1".as_slice()));
    assert_eq!(read(b"b").unwrap(), None);
    let named = snapshot.read(|read| Ok::<_, StoreError>(read.tables()?.join(" ")));
    assert_eq!(named.unwrap(), "t");
    // Nobody who opens the file again waits for it.
    store.reopen().unwrap();
    assert!(matches!(read(b"a"), Err(StoreError::Closed(_))), "{:?}", read(b"a"));
    assert_eq!(get(&store, b"b").unwrap().as_deref(), Some(b"2".as_slice()));
}

#[test]
fn a_panic_over_damage_is_a_damaged_file() {
    let store = Store::on(InMemoryBackend::new(), CACHE).unwrap();
    let read = store.read(|_read| -> Result<(), StoreError> { panic!("no such kind of page") });
    assert!(matches!(&read, Err(StoreError::Corrupt { reason, .. }) if reason.contains("kind")));
}
