//! Records of what is kept of alerts: each framed like a batch, with its version.

use bincode::{Decode, Encode};

use super::{CodecError, decode, encode, frame, from_v1, unframe, v1};
use crate::event::{AlertCursor, AlertMemory, Letter, Occasion, TextRef};
use crate::space::{Moment, UserId};

/// Returns the record of where rules look next.
pub fn encode_cursor(it: &AlertCursor) -> Vec<u8> {
    frame(&encode(&(it.seq, it.since.0)))
}

/// Reads where rules look next.
pub fn decode_cursor(record: &[u8]) -> Result<AlertCursor, CodecError> {
    let (seq, since) = decode(unframe(record)?)?;
    Ok(AlertCursor { seq, since: Moment(since) })
}

/// Returns the record of what a rule remembers.
pub fn encode_memory(it: &AlertMemory) -> Vec<u8> {
    let last = it.last.map(|(at, count)| (at.0, count));
    frame(&encode(&(it.raised, it.raised_at.map(|at| at.0), it.streak, last)))
}

/// Reads what a rule remembers.
pub fn decode_memory(record: &[u8]) -> Result<AlertMemory, CodecError> {
    let (raised, raised_at, streak, last): (u32, Option<i64>, u32, Option<(i64, u64)>) =
        decode(unframe(record)?)?;
    let last = last.map(|(at, count)| (Moment(at), count));
    Ok(AlertMemory { raised, raised_at: raised_at.map(Moment), streak, last })
}

/// Returns the record of who hosts a Space.
pub fn encode_hosts(hosts: &[UserId]) -> Vec<u8> {
    frame(&encode(&hosts.iter().map(|user| user.0).collect::<Vec<u64>>()))
}

/// Reads who hosts a Space.
pub fn decode_hosts(record: &[u8]) -> Result<Vec<UserId>, CodecError> {
    let hosts: Vec<u64> = decode(unframe(record)?)?;
    Ok(hosts.into_iter().map(UserId).collect())
}

#[derive(Encode, Decode)]
struct LetterRow {
    alert: [u8; 16],
    rule: u64,
    name: v1::Ref,
    occasion: u8,
    space: Option<v1::Space>,
    user: Option<u64>,
    at: i64,
    figure: Option<u64>,
    attempts: u32,
    next_at: i64,
    is_dead: bool,
}

/// Returns the record of an alert on its way.
pub fn encode_letter(it: &Letter) -> Vec<u8> {
    let place = Occasion::ALL.iter().position(|occasion| *occasion == it.occasion);
    frame(&encode(&LetterRow {
        alert: it.alert,
        rule: it.rule,
        name: it.name.0,
        occasion: u8::try_from(place.unwrap_or_default()).unwrap_or_default(),
        space: it.space.map(crate::space::SpaceId::to_bytes),
        user: it.user.map(|user| user.0),
        at: it.at.0,
        figure: it.figure,
        attempts: it.attempts,
        next_at: it.next_at.0,
        is_dead: it.is_dead,
    }))
}

/// Reads an alert on its way.
pub fn decode_letter(record: &[u8]) -> Result<Letter, CodecError> {
    let it: LetterRow = decode(unframe(record)?)?;
    let occasion = Occasion::ALL.get(usize::from(it.occasion)).copied();
    let unknown = || CodecError::Content(format!("no occasion has the number {}", it.occasion));
    Ok(Letter {
        alert: it.alert,
        rule: it.rule,
        name: TextRef(it.name),
        occasion: occasion.ok_or_else(unknown)?,
        space: it.space.map(from_v1::space).transpose()?,
        user: it.user.map(UserId),
        at: Moment(it.at),
        figure: it.figure,
        attempts: it.attempts,
        next_at: Moment(it.next_at),
        is_dead: it.is_dead,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns bytes as people compare them.
    fn hex(bytes: &[u8]) -> String {
        let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        digits.concat()
    }

    #[test]
    fn what_is_kept_of_alerts_is_read_as_it_was_written_and_its_bytes_stay() {
        let cursor = AlertCursor { seq: 300, since: Moment(5) };
        assert_eq!(decode_cursor(&encode_cursor(&cursor)).unwrap(), cursor);
        let last = Some((Moment(9), 12));
        let memory = AlertMemory { raised: 2, raised_at: Some(Moment(7)), streak: 3, last };
        assert_eq!(decode_memory(&encode_memory(&memory)).unwrap(), memory);
        let hosts = vec![UserId(7), UserId(9)];
        assert_eq!(decode_hosts(&encode_hosts(&hosts)).unwrap(), hosts);
        let mut told = vec![
            format!("cursor {}", hex(&encode_cursor(&cursor))),
            format!("memory {}", hex(&encode_memory(&memory))),
            format!("hosts {}", hex(&encode_hosts(&hosts))),
        ];
        for (number, occasion) in Occasion::ALL.into_iter().enumerate() {
            let letter = Letter {
                alert: [3; 16],
                rule: 11,
                name: TextRef([4; 32]),
                occasion,
                space: (number % 2 == 0).then(|| "1YqKDqWqdPLxV".parse().unwrap()),
                user: Some(UserId(12)),
                at: Moment(70),
                figure: Some(1_001),
                attempts: 2,
                next_at: Moment(71),
                is_dead: number > 6,
            };
            assert_eq!(decode_letter(&encode_letter(&letter)).unwrap(), letter);
            told.push(format!("{} {}", occasion.word(), hex(&encode_letter(&letter))));
        }
        insta::with_settings!({
            snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots"),
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, {
            insta::assert_snapshot!("format_alerts_v1", told.join("\n"));
        });
    }
}
