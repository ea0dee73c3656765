//! Hostile titles, usernames and names, wherever they come out: none steers, hides or runs anything.

mod feeds;
mod files;
mod told;

use serde_json::{Value, json};

use super::page::{is_wild, no_formula, titles};
use super::program::Folder;
use super::x::{LOOK_UP, space};

/// Returns who has a hostile text for every name.
fn person(id: &str, text: &str) -> Value {
    json!({"id": id, "username": text, "name": text, "description": text,
        "public_metrics": {"followers_count": 12_300}})
}

/// Returns a Space whose title is a hostile text, of a host and a speaker who are named by it too.
fn spoken(id: &str, state: &str, (at, text): (usize, &str)) -> Value {
    let mut row = space(id, state, (state == "live").then_some(1_234));
    row["title"] = text.into();
    row["creator_id"] = format!("1{at:02}").into();
    row["host_ids"] = json!([format!("1{at:02}")]);
    row["speaker_ids"] = json!([format!("2{at:02}")]);
    if state == "scheduled" {
        row["scheduled_start"] = "2126-01-01T18:00:00.000Z".into();
    }
    row
}

/// Returns a folder with a Space on air and an announced one for each hostile text.
fn folder() -> Folder {
    let folder = Folder::new();
    let mut lines = Vec::new();
    for (at, text) in titles().iter().enumerate() {
        let rows = [("live", "1live"), ("scheduled", "1soon")]
            .map(|(state, id)| spoken(&format!("{id}{at}"), state, (at, text)));
        let users = [person(&format!("1{at:02}"), text), person(&format!("2{at:02}"), text)];
        let body = json!({"data": rows, "includes": {"users": users}});
        lines.push(("2026-11-23T18:10:00Z", LOOK_UP, body));
    }
    folder.take_in(&lines);
    folder
}

/// Holds that what people look at is steered by nothing, and that no pile of marks covers the lines
/// around it.
fn calm(shown: &str, what: &str) {
    assert!(!shown.contains(is_wild), "{what}: {shown:?}");
    assert!(!shown.contains(&"\u{0301}\u{0489}".repeat(5)), "{what}: marks are piled up");
}

#[test]
fn hostile_names_harm_nobody_in_a_terminal_in_markdown_or_in_lines_for_spreadsheets() {
    let folder = folder();
    let lists: [&[&str]; 6] = [
        &["schedule"],
        &["hosts", "--limit", "0"],
        &["speakers", "--limit", "0"],
        &["spaces", "--joined"],
        &["spaces", "--state", "live"],
        &["keywords", "--last", "36500d"],
    ];
    for question in lists {
        let asked = |shape| folder.well(&[question, &["--format", shape]].concat());
        calm(&asked("table"), &format!("{question:?}"));
        let text = asked("markdown");
        calm(&text, &format!("{question:?}"));
        assert!(!text.contains("<script") && !text.contains("<img"), "{question:?}: {text}");
        let (lines, whole) = (asked("csv"), asked("json"));
        assert!(!lines.contains(is_wild), "{question:?}: {lines:?}");
        no_formula(&lines, &format!("{question:?}"));
        assert!(!whole.contains(is_wild), "{question:?}: {whole:?}");
    }
    for (at, text) in titles().iter().enumerate() {
        let (live, soon, who) = (format!("1live{at}"), format!("1soon{at}"), format!("1{at:02}"));
        let cards: [&[&str]; 4] = [
            &["space", &live, "--joined"],
            &["space", &soon],
            &["schedule", &soon],
            &["person", &who],
        ];
        for question in cards {
            calm(&folder.well(question), &format!("{question:?}"));
        }
        // What programs read is whole.
        let row = folder.space(&live);
        assert_eq!(row["title"], *text);
        assert_eq!((&row["host_usernames"], &row["host_names"]), (&json!([text]), &json!([text])));
    }
}
