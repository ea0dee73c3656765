//! Any sheet as a table.

use maud::{Markup, html};

use super::row::value;
use crate::export;
use crate::sheet::{Sheet, Value};
use crate::space::SpaceId;

/// Returns a sheet as a table that scrolls by itself where it is wider than the page.
pub fn table(sheet: &Sheet, label: &str, nothing: &str) -> Markup {
    if sheet.rows.is_empty() {
        return html! { p .empty { (nothing) } };
    }
    let shown = export::is_shown(sheet);
    let figures: Vec<bool> = shown.iter().map(|at| export::is_figures(sheet, *at)).collect();
    html! {
        div .scrolls role="region" aria-label=(label) tabindex="0" {
            table {
                caption .hidden { (label) }
                thead { tr {
                    @for (at, figures) in shown.iter().zip(&figures) {
                        th scope="col" class=[figures.then_some("figure")] { (name(&sheet.columns[*at].name)) }
                    }
                } }
                tbody {
                    @for row in &sheet.rows {
                        tr {
                            @for (at, figures) in shown.iter().zip(&figures) {
                                td class=[figures.then_some("figure")] {
                                    (linked(&sheet.columns[*at].name, &row[*at], || {
                                        value(&row[*at], sheet.columns[*at].unit)
                                    }))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Returns a column's name as people read it.
pub fn name(name: &str) -> String {
    name.replace('_', " ")
}

fn linked(name: &str, value: &Value, shown: impl Fn() -> Markup) -> Markup {
    match (name, value) {
        ("space_id", Value::Text(id)) if id.parse::<SpaceId>().is_ok() => {
            html! { a href=(format!("/space/{id}")) { (id) } }
        }
        _ => shown(),
    }
}
