//! Formats: data that other programs read as it is.

use std::fs;
use std::process::Stdio;

use serde_json::{Value, json};

use super::program::{Folder, PROGRAM, until};
use super::x::{LOOK_UP, space};

/// A folder with one Space whose title means harm.
fn nasty() -> Folder {
    let folder = Folder::new();
    let mut row = space("1nasty", "live", Some(1_234));
    row["title"] = "=cmd|' /C calc'!A0 \u{1b}[31mred\u{202e} a,b \"q\" | c".into();
    folder.take_in(&[("2026-11-23T18:10:00Z", LOOK_UP, json!({"data": [row]}))]);
    folder
}

const SHAPES: [&str; 5] = ["table", "json", "jsonl", "csv", "markdown"];

const QUESTIONS: [&[&str]; 9] = [
    &["spaces"],
    &["space", "1nasty"],
    &["curve", "1nasty"],
    &["hosts"],
    &["keywords", "--last", "36500d"],
    &["space", "1nasty", "--joined"],
    &["polls"],
    &["events"],
    &["status"],
];

#[test]
fn json_is_an_array_of_objects_and_an_empty_list_is_two_brackets() {
    let folder = nasty();
    for question in QUESTIONS {
        let out = folder.well(&[question, &["--json"]].concat());
        let rows: Vec<serde_json::Map<String, Value>> = serde_json::from_str(&out).unwrap();
        assert!(!rows.is_empty(), "{question:?}");
        let lines = folder.well(&[question, &["--jsonl"]].concat());
        assert_eq!(lines.lines().count(), rows.len(), "{question:?}");
    }
    let events = folder.well(&["events", "--json"]);
    assert_eq!(folder.well(&["events", "--format", "json"]), events);
    for nothing in [
        &["spaces", "--state", "scheduled"][..],
        &["gaps"],
        &["polls", "--since", "2030-01-01"],
        &["events", "--since", "2030-01-01"],
        &["hosts", "--min-spaces", "9"],
    ] {
        assert_eq!(folder.well(&[nothing, &["--json"]].concat()).trim(), "[]", "{nothing:?}");
        assert_eq!(folder.well(&[nothing, &["--jsonl"]].concat()), "", "{nothing:?}");
    }
}

#[test]
fn a_title_comes_back_from_json_as_x_sent_it_and_harms_nobody_elsewhere() {
    let folder = nasty();
    let row = folder.space("1nasty");
    assert_eq!(row["title"], "=cmd|' /C calc'!A0 \u{1b}[31mred\u{202e} a,b \"q\" | c");
    // CSV, like JSON, keeps what X sent, but has no escapes to write it with.
    for shape in SHAPES.into_iter().filter(|shape| *shape != "csv") {
        for question in QUESTIONS {
            let out = folder.well(&[question, &["--format", shape]].concat());
            let wild = |c: char| (c.is_control() && c != '\n' && c != '\r') || c == '\u{202e}';
            assert!(!out.contains(wild), "{question:?} as {shape}: {out:?}");
        }
    }
}

#[test]
fn csv_has_the_keys_as_its_header_and_no_formula() {
    let folder = nasty();
    for question in QUESTIONS {
        let rows = folder.rows(question);
        let keys: Vec<&str> = rows[0].as_object().unwrap().keys().map(String::as_str).collect();
        let text = folder.well(&[question, &["--csv"]].concat());
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        assert_eq!(reader.headers().unwrap().iter().collect::<Vec<_>>(), keys, "{question:?}");
        let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(records.len(), rows.len(), "{question:?}");
        for cell in records.iter().flat_map(csv::StringRecord::iter) {
            assert!(!cell.starts_with(['=', '+', '@', '\t']), "{question:?}: {cell}");
        }
    }
    let text = folder.well(&["spaces", "--csv"]);
    assert!(text.contains("'=cmd|"), "{text}");
}

#[test]
fn a_markdown_table_is_a_header_a_rule_and_its_rows() {
    let folder = nasty();
    let text = folder.well(&["spaces", "--format", "markdown"]);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3, "{text}");
    assert!(lines[1].trim_matches('|').chars().all(|c| " -:|".contains(c)), "{text}");
    let cells = |line: &str| line.replace("\\|", "").matches('|').count();
    assert_eq!(cells(lines[0]), cells(lines[2]), "{text}");
}

#[test]
fn an_answer_goes_to_a_file_whole_or_not_at_all() {
    let folder = nasty();
    let file = folder.home().join("events.json");
    let path = file.to_str().unwrap();
    assert_eq!(folder.well(&["events", "--json", "-o", path]), "");
    let written = fs::read_to_string(&file).unwrap();
    assert_eq!(written, folder.well(&["events", "--json"]));
    let output = folder.run(&["spaces", "--json", "-o", "/nowhere/at/all.json"]);
    super::refusals::refused(&output, 1, &["/nowhere/at/all.json"]);
}

#[test]
fn a_reader_who_leaves_early_is_no_failure() {
    let folder = Folder::new();
    let lines: Vec<(String, Value)> = (0..400)
        .map(|number| {
            let at = format!("2026-11-23T18:{:02}:{:02}Z", number / 60, number % 60);
            (at, json!({"data": [space("1long", "live", Some(number))]}))
        })
        .collect();
    let lines: Vec<(&str, &str, Value)> =
        lines.iter().map(|(at, body)| (at.as_str(), LOOK_UP, body.clone())).collect();
    folder.take_in(&lines);
    for shape in SHAPES {
        for question in [&["events"][..], &["curve", "1long"], &["spaces"]] {
            let data = folder.data();
            let more = ["--format", shape, "--data", data.to_str().unwrap()];
            let mut command = folder.command(PROGRAM, &[question, &more].concat());
            let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
            drop(child.stdout.take());
            let status = until("its end", || child.try_wait().unwrap());
            assert_eq!(status.code(), Some(0), "{question:?} as {shape}");
        }
    }
}

#[test]
fn events_followed_go_on_as_the_log_grows() {
    let folder = nasty();
    let followed = folder.start(&["events", "--follow", "--jsonl"]);
    followed.says("1nasty");
    let body = json!({"data": [space("1later", "live", Some(2))]});
    folder.take_in(&[("2026-11-23T18:20:00Z", LOOK_UP, body)]);
    followed.says("1later");
    followed.signal("TERM");
    let seqs: Vec<u64> = followed
        .end()
        .out
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["seq"].as_u64().unwrap())
        .collect();
    assert_eq!(seqs, (1..=seqs.len() as u64).collect::<Vec<_>>());
}
