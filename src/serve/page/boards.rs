//! Pages of comparison: hosts, and the words of titles.

use maud::{Markup, html};

use super::View;
use super::lists::{choice, field, paged};
use super::row::{Row, encoded, names, rows, text};
use crate::sheet::Sheet;

/// The figures that hosts are ranked by.
const RANKS: [(&str, &str); 5] = [
    ("participant-hours", "participant-hours"),
    ("average", "average"),
    ("peak", "peak"),
    ("spaces", "Spaces"),
    ("reach", "reach"),
];

/// The windows that words are counted in.
const WINDOWS: [(&str, &str); 4] =
    [("1h", "last hour"), ("24h", "last day"), ("7d", "last week"), ("30d", "last 30 days")];

/// Returns the leaderboard of hosts, of the answer to `hosts`, ranked by one figure.
pub fn hosts(sheet: &Sheet, by: &str, min_spaces: &str, data: String) -> View {
    let main = html! {
        h1 { "Hosts" }
        form .filter action="/hosts" method="get" {
            (choice("by", "Ranked by", by, &RANKS))
            (field("min-spaces", "Spaces at least", min_spaces, "number"))
            button type="submit" { "Show" }
        }
        @if sheet.rows.is_empty() {
            p .empty { "No host was seen live yet." }
        } @else {
            table .spaces {
                caption .hidden { "Hosts by " (by) }
                thead { tr {
                    th scope="col" .figure { "#" }
                    th scope="col" { "Host" }
                    th scope="col" .figure { "Participant-hours" }
                    th scope="col" .figure { "Peak" }
                    th scope="col" .figure.wide { "Average" }
                    th scope="col" .figure.wide { "Spaces" }
                    th scope="col" .figure.wide { "Followers" }
                    th scope="col" .figure.wide { "Reach" }
                } }
                tbody { @for row in rows(sheet) { (host(&row)) } }
            }
        }
    };
    View { title: "Hosts".to_owned(), place: "/hosts", data, main, notes: paged(&sheet.notes) }
}

fn host(row: &Row) -> Markup {
    let username: Vec<&str> = row.text("username").into_iter().collect();
    html! {
        tr id=(format!("u-{}", row.text("user_id").unwrap_or_default())) {
            td .figure { (row.shown("rank")) }
            th scope="row" {
                @match row.text("name") {
                    Some(name) => span .title { (text(name)) },
                    None => span .unknown { (row.shown("user_id")) },
                }
                span .by { (names(&username)) }
            }
            td .figure.now { (row.shown("participant_hours")) }
            td .figure { (row.shown("peak_participants")) }
            td .figure.wide { (row.shown("average_participants")) }
            td .figure.wide { (row.shown("spaces")) }
            td .figure.wide { (row.shown("followers")) }
            td .figure.wide { (row.shown("reach")) }
        }
    }
}

/// Returns the words of titles in a window, of the answer to `keywords`.
pub fn keywords(sheet: &Sheet, last: &str, data: String) -> View {
    let main = html! {
        h1 { "Keywords" }
        form .filter action="/keywords" method="get" {
            (choice("last", "In titles of the", last, &WINDOWS))
            button type="submit" { "Show" }
        }
        @if sheet.rows.is_empty() {
            p .empty { "No title was seen in that time." }
        } @else {
            table .spaces {
                caption .hidden { "Words of titles" }
                thead { tr {
                    th scope="col" { "Word" }
                    th scope="col" .figure { "Spaces" }
                    th scope="col" .figure { "Before" }
                    th scope="col" .figure.wide { "Participant-hours" }
                } }
                tbody {
                    @for row in rows(sheet) {
                        @let word = row.text("keyword").unwrap_or_default();
                        tr {
                            th scope="row" {
                                a .title href=(format!("/spaces?keyword={}", encoded(word))) {
                                    (text(word))
                                }
                            }
                            td .figure.now { (row.shown("spaces")) }
                            td .figure { (row.shown("previous_spaces")) }
                            td .figure.wide { (row.shown("participant_hours")) }
                        }
                    }
                }
            }
        }
    };
    View {
        title: "Keywords".to_owned(),
        place: "/keywords",
        data,
        main,
        notes: paged(&sheet.notes),
    }
}
