//! The curves view: every observation of a Space as a point, in chunks.

use crate::event::Event;
use crate::event::codec::segment::{Content, Runs, Wanted};
use crate::space::SpaceId;

use super::place::{Answers, Place};
use super::points::{Chunk, Plain, Point};
use super::table::{Dirty, Disk, Table};
use super::{View, ViewError};

/// Points in a full chunk: with them a row takes most of a page, so that the fewest are inserted.
const CHUNK_POINTS: u32 = 512;

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
    const VERSION: u32 = 3;
    const WANTED: Wanted = Wanted::Observations;

    fn event(&mut self, disk: &dyn Disk, place: &Place, event: &Event) -> Result<(), ViewError> {
        let Event::SpaceObserved(it) = event else { return Ok(()) };
        let Place { at, seq, hold_ms, .. } = *place;
        let point = Plain { at, seq, participants: it.participants, hold_ms };
        let count = self.counts.edit(disk, it.space, || 0)?;
        let number = *count / CHUNK_POINTS;
        *count += 1;
        let chunk = self.chunks.edit(disk, (it.space, number), Chunk::default)?;
        chunk.push(&point, it.state.as_ref());
        Ok(())
    }

    fn fold_sealed(&mut self, disk: &dyn Disk, content: &Content) -> Result<(), ViewError> {
        let answers = Answers::of(content);
        for run in content.runs.iter().flat_map(Runs::iter) {
            let count = self.counts.edit(disk, run.space, || 0)?;
            let mut number = 0;
            while number < run.places.len() {
                // As many as the chunk still takes.
                let room = (CHUNK_POINTS - *count % CHUNK_POINTS) as usize;
                let chunk = (run.space, *count / CHUNK_POINTS);
                let chunk = self.chunks.edit(disk, chunk, Chunk::default)?;
                let end = run.places.len().min(number + room);
                chunk.reserve(end - number);
                for number in number..end {
                    let (batch, offset) = run.places[number];
                    let Place { at, seq, hold_ms, .. } = answers.place_at(batch, offset);
                    let participants = run.participants(number);
                    let point = Plain { at, seq, participants, hold_ms };
                    if run.is_live(number) {
                        chunk.push_live(&point);
                    } else {
                        chunk.push(&point, run.state(number).as_ref());
                    }
                }
                // A segment holds fewer observations than 32 bits count.
                *count += u32::try_from(end - number).unwrap_or(u32::MAX);
                number = end;
            }
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
            chunk.unpack(&mut points)?;
            Ok(true)
        })?;
        if !points.is_sorted_by_key(|point| (point.at, point.seq)) {
            points.sort_by_key(|point| (point.at, point.seq));
        }
        Ok(points)
    }
}
