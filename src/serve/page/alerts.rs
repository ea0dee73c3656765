//! The page of alerts: what was raised, and how far each has come.

use maud::{Markup, html};

use super::View;
use super::lists::paged;
use super::row::{Row, marks, names, rows, text, title};
use crate::sheet::Sheet;
use crate::space::SpaceId;

/// Returns the page of alerts, of the answer to `alerts raised`.
pub fn alerts(sheet: &Sheet, data: String) -> View {
    let main = html! {
        h1 { "Alerts" }
        p .lead { "What rules told of, the latest first, and whether it arrived." }
        @if sheet.rows.is_empty() {
            p .empty { "No rule has told of anything yet." }
        } @else {
            table .spaces {
                caption .hidden { "Alerts" }
                thead { tr {
                    th scope="col" { "Alert" }
                    th scope="col" { "Delivery" }
                    th scope="col" .wide { "Of" }
                    th scope="col" .figure.wide { "Failed" }
                    th scope="col" .wide { "Seen" }
                } }
                tbody { @for row in rows(sheet) { (alert(&row)) } }
            }
        }
    };
    let (name, notes) = ("Alerts".to_owned(), paged(&sheet.notes));
    View { title: name, place: "/alerts", data, main, notes }
}

fn alert(row: &Row) -> Markup {
    let space = row.text("space_id").filter(|id| id.parse::<SpaceId>().is_ok());
    let username: Vec<&str> = row.text("username").into_iter().collect();
    html! {
        tr id=(format!("a-{}", row.text("alert_id").unwrap_or_default())) {
            th scope="row" {
                @match space {
                    Some(id) => a .title href=(format!("/space/{id}")) { (title(row.text("title"))) },
                    None => span .title { "Collecting itself" },
                }
                span .by { (row.shown("rule")) @if !username.is_empty() { " · " (names(&username)) } (marks(row)) }
            }
            td { (delivery(row)) }
            td .wide {
                (text(&row.text("occasion").unwrap_or("unknown").replace('_', " ")))
                @if row.int("participants").is_some() { ", " (row.shown("participants")) }
                @if row.int("per_minute").is_some() { ", " (row.shown("per_minute")) " a minute" }
            }
            td .figure.wide { (row.shown("attempts")) }
            td .wide { (row.shown("at")) }
        }
    }
}

fn delivery(row: &Row) -> Markup {
    let class = match row.text("delivery") {
        Some("delivered") => "state ok",
        Some("waiting") => "state warning",
        Some("dead") => "state failed",
        _ => "state",
    };
    html! { span class=(class) { (row.shown("delivery")) } }
}
