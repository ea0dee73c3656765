//! Polls that were decided beforehand, so that appending alone is measured.

use spacelog::event::{Event, NewBatch};
use spacelog::log::Log;

use crate::common::Outcome;
use crate::common::feed::{self, Feed};
use crate::views;

/// Polls of a world, ready to be appended.
#[derive(Default)]
pub struct Polls {
    pub batches: Vec<NewBatch>,
    pub observations: u64,
    pub events: u64,
}

impl Polls {
    /// Returns polls with so many observations of a world with so many Spaces at a time.
    pub fn decided(observations: u64, spaces: usize) -> Outcome<Self> {
        let mut log: Log = views::log()?;
        let (mut feed, mut polls) = (Feed::after(&log, spaces), Self::default());
        while polls.observations < observations {
            let answer = feed.answer();
            let batch = feed.decide(&mut log, &answer)?;
            feed::append(&mut log, &batch)?;
            let observed = |event: &&Event| matches!(event, Event::SpaceObserved(_));
            polls.observations += batch.events.iter().filter(observed).count() as u64;
            polls.events += batch.events.len() as u64;
            polls.batches.push(batch);
        }
        Ok(polls)
    }
}
