//! Writing the observations of a segment, as [`super::runs`] reads them.

use super::columns::{Column, Pack, fold};
use super::names::Names;
use super::runs::{AS_CHANGES, AS_LISTED, CHANGED, COUNTED, LIVE, REMINDERS, SAME, SPEAKERS, WORD};
use crate::event::{Batch, Event, SpaceObserved};
use crate::space::{SpaceState, UserId};

fn code(state: Option<&SpaceState>) -> u8 {
    match state {
        None => 0,
        Some(SpaceState::Scheduled) => 1,
        Some(SpaceState::Live) => LIVE,
        Some(SpaceState::Ended) => 3,
        Some(SpaceState::Other(_)) => WORD,
    }
}

/// What a run last said while it is written.
#[derive(Default)]
struct Said<'a> {
    count: u64,
    reminders: Option<u64>,
    speakers: Option<&'a [UserId]>,
}

pub(super) fn write(batches: &[Batch], names: &Names, pack: &mut Pack) {
    let mut runs: Vec<Vec<&SpaceObserved>> = Vec::new();
    for event in batches.iter().flat_map(|batch| &batch.events) {
        if let Event::SpaceObserved(it) = event {
            let place = names.space(it.space) as usize;
            runs.resize(runs.len().max(place + 1), Vec::new());
            runs[place].push(it);
        }
    }
    for run in runs {
        pack.put(Column::RUN_LENGTH, run.len() as u64);
        let (mut said, mut last, mut length) = (Said::default(), None, 0);
        for it in run {
            let shape = observation(it, &mut said, names, pack);
            if last.is_some_and(|last| last != shape) {
                pack.put(Column::SHAPE_LENGTH, std::mem::take(&mut length));
            }
            if last != Some(shape) {
                pack.column(Column::SHAPE).push(shape);
            }
            (last, length) = (Some(shape), length + 1);
        }
        pack.put(Column::SHAPE_LENGTH, length);
    }
}

/// Writes one observation but for its shape, which is returned.
fn observation<'a>(
    it: &'a SpaceObserved,
    said: &mut Said<'a>,
    names: &Names,
    pack: &mut Pack,
) -> u8 {
    let mut shape = code(it.state.as_ref());
    if let Some(SpaceState::Other(word)) = &it.state {
        pack.put(Column::STATE_WORDS, word.len() as u64);
        pack.column(Column::STATE_WORDS).extend_from_slice(word.as_bytes());
    }
    if let Some(count) = it.participants {
        shape |= COUNTED;
        pack.put(Column::COUNT, fold(count.wrapping_sub(said.count).cast_signed()));
        said.count = count;
    }
    if let Some(reminders) = it.subscribers {
        let same = said.reminders == Some(reminders);
        shape |= if same { SAME } else { CHANGED } << REMINDERS;
        if !same {
            let before = said.reminders.unwrap_or_default();
            pack.put(Column::REMINDERS, fold(reminders.wrapping_sub(before).cast_signed()));
        }
        said.reminders = Some(reminders);
    }
    if let Some(speakers) = it.speakers.as_deref() {
        let same = said.speakers == Some(speakers);
        shape |= if same { SAME } else { CHANGED } << SPEAKERS;
        if !same {
            changed(said.speakers.unwrap_or_default(), speakers, names, pack);
        }
        said.speakers = Some(speakers);
    }
    shape
}

fn changed(before: &[UserId], now: &[UserId], names: &Names, pack: &mut Pack) {
    let rises = |users: &[UserId]| users.is_sorted_by(|a, b| a < b);
    let out = Column::SPEAKERS;
    if !rises(before) || !rises(now) {
        pack.put(out, AS_LISTED);
        pack.put(out, now.len() as u64);
        for user in now {
            pack.put(out, names.user(*user));
        }
        return;
    }
    pack.put(out, AS_CHANGES);
    // Who left, as places in the list before; who came, as places among the segment's users.
    let gone = (0..).zip(before).filter(|(_, user)| now.binary_search(user).is_err());
    let gone: Vec<u64> = gone.map(|(place, _)| place).collect();
    let came = now.iter().filter(|user| before.binary_search(user).is_err());
    let came: Vec<u64> = came.map(|user| names.user(*user)).collect();
    for places in [gone, came] {
        pack.put(out, places.len() as u64);
        let mut last = 0;
        for place in places {
            pack.put(out, place - last);
            last = place;
        }
    }
}
