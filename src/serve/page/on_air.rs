//! What is on air now, each Space with its curve so far.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::View;
use super::curve::{points, spark};
use super::lists::{total, without_cut};
use super::row::{Row, marks, names, rests, rows, title, value};
use crate::chart::Point;
use crate::export::number;
use crate::sheet::{Sheet, Unit, Value};

/// Returns the page of what is on air, of the answers to `spaces` (live), `curve` (in steps) and
/// `status`.
pub fn on_air(spaces: &Sheet, curves: &Sheet, status: &Sheet) -> View {
    let curves = points(curves);
    let status = rows(status).next();
    let (total, cut) = total(spaces);
    let main = html! {
        h1 { "On air" }
        (figures(spaces, total, status.as_ref()))
        @if spaces.rows.is_empty() {
            p .empty {
                "No Space is live just now. "
                a href="/schedule" { "What is announced" } ", or "
                a href="/spaces" { "every Space known" } "."
            }
        } @else {
            table .spaces {
                caption .hidden { "Spaces on air, the largest first" }
                thead { tr {
                    th scope="col" { "Space" }
                    th scope="col" .figure { "Now" }
                    th scope="col" .curve { "So far" }
                    th scope="col" .figure.wide { "Peak" }
                    th scope="col" .figure.wide { "Average" }
                    th scope="col" .figure.wide { "Coverage" }
                    th scope="col" .wide { "Since" }
                } }
                tbody {
                    @for row in rows(spaces) {
                        (line(&row, &curves))
                    }
                }
            }
        }
        @if cut {
            p { a href="/spaces?state=live&limit=0" { "All " (number::thousands(total)) " live Spaces" } }
        }
    };
    View {
        title: "On air".to_owned(),
        place: "/",
        data: "/api/spaces?state=live".to_owned(),
        main,
        notes: without_cut(&spaces.notes),
    }
}

fn figures(spaces: &Sheet, total: i64, status: Option<&Row>) -> Markup {
    let known: Vec<i64> = rows(spaces).filter_map(|row| row.int("participants")).collect();
    let (all, counted) = (spaces.rows.len(), known.len());
    let shown = i64::try_from(all).unwrap_or(i64::MAX);
    // Nobody on air is no one present; where X gave no count, nobody knows.
    let now = (all == 0 || counted > 0).then(|| known.iter().sum::<i64>());
    html! {
        dl .figures {
            div { dt { "Live Spaces" } dd #live-count { (number::thousands(total)) } }
            div {
                dt {
                    "Participants"
                    @if shown < total { " in the " (shown) " largest" }
                    @if counted < all && counted > 0 { " (" (counted) " of " (all) " counted)" }
                }
                dd { (value(&now.map_or(Value::Unknown, Value::Int), Unit::Count)) }
            }
            @if let Some(status) = status {
                div { dt { "Polls today" } dd { (status.shown("polls_today")) } }
                div { dt { "Spent today, at most" } dd { (status.shown("cost_today_usd_most")) } }
            }
        }
    }
}

fn line(row: &Row, curves: &BTreeMap<String, Vec<Point>>) -> Markup {
    let id = row.text("space_id").unwrap_or_default();
    html! {
        tr id=(format!("s-{id}")) {
            th scope="row" {
                a .title href=(format!("/space/{id}")) { (title(row.text("title"))) }
                span .by { (names(&row.texts("host_usernames"))) (marks(row)) }
            }
            td .figure.now { (row.shown("participants")) }
            td .curve { (spark(curves.get(id).map_or(&[], Vec::as_slice))) }
            td .figure.wide { (row.shown("peak_participants")) }
            td .figure.wide { (row.shown("average_participants")) }
            td .figure.wide { (rests(row)) }
            td .wide { (row.shown("started_at")) }
        }
    }
}
