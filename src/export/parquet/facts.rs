//! What X said of Spaces beside its counts, read from the log in its order: descriptions, and
//! Spaces that were missing.

use std::io::Write;

use super::{ParquetError, TableFile};
use crate::event::codec::segment::Wanted;
use crate::event::{Event, SpaceDescribed, SpaceMissing, Text};
use crate::log::Reader;
use crate::sheet::Value;
use crate::space::Moment;

/// Batches of the tail read at a time.
const TAIL_BATCHES: usize = 256;

/// Writes both tables side by side.
pub struct Facts<'a, W: Write + Send> {
    reader: &'a Reader,
    until: u64,
    next: u64,
    /// The table of descriptions.
    pub descriptions: TableFile<W>,
    /// The table of missing Spaces.
    pub missing: TableFile<W>,
}

impl<'a, W: Write + Send> Facts<'a, W> {
    /// Begins with the log's first event; up to a seq.
    pub fn new(
        reader: &'a Reader,
        until: u64,
        descriptions: TableFile<W>,
        missing: TableFile<W>,
    ) -> Self {
        Self { reader, until, next: 1, descriptions, missing }
    }

    /// Takes one segment in, or some batches; returns the seq that was reached, or `None` at the
    /// end.
    pub fn step(&mut self) -> Result<Option<u64>, ParquetError> {
        if self.next > self.until {
            return Ok(None);
        }
        if let Some(content) = self.reader.content(self.next, self.until, Wanted::Others)? {
            for other in &content.others {
                let at = content.heads[other.batch as usize].observed_at;
                let text = |it: &SpaceDescribed| content.texts.get(&it.text?);
                self.take(&other.event, content.seq(other.offset), at, text)?;
            }
            self.next = content.row.last_seq + 1;
            return Ok(Some(content.row.last_seq));
        }
        let batches = self.reader.batches(self.next, TAIL_BATCHES)?;
        let Some(last) = batches.last() else { return Ok(None) };
        self.next = last.last_seq() + 1;
        let until = self.until;
        for batch in batches.iter().take_while(|batch| batch.last_seq() <= until) {
            for entry in batch.entries() {
                let text = |it: &SpaceDescribed| batch.text(&it.text?);
                self.take(entry.event, entry.seq, batch.observed_at, text)?;
            }
        }
        Ok(Some(self.next - 1))
    }

    fn take<'b>(
        &mut self,
        event: &Event,
        seq: u64,
        at: Moment,
        text: impl FnOnce(&SpaceDescribed) -> Option<&'b Text>,
    ) -> Result<(), ParquetError> {
        match event {
            Event::SpaceDescribed(it) => {
                let title = match text(it) {
                    Some(Text::Space { title, .. }) => title.clone(),
                    _ => None,
                };
                self.descriptions.push(&self.described(it, seq, at, title))
            }
            Event::SpaceMissing(it) => {
                let SpaceMissing { space, problem } = it;
                let mut row = self.place(space.to_string(), seq, at);
                row.push(problem.clone().into());
                self.missing.push(&row)
            }
            _ => Ok(()),
        }
    }

    fn place(&self, space: String, seq: u64, at: Moment) -> Vec<Value> {
        let monitor = self.reader.header().monitor.to_string();
        vec![monitor.into(), space.into(), seq.into(), Value::Time(at.0), at.0.into()]
    }

    fn described(
        &self,
        it: &SpaceDescribed,
        seq: u64,
        at: Moment,
        title: Option<String>,
    ) -> Vec<Value> {
        let time = |at: Option<Moment>| at.map_or(Value::Unknown, |at| Value::Time(at.0));
        let hosts = it.hosts.as_ref().map(|hosts| hosts.iter().map(ToString::to_string));
        let mut row = self.place(it.space.to_string(), seq, at);
        row.extend([
            title.into(),
            it.lang.clone().into(),
            it.is_ticketed.into(),
            it.creator.map(|user| user.to_string()).into(),
            hosts.map(Iterator::collect::<Vec<_>>).into(),
            time(it.scheduled_start),
            time(it.started_at),
            time(it.ended_at),
            it.ended_at.map(|at| at.0).into(),
        ]);
        row
    }
}
