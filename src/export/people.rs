//! A value as people read it: what tables and Markdown share.

use super::number;
use crate::sheet::{Sheet, Unit, Value};

/// What stands where a value is not known.
pub(super) const UNKNOWN: &str = "–";

/// Returns the places of the columns that tables show.
pub(super) fn shown(sheet: &Sheet) -> Vec<usize> {
    (0..sheet.columns.len()).filter(|index| sheet.columns[*index].in_table).collect()
}

/// Returns whether a column holds figures, which stand to the right.
pub(super) fn is_figures(sheet: &Sheet, column: usize) -> bool {
    sheet.columns[column].unit != Unit::None
        || sheet.rows.iter().any(|row| matches!(row[column], Value::Int(_) | Value::Real(_)))
}

/// Returns a value in its unit; `escape` is the escape of the format for anybody's text.
pub(super) fn cell(value: &Value, unit: Unit, escape: fn(&str) -> String) -> String {
    match value {
        Value::Bool(value) => if *value { "yes" } else { "no" }.to_owned(),
        Value::Int(value) => int(*value, unit),
        Value::Real(value) if value.is_finite() => real(*value, unit),
        Value::Unknown | Value::Real(_) => UNKNOWN.to_owned(),
        Value::Time(ms) => number::time(*ms),
        Value::Text(text) | Value::Json(text) => escape(text),
        Value::List(values) => {
            let cells: Vec<String> = values.iter().map(|value| cell(value, unit, escape)).collect();
            cells.join(", ")
        }
    }
}

fn int(value: i64, unit: Unit) -> String {
    match unit {
        Unit::None => value.to_string(),
        Unit::Count => number::thousands(value),
        Unit::Seconds => number::duration(value),
        Unit::Milliseconds => format!("{} ms", number::thousands(value)),
        Unit::Bytes => number::bytes(value),
        Unit::ParticipantHours | Unit::Share | Unit::Dollars => real(number::widened(value), unit),
    }
}

fn real(value: f64, unit: Unit) -> String {
    match unit {
        Unit::None => number::plain(value),
        Unit::Count | Unit::ParticipantHours => number::decimal(value, 1),
        Unit::Seconds => number::duration(number::rounded(value)),
        Unit::Milliseconds => format!("{} ms", number::decimal(value, 0)),
        Unit::Share => number::share(value),
        Unit::Dollars => number::dollars(value),
        Unit::Bytes => number::bytes(number::rounded(value)),
    }
}
