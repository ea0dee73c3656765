//! A participant curve: one point an observation, or one a step.

use crate::sheet::{Column, Sheet, Unit, Value};
use crate::space::{Moment, SpaceId, SpaceState, several};
use crate::view::{Point, SpaceRow};

use super::basis::Basis;
use super::doubts::Doubted;
use super::space::time;
use super::{Desk, QuestionError, doubts};

/// At most so many steps a Space, whatever the step: a year in half-minutes.
const STEPS_MAX: usize = 1_000_000;

impl Desk<'_> {
    /// Answers `curve ID…`.
    pub(super) fn curve(
        &self,
        ids: &[SpaceId],
        step_ms: Option<u64>,
    ) -> Result<Sheet, QuestionError> {
        let alone: Vec<Whole> = ids.iter().map(|id| (*id, vec![*id])).collect();
        let mut sheet = self.curves(&alone, step_ms)?;
        for row in &mut sheet.rows {
            row.pop();
        }
        sheet.columns.pop();
        Ok(sheet)
    }

    /// Returns the points of Spaces, each under the whole that it is a part of, those of a whole
    /// in the order of time.
    pub(super) fn curves(
        &self,
        wholes: &[Whole],
        step_ms: Option<u64>,
    ) -> Result<Sheet, QuestionError> {
        let mut sheet = Sheet::new(vec![
            Column::new("space_id", Unit::None),
            Column::new("observed_at", Unit::None),
            Column::new("participants", Unit::Count),
            Column::new("state", Unit::None),
            Column::hidden("seq", Unit::None),
            Column::hidden("held_until", Unit::None),
            Column::hidden("doubts", Unit::None),
            Column::hidden("whole_id", Unit::None),
        ]);
        let mut found = Vec::new();
        for (whole, parts) in wholes {
            let before = sheet.rows.len();
            for id in parts {
                found.extend(self.points(&mut sheet, (*whole, *id), step_ms)?);
            }
            if parts.len() > 1 {
                // The second column is the time.
                sheet.rows[before..].sort_by_key(|row| match row[1] {
                    Value::Time(at) => at,
                    _ => i64::MAX,
                });
            }
        }
        doubts::show(&mut sheet, "doubts", found);
        Ok(sheet)
    }

    /// Adds the points of one Space; returns what is doubted of them.
    fn points(
        &self,
        sheet: &mut Sheet,
        (whole, id): (SpaceId, SpaceId),
        step_ms: Option<u64>,
    ) -> Result<Vec<Doubted>, QuestionError> {
        let row = self.space_row(id)?.ok_or(QuestionError::UnknownSpace(id))?;
        let seen = self.views.curves.ask(|curves, disk| curves.points(disk, id))?;
        let figures = self.figures(id, &row)?;
        let basis = Basis::of(id, &row, &figures, &seen);
        let points = match step_ms {
            Some(step) => steps(&seen, &row, step, self.now),
            None => held_until(seen, &row, self.now),
        };
        for (point, until) in &points {
            sheet.push(vec![
                id.to_string().into(),
                Value::Time(point.at),
                point.participants.into(),
                point.state.as_ref().map(|state| state.word().to_owned()).into(),
                Some(point.seq).filter(|seq| *seq > 0).into(),
                time(*until),
                doubts::of_point(&basis.doubts, point).into(),
                whole.to_string().into(),
            ]);
        }
        if basis.is_known {
            let looks = several(figures.audience.looks, "live look", "live looks");
            let words = basis.words.map(|words| format!(", {words}")).unwrap_or_default();
            let last = Moment(row.seen.1).for_people();
            sheet.notes.push(format!("{id}: {looks}{words}, last seen {last}"));
        }
        Ok(basis.doubts)
    }
}

/// A Space under which several are answered, and its parts.
pub(super) type Whole = (SpaceId, Vec<SpaceId>);

/// A point, and until when its count is held: `None` where it has none, or was not seen live.
type Until = (Point, Option<i64>);

/// Returns each point with until when its count is held.
fn held_until(points: Vec<Point>, row: &SpaceRow, now: i64) -> Vec<Until> {
    let mut next = row.held_until(now);
    let mut held: Vec<Until> = points
        .into_iter()
        .rev()
        .map(|point| {
            let Some(look) = point.look(row.ended_at) else { return (point, None) };
            let until = next.max(look.at).min(look.at.saturating_add_unsigned(look.hold_ms));
            next = look.at;
            let counted = look.count.map(|_| until);
            (point, counted)
        })
        .collect();
    held.reverse();
    held
}

/// Returns the count held at every whole step from the first live look to the last, or to where
/// the last count may be held; unknown in gaps. A step's seq is that of the look it holds.
fn steps(points: &[Point], row: &SpaceRow, step: u64, now: i64) -> Vec<Until> {
    let step = i64::try_from(step).unwrap_or(i64::MAX).max(1);
    let live: Vec<&Point> =
        points.iter().filter(|point| point.look(row.ended_at).is_some()).collect();
    let (Some(first), Some(last)) = (live.first(), live.last()) else { return Vec::new() };
    let end = row.held_until(now).min(last.at.saturating_add_unsigned(last.hold_ms)).max(last.at);
    let mut at = first.at.div_euclid(step).saturating_mul(step);
    if at < first.at {
        at = at.saturating_add(step);
    }
    let mut steps = Vec::new();
    let mut held = 0;
    while at <= end && steps.len() < STEPS_MAX {
        while live.get(held + 1).is_some_and(|next| next.at <= at) {
            held += 1;
        }
        let look = live[held];
        let fresh = at.saturating_sub_unsigned(look.hold_ms) <= look.at && look.at <= at;
        let participants = look.participants.filter(|_| fresh);
        let next = at.saturating_add(step);
        let until = participants.map(|_| covered(&live[held..], next).min(end).max(at));
        let point = Point {
            at,
            seq: if fresh { look.seq } else { 0 },
            participants,
            state: Some(SpaceState::Live),
            hold_ms: look.hold_ms,
        };
        steps.push((point, until));
        at = at.saturating_add(step);
    }
    steps
}

/// Returns until when looks follow each other without a gap, from the first on and no later than
/// `limit`; one without a count ends it.
fn covered(looks: &[&Point], limit: i64) -> i64 {
    let mut until = i64::MIN;
    for (place, look) in looks.iter().enumerate() {
        if place > 0 && (look.at > until || until >= limit) {
            break;
        }
        if look.participants.is_none() {
            return look.at.min(limit);
        }
        until = look.at.saturating_add_unsigned(look.hold_ms);
    }
    until.min(limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(at: i64, participants: Option<u64>) -> Point {
        Point { at, seq: 1, participants, state: Some(SpaceState::Live), hold_ms: 10 }
    }

    #[test]
    fn a_step_is_covered_while_looks_follow_each_other_and_no_longer() {
        let looks = [look(0, Some(5)), look(8, Some(6)), look(16, Some(7)), look(40, Some(8))];
        let looks: Vec<&Point> = looks.iter().collect();
        assert_eq!(covered(&looks, 20), 20, "between looks nothing is missing");
        assert_eq!(
            covered(&looks, 60),
            26,
            "a count is held to its limit, and then there is a gap"
        );
        assert_eq!(covered(&looks[3..], 45), 45);
        let blind = [look(0, Some(5)), look(8, None), look(16, Some(7))];
        let blind: Vec<&Point> = blind.iter().collect();
        assert_eq!(covered(&blind, 60), 8, "where X gave no count, none is known");
    }
}
