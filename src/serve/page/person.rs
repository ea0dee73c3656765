//! One person: every stage they were seen on.

use maud::{Markup, html};

use super::View;
use super::row::{Row, encoded, marks, rests, rows, state, text, title};
use crate::sheet::Sheet;
use crate::space::several;

/// Returns the page of somebody, of the answer to `person`.
pub fn person(who: &str, sheet: &Sheet) -> View {
    let name = rows(sheet).next().and_then(|row| row.text("username").map(|it| format!("@{it}")));
    let name = name.unwrap_or_else(|| who.to_owned());
    let main = html! {
        h1 { (text(&name)) }
        p .lead {
            "On stage in " (several(sheet.rows.len(), "Space", "Spaces")) ", as far as we looked. "
            a href=(format!("/spaces?host={}", encoded(&name))) { "Spaces hosted" }
        }
        @if sheet.rows.is_empty() {
            p .empty { "They were seen on no stage yet." }
        } @else {
            table .spaces {
                caption .hidden { "Spaces with them on stage" }
                thead { tr {
                    th scope="col" { "Space" }
                    th scope="col" { "As" }
                    th scope="col" .figure { "Peak" }
                    th scope="col" .figure.wide { "Average" }
                    th scope="col" .figure.wide { "Participant-hours" }
                    th scope="col" .figure.wide { "Coverage" }
                    th scope="col" .wide { "First seen there" }
                } }
                tbody { @for row in rows(sheet) { (stage(&row)) } }
            }
        }
    };
    let data = format!("/api/person/{}", encoded(who));
    View { title: name, place: "/hosts", data, main, notes: super::lists::paged(&sheet.notes) }
}

fn stage(row: &Row) -> Markup {
    let id = row.text("space_id").unwrap_or_default();
    html! {
        tr id=(format!("s-{id}")) {
            th scope="row" {
                a .title href=(format!("/space/{id}")) { (title(row.text("title"))) }
                span .by { (state(row)) (marks(row)) }
            }
            td { (row.text("role").unwrap_or("–").replace('_', "-")) }
            td .figure.now { (row.shown("peak_participants")) }
            td .figure.wide { (row.shown("average_participants")) }
            td .figure.wide { (row.shown("participant_hours")) }
            td .figure.wide { (rests(row)) }
            td .wide { (row.shown("first_seen_on_stage")) }
        }
    }
}
