//! The curves view: every observation of a Space as a point, in chunks.

use bincode::{Decode, Encode};

use crate::event::{Batch, Event};
use crate::space::{SpaceId, SpaceState};

use super::audience::{IMPORTED_HOLDING_MS, Look};
use super::table::{Dirty, Disk, Table};
use super::{View, ViewError};

/// Points in a full chunk: one small value on disk, a handful a Space.
const CHUNK_POINTS: u32 = 128;

/// One observation of a Space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// When, in milliseconds since the epoch.
    pub at: i64,
    /// Its place in the log.
    pub seq: u64,
    /// X's count, in whatever state.
    pub participants: Option<u64>,
    /// X's word for the state.
    pub state: Option<String>,
    /// For how long the count may be held.
    pub hold_ms: u64,
}

impl Point {
    /// Returns the point as a look at the audience, if the Space was live, and had not ended by
    /// X's own account.
    pub fn look(&self, ended_at: Option<i64>) -> Option<Look> {
        let live = self.state.as_deref() == Some(SpaceState::Live.word());
        let over = ended_at.is_some_and(|ended_at| self.at >= ended_at);
        let look = Look { at: self.at, count: self.participants, hold_ms: self.hold_ms };
        (live && !over).then_some(look)
    }
}

/// Up to [`CHUNK_POINTS`] points, as differences from the point before.
#[derive(Clone, Debug, Default, Encode, Decode)]
struct Chunk {
    last: (i64, u64),
    points: Vec<Packed>,
}

#[derive(Clone, Debug, Encode, Decode)]
struct Packed {
    later_ms: i64,
    further: u64,
    participants: Option<u64>,
    state: State,
    hold_ms: u64,
}

#[derive(Clone, Debug, Encode, Decode)]
enum State {
    Unknown,
    Scheduled,
    Live,
    Ended,
    Other(String),
}

impl Chunk {
    fn push(&mut self, point: &Point, state: State) {
        self.points.push(Packed {
            later_ms: point.at.wrapping_sub(self.last.0),
            further: point.seq.wrapping_sub(self.last.1),
            participants: point.participants,
            state,
            hold_ms: point.hold_ms,
        });
        self.last = (point.at, point.seq);
    }

    fn unpack(&self, out: &mut Vec<Point>) {
        let (mut at, mut seq) = (0_i64, 0_u64);
        for packed in &self.points {
            at = at.wrapping_add(packed.later_ms);
            seq = seq.wrapping_add(packed.further);
            let state = match &packed.state {
                State::Unknown => None,
                State::Scheduled => Some(SpaceState::Scheduled.word()),
                State::Live => Some(SpaceState::Live.word()),
                State::Ended => Some(SpaceState::Ended.word()),
                State::Other(word) => Some(word.as_str()),
            };
            out.push(Point {
                at,
                seq,
                participants: packed.participants,
                state: state.map(ToOwned::to_owned),
                hold_ms: packed.hold_ms,
            });
        }
    }
}

/// The curves view.
#[derive(Debug)]
pub struct Curves {
    counts: Table<SpaceId, u32>,
    chunks: Table<(SpaceId, u32), Chunk>,
}

impl Default for Curves {
    fn default() -> Self {
        Self { counts: Table::new(b'n'), chunks: Table::new(b'p') }
    }
}

impl View for Curves {
    const NAME: &'static str = "curves";
    const VERSION: u32 = 1;

    fn fold(&mut self, disk: &dyn Disk, batch: &Batch) -> Result<(), ViewError> {
        let hold_ms = batch.holding_ms().unwrap_or(IMPORTED_HOLDING_MS);
        for entry in batch.entries() {
            let Event::SpaceObserved(it) = entry.event else { continue };
            let state = match &it.state {
                None => State::Unknown,
                Some(SpaceState::Scheduled) => State::Scheduled,
                Some(SpaceState::Live) => State::Live,
                Some(SpaceState::Ended) => State::Ended,
                Some(SpaceState::Other(word)) => State::Other(word.clone()),
            };
            let point = Point {
                at: batch.observed_at.0,
                seq: entry.seq,
                participants: it.participants,
                state: None,
                hold_ms,
            };
            let count = self.counts.edit(disk, it.space, || 0)?;
            let number = *count / CHUNK_POINTS;
            *count += 1;
            let chunk = self.chunks.edit(disk, (it.space, number), Chunk::default)?;
            chunk.push(&point, state);
        }
        Ok(())
    }

    fn dirty(&self) -> Dirty {
        let mut rows = Dirty::new();
        self.counts.dirty(&mut rows);
        self.chunks.dirty(&mut rows);
        rows
    }

    fn settled(&mut self) {
        self.counts.settled();
        self.chunks.settled();
    }
}

impl Curves {
    /// Returns every point of a Space, by time, and by place in the log where times are equal.
    pub fn points(&self, disk: &dyn Disk, space: SpaceId) -> Result<Vec<Point>, ViewError> {
        let mut points = Vec::new();
        self.chunks.scan(disk, (space, 0), Some((space, u32::MAX)), |_key, chunk| {
            chunk.unpack(&mut points);
            Ok(true)
        })?;
        points.sort_by_key(|point| (point.at, point.seq));
        Ok(points)
    }
}
