//! Events of any content, and bytes of none.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::samples;
use crate::event::codec::*;
use crate::event::*;
use crate::space::{
    Counts, Endpoint, FailureClass, Moment, RateLimit, SearchState, SpaceId, SpaceState, TopicId,
    UserId,
};

fn space() -> impl Strategy<Value = SpaceId> {
    "[a-zA-Z0-9]{1,13}".prop_map(|id| id.parse().unwrap())
}

fn text() -> impl Strategy<Value = TextRef> {
    any::<[u8; 32]>().prop_map(TextRef)
}

fn users() -> impl Strategy<Value = Vec<UserId>> {
    vec(any::<u64>().prop_map(UserId), 0..5)
}

fn moment() -> impl Strategy<Value = Moment> {
    any::<i64>().prop_map(Moment)
}

fn said() -> impl Strategy<Value = Option<String>> {
    option::of(".{0,12}")
}

fn state() -> impl Strategy<Value = SpaceState> {
    prop_oneof![
        Just(SpaceState::Live),
        Just(SpaceState::Ended),
        "[a-zA-Z]{0,12}".prop_map(|word| SpaceState::from_word(&word)),
    ]
}

fn asked() -> impl Strategy<Value = AskedFor> {
    let searched =
        prop_oneof![Just(SearchState::All), Just(SearchState::Live), Just(SearchState::Scheduled)];
    prop_oneof![
        (text(), searched, any::<u8>()).prop_map(|(text, state, max_results)| AskedFor::Query {
            text,
            state,
            max_results
        }),
        text().prop_map(AskedFor::Listed),
        (space(), any::<u32>()).prop_map(|(first, count)| AskedFor::InBatch { first, count }),
        space().prop_map(AskedFor::Space),
        Just(AskedFor::Unknown),
    ]
}

fn head() -> impl Strategy<Value = PollHead> {
    let endpoint = prop::sample::select(Endpoint::ALL.to_vec());
    let origin = prop_oneof![Just(Origin::Live), Just(Origin::Imported)];
    let who = (origin, endpoint, asked(), ".{0,8}");
    (who, option::of(moment()), any::<Option<u64>>(), any::<u32>()).prop_map(
        |((origin, endpoint, asked, credential), sent_at, holding_ms, repeats)| PollHead {
            origin,
            endpoint,
            asked,
            sent_at,
            credential,
            holding_ms,
            repeats,
        },
    )
}

fn rate() -> impl Strategy<Value = Option<RateLimit>> {
    option::of(
        (any::<u64>(), any::<u64>(), moment()).prop_map(|(limit, remaining, reset)| RateLimit {
            limit,
            remaining,
            reset,
        }),
    )
}

fn poll() -> impl Strategy<Value = Event> {
    let cost = (any::<u32>(), any::<u32>(), any::<u64>(), any::<u64>());
    let succeeded = (head(), any::<Option<u16>>(), any::<[u32; 3]>(), rate(), cost);
    let class = prop::sample::select(FailureClass::ALL.to_vec());
    let failed = (head(), class, any::<Option<u16>>(), any::<Option<u64>>(), text(), rate());
    prop_oneof![
        succeeded.prop_map(|(head, status, counts, rate, cost)| {
            let [returned, new_spaces, unreadable] = counts;
            let (spaces, users, least_micro_usd, most_micro_usd) = cost;
            let cost = Cost { spaces, users, posts: 0, least_micro_usd, most_micro_usd };
            let it = PollSucceeded { head, status, returned, new_spaces, unreadable, rate, cost };
            Event::PollSucceeded(it)
        }),
        failed.prop_map(|(head, class, status, retry_after_ms, message, rate)| {
            Event::PollFailed(PollFailed { head, class, status, retry_after_ms, message, rate })
        }),
    ]
}

fn described() -> impl Strategy<Value = Event> {
    let topics = vec("[!-~]{1,32}".prop_map(|id| TopicId::new(&id).unwrap()), 0..3);
    let people =
        (option::of(any::<u64>().prop_map(UserId)), option::of(users()), option::of(users()));
    let moments = [(); 4].map(|()| option::of(moment()));
    let words = (option::of(text()), option::of(topics), said(), any::<Option<bool>>());
    (space(), words, people, moments).prop_map(|(space, words, people, moments)| {
        let (text, topics, lang, is_ticketed) = words;
        let (creator, hosts, invited) = people;
        let [created_at, scheduled_start, started_at, ended_at] = moments;
        Event::SpaceDescribed(SpaceDescribed {
            space,
            text,
            creator,
            hosts,
            invited,
            topics,
            lang,
            is_ticketed,
            created_at,
            scheduled_start,
            started_at,
            ended_at,
        })
    })
}

pub(in crate::event::codec) fn event() -> impl Strategy<Value = Event> {
    let observed = (
        space(),
        option::of(state()),
        any::<Option<u64>>(),
        any::<Option<u64>>(),
        option::of(users()),
    );
    let counted = (any::<u64>(), any::<[Option<u64>; 4]>());
    prop_oneof![
        2 => poll(),
        2 => described(),
        3 => observed.prop_map(|(space, state, participants, subscribers, speakers)| {
            Event::SpaceObserved(SpaceObserved { space, state, participants, subscribers, speakers })
        }),
        1 => counted.prop_map(|(user, [followers, following, posts, listed])| {
            let counts = Counts { followers, following, posts, listed };
            Event::UserCounted(UserCounted { user: UserId(user), counts })
        }),
        1 => (space(), said()).prop_map(|(space, problem)| {
            Event::SpaceMissing(SpaceMissing { space, problem })
        }),
        1 => any::<i64>().prop_map(|by_ms| Event::ClockStepped { by_ms }),
        1 => any::<i64>().prop_map(|by_ms| Event::ClockSkewed { by_ms }),
        1 => (any::<u64>(), ".{0,8}", said()).prop_map(|(monitor, version, origin)| {
            let monitor = MonitorId(monitor);
            Event::MonitorStarted(MonitorStarted { monitor, version, origin })
        }),
        // The others in their samples' content.
        3 => prop::sample::select(samples::events()).prop_map(|(_, event)| event),
    ]
}

pub(in crate::event::codec) fn batch() -> impl Strategy<Value = Batch> {
    let poll_id = option::of(any::<[u8; 16]>().prop_map(PollId));
    let head = (1_u64.., any::<u64>(), poll_id, moment(), moment(), any::<[u8; 32]>());
    (head, vec(event(), 1..12)).prop_map(|(head, events)| {
        let (first_seq, monitor, poll_id, observed_at, recorded_at, chain) = head;
        let monitor = MonitorId(monitor);
        let texts = std::collections::BTreeMap::new();
        Batch { first_seq, monitor, poll_id, observed_at, recorded_at, events, texts, chain }
    })
}

/// Reads bytes as every kind of record there is.
fn read_as_everything(record: &[u8]) -> usize {
    [
        decode_batch(record).is_ok(),
        decode_header(record).is_ok(),
        decode_space(record).is_ok(),
        decode_user(record).is_ok(),
        decode_endpoint(record).is_ok(),
        decode_notice(record).is_ok(),
        decode_text_row(&TextRef([0; 32]), record).is_ok(),
    ]
    .into_iter()
    .filter(|read| *read)
    .count()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_batch_reads_back_as_it_was_written(batch in batch()) {
        let canonical = canonical(&batch);
        let record = encode_batch(&batch.chain, &canonical);
        prop_assert_eq!(decode_batch(&record).unwrap(), batch.clone());
        prop_assert_eq!(batch_parts(&record).unwrap(), (batch.chain, canonical.as_slice()));
    }

    #[test]
    fn a_flipped_bit_is_an_error_and_never_another_batch(
        batch in batch(),
        place in any::<prop::sample::Index>(),
    ) {
        let mut record = encode_batch(&batch.chain, &canonical(&batch));
        let bit = place.index(record.len() * 8);
        record[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(decode_batch(&record).is_err(), "bit {}", bit);
    }

    #[test]
    fn a_record_cut_off_anywhere_is_an_error(
        batch in batch(),
        place in any::<prop::sample::Index>(),
    ) {
        let record = encode_batch(&batch.chain, &canonical(&batch));
        prop_assert!(decode_batch(&record[..place.index(record.len())]).is_err());
    }

    #[test]
    fn bytes_of_no_record_never_panic(bytes in vec(any::<u8>(), 0..300)) {
        prop_assert_eq!(read_as_everything(&bytes), 0);
        // With a frame that holds, the content decides.
        let framed = frame(&bytes);
        prop_assert!(read_as_everything(&framed) <= 7);
        prop_assert!(decode_text_row(&TextRef([0; 32]), &framed).is_err());
    }
}

/// Returns how many records are changed.
fn mutated() -> u32 {
    u32::try_from(crate::amounts::MUTATED_RECORDS.times()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: mutated(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_mutation_of_a_record_panics_though_its_checksum_holds(
        batch in batch(),
        cuts in vec((any::<prop::sample::Index>(), 0_usize..8, vec(any::<u8>(), 0..6)), 1..6),
    ) {
        let mut payload = [batch.chain.as_slice(), &canonical(&batch)].concat();
        for (at, removed, put) in cuts {
            let from = at.index(payload.len() + 1);
            let to = (from + removed).min(payload.len());
            payload.splice(from..to, put);
        }
        let record = frame(&payload);
        if let Ok(found) = decode_batch(&record) {
            // What reads is a batch like any other: it reads again from what is written of it.
            let again = encode_batch(&found.chain, &canonical(&found));
            prop_assert_eq!(decode_batch(&again).unwrap(), found);
        }
        prop_assert!(read_as_everything(&record) <= 7);
    }
}
