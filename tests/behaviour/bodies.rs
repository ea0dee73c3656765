//! Recorded bodies: taken in as they are, once, and kept for later where that is asked for.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::program::Folder;
use super::x::{SEARCH, X, space};

/// Returns the recorded files of a folder. Without them a test says that it is skipped, but where
/// changes are proven they must be there.
fn recorded(folder: &str) -> Option<Vec<PathBuf>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/recorded").join(folder);
    let Ok(entries) = fs::read_dir(&path) else {
        assert!(std::env::var_os("CI").is_none(), "no recorded bodies in `{}`", path.display());
        println!("skipped: there is no `{}`", path.display());
        return None;
    };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    Some(files)
}

/// Returns every Space in a body.
fn spaces_in(body: &Value) -> Vec<Value> {
    match &body["data"] {
        Value::Array(rows) => rows.clone(),
        Value::Object(_) => vec![body["data"].clone()],
        _ => Vec::new(),
    }
}

#[test]
fn every_recorded_body_yields_the_spaces_and_states_that_it_holds() {
    let Some(files) = recorded("real") else { return };
    let mut some = 0;
    for file in &files {
        let folder = Folder::new();
        let body: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
        let path = file.to_str().unwrap();
        let import = ["import", "bodies", path, "--observed-at", "2026-07-16T10:00:00Z"];
        let sum = folder.rows(&import).pop().unwrap();
        assert_eq!((&sum["new_polls"], &sum["failed_polls"]), (&json!(1), &json!(0)), "{path}");
        let told: BTreeMap<String, Value> = spaces_in(&body)
            .into_iter()
            .map(|space| (space["id"].as_str().unwrap().to_owned(), space))
            .collect();
        let rows = folder.rows(&["spaces"]);
        assert_eq!(rows.len(), told.len(), "{path}");
        some += rows.len();
        for row in &rows {
            same(row, &told[row["space_id"].as_str().unwrap()]);
        }
        folder.hold();
    }
    assert!(some > 5, "{some} Spaces");
}

/// Holds that a row says what the body said, and is unknown where the body said nothing.
fn same(row: &Value, said: &Value) {
    let pairs = [
        ("state", "state"),
        ("title", "title"),
        ("lang", "lang"),
        ("is_ticketed", "is_ticketed"),
        ("creator_id", "creator_id"),
        ("host_ids", "host_ids"),
        ("participants", "participant_count"),
        ("subscriber_count", "subscriber_count"),
        ("invited_user_ids", "invited_user_ids"),
    ];
    for (ours, theirs) in pairs {
        assert_eq!(row[ours], said[theirs], "{ours} of {said}");
    }
    for key in ["created_at", "scheduled_start", "started_at", "ended_at"] {
        let moment = |value: &Value| {
            value.as_str().map(|at| chrono::DateTime::parse_from_rfc3339(at).unwrap())
        };
        assert_eq!(moment(&row[key]), moment(&said[key]), "{key} of {said}");
    }
    let count = |value: &Value| value.as_array().map(Vec::len);
    assert_eq!(count(&row["speaker_ids"]), count(&said["speaker_ids"]), "{said}");
    let peak = if said["state"] == "live" { &said["participant_count"] } else { &Value::Null };
    assert_eq!(&row["peak_participants"], peak, "{said}");
}

#[test]
fn taking_the_same_bodies_in_twice_changes_nothing() {
    let Some(files) = recorded("real") else { return };
    let folder = Folder::new();
    let paths: Vec<&str> = files.iter().map(|file| file.to_str().unwrap()).collect();
    let at = ["--observed-at", "2026-07-16T10:00:00Z"];
    let import = [&["import", "bodies"], paths.as_slice(), &at].concat();
    let first = folder.rows(&import).pop().unwrap();
    assert_eq!(first["bodies"], files.len());
    let (events, spaces) = (folder.rows(&["events"]), folder.rows(&["spaces"]));
    let second = folder.rows(&import).pop().unwrap();
    assert_eq!((&second["new_polls"], &second["new_spaces"]), (&json!(0), &json!(0)));
    assert_eq!(folder.rows(&["events"]), events);
    assert_eq!(folder.rows(&["spaces"]), spaces);
    folder.hold();
}

#[test]
fn every_recorded_error_is_taken_in_as_a_failed_poll_of_its_class() {
    let Some(files) = recorded("errors") else { return };
    for file in &files {
        let name = file.file_stem().unwrap().to_str().unwrap();
        let class = match name {
            "429_usage_cap_exceeded" => "usage_cap",
            _ => match &name[..3] {
                "400" => "invalid_request",
                "401" => "unauthorized",
                "402" => "credits",
                "403" => "forbidden",
                "429" => "rate_limited",
                "503" => "server",
                other => panic!("no class for {other}"),
            },
        };
        // Plain, as it was recorded, and in a line that says which status it came with.
        let body: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
        let status: u16 = name[..3].parse().unwrap();
        let folder = Folder::new();
        let line = json!({"observed_at": "2026-07-16T10:00:00Z", "endpoint": SEARCH,
            "status": status, "body": body});
        let path = folder.file("line.jsonl", line.to_string());
        let sum = folder.rows(&["import", "bodies", &path]).pop().unwrap();
        assert_eq!(sum["failed_polls"], 1, "{name}");
        let poll = folder.rows(&["polls"]).pop().unwrap();
        assert_eq!((&poll["error"], &poll["status"]), (&json!(class), &json!(status)), "{name}");
        assert!(!poll["message"].as_str().unwrap().is_empty(), "{name}");

        let folder = Folder::new();
        let sum = folder.rows(&["import", "bodies", file.to_str().unwrap()]).pop().unwrap();
        assert_eq!(sum["failed_polls"], 1, "{name}, plain");
        assert_eq!(folder.rows(&["polls"])[0]["error"], class, "{name}, plain");
    }
}

#[test]
fn kept_bodies_give_the_same_spaces_in_another_folder() {
    let (folder, x) = (Folder::new(), X::new());
    for id in ["1found", "1also"] {
        x.put(space(id, "live", Some(11)));
        x.find(id);
    }
    let url = x.url();
    let run = ["run", "--api-url", &url, "--query", "coast", "--keep-bodies", "--for", "3s"];
    folder.well(&run);
    let kept: Vec<PathBuf> = fs::read_dir(folder.data().join("bodies"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    let date = chrono::Utc::now().format("%Y-%m-").to_string();
    for path in &kept {
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(name.starts_with(&date) && name.ends_with(".jsonl.zst"), "{name}");
    }
    let other = Folder::new();
    let paths: Vec<&str> = kept.iter().map(|path| path.to_str().unwrap()).collect();
    let sum = other.rows(&[&["import", "bodies"], paths.as_slice()].concat()).pop().unwrap();
    assert_eq!(sum["bodies"], folder.rows(&["polls"]).len());
    for id in ["1found", "1also"] {
        let keys = [
            "title",
            "state",
            "participants",
            "peak_participants",
            "observations",
            "first_seen",
            "last_seen",
            "host_usernames",
            "reach",
        ];
        let (ours, theirs) = (folder.space(id), other.space(id));
        for key in keys {
            assert_eq!(ours[key], theirs[key], "{key}");
        }
        let counts = |folder: &Folder| -> Vec<Value> {
            let keep = |point: &Value| json!([point["observed_at"], point["participants"]]);
            folder.rows(&["curve", id]).iter().map(keep).collect()
        };
        assert_eq!(counts(&folder), counts(&other));
    }
    assert_eq!(of_polls(&other), of_polls(&folder), "the same events");
    other.hold();
}

/// Returns the events of all polls, but for whose they are, that they were imported, and what they
/// cost somebody else.
fn of_polls(folder: &Folder) -> Vec<Value> {
    let mut events = folder.rows(&["events"]);
    events.retain(|event| !event["poll_id"].is_null());
    for event in &mut events {
        for key in ["seq", "recorded_at", "batch", "texts"] {
            event[key] = Value::Null;
        }
        for key in ["monitor", "imported", "cost"] {
            if !event["data"][key].is_null() {
                event["data"][key] = Value::Null;
            }
        }
    }
    events
}

#[test]
fn lines_of_twarc2_are_taken_in_and_what_cannot_be_read_is_named_by_its_line() {
    let page = |at: &str, count: u64| {
        json!({"data": [space("1twarc", "live", Some(count))], "meta": {"result_count": 1},
            "__twarc": {"version": "2.13.0", "retrieved_at": at,
                "url": "https://api.twitter.com/2/spaces/search?query=coast&state=live"}})
    };
    let lines = [
        page("2022-05-15T21:24:01+00:00", 5).to_string(),
        "<html>".to_owned(),
        page("2022-05-15T21:25:01+00:00", 8).to_string(),
    ];
    let folder = Folder::new();
    let path = folder.file("pages.jsonl", lines.join("\n"));
    let output = folder.run(&["import", "bodies", &path]);
    assert_eq!(output.code, Some(1), "{output:#?}");
    assert!(output.err.contains("pages.jsonl:2: not taken in: it is not JSON"), "{output:#?}");
    let counts: Vec<Value> =
        folder.rows(&["curve", "1twarc"]).iter().map(|it| it["participants"].clone()).collect();
    assert_eq!(counts, [5, 8]);
    let polls = folder.rows(&["polls"]);
    assert!(polls.iter().all(|poll| poll["target"] == "coast"), "{polls:?}");
    folder.hold();
}
