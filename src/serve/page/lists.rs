//! Pages of lists: Spaces, and what is announced.

use maud::{Markup, html};

use super::View;
use super::row::{attribute, marks, names, rests, rows, state, text, title};
use crate::export::number;
use crate::sheet::Sheet;

/// What a page of Spaces was asked for, as it stands in its form.
#[derive(Clone, Debug, Default)]
pub struct Sought {
    /// The state.
    pub state: String,
    /// The host.
    pub host: String,
    /// The text in the title.
    pub keyword: String,
    /// The least peak.
    pub min_participants: String,
    /// The order.
    pub sort: String,
}

/// The states there are to choose from.
const STATES: [(&str, &str); 5] = [
    ("", "any"),
    ("live", "live"),
    ("scheduled", "scheduled"),
    ("ended", "ended"),
    ("canceled", "canceled"),
];

/// The orders there are to choose from.
const SORTS: [(&str, &str); 4] =
    [("participants", "participants"), ("peak", "peak"), ("reach", "reach"), ("started", "latest")];

/// Returns the page of Spaces, of the answer to `spaces`.
pub fn spaces(sheet: &Sheet, sought: &Sought, data: String) -> View {
    let main = html! {
        h1 { "Spaces" }
        form .filter action="/spaces" method="get" {
            (field("keyword", "In the title", &sought.keyword, "search"))
            (field("host", "Host", &sought.host, "text"))
            (choice("state", "State", &sought.state, &STATES))
            (field("min-participants", "At least", &sought.min_participants, "number"))
            (choice("sort", "By", &sought.sort, &SORTS))
            button type="submit" { "Show" }
        }
        (list(sheet, "Spaces", "No Space is known that is like this."))
        @if let (total, true) = total(sheet) {
            p {
                (sheet.rows.len()) " of " (number::thousands(total)) " Spaces: "
                a href=(whole(&data)) { "all of them" }
            }
        }
    };
    let notes = without_cut(&sheet.notes);
    View { title: "Spaces".to_owned(), place: "/spaces", data, main, notes }
}

/// Returns the page of what is announced, of the answer to `schedule`.
pub fn schedule(sheet: &Sheet) -> View {
    let main = html! {
        h1 { "Schedule" }
        p .lead {
            "What is announced, and what became of it since yesterday: also as a "
            a href="/schedule.ics" { "calendar" } " and a "
            a href="/feeds/announced.atom" { "feed" } "."
        }
        @if sheet.rows.is_empty() {
            p .empty { "No Space is announced." }
        } @else {
            table .spaces {
                caption .hidden { "Spaces announced" }
                thead { tr {
                    th scope="col" { "Space" }
                    th scope="col" { "Starts" }
                    th scope="col" { "Standing" }
                    th scope="col" .figure.wide { "Delay" }
                    th scope="col" .figure.wide { "Moved" }
                    th scope="col" .figure.wide { "Reminders" }
                } }
                tbody {
                    @for row in rows(sheet) {
                        @let id = row.text("space_id").unwrap_or_default();
                        tr id=(format!("s-{id}")) {
                            th scope="row" {
                                a .title href=(format!("/space/{id}")) { (title(row.text("title"))) }
                                span .by { (names(&row.texts("host_usernames"))) (marks(&row)) }
                            }
                            td { (row.shown("scheduled_start")) }
                            td { (row.text("standing").unwrap_or("unknown").replace('_', " ")) }
                            td .figure.wide { (row.shown("start_delay_seconds")) }
                            td .figure.wide { (row.shown("moves")) }
                            td .figure.wide { (row.shown("reminders")) }
                        }
                    }
                }
            }
        }
    };
    let data = "/api/schedule".to_owned();
    View {
        title: "Schedule".to_owned(),
        place: "/schedule",
        data,
        main,
        notes: paged(&sheet.notes),
    }
}

/// Returns a table of Spaces in any state.
fn list(sheet: &Sheet, label: &str, nothing: &str) -> Markup {
    html! {
        @if sheet.rows.is_empty() {
            p .empty { (nothing) }
        } @else {
            table .spaces {
                caption .hidden { (label) }
                thead { tr {
                    th scope="col" { "Space" }
                    th scope="col" { "State" }
                    th scope="col" .figure { "Participants" }
                    th scope="col" .figure.wide { "Peak" }
                    th scope="col" .figure.wide { "Average" }
                    th scope="col" .figure.wide { "Coverage" }
                    th scope="col" .wide { "Started" }
                } }
                tbody {
                    @for row in rows(sheet) {
                        @let id = row.text("space_id").unwrap_or_default();
                        tr id=(format!("s-{id}")) {
                            th scope="row" {
                                a .title href=(format!("/space/{id}")) { (title(row.text("title"))) }
                                span .by { (names(&row.texts("host_usernames"))) (marks(&row)) }
                            }
                            td { (state(&row)) }
                            td .figure.now { (row.shown("participants")) }
                            td .figure.wide { (row.shown("peak_participants")) }
                            td .figure.wide { (row.shown("average_participants")) }
                            td .figure.wide { (rests(&row)) }
                            td .wide { (row.shown("started_at")) }
                        }
                    }
                }
            }
        }
    }
}

/// Returns how many Spaces there are, and whether the answer was cut.
pub fn total(spaces: &Sheet) -> (i64, bool) {
    let shown = i64::try_from(spaces.rows.len()).unwrap_or(i64::MAX);
    let of = spaces.notes.iter().find_map(|note| {
        let (_, rest) = note.split_once(" of ")?;
        let (number, _) = rest.split_once(" Spaces; --limit")?;
        number.parse().ok()
    });
    (of.unwrap_or(shown), of.is_some())
}

/// Returns the page that shows all of what an answer for programs, at this address, is cut from.
fn whole(data: &str) -> String {
    let (path, query) = data.split_once('?').unwrap_or((data, ""));
    let path = path.strip_prefix("/api").unwrap_or(path);
    let pairs = url::form_urlencoded::parse(query.as_bytes());
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs.filter(|(name, _)| name != "limit"))
        .append_pair("limit", "0")
        .finish();
    format!("{path}?{query}")
}

/// Returns notes without the one that an answer was cut.
pub fn without_cut(notes: &[String]) -> Vec<String> {
    notes.iter().filter(|note| !note.contains("; --limit")).cloned().collect()
}

/// Returns notes, the one that an answer was cut without the flag of the command line.
pub fn paged(notes: &[String]) -> Vec<String> {
    let short = |note: &String| note.split("; --limit").next().map(ToOwned::to_owned);
    notes.iter().filter_map(short).collect()
}

/// Returns a field of a form.
pub fn field(name: &str, label: &str, value: &str, kind: &str) -> Markup {
    html! {
        div {
            label for=(format!("f-{name}")) { (label) }
            input id=(format!("f-{name}")) name=(name) type=(kind) value=(attribute(value))
                maxlength="200" autocomplete="off";
        }
    }
}

/// Returns a choice of a form.
pub fn choice(name: &str, label: &str, chosen: &str, choices: &[(&str, &str)]) -> Markup {
    html! {
        div {
            label for=(format!("f-{name}")) { (label) }
            select id=(format!("f-{name}")) name=(name) {
                // What was asked for by its address stands there too.
                @if !chosen.is_empty() && choices.iter().all(|(value, _)| *value != chosen) {
                    option value=(attribute(chosen)) selected { (text(chosen)) }
                }
                @for (value, words) in choices {
                    option value=(value) selected[*value == chosen] { (text(words)) }
                }
            }
        }
    }
}
