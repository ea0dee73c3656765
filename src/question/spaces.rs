//! The list of Spaces: filtered, in order, cut.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::projector::ProjectorError;
use crate::sheet::{Column, Sheet, Unit, Value};
use crate::space::SpaceId;
use crate::view::{SpaceBrief, SpaceRow};

use super::spam::Alike;
use super::{Desk, QuestionError, doubts, space};

/// The order of Spaces, the greatest first; unknown last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SpaceSort {
    /// By the count last seen while live.
    #[default]
    Participants,
    /// By the peak.
    Peak,
    /// By the followers of hosts and speakers.
    Reach,
    /// By the begin, or where it has none the announced one: the latest first.
    Started,
}

/// A Space with its row.
type Found = (SpaceId, SpaceRow);

/// Which Spaces are wanted.
pub(super) struct Filter<'a> {
    pub state: Option<&'a str>,
    pub host: Option<&'a str>,
    pub keyword: Option<&'a str>,
    pub min_participants: Option<u64>,
}

impl Desk<'_> {
    /// Returns the ids of all Spaces that a filter takes, in this order.
    pub(super) fn all_spaces(
        &self,
        filter: &Filter,
        sort: SpaceSort,
    ) -> Result<Vec<SpaceId>, QuestionError> {
        let (rows, _) = self.first_of(filter, sort, 0, &mut Alike::default())?;
        Ok(rows.into_iter().map(|(id, _)| id).collect())
    }

    /// Answers `spaces`.
    pub(super) fn spaces(
        &self,
        filter: &Filter,
        sort: SpaceSort,
        limit: usize,
    ) -> Result<Sheet, QuestionError> {
        let mut alike = Alike::default();
        let (rows, total) = self.first_of(filter, sort, limit, &mut alike)?;
        let mut sheet = space::list();
        sheet.columns.push(Column::hidden("spam", Unit::None));
        let mut found = Vec::new();
        let spam = alike.spam();
        let shown = rows.len();
        for (id, row) in rows {
            let (mut values, doubts) = self.space_values(id, &row)?;
            found.extend(doubts);
            values.push(spam.contains(&id).into());
            sheet.push(values);
        }
        if let Some(column) = sheet.columns.last_mut() {
            // An empty column tells nothing.
            column.in_table = !spam.is_empty();
        }
        show_starts(&mut sheet);
        doubts::show(&mut sheet, "doubted", found);
        if shown < total {
            sheet.notes.push(format!("{shown} of {total} Spaces; --limit 0 shows all"));
        }
        Ok(sheet)
    }

    /// Answers which of these Spaces are known.
    pub(super) fn these(&self, ids: &[SpaceId]) -> Result<Sheet, QuestionError> {
        let mut sheet = space::list();
        let mut found = Vec::new();
        for id in ids {
            let row = self.views.spaces.ask(|spaces, disk| spaces.space(disk, *id))?;
            if let Some(row) = row.filter(|row| row.observations > 0) {
                let (values, doubts) = self.space_values(*id, &row)?;
                found.extend(doubts);
                sheet.push(values);
            }
        }
        doubts::show(&mut sheet, "doubted", found);
        Ok(sheet)
    }

    /// Returns the first Spaces that a filter takes, and how many it takes.
    fn first_of(
        &self,
        filter: &Filter,
        sort: SpaceSort,
        limit: usize,
        alike: &mut Alike,
    ) -> Result<(Vec<Found>, usize), ProjectorError> {
        if filter.host.is_some() || sort == SpaceSort::Reach {
            self.first_by_people(filter, sort, limit, alike)
        } else {
            self.first_by_rows(filter, sort, limit, alike)
        }
    }

    /// The same as the view is at one moment: from short forms, unless titles are searched.
    fn first_by_rows(
        &self,
        filter: &Filter,
        sort: SpaceSort,
        limit: usize,
        alike: &mut Alike,
    ) -> Result<(Vec<Found>, usize), ProjectorError> {
        self.views.spaces.ask(|spaces, disk| {
            let mut ranked = Vec::new();
            let mut take = |id, brief: &SpaceBrief, has_words: bool| {
                alike.take(id, brief);
                if has_words && filter.takes_brief(brief) {
                    ranked.push((rank(sort, brief), id));
                }
            };
            if filter.keyword.is_some() {
                spaces.each(disk, |id, row| {
                    take(id, &SpaceBrief::of(row), filter.has_words(row));
                    Ok(true)
                })?;
            } else {
                spaces.each_brief(disk, |id, brief| take(id, brief, true))?;
            }
            let total = ranked.len();
            let mut rows = Vec::new();
            for id in first(ranked, limit) {
                rows.extend(spaces.space(disk, id)?.map(|row| (id, row)));
            }
            Ok((rows, total))
        })
    }

    /// The same where people say which Spaces are wanted, or in what order.
    fn first_by_people(
        &self,
        filter: &Filter,
        sort: SpaceSort,
        limit: usize,
        alike: &mut Alike,
    ) -> Result<(Vec<Found>, usize), ProjectorError> {
        let mut found = Vec::new();
        self.views.spaces.ask(|spaces, disk| {
            spaces.each(disk, |id, row| {
                alike.take(id, &SpaceBrief::of(row));
                if filter.takes(row) {
                    found.push((id, row.clone()));
                }
                Ok(true)
            })
        })?;
        if let Some(host) = filter.host {
            found = self.hosted_by(host, found)?;
        }
        let (mut ranked, mut rows) = (Vec::new(), BTreeMap::new());
        for (id, row) in found {
            let rank = match sort {
                SpaceSort::Reach => self.reach_of(&row)?.map(whole),
                _ => rank(sort, &SpaceBrief::of(&row)),
            };
            ranked.push((rank, id));
            rows.insert(id, row);
        }
        let total = ranked.len();
        let first = first(ranked, limit).into_iter();
        Ok((first.filter_map(|id| Some((id, rows.remove(&id)?))).collect(), total))
    }

    /// Keeps the Spaces of a host, named by id or by name in any case.
    pub(super) fn hosted_by(
        &self,
        host: &str,
        spaces: Vec<(SpaceId, SpaceRow)>,
    ) -> Result<Vec<(SpaceId, SpaceRow)>, ProjectorError> {
        let name = host.trim_start_matches('@');
        let mut kept = Vec::new();
        for (id, row) in spaces {
            let ids = row.hosts.as_deref().unwrap_or_default();
            let people = self.persons(ids)?;
            let named = ids.iter().any(|id| id.to_string() == name)
                || people
                    .iter()
                    .filter_map(|person| person.username.as_ref())
                    .any(|username| username.eq_ignore_ascii_case(name));
            if named {
                kept.push((id, row));
            }
        }
        Ok(kept)
    }
}

/// Shows when Spaces are announced for in a table where one has not begun.
fn show_starts(sheet: &mut Sheet) {
    let places = sheet.index("scheduled_start").zip(sheet.index("started_at"));
    let Some((scheduled, started)) = places else { return };
    let is_to_come =
        |row: &Vec<Value>| row[started] == Value::Unknown && row[scheduled] != Value::Unknown;
    sheet.columns[scheduled].in_table = sheet.rows.iter().any(is_to_come);
}

/// Returns the Spaces of a list in its order, cut; 0 leaves all.
fn first(mut ranked: Vec<(Option<i64>, SpaceId)>, limit: usize) -> Vec<SpaceId> {
    // The greatest first; `None` sorts below every number, and so comes last.
    ranked.sort_unstable_by_key(|(rank, id)| (Reverse(*rank), *id));
    ranked.truncate(if limit == 0 { ranked.len() } else { limit });
    ranked.into_iter().map(|(_rank, id)| id).collect()
}

/// Returns what a Space stands by in this order, as far as its short form tells.
fn rank(sort: SpaceSort, brief: &SpaceBrief) -> Option<i64> {
    match sort {
        SpaceSort::Participants => brief.participants.map(whole),
        SpaceSort::Peak => brief.peak.map(whole),
        SpaceSort::Reach => None,
        SpaceSort::Started => brief.begin,
    }
}

fn whole(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

impl Filter<'_> {
    fn takes_brief(&self, brief: &SpaceBrief) -> bool {
        // A description without any answer that carried the Space does not make it known.
        brief.is_observed
            && self
                .state
                .is_none_or(|state| brief.state.as_ref().is_some_and(|it| it.word() == state))
            && self.min_participants.is_none_or(|least| {
                brief.peak.or(brief.participants).is_some_and(|count| count >= least)
            })
    }

    pub(super) fn takes(&self, row: &SpaceRow) -> bool {
        self.takes_brief(&SpaceBrief::of(row)) && self.has_words(row)
    }

    /// Returns whether the title holds the words, in any case.
    fn has_words(&self, row: &SpaceRow) -> bool {
        self.keyword.is_none_or(|keyword| {
            let title = row.title.as_ref().map(|title| title.to_lowercase());
            title.is_some_and(|title| title.contains(&keyword.to_lowercase()))
        })
    }
}
