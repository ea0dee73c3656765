//! Sealed or not: the same batches, the same answers, and after a crash one of the two.

use super::*;
use crate::store::faults::{Dice, Fault, Kept};

/// Returns a log of so many polls, of which those before `sealed` were sealed.
fn partly(polls: u64, sealed: u64) -> Log {
    let mut log = filled(sealed);
    assert_eq!(log.seal(1).unwrap() as u64, sealed);
    for number in sealed..polls {
        append(&mut log, number).unwrap();
    }
    log
}

#[test]
fn readers_find_the_same_batches_before_and_after_they_are_sealed() {
    let plain = filled(40);
    for sealed in [1, 7, 39, 40] {
        let log = partly(40, sealed);
        assert_eq!(all(&log).unwrap(), all(&plain).unwrap());
        assert_eq!(log.head(), plain.head());
        assert_eq!(log.reader().head().unwrap(), plain.head());
        wrong(&log, &(0..40).collect::<Vec<_>>()).unwrap();
        for seq in 1..=plain.head().seq + 1 {
            let (ours, theirs) = (log.reader().batches(seq, 2), plain.reader().batches(seq, 2));
            assert_eq!(ours.unwrap(), theirs.unwrap(), "seq {seq}");
        }
        for batch in all(&plain).unwrap() {
            let reader = log.reader();
            assert_eq!(reader.chain_at(batch.last_seq()).unwrap(), Some(batch.chain));
            let inside = batch.last_seq() - 1;
            let ends = batch.first_seq > inside;
            assert_eq!(reader.chain_at(inside).unwrap().is_some(), ends, "seq {inside}");
        }
        for number in 0..41 {
            let seq = |log: &Log| log.reader().seq_at(at(number)).unwrap();
            assert_eq!(seq(&log), seq(&plain), "poll {number}");
        }
    }
}

#[test]
fn a_segment_that_is_not_full_takes_the_next_batches_in() {
    let mut log = partly(10, 4);
    assert_eq!(log.reader().segments().unwrap().len(), 1);
    assert_eq!(log.seal(7).unwrap(), 0, "six batches are fewer than seven");
    assert_eq!(log.seal(1).unwrap(), 6);
    let rows = log.reader().segments().unwrap();
    assert_eq!((rows.len(), rows[0].batches), (1, 10));
    assert_eq!(all(&log).unwrap(), all(&filled(10)).unwrap());
    assert_eq!(log.seal(1).unwrap(), 0, "nothing is left to seal");
}

#[test]
fn a_poll_that_was_sealed_is_not_stored_again_and_nor_is_an_act() {
    let mut log = filled(3);
    let events = vec![Event::ClockStepped { by_ms: 5 }];
    let act = NewBatch { observed_at: at(2), events, ..NewBatch::default() };
    log.append(&act, at(2)).unwrap();
    log.seal(1).unwrap();
    let head = log.head();
    assert!(matches!(append(&mut log, 1), Ok(Appended::Duplicate(4))));
    assert!(matches!(log.append(&act, at(9)), Ok(Appended::Duplicate(8))));
    assert_eq!(log.head(), head);
    assert!(matches!(append(&mut log, 3), Ok(Appended::Stored(_))));
}

#[test]
fn a_draft_that_came_too_late_changes_nothing() {
    let mut log = filled(6);
    let early = log.reader().draft(1).unwrap().unwrap();
    log.seal(1).unwrap();
    assert!(!log.swap(&early).unwrap());
    wrong(&log, &(0..6).collect::<Vec<_>>()).unwrap();
}

#[test]
fn a_crash_at_any_operation_of_sealing_leaves_the_batches_sealed_or_not() {
    let (mut dice, mut images, mut both) = (Dice(5), 0, [0, 0]);
    for crash in 1..200 {
        let disk = FaultyDisk::default();
        let mut log = on(&disk).unwrap();
        (0..9).for_each(|number| drop(append(&mut log, number).unwrap()));
        log.seal(1).unwrap();
        (9..14).for_each(|number| drop(append(&mut log, number).unwrap()));
        let sound = all(&log).unwrap();
        disk.break_it(Fault::From(crash));
        let sealed = log.seal(1);
        if disk.operations() < crash {
            sealed.unwrap();
            break;
        }
        for kept in [Kept::None, Kept::All, Kept::Some, Kept::Torn] {
            let image = disk.crash(kept, &mut dice);
            let mut found = on(&image).unwrap();
            let acknowledged: Vec<u64> = (0..14).collect();
            wrong(&found, &acknowledged).unwrap_or_else(|what| panic!("{crash} {kept:?}: {what}"));
            assert_eq!(all(&found).unwrap(), sound);
            both[usize::from(found.seal(1).unwrap() == 0)] += 1;
            append(&mut found, 14).unwrap();
            wrong(&found, &(0..15).collect::<Vec<_>>()).unwrap();
            images += 1;
        }
        drop(log);
    }
    assert!(images >= 20 && both[0] > 0 && both[1] > 0, "{images} images, {both:?}");
}

#[test]
fn a_flipped_bit_of_a_sealed_log_never_shows_a_wrong_event() {
    let disk = FaultyDisk::default();
    let mut log = on(&disk).unwrap();
    (0..60).for_each(|number| drop(append(&mut log, number).unwrap()));
    log.seal(1).unwrap();
    let sound = all(&log).unwrap();
    drop(log);
    let (mut dice, mut noticed) = (Dice(6), 0);
    for _flip in 0..500 {
        let image = disk.crash(Kept::All, &mut dice);
        let at = usize::try_from(dice.below(image.size() as u64)).unwrap();
        image.flip(at, u32::try_from(dice.below(8)).unwrap());
        let Ok(log) = on(&image) else {
            noticed += 1;
            continue;
        };
        noticed += u32::from(wrong(&log, &(0..60).collect::<Vec<_>>()).is_err());
        // A text whose key was hit is not found, as one that was forgotten; no event is another.
        let bare = |mut batch: Batch| {
            batch.texts.clear();
            batch
        };
        if let Ok(found) = all(&log) {
            let whole = found.iter().zip(&sound).all(|(found, sound)| {
                found.texts.iter().all(|(key, text)| sound.texts.get(key) == Some(text))
            });
            let found: Vec<Batch> = found.into_iter().map(bare).collect();
            let sound: Vec<Batch> = sound.iter().cloned().map(bare).collect();
            assert!(whole && sound.starts_with(&found), "byte {at}");
        }
    }
    assert!(noticed > 0, "no flipped bit was ever noticed");
}
