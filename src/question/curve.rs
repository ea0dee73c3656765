//! A participant curve: one point an observation, or one a step.

use crate::sheet::{Column, Sheet, Unit, Value};
use crate::space::{Moment, SpaceId, SpaceState};
use crate::view::{Point, SpaceRow};

use super::{Desk, QuestionError};

/// At most so many steps a Space, whatever the step: a year in half-minutes.
const STEPS_MAX: usize = 1_000_000;

impl Desk<'_> {
    /// Answers `curve ID…`.
    pub(super) fn curve(
        &self,
        ids: &[SpaceId],
        step_ms: Option<u64>,
    ) -> Result<Sheet, QuestionError> {
        let mut sheet = Sheet::new(vec![
            Column::new("space_id", Unit::None),
            Column::new("observed_at", Unit::None),
            Column::new("participants", Unit::Count),
            Column::new("state", Unit::None),
            Column::hidden("seq", Unit::None),
        ]);
        for id in ids {
            let row = self.space_row(*id)?.ok_or(QuestionError::UnknownSpace(*id))?;
            let mut points = self.views.curves.ask(|curves, disk| curves.points(disk, *id))?;
            if let Some(step) = step_ms {
                points = steps(&points, &row, step, self.now);
            }
            for point in &points {
                sheet.push(vec![
                    id.to_string().into(),
                    Value::Time(point.at),
                    point.participants.into(),
                    point.state.as_ref().map(|state| state.word().to_owned()).into(),
                    Some(point.seq).filter(|seq| *seq > 0).into(),
                ]);
            }
            let figures = self.figures(*id, &row)?;
            if let Some(share) = figures.coverage() {
                let gaps = figures.totals.gaps;
                let percent = share * 100.0;
                let looks = figures.audience.looks;
                sheet.notes.push(format!(
                    "{id}: {looks} live looks, coverage {percent:.1} %, {gaps} gaps, last seen {}",
                    Moment(row.seen.1)
                ));
            }
        }
        Ok(sheet)
    }
}

/// Returns the count held at every whole step from the first live look to the last, or to where
/// the last count may be held; unknown in gaps. A step's seq is that of the look it holds.
fn steps(points: &[Point], row: &SpaceRow, step: u64, now: i64) -> Vec<Point> {
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
        steps.push(Point {
            at,
            seq: if fresh { look.seq } else { 0 },
            participants: look.participants.filter(|_| fresh),
            state: Some(SpaceState::Live),
            hold_ms: look.hold_ms,
        });
        at = at.saturating_add(step);
    }
    steps
}
