//! The schedule: what was announced, what became of it, and how one announcement changed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::event::{Event, SpaceKnown};
use crate::projector::ProjectorError;
use crate::sheet::{Column, Sheet, Unit, Value};
use crate::space::{SpaceId, SpaceState};
use crate::view::SpaceRow;
use crate::view::audience::{lead_time_ms, median_ms, start_delay_ms};

use super::space::{signed_seconds, time};
use super::spaces::Filter;
use super::{Desk, QuestionError, basis, doubts};

/// A Space that did not begin within this time after its announced begin never does, as far as
/// anybody can tell: milliseconds of a day.
const NEVER_AFTER_MS: i64 = 86_400_000;

/// What became of an announced Space.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Standing {
    /// Its begin is to come.
    Announced,
    /// Its begin has passed, and it has not begun.
    Overdue,
    /// It is on air.
    Live,
    /// It was on air.
    Ended,
    /// It was gone before its begin.
    Canceled,
    /// It was gone after its begin, or a day has passed, and nobody saw it on air.
    NeverStarted,
}

impl Standing {
    /// Every standing, in the order in which a Space may come to it.
    pub const ALL: [Self; 6] = [
        Self::Announced,
        Self::Overdue,
        Self::Live,
        Self::Ended,
        Self::Canceled,
        Self::NeverStarted,
    ];

    /// Returns the word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Announced => "announced",
            Self::Overdue => "overdue",
            Self::Live => "live",
            Self::Ended => "ended",
            Self::Canceled => "canceled",
            Self::NeverStarted => "never_started",
        }
    }

    /// Returns the standing of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|standing| standing.word() == word)
    }

    /// Returns the standing of a Space whose begin was announced; `None` in a state that we do not
    /// know.
    fn of(row: &SpaceRow, start: i64, now: i64) -> Option<Self> {
        let began = row.started_at.is_some() || row.audience.first.is_some();
        Some(match row.state.as_deref()? {
            "live" => Self::Live,
            "ended" if began => Self::Ended,
            "ended" => Self::NeverStarted,
            SpaceKnown::CANCELED => {
                let gone_at = row.announced.gone_at().unwrap_or(row.seen.1);
                if gone_at < start { Self::Canceled } else { Self::NeverStarted }
            }
            "scheduled" if now < start => Self::Announced,
            "scheduled" if now.saturating_sub(start) <= NEVER_AFTER_MS => Self::Overdue,
            "scheduled" => Self::NeverStarted,
            _ => return None,
        })
    }
}

/// Name, unit, whether a table shows it.
const COLUMNS: [(&str, Unit, bool); 26] = [
    ("space_id", Unit::None, true),
    ("title", Unit::None, true),
    ("host_usernames", Unit::None, true),
    ("standing", Unit::None, true),
    ("scheduled_start", Unit::None, true),
    ("start_delay_seconds", Unit::Seconds, true),
    ("moves", Unit::Count, true),
    ("former_starts", Unit::None, false),
    ("moved_at", Unit::None, false),
    ("lead_time_seconds", Unit::Seconds, true),
    ("reminders", Unit::Count, true),
    ("announced_at", Unit::None, false),
    ("created_at", Unit::None, false),
    ("started_at", Unit::None, false),
    ("ended_at", Unit::None, false),
    ("gone_at", Unit::None, false),
    ("revision", Unit::None, false),
    ("changed_at", Unit::None, false),
    ("state", Unit::None, false),
    ("state_source", Unit::None, false),
    ("host_ids", Unit::None, false),
    ("participants", Unit::Count, false),
    ("first_seen", Unit::None, false),
    ("last_seen", Unit::None, false),
    ("url", Unit::None, false),
    ("doubted", Unit::None, false),
];

impl Desk<'_> {
    /// Answers `schedule`: announced Spaces whose begin is to come, or not longer ago than
    /// `last_ms`, by their begin.
    pub(super) fn schedule(
        &self,
        filter: &Filter,
        standing: Option<Standing>,
        last_ms: u64,
        limit: usize,
    ) -> Result<Sheet, QuestionError> {
        let since = self.now.saturating_sub_unsigned(last_ms);
        let mut found = Vec::new();
        self.views.spaces.ask(|spaces, disk| {
            spaces.each(disk, |id, row| {
                let start = row.scheduled_start.filter(|start| *start >= since);
                if let Some(start) = start.filter(|_| filter.takes(row)) {
                    found.push((id, row.clone(), start, Standing::of(row, start, self.now)));
                }
                Ok(true)
            })
        })?;
        if let Some(host) = filter.host {
            let rows = found.iter().map(|(id, row, ..)| (*id, row.clone())).collect();
            let hosted = self.hosted_by(host, rows)?;
            found.retain(|(id, ..)| hosted.iter().any(|(other, _)| other == id));
        }
        found.retain(|(.., of)| standing.is_none_or(|wanted| *of == Some(wanted)));
        found.sort_by_key(|(id, _row, start, _)| (*start, *id));
        let columns = COLUMNS.iter().map(|(name, unit, in_table)| Column {
            name: (*name).to_owned(),
            unit: *unit,
            in_table: *in_table,
        });
        let rests_on = basis::columns(false).map(|column| Column { in_table: false, ..column });
        let mut sheet = Sheet::new(columns.chain(rests_on).collect());
        let mut doubted = Vec::new();
        let total = found.len();
        let shown = if limit == 0 { total } else { limit.min(total) };
        sheet.notes.push(told(&found));
        for (id, row, start, standing) in found.into_iter().take(shown) {
            let basis = self.basis(id, &row, &self.figures(id, &row)?)?;
            let mut values = self.announced_values(id, &row, start, standing)?;
            values.push(basis.doubted());
            values.extend(basis.values());
            sheet.push(values);
            doubted.extend(basis.doubts);
        }
        doubts::show(&mut sheet, "doubted", doubted);
        if shown < total {
            sheet.notes.push(format!("{shown} of {total} Spaces; --limit 0 shows all"));
        }
        Ok(sheet)
    }

    /// Returns the values under [`COLUMNS`], but for what is doubted.
    fn announced_values(
        &self,
        id: SpaceId,
        row: &SpaceRow,
        start: i64,
        standing: Option<Standing>,
    ) -> Result<Vec<Value>, ProjectorError> {
        let hosts = self.persons(row.hosts.as_deref().unwrap_or_default())?;
        let names = hosts.iter().map(|person| person.username.clone().into()).collect();
        let host_ids = row.hosts.as_ref().map(|ids| ids.iter().map(ToString::to_string));
        let (it, starts) = (&row.announced, row.announced.starts());
        let announced_at = starts.first().map(|(at, _)| *at);
        let moved_at = starts.last().map(|(at, _)| *at).filter(|_| it.moves() > 0);
        let former = starts.iter().rev().skip(1).rev().map(|(_, start)| Value::Time(*start));
        let first = starts.first().map_or(start, |(_, first)| *first);
        Ok(vec![
            id.to_string().into(),
            row.title.clone().into(),
            row.hosts.as_ref().map_or(Value::Unknown, |_| Value::List(names)),
            standing.map(Standing::word).into(),
            Value::Time(start),
            signed_seconds(start_delay_ms(Some(start), row.started_at)),
            it.moves().into(),
            Value::List(former.collect()),
            time(moved_at),
            signed_seconds(lead_time_ms(row.created_at, Some(first))),
            row.reminders.map(|(_, count)| count).into(),
            time(announced_at),
            time(row.created_at),
            time(row.started_at),
            time(row.ended_at),
            time(it.gone_at()),
            it.revision().into(),
            time(it.gone_at().max(moved_at).max(announced_at)),
            row.state.clone().into(),
            if row.inferred { "inferred" } else { "reported" }.into(),
            host_ids.map(Iterator::collect::<Vec<String>>).into(),
            row.participants().map(|(_, count)| count).into(),
            time(row.first_seen()),
            Value::Time(row.seen.1),
            id.url().into(),
        ])
    }

    /// Answers `schedule ID`: each answer that named another begin, another number of reminders or
    /// another state than the one before, up to the first one on air.
    pub(super) fn announcement(&self, id: SpaceId) -> Result<Sheet, QuestionError> {
        if self.space_row(id)?.is_none() {
            return Err(QuestionError::UnknownSpace(id));
        }
        let mut sheet = Sheet::new(vec![
            Column::hidden("space_id", Unit::None),
            Column::new("observed_at", Unit::None),
            Column::new("scheduled_start", Unit::None),
            Column::new("reminders", Unit::Count),
            Column::new("state", Unit::None),
            Column::hidden("seq", Unit::None),
        ]);
        let mut now = Announcement::default();
        self.reader.history(id, self.head()?, &mut |_seq| true, &mut |batch| {
            let before = now.clone();
            let mut seq = batch.first_seq;
            for entry in batch.entries().filter(|entry| entry.event.is_about(id)) {
                now.take(entry.event);
                seq = entry.seq;
            }
            if now != before {
                sheet.push(vec![
                    id.to_string().into(),
                    Value::Time(batch.observed_at.0),
                    time(now.start),
                    now.reminders.into(),
                    now.state.as_ref().map(|state| state.word().to_owned()).into(),
                    seq.into(),
                ]);
            }
            Ok(now.state != Some(SpaceState::Live))
        })?;
        sheet.notes.push(
            "each answer that differs from the one before; between two nobody may have looked"
                .to_owned(),
        );
        Ok(sheet)
    }
}

/// How an announcement stands.
#[derive(Clone, Debug, Default, PartialEq)]
struct Announcement {
    start: Option<i64>,
    reminders: Option<u64>,
    state: Option<SpaceState>,
}

impl Announcement {
    fn take(&mut self, event: &Event) {
        match event {
            Event::SpaceDescribed(it) => {
                self.start = it.scheduled_start.map(|start| start.0).or(self.start);
            }
            Event::SpaceObserved(it) => {
                self.reminders = it.subscribers.or(self.reminders);
                self.state = it.state.clone().or(self.state.take());
            }
            _ => {}
        }
    }
}

/// Says how many there are of each standing, and how late those began that did.
fn told(found: &[(SpaceId, SpaceRow, i64, Option<Standing>)]) -> String {
    let mut counts: BTreeMap<Standing, usize> = BTreeMap::new();
    for standing in found.iter().filter_map(|(.., standing)| *standing) {
        *counts.entry(standing).or_default() += 1;
    }
    let mut words: Vec<String> = counts
        .iter()
        .map(|(it, count)| format!("{count} {}", it.word().replace('_', " ")))
        .collect();
    let delay =
        |(_, row, start, _): &(_, SpaceRow, i64, _)| start_delay_ms(Some(*start), row.started_at);
    let mut delays: Vec<i64> = found.iter().filter_map(delay).collect();
    delays.sort_unstable();
    if let Some(median) = median_ms(&delays) {
        let side = if median < 0 { "early" } else { "late" };
        words.push(format!("begun {} s {side} in the median", median.abs() / 1_000));
    }
    if words.is_empty() { "nothing is announced".to_owned() } else { words.join(", ") }
}
