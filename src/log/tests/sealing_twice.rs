//! What is sealed already is not appended again, whatever time it is of, and whatever is damaged.

use super::damage::alter;
use super::*;

/// A log with a sealed segment in which one batch is from a far future.
fn sealed_ahead() -> Log {
    let mut log = filled(20);
    let ahead = NewBatch { observed_at: at(900_000), ..poll(20) };
    log.append(&ahead, at(20)).unwrap();
    log.seal(1).unwrap();
    log
}

/// Damages the only segment; whoever has it unpacked forgets it.
fn harm(log: &mut Log) {
    let key = keys::slice(1, 0);
    alter(log, keys::SEGMENTS, &key, |mut slice| {
        let middle = slice.len() / 2;
        slice[middle] ^= 3;
        Some(slice)
    });
    log.cache = Arc::default();
}

#[test]
fn a_batch_from_the_future_does_not_have_its_segment_read_at_every_later_append() {
    let mut log = sealed_ahead();
    assert!(matches!(append(&mut log, 21).unwrap(), Appended::Stored(_)));
    // From here on whoever read the segment would find it damaged.
    harm(&mut log);
    for number in 22..60 {
        assert!(matches!(append(&mut log, number).unwrap(), Appended::Stored(_)), "{number}");
        assert!(log.take_damage().is_none(), "poll {number} had the segment read");
    }
}

#[test]
fn what_is_sealed_is_found_by_its_key_also_beside_a_batch_from_the_future() {
    let mut log = sealed_ahead();
    (21..30).for_each(|number| drop(append(&mut log, number).unwrap()));
    let head = log.head();
    for number in (0..30).filter(|number| *number != 20) {
        let again = append(&mut log, number).unwrap();
        assert!(matches!(again, Appended::Duplicate(_)), "poll {number}");
    }
    let ahead = NewBatch { observed_at: at(900_000), ..poll(20) };
    assert!(matches!(log.append(&ahead, at(40)).unwrap(), Appended::Duplicate(_)));
    // And what is sealed behind it is found too.
    log.seal(1).unwrap();
    assert!(matches!(append(&mut log, 27).unwrap(), Appended::Duplicate(_)));
    assert_eq!(log.head(), head);
}

#[test]
fn a_damaged_segment_ends_no_appending_and_is_told_once() {
    let mut log = sealed_ahead();
    harm(&mut log);
    assert!(matches!(append(&mut log, 21).unwrap(), Appended::Stored(_)));
    let told = log.take_damage().unwrap();
    assert!(matches!(told, LogError::Damaged { seq: 1, .. }), "{told}");
    assert!(matches!(append(&mut log, 22).unwrap(), Appended::Stored(_)));
    assert!(matches!(append(&mut log, 22).unwrap(), Appended::Duplicate(_)), "of the tail");
    assert!(log.take_damage().is_none(), "it was told");
}

#[test]
fn sealing_ends_when_it_is_told_to_and_what_is_left_stays_in_the_tail() {
    let mut log = filled(30);
    let batches = all(&log).unwrap();
    assert_eq!(log.seal_while(1, || false).unwrap(), 0);
    assert_eq!(log.reader().segments().unwrap(), []);
    assert_eq!(log.seal_while(1, || true).unwrap(), 30);
    assert_eq!(all(&log).unwrap(), batches);
}
