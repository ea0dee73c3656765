//! What was asked of X, when nobody looked, and what it cost.

use maud::{Markup, html};

use super::View;
use super::row::{Row, rows, text, value};
use super::table::table;
use crate::export::number;
use crate::sheet::{Sheet, Value};
use crate::space::SpaceId;

/// Returns the page of polls, of the answer to `polls`.
pub fn polls(sheet: &Sheet, data: String) -> View {
    let main = html! {
        h1 { "Polls" }
        p .lead { "What was asked of X, the latest first, and what came of it." }
        @if sheet.rows.is_empty() {
            p .empty { "Nothing was asked of X yet." }
        } @else {
            table .spaces {
                caption .hidden { "Polls" }
                thead { tr {
                    th scope="col" { "Asked" }
                    th scope="col" { "Answer" }
                    th scope="col" .figure { "Returned" }
                    th scope="col" .figure.wide { "New" }
                    th scope="col" .figure.wide { "Took" }
                    th scope="col" .figure.wide { "Left" }
                    th scope="col" .figure.wide { "Cost" }
                    th scope="col" .wide { "Sent" }
                } }
                tbody { @for row in rows(sheet).collect::<Vec<_>>().iter().rev() { (poll(row)) } }
            }
        }
    };
    plain("Polls", "/polls", data, main, sheet)
}

fn poll(row: &Row) -> Markup {
    html! {
        tr id=(format!("p-{}", row.text("poll_id").unwrap_or_default())) {
            th scope="row" {
                (row.shown("endpoint"))
                span .by.target { (row.shown("target")) }
            }
            td {
                @match row.text("error") {
                    Some(error) => span .state.failed { (text(&error.replace('_', " "))) },
                    None if row.int("status").is_some() => {
                        span .state.ok { (row.shown("status")) }
                    },
                    // Taken in from elsewhere: nobody noted how X answered.
                    None => (row.shown("status")),
                }
                @if let Some(message) = row.text("message") { p .remedy { (text(message)) } }
            }
            td .figure { (row.shown("returned")) }
            td .figure.wide { (row.shown("new_spaces")) }
            td .figure.wide { (row.shown("took_ms")) }
            td .figure.wide { (row.shown("rate_remaining")) }
            td .figure.wide { (row.shown("cost_usd")) }
            td .wide { (row.shown("sent_at")) }
        }
    }
}

/// Returns the page of gaps, of the answer to `gaps`.
pub fn gaps(sheet: &Sheet, most: usize, data: String) -> View {
    let all = sheet.rows.len();
    let last: Vec<Row> = rows(sheet).skip(all.saturating_sub(most)).collect();
    let main = html! {
        h1 { "Gaps" }
        p .lead { "When nobody looked, the latest first. No figure is made up for a gap." }
        @if last.is_empty() {
            p .empty {
                "No gap is known. Time before the first look at a Space and after the last is in its coverage."
            }
        } @else {
            table .spaces {
                caption .hidden { "Gaps" }
                thead { tr {
                    th scope="col" { "What was missed" }
                    th scope="col" .figure { "For" }
                    th scope="col" { "Cause" }
                    th scope="col" .wide { "From" }
                    th scope="col" .wide { "To" }
                } }
                tbody { @for row in last.iter().rev() { (gap(row)) } }
            }
        }
        @if all > most { p .note { "The last " (most) " of " (number::thousands(whole(all))) " gaps." } }
    };
    plain("Gaps", "/gaps", data, main, sheet)
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn gap(row: &Row) -> Markup {
    let space = row.text("space_id").filter(|id| id.parse::<SpaceId>().is_ok());
    html! {
        tr {
            th scope="row" {
                @match space {
                    Some(id) => a href=(format!("/space/{id}")) { (id) },
                    None => @match row.text("endpoint") {
                        Some(endpoint) => { "what " (text(endpoint)) " would have shown" }
                        None => "every Space",
                    },
                }
            }
            td .figure.now { (row.shown("seconds")) }
            td { (text(&row.text("cause").unwrap_or("–").replace('_', " "))) }
            td .wide { (row.shown("from")) }
            td .wide { (row.shown("to")) }
        }
    }
}

/// Returns the page of money, of the answer to `spend`.
pub fn spend(sheet: &Sheet, data: String) -> View {
    // A sum over all endpoints names none.
    let sums = rows(sheet).filter(|row| {
        [row.get("endpoint"), row.get("target")].iter().all(|it| **it == Value::Unknown)
    });
    let main = html! {
        h1 { "Spend" }
        p .lead {
            "What it cost and, as it goes on, will: at least, if X does not bill the people who "
            "come with a Space, and at most, if it does."
        }
        dl .figures {
            @for row in sums {
                div { dt { (row.shown("period")) } dd { (range(&row, "usd_low", "usd_high")) } }
                div {
                    dt { (row.shown("period")) " by its end" }
                    dd { (range(&row, "forecast_usd_low", "forecast_usd_high")) }
                }
            }
        }
        (table(&named(sheet), "Spend", "Nothing was spent."))
    };
    plain("Spend", "/spend", data, main, sheet)
}

/// Returns the sheet with words for what a sum is over: it is not unknown.
fn named(sheet: &Sheet) -> Sheet {
    let mut named = sheet.clone();
    for (name, words) in [("endpoint", "all endpoints"), ("target", "all")] {
        let Some(place) = sheet.index(name) else { continue };
        for row in named.rows.iter_mut().filter(|row| row[place] == Value::Unknown) {
            row[place] = words.to_owned().into();
        }
    }
    named
}

/// Returns two bounds in dollars and cents.
fn range(row: &Row, low: &str, high: &str) -> Markup {
    let cents = |name| match row.get(name) {
        Value::Real(usd) => html! { (format!("${}", number::decimal(*usd, 2))) },
        other => value(other, crate::sheet::Unit::None),
    };
    html! { (cents(low)) " to " (cents(high)) }
}

fn plain(title: &str, place: &'static str, data: String, main: Markup, sheet: &Sheet) -> View {
    View { title: title.to_owned(), place, data, main, notes: sheet.notes.clone() }
}
