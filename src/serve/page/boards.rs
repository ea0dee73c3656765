//! Pages of comparison: hosts, speakers, the words of titles, and topics.

use maud::{Markup, html};

use super::View;
use super::lists::{choice, field, paged};
use super::row::{Row, encoded, marks, names, rests, rows, text};
use crate::sheet::Sheet;

/// The figures that people are ranked by.
const RANKS: [(&str, &str); 7] = [
    ("participant-hours", "participant-hours"),
    ("average", "average"),
    ("peak", "peak"),
    ("spaces", "Spaces"),
    ("airtime", "airtime"),
    ("reach", "reach"),
    ("follower-growth", "new followers"),
];

/// The windows that a leaderboard looks back.
const EVER: [(&str, &str); 4] = [
    ("", "all time"),
    ("24h", "the last day"),
    ("7d", "the last week"),
    ("30d", "the last 30 days"),
];

/// The windows that words are counted in.
const WINDOWS: [(&str, &str); 4] =
    [("1h", "last hour"), ("24h", "last day"), ("7d", "last week"), ("30d", "last 30 days")];

/// A leaderboard, and what it was asked for as it stands in its form.
#[derive(Clone, Debug)]
pub struct Ranked {
    /// Whether it is of speakers.
    pub speakers: bool,
    /// The figure that it is ranked by.
    pub by: String,
    /// The fewest Spaces.
    pub min_spaces: String,
    /// The least coverage.
    pub min_coverage: String,
    /// How far back.
    pub last: String,
}

/// Returns the leaderboard of hosts or speakers, of the answer to `hosts` or `speakers`.
pub fn board(sheet: &Sheet, ranked: &Ranked, data: String) -> View {
    let (place, name, who) = if ranked.speakers {
        ("/speakers", "Speakers", "Speaker")
    } else {
        ("/hosts", "Hosts", "Host")
    };
    let main = html! {
        h1 { (name) }
        form .filter action=(place) method="get" {
            (choice("by", "Ranked by", &ranked.by, &RANKS))
            (field("min-spaces", "Spaces at least", &ranked.min_spaces, "number"))
            (field("min-coverage", "Coverage at least", &ranked.min_coverage, "text"))
            (choice("last", "Begun in", &ranked.last, &EVER))
            button type="submit" { "Show" }
        }
        @if sheet.rows.is_empty() {
            p .empty { "Nobody was seen live who is like this." }
        } @else {
            table .spaces {
                caption .hidden { (name) " by " (text(&ranked.by)) }
                thead { tr {
                    th scope="col" .figure { "#" }
                    th scope="col" { (who) }
                    th scope="col" .figure { "Participant-hours" }
                    th scope="col" .figure { "Peak" }
                    th scope="col" .figure.wide { "Average" }
                    th scope="col" .figure.wide { "Spaces" }
                    th scope="col" .figure.wide { "Followers" }
                    th scope="col" .figure.wide { "New" }
                    th scope="col" .figure.wide { "Reach" }
                    th scope="col" .figure.wide { "Coverage" }
                } }
                tbody { @for row in rows(sheet) { (person(&row)) } }
            }
        }
    };
    View { title: name.to_owned(), place, data, main, notes: paged(&sheet.notes) }
}

fn person(row: &Row) -> Markup {
    let username: Vec<&str> = row.text("username").into_iter().collect();
    html! {
        tr id=(format!("u-{}", row.text("user_id").unwrap_or_default())) {
            td .figure { (row.shown("rank")) }
            th scope="row" {
                @match row.text("name") {
                    Some(name) => span .title { (text(name)) },
                    None => span .unknown { (row.shown("user_id")) },
                }
                span .by { (names(&username)) (marks(row)) }
            }
            td .figure.now { (row.shown("participant_hours")) }
            td .figure { (row.shown("peak_participants")) }
            td .figure.wide { (row.shown("average_participants")) }
            td .figure.wide { (row.shown("spaces")) }
            td .figure.wide { (row.shown("followers")) }
            td .figure.wide { (row.shown("follower_growth")) }
            td .figure.wide { (row.shown("reach")) }
            td .figure.wide { (rests(row)) }
        }
    }
}

/// What Spaces are counted under.
struct Counted {
    place: &'static str,
    name: &'static str,
    /// What stands before the window's choice.
    within: &'static str,
    /// What stands over the table for those who do not see it.
    caption: &'static str,
    /// The column of what is counted, and its heading.
    column: (&'static str, &'static str),
    nothing: &'static str,
}

const KEYWORDS: Counted = Counted {
    place: "/keywords",
    name: "Keywords",
    within: "In titles of the",
    caption: "Words of titles",
    column: ("keyword", "Word"),
    nothing: "No title was seen in that time.",
};

const TOPICS: Counted = Counted {
    place: "/topics",
    name: "Topics",
    within: "Of Spaces of the",
    caption: "Topics of Spaces",
    column: ("topic", "Topic"),
    nothing: "X gave no Space of that time a topic.",
};

/// Returns the words of titles in a window, of the answer to `keywords`.
pub fn keywords(sheet: &Sheet, last: &str, data: String) -> View {
    counted(&KEYWORDS, sheet, last, data, |word| {
        html! { a .title href=(format!("/spaces?keyword={}", encoded(word))) { (text(word)) } }
    })
}

/// Returns the topics of Spaces in a window, of the answer to `topics`.
pub fn topics(sheet: &Sheet, last: &str, data: String) -> View {
    counted(&TOPICS, sheet, last, data, |topic| html! { span .title { (text(topic)) } })
}

fn counted(
    it: &Counted,
    sheet: &Sheet,
    last: &str,
    data: String,
    name: impl Fn(&str) -> Markup,
) -> View {
    let (column, heading) = it.column;
    let main = html! {
        h1 { (it.name) }
        form .filter action=(it.place) method="get" {
            (choice("last", it.within, last, &WINDOWS))
            button type="submit" { "Show" }
        }
        @if sheet.rows.is_empty() {
            p .empty { (it.nothing) }
        } @else {
            table .spaces {
                caption .hidden { (it.caption) }
                thead { tr {
                    th scope="col" { (heading) }
                    th scope="col" .figure { "Spaces" }
                    th scope="col" .figure { "Before" }
                    th scope="col" .figure.wide { "Participant-hours" }
                    th scope="col" .figure.wide { "Coverage" }
                } }
                tbody {
                    @for row in rows(sheet) {
                        tr {
                            th scope="row" {
                                (name(row.text(column).unwrap_or_default())) (marks(&row))
                            }
                            td .figure.now { (row.shown("spaces")) }
                            td .figure { (row.shown("previous_spaces")) }
                            td .figure.wide { (row.shown("participant_hours")) }
                            td .figure.wide { (rests(&row)) }
                        }
                    }
                }
            }
        }
    };
    View { title: it.name.to_owned(), place: it.place, data, main, notes: paged(&sheet.notes) }
}
