//! The entropy floor: the fewest bytes that these models need, were every model free.
//!
//! A floor of models without memory beyond what is said here; a cleverer one may go below it.
//!
//! | part | what is told, and how much that is |
//! |---|---|
//! | participants | each Space's differences from its last count: their order-0 entropy, a Space apart |
//! | run shapes | state, and whether there is a count: the entropy of each given the Space's last one |
//! | reminders | unchanged, or the difference: order-0 entropy over all Spaces |
//! | speakers | how many left and came: order-0 entropy; who left: one of those there; who came: one of those who spoke there before, or one of all speakers, in no order |
//! | order | whether a Space follows on the one it followed on last time (order-0), and if not, which of the segment's |
//! | batch heads | differences of differences of times, delays of recording, counts: order-0 entropy each |
//! | space names, user names | each Space's letters once in the log, order-0 a place; the speakers as a set of numbers in their range |

mod order;

use std::collections::{BTreeMap, BTreeSet};

use spacelog::event::codec::segment::{Head, Run, Segment};
use spacelog::log::Reader;
use spacelog::space::{SpaceId, UserId};

use crate::common::Outcome;
use crate::common::figures::real;
use order::Order;

/// How often each symbol came.
#[derive(Default)]
struct Counts<T>(BTreeMap<T, u64>);

impl<T: Ord> Counts<T> {
    fn add(&mut self, symbol: T) {
        *self.0.entry(symbol).or_default() += 1;
    }

    /// Returns the bits that all of them take by their order-0 entropy.
    fn bits(&self) -> f64 {
        let all = real(self.0.values().sum());
        self.0.values().map(|count| real(*count) * (all / real(*count)).log2()).sum()
    }
}

/// What was last said of a Space.
#[derive(Default)]
struct Said {
    count: u64,
    counts: Counts<u64>,
    shape: Option<u8>,
    reminders: Option<u64>,
    speakers: BTreeSet<UserId>,
    spoke: BTreeSet<UserId>,
}

/// The floor of a log.
#[derive(Default)]
pub struct Floor {
    pub spaces: usize,
    /// Bits, by the columns of segments.
    pub parts: BTreeMap<&'static str, f64>,
}

impl Floor {
    /// Returns the bits of all parts.
    pub fn bits(&self) -> f64 {
        self.parts.values().sum()
    }

    pub fn of(reader: &Reader) -> Outcome<Self> {
        let mut told = Told::default();
        for row in reader.segments()? {
            let bytes = reader.segment(&row)?;
            let segment = Segment::open(&bytes, row.first_seq)?;
            let runs = segment.runs()?;
            for run in runs.iter() {
                told.run(&run, segment.users());
            }
            told.heads(segment.heads());
            told.order.segment(&runs, segment.heads());
        }
        Ok(told.floor())
    }
}

/// All that is told.
#[derive(Default)]
struct Told {
    spaces: BTreeMap<SpaceId, Said>,
    shapes: BTreeMap<Option<u8>, Counts<u8>>,
    reminders: Counts<Option<u64>>,
    /// How many left, and how many came.
    changes: Counts<(usize, usize)>,
    /// Bits that tell who left, and which of earlier speakers came.
    known_speakers: f64,
    /// For each change, how many came who never spoke there.
    strangers: Vec<u64>,
    speakers: BTreeSet<UserId>,
    times: Counts<i64>,
    delays: Counts<i64>,
    sizes: Counts<u32>,
    at: (i64, i64),
    order: Order,
}

/// State and whether there is a count, in a shape.
const STATE_AND_COUNTED: u8 = 0b1111;

impl Told {
    fn run(&mut self, run: &Run, users: &[UserId]) {
        let said = self.spaces.entry(run.space).or_default();
        let mut listed: Option<&[u32]> = None;
        for number in 0..run.places.len() {
            let shape = run.shapes[number] & STATE_AND_COUNTED;
            self.shapes.entry(said.shape.replace(shape)).or_default().add(shape);
            if let Some(count) = run.participants(number) {
                said.counts.add(count.wrapping_sub(said.count));
                said.count = count;
            }
            let reminders = run.subscribers(number);
            let moved = (reminders != said.reminders).then_some(reminders).flatten();
            let before = said.reminders.unwrap_or_default();
            self.reminders.add(moved.map(|now| now.wrapping_sub(before)));
            said.reminders = reminders.or(said.reminders);
            let Some(places) = run.speakers(number) else { continue };
            if listed.replace(places) == Some(places) {
                self.changes.add((0, 0));
                continue;
            }
            let now = places.iter().map(|place| users[*place as usize]).collect::<BTreeSet<_>>();
            let gone = said.speakers.difference(&now).count();
            let came: Vec<UserId> = now.difference(&said.speakers).copied().collect();
            self.changes.add((gone, came.len()));
            if gone == 0 && came.is_empty() {
                continue;
            }
            let again = came.iter().filter(|user| said.spoke.contains(*user)).count();
            self.known_speakers += chosen(gone, said.speakers.len())
                + chosen(again, said.spoke.len() - said.speakers.len());
            self.strangers.push((came.len() - again) as u64);
            said.spoke.extend(&came);
            self.speakers.extend(&came);
            said.speakers = now;
        }
    }

    fn heads(&mut self, heads: &[Head]) {
        for head in heads {
            let since = head.observed_at.0 - self.at.0;
            self.times.add(since - self.at.1);
            self.at = (head.observed_at.0, since);
            self.delays.add(head.recorded_at.0 - head.observed_at.0);
            self.sizes.add(head.observations);
        }
    }

    fn floor(self) -> Floor {
        let mut letters: BTreeMap<usize, Counts<u8>> = BTreeMap::new();
        for space in self.spaces.keys() {
            for (place, letter) in space.to_bytes().into_iter().enumerate() {
                letters.entry(place).or_default().add(letter);
            }
        }
        let all = self.speakers.len();
        let strangers: f64 = self
            .strangers
            .iter()
            .map(|count| chosen(usize::try_from(*count).unwrap_or(all), all))
            .sum();
        let range = match (self.speakers.first(), self.speakers.last()) {
            (Some(first), Some(last)) => last.0 - first.0 + 1,
            _ => 0,
        };
        let counts = self.spaces.values().map(|said| said.counts.bits()).sum();
        let parts = BTreeMap::from([
            ("participants", counts),
            ("run shapes", self.shapes.values().map(Counts::bits).sum()),
            ("reminders", self.reminders.bits()),
            ("speakers", self.changes.bits() + self.known_speakers + strangers),
            ("order", self.order.bits()),
            ("batch heads", self.times.bits() + self.delays.bits() + self.sizes.bits()),
            ("space names", letters.values().map(Counts::bits).sum()),
            // A set of n numbers below r, n much smaller than r: n log2(r e / n).
            (
                "user names",
                real(all as u64) * (real(range) / real(all.max(1) as u64)).max(1.0).log2(),
            ),
        ]);
        Floor { spaces: self.spaces.len(), parts }
    }
}

/// Returns the bits that tell which `some` of `all` it is.
fn chosen(some: usize, all: usize) -> f64 {
    let all = all.max(some);
    (0..some).map(|number| (real((all - number) as u64) / real(number as u64 + 1)).log2()).sum()
}
