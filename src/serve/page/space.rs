//! One Space: its figures, its curve, its stage, its card, its last events.

use maud::{Markup, html};

use super::View;
use super::on_air::points;
use super::row::{Row, names, rows, state, title};
use super::table::{card, table};
use crate::chart::{Point, outline};
use crate::export::number;
use crate::sheet::{Sheet, Unit, Value};

/// The size of the curve, in its own units.
const CURVE: (u32, u32) = (800, 220);

/// What stands above the card already.
const SHOWN: [&str; 4] = ["title", "state", "state_source", "space_id"];

/// Returns the page of a Space, of the answers to `space`, `curve` (in steps) and `events` about
/// it; nothing where there is no row.
pub fn space(sheet: &Sheet, curve: &Sheet, step_ms: u64, events: &Sheet) -> View {
    let row = rows(sheet).next();
    let id = row.as_ref().and_then(|row| row.text("space_id")).unwrap_or_default().to_owned();
    let name = row.as_ref().and_then(|row| row.text("title")).unwrap_or("Space").to_owned();
    let curves = points(curve);
    let drawn = curves.get(&id).map_or(&[][..], Vec::as_slice);
    let main = html! {
        @if let Some(row) = &row {
            h1 .title { (title(row.text("title"))) }
            p .lead {
                (state(row)) " "
                @let hosts = row.texts("host_usernames");
                @if !hosts.is_empty() { "by " (names(&hosts)) }
                @if let Some(url) = row.text("url").filter(|url| url.starts_with("https://")) {
                    " · " a href=(url) rel="noreferrer noopener external" { "on X" }
                }
            }
            (figures(row))
            (picture(drawn, step_ms, row))
            (stage(row))
            h2 { "Card" }
            (card(sheet, &SHOWN))
            h2 { "Last events" }
            (table(&last(events), "Events of this Space", "None among the last of the log."))
            p { a href=(format!("/api/events?space={id}")) { "All its events as JSON" } }
        }
    };
    let data = format!("/api/space/{id}");
    View { title: name, place: "/spaces", data, main, notes: sheet.notes.clone() }
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

/// The curve over its time, with its peak marked; gaps stay empty.
fn picture(points: &[Point], step_ms: u64, row: &Row) -> Markup {
    let (width, height) = CURVE;
    let hold = i64::try_from(step_ms).unwrap_or(i64::MAX);
    let drawn = outline(points, hold, width, height);
    let (Some((first, _)), Some((last, _)), Some(peak)) =
        (points.first(), points.last(), drawn.peak)
    else {
        return html! { p .empty { "There is no curve: it was not seen live with a count." } };
    };
    let peak_count = i64::try_from(peak).unwrap_or(i64::MAX);
    let words = format!(
        "Participants from {} to {}, {} at most",
        number::time(*first),
        number::time(*last),
        number::thousands(peak_count)
    );
    html! {
        figure .curve {
            div .plot {
                div .levels aria-hidden="true" {
                    span { (number::thousands(peak_count)) }
                    span { (number::thousands(peak_count / 2)) }
                    span { "0" }
                }
                svg viewBox=(format!("0 0 {width} {height}")) preserveAspectRatio="none" role="img"
                    aria-label=(words) {
                    path .grid d=(format!("M0 1H{width}M0 {}H{width}M0 {}H{width}",
                        height / 2, height - 1)) {}
                    path .area d=(drawn.area) {}
                    path .line d=(drawn.line) {}
                    @if let Some(at) = drawn.peak_at {
                        path .peak d=(format!("M{at:.1} 0V{height}")) {}
                    }
                }
                div .times aria-hidden="true" {
                    span { (short(*first, *last)) }
                    span { (short(i64::midpoint(*first, *last), *last)) }
                    span { (short(*last, *first)) }
                }
            }
            figcaption {
                "Peak " strong { (row.shown("peak_participants")) } " at " (row.shown("peak_at"))
                ". One point a " (number::duration(hold / 1000)) "; gaps are empty."
            }
        }
    }
}

/// Returns a time below a curve: without its day where the curve is shorter than one.
fn short(at: i64, other: i64) -> String {
    let text = number::time(at);
    if at.abs_diff(other) < 86_400_000 { text[11..16].to_owned() } else { text[..16].to_owned() }
}

fn stage(row: &Row) -> Markup {
    let (hosts, speakers) = (row.texts("host_usernames"), row.texts("speaker_usernames"));
    html! {
        h2 { "Stage" }
        dl .stage {
            div {
                dt { "Hosts" }
                dd { @if hosts.is_empty() { span .unknown { "–" } } (names(&hosts)) }
            }
            div {
                dt { "Speakers ever seen" }
                dd {
                    @match row.get("speaker_ids") {
                        Value::Unknown => span .unknown title="not known" { "–" },
                        _ => { (row.shown("speaker_count")) },
                    }
                    @if !speakers.is_empty() { ": " (names(&speakers)) }
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
