//! What is whole of a damaged log, in a new one that holds.

use super::damage::alter;
use super::*;
use crate::event::{AlertCursor, AlertMemory, AlertRows, Gap, GapCause, Letter, Occasion, TextRef};
use crate::space::UserId;

pub(super) fn of(log: &Log) -> Inspected {
    let whole_header = true;
    Inspected { reader: log.reader(), whole_header }
}

/// Salvages a log into a new one, which must hold.
pub(super) fn salvage(from: Inspected) -> (Log, Salvaged) {
    let mut salvage = Salvage::new(from, in_memory());
    while salvage.step().unwrap() {}
    let (log, found) = salvage.finish().unwrap();
    let mut check = LogCheck::new(log.reader());
    while check.step().unwrap() {}
    check.rows().unwrap();
    assert_eq!(check.seq(), log.head().seq);
    (log, found)
}

/// What a batch says, without its place.
fn said(batch: &Batch) -> Batch {
    Batch { first_seq: 0, chain: [0; 32], ..batch.clone() }
}

fn gap_of(batch: &Batch) -> Option<&Gap> {
    match batch.events.as_slice() {
        [Event::Gap(gap)] => Some(gap),
        _ => None,
    }
}

#[test]
fn a_whole_log_is_salvaged_whole_with_its_times_texts_and_what_was_known() {
    let log = filled(600);
    let (before, outbox) = (all(&log).unwrap(), log.reader().outbox().unwrap());
    let wanted = Wanted { spaces: vec![space()], ..Wanted::default() };
    let known = log.known(&wanted).unwrap();
    let (saved, found) = salvage(of(&log));
    let after = all(&saved).unwrap();
    assert_eq!(after, before, "the same log id, and so the same chain");
    assert!(!found.is_damaged(), "{found:?}");
    assert_eq!((found.batches, found.events), (600, before[599].last_seq()));
    assert_eq!(saved.known(&wanted).unwrap(), known);
    assert_eq!(saved.reader().open_spaces().unwrap().len(), 1);
    let notices = |rows: Vec<(NoticeKey, Notice)>| -> Vec<Notice> {
        rows.into_iter().map(|(_key, notice)| notice).collect()
    };
    assert_eq!(notices(saved.reader().outbox().unwrap()), notices(outbox));
}

/// Lets rules remember that they looked as far as this, and told of a Space.
fn judged(log: &mut Log, seq: u64) -> AlertRows {
    let at = Moment(7);
    let letter = Letter {
        alert: [9; 16],
        rule: 4,
        name: TextRef([1; 32]),
        occasion: Occasion::Live,
        space: Some(space()),
        user: None,
        at,
        figure: None,
        attempts: 2,
        next_at: at,
        is_dead: false,
    };
    let memory = AlertMemory { raised: 1, raised_at: Some(at), streak: 0, last: None };
    let rows = AlertRows {
        cursor: Some(AlertCursor { seq, since: at }),
        memories: vec![((4, Some(space())), Some(memory))],
        hosts: vec![(space(), Some(vec![UserId(3)]))],
        letters: vec![letter],
        ..AlertRows::default()
    };
    log.alert(None, &rows, at).unwrap();
    rows
}

#[test]
fn what_rules_remember_is_saved_so_that_no_alert_is_raised_twice() {
    let sound = all(&filled(9)).unwrap();
    let (looked, end) = (sound[5].last_seq(), sound[8].last_seq());
    for (cursor, lost, expected) in [
        (end, None, end),
        (looked, None, looked),
        // Of the batch that is lost there is a gap instead, one event.
        (looked, Some(2), looked + 1 - sound[2].events.len() as u64),
        // What is lost beyond what was looked at leaves all before as it was.
        (looked, Some(7), looked),
    ] {
        let mut log = filled(9);
        let rows = judged(&mut log, cursor);
        if let Some(place) = lost {
            alter(&log, keys::TAIL, &keys::seq(sound[place].first_seq), |mut row| {
                row[40] ^= 4;
                Some(row)
            });
        }
        let (saved, found) = salvage(of(&log));
        let reader = saved.reader();
        let mapped = AlertCursor { seq: expected, since: Moment(7) };
        assert_eq!(reader.alert_cursor().unwrap(), Some(mapped), "{lost:?}");
        assert_eq!(reader.alert_memory((4, Some(space()))).unwrap(), rows.memories[0].1);
        assert_eq!(reader.alert_hosts(space()).unwrap(), rows.hosts[0].1);
        assert_eq!(reader.letters(false, 9).unwrap(), rows.letters, "it still arrives");
        assert_eq!(found.lost_rows, 0, "{found:?}");
    }
    // A damaged row is lost and counted, and one under a foreign key is not carried to puzzle readers.
    let mut log = filled(9);
    judged(&mut log, end);
    let key = keys::alert_hosts(space());
    log.store
        .write(Commit::Append, |writing| {
            let mut alerts = writing.table(keys::ALERTS)?;
            let hosts = alerts.get(&key)?.unwrap();
            alerts.put(&[b"x", &key[1..]].concat(), &hosts)?;
            alerts.put(keys::ALERT_CURSOR, b"damaged")
        })
        .unwrap();
    let (saved, found) = salvage(of(&log));
    assert_eq!((found.lost_rows, saved.reader().alert_cursor().unwrap()), (2, None));
    assert_eq!(saved.reader().letters(true, 9).unwrap(), []);
    let log = filled(2);
    assert_eq!(salvage(of(&log)).0.reader().alert_cursor().unwrap(), None, "there were no rules");
}

#[test]
fn a_flipped_byte_anywhere_loses_that_batch_alone_and_leaves_a_gap() {
    let sound = all(&filled(9)).unwrap();
    for place in 0..9 {
        let log = filled(9);
        let (lost, events) = (sound[place].first_seq, sound[place].events.len() as u64);
        alter(&log, keys::TAIL, &keys::seq(lost), |mut row| {
            row[40] ^= 4;
            Some(row)
        });
        let (saved, found) = salvage(of(&log));
        let counts = (found.batches, found.lost_batches, found.lost_events, found.first_bad);
        // Of the last batch nobody can tell how many events it had.
        let least = if place == 8 { 1 } else { events };
        assert_eq!(counts, (8, 1, least, Some(lost)), "batch {place}");
        let (gaps, batches): (Vec<_>, Vec<_>) =
            all(&saved).unwrap().into_iter().partition(|batch| gap_of(batch).is_some());
        let expected: Vec<_> = sound.iter().filter(|it| it.first_seq != lost).map(said).collect();
        assert_eq!(batches.iter().map(said).collect::<Vec<_>>(), expected, "batch {place}");
        if place == 8 {
            assert!(gaps.is_empty(), "nobody looked after it");
            continue;
        }
        let before = place.checked_sub(1).map_or(NEW.created_at, |it| sound[it].observed_at);
        let gap = gap_of(&gaps[0]).unwrap();
        assert_eq!((gap.from, gap.to), (before, sound[place + 1].observed_at));
        assert_eq!((gap.cause, gap.space, gaps.len()), (GapCause::Storage, None, 1));
    }
}

#[test]
fn missing_batches_and_altered_ones_are_lost_and_the_rest_is_saved() {
    let log = filled(40);
    let firsts: Vec<u64> = all(&log).unwrap().iter().map(|batch| batch.first_seq).collect();
    for place in [3, 4, 20] {
        alter(&log, keys::TAIL, &keys::seq(firsts[place]), |_row| None);
    }
    // Altered with its checksum: it no longer has the hash that it was stored with.
    alter(&log, keys::TAIL, &keys::seq(firsts[30]), |row| {
        let mut batch = codec::decode_batch(&row).unwrap();
        batch.observed_at = Moment(1);
        Some(codec::encode_batch(&batch.chain, &codec::canonical(&batch)))
    });
    let (saved, found) = salvage(of(&log));
    assert_eq!((found.batches, found.first_bad), (36, Some(firsts[3])));
    let lost = (firsts[5] - firsts[3]) + (firsts[21] - firsts[20]) + (firsts[31] - firsts[30]);
    assert_eq!(found.lost_events, lost);
    assert_eq!(found.lost_batches, 3, "two beside each other look like one");
    let batches = all(&saved).unwrap();
    assert!(batches.iter().all(|batch| batch.observed_at != Moment(1)));
    assert_eq!(batches.iter().filter(|batch| gap_of(batch).is_some()).count(), 3);
}

#[test]
fn a_damaged_text_is_lost_alone() {
    let log = filled(12);
    let batch = all(&log).unwrap().swap_remove(3);
    let text = *batch.texts.keys().next().unwrap();
    alter(&log, keys::TEXTS, &text.0, |mut row| {
        row[9] ^= 1;
        Some(row)
    });
    let (saved, found) = salvage(of(&log));
    assert_eq!((found.batches, found.lost_texts), (12, 1));
    assert_eq!(found.first_bad, Some(batch.first_seq));
    assert_eq!(saved.reader().text(&text).unwrap(), None);
}

#[test]
fn after_a_loss_what_was_known_is_described_again_and_a_space_without_a_seen_end_is_open() {
    let mut log = filled(3);
    // The log knows that the Space ended, by a batch that is lost.
    let mut last = poll(3);
    last.known.spaces.insert(
        space(),
        SpaceKnown {
            state: Some(SpaceState::Ended),
            live_seen: true,
            fields: [(1, 7)].into(),
            billed_day: Some(9),
            ..SpaceKnown::default()
        },
    );
    log.append(&last, at(3)).unwrap();
    assert!(log.reader().open_spaces().unwrap().is_empty());
    let seq = all(&log).unwrap()[3].first_seq;
    alter(&log, keys::TAIL, &keys::seq(seq), |mut row| {
        row[7] ^= 1;
        Some(row)
    });
    let (saved, _found) = salvage(of(&log));
    let (id, known) = saved.reader().open_spaces().unwrap().swap_remove(0);
    assert_eq!((id, known.state), (space(), Some(SpaceState::Live)));
    assert_eq!((known.fields.len(), known.billed_day), (0, Some(9)));
}

#[test]
fn what_was_known_of_a_space_and_is_damaged_is_told_by_the_batches() {
    let log = filled(4);
    alter(&log, keys::KNOWN, &keys::space(space()), |mut row| {
        row[6] ^= 1;
        Some(row)
    });
    let (saved, found) = salvage(of(&log));
    assert_eq!((found.lost_rows, found.lost_batches), (1, 0));
    assert!(found.is_damaged());
    let (_id, known) = saved.reader().open_spaces().unwrap().swap_remove(0);
    assert_eq!(known.state, Some(SpaceState::Live));
    assert!(known.live_seen && known.was_live && known.told == [true, true, false]);
}

#[test]
fn adopted_batches_are_held_once_and_never_recorded_before_the_one_ahead() {
    let from = filled(6);
    let adopted: Vec<Adopted> =
        all(&from).unwrap().into_iter().map(|batch| Adopted { batch, texts: Vec::new() }).collect();
    let mut log = in_memory();
    log.append(&poll(100), at(3)).unwrap();
    assert_eq!(log.adopt(&adopted, &Known::default()).unwrap(), 6);
    assert_eq!(log.adopt(&adopted, &Known::default()).unwrap(), 0, "the log holds them already");
    assert!(matches!(append(&mut log, 2).unwrap(), Appended::Duplicate(_)));
    let recorded: Vec<Moment> = all(&log).unwrap().iter().map(|it| it.recorded_at).collect();
    assert_eq!(recorded, [3, 3, 3, 3, 3, 4, 5].map(at));
    assert_eq!(all(&log).unwrap()[1].observed_at, at(0), "what X said stays when it said it");
    let mut check = LogCheck::new(log.reader());
    while check.step().unwrap() {}
}

/// Changes bytes of the closed file of a log, and salvages it where redb still opens it.
#[test]
fn whatever_byte_of_the_file_is_damaged_no_batch_is_made_up() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("log.redb");
    let mut log = Log::create(&path, &NEW).unwrap();
    for number in 0..400 {
        append(&mut log, number).unwrap();
    }
    let sound: Vec<Batch> = all(&log).unwrap().iter().map(said).collect();
    log.close().unwrap();
    let bytes = std::fs::read(&path).unwrap();
    let (mut opened, mut damaged) = (0, 0);
    let mut dice = crate::store::faults::Dice(11);
    for round in 0..60 {
        let mut image = bytes.clone();
        let page = 1 + usize::try_from(dice.below(bytes.len() as u64 / 4096 - 1)).unwrap();
        let page = &mut image[page * 4096..(page + 1) * 4096];
        match round % 3 {
            0 => page.fill(0),
            1 => page.iter_mut().for_each(|byte| *byte = u8::try_from(dice.below(256)).unwrap()),
            _ => page[usize::try_from(dice.below(4096)).unwrap()] ^= 1,
        }
        std::fs::write(&path, &image).unwrap();
        let Ok(inspected) = Log::inspect(&path) else { continue };
        opened += 1;
        let mut check = LogCheck::new(inspected.reader.clone());
        let checked = loop {
            match check.step() {
                Ok(true) => {}
                Ok(false) => break check.rows().map_err(|fault| fault.seq),
                Err(fault) => break Err(fault.seq),
            }
        };
        let (saved, found) = salvage(inspected);
        damaged += u32::from(found.is_damaged());
        for batch in all(&saved).unwrap().iter().filter(|batch| gap_of(batch).is_none()) {
            let mut batch = said(batch);
            let whole = sound.iter().find(|it| it.poll_id == batch.poll_id).unwrap();
            if batch.texts.len() < whole.texts.len() {
                batch.texts.clone_from(&whole.texts);
            }
            assert_eq!(&batch, whole, "round {round}");
        }
        if let (Err(first), true) = (checked, found.lost_batches > 0) {
            assert_eq!(Some(first), found.first_bad, "round {round}: {found:?}");
        }
        assert!(found.batches > 0 || found.is_damaged());
    }
    assert!(opened > 20 && damaged > 3, "{opened} opened, {damaged} damaged");
}

/// A disk on which one page reads as zeros, once it is told which.
#[derive(Clone, Debug, Default)]
struct Holed {
    disk: Arc<InMemoryBackend>,
    hole: Arc<std::sync::atomic::AtomicU64>,
}

impl crate::store::StorageBackend for Holed {
    fn len(&self) -> std::io::Result<u64> {
        self.disk.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> std::io::Result<()> {
        self.disk.read(offset, out)?;
        let hole = self.hole.load(std::sync::atomic::Ordering::Relaxed);
        if hole > 0 && offset / 4096 == hole {
            out.fill(0);
        }
        Ok(())
    }

    fn set_len(&self, len: u64) -> std::io::Result<()> {
        self.disk.set_len(len)
    }

    fn sync_data(&self) -> std::io::Result<()> {
        self.disk.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> std::io::Result<()> {
        self.disk.write(offset, data)
    }
}

#[test]
fn batches_beside_a_page_that_cannot_be_read_are_saved() {
    let disk = Holed::default();
    let medium = disk.clone();
    // Without a cache, so that the hole is seen.
    let store = Store::on(medium, 0).unwrap();
    let mut log = Log::begin(store, &NEW, entropy()).unwrap();
    for number in 0..500 {
        append(&mut log, number).unwrap();
    }
    let sound: Vec<Batch> = all(&log).unwrap().iter().map(said).collect();
    let (mut harmed, mut fewest, mut halves) = (0, 500, 0);
    for page in (1..disk.disk.len().unwrap() / 4096).step_by(3) {
        disk.hole.store(page, std::sync::atomic::Ordering::Relaxed);
        let (saved, found) = salvage(Inspected { reader: log.reader(), whole_header: true });
        disk.hole.store(0, std::sync::atomic::Ordering::Relaxed);
        let saved = all(&saved).unwrap();
        let batches = saved.iter().filter(|batch| gap_of(batch).is_none());
        for mut batch in batches.map(said) {
            let whole = sound.iter().find(|it| it.poll_id == batch.poll_id).unwrap();
            if batch.texts.len() < whole.texts.len() {
                assert!(found.lost_texts > 0);
                batch.texts.clone_from(&whole.texts);
            }
            assert_eq!(&batch, whole, "page {page}");
        }
        assert_eq!(found.batches < 500, found.lost_batches > 0, "page {page}: {found:?}");
        harmed += u32::from(found.is_damaged());
        halves += u32::from((1..500).contains(&found.batches));
        if found.batches > 0 {
            fewest = fewest.min(found.batches);
        }
    }
    assert!(harmed > 10 && halves > 5, "{harmed} harmed, {halves} in part");
    assert!(fewest > 400, "a page holds a few batches: only {fewest} were saved beside one");
}

pub(super) fn said_all(log: &Log) -> Vec<Batch> {
    all(log).unwrap().iter().map(said).collect()
}

#[test]
fn who_was_forgotten_is_forgotten_in_the_salvaged_log_too() {
    let mut log = filled(4);
    let subject = crate::event::Subject::Space(space());
    log.forget(subject, "asked", at(5)).unwrap();
    log.seal(1).unwrap();
    let (mut whole, found) = salvage(of(&log));
    assert!(!found.is_damaged(), "{found:?}");
    assert_eq!(whole.unfinished().unwrap(), [subject]);
    whole.finish_forgetting(&[subject]).unwrap();
    assert!(whole.forgotten().contains(&subject));
    assert!(all(&whole).unwrap().iter().all(|batch| batch.texts.is_empty()));
}
