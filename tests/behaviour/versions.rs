//! Logs of other formats: older ones go on, newer ones are read and left as they are.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use spacelog::event::Event;
use spacelog::event::codec::{canonical, decode_batch, decode_header, encode_batch, encode_header};
use spacelog::store::{Commit, Store, StoreError};

use super::program::Folder;
use super::refusals::refused;
use super::x::{X, space};

/// A log of format 1, row by row, as it was written.
const LOG_V1: &str = include_str!("../../snapshots/log_v1.snap");

/// The log's tables.
const TABLES: [&str; 7] = ["meta", "tail", "polls", "texts", "known", "open", "outbox"];

/// The format of what this program writes.
const FORMAT: u32 = 4;

fn open(folder: &Folder) -> Store {
    Store::open(&folder.data().join("log.redb"), 1 << 20).unwrap()
}

fn header_format(store: &Store) -> u32 {
    let header = store.read(|read| read.table("meta")?.get(b"header")).unwrap();
    decode_header(&header.unwrap()).unwrap().format
}

/// Lets the log say that it has format 99.
fn make_newer(folder: &Folder) {
    let store = open(folder);
    let changed: Result<(), StoreError> = store.write(Commit::Append, |writing| {
        let mut meta = writing.table("meta")?;
        let mut header = decode_header(&meta.get(b"header")?.unwrap()).unwrap();
        header.format = 99;
        meta.put(b"header", &encode_header(&header))
    });
    changed.unwrap();
    store.close().unwrap();
}

/// Everything under a folder: each file's bytes.
fn contents(home: &Path) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    let mut found = BTreeMap::new();
    let mut paths = vec![home.to_owned()];
    while let Some(path) = paths.pop() {
        for entry in fs::read_dir(path).unwrap() {
            let path = entry.unwrap().path();
            let is_dir = path.is_dir();
            found.insert(path.clone(), (!is_dir).then(|| fs::read(&path).unwrap()));
            paths.extend(is_dir.then_some(path));
        }
    }
    found
}

/// A folder with a Space that ended, and one announced.
fn begun() -> Folder {
    let folder = Folder::new();
    let look = |at: &'static str, state: &str, count| {
        let body =
            json!({"data": [space("1over", state, count), space("1soon", "scheduled", None)]});
        (at, "/2/spaces", body)
    };
    folder.take_in(&[
        look("2026-11-23T18:10:00Z", "live", Some(3)),
        look("2026-11-23T18:11:00Z", "live", Some(9)),
        look("2026-11-23T18:12:00Z", "ended", Some(7)),
    ]);
    folder
}

const QUESTIONS: [&[&str]; 10] = [
    &["spaces"],
    &["space", "1over"],
    &["curve", "1over"],
    &["curve", "1over", "--step", "1m"],
    &["hosts"],
    &["keywords"],
    &["polls"],
    &["gaps"],
    &["events"],
    &["events", "--space", "1over"],
];

#[test]
fn a_newer_log_answers_every_question_as_before_and_not_a_byte_of_its_folder_changes() {
    let folder = begun();
    let answers: Vec<Vec<Value>> = QUESTIONS.iter().map(|it| folder.rows(it)).collect();
    make_newer(&folder);
    let before = contents(folder.home());
    let note =
        format!("the log has format 99, newer than this program's {FORMAT}: it is read only");
    for (question, expected) in QUESTIONS.iter().zip(&answers) {
        let output = folder.run(&[question, &["--json"][..]].concat());
        assert_eq!(output.code, Some(0), "{question:?}: {output:#?}");
        let rows: Vec<Value> = serde_json::from_str(&output.out).unwrap();
        assert_eq!(&rows, expected, "{question:?}");
        assert_eq!(output.err.matches(&note).count(), 1, "{question:?}: {output:#?}");
        let table = folder.run(question);
        assert_eq!(table.err.matches(&note).count(), 1, "{question:?}: {table:#?}");
        assert!(!table.err.contains("behind the log"), "{table:#?}");
    }
    let status = folder.run(&["status", "--json"]);
    assert!(status.out.contains("\"running\":false") && status.err.contains(&note), "{status:#?}");
    let verify = folder.run(&["verify"]);
    assert_eq!(verify.code, Some(0), "{verify:#?}");
    assert!(verify.err.contains(&note) && verify.err.contains("0 views"), "{verify:#?}");
    assert!(contents(folder.home()) == before, "something in the folder changed");
}

#[test]
fn nothing_is_written_to_a_newer_log_and_whoever_wants_to_is_told_what_to_do() {
    let (folder, x) = (begun(), X::new());
    let url = x.url();
    let body = folder.file("body.json", r#"{"data": [{"id": "1abc", "state": "live"}]}"#);
    make_newer(&folder);
    let before = contents(folder.home());
    let run = ["run", "--api-url", &url, "--query", "coast", "--once"];
    let import = ["import", "bodies", &body];
    let to = folder.home().join("elsewhere").display().to_string();
    let (backup, salvage) = (["backup", &to], ["verify", "--salvage", &to]);
    let forget = ["forget", "--user", "7", "--yes"];
    for args in [
        &run[..],
        &import,
        &["rebuild"],
        &["rebuild", "curves"],
        &["demo", "--for", "1s"],
        &backup,
        &salvage,
        &forget,
    ] {
        refused(&folder.run(args), 6, &["format 99", "newer than", "hint: use a newer spacelog"]);
    }
    assert_eq!(x.asked("/2/spaces/search"), 0);
    assert!(contents(folder.home()) == before, "something in the folder changed");
}

#[test]
fn an_event_that_only_a_newer_program_knows_is_named_and_never_skipped() {
    let folder = begun();
    let store = open(&folder);
    let mut rows = Vec::new();
    let read: Result<(), StoreError> = store.read(|read| {
        read.table("tail")?.scan(&[], None, |key, record| {
            rows.push((key.to_vec(), record.to_vec()));
            Ok(true)
        })
    });
    read.unwrap();
    // One in the middle: what follows could be read.
    let (key, record) = &rows[1];
    let mut batch = decode_batch(record).unwrap();
    batch.events = vec![Event::ClockStepped { by_ms: 0 }];
    let mut later = canonical(&batch);
    let tag = later.len() - 2;
    later[tag] = 77;
    let (seq, later) = (batch.first_seq, encode_batch(&batch.chain, &later));
    store.write(Commit::Append, |it| it.table("tail")?.put(key, &later)).unwrap();
    store.close().unwrap();
    make_newer(&folder);
    let before = contents(folder.home());
    let says = format!("the record of seq {seq} is of a later version");
    for args in QUESTIONS.iter().chain(&[&["status"][..], &["verify"]]) {
        refused(&folder.run(args), 6, &[&says, "hint: use a newer spacelog"]);
        let args = [args, &["--json"][..]].concat();
        refused(&folder.run(&args), 6, &[&says]);
    }
    assert!(contents(folder.home()) == before, "something in the folder changed");
}

#[test]
fn a_log_of_format_1_is_asked_and_goes_on_in_this_programs_format() {
    let (folder, x) = (Folder::new(), X::new());
    fs::create_dir(folder.data()).unwrap();
    let bytes = |hex: &str| -> Vec<u8> {
        let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
        (0..hex.len()).step_by(2).map(byte).collect()
    };
    let made = Store::create(&folder.data().join("log.redb"), 1 << 20, |writing| {
        for (place, value) in LOG_V1.lines().filter_map(|line| line.split_once(" = ")) {
            let (table, key) = place.split_once(' ').unwrap();
            let table = TABLES.into_iter().find(|name| *name == table).unwrap();
            writing.table(table)?.put(&bytes(key), &bytes(value))?;
        }
        Ok::<_, StoreError>(())
    });
    let store = made.unwrap();
    assert_eq!(header_format(&store), 1);
    store.close().unwrap();
    let started = |folder: &Folder| folder.rows(&["events", "--kind", "MonitorStarted"]);
    assert_eq!(started(&folder)[0]["data"]["origin"], Value::Null, "nobody said");
    assert!(started(&folder)[0]["data"].as_object().unwrap().contains_key("origin"));
    folder.well(&["run", "--api-url", &x.url(), "--query", "coast", "--once"]);
    assert_eq!(header_format(&open(&folder)), FORMAT);
    let started = started(&folder);
    assert_eq!(started.len(), 2);
    assert_eq!(started[1]["data"]["origin"], x.url(), "whom the monitor asked");
    assert_eq!(folder.space("1YqKDqWqdPLxV")["title"], "title 3");
    folder.hold();
}
