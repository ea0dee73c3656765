//! Several Spaces as one event: a relaunch after a crash, a host who takes over, a series; joined
//! by rules that can be read, or by hand, and answered as one with the parts shown.

mod groups;
mod rule;
mod whole;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use crate::sheet::{Column, Sheet, Unit, Value};
use crate::space::{Moment, SpaceId, grouped, several};
use crate::view::SpaceRow;
use crate::view::audience::held::{Resolution, resolution};
use crate::view::audience::{Course, Look, airtime_ms};

use super::basis::Basis;
use super::curve::Whole;
use super::doubts::Doubted;
use super::space::Figures;
use super::sums::Ends;
use super::{Desk, Question, QuestionError, SpaceSort, basis, card, doubts, space, spaces};

use groups::{Joined, groups};
use rule::{Part, Rule, Title};
use whole::whole;

/// What a row of several Spaces has beside the columns of one.
const COLUMNS: [(&str, Unit); 3] =
    [("part_ids", Unit::None), ("breaks_seconds", Unit::Seconds), ("parts", Unit::None)];

/// A Space as a part of a whole.
pub(super) struct Member {
    pub joined: Joined,
    pub row: SpaceRow,
    pub figures: Figures,
    /// Its looks while it was on air, and to when the last count is held.
    looks: (Vec<Look>, i64),
}

impl Desk<'_> {
    /// Answers a question with Spaces that are parts of one event as one. What it makes no
    /// difference to is answered as it is.
    pub(super) fn joined(&self, question: &Question) -> Result<Sheet, QuestionError> {
        match question {
            Question::Space { id } => {
                let mut sheet = empty(true);
                self.space_row(*id)?.ok_or(QuestionError::UnknownSpace(*id))?;
                sheet.push(self.as_one(&self.parts_of(*id)?, true)?.0);
                Ok(sheet)
            }
            Question::Curve { ids, step_ms } => {
                let (mut of, mut events): (Vec<Whole>, _) = (Vec::new(), Vec::new());
                for id in ids {
                    self.space_row(*id)?.ok_or(QuestionError::UnknownSpace(*id))?;
                    let parts = self.parts_of(*id)?;
                    of.push((*id, parts.iter().map(|it| it.id).collect()));
                    events.push((*id, parts));
                }
                let mut sheet = self.curves(&of, *step_ms)?;
                for (id, parts) in events.into_iter().filter(|(_, parts)| parts.len() > 1) {
                    let (members, _) = self.members(&parts)?;
                    let words =
                        basis_of(&members, &whole(&members).figures, resolution_of(&members));
                    sheet.notes.extend(words.map(|words| format!("{id} as one: {words}")));
                }
                Ok(sheet)
            }
            Question::Spaces { state, host, keyword, min_participants, sort, limit } => {
                let filter = spaces::Filter {
                    state: state.as_deref(),
                    host: host.as_deref(),
                    keyword: keyword.as_deref(),
                    min_participants: *min_participants,
                };
                self.joined_spaces(&filter, *sort, *limit)
            }
            other => self.answer(other),
        }
    }

    /// Answers `spaces`, each event in one row: where one of its parts is asked for, all are in it.
    fn joined_spaces(
        &self,
        filter: &spaces::Filter,
        sort: SpaceSort,
        limit: usize,
    ) -> Result<Sheet, QuestionError> {
        let wanted = self.all_spaces(filter, sort)?;
        let mut event_of: BTreeMap<SpaceId, Vec<Joined>> = BTreeMap::new();
        for parts in self.events_of_spaces()? {
            event_of.extend(parts.iter().map(|part| (part.id, parts.clone())));
        }
        let mut shown: BTreeSet<SpaceId> = BTreeSet::new();
        let mut sheet = empty(false);
        let mut events = Vec::new();
        for id in wanted {
            let parts = event_of.remove(&id).unwrap_or_else(|| vec![Joined { id, link: None }]);
            let first = parts.first().map_or(id, |part| part.id);
            if shown.insert(first) {
                events.push((self.rank(&parts, sort)?, parts));
            }
        }
        // The greatest first; `None` sorts below every number, and so comes last.
        events.sort_by_key(|(rank, _)| Reverse(*rank));
        let total = events.len();
        events.truncate(if limit == 0 { total } else { limit });
        let shown = events.len();
        let mut found = Vec::new();
        for (_rank, parts) in events {
            let (row, doubts) = self.as_one(&parts, false)?;
            found.extend(doubts);
            sheet.push(row);
        }
        doubts::show(&mut sheet, "doubted", found);
        if shown < total {
            sheet.notes.push(format!("{shown} of {total} rows; --limit 0 shows all"));
        }
        Ok(sheet)
    }

    /// Returns the parts of the event that a Space is of; itself where it is of none.
    fn parts_of(&self, id: SpaceId) -> Result<Vec<Joined>, QuestionError> {
        let events = self.events_of_spaces()?;
        let ours = events.into_iter().find(|parts| parts.iter().any(|part| part.id == id));
        Ok(ours.unwrap_or_else(|| vec![Joined { id, link: None }]))
    }

    /// Returns all events of more than one Space.
    fn events_of_spaces(&self) -> Result<Vec<Vec<Joined>>, QuestionError> {
        let mut parts: Vec<Part> = Vec::new();
        self.views.spaces.ask(|spaces, disk| {
            spaces.each(disk, |id, row| {
                parts.extend(row.first_seen().map(|first| part(id, row, first)));
                Ok(true)
            })
        })?;
        let mut said = Vec::new();
        self.views.people.ask(|people, disk| {
            people.each_joined(disk, |one, other, joined| {
                said.push((one, other, joined));
                Ok(true)
            })
        })?;
        Ok(groups(parts, &said))
    }

    /// Returns parts as one row under the columns of [`empty`], and what is doubted behind it.
    fn as_one(
        &self,
        parts: &[Joined],
        card: bool,
    ) -> Result<(Vec<Value>, Vec<Doubted>), QuestionError> {
        let (members, doubts) = self.members(parts)?;
        let one = whole(&members);
        let resolution = resolution_of(&members);
        let basis = Basis {
            words: basis_of(&members, &one.figures, resolution),
            is_known: one.figures.is_known(),
            resolution,
            doubts,
        };
        let id = parts.first().map_or(SpaceId::FIRST, |part| part.id);
        let mut values = self.values_of(id, &one.row, &one.figures, basis.doubted())?;
        let sheet = empty(card);
        for (name, ms) in [("airtime_seconds", one.airtime_ms), ("tracked_seconds", one.tracked_ms)]
        {
            if let Some(place) = sheet.index(name) {
                values[place] = space::seconds(ms);
            }
        }
        let ids: Vec<String> = members.iter().map(|it| it.joined.id.to_string()).collect();
        let told = told(&members);
        if card {
            let last = whole::last(&members);
            let looks = members.into_iter().map(|it| it.looks).collect();
            let course = Course::of_parts(looks, last);
            values.extend(self.card_values(&one.row, &one.figures, &course)?);
        }
        values.extend([ids.into(), space::seconds(Some(one.breaks_ms)), told]);
        values.extend(basis.values());
        Ok((values, basis.doubts))
    }

    /// Returns by what an event stands in the order asked for; no curve is read for it.
    fn rank(&self, parts: &[Joined], sort: SpaceSort) -> Result<Option<i64>, QuestionError> {
        let mut members = Vec::new();
        for joined in parts {
            let Some(row) = self.space_row(joined.id)? else { continue };
            let figures = self.figures(joined.id, &row)?;
            members.push(Member { joined: *joined, row, figures, looks: (Vec::new(), 0) });
        }
        let one = whole(&members);
        let audience = &one.figures.audience;
        let count = match sort {
            SpaceSort::Participants => space::last(&one.row, &one.figures).map(|(_, count)| count),
            SpaceSort::Peak => audience.peak.map(|peak| peak.count),
            SpaceSort::Reach => self.reach_of(&one.row)?,
            SpaceSort::Started => return Ok(one.row.started_at.or(one.row.scheduled_start)),
        };
        Ok(count.map(|count| i64::try_from(count).unwrap_or(i64::MAX)))
    }

    /// Returns the parts with their figures, and what is doubted of their counts.
    fn members(&self, parts: &[Joined]) -> Result<(Vec<Member>, Vec<Doubted>), QuestionError> {
        let mut members: Vec<Member> = Vec::new();
        let mut found: Vec<Doubted> = Vec::new();
        for joined in parts {
            let Some(row) = self.space_row(joined.id)? else { continue };
            let figures = self.figures(joined.id, &row)?;
            let points = self.views.curves.ask(|curves, disk| curves.points(disk, joined.id))?;
            found.extend(doubts::of_space(joined.id, &row, &points));
            let looks = (card::looks(&points, &row), figures.until);
            members.push(Member { joined: *joined, row, figures, looks });
        }
        found.sort_by_key(|(_, doubt)| (doubt.at, doubt.seq, doubt.rule));
        Ok((members, found))
    }
}

/// Returns an empty sheet of events; a `card` shows nearly all columns in a table.
fn empty(card: bool) -> Sheet {
    let mut sheet = space::sheet(card);
    if card {
        sheet.columns.extend(card::COLUMNS.map(|(name, unit)| Column::new(name, unit)));
    }
    sheet.columns.extend(COLUMNS.map(|(name, unit)| Column {
        name: name.to_owned(),
        unit,
        in_table: card || name == "part_ids",
    }));
    sheet.columns.extend(basis::columns(card));
    sheet
}

/// Returns what the rules look at of a Space.
fn part(id: SpaceId, row: &SpaceRow, first_seen: i64) -> Part {
    let hosts: BTreeSet<u64> = row.hosts.iter().flatten().copied().chain(row.creator).collect();
    let speakers = row.speakers.iter().flatten().copied();
    Part {
        id,
        was_live: row.audience.first.is_some(),
        title: Title::of(row.title.as_deref().unwrap_or_default()),
        creator: row.creator,
        stage: hosts.iter().copied().chain(speakers).collect(),
        hosts,
        begin: begin(row).unwrap_or(first_seen),
        end: end(row),
    }
}

/// Returns when a Space began, as X said or as it was first seen on air.
fn begin(row: &SpaceRow) -> Option<i64> {
    row.started_at.or(row.audience.first)
}

/// Returns when a Space that is not on air ended, as far as that is known.
fn end(row: &SpaceRow) -> Option<i64> {
    if row.is_live() {
        return None;
    }
    let inferred = row.ended_between.map(|(from, _)| from);
    row.ended_at.or(inferred).or(row.audience.last).or(Some(row.seen.1))
}

/// Returns each part with its own figures and what joined it.
fn told(members: &[Member]) -> Value {
    let each = members.iter().map(|it| {
        let (row, figures) = (&it.row, &it.figures);
        let known = figures.is_known();
        let peak = figures.audience.peak.filter(|_| known);
        let link = it.joined.link;
        let time = |ms: Option<i64>| ms.map(|ms| Moment(ms).to_string());
        json!({
            "space_id": it.joined.id.to_string(),
            "title": row.title,
            "state": row.state,
            "started_at": time(row.started_at),
            "ended_at": time(row.ended_at),
            "peak_participants": peak.map(|peak| peak.count),
            "peak_at": time(peak.map(|peak| peak.at)),
            "participant_hours": figures.totals.participant_hours().filter(|_| known),
            "airtime_seconds": airtime_ms(row.started_at, row.ended_at).map(|ms| ms / 1_000),
            "rule": link.map(|link| link.rule.word()),
            "joined_to": link.map(|link| link.to.to_string()),
            "words": words(it, members),
        })
    });
    Value::Json(serde_json::Value::Array(each.collect()).to_string())
}

/// Says of a part when it was on air, and what joined it to which other.
fn words(it: &Member, members: &[Member]) -> String {
    let time = |ms: Option<i64>| ms.map_or_else(|| "?".to_owned(), basis::moment);
    let (from, to) = (begin(&it.row), end(&it.row));
    let on_air = if it.row.is_live() {
        format!("{} on air since {}", it.joined.id, time(from))
    } else {
        format!("{} from {} to {}", it.joined.id, time(from), time(to))
    };
    let Some(link) = it.joined.link else { return on_air };
    let other = members.iter().find(|other| other.joined.id == link.to);
    let after = other.and_then(|other| end(&other.row)).zip(from).map(|(end, from)| from - end);
    let apart = match after {
        Some(after) if after >= 0 => {
            format!(", {} after its end", basis::seconds(after.unsigned_abs()))
        }
        Some(before) => format!(", {} before its end", basis::seconds(before.unsigned_abs())),
        None => String::new(),
    };
    match link.rule {
        Rule::ByHand => format!("{on_air}: joined to {} by hand", link.to),
        rule => format!("{on_air}: {} of {}{apart}", rule.word(), link.to),
    }
}

/// Returns how far apart looks at the same part were.
fn resolution_of(members: &[Member]) -> Option<Resolution> {
    resolution(members.iter().map(|it| it.looks.0.as_slice()))
}

/// Says what the figures rest on.
fn basis_of(members: &[Member], whole: &Figures, resolution: Option<Resolution>) -> Option<String> {
    let peak = whole.audience.peak?;
    let (gaps, parts) = (basis::gaps(whole.totals.gaps), members.len());
    let coverage = basis::coverage(whole.coverage());
    let count = grouped(peak.count);
    let parts = several(parts, "part", "parts");
    // "One look" would be said of the whole, where each part had one.
    let is_told = resolution.is_some() || members.len() == 1;
    let every = if is_told { basis::every(resolution) + ", " } else { String::new() };
    let at = basis::moment(peak.at);
    let seen = members.iter().filter(|it| it.figures.is_known());
    let ends = seen.map(|it| Ends::of(&it.row)).fold(Ends::default(), Ends::plus);
    Some(format!("peak {count} at {at} ({parts}, {every}{coverage}, {gaps}{})", ends.behind()))
}
