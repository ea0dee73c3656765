//! A single row as a card for people: its values in groups, a name and a value a line.

use std::io;

use unicode_width::UnicodeWidthStr as _;

use super::{Exporter, people};
use crate::sheet::{Sheet, Value};
use crate::space::Untrusted;

/// Some columns of a card under a heading.
pub type Group = (&'static str, &'static [&'static str]);

/// Writes the columns that the groups name, each row on its own; what the groups do not name stays
/// out. A list of things with words of their own takes a line for each of them.
#[derive(Clone, Copy, Debug)]
pub struct Card {
    /// What stands together.
    pub groups: &'static [Group],
}

impl Exporter for Card {
    fn write(&self, sheet: &Sheet, out: &mut dyn io::Write) -> io::Result<()> {
        let names = self.groups.iter().flat_map(|(_, names)| *names);
        let shown = names.filter(|name| sheet.index(name).is_some());
        // The colon and two spaces stand between the longest name and its value.
        let values_at = shown.map(|name| name.width()).max().unwrap_or_default() + 3;
        for row in &sheet.rows {
            for (number, (heading, names)) in self.groups.iter().enumerate() {
                if number > 0 {
                    writeln!(out)?;
                }
                if !heading.is_empty() {
                    writeln!(out, "{heading}")?;
                }
                for name in *names {
                    let Some(index) = sheet.index(name) else { continue };
                    let lines = lines(&row[index], sheet.columns[index].unit);
                    let mut label = format!("{name}:");
                    for line in lines {
                        writeln!(out, "{}", format!("{label:values_at$}{line}").trim_end())?;
                        label.clear();
                    }
                }
            }
        }
        Ok(())
    }
}

/// Returns a value in one line, or several things in a line each.
fn lines(value: &Value, unit: crate::sheet::Unit) -> Vec<String> {
    let told = match value {
        Value::Json(text) => words(text),
        _ => None,
    };
    match told {
        Some(told) if told.is_empty() => vec!["none".to_owned()],
        Some(told) => told,
        None => vec![people::cell(value, unit, |text| Untrusted(text).term())],
    }
}

/// Returns the words of each thing in a list; `None` of anything else.
fn words(json: &str) -> Option<Vec<String>> {
    let list: Vec<serde_json::Value> = serde_json::from_str(json).ok()?;
    let words = |thing: &serde_json::Value| {
        thing.get("words").and_then(|it| it.as_str()).map(|it| Untrusted(it).term())
    };
    list.iter().map(words).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::{Column, Unit};

    const GROUPS: &[Group] = &[("", &["title"]), ("Audience", &["peak", "doubts", "gone"])];

    fn shown(doubts: Value) -> String {
        let columns = [("title", Unit::None), ("peak", Unit::Count), ("doubts", Unit::None)];
        let mut sheet =
            Sheet::new(columns.map(|(name, unit)| Column::new(name, unit)).into_iter().collect());
        sheet.push(vec!["evil\u{202e}\u{1b}[31m\ntitle".into(), 12_431_u64.into(), doubts]);
        let mut out = Vec::new();
        Card { groups: GROUPS }.write(&sheet, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_card_groups_its_lines_and_gives_each_doubt_one() {
        let doubts = r#"[{"words":"step: from 3 to 900"},{"words":"spike\u001b[2J"}]"#;
        let expected = "title:   evil[31m title\n\nAudience\npeak:    12,431\n\
                        doubts:  step: from 3 to 900\n         spike[2J\n";
        assert_eq!(shown(Value::Json(doubts.to_owned())), expected);
    }

    #[test]
    fn a_card_tells_none_from_unknown() {
        assert!(shown(Value::Json("[]".to_owned())).ends_with("doubts:  none\n"));
        assert!(shown(Value::Unknown).ends_with("doubts:  –\n"));
    }
}
