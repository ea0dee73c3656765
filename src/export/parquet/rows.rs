//! The rows of a row group of observations, in memory until they stand in their order.

use std::collections::BTreeMap;
use std::ops::Range;

use bytes::Bytes;
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
        Self {
            states: vec![word(SpaceState::LIVE)],
            places: BTreeMap::from([(SpaceState::LIVE.to_owned(), State::LIVE)]),
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
    /// Where the rows of a Space begin that follow each other in their order.
    runs: Vec<usize>,
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
        let goes_on = self
            .rows
            .last()
            .is_some_and(|last| last.space == row.space && (last.at, last.seq) < (row.at, row.seq));
        if !goes_on {
            self.runs.push(self.rows.len());
        }
        self.rows.push(row);
    }

    /// Returns how many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Returns the stretches of rows that, one after the other, are all rows in their order. Rows
    /// come in long runs, of which few need a place.
    fn order(&mut self) -> Vec<Range<usize>> {
        let ends = self.runs.iter().skip(1).copied().chain([self.rows.len()]);
        let mut runs: Vec<Range<usize>> =
            self.runs.iter().zip(ends).map(|(begin, end)| *begin..end).collect();
        let key = |at: usize| (self.rows[at].space, self.rows[at].at, self.rows[at].seq);
        runs.sort_unstable_by_key(|run| key(run.start));
        if runs.windows(2).all(|two| key(two[0].end - 1) < key(two[1].start)) {
            return runs;
        }
        self.rows.sort_unstable_by_key(|row| (row.space, row.at, row.seq));
        std::iter::once(0..self.rows.len()).collect()
    }

    /// Puts the rows in order, and their values into the columns of the table.
    pub fn fill(mut self, cells: &mut [Cells], monitor: &ByteArray, texts: &Texts) -> bool {
        let order = self.order();
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
        let asked_by = self.answers.first().map(|first| first.polled_by);
        let one_asked = self.answers.iter().all(|it| Some(it.polled_by) == asked_by);
        let one = words.first().filter(|_| one_asked);
        if !monitors.same(monitor, self.rows.len())
            || one.is_some_and(|(_, one)| !polled_by.same(one, self.rows.len()))
        {
            return false;
        }
        order.into_iter().flat_map(|run| &self.rows[run]).all(|row| {
            let number = row.answer as usize;
            let (answer, (endpoint, asked_by)) = (&self.answers[number], &words[number]);
            let id = match space.take() {
                Some((of, id)) if of == row.space => id,
                _ => ByteArray::from(row.space.as_str()),
            };
            space = Some((row.space, id.clone()));
            spaces.text(Some(id))
                && observed.whole(Some(row.at))
                && observed_ms.whole(Some(row.at))
                && recorded.whole(Some(answer.recorded_at))
                && states.text(texts.word(row.state))
                && participants.whole(known(row.participants))
                && subscribers.whole(known(row.subscribers))
                && speakers.whole(known(row.speakers))
                && holding.whole(answer.holding_ms.and_then(known))
                && endpoints.text(endpoint.clone())
                && (one.is_some() || polled_by.text(Some(asked_by.clone())))
                && polls.whole(known(answer.seq))
                && seqs.whole(known(row.seq))
        })
    }
}

fn words(answer: &Answer) -> (Option<ByteArray>, ByteArray) {
    let endpoint = answer.endpoint.map(|endpoint| word(endpoint.word()));
    (endpoint, ByteArray::from(answer.polled_by.to_string().as_str()))
}

/// Returns a word that is never let go: copies of it count nothing.
fn word(word: &'static str) -> ByteArray {
    ByteArray::from(Bytes::from_static(word.as_bytes()))
}

/// Returns a number as the format has it; one that is beyond it is as good as unknown.
fn known(number: u64) -> Option<i64> {
    i64::try_from(number).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn row((space, at, seq): (u8, i64, u64)) -> Row {
        Row {
            space: format!("1{space}").parse().unwrap(),
            state: State::LIVE,
            participants: 1,
            subscribers: UNKNOWN,
            speakers: UNKNOWN,
            seq,
            at,
            answer: 0,
        }
    }

    fn key(row: &Row) -> (SpaceId, i64, u64) {
        (row.space, row.at, row.seq)
    }

    proptest! {
        #[test]
        fn rows_stand_in_their_order_however_they_came(
            rows in prop::collection::vec((0..4_u8, 0..4_i64, 0..1_000_u64), 0..60),
            is_in_runs in any::<bool>(),
        ) {
            let mut rows: Vec<Row> = rows.into_iter().map(row).collect();
            if is_in_runs {
                rows.sort_by_key(|row| (std::cmp::Reverse(row.space), row.at, row.seq));
            }
            let mut group = Group::default();
            for row in &rows {
                group.push(*row);
            }
            let order = group.order();
            let found: Vec<_> = order.into_iter().flat_map(|run| &group.rows[run]).map(key).collect();
            let mut expected: Vec<_> = rows.iter().map(key).collect();
            expected.sort_unstable();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn runs_are_put_in_their_places_and_not_taken_apart() {
        let mut group = Group::default();
        for it in [(2, 0, 1), (2, 1, 3), (1, 0, 2), (1, 1, 4), (2, 2, 5)] {
            group.push(row(it));
        }
        assert_eq!(group.order(), [2..4, 0..2, 4..5]);
        group.push(row((1, 1, 1)));
        assert_eq!(group.order().len(), 1, "one that came late has them sorted one by one");
    }
}
