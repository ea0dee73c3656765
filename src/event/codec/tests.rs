//! Every version as it was released: its bytes, and that they read back for ever.

mod acts;
pub(super) mod generated;
pub(crate) mod samples;

use std::fs;

use super::*;
use crate::event::{
    DaySpend, EndpointKnown, Event, ForgottenMark, MonitorId, Notice, PollId, SpaceKnown, UserKnown,
};
use crate::space::{FailureClass, Moment};

/// What a version was the first to write, with names.
type Held = fn() -> Vec<(String, Stored)>;

/// The golden file of each version (`kind/name = hexadecimal digits`, a record a line), and what
/// it holds.
const GOLDEN: [(&str, Held); 4] = [
    ("format_v1", held),
    ("format_v2", held_in_2),
    ("format_v3", held_in_3),
    ("format_v4", held_in_4),
];

/// Where golden files are.
const SNAPSHOTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots");

/// Everything that is stored.
#[derive(Clone, Debug, PartialEq)]
enum Stored {
    Batch(Batch),
    Text(Salt, Owner, Text),
    Header(Header),
    Space(SpaceKnown),
    User(UserKnown),
    Endpoint(EndpointKnown),
    Spent(DaySpend),
    Notice(Notice),
    Forgotten(ForgottenMark),
}

impl Stored {
    fn encode(&self) -> Vec<u8> {
        match self {
            Self::Batch(it) => encode_batch(&it.chain, &canonical(it)),
            Self::Text(salt, owner, text) => encode_text_row(*owner, salt, text),
            Self::Header(it) => encode_header(it),
            Self::Space(it) => encode_space(it),
            Self::User(it) => encode_user(it),
            Self::Endpoint(it) => encode_endpoint(it),
            Self::Spent(it) => encode_spent(it),
            Self::Notice(it) => encode_notice(it),
            Self::Forgotten(it) => encode_forgotten(it),
        }
    }

    /// Reads a record as one of this kind.
    fn decode_as(&self, record: &[u8]) -> Result<Self, CodecError> {
        Ok(match self {
            Self::Batch(_) => Self::Batch(decode_batch(record)?),
            Self::Text(salt, _, text) => {
                let reference = TextRef::of(salt, &encode_text(text));
                let (owner, text) = decode_text_row(&reference, record)?;
                Self::Text(*salt, owner, text)
            }
            Self::Header(_) => Self::Header(decode_header(record)?),
            Self::Space(_) => Self::Space(decode_space(record)?),
            Self::User(_) => Self::User(decode_user(record)?),
            Self::Endpoint(_) => Self::Endpoint(decode_endpoint(record)?),
            Self::Spent(_) => Self::Spent(decode_spent(record)?),
            Self::Notice(_) => Self::Notice(decode_notice(record)?),
            Self::Forgotten(_) => Self::Forgotten(decode_forgotten(record)?),
        })
    }
}

/// Everything that version 1 wrote.
fn held() -> Vec<(String, Stored)> {
    let mut all: Vec<(String, Stored)> = Vec::new();
    let events = samples::events();
    for (name, event) in &events {
        let batch = samples::batch(None, vec![event.clone()]);
        all.push((format!("event/{}/{name}", event.kind()), Stored::Batch(batch)));
    }
    let some: Vec<Event> = events.into_iter().map(|(_, event)| event).step_by(5).collect();
    let batch = samples::batch(Some(PollId([0xb0; 16])), some);
    all.push(("batch".to_owned(), Stored::Batch(batch)));
    for (name, owner, text) in samples::texts() {
        all.push((format!("text/{name}"), Stored::Text([0x5a; 16], owner, text)));
    }
    let mut add = |kind: &str, name: &str, it| all.push((format!("{kind}/{name}"), it));
    for (name, it) in samples::headers() {
        add("header", name, Stored::Header(it));
    }
    let spaces = samples::known_spaces().into_iter();
    spaces.for_each(|(name, it)| add("known space", name, Stored::Space(it)));
    let users = samples::known_users().into_iter();
    users.for_each(|(name, it)| add("known user", name, Stored::User(it)));
    let endpoints = samples::known_endpoints().into_iter();
    endpoints.for_each(|(name, it)| add("known endpoint", name, Stored::Endpoint(it)));
    let spent = DaySpend { day: 20_775, least_micro_usd: 15_000, most_micro_usd: 55_000 };
    add("spent", "full", Stored::Spent(spent));
    for (name, it) in samples::notices() {
        add("notice", name, Stored::Notice(it));
    }
    all
}

/// What version 2 was the first to write: alone, and in one batch with what is as it was.
fn held_in_2() -> Vec<(String, Stored)> {
    let origins = [("origin", "https://api.x.com"), ("origin, empty", "")];
    let event = |(name, origin): (&str, &str)| {
        let event = acts::started(Some(origin));
        let batch = samples::batch(None, vec![event.clone()]);
        (format!("event/{}/{name}", event.kind()), Stored::Batch(batch))
    };
    let mut all: Vec<_> = origins.into_iter().map(event).collect();
    let mut mixed = vec![acts::started(Some("http://127.0.0.1:40123")), acts::started(None)];
    mixed.extend(samples::events().into_iter().map(|(_, event)| event).step_by(9));
    all.push(("batch".to_owned(), Stored::Batch(samples::batch(None, mixed))));
    let header = Header { format: 2, ..samples::headers()[0].1.clone() };
    all.push(("header/full".to_owned(), Stored::Header(header)));
    for (name, finished) in [("begun", false), ("finished", true)] {
        let mark = ForgottenMark { at: Moment(1_795_000_000_000), finished };
        all.push((format!("forgotten/{name}"), Stored::Forgotten(mark)));
    }
    all
}

/// What version 3 was the first to write.
fn held_in_3() -> Vec<(String, Stored)> {
    let event = samples::blocked();
    let batch = samples::batch(None, vec![event.clone()]);
    let failing = Some((Moment(8), FailureClass::Blocked));
    let header = Header { format: 3, ..samples::headers()[0].1.clone() };
    vec![
        (format!("event/{}/blocked", event.kind()), Stored::Batch(batch)),
        ("known endpoint/blocked".to_owned(), Stored::Endpoint(EndpointKnown { failing })),
        ("header/full".to_owned(), Stored::Header(header)),
    ]
}

/// What version 4 was the first to write.
fn held_in_4() -> Vec<(String, Stored)> {
    let events = [-3_600_000, 0, i64::MAX].map(|by_ms| Event::ClockSkewed { by_ms });
    let header = Header { format: 4, ..samples::headers()[0].1.clone() };
    let batches = (1..).zip(events).map(|(number, event)| {
        let name = format!("event/{}/{number}", event.kind());
        (name, Stored::Batch(samples::batch(None, vec![event])))
    });
    batches.chain([("header/full".to_owned(), Stored::Header(header))]).collect()
}

/// The records of a golden file: name and bytes.
fn golden(file: &str) -> Vec<(String, Vec<u8>)> {
    let text = fs::read_to_string(format!("{SNAPSHOTS}/{file}.snap")).unwrap();
    let lines = text.lines().filter_map(|line| line.split_once(" = "));
    lines.map(|(name, hex)| (name.to_owned(), bytes(hex))).collect()
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut digits = String::new();
    for byte in bytes {
        write!(digits, "{byte:02x}").unwrap();
    }
    digits
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<char> = hex.chars().collect();
    let byte = |pair: &[char]| u8::from_str_radix(&pair.iter().collect::<String>(), 16).unwrap();
    digits.chunks(2).map(byte).collect()
}

#[test]
fn every_version_is_written_with_the_bytes_it_was_released_with() {
    for (file, held) in GOLDEN {
        let lines = held().into_iter().map(|(name, it)| format!("{name} = {}", hex(&it.encode())));
        let text = lines.collect::<Vec<_>>().join("\n");
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(SNAPSHOTS);
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!(file, text));
    }
}

#[test]
fn the_bytes_that_a_version_was_released_with_read_back_as_what_was_written() {
    for (file, held) in GOLDEN {
        let (golden, held) = (golden(file), held());
        assert_eq!(golden.len(), held.len(), "a record was added to {file}, or taken away");
        for ((name, bytes), (expected_name, expected)) in golden.into_iter().zip(&held) {
            assert_eq!(name, *expected_name);
            let read = expected.decode_as(&bytes);
            assert_eq!(read.as_ref().map_err(ToString::to_string), Ok(expected), "{name}");
        }
    }
}

#[test]
fn whatever_version_a_batch_was_written_in_it_is_written_again_with_the_same_bytes() {
    let mut tried = 0;
    for (file, _) in GOLDEN {
        let batches = golden(file).into_iter();
        let is_batch = |name: &str| name.starts_with("event/") || name == "batch";
        for (name, record) in batches.filter(|(name, _)| is_batch(name)) {
            let batch = decode_batch(&record).unwrap();
            assert_eq!(encode_batch(&batch.chain, &canonical(&batch)), record, "{file}: {name}");
            tried += 1;
        }
    }
    assert!(tried > 60, "only {tried} batches");
}

#[test]
fn what_version_1_did_not_say_is_unknown() {
    let (_, record) = golden("format_v1")
        .into_iter()
        .find(|(name, _)| name == "event/MonitorStarted/started")
        .unwrap();
    assert_eq!(decode_batch(&record).unwrap().events, [acts::started(None)]);
}

#[test]
fn an_event_of_a_version_yet_to_come_is_told_apart_from_a_damaged_one() {
    let mut batch = samples::batch(None, vec![Event::ClockStepped { by_ms: 0 }]);
    (batch.first_seq, batch.monitor) = (1, MonitorId(1));
    let mut canonical = canonical(&batch);
    // The event is the last of the bytes: its tag, and a zero.
    let tag = canonical.len() - 2;
    assert_eq!(canonical[tag..], [14, 0]);
    canonical[tag] = 99;
    let record = encode_batch(&batch.chain, &canonical);
    assert!(matches!(decode_batch(&record), Err(CodecError::Newer(99))));
}

#[test]
fn every_kind_of_event_is_held() {
    let held = GOLDEN.iter().flat_map(|(_, held)| held());
    let events = held.filter_map(|(_, stored)| match stored {
        Stored::Batch(batch) => batch.events.first().cloned(),
        _ => None,
    });
    let kinds: Vec<&str> = events.map(|event| event.kind()).collect();
    for kind in Event::KINDS {
        assert!(kinds.contains(&kind), "no {kind} among the samples");
    }
}

#[test]
fn a_record_of_a_newer_version_is_told_apart_from_a_damaged_one() {
    let mut record = held()[0].1.encode();
    record[0] = VERSION + 1;
    assert!(matches!(decode_batch(&record), Err(CodecError::Newer(version)) if version == 2));
    record[0] = VERSION;
    record[9] ^= 1;
    assert!(matches!(decode_batch(&record), Err(CodecError::Checksum)));
    assert!(matches!(decode_batch(&record[..4]), Err(CodecError::Short)));
}

#[test]
fn a_text_is_refused_under_the_reference_of_another() {
    let (salt, text) = ([1; 16], Text::Line("climate".to_owned()));
    let record = encode_text_row(Owner::Monitor, &salt, &text);
    let reference = TextRef::of(&salt, &encode_text(&text));
    assert_eq!(decode_text_row(&reference, &record).unwrap(), (Owner::Monitor, text.clone()));
    let other = TextRef::of(&[2; 16], &encode_text(&text));
    assert!(matches!(decode_text_row(&other, &record), Err(CodecError::Content(_))));
}

#[test]
fn equal_texts_have_unequal_references_under_unequal_salts() {
    let text = encode_text(&Text::Line("climate".to_owned()));
    assert_ne!(TextRef::of(&[1; 16], &text), TextRef::of(&[2; 16], &text));
}

#[test]
fn a_batch_without_events_is_no_batch() {
    let batch = samples::batch(None, Vec::new());
    let record = encode_batch(&batch.chain, &canonical(&batch));
    assert!(matches!(decode_batch(&record), Err(CodecError::Content(_))));
}
