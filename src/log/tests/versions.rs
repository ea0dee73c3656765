//! Logs of other formats: an older one is raised before anything is appended, a newer one is read
//! and not touched.

use std::fs;
use std::path::Path;

use super::*;
use crate::event::Watched;
use crate::store::faults::{Dice, Fault, Kept};

/// The log's tables.
const TABLES: [&str; 7] =
    [keys::META, keys::TAIL, keys::POLLS, keys::TEXTS, keys::KNOWN, keys::OPEN, keys::OUTBOX];

/// A log of format 1 as it was written: the chain hash at its end, then a row a line.
const LOG_V1: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/log_v1.snap");

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<char> = hex.chars().collect();
    let byte = |pair: &[char]| u8::from_str_radix(&pair.iter().collect::<String>(), 16).unwrap();
    digits.chunks(2).map(byte).collect()
}

/// Writes the rows of a golden file, and returns the chain hash that is to be at their end.
fn restore(store: &Store, file: &str) -> [u8; 32] {
    let text = fs::read_to_string(file).unwrap();
    let chain = text.lines().find_map(|line| line.strip_prefix("chain ")).unwrap();
    let rows = text.lines().filter_map(|line| line.split_once(" = "));
    let written: Result<(), StoreError> = store.write(Commit::Append, |writing| {
        for (place, value) in rows {
            let (table, key) = place.split_once(' ').unwrap();
            let table = TABLES.into_iter().find(|name| *name == table).unwrap();
            writing.table(table)?.put(&bytes(key), &bytes(value))?;
        }
        Ok(())
    });
    written.unwrap();
    bytes(chain).try_into().unwrap()
}

/// A disk with a log of format 1 on it, closed well.
fn old() -> (FaultyDisk, [u8; 32]) {
    let disk = FaultyDisk::default();
    let store = open(&disk);
    let chain = restore(&store, LOG_V1);
    store.close().unwrap();
    (disk, chain)
}

fn open(disk: &FaultyDisk) -> Store {
    let disk = disk.clone();
    Store::on_reopenable(move || disk.clone(), CACHE_BYTES).unwrap()
}

fn checked(log: &Log) {
    let mut check = LogCheck::new(log.reader());
    while check.step().unwrap() {}
    check.rows().unwrap();
    assert_eq!((check.seq(), check.chain()), (log.head().seq, log.head().chain));
}

#[test]
fn a_log_of_format_1_opens_for_ever_with_all_that_was_in_it() {
    let (disk, chain) = old();
    let log = Log::over(open(&disk), entropy()).unwrap();
    assert_eq!((log.head().seq, log.head().chain), (17, chain));
    checked(&log);
    let batches = all(&log).unwrap();
    let Event::MonitorStarted(started) = &batches[0].events[0] else { panic!("another event") };
    assert_eq!((started.version.as_str(), &started.origin), ("0.1.0", &None));
    let Event::WatchChanged { watched: Watched::Query(query), .. } = &batches[0].events[1] else {
        panic!("another event");
    };
    assert_eq!(batches[0].text(query).and_then(Text::line), Some("climate"));
    for (number, batch) in (0..6).zip(&batches[1..]) {
        assert_eq!((&batch.events, batch.observed_at), (&poll(number).events, at(number)));
        assert_eq!(batch.texts.len(), poll(number).texts.len());
    }
    assert_eq!(log.reader().outbox().unwrap(), [((3, 0), notice(0)), ((13, 0), notice(4))]);
    assert_eq!(log.reader().open_spaces().unwrap().len(), 1);
}

#[test]
fn a_log_of_format_1_says_that_it_has_todays_format_before_anything_is_appended() {
    let (disk, _chain) = old();
    let header = newer::header(&open(&disk)).unwrap();
    assert_eq!(header.format, 1);
    let mut log = Log::over(open(&disk), entropy()).unwrap();
    assert_eq!(*log.header(), Header { format: FORMAT, ..header });
    assert_eq!(newer::header(&log.store).unwrap(), *log.header());
    assert!(matches!(append(&mut log, 2), Ok(Appended::Duplicate(8))), "it holds each poll once");
    append(&mut log, 6).unwrap();
    log.close().unwrap();
    let log = Log::over(open(&disk), entropy()).unwrap();
    assert_eq!((log.header().format, log.head().seq), (FORMAT, 20));
    checked(&log);
}

#[test]
fn a_crash_while_a_log_is_raised_leaves_it_whole_in_one_format_or_the_other() {
    let (begun, chain) = old();
    let (mut dice, mut images, mut raised) = (Dice(11), 0, [0, 0]);
    for crash in 1..200 {
        let disk = begun.crash(Kept::All, &mut dice);
        let store = open(&disk);
        disk.break_it(Fault::From(crash));
        let opened = Log::over(store, entropy());
        if disk.operations() < crash {
            break;
        }
        for kept in [Kept::None, Kept::All, Kept::Some, Kept::Torn] {
            let image = disk.crash(kept, &mut dice);
            images += 1;
            let found = newer::header(&open(&image)).unwrap().format;
            assert!(
                found == FORMAT || (found == 1 && opened.is_err()),
                "{crash}, {kept:?}: {found}"
            );
            raised[usize::from(found == FORMAT)] += 1;
            let mut log = Log::over(open(&image), entropy()).unwrap();
            assert_eq!((log.header().format, log.head().chain), (FORMAT, chain));
            append(&mut log, 6).unwrap();
            checked(&log);
        }
    }
    assert!(images >= 20 && raised[0] > 0 && raised[1] > 0, "{images} images, {raised:?} raised");
}

/// Makes a log of three polls in a file that says that it has this format.
fn log_of(path: &Path, format: u32) -> Head {
    let mut log = Log::create(path, &NEW).unwrap();
    (0..3).for_each(|number| drop(append(&mut log, number).unwrap()));
    let (head, header) = (log.head(), Header { format, ..log.header().clone() });
    log.close().unwrap();
    rewrite(path, keys::META, keys::HEADER, &codec::encode_header(&header));
    head
}

fn rewrite(path: &Path, table: &'static str, key: &[u8], value: &[u8]) {
    let store = Store::open(path, CACHE_BYTES).unwrap();
    store.write(Commit::Append, |writing| writing.table(table)?.put(key, value)).unwrap();
    store.close().unwrap();
}

#[test]
fn a_newer_log_is_not_opened_to_be_written_and_is_read_without_a_byte_being_changed() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("log.redb");
    let head = log_of(&path, 99);
    let before = fs::read(&path).unwrap();
    assert!(matches!(Log::open(&path), Err(LogError::Newer(99))));
    let reader = Reader::open_read_only(&path).unwrap();
    assert_eq!((reader.header().format, reader.head().unwrap()), (99, head));
    let another = Reader::open_read_only(&path).unwrap();
    assert_eq!(another.batches(1, 9).unwrap(), reader.batches(1, 9).unwrap());
    let refused: Result<(), StoreError> = reader.store().write(Commit::Append, |_writing| Ok(()));
    assert!(matches!(refused, Err(StoreError::ReadOnly(_))));
    assert!(matches!(Store::open(&path, CACHE_BYTES), Err(StoreError::Locked(_))));
    drop((reader, another));
    assert_eq!(fs::read(&path).unwrap(), before);
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
}

#[test]
fn a_newer_log_that_was_not_closed_well_is_read_without_a_byte_being_changed() {
    let home = tempfile::tempdir().unwrap();
    let (path, crashed) = (home.path().join("log.redb"), home.path().join("crashed.redb"));
    log_of(&path, 99);
    let store = Store::open(&path, CACHE_BYTES).unwrap();
    store.write(Commit::Append, |it| it.table(keys::META)?.put(b"later", b"")).unwrap();
    // As `kill -9` leaves it: the writer is still at it.
    fs::copy(&path, &crashed).unwrap();
    store.close().unwrap();
    let before = fs::read(&crashed).unwrap();
    assert!(matches!(Log::open(&crashed), Err(LogError::Newer(99))));
    let reader = Reader::open_read_only(&crashed).unwrap();
    assert_eq!(reader.batches(1, 9).unwrap().len(), 3);
    assert!(matches!(Store::open(&crashed, CACHE_BYTES), Err(StoreError::Locked(_))));
    drop(reader);
    assert_eq!(fs::read(&crashed).unwrap(), before);
}

#[test]
fn a_log_that_somebody_writes_to_is_not_read_beside_him() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("log.redb");
    log_of(&path, FORMAT);
    let log = Log::open(&path).unwrap();
    let refused = Reader::open_read_only(&path).map(drop);
    assert!(matches!(refused, Err(LogError::Store(StoreError::Locked(_)))), "{refused:?}");
    drop(log);
}

#[test]
fn an_event_of_a_later_version_is_named_by_its_seq_and_never_skipped() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("log.redb");
    log_of(&path, 99);
    let batch = Reader::open_read_only(&path).unwrap().batches(4, 1).unwrap().pop().unwrap();
    let mut later = codec::canonical(&Batch {
        events: vec![Event::ClockStepped { by_ms: 0 }],
        texts: BTreeMap::new(),
        ..batch.clone()
    });
    let tag = later.len() - 2;
    later[tag] = 99;
    rewrite(&path, keys::TAIL, &keys::seq(4), &codec::encode_batch(&batch.chain, &later));
    let reader = Reader::open_read_only(&path).unwrap();
    assert_eq!(reader.batches(1, 1).unwrap().len(), 1, "what comes before it is there");
    let error = reader.batches(1, 9).unwrap_err();
    assert!(error.is_newer());
    let says = "the record of seq 4 is of a later version than this program reads";
    assert_eq!(error.to_string(), says);
}
