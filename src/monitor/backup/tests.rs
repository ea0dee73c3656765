//! How long an append takes, beside a backup and without one.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use super::*;
use crate::event::{Batch, Event, MonitorId, NewBatch, PollId, SpaceObserved};
use crate::log::{Adopted, NewLog};
use crate::monitor::reports::GoOn;
use crate::space::{Moment, SpaceId, SpaceState};

/// Observations in a poll.
const OBSERVATIONS: u64 = 100;

fn observations(number: u64) -> Vec<Event> {
    let observed = |place: u64| {
        let space: SpaceId = format!("1YqKDqWqd{:04}", (number + place) % 10_000).parse().unwrap();
        let speakers = (0..5).map(|it| crate::space::UserId(number * 31 + place + it)).collect();
        Event::SpaceObserved(SpaceObserved {
            space,
            state: Some(SpaceState::Live),
            participants: Some(number * 7 + place),
            subscribers: None,
            speakers: Some(speakers),
        })
    };
    (0..OBSERVATIONS).map(observed).collect()
}

fn poll_id(number: u64) -> PollId {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&number.to_be_bytes());
    PollId(id)
}

/// A log of so many polls.
fn filled(folder: &Folder, polls: u64) -> Log {
    let new = NewLog { created_at: Moment(0), simulated: None };
    let mut log = Log::create(&folder.log(), &new).unwrap();
    for part in 0..polls / 100 {
        let batch = |number: u64| Adopted {
            batch: Batch {
                first_seq: 0,
                monitor: MonitorId(1),
                poll_id: Some(poll_id(number)),
                observed_at: Moment(i64::try_from(number).unwrap()),
                recorded_at: Moment(i64::try_from(number).unwrap()),
                events: observations(number),
                texts: std::collections::BTreeMap::new(),
                chain: [0; 32],
            },
            texts: Vec::new(),
        };
        let some: Vec<Adopted> = (part * 100..part * 100 + 100).map(batch).collect();
        log.adopt(&some).unwrap();
    }
    log
}

/// Appends while `go_on`, every few milliseconds; returns the sorted microseconds that each took.
fn append(log: &mut Log, next: &mut u64, go_on: impl Fn() -> bool) -> Vec<u128> {
    let mut took = Vec::new();
    while go_on() {
        *next += 1;
        let at = Moment(i64::try_from(*next).unwrap());
        let (poll_id, events) = (Some(poll_id(*next)), observations(*next));
        let new = NewBatch { poll_id, observed_at: at, events, ..NewBatch::default() };
        let begun = Instant::now();
        log.append(&new, at).unwrap();
        took.push(begun.elapsed().as_micros());
        pause(Duration::from_millis(5));
    }
    took.sort_unstable();
    took
}

fn say(what: &str, took: &[u128]) {
    let at = |share: usize| took[(took.len() * share / 1_000).min(took.len() - 1)];
    println!(
        "{what}: {} appends, p50 {} µs, p90 {} µs, p99 {} µs, p99.9 {} µs",
        took.len(),
        at(500),
        at(900),
        at(990),
        at(999)
    );
}

#[test]
#[ignore = "prints figures, and takes a minute: cargo test --lib backup -- --ignored --nocapture"]
fn how_long_an_append_takes_beside_a_backup() {
    let home = tempfile::tempdir().unwrap();
    let folder = Folder::make(&home.path().join("data")).unwrap();
    let mut log = filled(&folder, 20_000);
    let reader = log.reader();
    let mut next = 1_000_000;
    for round in 0..3 {
        let begun = Instant::now();
        let usual = append(&mut log, &mut next, || begun.elapsed() < Duration::from_secs(10));
        say("usual ", &usual);
        let done = AtomicBool::new(false);
        let to = home.path().join(format!("backup-{round}"));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let begun = Instant::now();
                let go_on: Box<GoOn> = Box::new(|| true);
                let backup = Backup { reader: &reader, folder: &folder, to: &to, live: true };
                let mut heard = |_reply| true;
                let made = backup.make(&mut Reports::new(&mut heard, &go_on));
                done.store(true, Ordering::Relaxed);
                let bytes = Folder::existing(&to).unwrap().bytes();
                println!("backup: {bytes} bytes in {:?}, {}", begun.elapsed(), made.is_ok());
            });
            let beside = append(&mut log, &mut next, || !done.load(Ordering::Relaxed));
            say("beside", &beside);
        });
    }
}
