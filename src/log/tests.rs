//! What the log promises: each poll once, in order, unaltered, whatever happens to the disk.

mod crashes;
mod damage;
mod failures;
mod forgetting;
mod histories;
mod salvage;
mod salvage_sealed;
mod sealing;
mod sealing_twice;
mod times;
mod versions;

use std::collections::BTreeMap;

use super::*;
use crate::event::{
    AskedFor, Batch, Cost, Event, Known, NewBatch, NewText, Notice, NoticeKind, Origin, Owner,
    PollHead, PollId, PollSucceeded, SpaceDescribed, SpaceKnown, SpaceObserved, Text, Wanted,
};
use crate::space::{Endpoint, SpaceId, SpaceState};
use crate::store::faults::FaultyDisk;
use crate::store::{Commit, InMemoryBackend};

const NEW: NewLog = NewLog { created_at: Moment(1_000), simulated: None };

fn entropy() -> Entropy {
    Entropy::Seeded { seed: 7, drawn: 0 }
}

fn in_memory() -> Log {
    Log::on(InMemoryBackend::new(), &NEW, entropy()).unwrap()
}

fn on(disk: &FaultyDisk) -> Result<Log, LogError> {
    let disk = disk.clone();
    Log::on_reopenable(move || disk.clone(), &NEW, entropy())
}

fn space() -> SpaceId {
    "1YqKDqWqdPLxV".parse().unwrap()
}

/// When poll `number` was observed.
fn at(number: u64) -> Moment {
    Moment(10_000 + 1_000 * i64::try_from(number).unwrap())
}

fn poll_id(number: u64) -> PollId {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&number.to_be_bytes());
    PollId(id)
}

/// One poll: a look at one Space, every third time with a new title, every fourth with a notice.
fn poll(number: u64) -> NewBatch {
    let id = space();
    let mut events = vec![Event::PollSucceeded(PollSucceeded {
        head: PollHead {
            origin: Origin::Live,
            endpoint: Endpoint::Spaces,
            asked: AskedFor::InBatch { first: id, count: 1 },
            sent_at: Some(at(number)),
            credential: "default".to_owned(),
            holding_ms: Some(20_000),
            repeats: 0,
        },
        status: Some(200),
        returned: 1,
        new_spaces: 0,
        unreadable: 0,
        rate: None,
        cost: Cost::default(),
    })];
    let mut texts = Vec::new();
    if number.is_multiple_of(3) {
        let title = Text::Space { title: Some(format!("title {number}")), extra: None };
        let text = NewText::new(Owner::Space(id), title, poll_id(number).0);
        events.push(described(id, text.reference));
        texts.push(text);
    }
    events.push(Event::SpaceObserved(SpaceObserved {
        space: id,
        state: Some(SpaceState::Live),
        participants: Some(number),
        subscribers: None,
        speakers: None,
    }));
    let mut known = Known::default();
    let row = SpaceKnown { first_seen: Some(at(number)), ..SpaceKnown::default() };
    known.spaces.insert(id, row);
    let notices = if number.is_multiple_of(4) { vec![notice(number)] } else { Vec::new() };
    let poll_id = Some(poll_id(number));
    NewBatch { monitor: None, poll_id, observed_at: at(number), events, texts, known, notices }
}

fn described(space: SpaceId, text: crate::event::TextRef) -> Event {
    Event::SpaceDescribed(SpaceDescribed {
        space,
        text: Some(text),
        creator: None,
        hosts: None,
        invited: None,
        topics: None,
        lang: None,
        is_ticketed: None,
        created_at: None,
        scheduled_start: None,
        started_at: None,
        ended_at: None,
    })
}

fn notice(number: u64) -> Notice {
    Notice {
        kind: NoticeKind::Live,
        space: space(),
        title: Some(format!("title {number}")),
        host: None,
        followers: None,
        participants: Some(number),
        starts: None,
        ran: (None, None),
        inferred: false,
    }
}

fn append(log: &mut Log, number: u64) -> Result<Appended, LogError> {
    log.append(&poll(number), at(number))
}

fn filled(polls: u64) -> Log {
    let mut log = in_memory();
    for number in 0..polls {
        append(&mut log, number).unwrap();
    }
    log
}

fn all(log: &Log) -> Result<Vec<Batch>, LogError> {
    log.reader().batches(1, usize::MAX)
}

/// Returns what is wrong with a log that has acknowledged these polls, if anything is.
fn wrong(log: &Log, acknowledged: &[u64]) -> Result<(), String> {
    let mut check = LogCheck::new(log.reader());
    while check.step().map_err(|fault| format!("{fault}: {}", fault.source))? {}
    if (check.seq(), check.chain()) != (log.head().seq, log.head().chain) {
        return Err("the check ends elsewhere than the log".to_owned());
    }
    let mut copies: BTreeMap<PollId, u32> = BTreeMap::new();
    let mut next = 1;
    for batch in all(log).map_err(|error| error.to_string())? {
        if batch.first_seq != next {
            return Err(format!("seq {next} is missing"));
        }
        next = batch.last_seq() + 1;
        *copies.entry(batch.poll_id.unwrap()).or_default() += 1;
        // A poll's title came with it, and is there as long as nobody forgets it.
        let number = batch.poll_id.map(|id| u64::from_be_bytes(*id.0.first_chunk().unwrap()));
        if batch.texts.len() != poll(number.unwrap()).texts.len() {
            return Err(format!("a text of poll {number:?} is gone"));
        }
    }
    if let Some((id, count)) = copies.iter().find(|(_, count)| **count > 1) {
        return Err(format!("{count} copies of poll {id}"));
    }
    match acknowledged.iter().find(|number| !copies.contains_key(&poll_id(**number))) {
        Some(number) => Err(format!("acknowledged poll {number} is lost")),
        None => Ok(()),
    }
}

#[test]
fn a_batch_reads_back_as_it_was_appended_with_its_texts() {
    let log = filled(4);
    let batches = all(&log).unwrap();
    assert_eq!(batches.iter().map(|batch| batch.first_seq).collect::<Vec<_>>(), [1, 4, 6, 8]);
    for (number, batch) in (0..).zip(&batches) {
        let appended = poll(number);
        assert_eq!(batch.events, appended.events);
        assert_eq!((batch.observed_at, batch.recorded_at), (at(number), at(number)));
        for text in &appended.texts {
            assert_eq!(batch.text(&text.reference), Some(&text.text));
        }
    }
    let inside = log.reader().batches(5, 1).unwrap();
    assert_eq!(inside, [batches[1].clone()], "a seq inside a batch gives the batch");
    assert_eq!(log.reader().batches(11, 9).unwrap(), []);
}

#[test]
fn a_poll_that_is_appended_again_is_not_stored_again() {
    let mut log = filled(3);
    let head = log.head();
    assert!(matches!(append(&mut log, 1), Ok(Appended::Duplicate(4))));
    assert_eq!(log.head(), head);
    assert!(matches!(append(&mut log, 3), Ok(Appended::Stored(batch)) if batch.first_seq == 8));
    wrong(&log, &[0, 1, 2, 3]).unwrap();
}

#[test]
fn an_act_of_the_monitor_that_is_appended_again_is_not_stored_again() {
    let mut log = filled(1);
    let events = vec![Event::ClockStepped { by_ms: 5 }];
    let act = NewBatch { observed_at: at(9), events, ..NewBatch::default() };
    assert!(matches!(log.append(&act, at(9)), Ok(Appended::Stored(_))));
    assert!(matches!(log.append(&act, at(10)), Ok(Appended::Duplicate(4))));
}

#[test]
fn recorded_time_never_goes_back_when_the_clock_does() {
    let mut log = in_memory();
    for (number, now) in [(0, 5_000), (1, 9_000), (2, 4_000), (3, 9_500)] {
        log.append(&poll(number), Moment(now)).unwrap();
    }
    let recorded: Vec<i64> = all(&log).unwrap().iter().map(|batch| batch.recorded_at.0).collect();
    assert_eq!(recorded, [5_000, 9_000, 9_000, 9_500]);
    wrong(&log, &[]).unwrap();
}

#[test]
fn a_moment_is_found_as_the_first_seq_recorded_at_or_after_it() {
    let log = filled(40);
    let batches = all(&log).unwrap();
    let reader = log.reader();
    assert_eq!(reader.seq_at(Moment(i64::MIN)).unwrap(), 1);
    assert_eq!(reader.seq_at(Moment(i64::MAX)).unwrap(), log.head().seq + 1);
    for batch in &batches {
        assert_eq!(reader.seq_at(batch.recorded_at).unwrap(), batch.first_seq);
        assert_eq!(reader.seq_at(batch.recorded_at.plus(1)).unwrap(), batch.last_seq() + 1);
    }
    assert_eq!(in_memory().reader().seq_at(Moment(0)).unwrap(), 1);
}

#[test]
fn a_notice_waits_in_the_outbox_until_it_is_said_to_be_printed() {
    let mut log = filled(5);
    let waiting = |log: &Log| {
        let found = log.reader().outbox().unwrap();
        found.into_iter().map(|(key, notice)| (key, notice.participants)).collect::<Vec<_>>()
    };
    assert_eq!(waiting(&log), [((1, 0), Some(0)), ((11, 0), Some(4))]);
    log.printed((1, 0)).unwrap();
    append(&mut log, 5).unwrap();
    assert_eq!(log.reader().outbox().unwrap(), [((11, 0), notice(4))]);
    log.printed((11, 0)).unwrap();
    assert_eq!(waiting(&log), []);
}

#[test]
fn a_space_is_open_until_it_is_known_to_be_over() {
    let mut log = filled(1);
    assert_eq!(log.reader().open_spaces().unwrap().len(), 1);
    let mut over = poll(1);
    let row = over.known.spaces.get_mut(&space()).unwrap();
    row.state = Some(SpaceState::Ended);
    log.append(&over, at(1)).unwrap();
    assert_eq!(log.reader().open_spaces().unwrap(), []);
    let wanted = Wanted { spaces: vec![space()], ..Wanted::default() };
    assert_eq!(log.known(&wanted).unwrap().spaces, over.known.spaces);
    append(&mut log, 2).unwrap();
    assert_eq!(log.reader().open_spaces().unwrap().len(), 1, "seen again, it is open again");
}

#[test]
fn a_log_in_a_file_is_whole_after_it_was_closed_and_opened() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("log.redb");
    let mut log = Log::create(&path, &NEW).unwrap();
    for number in 0..3 {
        append(&mut log, number).unwrap();
    }
    let (head, header) = (log.head(), log.header().clone());
    assert!(matches!(Log::open(&path), Err(LogError::Store(StoreError::Locked(_)))));
    log.close().unwrap();
    let log = Log::open(&path).unwrap();
    assert_eq!((log.head(), log.header()), (head, &header));
    wrong(&log, &[0, 1, 2]).unwrap();
    assert!(!home.path().join("log.redb.new").exists());
}

#[test]
fn a_file_that_is_no_log_is_refused() {
    let store = Store::on(InMemoryBackend::new(), 1 << 20).unwrap();
    assert!(matches!(Log::over(store, entropy()), Err(LogError::Foreign)));
}
