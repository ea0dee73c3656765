//! Version 1 as it was released: its bytes, and that they read back for ever.

mod acts;
pub(super) mod generated;
pub(super) mod samples;

use std::fs;

use super::*;
use crate::event::{DaySpend, EndpointKnown, Event, Notice, PollId, SpaceKnown, UserKnown};

/// Where the golden bytes are: `kind/name = hexadecimal digits`, a record a line.
const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/format_v1.snap");

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
        })
    }
}

/// Everything of which bytes are held, with its name.
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
fn version_1_is_written_with_the_bytes_it_was_released_with() {
    let lines = held().into_iter().map(|(name, it)| format!("{name} = {}", hex(&it.encode())));
    let text = lines.collect::<Vec<_>>().join("\n");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("format_v1", text));
}

#[test]
fn the_bytes_that_version_1_was_released_with_read_back_as_what_was_written() {
    let file = fs::read_to_string(GOLDEN).unwrap();
    let golden: Vec<(&str, &str)> =
        file.lines().filter_map(|line| line.split_once(" = ")).collect();
    let held = held();
    assert_eq!(golden.len(), held.len(), "a record was added or taken away");
    for ((name, hex), (expected_name, expected)) in golden.into_iter().zip(&held) {
        assert_eq!(name, expected_name);
        let read = expected.decode_as(&bytes(hex));
        assert_eq!(read.as_ref().map_err(ToString::to_string), Ok(expected), "{name}");
    }
}

#[test]
fn every_kind_of_event_is_held() {
    let kinds: Vec<&str> = samples::events().iter().map(|(_, event)| event.kind()).collect();
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
