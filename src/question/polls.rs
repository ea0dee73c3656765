//! What was asked of X, and when we did not look.

use std::collections::VecDeque;

use crate::event::{Event, PollId};
use crate::sheet::{Column, Sheet, Unit, Value};
use crate::space::SpaceId;
use crate::view::{PollRow, PollTarget};

use super::space::{seconds, time};
use super::{Desk, QuestionError};

/// Polls in one answer, which a monitor has in memory: months of polling are millions.
const POLLS_MAX: usize = 50_000;

/// Returns a sheet with the columns of `polls`.
pub(super) fn sheet() -> Sheet {
    Sheet::new(vec![
        Column::hidden("poll_id", Unit::None),
        Column::hidden("seq", Unit::None),
        Column::new("endpoint", Unit::None),
        Column::new("target", Unit::None),
        Column::new("sent_at", Unit::None),
        Column::new("took_ms", Unit::Milliseconds),
        Column::new("status", Unit::None),
        Column::new("returned", Unit::Count),
        Column::new("new_spaces", Unit::Count),
        Column::new("error", Unit::None),
        Column::new("rate_remaining", Unit::Count),
        Column::new("cost_usd", Unit::Dollars),
        Column::hidden("cost_usd_most", Unit::Dollars),
        Column::hidden("message", Unit::None),
        Column::hidden("states", Unit::None),
        Column::hidden("max_results", Unit::Count),
        Column::hidden("is_cut", Unit::None),
    ])
}

impl Desk<'_> {
    /// Answers `polls`: the last `limit` sent since a moment, in the order of the log; 0 is as
    /// many as an answer may hold.
    pub(super) fn polls(&self, since: Option<i64>, limit: usize) -> Result<Sheet, QuestionError> {
        self.polls_of(since, limit, POLLS_MAX)
    }

    /// The same with another number of polls that an answer may hold.
    pub(super) fn polls_of(
        &self,
        since: Option<i64>,
        limit: usize,
        most: usize,
    ) -> Result<Sheet, QuestionError> {
        let wanted = if limit == 0 { usize::MAX } else { limit };
        // One more than an answer holds, to know whether there are more.
        let mut found = self.last_polls(since, wanted.min(most.saturating_add(1)))?;
        let is_cut = found.len() > most;
        if is_cut {
            found.pop_front();
        }
        let mut sheet = sheet();
        for (seq, row) in found {
            let values = self.poll_values(seq, &row)?;
            sheet.push(values);
        }
        if is_cut {
            sheet.warnings.push(format!(
                "these are the last {most} polls: `spacelog export csv polls.csv --sheet polls` writes all"
            ));
        }
        Ok(sheet)
    }

    /// Reads back from the log's end in growing strides, so that the last polls of a long log
    /// are found without reading all of them.
    fn last_polls(
        &self,
        since: Option<i64>,
        limit: usize,
    ) -> Result<VecDeque<(u64, PollRow)>, QuestionError> {
        let head = self.head()?;
        let mut stride = (limit as u64).saturating_mul(64);
        loop {
            let from = head.saturating_sub(stride);
            let mut found = VecDeque::new();
            self.views.polls.ask(|polls, disk| {
                polls.each(disk, from, |seq, row| {
                    if since.is_none_or(|since| row.sent_at.unwrap_or(row.observed_at) >= since) {
                        if found.len() == limit {
                            found.pop_front();
                        }
                        found.push_back((seq, row.clone()));
                    }
                    Ok(true)
                })
            })?;
            if from == 0 || found.len() >= limit {
                return Ok(found);
            }
            stride = stride.saturating_mul(8);
        }
    }

    pub(super) fn poll_values(&self, seq: u64, row: &PollRow) -> Result<Vec<Value>, QuestionError> {
        let target = match &row.target {
            PollTarget::Line(line) => line.clone(),
            PollTarget::Spaces(_) => Some(self.asked_ids(seq)?),
        };
        #[expect(clippy::cast_precision_loss, reason = "exact below nine billion dollars")]
        let dollars = |micro: u64| micro as f64 / 1e6;
        Ok(vec![
            row.poll_id.map(|id| PollId(id).to_string()).into(),
            seq.into(),
            row.endpoint.clone().into(),
            target.into(),
            time(row.sent_at),
            row.sent_at.map(|sent_at| row.observed_at.saturating_sub(sent_at)).into(),
            row.status.map(u32::from).into(),
            row.returned.into(),
            row.new_spaces.into(),
            row.error.clone().into(),
            row.rate_remaining.into(),
            row.micro_usd.map(|(least, _)| dollars(least)).into(),
            row.micro_usd.map(|(_, most)| dollars(most)).into(),
            row.message.clone().into(),
            row.search.as_ref().map(|(states, _)| states.clone()).into(),
            row.search.as_ref().map(|(_, rows)| u32::from(*rows)).into(),
            row.is_cut().into(),
        ])
    }

    /// An answered look-up names each id it asked for: returned or missing.
    fn asked_ids(&self, seq: u64) -> Result<String, QuestionError> {
        let batch = self.reader.batches(seq, 1)?.pop();
        let mut ids: Vec<String> = batch
            .iter()
            .flat_map(|batch| &batch.events)
            .filter_map(|event| match event {
                Event::SpaceObserved(it) => Some(it.space.to_string()),
                Event::SpaceMissing(it) => Some(it.space.to_string()),
                _ => None,
            })
            .collect();
        ids.sort_unstable();
        Ok(ids.join(","))
    }

    /// Answers `gaps`: those of all Spaces or of an endpoint, and those of single Spaces.
    pub(super) fn gaps(&self, space: Option<SpaceId>) -> Result<Sheet, QuestionError> {
        let mut sheet = Sheet::new(vec![
            Column::new("space_id", Unit::None),
            Column::new("endpoint", Unit::None),
            Column::new("from", Unit::None),
            Column::new("to", Unit::None),
            Column::new("seconds", Unit::Seconds),
            Column::new("cause", Unit::None),
        ]);
        let mut rows: Vec<(i64, Vec<Value>)> = Vec::new();
        let mut add = |id: Option<SpaceId>, endpoint: Option<String>, span: (i64, i64), cause| {
            // One without a length is not over: nobody knows its end.
            let end = (span.1 > span.0).then_some(span.1);
            let length = end.and_then(|end| u64::try_from(end.saturating_sub(span.0)).ok());
            let values = vec![
                id.map(|id| id.to_string()).into(),
                endpoint.into(),
                time(Some(span.0)),
                time(end),
                seconds(length),
                Value::Text(cause),
            ];
            rows.push((span.0, values));
        };
        let mut wide = Vec::new();
        self.views.polls.ask(|polls, disk| {
            polls.each_gap(disk, i64::MIN, |from, row| {
                let id = row.space.and_then(SpaceId::from_bytes);
                if space.is_none() || id.is_none() || id == space {
                    add(id, row.endpoint.clone(), (from, row.to), row.cause.clone());
                }
                let end = if row.to > from { row.to } else { i64::MAX };
                wide.push((from, end, row.cause.clone()));
                Ok(true)
            })
        })?;
        for gap in self.views.spaces.ask(|spaces, disk| spaces.gaps(disk, space))? {
            // A Space's own gap has the cause of the wider one that it lies in, if any.
            let cause = wide
                .iter()
                .find(|(from, to, _)| *from < gap.to && gap.from < *to)
                .map_or("late", |(_, _, cause)| cause);
            add(Some(gap.space), None, (gap.from, gap.to), cause.to_owned());
        }
        rows.sort_by_key(|(from, _)| *from);
        for (_from, values) in rows {
            sheet.push(values);
        }
        Ok(sheet)
    }
}
