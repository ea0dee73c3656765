//! The log itself, a page at a time.

use crate::event::{Batch, Event};
use crate::sheet::{Column, Sheet, Unit, Value};
use crate::space::SpaceId;

use super::{Desk, QuestionError, data};

/// Batches read for one page: a question holds up nothing for longer than this takes.
const PAGE_BATCHES: usize = 256;

/// Which events are wanted.
pub(super) struct Filter<'a> {
    pub since: Option<i64>,
    pub until: Option<i64>,
    pub space: Option<SpaceId>,
    pub kind: Option<&'a str>,
}

impl Filter<'_> {
    fn takes_batch(&self, batch: &Batch) -> bool {
        self.since.is_none_or(|since| batch.observed_at.0 >= since)
            && self.until.is_none_or(|until| batch.observed_at.0 < until)
    }

    fn takes(&self, event: &Event) -> bool {
        self.kind.is_none_or(|kind| event.kind() == kind)
            && self.space.is_none_or(|space| event.space() == Some(space))
    }
}

impl Desk<'_> {
    /// Answers `events`: one page from `from` on; `next` says where the next begins.
    pub(super) fn events(&self, from: u64, filter: &Filter) -> Result<Sheet, QuestionError> {
        if let Some(kind) = filter.kind.filter(|kind| !Event::KINDS.contains(kind)) {
            return Err(QuestionError::UnknownKind(kind.to_owned()));
        }
        let mut sheet = Sheet::new(vec![
            Column::new("seq", Unit::None),
            Column::hidden("poll_id", Unit::None),
            Column::new("kind", Unit::None),
            Column::new("observed_at", Unit::None),
            Column::hidden("recorded_at", Unit::None),
            Column::new("space_id", Unit::None),
            Column::new("data", Unit::None),
            Column::hidden("batch", Unit::None),
            Column::hidden("texts", Unit::None),
        ]);
        // What was observed at no such time is not read: a wide log has many pages of it.
        let times = filter.since.unwrap_or(i64::MIN)..filter.until.unwrap_or(i64::MAX);
        let Some(begin) = self.reader.next_observed(from, times)? else { return Ok(sheet) };
        let mut batches = self.reader.batches(begin, PAGE_BATCHES)?;
        if let Some(cut) = self.past {
            batches.retain(|batch| batch.last_seq() <= cut.seq);
        }
        sheet.next = batches.last().map(|last| last.last_seq() + 1);
        let salts = self.reader.salts(&batches)?;
        for batch in batches.iter().filter(|batch| filter.takes_batch(batch)) {
            let wanted = batch.entries().filter(|it| it.seq >= from && filter.takes(it.event));
            for entry in wanted {
                let first = entry.seq == batch.first_seq;
                let of_batch = first.then(|| data::batch(batch, self.reader.header()));
                let texts = data::texts(entry.event, batch, &salts);
                sheet.push(vec![
                    entry.seq.into(),
                    batch.poll_id.map(|id| id.to_string()).into(),
                    entry.event.kind().into(),
                    Value::Time(batch.observed_at.0),
                    Value::Time(batch.recorded_at.0),
                    entry.event.space().map(|id| id.to_string()).into(),
                    Value::Json(data::json(entry.event, batch).to_string()),
                    of_batch.map_or(Value::Unknown, |it| Value::Json(it.to_string())),
                    texts.map_or(Value::Unknown, |it| Value::Json(it.to_string())),
                ]);
            }
        }
        Ok(sheet)
    }
}
