//! Long tables a page at a time, in the order of their keys: what an export writes out.

use serde::{Deserialize, Serialize};

use crate::projector::ProjectorError;
use crate::sheet::{Column, Sheet, Unit, Value};
use crate::space::SpaceId;
use crate::view::audience::airtime_ms;
use crate::view::{SpaceBrief, SpaceRow};

use super::spam::Alike;
use super::{Desk, QuestionError, polls, space, wire};

/// Rows on a page: so many a monitor has in memory for whoever exports.
const PAGE: usize = 1_000;

/// Rows of a long table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rows {
    /// Spaces known, by id; the page after the last is empty.
    Spaces {
        /// Only after this one.
        #[serde(with = "wire::maybe_space")]
        after: Option<SpaceId>,
    },
    /// The Spaces that look like spam.
    Spam,
    /// Polls, in the order of the log; `next` of the answer says where the next page begins.
    Polls {
        /// From this seq on.
        from: u64,
    },
}

/// A Space on a page.
#[derive(Clone, Debug)]
pub struct SpaceFacts {
    /// Which.
    pub id: SpaceId,
    /// What the view holds of it.
    pub row: SpaceRow,
    /// The values under the columns of `spaces`, without `spam`.
    pub values: Vec<Value>,
    /// To which moment its last live count may be held, in milliseconds since the epoch.
    pub held_until: i64,
    /// Its airtime to the end, or to now while live.
    pub airtime_so_far_ms: Option<u64>,
}

impl SpaceFacts {
    /// Returns the milliseconds between the begin and the end that X reported.
    pub fn airtime_ms(&self) -> Option<u64> {
        airtime_ms(self.row.started_at, self.row.ended_at)
    }
}

impl Desk<'_> {
    /// Answers with rows of a long table: under the columns of `polls`, under those of `spaces`
    /// without `spam`, or ids.
    pub fn rows(&self, rows: &Rows) -> Result<Sheet, QuestionError> {
        let mut sheet;
        match rows {
            Rows::Spaces { after } => {
                sheet = space::list();
                let first = after.unwrap_or(SpaceId::FIRST);
                let page = self.spaces_from(first, after.is_some(), PAGE)?;
                for it in page {
                    sheet.push(it.values);
                }
            }
            Rows::Spam => {
                sheet = Sheet::new(vec![Column::new("space_id", Unit::None)]);
                let mut alike = Alike::default();
                self.views.spaces.ask(|spaces, disk| {
                    // Once, and with nothing left in memory behind it.
                    spaces.each(disk, |id, row| {
                        alike.take(id, &SpaceBrief::of(row));
                        Ok(true)
                    })
                })?;
                for id in alike.spam() {
                    sheet.push(vec![id.to_string().into()]);
                }
            }
            Rows::Polls { from } => {
                sheet = polls::sheet();
                let page = self.polls_from(*from, PAGE)?;
                sheet.next = page.last().filter(|_| page.len() == PAGE).map(|(seq, _)| seq + 1);
                for (_seq, values) in page {
                    sheet.push(values);
                }
            }
        }
        Ok(sheet)
    }

    /// Returns the columns of `spaces`, without `spam`.
    pub fn space_columns() -> Sheet {
        space::list()
    }

    /// Returns up to `count` Spaces that some answer carried, by id, from `from` on or after it;
    /// none where the last page was the last.
    pub fn spaces_from(
        &self,
        from: SpaceId,
        after: bool,
        count: usize,
    ) -> Result<Vec<SpaceFacts>, QuestionError> {
        let mut rows: Vec<(SpaceId, SpaceRow)> = Vec::new();
        self.views.spaces.ask(|spaces, disk| {
            spaces.each_from(disk, from, |id, row| {
                if row.observations > 0 && !(after && id == from) {
                    rows.push((id, row.clone()));
                }
                Ok(rows.len() < count)
            })
        })?;
        let facts = rows.into_iter().map(|(id, row)| self.space_facts(id, row));
        Ok(facts.collect::<Result<_, ProjectorError>>()?)
    }

    fn space_facts(&self, id: SpaceId, row: SpaceRow) -> Result<SpaceFacts, ProjectorError> {
        let figures = self.figures(id, &row)?;
        Ok(SpaceFacts {
            id,
            values: self.space_values_of(id, &row, &figures)?.0,
            held_until: figures.until,
            airtime_so_far_ms: figures.airtime_so_far_ms,
            row,
        })
    }

    /// Returns up to `count` polls from a seq on, in the order of the log, each with its seq.
    pub fn polls_from(
        &self,
        seq: u64,
        count: usize,
    ) -> Result<Vec<(u64, Vec<Value>)>, QuestionError> {
        let mut rows = Vec::new();
        self.views.polls.ask(|polls, disk| {
            polls.each(disk, seq, |seq, row| {
                rows.push((seq, row.clone()));
                Ok(rows.len() < count)
            })
        })?;
        rows.into_iter().map(|(seq, row)| Ok((seq, self.poll_values(seq, &row)?))).collect()
    }
}
