//! What the columns of all segments take: those of observations, and those of other events.

use std::collections::{BTreeMap, BTreeSet};

use spacelog::event::codec::segment::{Row, Segment, column_sizes};
use spacelog::log::Reader;
use spacelog::space::UserId;

use crate::common::Outcome;

/// Columns that hold observations and nothing else; heads are charged to them in full.
const OWN: [&str; 7] =
    ["batch heads", "order", "run shapes", "participants", "reminders", "speakers", "state words"];

/// Names of Spaces and users, which other events use too.
const NAMES: [&str; 2] = ["space names", "user names"];

/// How segments compress names.
const LEVEL: i32 = 12;

/// Bytes of the segments.
#[derive(Default)]
pub struct Parts {
    pub observations: u64,
    pub segments: usize,
    /// Of all segments, directories included.
    pub bytes: u64,
    /// Of the observations, by column.
    pub own: BTreeMap<&'static str, u64>,
    /// Of the other events, by column; with what they add to the names.
    pub others: BTreeMap<&'static str, u64>,
}

impl Parts {
    pub fn of(reader: &Reader) -> Outcome<Self> {
        let mut parts = Self::default();
        for row in reader.segments()? {
            parts.add(reader, &row)?;
        }
        Ok(parts)
    }

    /// Returns the bytes of the observations alone.
    pub fn alone(&self) -> u64 {
        self.own.values().sum()
    }

    fn add(&mut self, reader: &Reader, row: &Row) -> Outcome<()> {
        let bytes = reader.segment(row)?;
        self.segments += 1;
        self.observations += u64::from(row.observations);
        self.bytes += row.bytes;
        let mut columns = 0;
        for (name, _raw, packed) in column_sizes(&bytes)? {
            columns += packed;
            let part = if OWN.contains(&name) { &mut self.own } else { &mut self.others };
            *part.entry(name).or_default() += packed;
        }
        let [spaces, users] = names(&Segment::open(&bytes, row.first_seq)?)?;
        for (name, bytes) in NAMES.into_iter().zip([spaces, users]) {
            *self.own.entry(name).or_default() += bytes;
            let rest = self.others.entry(name).or_default();
            *rest = rest.saturating_sub(bytes);
        }
        *self.others.entry("directory").or_default() += row.bytes - columns;
        Ok(())
    }
}

/// Returns what the names of the observed Spaces and of the speakers take by themselves, written as
/// a segment writes its names.
fn names(segment: &Segment) -> Outcome<[u64; 2]> {
    let runs = segment.runs()?;
    let (mut spaces, mut speakers) = (Vec::new(), BTreeSet::<UserId>::new());
    for run in runs.iter() {
        spaces.extend_from_slice(&run.space.to_bytes());
        for number in 0..run.places.len() {
            // What is as before was added with what it is like.
            let places = run.speakers(number).into_iter().flatten();
            if number == 0 || !run.is_steady(number) {
                speakers.extend(places.map(|place| segment.users()[*place as usize]));
            }
        }
    }
    let (mut users, mut before) = (Vec::new(), 0);
    for user in speakers {
        put(&mut users, user.0 - before);
        before = user.0;
    }
    let mut packed = [0; 2];
    for (size, raw) in packed.iter_mut().zip([spaces, users]) {
        *size = zstd::bulk::compress(&raw, LEVEL)?.len().min(raw.len()) as u64;
    }
    Ok(packed)
}

fn put(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    out.push(value.to_le_bytes()[0]);
}
