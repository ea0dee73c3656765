//! What is doubted of counts: marked beside the figures that rest on them, which stay as they are.

use std::collections::BTreeSet;

use serde_json::json;

use crate::log::Reader;
use crate::projector::{ProjectorError, Views};
use crate::sheet::{Sheet, Value};
use crate::space::{Moment, SpaceId, grouped, several};
use crate::view::audience::doubts::{Doubt, Placed, Rule, doubts};
use crate::view::{Point, SpaceRow};

use super::Desk;

/// A doubted observation of a Space.
pub(super) type Doubted = (SpaceId, Doubt);

/// So many doubts are told under a table.
const TOLD: usize = 5;

/// Returns the live looks among the points of a curve, with their places in the log.
fn placed(points: &[Point], row: &SpaceRow) -> Vec<Placed> {
    let look = |point: &Point| Some(Placed { look: point.look(row.ended_at)?, seq: point.seq });
    points.iter().filter_map(look).collect()
}

/// Returns everything that is doubted of a Space with this curve, by time.
pub(super) fn of_space(id: SpaceId, row: &SpaceRow, points: &[Point]) -> Vec<Doubted> {
    let mut found = doubts(&placed(points, row), row.started_at);
    found.extend(row.under_stage.iter().map(|it| Doubt {
        rule: Rule::UnderStage,
        at: it.first.0,
        seq: it.first.1,
        count: it.count,
        against: it.stage,
        until: it.last.0,
    }));
    found.sort_by_key(|doubt| (doubt.at, doubt.seq, doubt.rule));
    found.into_iter().map(|doubt| (id, doubt)).collect()
}

/// Returns the words of the rules that doubt an observation of a Space.
pub(super) fn of_point(found: &[Doubted], point: &Point) -> Vec<String> {
    let here = |(_, doubt): &&Doubted| match doubt.rule {
        Rule::Step | Rule::Spike => doubt.seq == point.seq,
        Rule::UnderStage | Rule::RoundPlateau => {
            doubt.is_of(point.at) && point.participants.is_some()
        }
    };
    let rules: BTreeSet<Rule> = found.iter().filter(here).map(|(_, doubt)| doubt.rule).collect();
    rules.into_iter().map(|rule| rule.word().to_owned()).collect()
}

/// Returns the rules that found something, as a sheet lists them.
pub(super) fn rules(found: &[Doubted]) -> Value {
    let rules: BTreeSet<Rule> = found.iter().map(|(_, doubt)| doubt.rule).collect();
    Value::List(rules.into_iter().map(|rule| rule.word().into()).collect())
}

/// Returns each doubt with its rule, its observation, and what it says in words.
pub(super) fn told(found: &[Doubted]) -> Value {
    let each = found.iter().map(|(space, doubt)| {
        json!({
            "space_id": space.to_string(),
            "rule": doubt.rule.word(),
            "observed_at": Moment(doubt.at).to_string(),
            "until": Moment(doubt.until).to_string(),
            "seq": doubt.seq,
            "participants": doubt.count,
            "against": doubt.against,
            "words": words(doubt),
        })
    });
    Value::Json(serde_json::Value::Array(each.collect()).to_string())
}

/// Returns what a Space's own history in the log gives to doubt of its counts, as far as it is asked
/// for: for whoever has no views.
///
/// # Errors
/// What the log says.
pub fn doubted_in_log(
    reader: &Reader,
    space: SpaceId,
    is_wanted: impl Fn(&Doubt) -> bool,
) -> Result<Vec<Doubting>, ProjectorError> {
    let views = Views::of_space(space, reader)?;
    let row = views.spaces.ask(|spaces, disk| spaces.space(disk, space))?.unwrap_or_default();
    let points = views.curves.ask(|curves, disk| curves.points(disk, space))?;
    let found = of_space(space, &row, &points);
    let wanted = found.iter().filter(|(_, doubt)| is_wanted(doubt));
    let told = |doubt: &Doubt| Doubting { rule: doubt.rule.word(), words: words(doubt) };
    Ok(wanted.map(|(_, doubt)| told(doubt)).collect())
}

impl Desk<'_> {
    /// Returns everything that is doubted of a Space; its curve is read only where its row says that
    /// there may be something.
    pub(super) fn doubts_of(
        &self,
        id: SpaceId,
        row: &SpaceRow,
    ) -> Result<Vec<Doubted>, ProjectorError> {
        let points = if row.needs_curve() {
            self.views.curves.ask(|curves, disk| curves.points(disk, id))?
        } else {
            Vec::new()
        };
        Ok(of_space(id, row, &points))
    }
}

/// A rule that doubts an observation, as it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubting {
    /// The rule's word.
    pub rule: &'static str,
    /// The rule and the observation in words.
    pub words: String,
}

fn words(doubt: &Doubt) -> String {
    let Doubt { at, seq, until, .. } = *doubt;
    let (count, against) = (grouped(doubt.count), grouped(doubt.against));
    let what = match doubt.rule {
        Rule::Step => format!("from {against} to {count} from one look to the next"),
        Rule::Spike => format!("{count} at one look, {against} before it and about that after it"),
        Rule::UnderStage => format!("{count} present, with {against} on the stage"),
        Rule::RoundPlateau => {
            format!("exactly {count} at {against} looks, until {}", super::basis::moment(until))
        }
    };
    format!("{}: {what} ({}, seq {seq})", doubt.rule.word(), super::basis::moment(at))
}

/// Shows the column of doubts in a table where any row has one, as an empty column tells nothing,
/// and says below it of what.
pub(super) fn show(sheet: &mut Sheet, column: &str, mut found: Vec<Doubted>) {
    if let Some(place) = sheet.index(column) {
        sheet.columns[place].in_table = !found.is_empty();
    }
    found.sort_by_key(|(space, doubt)| (doubt.at, doubt.seq, doubt.rule, *space));
    found.dedup();
    // The first of each rule and Space come before the others, so that no Space takes all the room.
    let all = found.len();
    let mut seen = BTreeSet::new();
    let (first, others): (Vec<Doubted>, Vec<Doubted>) =
        found.into_iter().partition(|(space, doubt)| seen.insert((*space, doubt.rule)));
    let lines = first.iter().chain(&others).take(TOLD);
    sheet.notes.extend(lines.map(|(space, doubt)| format!("doubted of {space}: {}", words(doubt))));
    if let more @ 1.. = all.saturating_sub(TOLD) {
        let them = several(more, "doubt more", "doubts more");
        // Rows of many Spaces have the first of theirs alone.
        let place = match sheet.index("doubted_observations") {
            Some(_) => "in `export csv --sheet doubts`",
            None => "in JSON and CSV, under `doubts`",
        };
        sheet.notes.push(format!("{them}: {place}"));
    }
}
