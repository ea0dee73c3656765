//! The page of health: what is well, what is not, and what to do.

use maud::{Markup, html};

use super::View;
use super::card::rest;
use super::row::{Row, rows};
use crate::sheet::Sheet;

/// Returns the page of health, of the answers to `doctor` and `status`.
pub fn health(doctor: &Sheet, status: &Sheet, data: String) -> View {
    let main = html! {
        h1 { "Health" }
        table .spaces.checks {
            caption .hidden { "What was checked" }
            thead { tr {
                th scope="col" { "What" }
                th scope="col" { "State" }
                th scope="col" { "Found" }
            } }
            tbody { @for row in rows(doctor) { (check(&row)) } }
        }
        h2 { "Status" }
        (rest(status, &[]))
    };
    View { title: "Health".to_owned(), place: "/health", data, main, notes: doctor.notes.clone() }
}

fn check(row: &Row) -> Markup {
    let class = match row.text("state") {
        Some("ok") => "state ok",
        Some("warning") => "state warning",
        Some("failed") => "state failed",
        _ => "state",
    };
    html! {
        tr {
            th scope="row" { (row.shown("check")) }
            td { span class=(class) { (row.shown("state")) } }
            td {
                (row.shown("detail"))
                @if let Some(remedy) = row.text("remedy") {
                    p .remedy { (super::row::text(remedy)) }
                }
            }
        }
    }
}
