//! One Space: its figures, its curve, its stage, its card, its last events.

use maud::{Markup, html};

use super::View;
use super::card::card;
use super::curve::{doubted, picture, points};
use super::row::{Row, encoded, marks, names, rows, state, text, title, value};
use super::table::table;
use crate::sheet::{Sheet, Unit, Value};
use crate::space::{Moment, SpaceId};

/// What a Space's page was asked for.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The Space.
    pub id: SpaceId,
    /// As of when, as it was typed.
    pub then: Option<String>,
    /// Where its JSON is.
    pub data: String,
}

impl Wanted {
    /// Returns the address of a Space's page, as of when this one is.
    fn page(&self, id: &str, joined: bool) -> String {
        let joined = joined.then(|| "joined=true".to_owned());
        let then = self.then.as_ref().map(|then| format!("as-of={}", encoded(then)));
        let query: Vec<String> = joined.into_iter().chain(then).collect();
        let sign = if query.is_empty() { "" } else { "?" };
        format!("/space/{id}{sign}{}", query.join("&"))
    }

    /// Returns the address of its events, as of when this page is.
    fn events(&self) -> String {
        let then = self.then.as_ref().map(|then| format!("&as-of={}", encoded(then)));
        format!("/api/events?space={}{}", self.id, then.unwrap_or_default())
    }
}

/// Returns the page of a Space, or of an event of several, of the answers to `space`, `curve` and
/// `events` about it; nothing where there is no row.
pub fn space(sheet: &Sheet, curve: &Sheet, events: &Sheet, asked: Wanted) -> View {
    let row = rows(sheet).next();
    let id = asked.id.to_string();
    let name = row.as_ref().and_then(|row| row.text("title")).unwrap_or("Space").to_owned();
    let curves = points(curve);
    let drawn = curves.get(&id).map_or(&[][..], Vec::as_slice);
    let main = html! {
        @if let Some(row) = &row {
            h1 .title { (title(row.text("title"))) }
            p .lead {
                (state(row)) (marks(row)) " "
                @let hosts = row.texts("host_usernames");
                @if !hosts.is_empty() { "by " (names(&hosts)) }
                @if let Some(url) = row.text("url").filter(|url| url.starts_with("https://")) {
                    " · " a href=(url) rel="noreferrer noopener external" { "on X" }
                }
            }
            (figures(row))
            (picture(drawn, &doubted(curve), row))
            @if let Some(basis) = row.text("basis") { p .note { "Basis: " (text(basis)) } }
            (doubts(row))
            (parts(row, &asked))
            (stage(row))
            h2 #card { "Card" }
            (card(sheet))
            h2 { "Last events" }
            (table(&last(events), "Events of this Space", "There is none."))
            p { a href=(asked.events()) { "All its events as JSON" } }
        }
    };
    View { title: name, place: "/spaces", data: asked.data, main, notes: sheet.notes.clone() }
}

fn figures(row: &Row) -> Markup {
    const FIGURES: [(&str, &str); 6] = [
        ("Participants", "participants"),
        ("Peak", "peak_participants"),
        ("Average", "average_participants"),
        ("Participant-hours", "participant_hours"),
        ("Coverage", "coverage"),
        ("Reach", "reach"),
    ];
    html! {
        dl .figures {
            @for (name, key) in FIGURES {
                div { dt { (name) } dd { (row.shown(key)) } }
            }
        }
    }
}

/// What is doubted of the counts, each with its rule and the observation.
fn doubts(row: &Row) -> Markup {
    let words: Vec<String> = row.objects("doubts").iter().filter_map(words).collect();
    html! {
        @for words in words { p .notice { strong { "Doubted: " } (text(&words)) } }
    }
}

/// The parts of an event, each with what joined it to which other; where a Space stands alone, the
/// way to them.
fn parts(row: &Row, asked: &Wanted) -> Markup {
    let id = asked.id.to_string();
    if row.get("parts") == &Value::Unknown {
        return html! {
            p { a href=(asked.page(&id, true)) {
                "With its relaunches and other parts as one event"
            } }
        };
    }
    html! {
        h2 { "Parts" }
        ul .parts {
            @for part in row.objects("parts") {
                @let of = part.get("space_id").and_then(serde_json::Value::as_str).unwrap_or("");
                li {
                    @if of.parse::<SpaceId>().is_ok() {
                        a href=(asked.page(of, false)) { (of) }
                    }
                    @let words = words(&part).unwrap_or_default();
                    // The words begin with the id.
                    (text(words.strip_prefix(of).unwrap_or(&words)))
                }
            }
        }
        p { a href=(asked.page(&id, false)) { "This Space alone" } }
    }
}

fn words(it: &serde_json::Value) -> Option<String> {
    it.get("words")?.as_str().map(ToOwned::to_owned)
}

/// Who was on stage, by when they were first seen there. Nobody is ever seen to leave.
fn stage(row: &Row) -> Markup {
    let people = row.objects("stage");
    html! {
        h2 { "Stage" }
        @if people.is_empty() {
            p .empty { "X has not said who is on stage." }
        } @else {
            table .spaces.stage {
                caption .hidden { "Who was seen on stage" }
                thead { tr {
                    th scope="col" { "Who" }
                    th scope="col" { "As" }
                    th scope="col" { "First seen there" }
                } }
                tbody { @for it in &people { (person(it)) } }
            }
            p .note { "Nobody is ever seen to leave: X names everybody who was on stage." }
        }
    }
}

const ROLES: [(&str, &str); 3] = [
    ("host", "first_seen_as_host"),
    ("co-host", "first_seen_as_co_host"),
    ("speaker", "first_seen_as_speaker"),
];

fn person(it: &serde_json::Value) -> Markup {
    let of = |name: &str| it.get(name).and_then(serde_json::Value::as_str);
    html! {
        tr {
            th scope="row" {
                @match of("username") {
                    Some(name) => (names(&[name])),
                    None => span .unknown { (text(of("user_id").unwrap_or("–"))) },
                }
            }
            td { @for (role, first) in ROLES { @if of(first).is_some() { span .item { (role) } } } }
            td {
                @for at in ROLES.iter().filter_map(|(_, first)| of(first)) {
                    span .item {
                        @match Moment::parse_time_or_date(at) {
                            Some(at) => (value(&Value::Time(at.0), Unit::None)),
                            None => (text(at)),
                        }
                    }
                }
            }
        }
    }
}

/// So many events stand on the page.
const EVENTS: usize = 20;

/// Returns the last events, the latest first, each with what it holds in a line.
fn last(events: &Sheet) -> Sheet {
    let mut last = events.clone();
    last.rows.reverse();
    last.rows.truncate(EVENTS);
    for column in &mut last.columns {
        column.in_table &= column.name != "space_id";
        column.unit = Unit::None;
    }
    last
}
