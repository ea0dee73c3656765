//! What is whole of a log with a damaged segment, and what is told of the rest.

use super::damage::alter;
use super::salvage::{of, said_all, salvage};
use super::*;

/// Changes a row behind the log's back; whoever has its segment unpacked forgets it.
fn alter_sealed(log: &mut Log, table: &'static str, key: &[u8], bytes: &[usize]) {
    alter(log, table, key, |mut row| {
        for byte in bytes {
            row[*byte] ^= 1;
        }
        Some(row)
    });
    log.cache = std::sync::Arc::default();
}

#[test]
fn one_flipped_bit_of_a_segment_costs_nothing_wherever_it_is() {
    let mut log = filled(30);
    log.seal(1).unwrap();
    (30..40).for_each(|number| drop(append(&mut log, number).unwrap()));
    let sound = said_all(&log);
    let row = log.reader().segments().unwrap().remove(0);
    let slice = keys::slice(row.first_seq, 0);
    for byte in [0, 3, 5, 40, 80] {
        for (table, key) in [(keys::SEGMENTS, &slice[..]), (keys::SEALED, &keys::seq(1)[..])] {
            alter_sealed(&mut log, table, key, &[byte]);
            assert_eq!(LogCheck::new(log.reader()).step().unwrap_err().seq, 1, "{table} {byte}");
            let (saved, found) = salvage(of(&log));
            let counts = (found.batches, found.lost_batches, found.lost_events, found.mended);
            assert_eq!((counts, found.first_bad), ((40, 0, 0, 1), Some(1)), "{table} {byte}");
            assert_eq!(said_all(&saved), sound, "{table} {byte}");
            alter_sealed(&mut log, table, key, &[byte]);
        }
    }
}

#[test]
fn what_a_lost_segment_held_is_counted_with_its_seqs_and_its_time() {
    let mut log = filled(30);
    log.seal(1).unwrap();
    (30..40).for_each(|number| drop(append(&mut log, number).unwrap()));
    let row = log.reader().segments().unwrap().remove(0);
    alter_sealed(&mut log, keys::SEGMENTS, &keys::slice(1, 0), &[40, 90]);
    let (rest, found) = salvage(of(&log));
    assert_eq!((found.first_bad, found.batches, found.lost_batches), (Some(1), 10, 30));
    assert_eq!((found.lost_events, found.mended), (row.last_seq, 0));
    let recorded = (Some(at(0)), Some(at(30)));
    let lost = Lost { first_seq: 1, last_seq: row.last_seq, batches: 30, recorded };
    assert_eq!(found.lost, [lost]);
    assert_eq!(all(&rest).unwrap().iter().filter(|batch| batch.poll_id.is_some()).count(), 10);
    // The same where nothing comes after it.
    let mut log = filled(30);
    log.seal(1).unwrap();
    alter_sealed(&mut log, keys::SEGMENTS, &keys::slice(1, 0), &[40, 90]);
    let (_none, found) = salvage(of(&log));
    let recorded = (Some(at(0)), Some(at(29)));
    assert_eq!(found.lost, [Lost { recorded, ..lost }]);
    assert_eq!((found.lost_batches, found.lost_events), (30, row.last_seq));
}

#[test]
fn a_segment_and_batches_beside_it_that_are_lost_together_are_one_stretch() {
    let mut log = filled(30);
    log.seal(1).unwrap();
    (30..40).for_each(|number| drop(append(&mut log, number).unwrap()));
    let row = log.reader().segments().unwrap().remove(0);
    let next = log.reader().batches(row.last_seq + 1, 1).unwrap().remove(0);
    alter(&log, keys::TAIL, &keys::seq(next.first_seq), |mut row| {
        row[40] ^= 3;
        Some(row)
    });
    alter_sealed(&mut log, keys::SEGMENTS, &keys::slice(1, 0), &[40, 90]);
    let (_rest, found) = salvage(of(&log));
    let recorded = (Some(at(0)), Some(at(31)));
    let lost = Lost { first_seq: 1, last_seq: next.last_seq(), batches: 31, recorded };
    assert_eq!((found.lost.as_slice(), found.lost_batches), (&[lost][..], 31));
    assert_eq!(found.lost_events, next.last_seq());
}

#[test]
fn a_damaged_segment_is_lost_and_what_is_sealed_and_not_beside_it_is_saved() {
    let mut log = filled(30);
    log.seal(1).unwrap();
    (30..40).for_each(|number| drop(append(&mut log, number).unwrap()));
    let (whole, found) = salvage(of(&log));
    assert!(!found.is_damaged(), "{found:?}");
    assert_eq!(said_all(&whole), said_all(&log));
    let row = log.reader().segments().unwrap().remove(0);
    let key = keys::slice(row.first_seq, 0);
    log.store
        .write(Commit::Append, |writing| {
            let mut table = writing.table(keys::SEGMENTS)?;
            let mut slice = table.get(&key)?.unwrap();
            let middle = slice.len() / 2;
            slice[middle] ^= 3;
            table.put(&key, &slice)
        })
        .map_err(|error: StoreError| error)
        .unwrap();
    // Whoever has it unpacked already goes on with what was sound.
    log.cache = std::sync::Arc::default();
    assert_eq!(LogCheck::new(log.reader()).step().unwrap_err().seq, 1);
    let (rest, found) = salvage(of(&log));
    assert_eq!((found.first_bad, found.batches, found.lost_batches), (Some(1), 10, 30));
    assert_eq!(found.lost_events, row.last_seq);
    assert_eq!(all(&rest).unwrap().iter().filter(|batch| batch.poll_id.is_some()).count(), 10);
}
