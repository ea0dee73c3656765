//! What a row of a view is, in words for people: its table and its key.

use std::fmt::Write as _;

use crate::space::{Endpoint, Moment, SpaceId, UserId};

use super::codec::Key;
use super::{Curves, Keywords, People, Polls, Spaces, View as _};

/// Milliseconds in a UTC day.
const DAY_MS: i64 = 86_400_000;
/// Milliseconds in an hour.
const HOUR_MS: i64 = 3_600_000;

/// Returns what stands under a key of the view of this name; a key of no table that is known here
/// in hexadecimal digits.
pub fn row_words(view: &str, key: &[u8]) -> String {
    key.split_first().and_then(|(tag, id)| words(view, *tag, id)).unwrap_or_else(|| {
        let mut words = "the row under the key ".to_owned();
        for byte in key {
            // Writing to a String cannot fail.
            write!(words, "{byte:02x}").unwrap_or_default();
        }
        words
    })
}

fn words(view: &str, tag: u8, id: &[u8]) -> Option<String> {
    Some(match (view, tag) {
        (Spaces::NAME, b's') => format!("Space {}", read::<SpaceId>(id)?),
        (Spaces::NAME, b'x') => {
            let (space, from) = read::<(SpaceId, i64)>(id)?;
            format!("the gap of Space {space} from {}", Moment(from))
        }
        (Spaces::NAME, b'k') => {
            let (speaker, space) = read::<(UserId, SpaceId)>(id)?;
            format!("Space {space} of speaker {speaker}")
        }
        (Spaces::NAME, b'f') => {
            let (at, space) = read::<(i64, SpaceId)>(id)?;
            format!("Space {space} among those first seen {}", Moment(at))
        }
        (Curves::NAME, b'n') => format!("the number of points of Space {}", read::<SpaceId>(id)?),
        (Curves::NAME, b'p') => {
            let (space, chunk) = read::<(SpaceId, u32)>(id)?;
            format!("the points of Space {space}, part {}", u64::from(chunk) + 1)
        }
        (People::NAME, b'u') => format!("user {}", read::<UserId>(id)?),
        (People::NAME, b'h') => {
            let (host, space) = read::<(UserId, SpaceId)>(id)?;
            format!("Space {space} of host {host}")
        }
        (People::NAME, b'f') => {
            let (user, day) = read::<(UserId, i64)>(id)?;
            let day = Moment(day.checked_mul(DAY_MS)?).to_utc();
            format!("the followers of user {user} on {}", day.format("%Y-%m-%d"))
        }
        (People::NAME, b'j') => {
            let (one, other) = read::<(SpaceId, SpaceId)>(id)?;
            format!("whether Spaces {one} and {other} are one event")
        }
        (People::NAME, b't') => format!("the topic under {:016x}", read::<u64>(id)?),
        (Keywords::NAME, b'f') => format!("when Space {} was first seen", read::<SpaceId>(id)?),
        (Keywords::NAME, b'w') => {
            let (at, space) = read::<(i64, SpaceId)>(id)?;
            format!("the words of Space {space}, first seen {}", Moment(at))
        }
        (Polls::NAME, b'q') => format!("the poll of seq {}", read::<u64>(id)?),
        (Polls::NAME, b'g') => {
            let (from, seq) = read::<(i64, u64)>(id)?;
            format!("the gap from {}, seq {seq}", Moment(from))
        }
        (Polls::NAME, b'e') => {
            let number = read::<u32>(id)?;
            let endpoint = Endpoint::ALL.into_iter().find(|it| *it as u32 == number)?;
            format!("endpoint {}", endpoint.word())
        }
        (Polls::NAME, b'h') => {
            let (hour, number) = read::<(i64, u64)>(id)?;
            let at = Moment(hour.checked_mul(HOUR_MS)?);
            format!("what {number:016x} cost in the hour from {at}")
        }
        (Polls::NAME, b'o') => "the open gap of an endpoint".to_owned(),
        (Polls::NAME, b'd') => {
            let day = Moment(read::<i64>(id)?.checked_mul(DAY_MS)?).to_utc();
            format!("day {}", day.format("%Y-%m-%d"))
        }
        _ => return None,
    })
}

/// Reads a whole key.
fn read<K: Key>(id: &[u8]) -> Option<K> {
    K::read(id).and_then(|(key, rest)| rest.is_empty().then_some(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key of a row, as its table writes it.
    fn key(tag: u8, id: impl Key) -> Vec<u8> {
        let mut key = vec![tag];
        id.write(&mut key);
        key
    }

    #[test]
    fn a_row_is_named_as_people_name_it() {
        let space: SpaceId = "1YqKDqWqdPLxV".parse().unwrap();
        let at = 1_763_000_000_000_i64;
        let gap = "the gap of Space 1YqKDqWqdPLxV from 2025-11-13T02:13:20.000Z";
        let cases = [
            ("spaces", key(b's', space), "Space 1YqKDqWqdPLxV"),
            ("spaces", key(b'x', (space, at)), gap),
            ("curves", key(b'p', (space, 2_u32)), "the points of Space 1YqKDqWqdPLxV, part 3"),
            ("hosts", key(b'u', UserId(12)), "user 12"),
            ("polls", key(b'd', 20_405_i64), "day 2025-11-13"),
            ("polls", key(b'q', 7_u64), "the poll of seq 7"),
            ("spaces", vec![b'?', 1, 2], "the row under the key 3f0102"),
            ("spaces", Vec::new(), "the row under the key "),
        ];
        for (view, key, words) in cases {
            assert_eq!(row_words(view, &key), words);
        }
    }
}
