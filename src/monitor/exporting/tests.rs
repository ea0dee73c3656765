//! Exports of a log in a folder of its own: broken off, sealed meanwhile.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::*;
use crate::event::{
    AskedFor, Cost, Event, NewBatch, Origin, PollHead, PollSucceeded, SpaceMissing, SpaceObserved,
};
use crate::export::place::Access;
use crate::log::{Log, NewLog};
use crate::serve::Reply;
use crate::space::{Endpoint, Moment, SpaceId, SpaceState, UserId};

const HOUR_MS: i64 = 3_600_000;

fn poll(number: i64) -> Event {
    let head = PollHead {
        origin: Origin::Live,
        endpoint: if number % 2 == 0 { Endpoint::Search } else { Endpoint::Spaces },
        asked: AskedFor::Unknown,
        sent_at: None,
        credential: "default".to_owned(),
        holding_ms: (number % 3 > 0).then_some(60_000),
        repeats: 0,
    };
    Event::PollSucceeded(PollSucceeded {
        head,
        status: Some(200),
        returned: 3,
        new_spaces: 0,
        unreadable: 0,
        rate: None,
        cost: Cost::default(),
    })
}

/// One Space in one poll; with the numbers, all that X may say or leave out comes up.
fn observed(poll: i64, space: i64) -> Event {
    let id: SpaceId = ["1a", "1b", "1c"][usize::try_from(space).unwrap()].parse().unwrap();
    let number = u64::try_from(poll * 3 + space).unwrap();
    let states = [
        Some(SpaceState::Live),
        None,
        Some(SpaceState::Live),
        Some(SpaceState::Other("TimedOut".to_owned())),
        Some(SpaceState::Live),
    ];
    Event::SpaceObserved(SpaceObserved {
        space: id,
        state: states[usize::try_from(number % 5).unwrap()].clone(),
        participants: (number % 4 > 0).then_some(number * 7 % 90),
        subscribers: (number % 7 > 2).then_some(number / 10),
        speakers: (number % 6 > 1).then(|| (0..number % 3).map(UserId).collect()),
    })
}

/// A log over some days in a folder of its own.
fn log(home: &Path) -> Log {
    let new = NewLog { created_at: Moment(0), simulated: None };
    let mut log = Log::create(&home.join("log.redb"), &new).unwrap();
    for number in 0..200 {
        let mut events = vec![poll(number)];
        events.extend((0..3).map(|space| observed(number, space)));
        if number % 50 == 7 {
            let problem = Some("resource-not-found".to_owned());
            events
                .push(Event::SpaceMissing(SpaceMissing { space: "1a".parse().unwrap(), problem }));
        }
        // Some answers are recorded later than others that came after them.
        let at = Moment((number - number % 10 * 3).max(0) * HOUR_MS);
        let batch = NewBatch { observed_at: at, events, ..NewBatch::default() };
        log.append(&batch, Moment(number * HOUR_MS)).unwrap();
    }
    log
}

/// Exports a log; a report so many reports on breaks it off.
fn export(log: &Log, to: &Path, mut reports: u32) -> Result<Sheet, Refusal> {
    let reader = log.reader();
    let views = Views::in_memory(&reader).unwrap();
    let (form, go_on) = (ExportForm::Parquet { partition_by: "day".to_owned() }, || true);
    let to = to.to_str().unwrap().to_owned();
    let export = Export { to, form, since: None, until: None, access: Access::default() };
    let mut reply = |_reply: Reply| {
        reports = reports.saturating_sub(1);
        reports > 0
    };
    let mut reports = Reports::new(&mut reply, &go_on);
    Exporting { reader: &reader, views: &views, live: false }.make(&export, &mut reports)
}

/// Every file of an export, with its bytes.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.insert(path.to_str().unwrap().to_owned(), fs::read(path).unwrap());
        }
    }
    found
}

/// The same, by the paths within the folder.
fn content(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let within = |path: String| path[folder.to_str().unwrap().len()..].to_owned();
    files(folder).into_iter().map(|(path, bytes)| (within(path), bytes)).collect()
}

#[test]
fn an_export_that_is_broken_off_leaves_nothing_wherever_that_is() {
    let home = tempfile::tempdir().unwrap();
    let (log, to) = (log(home.path()), home.path().join("out/tables"));
    let mut reports = 1;
    while let Err(refusal) = export(&log, &to, reports) {
        assert!(refusal.message.contains("broken off"), "{refusal:?}");
        assert!(!home.path().join("out").exists(), "after {reports} reports");
        reports += 1;
    }
    assert!(reports > 10, "it was broken off {reports} times");
    assert!(to.join("views.sql").exists());
}

#[test]
fn a_log_gives_the_same_bytes_whether_it_is_sealed_or_not() {
    let home = tempfile::tempdir().unwrap();
    let mut log = log(home.path());
    let places = ["tail", "half", "whole"].map(|name| home.path().join(name));
    export(&log, &places[0], u32::MAX).unwrap();
    log.seal(70).unwrap();
    export(&log, &places[1], u32::MAX).unwrap();
    log.seal(1).unwrap();
    export(&log, &places[2], u32::MAX).unwrap();
    let [tail, half, whole] = places.map(|place| content(&place));
    assert!(tail.len() > 20, "{:?}", tail.keys());
    for (path, bytes) in &tail {
        assert!(half[path] == *bytes && whole[path] == *bytes, "{path} differs");
    }
    assert_eq!((tail.len(), tail.len()), (half.len(), whole.len()));
}
