//! spacelog's replay: sealed segments, a Space's run at a time.

use std::collections::{HashMap, HashSet};

use spacelog::event::Event;
use spacelog::event::codec::segment::{Head, Other, Run, Runs, Segment};
use spacelog::log::Reader;
use spacelog::space::{SpaceId, UserId};

use crate::common::Outcome;

/// What a replay finds.
#[derive(Default)]
pub struct Replay {
    pub spaces: HashMap<SpaceId, Found>,
    /// The Spaces of each host.
    pub hosts: HashMap<UserId, HashSet<SpaceId>>,
}

/// What it finds of a Space.
#[derive(Default)]
pub struct Found {
    /// The last state, as its code in a shape.
    pub state: u8,
    /// The most people while live, and when they were first so many.
    pub peak: Option<(u64, i64)>,
}

/// Peaks of all Spaces, and their instants, each as a sum.
pub type Peaks = (u64, i64);

const STATE: u8 = 0b111;

impl Replay {
    /// Replays all segments; without hosts only observations are looked at.
    pub fn of(reader: &Reader, hosts: bool) -> Outcome<Self> {
        let mut replay = Self::default();
        for row in reader.segments()? {
            let bytes = reader.segment(&row)?;
            let segment = Segment::open(&bytes, row.first_seq)?;
            replay.observations(&segment.runs()?, segment.heads());
            if hosts {
                replay.hosts(&segment.others()?);
            }
        }
        Ok(replay)
    }

    pub fn peaks(&self) -> Peaks {
        let peaks = self.spaces.values().filter_map(|it| it.peak);
        peaks.fold((0, 0), |sum, (peak, at)| (sum.0 + peak, sum.1.wrapping_add(at)))
    }

    pub fn observations(&mut self, runs: &Runs, heads: &[Head]) {
        for run in runs.iter() {
            let found = self.spaces.entry(run.space).or_default();
            take(found, &run, heads);
        }
    }

    fn hosts(&mut self, others: &[Other]) {
        for other in others {
            let Event::SpaceDescribed(it) = &other.event else { continue };
            for host in it.hosts.iter().flatten() {
                self.hosts.entry(*host).or_default().insert(it.space);
            }
        }
    }
}

fn take(found: &mut Found, run: &Run, heads: &[Head]) {
    let mut most = found.peak.map(|(peak, _)| peak);
    let mut place = None;
    for number in 0..run.places.len() {
        let count = run.participants(number).filter(|_| run.is_live(number));
        if count > most {
            (most, place) = (count, Some(number));
        }
    }
    if let (Some(most), Some(place)) = (most, place) {
        let (batch, _offset) = run.places[place];
        found.peak = Some((most, heads[batch as usize].observed_at.0));
    }
    if let Some(shape) = run.shapes.last() {
        found.state = shape & STATE;
    }
}
