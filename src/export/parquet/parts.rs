//! The parts of a partitioned table: which days, months or years the log was observed in.

use std::collections::BTreeMap;
use std::ops::Range;

use chrono::{Datelike as _, Months, NaiveDate};

use super::ParquetError;
use crate::event::Event;
use crate::event::codec::segment::Wanted;
use crate::log::Reader;
use crate::space::Moment;

/// Batches of the tail read at a time.
const TAIL_BATCHES: usize = 256;

/// By what observations are parted into folders: all of them UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartBy {
    /// `date=2026-11-23`
    Day,
    /// `month=2026-11`
    Month,
    /// `year=2026`
    Year,
}

/// A part: a folder, and the moments that belong there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The folder's name.
    pub folder: String,
    /// From its first millisecond up to, and not with, the next part's.
    pub times: Range<i64>,
}

/// Parts by their first millisecond, each with the last seq of what was observed in it.
pub type Parts = BTreeMap<i64, (Part, u64)>;

impl PartBy {
    /// The words for it, as people type them.
    pub const WORDS: [&str; 3] = ["day", "month", "year"];

    /// Returns what this word stands for.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Day, Self::Month, Self::Year].into_iter().find(|it| it.word() == word)
    }

    /// Returns the word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Month => "month",
            Self::Year => "year",
        }
    }

    /// Returns the part that a moment belongs to.
    pub fn part(self, at: Moment) -> Part {
        let date = at.to_utc().date_naive();
        let (first, next, folder) = match self {
            Self::Day => (Some(date), date.succ_opt(), format!("date={}", date.format("%Y-%m-%d"))),
            Self::Month => {
                let first = date.with_day(1);
                let next = first.and_then(|first| first.checked_add_months(Months::new(1)));
                (first, next, format!("month={}", date.format("%Y-%m")))
            }
            Self::Year => {
                let first = date.with_ordinal(1);
                let next = first.and_then(|first| first.checked_add_months(Months::new(12)));
                (first, next, format!("year={}", date.format("%Y")))
            }
        };
        // What is beyond the calendar has no bound there.
        Part {
            folder,
            times: midnight(first).unwrap_or(i64::MIN)..midnight(next).unwrap_or(i64::MAX),
        }
    }
}

fn midnight(date: Option<NaiveDate>) -> Option<i64> {
    date.and_then(|date| date.and_hms_opt(0, 0, 0)).map(|it| it.and_utc().timestamp_millis())
}

/// Returns the parts in which anything was observed up to a seq, by time, each with the last seq of
/// what was. `go_on` is told how far it has come; `None` where it broke it off.
///
/// A segment that lies within one part is taken for observed there without being read.
pub fn parts(
    reader: &Reader,
    until: u64,
    by: PartBy,
    go_on: &mut dyn FnMut(u64) -> bool,
) -> Result<Option<Parts>, ParquetError> {
    let mut found = Found { by, parts: BTreeMap::new() };
    let mut next = 1;
    for row in reader.segments()?.into_iter().filter(|row| row.last_seq <= until) {
        next = row.last_seq + 1;
        if row.observations == 0 {
            continue;
        }
        let (first, last) = row.observed;
        if by.part(first).times.contains(&last.0) {
            found.take(first, row.last_seq);
        } else if let Some(content) = reader.content(row.first_seq, row.last_seq, Wanted::Others)? {
            let observed = content.heads.iter().filter(|head| head.observations > 0);
            observed.for_each(|head| found.take(head.observed_at, head.last_seq()));
        }
        if !go_on(row.last_seq) {
            return Ok(None);
        }
    }
    while next <= until {
        let batches = reader.batches(next, TAIL_BATCHES)?;
        let Some(last) = batches.last() else { break };
        next = last.last_seq() + 1;
        for batch in batches.iter().take_while(|batch| batch.last_seq() <= until) {
            if batch.events.iter().any(|event| matches!(event, Event::SpaceObserved(_))) {
                found.take(batch.observed_at, batch.last_seq());
            }
        }
        if !go_on(next - 1) {
            return Ok(None);
        }
    }
    Ok(Some(found.parts))
}

struct Found {
    by: PartBy,
    parts: Parts,
}

impl Found {
    fn take(&mut self, at: Moment, seq: u64) {
        let known = self.parts.range_mut(..=at.0).next_back();
        if let Some((_, (_, last))) = known.filter(|(_, (part, _))| part.times.contains(&at.0)) {
            *last = seq.max(*last);
        } else {
            let part = self.by.part(at);
            self.parts.insert(part.times.start, (part, seq));
        }
    }
}
