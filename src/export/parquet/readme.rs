//! What lies beside the data for people: which table holds what, and how the views are asked.

use std::fmt::Write as _;

use super::observations::OBSERVATIONS;
use super::parts::PartBy;
use super::table::Table;
use super::tables::TABLES;

/// The views as SQL.
pub const VIEWS: &str = include_str!("views.sql");

/// Returns the page about an export that is partitioned so.
pub fn readme(by: PartBy) -> String {
    let column = match by {
        PartBy::Day => "date",
        PartBy::Month => "month",
        PartBy::Year => "year",
    };
    let mut page = String::from(BEGIN);
    page.push_str(&include_str!("readme.md").replace("{column}", column));
    for table in std::iter::once(&OBSERVATIONS).chain(TABLES) {
        describe(table, &mut page);
    }
    page
}

const BEGIN: &str = "# Tables of spacelog\n\n";

fn describe(table: &Table, page: &mut String) {
    // Writing to a text never fails.
    let _written = write!(
        page,
        "\n### {}\n\n{}.\n\n| column | holds | |\n|---|---|---|\n",
        table.name, table.about
    );
    for field in table.fields {
        let null = if field.known { "" } else { ", or null" };
        let _written =
            writeln!(page, "| `{}` | {}{null} | {} |", field.name, field.kind.word(), field.about);
    }
}
