//! The points of a curve's sheet as they are drawn.

use std::collections::BTreeSet;

use crate::chart::Point;
use crate::export::Told;
use crate::sheet::{Sheet, Value};
use crate::space::SpaceId;

/// Returns the live points of a Space's curve, or of the whole that it is a part of, each held to the next one: where no count was held
/// any longer stands a point without one. What X counts after the end is no audience.
pub fn drawn(sheet: &Sheet, id: SpaceId) -> Vec<Point> {
    let column = |name: &str| sheet.index(name);
    let (Some(space), Some(at), Some(count), Some(state), Some(until)) = (
        column("whole_id").or(column("space_id")),
        column("observed_at"),
        column("participants"),
        column("state"),
        column("held_until"),
    ) else {
        return Vec::new();
    };
    let (id, live) = (Value::Text(id.to_string()), Value::Text("live".to_owned()));
    let mut points: Vec<Point> = Vec::new();
    let mut held: Option<i64> = None;
    for row in sheet.rows.iter().filter(|row| row[space] == id && row[state] == live) {
        let Value::Time(at) = row[at] else { continue };
        let seen;
        points.extend(held.filter(|until| *until < at).map(|until| (until, None)));
        (held, seen) = match (&row[count], &row[until]) {
            (Value::Int(count), Value::Time(until)) => (Some(*until), u64::try_from(*count).ok()),
            _ => (None, None),
        };
        points.push((at, seen));
    }
    points.extend(held.map(|until| (until, None)));
    points
}

/// Returns the counts of a Space's curve that a rule doubts, with their times: points of the curve,
/// and what lies between two steps of it.
pub fn doubted(sheet: &Sheet, id: SpaceId, doubts: &[Told]) -> Vec<(i64, u64)> {
    let id = Value::Text(id.to_string());
    let of = if sheet.index("whole_id").is_some() { "whole_id" } else { "space_id" };
    let doubted = sheet.rows.iter().filter(|row| value(sheet, row, of) == Some(&id));
    let doubted = doubted.filter_map(|row| match (value(sheet, row, "doubts")?, row) {
        (Value::List(rules), row) if !rules.is_empty() => {
            match (value(sheet, row, "observed_at")?, value(sheet, row, "participants")?) {
                (Value::Time(at), Value::Int(count)) => Some((*at, u64::try_from(*count).ok()?)),
                _ => None,
            }
        }
        _ => None,
    });
    let between = doubts.iter().map(|doubt| (doubt.at, doubt.participants));
    let all: BTreeSet<(i64, u64)> = doubted.chain(between).collect();
    all.into_iter().collect()
}

/// Returns a value of a sheet's only row.
pub fn one<'a>(sheet: &'a Sheet, name: &str) -> Option<&'a Value> {
    sheet.rows.first().and_then(|row| value(sheet, row, name))
}

fn value<'a>(sheet: &Sheet, row: &'a [Value], name: &str) -> Option<&'a Value> {
    row.get(sheet.index(name)?)
}
