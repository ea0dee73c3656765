//! What the figures of a Space rest on: how often it was looked, how much of the time, how the end is
//! known, and what is doubted.

use crate::projector::ProjectorError;
use crate::sheet::{Column, Unit, Value};
use crate::space::{Moment, SpaceId, grouped, several};
use crate::view::audience::held::{Resolution, resolution};
use crate::view::{Point, SpaceRow};

use super::doubts::{Doubted, of_space, rules, told};
use super::space::{Figures, seconds as in_seconds};
use super::{Desk, card};

/// What stands behind the figures of a Space, in every list: whether a table shows it too.
const COLUMNS: [(&str, Unit, bool); 4] = [
    ("resolution_seconds", Unit::Seconds, true),
    ("max_resolution_seconds", Unit::Seconds, false),
    ("doubts", Unit::None, false),
    ("basis", Unit::None, false),
];

/// What the figures of a Space rest on.
pub(super) struct Basis {
    /// What is doubted of its counts.
    pub doubts: Vec<Doubted>,
    /// How far apart looks were.
    pub resolution: Option<Resolution>,
    /// All of it in words, with the peak.
    pub words: Option<String>,
    /// Whether it was ever seen live: without that there is no audience to be doubted.
    pub is_known: bool,
}

/// Returns the columns of a basis; in a `card` a table shows all of them.
pub(super) fn columns(card: bool) -> impl Iterator<Item = Column> {
    COLUMNS.into_iter().map(move |(name, unit, in_list)| Column {
        name: name.to_owned(),
        unit,
        in_table: card || in_list,
    })
}

impl Basis {
    /// Returns that of a Space with this curve.
    pub fn of(id: SpaceId, row: &SpaceRow, figures: &Figures, points: &[Point]) -> Self {
        let looks = card::looks(points, row);
        let resolution = resolution(std::iter::once(looks.as_slice()));
        Self {
            doubts: of_space(id, row, points),
            resolution,
            words: basis(row, figures, resolution),
            is_known: figures.is_known(),
        }
    }

    /// Returns the rules that doubt a count; unknown of a Space never seen live.
    pub fn doubted(&self) -> Value {
        if self.is_known { rules(&self.doubts) } else { Value::Unknown }
    }

    /// Returns the values under its [`columns`].
    pub fn values(&self) -> [Value; 4] {
        [
            in_seconds(self.resolution.map(|it| it.median_ms)),
            in_seconds(self.resolution.map(|it| it.largest_ms)),
            if self.is_known { told(&self.doubts) } else { Value::Unknown },
            self.words.clone().into(),
        ]
    }
}

impl Desk<'_> {
    /// Returns what the figures of a Space rest on; of one never seen live nothing is read.
    pub(super) fn basis(
        &self,
        id: SpaceId,
        row: &SpaceRow,
        figures: &Figures,
    ) -> Result<Basis, ProjectorError> {
        let points = if figures.is_known() {
            self.views.curves.ask(|curves, disk| curves.points(disk, id))?
        } else {
            Vec::new()
        };
        Ok(Basis::of(id, row, figures, &points))
    }
}

/// Returns the peak with what it and every other figure rest on, such as `peak 12,431 at 18:42:30Z
/// (every 30 s, coverage 98.7 %, 2 gaps, end between 20:01:10Z and 20:01:40Z)`; `None` where no
/// count was ever seen while live.
fn basis(row: &SpaceRow, figures: &Figures, resolution: Option<Resolution>) -> Option<String> {
    let peak = figures.audience.peak?;
    let day = Moment(peak.at).day();
    let at = |ms: i64| if Moment(ms).day() == day { clock(ms) } else { moment(ms) };
    let every = every(resolution);
    let coverage = coverage(figures.coverage());
    let gaps = gaps(figures.totals.gaps);
    let end = end(row, figures, &at);
    let count = grouped(peak.count);
    Some(format!("peak {count} at {} ({every}, {coverage}, {gaps}, {end})", at(peak.at)))
}

/// Says how often it was looked.
pub(super) fn every(resolution: Option<Resolution>) -> String {
    match resolution {
        Some(resolution) => format!("every {}", seconds(resolution.median_ms)),
        None => "one look".to_owned(),
    }
}

/// Says how many gaps there are.
pub(super) fn gaps(count: u32) -> String {
    several(count, "gap", "gaps")
}

/// Says how much of its airtime a count was held.
pub(super) fn coverage(share: Option<f64>) -> String {
    let percent = |share: f64| format!("coverage {:.1} %", share * 100.0);
    share.map_or_else(|| "coverage unknown".to_owned(), percent)
}

/// Says how the end is known.
fn end(row: &SpaceRow, figures: &Figures, at: &dyn Fn(i64) -> String) -> String {
    if row.is_live() {
        return "on air".to_owned();
    }
    let between = row.ended_between.or(figures.audience.last.zip(figures.closed_at));
    match (row.ended_at, between) {
        (Some(ended_at), _) => format!("end reported at {}", at(ended_at)),
        (None, Some((from, to))) => format!("end between {} and {}", at(from), at(to)),
        (None, None) => "end unknown".to_owned(),
    }
}

/// Returns the time of a day, such as `18:42:30Z`.
fn clock(ms: i64) -> String {
    Moment(ms).to_utc().format("%H:%M:%SZ").to_string()
}

/// Returns a moment for people, such as `2026-11-23 18:42:30Z`.
pub(super) fn moment(ms: i64) -> String {
    Moment(ms).for_people()
}

/// Returns milliseconds as seconds, or from two minutes on as minutes.
pub(super) fn seconds(ms: u64) -> String {
    let tenths = |value: u64, unit: u64| {
        let tenths = (value * 10 + unit / 2) / unit;
        let (whole, rest) = (tenths / 10, tenths % 10);
        if rest == 0 { whole.to_string() } else { format!("{whole}.{rest}") }
    };
    if ms < 120_000 {
        format!("{} s", tenths(ms, 1_000))
    } else {
        format!("{} min", tenths(ms, 60_000))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_read_as_people_write_them() {
        let shown = [30_000, 2_500, 119_940, 120_000, 330_000].map(seconds);
        assert_eq!(shown, ["30 s", "2.5 s", "119.9 s", "2 min", "5.5 min"]);
    }
}
