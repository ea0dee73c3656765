//! Sheets that the tests of every format share, and the snapshots they are held to.

use super::Format;
use crate::sheet::{Column, Sheet, Unit, Value};

/// 2026-11-23T18:42:30Z.
pub(super) const THEN: i64 = 1_795_459_350_000;

/// Returns a sheet as an answer usually is.
pub(super) fn quiet() -> Sheet {
    let mut sheet = Sheet::new(vec![
        Column::new("space_id", Unit::None),
        Column::new("title", Unit::None),
        Column::new("participants", Unit::Count),
        Column::new("airtime_seconds", Unit::Seconds),
        Column::new("reach", Unit::Share),
        Column::new("started_at", Unit::None),
        Column::hidden("is_ticketed", Unit::None),
        Column::hidden("host_ids", Unit::None),
    ]);
    sheet.push(vec![
        "1YqKDqWqdPLxV".into(),
        "Morning markets".into(),
        Value::Int(12_345),
        Value::Int(4_325),
        Value::Real(0.987),
        Value::Time(THEN),
        Value::Bool(false),
        vec!["17".to_owned(), "9999999999999999999".to_owned()].into(),
    ]);
    sheet.push(vec![
        "1OyJAWyQknXJb".into(),
        "夜の雑談 with a title that is far too long for one cell of a table".into(),
        Value::Int(0),
        Value::Int(59),
        Value::Real(1.0),
        Value::Time(THEN + 61_001),
        Value::Bool(true),
        Value::List(Vec::new()),
    ]);
    sheet
}

/// Returns a sheet of text that would steer whatever shows it.
pub(super) fn nasty() -> Sheet {
    let mut sheet = Sheet::new(vec![
        Column::new("text", Unit::None),
        Column::new("list", Unit::None),
        Column::new("json", Unit::None),
    ]);
    let texts = [
        "=HYPERLINK(\"http://evil\",\"win\")",
        "+1",
        "-1",
        "@SUM(A1)",
        "\tTAB",
        "two\nlines, and a comma",
        "\u{1b}[31mred\u{1b}[0m \u{9b}31m",
        "abc\u{202e}fed\u{200b}",
        "a|b <b>bold</b> `x` [y](z)",
        "\"quoted\" \\ back",
        "",
    ];
    for text in texts {
        let json = format!("{{\"t\": [{}, 1.0]}}", raw_json(text));
        let list = vec!["plain".to_owned(), text.to_owned()].into();
        sheet.push(vec![text.into(), list, Value::Json(json)]);
    }
    sheet
}

/// Returns a sheet with one row of unknowns, one of zeros and one of figures, in every unit.
pub(super) fn unknowns() -> Sheet {
    let units = [
        ("none", Unit::None),
        ("count", Unit::Count),
        ("seconds", Unit::Seconds),
        ("milliseconds", Unit::Milliseconds),
        ("hours", Unit::ParticipantHours),
        ("share", Unit::Share),
        ("dollars", Unit::Dollars),
        ("bytes", Unit::Bytes),
    ];
    let columns = units.iter().map(|(name, unit)| Column::new(name, *unit));
    let mut sheet = Sheet::new(columns.collect());
    sheet.push(vec![Value::Unknown; units.len()]);
    sheet.push(vec![Value::Int(0); units.len()]);
    sheet.push(vec![Value::Real(0.005); units.len()]);
    sheet.push(vec![Value::Real(1_234_567.25); units.len()]);
    sheet
}

/// Returns the sheet in the format of this word, or the failure's text.
pub(super) fn written(word: &str, sheet: &Sheet) -> String {
    let Some(format) = Format::from_word(word) else { return format!("no format `{word}`") };
    let mut out = Vec::new();
    match format.exporter().write(sheet, &mut out) {
        Ok(()) => String::from_utf8_lossy(&out).into_owned(),
        Err(failure) => failure.to_string(),
    }
}

/// Holds a text to its snapshot. Characters nobody could see in a review are written out, so that
/// the snapshot itself hides nothing.
pub(super) fn pin(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let visible: String = text
        .chars()
        .map(|c| match c {
            '\n' => c.to_string(),
            c if c.is_control()
                || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}') =>
            {
                c.escape_unicode().to_string()
            }
            c => c.to_string(),
        })
        .collect();
    settings.bind(|| insta::assert_snapshot!(name, visible));
}

/// Returns a JSON string as serde writes it, with bidirectional characters raw.
fn raw_json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Returns announced Spaces: one moved twice, one gone, one with a hostile title, one long over.
pub(super) fn announced() -> Sheet {
    let names = "space_id title host_usernames standing scheduled_start moves former_starts \
                 reminders gone_at ended_at started_at revision changed_at url";
    let columns = names.split_whitespace().map(|name| Column::new(name, Unit::None));
    let mut sheet = Sheet::new(columns.collect());
    let url = |id: &str| Value::from(format!("https://x.com/i/spaces/{id}"));
    let unknown = || Value::Unknown;
    let hour = 3_600_000;
    sheet.push(vec![
        "1YqKDqWqdPLxV".into(),
        "Morning markets, moved again".into(),
        vec!["noor1515".to_owned(), "hugo_219".to_owned()].into(),
        "announced".into(),
        Value::Time(THEN + 26 * hour),
        Value::Int(2),
        Value::List(vec![Value::Time(THEN + hour), Value::Time(THEN + 2 * hour)]),
        Value::Int(1_230),
        unknown(),
        unknown(),
        unknown(),
        Value::Int(2),
        Value::Time(THEN),
        url("1YqKDqWqdPLxV"),
    ]);
    sheet.push(vec![
        "1OyJAWyQknXJb".into(),
        "夜の雑談 with a title that is far too long for one line of a calendar, and goes on".into(),
        unknown(),
        "canceled".into(),
        Value::Time(THEN + 5 * hour),
        Value::Int(0),
        Value::List(Vec::new()),
        Value::Int(0),
        Value::Time(THEN + hour),
        unknown(),
        unknown(),
        Value::Int(1),
        Value::Time(THEN + hour),
        url("1OyJAWyQknXJb"),
    ]);
    sheet.push(vec![
        "1mrGmkzvQbMxy".into(),
        "evil;\r\nBEGIN:VALARM, and \\n more <b>\u{202e}\u{ffff}&\"]]>\u{1b}[2J".into(),
        vec!["<script>".to_owned()].into(),
        "ended".into(),
        Value::Time(THEN - 2 * hour),
        Value::Int(1),
        Value::List(vec![Value::Time(THEN - 3 * hour)]),
        unknown(),
        unknown(),
        Value::Time(THEN - hour),
        Value::Time(THEN - 2 * hour + 90_000),
        Value::Int(1),
        Value::Time(THEN - 9 * hour),
        url("1mrGmkzvQbMxy"),
    ]);
    sheet.notes.push("SIMULATED data: nothing here comes from X".to_owned());
    sheet
}
