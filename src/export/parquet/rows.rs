//! The rows of a row group of observations, in memory until they stand in their order.

use std::collections::BTreeMap;

use parquet::data_type::ByteArray;

use super::cells::Cells;
use crate::event::MonitorId;
use crate::space::{Endpoint, SpaceId, SpaceState};

/// Stands for a number that X did not say; no count comes near it.
pub(super) const UNKNOWN: u64 = u64::MAX;

/// What a batch says of all its observations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub at: i64,
    pub recorded_at: i64,
    pub holding_ms: Option<u64>,
    pub endpoint: Option<Endpoint>,
    pub polled_by: MonitorId,
    /// The seq of its first event.
    pub seq: u64,
}

/// A state, as its place among the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct State(u32);

impl State {
    const UNKNOWN: Self = Self(u32::MAX);
    /// Live stands first.
    pub const LIVE: Self = Self(0);
}

/// An observation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub space: SpaceId,
    pub state: State,
    pub participants: u64,
    pub subscribers: u64,
    pub speakers: u64,
    pub seq: u64,
    pub at: i64,
    /// Its answer's place in the group.
    pub answer: u32,
}

/// Words that recur.
#[derive(Debug)]
pub(super) struct Texts {
    states: Vec<ByteArray>,
    places: BTreeMap<String, State>,
}

impl Default for Texts {
    fn default() -> Self {
        let live = SpaceState::Live.word();
        Self {
            states: vec![ByteArray::from(live)],
            places: BTreeMap::from([(live.to_owned(), State::LIVE)]),
        }
    }
}

impl Texts {
    /// Returns what stands for a state.
    pub fn state(&mut self, state: Option<&SpaceState>) -> State {
        let Some(word) = state.map(SpaceState::word) else { return State::UNKNOWN };
        if let Some(known) = self.places.get(word) {
            return *known;
        }
        let Ok(place) = u32::try_from(self.states.len()) else { return State::UNKNOWN };
        self.states.push(ByteArray::from(word));
        self.places.insert(word.to_owned(), State(place));
        State(place)
    }

    fn word(&self, state: State) -> Option<ByteArray> {
        self.states.get(state.0 as usize).cloned()
    }
}

/// The rows of a row group, in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Group {
    rows: Vec<Row>,
    answers: Vec<Answer>,
}

impl Group {
    /// Adds an answer; returns its place.
    pub fn answer(&mut self, answer: Answer) -> u32 {
        self.answers.push(answer);
        // A group holds fewer answers than 32 bits count.
        u32::try_from(self.answers.len() - 1).unwrap_or(u32::MAX)
    }

    /// Adds an observation.
    #[inline]
    pub fn push(&mut self, row: Row) {
        self.rows.push(row);
    }

    /// Returns how many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Puts the rows in order, and their values into the columns of the table.
    pub fn fill(mut self, cells: &mut [Cells], monitor: &ByteArray, texts: &Texts) -> bool {
        self.rows.sort_by_key(|row| (row.space, row.at, row.seq));
        let [
            monitors,
            spaces,
            observed,
            observed_ms,
            recorded,
            states,
            participants,
            subscribers,
            speakers,
            holding,
            endpoints,
            polled_by,
            polls,
            seqs,
        ] = cells
        else {
            return false;
        };
        let mut space: Option<(SpaceId, ByteArray)> = None;
        let words: Vec<(Option<ByteArray>, ByteArray)> = self.answers.iter().map(words).collect();
        self.rows.iter().all(|row| {
            let number = row.answer as usize;
            let (answer, (endpoint, asked_by)) = (&self.answers[number], &words[number]);
            let id = match space.take() {
                Some((of, id)) if of == row.space => id,
                _ => ByteArray::from(row.space.as_str()),
            };
            space = Some((row.space, id.clone()));
            monitors.text(Some(monitor.clone()))
                && spaces.text(Some(id))
                && observed.whole(Some(row.at))
                && observed_ms.whole(Some(row.at))
                && recorded.whole(Some(answer.recorded_at))
                && states.text(texts.word(row.state))
                && participants.whole(known(row.participants))
                && subscribers.whole(known(row.subscribers))
                && speakers.whole(known(row.speakers))
                && holding.whole(answer.holding_ms.and_then(known))
                && endpoints.text(endpoint.clone())
                && polled_by.text(Some(asked_by.clone()))
                && polls.whole(known(answer.seq))
                && seqs.whole(known(row.seq))
        })
    }
}

fn words(answer: &Answer) -> (Option<ByteArray>, ByteArray) {
    let endpoint = answer.endpoint.map(|endpoint| ByteArray::from(endpoint.word()));
    (endpoint, ByteArray::from(answer.polled_by.to_string().as_str()))
}

/// Returns a number as the format has it; one that is beyond it is as good as unknown.
fn known(number: u64) -> Option<i64> {
    i64::try_from(number).ok()
}
