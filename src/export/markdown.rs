//! A sheet as a Markdown table: a header, a rule and its rows.

use std::io;

use super::{Exporter, people};
use crate::sheet::Sheet;
use crate::space::Untrusted;

/// Writes the columns that tables show, with figures as people read them.
#[derive(Clone, Copy, Debug)]
pub struct Markdown;

impl Exporter for Markdown {
    fn write(&self, sheet: &Sheet, out: &mut dyn io::Write) -> io::Result<()> {
        let shown = people::shown(sheet);
        if shown.is_empty() {
            return Ok(());
        }
        // The names are ours, so they stand as they are: an escaped `_` would be another name.
        line(out, shown.iter().map(|index| sheet.columns[*index].name.clone()))?;
        let rules =
            shown.iter().map(|i| if people::is_figures(sheet, *i) { "---:" } else { "---" });
        line(out, rules.map(str::to_owned))?;
        for row in &sheet.rows {
            let cells = shown.iter().map(|index| {
                people::cell(&row[*index], sheet.columns[*index].unit, |t| Untrusted(t).markdown())
            });
            line(out, cells)?;
        }
        Ok(())
    }
}

fn line(out: &mut dyn io::Write, cells: impl Iterator<Item = String>) -> io::Result<()> {
    for cell in cells {
        write!(out, "| {cell} ")?;
    }
    out.write_all(b"|\n")
}
