//! Values in a page: the same figures as in a table, escaped for HTML.

use super::people;
use crate::sheet::{Sheet, Unit, Value};
use crate::space::Untrusted;

/// Returns a value as tables show it, escaped for a text node or a quoted attribute.
pub fn cell(value: &Value, unit: Unit) -> String {
    people::cell(value, unit, |text| Untrusted(text).html())
}

/// Returns whether a column holds figures, which stand to the right.
pub fn is_figures(sheet: &Sheet, column: usize) -> bool {
    people::is_figures(sheet, column)
}

/// Returns the places of the columns that people see.
pub fn is_shown(sheet: &Sheet) -> Vec<usize> {
    people::shown(sheet)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{quiet, unknowns, written};
    use super::*;

    #[test]
    fn a_page_shows_the_figures_that_a_table_shows() {
        for sheet in [quiet(), unknowns()] {
            let table = written("table", &sheet);
            let mut found = 0;
            for row in &sheet.rows {
                for place in is_shown(&sheet) {
                    let unit = sheet.columns[place].unit;
                    if !matches!(row[place], Value::Text(_) | Value::List(_) | Value::Json(_)) {
                        let shown = cell(&row[place], unit);
                        assert!(table.contains(&shown), "{shown} in {table}");
                        found += 1;
                    }
                }
            }
            assert!(found > 3, "{found} figures");
        }
    }

    #[test]
    fn anybody_s_text_is_escaped() {
        let text = cell(&"<b>\u{202e}&\"'".into(), Unit::None);
        assert_eq!(text, "&lt;b&gt;&amp;&quot;&#39;");
    }
}
