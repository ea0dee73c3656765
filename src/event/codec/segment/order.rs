//! In which order the Spaces of a segment were observed.
//!
//! A monitor asks for the same Spaces again and again, and X answers in the order of asking. So
//! each observation is told as "what followed on that one the last time", and only where that is
//! wrong the Space is named. What follows on what is kept for each endpoint apart.

use super::super::CodecError;
use super::columns::{Column, Columns, Cursor, Pack, too_large};
use super::heads::{CONTEXTS, Heads, context};
use super::names::Names;
use crate::event::{Batch, Event};

/// What followed on each Space the last time, for each endpoint.
struct Followers {
    next: Vec<Vec<u32>>,
    last: [u32; CONTEXTS],
}

/// Follows on nothing, or is not known yet.
const NOBODY: u32 = u32::MAX;

impl Followers {
    fn new(spaces: usize) -> Self {
        // One place more: what came before the first.
        let first = u32::try_from(spaces).unwrap_or(NOBODY);
        Self { next: vec![vec![NOBODY; spaces + 1]; CONTEXTS], last: [first; CONTEXTS] }
    }
}

pub(super) fn write(batches: &[Batch], names: &Names, pack: &mut Pack) {
    let mut followers = Followers::new(names.spaces.len());
    for batch in batches {
        let context = usize::from(context(batch));
        let (next, last) = (&mut followers.next[context], &mut followers.last[context]);
        let mut hits = 0;
        let mut pending = false;
        for event in &batch.events {
            let Event::SpaceObserved(it) = event else { continue };
            let space = names.space(it.space);
            let expected = &mut next[*last as usize];
            pending = *expected == space;
            if pending {
                hits += 1;
            } else {
                pack.put(Column::HITS, std::mem::take(&mut hits));
                pack.put(Column::MISSES, u64::from(space));
                *expected = space;
            }
            *last = space;
        }
        // A batch that ends with a Space that was named needs no more.
        if pending {
            pack.put(Column::HITS, hits);
        }
    }
}

/// Where each observation of a segment stands, Space by Space.
#[derive(Debug, Default)]
pub(super) struct Order {
    /// For each observation its batch, and how far its seq is from the segment's first; the Spaces
    /// one after another.
    pub places: Vec<(u32, u32)>,
    /// Where each Space's observations begin; one more at the end.
    pub starts: Vec<u32>,
}

pub(super) fn read(columns: &Columns, heads: &Heads, names: &Names) -> Result<Order, CodecError> {
    let lengths = columns.column(Column::RUN_LENGTH)?;
    let (mut lengths, mut starts, mut total) = (Cursor(&lengths), vec![0], 0_u32);
    while !lengths.0.is_empty() {
        let length = u32::try_from(lengths.next()?).map_err(|_| too_large())?;
        total = total.checked_add(length).ok_or_else(too_large)?;
        starts.push(total);
    }
    if total as usize != heads.observations || starts.len() > names.spaces.len() + 1 {
        return Err(CodecError::Content("runs and batches do not agree".to_owned()));
    }
    let (hits, misses) = (columns.column(Column::HITS)?, columns.column(Column::MISSES)?);
    let others = columns.column(Column::OTHER_PLACE)?;
    let (mut hits, mut misses, mut others) = (Cursor(&hits), Cursor(&misses), Cursor(&others));
    let mut followers = Followers::new(names.spaces.len());
    let mut filling = Filling {
        next: starts.clone(),
        places: vec![(0, 0); heads.observations],
        runs: starts.len() - 1,
        offset: 0,
    };
    for (batch, head) in (0_u32..).zip(&heads.heads) {
        let context = usize::from(head.context);
        let (follow, last) = (&mut followers.next[context], &mut followers.last[context]);
        let mut between = Between::new(&mut others, head)?;
        let mut left = head.observations;
        while left > 0 {
            let run = u32::try_from(hits.next()?).map_err(|_| too_large())?;
            left = left.checked_sub(run).ok_or_else(lost)?;
            for _ in 0..run {
                *last = *follow.get(*last as usize).ok_or_else(lost)?;
                filling.offset += between.others(&mut others)?;
                filling.set(*last, batch).ok_or_else(lost)?;
            }
            if left > 0 {
                left -= 1;
                let space = u32::try_from(misses.next()?).map_err(|_| too_large())?;
                *follow.get_mut(*last as usize).ok_or_else(lost)? = space;
                *last = space;
                filling.offset += between.others(&mut others)?;
                filling.set(space, batch).ok_or_else(lost)?;
            }
        }
        filling.offset += between.rest(&mut others)?;
    }
    let Filling { next, places, .. } = filling;
    // Every run is as long as it was said to be: none was written into the next.
    let full = next.iter().zip(starts.iter().skip(1)).all(|(next, start)| next == start);
    if full { Ok(Order { places, starts }) } else { Err(lost()) }
}

fn lost() -> CodecError {
    CodecError::Content("an observation has no place".to_owned())
}

/// Runs being filled.
struct Filling {
    /// Where the next observation of each Space goes.
    next: Vec<u32>,
    places: Vec<(u32, u32)>,
    /// How many Spaces have runs.
    runs: usize,
    /// How far the next event's seq is from the segment's first.
    offset: u32,
}

impl Filling {
    #[inline]
    fn set(&mut self, space: u32, batch: u32) -> Option<()> {
        if space as usize >= self.runs {
            return None;
        }
        let slot = self.next.get_mut(space as usize)?;
        *self.places.get_mut(*slot as usize)? = (batch, self.offset);
        *slot += 1;
        self.offset += 1;
        Some(())
    }
}

/// The other events of a batch between its observations.
struct Between {
    left: u32,
    /// Observations before the next of them.
    gap: u64,
}

impl Between {
    fn new(others: &mut Cursor, head: &super::Head) -> Result<Self, CodecError> {
        let left = head.events - head.observations;
        Ok(Self { left, gap: if left > 0 { others.next()? } else { 0 } })
    }

    /// Returns how many come right before the next observation.
    #[inline]
    fn others(&mut self, others: &mut Cursor) -> Result<u32, CodecError> {
        let before = self.left;
        while self.left > 0 && self.gap == 0 {
            self.left -= 1;
            self.gap = if self.left > 0 { others.next()? } else { 0 };
        }
        self.gap = self.gap.saturating_sub(1);
        Ok(before - self.left)
    }

    /// Returns how many come after the last observation.
    fn rest(&mut self, others: &mut Cursor) -> Result<u32, CodecError> {
        let before = self.left;
        while self.left > 0 {
            if self.gap > 0 {
                return Err(lost());
            }
            self.left -= 1;
            self.gap = if self.left > 0 { others.next()? } else { 0 };
        }
        Ok(before)
    }
}
