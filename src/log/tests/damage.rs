//! Records that were altered behind the log's back.

use super::*;
use crate::event::{Salt, TextRef};

/// Overwrites a row of a table with what `change` makes of it; `None` removes it.
pub(super) fn alter(
    log: &Log,
    table: &'static str,
    key: &[u8],
    change: impl FnOnce(Vec<u8>) -> Option<Vec<u8>>,
) {
    let done: Result<(), LogError> = log.store.write(Commit::Append, |writing| {
        let mut rows = writing.table(table)?;
        let row = rows.get(key)?.unwrap();
        match change(row) {
            Some(row) => Ok(rows.put(key, &row)?),
            None => Ok(rows.remove(key)?),
        }
    });
    done.unwrap();
}

/// Returns the seq from which on the log does not hold, and why.
fn first_bad(log: &Log) -> Option<(u64, String)> {
    let mut check = LogCheck::new(log.reader());
    loop {
        match check.step() {
            Ok(true) => {}
            Ok(false) => return None,
            Err(fault) => return Some((fault.seq, fault.source.to_string())),
        }
    }
}

/// The first seqs of [`filled`]'s batches.
fn firsts(log: &Log) -> Vec<u64> {
    all(log).unwrap().iter().map(|batch| batch.first_seq).collect()
}

#[test]
fn a_sound_log_has_no_bad_seq() {
    assert_eq!(first_bad(&filled(600)), None);
    assert_eq!(first_bad(&in_memory()), None);
}

#[test]
fn a_flipped_byte_in_a_record_is_found_and_its_batch_named() {
    let sound = filled(6);
    for (number, seq) in firsts(&sound).into_iter().enumerate() {
        let length = sound.store.read(|read| {
            let row = read.table(keys::TAIL)?.get(&keys::seq(seq))?.unwrap();
            Ok::<_, LogError>(row.len())
        });
        for byte in (0..length.unwrap()).step_by(7) {
            let log = filled(6);
            alter(&log, keys::TAIL, &keys::seq(seq), |mut row| {
                row[byte] ^= 0x10;
                Some(row)
            });
            let found = first_bad(&log).unwrap();
            assert_eq!(found.0, seq, "batch {number}, byte {byte}: {}", found.1);
            assert!(log.reader().batches(seq, 1).is_err());
        }
    }
}

#[test]
fn a_record_altered_with_its_checksum_breaks_the_chain_there() {
    let log = filled(6);
    let seq = firsts(&log)[3];
    let altered = |chain: Option<[u8; 32]>| {
        let log = filled(6);
        alter(&log, keys::TAIL, &keys::seq(seq), |row| {
            let mut batch = codec::decode_batch(&row).unwrap();
            batch.observed_at = Moment(1);
            let canonical = codec::canonical(&batch);
            Some(codec::encode_batch(&chain.unwrap_or(batch.chain), &canonical))
        });
        first_bad(&log).unwrap().0
    };
    assert_eq!(altered(None), seq);
    // With a hash of its own it passes for whole, and the batch after it does not follow from it.
    let mut batch = all(&log).unwrap()[3].clone();
    let before = all(&log).unwrap()[2].chain;
    batch.observed_at = Moment(1);
    let chain = codec::chain(&before, &codec::canonical(&batch));
    assert_eq!(altered(Some(chain)), batch.last_seq() + 1);
}

#[test]
fn a_missing_batch_is_named_by_its_first_seq() {
    let log = filled(300);
    for place in [0, 1, 150, 298] {
        let log = filled(300);
        let seq = firsts(&log)[place];
        alter(&log, keys::TAIL, &keys::seq(seq), |_row| None);
        assert_eq!(first_bad(&log).unwrap().0, seq, "batch {place}");
    }
    drop(log);
}

fn text_of(log: &Log, batch: usize) -> (u64, TextRef) {
    let batch = &all(log).unwrap()[batch];
    (batch.first_seq, *batch.texts.keys().next().unwrap())
}

fn other_text(salt: &Salt) -> Vec<u8> {
    let text = Text::Space { title: Some("never said".to_owned()), extra: None };
    codec::encode_text_row(Owner::Space(space()), salt, &text)
}

#[test]
fn an_altered_text_is_found_and_its_batch_named() {
    let log = filled(12);
    let (seq, text) = text_of(&log, 3);
    alter(&log, keys::TEXTS, &text.0, |_row| Some(other_text(&poll_id(3).0)));
    assert_eq!(first_bad(&log).unwrap().0, seq);
    assert!(log.reader().batches(seq, 1).is_err(), "it is not shown either");
    assert!(log.reader().text(&text).is_err());
}

#[test]
fn an_altered_text_is_named_before_a_later_record_that_does_not_hold() {
    let log = filled(12);
    let (seq, text) = text_of(&log, 3);
    alter(&log, keys::TEXTS, &text.0, |_row| Some(other_text(&poll_id(3).0)));
    alter(&log, keys::TAIL, &keys::seq(firsts_raw(&log)[8]), |_row| None);
    assert_eq!(first_bad(&log).unwrap().0, seq);
}

/// The keys of the tail, read without the texts.
fn firsts_raw(log: &Log) -> Vec<u64> {
    let mut found = Vec::new();
    let read: Result<(), LogError> = log.store.read(|read| {
        read.table(keys::TAIL)?.scan(&[], None, |key, _row| {
            found.push(keys::read_seq(key).unwrap());
            Ok(true)
        })
    });
    read.unwrap();
    found
}

#[test]
fn a_text_that_was_erased_leaves_a_log_that_holds() {
    let log = filled(6);
    let (seq, text) = text_of(&log, 3);
    alter(&log, keys::TEXTS, &text.0, |_row| None);
    assert_eq!(first_bad(&log), None);
    let batch = log.reader().batches(seq, 1).unwrap().pop().unwrap();
    assert!(batch.texts.is_empty());
    assert_eq!(log.reader().text(&text).unwrap(), None);
}

#[test]
fn a_log_of_a_newer_program_is_refused_by_its_format() {
    let log = in_memory();
    alter(&log, keys::META, keys::HEADER, |_row| {
        let header = Header { format: FORMAT + 1, ..log.header().clone() };
        Some(codec::encode_header(&header))
    });
    let Log { store, entropy, .. } = log;
    let refused = Log::over(Arc::try_unwrap(store).unwrap(), entropy);
    assert!(matches!(refused, Err(LogError::Newer(format)) if format == FORMAT + 1));
}
