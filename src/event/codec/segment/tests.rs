//! What a segment promises: the same batches, byte for byte, and an error for any other bytes.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::event::codec::tests::generated::{batch, event};
use crate::event::codec::tests::samples;
use crate::event::codec::{canonical, chain};
use crate::event::{Event, SpaceObserved};
use crate::space::{SpaceId, UserId};

/// Lets batches follow one another, from `first` on.
fn linked(mut batches: Vec<Batch>, first: u64) -> Vec<Batch> {
    let (mut seq, mut hash) = (first, [7; 32]);
    for batch in &mut batches {
        batch.first_seq = seq;
        seq = batch.last_seq() + 1;
        hash = chain(&hash, &canonical(batch));
        batch.chain = hash;
    }
    batches
}

fn unpacked(bytes: &[u8], first: u64) -> Result<Vec<Batch>, CodecError> {
    let unpacked = Segment::open(bytes, first)?.unpack([7; 32])?;
    let batches = (0..unpacked.heads().len()).map(|number| unpacked.batch(number));
    batches.map(|batch| batch.map(Option::unwrap)).collect()
}

/// Looks at a few Spaces again and again, with few speakers: what segments are made for.
fn looks() -> impl Strategy<Value = Vec<Event>> {
    let look = (0..6_u8, any::<bool>(), 0..9_u64, vec(0..5_u64, 0..4), any::<bool>());
    vec(look, 1..9).prop_map(|looks| {
        let look = |(space, live, count, mut speakers, sorted): (u8, bool, u64, Vec<u64>, bool)| {
            if sorted {
                speakers.sort_unstable();
                speakers.dedup();
            }
            let id: SpaceId = format!("1Space{space}").parse().unwrap();
            let word = if live { "live" } else { "scheduled" };
            Event::SpaceObserved(SpaceObserved {
                space: id,
                state: Some(crate::space::SpaceState::from_word(word)),
                participants: (count > 0).then_some(count),
                subscribers: (count > 4).then_some(count / 3),
                speakers: (count != 3).then(|| speakers.into_iter().map(UserId).collect()),
            })
        };
        looks.into_iter().map(look).collect()
    })
}

fn batches() -> impl Strategy<Value = Vec<Batch>> {
    let steady = (batch(), looks(), event()).prop_map(|(mut batch, looks, other)| {
        batch.events.truncate(1);
        batch.events.extend(looks);
        batch.events.push(other);
        batch
    });
    vec(prop_oneof![3 => steady, 1 => batch()], 1..24)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_batches_come_out_as_they_went_in(batches in batches(), first in 1_u64..1 << 40) {
        let batches = linked(batches, first);
        let bytes = pack(&batches);
        prop_assert_eq!(unpacked(&bytes, first).unwrap(), batches);
    }

    #[test]
    fn damaged_bytes_are_an_error_or_break_the_chain_and_never_panic(
        batches in batches(),
        place in any::<prop::sample::Index>(),
        cut in any::<bool>(),
    ) {
        let batches = linked(batches, 1);
        let mut bytes = pack(&batches);
        if cut {
            bytes.truncate(place.index(bytes.len()));
        } else {
            let bit = place.index(bytes.len() * 8);
            bytes[bit / 8] ^= 1 << (bit % 8);
        }
        // Bits may be flipped that say nothing (in a frame of zstd); all others show.
        if let Ok(found) = unpacked(&bytes, 1) {
            let same = found.last().map(|batch| batch.chain) == batches.last().map(|it| it.chain);
            prop_assert!(!same || found == batches);
        }
    }
}

#[test]
fn steady_looks_take_less_than_a_byte_each() {
    let space = |number: u32| -> SpaceId { format!("1Steady{number:04}").parse().unwrap() };
    let look = |number: u32, time: u32| {
        Event::SpaceObserved(SpaceObserved {
            space: space(number),
            state: Some(crate::space::SpaceState::Live),
            participants: Some(u64::from(40 + number + (time * 7 + number) % 3)),
            subscribers: Some(0),
            speakers: Some(vec![UserId(5), UserId(900 + u64::from(number))]),
        })
    };
    let batches = (0..200_u32).map(|time| Batch {
        first_seq: 0,
        monitor: crate::event::MonitorId(1),
        poll_id: None,
        observed_at: crate::space::Moment(1_000 * i64::from(time)),
        recorded_at: crate::space::Moment(1_000 * i64::from(time) + 2),
        events: (0..50).map(|number| look(number, time)).collect(),
        texts: std::collections::BTreeMap::new(),
        chain: [0; 32],
    });
    let bytes = pack(&linked(batches.collect(), 1));
    assert!(bytes.len() < 10_000, "{} bytes for 10,000 observations", bytes.len());
}

/// Where the golden columns are: `number = hexadecimal digits`, uncompressed, a column a line.
const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/segment_v1.snap");

fn golden() -> Vec<Batch> {
    let events: Vec<Event> = samples::events().into_iter().map(|(_, event)| event).collect();
    let id = |number: u8| (!number.is_multiple_of(3)).then_some(crate::event::PollId([number; 16]));
    let batches = (1..).zip(events.chunks(5)).map(|(number, some)| {
        let mut events = some.to_vec();
        // Each is there twice, so that what is told as a difference is, too.
        events.extend_from_slice(some);
        let mut batch = samples::batch(id(number), events);
        batch.observed_at = batch.observed_at.plus(i64::from(number) * 3_000);
        batch
    });
    linked(batches.collect(), 1_000)
}

#[test]
fn version_1_of_a_segment_is_written_with_the_columns_it_was_released_with() {
    let bytes = pack(&golden());
    let columns = Columns::open(&bytes).unwrap();
    let hex = |bytes: Vec<u8>| {
        let digits: Vec<String> = bytes.iter().map(|it| format!("{it:02x}")).collect();
        digits.concat()
    };
    let line = |number| Some((number, columns.column(columns::Column(number)).unwrap()));
    let lines = (0..256).filter_map(line).filter(|(_, raw)| !raw.is_empty());
    let text: Vec<String> = lines.map(|(number, raw)| format!("{number} = {}", hex(raw))).collect();
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("segment_v1", text.join("\n")));
}

#[test]
fn the_columns_that_version_1_was_released_with_read_back_as_what_was_written() {
    let text = std::fs::read_to_string(GOLDEN).unwrap();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    let (mut directory, mut bodies, mut count) = (Vec::new(), Vec::new(), 0);
    for (number, digits) in text.lines().filter_map(|line| line.split_once(" = ")) {
        let Ok(number) = number.parse::<u64>() else { continue };
        let raw: Vec<u8> = digits.as_bytes().chunks(2).map(byte).collect();
        for value in [number, raw.len() as u64, raw.len() as u64] {
            super::columns::put(&mut directory, value);
        }
        bodies.extend(raw);
        count += 1;
    }
    let mut bytes = vec![1, count];
    bytes.extend(directory);
    bytes.extend(bodies);
    assert_eq!(unpacked(&bytes, 1_000).unwrap(), golden());
}
