//! The observations of one part, group by group: read from segments a Space run at a time.
//!
//! A row group holds the observations of a fixed stretch of seqs, ordered by Space and time. So it
//! stays the same when the tail is sealed, and no more than a few groups are in memory.

use std::collections::BTreeMap;
use std::io::Write;
use std::ops::Range;

use parquet::data_type::ByteArray;

use super::rows::{Answer, Group, Row, State, Texts, UNKNOWN};
use super::table::{Field, Kind, Table};
use super::{ParquetError, TableFile, Written};
use crate::event::codec::segment::{Content, Run, Runs, Wanted};
use crate::event::{Batch, Event};
use crate::log::Reader;

/// Seqs of a row group, as a power of two.
const GROUP_SEQS: u32 = 17;

/// Batches of the tail read at a time.
const TAIL_BATCHES: usize = 256;

/// One Space in one answer of X.
pub const OBSERVATIONS: Table = Table {
    name: "observations",
    about: "One Space in one answer of X, also when nothing had changed since the one before",
    fields: &[
        Field::known(
            "monitor",
            Kind::Text,
            "The monitor whose log this is: several logs may share a folder",
        ),
        Field::known("space_id", Kind::Text, "X's id of the Space"),
        Field::known("observed_at", Kind::Time, "When X answered"),
        Field::known(
            "observed_ms",
            Kind::Whole,
            "The same in milliseconds since the Unix epoch, to reckon with",
        ),
        Field::known("recorded_at", Kind::Time, "When the answer entered the log"),
        Field::maybe("state", Kind::Text, "The state, in X's word; null where X gave none"),
        Field::maybe(
            "participants",
            Kind::Whole,
            "People present, as X counted them; null where X did not say; after the end it is another figure",
        ),
        Field::maybe("subscriber_count", Kind::Whole, "Reminders set; null where X did not say"),
        Field::maybe(
            "speaker_count",
            Kind::Whole,
            "Speakers listed; null where X listed none at all",
        ),
        Field::maybe(
            "holding_ms",
            Kind::Whole,
            "For how many milliseconds the count may be held; null where nobody said: then 600000",
        ),
        Field::maybe("endpoint", Kind::Text, "Which of X's endpoints answered"),
        Field::known(
            "polled_by",
            Kind::Text,
            "The monitor that asked; another one's where logs were joined",
        ),
        Field::known("poll_seq", Kind::Whole, "The seq of the poll, as in table polls"),
        Field::known("seq", Kind::Whole, "The observation's place in the log"),
    ],
    sorted_by: &["space_id", "observed_ms", "seq"],
};

/// Writes the observations of one part.
pub struct Observations<'a, W: Write + Send> {
    reader: &'a Reader,
    until: u64,
    times: Range<i64>,
    next: u64,
    monitor: ByteArray,
    texts: Texts,
    groups: BTreeMap<u64, Group>,
    file: TableFile<W>,
}

impl<'a, W: Write + Send> Observations<'a, W> {
    /// Begins with what was observed in this span of time, up to a seq.
    pub fn new(reader: &'a Reader, until: u64, times: Range<i64>, file: TableFile<W>) -> Self {
        let monitor = ByteArray::from(reader.header().monitor.to_string().as_str());
        let (texts, groups) = (Texts::default(), BTreeMap::new());
        Self { reader, until, times, next: 1, monitor, texts, groups, file }
    }

    /// Takes one segment in, or some batches; returns the seq that was reached, or `None` at the
    /// end.
    pub fn step(&mut self) -> Result<Option<u64>, ParquetError> {
        let next = self.reader.next_observed(self.next, self.times.clone())?;
        let Some(next) = next.filter(|next| *next <= self.until) else { return Ok(None) };
        if let Some(content) = self.reader.content(next, self.until, Wanted::Observations)? {
            self.take_sealed(&content);
            self.next = content.row.last_seq + 1;
        } else {
            let batches = self.reader.batches(next, TAIL_BATCHES)?;
            let Some(last) = batches.last() else { return Ok(None) };
            self.next = last.last_seq() + 1;
            let until = self.until;
            for batch in batches.iter().take_while(|batch| batch.last_seq() <= until) {
                self.take_batch(batch);
            }
        }
        self.write_before(self.next >> GROUP_SEQS)?;
        Ok(Some(self.next - 1))
    }

    /// Writes what waits, and ends the file.
    pub fn finish(mut self) -> Result<(Written, W), ParquetError> {
        self.write_before(u64::MAX)?;
        self.file.finish()
    }

    fn take_batch(&mut self, batch: &Batch) {
        if !self.times.contains(&batch.observed_at.0) {
            return;
        }
        let answer = Answer {
            at: batch.observed_at.0,
            recorded_at: batch.recorded_at.0,
            holding_ms: batch.holding_ms(),
            endpoint: batch.endpoint(),
            polled_by: batch.monitor,
            seq: batch.first_seq,
        };
        let mut placed: Option<(u64, u32)> = None;
        for entry in batch.entries() {
            let Event::SpaceObserved(it) = entry.event else { continue };
            let place = entry.seq >> GROUP_SEQS;
            let group = self.groups.entry(place).or_default();
            let number = match placed {
                Some((of, number)) if of == place => number,
                _ => group.answer(answer),
            };
            placed = Some((place, number));
            let row = Row {
                space: it.space,
                state: self.texts.state(it.state.as_ref()),
                participants: it.participants.unwrap_or(UNKNOWN),
                subscribers: it.subscribers.unwrap_or(UNKNOWN),
                speakers: it.speakers.as_ref().map_or(UNKNOWN, |them| them.len() as u64),
                seq: entry.seq,
                at: answer.at,
                answer: number,
            };
            group.push(row);
        }
    }

    fn take_sealed(&mut self, content: &Content) {
        let mut answers = Sealed::of(content, &self.times);
        for run in content.runs.iter().flat_map(Runs::iter) {
            self.take_run(&run, content, &mut answers);
        }
    }

    fn take_run(&mut self, run: &Run, content: &Content, answers: &mut Sealed) {
        let (mut subscribers, mut speakers) = (UNKNOWN, UNKNOWN);
        let mut group: Option<(u64, &mut Group)> = None;
        for (number, (batch, offset)) in run.places.iter().copied().enumerate() {
            if run.subscribers_changed(number) {
                subscribers = run.subscribers(number).unwrap_or(UNKNOWN);
            }
            if run.speakers_changed(number) {
                speakers = run.speakers(number).map_or(UNKNOWN, |them| them.len() as u64);
            }
            let Some(answer) = answers.answers[batch as usize] else { continue };
            let seq = content.seq(offset);
            let state = if run.is_live(number) {
                State::LIVE
            } else {
                self.texts.state(run.state(number).as_ref())
            };
            let place = seq >> GROUP_SEQS;
            let into = match group.take() {
                Some((of, group)) if of == place => group,
                _ => self.groups.entry(place).or_default(),
            };
            let row = Row {
                space: run.space,
                state,
                participants: run.participants(number).unwrap_or(UNKNOWN),
                subscribers: if run.has_subscribers(number) { subscribers } else { UNKNOWN },
                speakers: if run.has_speakers(number) { speakers } else { UNKNOWN },
                seq,
                at: answer.at,
                answer: answers.number(batch, place, || into.answer(answer)),
            };
            into.push(row);
            group = Some((place, into));
        }
    }

    /// Writes the groups before this one.
    fn write_before(&mut self, place: u64) -> Result<(), ParquetError> {
        while let Some(first) = self.groups.first_entry().filter(|first| *first.key() < place) {
            let group = first.remove();
            let (monitor, texts) = (&self.monitor, &self.texts);
            let rows = group.len();
            self.file.fill(rows, |cells| group.fill(cells, monitor, texts))?;
        }
        Ok(())
    }
}

/// What the batches of a segment say.
struct Sealed {
    /// `None` of those outside the span of time.
    answers: Vec<Option<Answer>>,
    /// Of each group from the first on, where the answers of the batches stand in it.
    numbers: Vec<Vec<Option<u32>>>,
    first: u64,
}

impl Sealed {
    fn of(content: &Content, times: &Range<i64>) -> Self {
        let mut answers: Vec<Option<Answer>> = content
            .heads
            .iter()
            .map(|head| {
                times.contains(&head.observed_at.0).then(|| Answer {
                    at: head.observed_at.0,
                    recorded_at: head.recorded_at.0,
                    holding_ms: None,
                    endpoint: head.endpoint(),
                    polled_by: head.monitor,
                    seq: head.first_seq,
                })
            })
            .collect();
        for other in &content.others {
            let Event::PollSucceeded(poll) = &other.event else { continue };
            // The poll that was answered stands first in its batch.
            let seq = content.seq(other.offset);
            let answer = answers[other.batch as usize].as_mut();
            if let Some(answer) = answer.filter(|answer| answer.seq == seq) {
                answer.holding_ms = poll.head.holding_ms;
            }
        }
        let first = content.row.first_seq >> GROUP_SEQS;
        Self { answers, numbers: Vec::new(), first }
    }

    /// Returns where the answer of a batch stands in a group; put there by `put` if it is new.
    fn number(&mut self, batch: u32, group: u64, put: impl FnOnce() -> u32) -> u32 {
        // A segment reaches over a few groups.
        let group = usize::try_from(group.saturating_sub(self.first)).unwrap_or_default();
        if self.numbers.len() <= group {
            self.numbers.resize_with(group + 1, || vec![None; self.answers.len()]);
        }
        *self.numbers[group][batch as usize].get_or_insert_with(put)
    }
}
