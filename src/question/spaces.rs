//! The list of Spaces: filtered, in order, cut.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use crate::projector::ProjectorError;
use crate::sheet::{Column, Sheet, Unit, Value};
use crate::space::SpaceId;
use crate::view::{SpaceBrief, SpaceRow};

use super::spam::Alike;
use super::{Desk, QuestionError, space};

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

/// Which Spaces are wanted.
pub(super) struct Filter<'a> {
    pub state: Option<&'a str>,
    pub host: Option<&'a str>,
    pub keyword: Option<&'a str>,
    pub min_participants: Option<u64>,
}

impl Desk<'_> {
    /// Answers `spaces`.
    pub(super) fn spaces(
        &self,
        filter: &Filter,
        sort: SpaceSort,
        limit: usize,
    ) -> Result<Sheet, QuestionError> {
        let (mut ranked, mut alike) = (Vec::new(), Alike::default());
        let is_brief = filter.is_brief() && sort != SpaceSort::Reach;
        self.views.spaces.ask(|spaces, disk| {
            spaces.each_brief(disk, |id, brief| {
                alike.take(id, brief);
                if is_brief && filter.takes_brief(brief) {
                    ranked.push((rank(sort, brief), id));
                }
            })
        })?;
        if !is_brief {
            ranked = self.ranked_by_rows(filter, sort)?;
        }
        // The greatest first; `None` sorts below every number, and so comes last.
        ranked.sort_unstable_by_key(|(rank, id)| (Reverse(*rank), *id));
        let total = ranked.len();
        let shown = if limit == 0 { total } else { limit.min(total) };
        let mut sheet = space::sheet(false);
        sheet.columns.push(Column::hidden("spam", Unit::None));
        let spam = alike.spam();
        for (_rank, id) in ranked.into_iter().take(shown) {
            let Some(row) = self.space_row(id)? else { continue };
            let mut values = self.space_values(id, &row)?;
            values.push(spam.contains(&id).into());
            sheet.push(values);
        }
        if let Some(column) = sheet.columns.last_mut() {
            // An empty column tells nothing.
            column.in_table = !spam.is_empty();
        }
        if let Some(place) = sheet.index("doubted") {
            let is_doubted =
                |row: &Vec<Value>| matches!(&row[place], Value::List(it) if !it.is_empty());
            sheet.columns[place].in_table = sheet.rows.iter().any(is_doubted);
        }
        if shown < total {
            sheet.notes.push(format!("{shown} of {total} Spaces; --limit 0 shows all"));
        }
        Ok(sheet)
    }

    /// Answers which of these Spaces are known.
    pub(super) fn these(&self, ids: &[SpaceId]) -> Result<Sheet, QuestionError> {
        let mut sheet = space::sheet(false);
        for id in ids {
            let row = self.views.spaces.ask(|spaces, disk| spaces.space(disk, *id))?;
            if let Some(row) = row.filter(|row| row.observations > 0) {
                sheet.push(self.space_values(*id, &row)?);
            }
        }
        Ok(sheet)
    }

    /// Returns the Spaces that a filter takes, each with what it stands by: from their whole rows.
    fn ranked_by_rows(
        &self,
        filter: &Filter,
        sort: SpaceSort,
    ) -> Result<Vec<(Option<i64>, SpaceId)>, ProjectorError> {
        // Of these no row says by itself whether, or where, it stands.
        let by_people = filter.host.is_some() || sort == SpaceSort::Reach;
        let (mut found, mut ranked) = (Vec::new(), Vec::new());
        self.views.spaces.ask(|spaces, disk| {
            spaces.each(disk, |id, row| {
                match filter.takes(row) {
                    true if by_people => found.push((id, row.clone())),
                    true => ranked.push((rank(sort, &SpaceBrief::of(row)), id)),
                    false => {}
                }
                Ok(true)
            })
        })?;
        if let Some(host) = filter.host {
            found = self.hosted_by(host, found)?;
        }
        for (id, row) in found {
            let rank = match sort {
                SpaceSort::Reach => self.reach_of(&row)?.map(whole),
                _ => rank(sort, &SpaceBrief::of(&row)),
            };
            ranked.push((rank, id));
        }
        Ok(ranked)
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
    /// Whether the short form of a Space tells whether it is wanted.
    fn is_brief(&self) -> bool {
        self.host.is_none() && self.keyword.is_none()
    }

    fn takes_brief(&self, brief: &SpaceBrief) -> bool {
        // A description without any answer that carried the Space does not make it known.
        brief.is_observed
            && self.state.is_none_or(|state| brief.state.as_deref() == Some(state))
            && self.min_participants.is_none_or(|least| {
                brief.peak.or(brief.participants).is_some_and(|count| count >= least)
            })
    }

    pub(super) fn takes(&self, row: &SpaceRow) -> bool {
        self.takes_brief(&SpaceBrief::of(row))
            && self.keyword.is_none_or(|keyword| {
                let title = row.title.as_ref().map(|title| title.to_lowercase());
                title.is_some_and(|title| title.contains(&keyword.to_lowercase()))
            })
    }
}
