//! A sheet as a table for people: plain characters, a rule under the header, no colour.

use std::io;

use comfy_table::{
    CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, TableStyle, Width,
};
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

use super::{Exporter, people};
use crate::sheet::{Sheet, Value};
use crate::space::Untrusted;

/// Writes the columns that tables show. A single row of many columns stands upright, a name and a
/// value a line.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// The most columns of a terminal to take, where cells wrap; `None` for as many as it needs.
    pub width: Option<usize>,
}

/// The widest a cell of text gets in a table, in columns of a terminal.
const CELL_MAX: usize = 48;
/// Columns that are never cut: a remedy without its end is none.
const WHOLE_COLUMNS: [&str; 4] = ["detail", "remedy", "difference", "file"];
/// The widest a text gets where it has a line of its own, in columns of a terminal.
const LINE_MAX: usize = 240;
/// The widest a column may be to be kept whole where others wrap: an id, a time or a figure that
/// is broken in two cannot be read, nor copied.
const WHOLE_MAX: usize = 24;
/// The narrowest a column that wraps may become for the sake of those kept whole.
const WRAPPED_MIN: usize = 11;
/// What stands between two columns.
const BETWEEN: usize = 2;
/// The most columns a single row may have to be shown lying.
const LYING_MAX: usize = 6;
/// A rule under the header is all there is of lines.
const STYLE: TableStyle =
    TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));

impl Exporter for Table {
    fn write(&self, sheet: &Sheet, out: &mut dyn io::Write) -> io::Result<()> {
        let shown = people::shown(sheet);
        match sheet.rows.as_slice() {
            _ if shown.is_empty() => Ok(()),
            [row] if shown.len() > LYING_MAX => upright(sheet, &shown, row, out),
            _ => self.lying(sheet, &shown, out),
        }
    }
}

impl Table {
    fn lying(self, sheet: &Sheet, shown: &[usize], out: &mut dyn io::Write) -> io::Result<()> {
        let mut table = comfy_table::Table::new();
        table.load_style(STYLE);
        // Words, so that a long name can be broken where a person would.
        let names: Vec<String> =
            shown.iter().map(|index| sheet.columns[*index].name.replace('_', " ")).collect();
        let mut widths: Vec<usize> = names.iter().map(|name| longest_word(name)).collect();
        table.set_header(names);
        for row in &sheet.rows {
            let cells: Vec<String> =
                shown.iter().map(|index| cell(sheet, row, *index, limit(sheet, *index))).collect();
            for (width, cell) in widths.iter_mut().zip(&cells) {
                *width = (*width).max(cell.width());
            }
            table.add_row(cells);
        }
        if let Some(width) = self.width {
            keep_within(&mut table, &widths, width);
        }
        for (column, index) in table.column_iter_mut().zip(shown) {
            // The line style puts one space between columns, too.
            column.set_padding((0, 1));
            if people::is_figures(sheet, *index) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        for line in table.lines() {
            writeln!(out, "{}", line.trim_end())?;
        }
        if sheet.rows.is_empty() {
            writeln!(out, "(none)")?;
        }
        Ok(())
    }
}

/// Makes a table wrap to `width`: from the left, narrow columns stay whole as long as those to
/// their right keep some room.
fn keep_within(table: &mut comfy_table::Table, widths: &[usize], width: usize) {
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(width).unwrap_or(u16::MAX));
    let least = |wanted: &usize| (*wanted).min(WRAPPED_MIN) + BETWEEN;
    let mut left = width.saturating_sub(widths.iter().map(least).sum());
    for (column, wanted) in table.column_iter_mut().zip(widths) {
        let more = wanted.saturating_sub(WRAPPED_MIN);
        if *wanted <= WHOLE_MAX && more <= left {
            left -= more;
            let whole = u16::try_from(wanted + BETWEEN - 1).unwrap_or(u16::MAX);
            column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(whole)));
        }
    }
}

fn longest_word(name: &str) -> usize {
    name.split(' ').map(unicode_width::UnicodeWidthStr::width).max().unwrap_or_default()
}

fn upright(
    sheet: &Sheet,
    shown: &[usize],
    row: &[Value],
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let names = shown.iter().map(|index| sheet.columns[*index].name.width());
    // The colon and two spaces stand between the longest name and its value.
    let values_at = names.max().unwrap_or_default() + 3;
    for index in shown {
        let name = format!("{}:", sheet.columns[*index].name);
        let line = format!("{name:values_at$}{}", cell(sheet, row, *index, LINE_MAX));
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

/// Returns how wide a cell of a column may get.
fn limit(sheet: &Sheet, index: usize) -> usize {
    let is_whole = WHOLE_COLUMNS.contains(&sheet.columns[index].name.as_str());
    if is_whole { usize::MAX } else { CELL_MAX }
}

fn cell(sheet: &Sheet, row: &[Value], index: usize, limit: usize) -> String {
    let text = people::cell(&row[index], sheet.columns[index].unit, |text| Untrusted(text).term());
    cut(text, limit)
}

/// Returns the text, or as much of it as leaves room for a `…` within `limit` columns.
fn cut(text: String, limit: usize) -> String {
    if text.width() <= limit {
        return text;
    }
    let mut short = String::new();
    let mut width = 0;
    for cluster in text.graphemes(true) {
        width += cluster.width();
        if width >= limit {
            break;
        }
        short.push_str(cluster);
    }
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{pin, quiet};
    use super::*;
    use crate::sheet::{Column, Unit};

    fn shown(sheet: &Sheet, width: Option<usize>) -> String {
        let mut out = Vec::new();
        Table { width }.write(sheet, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_single_row_of_many_columns_stands_upright() {
        let mut sheet = quiet();
        sheet.columns.iter_mut().for_each(|column| column.in_table = true);
        sheet.rows.truncate(1);
        pin("export_table_upright", &shown(&sheet, None));
    }

    #[test]
    fn a_given_width_is_kept_by_wrapping() {
        for width in [60, 72, 80, 100, 120] {
            let text = shown(&quiet(), Some(width));
            assert!(text.lines().all(|line| line.width() <= width), "{text}");
        }
        pin("export_table_narrow", &shown(&quiet(), Some(100)));
        pin("export_table_too_narrow", &shown(&quiet(), Some(60)));
    }

    #[test]
    fn no_width_breaks_a_table() {
        for width in [0, 1, 7, 70_000] {
            assert!(shown(&quiet(), Some(width)).contains('─'), "{width}");
        }
    }

    #[test]
    fn a_cut_text_fits_and_splits_no_letter() {
        assert_eq!(cut("short".into(), 5), "short");
        assert_eq!(cut("longer".into(), 5), "long…");
        assert_eq!(cut("夜の雑談".into(), 5), "夜の…");
        assert_eq!(cut("夜の雑談".into(), 4), "夜…");
        assert_eq!(cut("ae\u{301}bc".into(), 3), "ae\u{301}…");
    }

    #[test]
    fn a_sheet_that_shows_no_column_prints_nothing() {
        let mut sheet = Sheet::new(vec![Column::hidden("id", Unit::None)]);
        sheet.push(vec![Value::Int(1)]);
        assert_eq!(shown(&sheet, None), "");
    }
}
