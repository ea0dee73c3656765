//! The log as lines and as a database: out and in again, split, joined, damaged, forgotten.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use super::program::Folder;
use super::refusals::refused;
use super::x::{LOOK_UP, SEARCH, X, space};

/// Returns the head of a folder's log, as it may be published.
fn head(folder: &Folder) -> (Value, Value) {
    let log = folder.rows(&["verify"]).remove(0);
    (log["seq"].clone(), log["hash"].clone())
}

/// Writes a folder's log in lines, beside it.
fn export(folder: &Folder, name: &str, more: &[&str]) -> String {
    let path = folder.home().join(name).to_str().unwrap().to_owned();
    folder.well(&[&["export", "jsonl", &path], more].concat());
    path
}

/// A folder with Spaces that were looked at over some minutes.
fn some() -> Folder {
    let folder = Folder::new();
    let look = |id: &str, count: u64| space(id, "live", Some(count));
    let body = |rows: &[Value]| json!({"data": rows, "meta": {"result_count": rows.len()}});
    folder.take_in(&[
        ("2026-11-23T18:00:00Z", SEARCH, body(&[look("1a", 5), look("1b", 9)])),
        ("2026-11-23T18:01:00Z", LOOK_UP, json!({"data": [look("1a", 7)]})),
        ("2026-11-24T18:02:00Z", LOOK_UP, json!({"data": [look("1b", 3)]})),
    ]);
    folder
}

#[test]
fn a_log_moves_in_lines_with_its_head_and_its_answers_and_comes_out_with_the_same_bytes() {
    let folder = Folder::new();
    folder.well(&["demo", "--for", "2s", "--speed", "120", "--spaces", "30", "--listen", "off"]);
    let lines = export(&folder, "log.jsonl", &[]);
    let text = fs::read_to_string(&lines).unwrap();
    assert_eq!(text, folder.well(&["events", "--jsonl"]), "the lines of `events --jsonl`");
    let moved = Folder::new();
    let sum = moved.rows(&["import", "jsonl", &lines]).pop().unwrap();
    assert_eq!(sum["new_events"], text.lines().count());
    assert_eq!(head(&moved), head(&folder));
    let again = export(&moved, "again.jsonl", &[]);
    assert_eq!(fs::read_to_string(again).unwrap(), text);
    for question in [&["spaces"][..], &["hosts"], &["keywords"], &["polls"], &["gaps"]] {
        assert_eq!(moved.rows(question), folder.rows(question), "{question:?}");
    }
    moved.hold();
    let sum = moved.rows(&["import", "jsonl", &lines]).pop().unwrap();
    assert_eq!(sum["new_batches"], 0, "what is in already changes nothing");
    let real = some();
    refused(&real.run(&["import", "jsonl", &lines]), 2, &["simulated"]);
}

#[test]
fn a_log_is_split_by_time_and_joined_again_in_any_order() {
    let folder = some();
    let early = export(&folder, "early.jsonl", &["--until", "2026-11-24"]);
    let late = export(&folder, "late.jsonl", &["--since", "2026-11-24"]);
    let joined = Folder::new();
    joined.well(&["import", "jsonl", &late, &early]);
    assert_eq!(head(&joined), head(&folder), "brought into order by the time of recording");
    for id in ["1a", "1b"] {
        assert_eq!(joined.rows(&["curve", id]), folder.rows(&["curve", id]));
    }
    let apart = Folder::new();
    apart.well(&["import", "jsonl", &late]);
    apart.well(&["import", "jsonl", &early]);
    assert_eq!(apart.rows(&["curve", "1b"]).len(), 2);
    apart.hold();
}

#[test]
fn logs_of_several_monitors_become_one_and_each_poll_is_in_it_once() {
    let (one, other) = (some(), Folder::new());
    other.take_in(&[(
        "2026-11-23T18:00:30Z",
        LOOK_UP,
        json!({"data": [space("1c", "live", Some(4))]}),
    )]);
    let lines = [export(&one, "one.jsonl", &[]), export(&other, "other.jsonl", &[])];
    let both = Folder::new();
    both.well(&["import", "jsonl", &lines[0], &lines[1], &lines[0]]);
    assert_eq!(both.rows(&["spaces"]).len(), 3);
    assert_eq!(both.rows(&["polls"]).len(), 4);
    let monitors: std::collections::BTreeSet<String> = both
        .rows(&["events", "--kind", "PollSucceeded"])
        .iter()
        .map(|event| event["data"]["monitor"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(monitors.len(), 2, "each poll says whose it is");
    both.hold();
}

#[test]
fn damaged_lines_are_named_the_rest_goes_in_and_better_lines_bring_what_is_missing() {
    let folder = some();
    let lines = export(&folder, "log.jsonl", &[]);
    let text = fs::read_to_string(&lines).unwrap();
    let damaged =
        folder.file("damaged.jsonl", text.replacen("\"participants\":7", "\"participants\":8", 1));
    let other = Folder::new();
    let output = other.run(&["import", "jsonl", &damaged, "--json"]);
    assert_eq!(output.code, Some(1), "{output:#?}");
    assert!(output.err.contains("damaged.jsonl:") && output.err.contains("changed"), "{output:#?}");
    let sum: Value = serde_json::from_str(&output.out).unwrap();
    assert_eq!(sum[0]["new_batches"], 2);
    let sum = other.rows(&["import", "jsonl", &lines]).pop().unwrap();
    assert_eq!(sum["new_batches"], 1);
    assert_eq!(other.rows(&["curve", "1a"]).len(), folder.rows(&["curve", "1a"]).len());

    let fresh = Folder::new();
    let newer = fresh.file("newer.jsonl", text.replace("\"format\":1", "\"format\":9"));
    refused(&fresh.run(&["import", "jsonl", &newer]), 6, &["newer"]);
    let none = fresh.file("none.jsonl", "{\"seq\":1}\n");
    refused(&fresh.run(&["import", "jsonl", &none]), 1, &["nothing was taken in"]);
    assert!(!fresh.data().join("log.redb").exists(), "nothing half in");
}

#[test]
fn what_was_forgotten_comes_back_by_no_lines() {
    let (folder, title) = (some(), "Midnight zugzwang");
    let mut named = space("1a", "live", Some(6));
    named["title"] = title.into();
    folder.take_in(&[("2026-11-23T18:05:00Z", LOOK_UP, json!({"data": [named]}))]);
    let before = export(&folder, "before.jsonl", &[]);
    folder.well(&["forget", "--space", "1a", "--reason", "asked by mail", "--yes"]);
    folder.well(&["import", "jsonl", &before]);
    assert_eq!(folder.space("1a")["title"], Value::Null, "not from lines from before");
    let after = export(&folder, "after.jsonl", &[]);
    assert!(!fs::read_to_string(&after).unwrap().contains(title));
    // A log that still knows it forgets it, told by the other.
    let other = Folder::new();
    other.well(&["import", "jsonl", &before]);
    assert_eq!(other.space("1a")["title"], title);
    let sum = other.rows(&["import", "jsonl", &after]).pop().unwrap();
    assert_eq!(sum["forgotten"], 1);
    assert_eq!(other.space("1a")["title"], Value::Null);
    other.hold();
    // One that was told before it ever heard of it takes in all but the texts.
    let third = Folder::new();
    let body = json!({"data": [space("1z", "live", Some(1))]});
    third.take_in(&[("2026-11-23T17:00:00Z", LOOK_UP, body)]);
    third.well(&["forget", "--space", "1a", "--reason", "asked by mail", "--yes"]);
    let sum = third.rows(&["import", "jsonl", &before]).pop().unwrap();
    assert_eq!(sum["new_batches"], 4);
    assert_eq!(third.space("1a")["title"], Value::Null);
    assert_eq!(third.rows(&["curve", "1a"]).len(), 3);
    third.hold();
}

#[test]
fn lines_go_out_and_in_while_a_monitor_runs() {
    let (folder, x, other) = (Folder::new(), X::new(), some());
    x.put(space("1found", "live", Some(11)));
    x.find("1found");
    let url = x.url();
    let monitor = folder.start(&["run", "--api-url", &url, "--query", "coast"]);
    monitor.says("1found");
    let lines = export(&other, "log.jsonl", &[]);
    folder.well(&["import", "jsonl", &lines]);
    assert_eq!(folder.rows(&["spaces"]).len(), 3);
    let out = export(&folder, "out.jsonl", &[]);
    assert!(fs::read_to_string(out).unwrap().lines().count() > 10);
    assert_eq!(monitor.stop().code, Some(0));
    folder.hold();
}

#[test]
fn an_export_takes_the_place_of_an_earlier_one_and_of_nothing_else() {
    let folder = some();
    let path = export(&folder, "log.jsonl", &[]);
    folder.well(&["export", "jsonl", &path]);
    let notes = folder.file("notes.txt", "mine");
    for form in ["jsonl", "sqlite"] {
        refused(&folder.run(&["export", form, &notes]), 2, &["left alone"]);
    }
    assert_eq!(fs::read_to_string(&notes).unwrap(), "mine");
}

/// The questions of other programs, as they put them; rows as JSON.
const QUESTIONS: &str = r#"
import json, sqlite3, sys
from collections import Counter
at = sqlite3.connect(sys.argv[1])
reach = at.execute("""SELECT title, host_username, host_followers, participant_count,
    duration_minutes, started_at, topics FROM spaces
    WHERE state = ? AND participant_count >= ? ORDER BY participant_count DESC LIMIT ?""",
    ("ended", 1, 20)).fetchall()
hosts = at.execute("""SELECT host_username, host_followers, COUNT(*) as space_count,
    AVG(participant_count) as avg_participants, MAX(participant_count) as max_participants
    FROM spaces WHERE host_username IS NOT NULL AND participant_count IS NOT NULL
    GROUP BY host_username HAVING COUNT(*) >= ? ORDER BY avg_participants DESC LIMIT 25""",
    (2,)).fetchall()
words = Counter()
for (text,) in at.execute("""SELECT keywords FROM spaces
    WHERE first_seen >= datetime('now', '-1 day')"""):
    words.update(json.loads(text or "[]"))
looks = at.execute("SELECT COUNT(*) FROM observations").fetchone()[0]
runs = at.execute("SELECT query, spaces_found FROM search_runs").fetchall()
print(json.dumps({"reach": reach, "hosts": hosts, "words": dict(words), "looks": looks, "runs": runs}))
"#;

/// Returns whether another program can ask a database here, and says so where none can.
pub fn has_sqlite() -> bool {
    let found = Command::new("python3").args(["-c", "import sqlite3"]).status();
    let found = found.is_ok_and(|it| it.success());
    if !found {
        assert!(std::env::var_os("CI").is_none(), "no python3 with sqlite3");
        println!("skipped: there is no python3 with sqlite3");
    }
    found
}

#[test]
fn other_programs_questions_run_on_the_database_and_get_our_answers() {
    if !has_sqlite() {
        return;
    }
    let folder = Folder::new();
    let now = chrono::Utc::now();
    let at = |ago: i64| (now - chrono::Duration::minutes(ago)).to_rfc3339();
    let body = |rows: &[Value], host: &Value| json!({"data": rows, "includes": {"users": [host]}, "meta": {"result_count": rows.len()}});
    let host = super::x::host();
    let rows: Vec<Value> =
        (1..=3).map(|it| space(&format!("1s{it}"), "live", Some(it * 10))).collect();
    let mut over = rows.clone();
    for row in &mut over {
        row["state"] = json!("ended");
        row["started_at"] = json!(at(50));
        row["ended_at"] = json!(at(5));
    }
    let (first, last) = (at(40), at(4));
    folder.take_in(&[(&first, SEARCH, body(&rows, &host)), (&last, LOOK_UP, body(&over, &host))]);
    let path = folder.home().join("spaces.db").to_str().unwrap().to_owned();
    folder.well(&["export", "sqlite", &path]);
    let output = folder.command("python3", &["-c", QUESTIONS, &path]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let answers: Value = serde_json::from_slice(&output.stdout).unwrap();

    let board = folder.rows(&["hosts", "--method", "article", "--min-spaces", "2"]);
    let ours: Vec<Value> = board
        .iter()
        .map(|row| {
            json!([
                row["username"],
                row["followers"],
                row["spaces"],
                row["average_participants"],
                row["peak_participants"]
            ])
        })
        .collect();
    assert_eq!(answers["hosts"], json!(ours));
    assert!(!ours.is_empty());
    let mut spaces = folder.rows(&["spaces", "--state", "ended"]);
    spaces.sort_by_key(|row| std::cmp::Reverse(row["participants"].as_i64()));
    let reach = answers["reach"].as_array().unwrap();
    assert_eq!(reach.len(), spaces.len());
    for (theirs, ours) in reach.iter().zip(&spaces) {
        assert_eq!((&theirs[0], &theirs[3]), (&ours["title"], &ours["participants"]));
        let minutes = ours["airtime_seconds"].as_f64().map(|seconds| seconds / 60.0);
        assert_eq!(theirs[4].as_f64(), minutes);
    }
    assert_eq!(answers["looks"], 6);
    assert_eq!(answers["runs"].as_array().unwrap().len(), 1);
    for row in folder.rows(&["keywords", "--last", "24h"]) {
        let word = row["keyword"].as_str().unwrap();
        if word.len() >= 4 && word.bytes().all(|byte| byte.is_ascii_lowercase()) {
            assert_eq!(answers["words"][word], row["spaces"], "{word}");
        }
    }
}

#[test]
fn a_database_goes_in_once_and_what_it_had_written_over_is_a_gap() {
    let folder = some();
    let path = folder.home().join("spaces.db").to_str().unwrap().to_owned();
    folder.well(&["export", "sqlite", &path]);
    let other = Folder::new();
    let sum = other.rows(&["import", "sqlite", &path]).pop().unwrap();
    assert!(sum["new_batches"].as_u64().unwrap() >= 4, "{sum}");
    for id in ["1a", "1b"] {
        let (ours, theirs) = (folder.space(id), other.space(id));
        for key in ["title", "state", "participants", "host_ids", "first_seen", "last_seen"] {
            assert_eq!(theirs[key], ours[key], "{key} of {id}");
        }
    }
    let gaps = other.rows(&["gaps", "--space", "1b"]);
    assert!(gaps.iter().any(|gap| gap["cause"] == "not_recorded"), "{gaps:?}");
    let sum = other.rows(&["import", "sqlite", &path]).pop().unwrap();
    assert_eq!(sum["new_batches"], 0, "what is in already changes nothing");
    other.hold();
    let fresh = Folder::new();
    let text = fresh.file("text.db", "no database at all, and nothing else".repeat(40));
    refused(&fresh.run(&["import", "sqlite", &text]), 1, &["no SQLite database"]);
    refused(&fresh.run(&["import", "sqlite", "nowhere.db"]), 1, &["nowhere.db"]);
    assert!(!fresh.data().join("log.redb").exists(), "nothing half in");
}

#[test]
fn every_sheet_comes_out_as_csv_with_the_columns_the_zone_and_the_mark_that_were_asked_for() {
    let folder = some();
    let to = folder.home().join("sheets");
    folder.well(&["export", "csv", to.to_str().unwrap()]);
    let mut names: Vec<String> = fs::read_dir(&to)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let expected = [
        "doubts",
        "events",
        "gaps",
        "hosts",
        "keywords",
        "observations",
        "polls",
        "spaces",
        "speakers",
        "spend",
    ];
    assert_eq!(names, expected.map(|name| format!("{name}.csv")));
    let spaces = fs::read_to_string(to.join("spaces.csv")).unwrap();
    assert_eq!(spaces.lines().next(), folder.well(&["spaces", "--csv"]).lines().next());
    assert_eq!(fs::read_to_string(to.join("observations.csv")).unwrap().lines().count(), 5);
    let one = folder.home().join("one.csv");
    folder.well(&[
        "export",
        "csv",
        one.to_str().unwrap(),
        "--sheet",
        "observations",
        "--columns",
        "observed_at,participants,space_id",
        "--bom",
        "--tz",
        "Europe/Berlin",
    ]);
    assert_eq!(
        fs::read_to_string(&one).unwrap(),
        "\u{feff}observed_at,participants,space_id\n\
         2026-11-23T19:00:00.000+01:00,5,1a\n2026-11-23T19:00:00.000+01:00,9,1b\n\
         2026-11-23T19:01:00.000+01:00,7,1a\n2026-11-24T19:02:00.000+01:00,3,1b\n"
    );
    let wrong =
        ["export", "csv", one.to_str().unwrap(), "--sheet", "spaces", "--columns", "nonsense"];
    refused(&folder.run(&wrong), 2, &["nonsense", "space_id"]);
    refused(&folder.run(&["export", "csv", one.to_str().unwrap()]), 2, &["--sheet"]);
}

#[test]
fn sheets_longer_than_a_page_come_out_whole() {
    let folder = Folder::new();
    // Some of them are spam: many accounts, one title, nobody there.
    let look = |number: u64| {
        let mut row = space(&format!("1page{number}"), "live", Some(1 + number / 20));
        row["creator_id"] = json!(number.to_string());
        let at = format!("2026-11-23T{:02}:{:02}:00Z", number / 60, number % 60);
        (at, json!({"data": [row]}))
    };
    let looks: Vec<(String, Value)> = (0..1_100).map(look).collect();
    let bodies: Vec<(&str, &str, Value)> =
        looks.iter().map(|(at, body)| (at.as_str(), LOOK_UP, body.clone())).collect();
    folder.take_in(&bodies);
    let to = folder.home().join("sheets");
    folder.well(&["export", "csv", to.to_str().unwrap()]);
    // Not what moves with the time of asking: which Spaces, and which of them are spam.
    let spaces_of = |text: String| {
        let ends = |line: &str| {
            let fields: Vec<&str> = line.split(',').collect();
            (fields[0].to_owned(), fields[fields.len() - 1].to_owned())
        };
        let mut lines: Vec<_> = text.lines().map(ends).collect();
        lines.sort_unstable();
        lines
    };
    let written = |name: &str| fs::read_to_string(to.join(name)).unwrap();
    let spaces = spaces_of(written("spaces.csv"));
    assert!(spaces == spaces_of(folder.well(&["spaces", "--csv"])), "each Space once");
    assert_eq!(spaces.len(), 1 + 1_100);
    assert!(spaces.iter().any(|(_id, spam)| spam == "true"), "spam is marked");
    assert!(written("polls.csv") == folder.well(&["polls", "--csv"]), "each poll once");
    assert_eq!(written("polls.csv").lines().count(), 1 + 1_100);
    let database = folder.home().join("spaces.db");
    let told = folder.rows(&["export", "sqlite", database.to_str().unwrap()]).remove(0);
    assert_eq!(told["spaces"], 1_100);
}
