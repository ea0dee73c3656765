//! The card of one Space: its row, and the figures that need its whole curve.

use serde_json::json;

use crate::projector::ProjectorError;
use crate::sheet::{Column, Sheet, Unit, Value};
use crate::space::{Moment, SpaceId};
use crate::view::audience::{Course, Look, end_retention, time_to_plateau_ms};
use crate::view::{PersonRow, Point, Role, SpaceRow};

use super::basis::Basis;
use super::space::{Figures, signed_seconds, time};
use super::{Desk, QuestionError, basis, space};

/// What a card tells beside the columns of every Space, but for what its figures rest on.
pub(super) const COLUMNS: [(&str, Unit); 15] = [
    ("median_participants", Unit::Count),
    ("p95_participants", Unit::Count),
    ("plateau_at", Unit::None),
    ("plateau_participants", Unit::Count),
    ("time_to_plateau_seconds", Unit::Seconds),
    ("growth_per_minute", Unit::Count),
    ("max_growth_per_minute", Unit::Count),
    ("max_growth_at", Unit::None),
    ("largest_drop", Unit::Count),
    ("largest_drop_between", Unit::None),
    ("end_participants", Unit::Count),
    ("end_retention", Unit::Share),
    ("live_looks", Unit::Count),
    ("reach_at_end", Unit::Count),
    ("stage", Unit::None),
];

impl Desk<'_> {
    /// Answers `space ID`.
    pub(super) fn space(&self, id: SpaceId) -> Result<Sheet, QuestionError> {
        let row = self.space_row(id)?.ok_or(QuestionError::UnknownSpace(id))?;
        let mut sheet = space::sheet(true);
        sheet.columns.extend(COLUMNS.map(|(name, unit)| Column::new(name, unit)));
        sheet.columns.extend(basis::columns(true));
        let points = self.views.curves.ask(|curves, disk| curves.points(disk, id))?;
        let figures = self.figures(id, &row)?;
        let basis = Basis::of(id, &row, &figures, &points);
        let mut values = self.values_of(id, &row, &figures, basis.doubted())?;
        let course = Course::of(looks(&points, &row), figures.until);
        values.extend(self.card_values(&row, &figures, &course)?);
        values.extend(basis.values());
        sheet.push(values);
        Ok(sheet)
    }

    /// Returns the values under [`COLUMNS`].
    pub(super) fn card_values(
        &self,
        row: &SpaceRow,
        figures: &Figures,
        course: &Course,
    ) -> Result<Vec<Value>, ProjectorError> {
        let mut values = course_values(row, figures, course);
        let end = row.ended_at.or(row.ended_between.map(|(from, _)| from)).or(figures.closed_at);
        let end = end.filter(|_| !row.is_live()).unwrap_or(self.now);
        values.push(self.reach_at(row, end)?.into());
        values.push(self.stage(row)?);
        Ok(values)
    }

    /// Returns who was seen on the stage of a Space, by time: as what, and since when. Nobody is
    /// ever seen to leave.
    fn stage(&self, row: &SpaceRow) -> Result<Value, ProjectorError> {
        if row.hosts.is_none() && row.speakers.is_none() {
            return Ok(Value::Unknown);
        }
        let mut entrances = row.stage.entrances().to_vec();
        entrances.sort_by_key(|it| (it.first(), it.role(), it.user));
        let ids: Vec<u64> = entrances.iter().map(|it| it.user).collect();
        let people = self.persons(&ids)?;
        let each = entrances.iter().zip(&people).map(|(it, person)| {
            let roles: Vec<(Role, i64)> =
                it.roles().into_iter().map(|(role, first)| (role, first.0)).collect();
            let seen_as = |wanted: Role| {
                let found = roles.iter().find(|(role, _)| *role == wanted);
                found.map(|(_, at)| Moment(*at).to_string())
            };
            json!({
                "user_id": it.user.to_string(),
                "username": person.username,
                "role": it.role().word(),
                "first_seen_as_host": seen_as(Role::Host),
                "first_seen_as_co_host": seen_as(Role::CoHost),
                "first_seen_as_speaker": seen_as(Role::Speaker),
                "words": words(it.user, person, &roles),
            })
        });
        Ok(Value::Json(serde_json::Value::Array(each.collect()).to_string()))
    }
}

/// Returns the looks at a Space while it was on air, in the order of the points: that of time, as the
/// view hands them out.
pub(super) fn looks(points: &[Point], row: &SpaceRow) -> Vec<Look> {
    points.iter().filter_map(|point| point.look(row.ended_at)).collect()
}

fn words(user: u64, person: &PersonRow, roles: &[(Role, i64)]) -> String {
    let name = person.username.as_ref().map_or_else(|| user.to_string(), |name| format!("@{name}"));
    let roles = roles.iter().map(|(role, at)| {
        let word = if *role == Role::CoHost { "co-host" } else { role.word() };
        format!("{word}, first seen {}", basis::moment(*at))
    });
    format!("{name}: {}", roles.collect::<Vec<_>>().join("; "))
}

/// From `median_participants` to `live_looks`.
fn course_values(row: &SpaceRow, figures: &Figures, course: &Course) -> Vec<Value> {
    let known = figures.is_known();
    let peak = figures.audience.peak;
    let at_end = if row.is_live() || !known { None } else { course.at_end(row.ended_at) };
    let plateau = course.plateau;
    let to_plateau = time_to_plateau_ms(plateau, row.started_at);
    let fastest = course.fastest_growth;
    let drop = course.largest_drop;
    let between = drop.and_then(|it| it.between);
    vec![
        course.median.into(),
        course.p95.into(),
        time(plateau.map(|it| it.at)),
        plateau.map(|it| it.level).into(),
        signed_seconds(to_plateau),
        course.growth.map(|it| it.per_minute).into(),
        fastest.map(|it| it.per_minute).into(),
        time(fastest.map(|it| it.at)),
        drop.map(|it| it.lost).into(),
        between.map_or(Value::Unknown, |(from, to)| {
            Value::List(vec![Value::Time(from), Value::Time(to)])
        }),
        at_end.into(),
        end_retention(at_end, peak).into(),
        known.then_some(figures.audience.looks).into(),
    ]
}
