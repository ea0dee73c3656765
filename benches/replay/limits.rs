//! The limits: reading the bytes and doing nothing with them, and folding what is in memory.

use std::collections::HashMap;

use spacelog::log::Reader;
use spacelog::space::{SpaceId, SpaceState};

use crate::common::{Outcome, observed};
use crate::fold::Peaks;

/// Reads the bytes of all segments, checksums included, and returns how many there are.
pub fn read(reader: &Reader) -> Outcome<usize> {
    let rows = reader.segments()?;
    rows.iter().try_fold(0, |sum, row| Ok(sum + reader.segment(row)?.len()))
}

/// An observation as a fold in memory likes it best.
struct Flat {
    space: u32,
    live: bool,
    state: u8,
    /// One more than the count; 0 where there is none.
    participants: u32,
    at: i64,
}

/// All observations in memory, in the order of the log; Spaces are numbered.
pub struct InMemory {
    observations: Vec<Flat>,
    spaces: usize,
}

impl InMemory {
    pub fn of(reader: &Reader) -> Outcome<Self> {
        let mut numbers: HashMap<SpaceId, u32> = HashMap::new();
        let mut observations = Vec::new();
        observed::each(reader, &mut |it| {
            let next = u32::try_from(numbers.len())?;
            let space = *numbers.entry(it.space).or_insert(next);
            let participants = it.participants.map_or(Ok(0), |count| u32::try_from(count + 1))?;
            let state = match &it.state {
                None => 0,
                Some(SpaceState::Scheduled) => 1,
                Some(SpaceState::Live) => 2,
                Some(SpaceState::Ended) => 3,
                Some(SpaceState::Other(_)) => 4,
            };
            let live = state == 2;
            observations.push(Flat { space, live, state, participants, at: it.at.0 });
            Ok(())
        })?;
        Ok(Self { observations, spaces: numbers.len() })
    }

    /// Folds them into states and peaks, and returns the sums of the peaks.
    pub fn replay(&self) -> Peaks {
        let mut found = vec![(0_u32, 0_i64, 0_u8); self.spaces];
        for it in &self.observations {
            let space = &mut found[it.space as usize];
            space.2 = it.state;
            if it.live && it.participants > space.0 {
                (space.0, space.1) = (it.participants, it.at);
            }
        }
        // The states are part of the work.
        std::hint::black_box(&found);
        let peaks = found.iter().filter(|it| it.0 > 0);
        peaks.fold((0, 0), |sum, it| (sum.0 + u64::from(it.0 - 1), sum.1.wrapping_add(it.1)))
    }
}
