//! What is doubted of a Space's counts: marked beside the figures, which stay as they are.

use std::collections::BTreeSet;

use serde_json::json;

use crate::projector::ProjectorError;
use crate::sheet::{Sheet, Value};
use crate::space::{Moment, SpaceId};
use crate::view::audience::doubts::{Doubt, Placed, Rule, doubts};
use crate::view::{Point, SpaceRow};

use super::Desk;
use super::basis::thousands;

/// Returns the live looks among the points of a curve, with their places in the log.
pub(super) fn placed(points: &[Point], row: &SpaceRow) -> Vec<Placed> {
    let look = |point: &Point| Some(Placed { look: point.look(row.ended_at)?, seq: point.seq });
    points.iter().filter_map(look).collect()
}

/// Returns everything that is doubted of a Space, by time.
pub(super) fn of_space(row: &SpaceRow, looks: &[Placed]) -> Vec<Doubt> {
    let mut found = doubts(looks, row.started_at);
    found.extend(row.under_stage.iter().map(|it| Doubt {
        rule: Rule::UnderStage,
        at: it.first.0,
        seq: it.first.1,
        count: it.count,
        against: it.stage,
        until: it.last.0,
    }));
    found.sort_by_key(|doubt| (doubt.at, doubt.seq, doubt.rule));
    found
}

/// Returns the words of the rules that doubt an observation of a Space.
pub(super) fn of_point(found: &[Doubt], point: &Point) -> Vec<String> {
    let here = |doubt: &&Doubt| match doubt.rule {
        Rule::Step | Rule::Spike => doubt.seq == point.seq,
        Rule::UnderStage | Rule::RoundPlateau => {
            (doubt.at..=doubt.until).contains(&point.at) && point.participants.is_some()
        }
    };
    let rules: BTreeSet<Rule> = found.iter().filter(here).map(|doubt| doubt.rule).collect();
    rules.into_iter().map(|rule| rule.word().to_owned()).collect()
}

/// Returns the rules that found something, as a sheet lists them.
pub(super) fn rules(found: &[Doubt]) -> Value {
    let rules: BTreeSet<Rule> = found.iter().map(|doubt| doubt.rule).collect();
    Value::List(rules.into_iter().map(|rule| rule.word().into()).collect())
}

/// Returns each doubt with its rule, its observation, and what it says in words.
pub(super) fn told(found: &[Doubt]) -> Value {
    let each = found.iter().map(|doubt| {
        json!({
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

fn words(doubt: &Doubt) -> String {
    let Doubt { at, seq, until, .. } = *doubt;
    let (count, against) = (thousands(doubt.count), thousands(doubt.against));
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

impl Desk<'_> {
    /// Returns the rules that doubt a count of a Space; its curve is read only where its row says
    /// that there may be something. Unknown of a Space never seen live.
    pub(super) fn doubted(&self, id: SpaceId, row: &SpaceRow) -> Result<Value, ProjectorError> {
        if row.audience.first.is_none() {
            return Ok(Value::Unknown);
        }
        let looks = if row.needs_curve() {
            let points = self.views.curves.ask(|curves, disk| curves.points(disk, id))?;
            placed(&points, row)
        } else {
            Vec::new()
        };
        Ok(rules(&of_space(row, &looks)))
    }
}

/// Shows the column of doubts in a table where any row has one: an empty column tells nothing.
pub(super) fn show(sheet: &mut Sheet, name: &str) {
    let Some(place) = sheet.index(name) else { return };
    let is_doubted = |row: &Vec<Value>| matches!(&row[place], Value::List(it) if !it.is_empty());
    sheet.columns[place].in_table = sheet.rows.iter().any(is_doubted);
}
