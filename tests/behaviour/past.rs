//! `--as-of`: what was known then, held against a copy of the folder that was made then.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::program::{Folder, until};
use super::refusals::refused;
use super::x::{LOOK_UP, X, host, space};

/// A sped-up life on a simulated X; on its data, now is its last moment while nobody runs on it.
const LIFE: [&str; 7] = ["demo", "--speed", "120", "--seed", "3", "--spaces", "60"];

/// Every command that has a past, about this Space and this person.
pub fn commands<'a>(id: &'a str, who: &'a str) -> Vec<Vec<&'a str>> {
    vec![
        vec!["spaces"],
        vec!["spaces", "--sort", "reach", "--state", "live"],
        vec!["space", id],
        vec!["curve", id],
        vec!["curve", id, "--step", "30s"],
        vec!["hosts"],
        vec!["hosts", "--by", "reach", "--min-coverage", "0.5"],
        vec!["speakers"],
        vec!["speakers", "--by", "airtime", "--min-spaces", "2"],
        vec!["person", who],
        vec!["person", who, "--followers"],
        vec!["spend"],
        vec!["keywords", "--last", "3m"],
        vec!["keywords", "--last", "3m", "--words", "latin4"],
        vec!["schedule", "--last", "1h"],
        vec!["schedule", id],
        vec!["topics", "--last", "3m"],
        vec!["space", id, "--joined"],
        vec!["curve", id, "--joined"],
        vec!["spaces", "--joined"],
        vec!["polls"],
        vec!["polls", "--limit", "7"],
        vec!["gaps"],
        vec!["gaps", "--space", id],
        vec!["events"],
        vec!["events", "--space", id, "--kind", "SpaceObserved"],
    ]
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// Asks everything as of each of these, and holds it against what the copy answers.
fn hold(folder: &Folder, id: &str, then: &[(Vec<&str>, String)], cuts: &[String]) {
    for (command, expected) in then {
        for cut in cuts {
            let args = [command.as_slice(), &["--json", "--as-of", cut]].concat();
            assert!(&folder.well(&args) == expected, "{args:?} about {id} is not what it was");
        }
    }
}

#[test]
fn every_command_as_of_then_answers_as_a_copy_of_the_folder_made_then() {
    let (folder, copied) = (Folder::with_token(None), Folder::with_token(None));
    folder.well(&[LIFE.as_slice(), &["--for", "3s"]].concat());
    copy(&folder.data(), &copied.data());
    let mut live = copied.rows(&["spaces", "--state", "live", "--sort", "participants"]);
    let id = live.remove(0)["space_id"].as_str().unwrap().to_owned();
    let who = copied.space(&id)["host_ids"][0].as_str().unwrap().to_owned();
    let status = copied.rows(&["status"]).remove(0);
    let then: Vec<(Vec<&str>, String)> = commands(&id, &who)
        .into_iter()
        .map(|command| {
            let out = copied.well(&[command.as_slice(), &["--json"]].concat());
            (command, out)
        })
        .collect();
    let cuts = [
        status["recorded_at"].as_str().unwrap().to_owned(),
        format!("seq:{}", status["seq"]),
        status["seq"].to_string(),
    ];

    // The life goes on: the past is asked for while a monitor runs, and after it.
    let monitor = folder.start(&[LIFE.as_slice(), &["--for", "60s"]].concat());
    until("more of the same Space", || {
        let rows = folder.rows(&["curve", &id]);
        let before = status["seq"].as_u64();
        (rows.last()?["seq"].as_u64() > before).then_some(())
    });
    hold(&folder, &id, &then, &cuts);
    monitor.stop();
    // Each of them was held while it ran; the files alone are asked by one.
    hold(&folder, &id, &then, &cuts[..1]);
    assert_ne!(folder.rows(&["space", &id])[0], copied.rows(&["space", &id])[0]);
    let views = fs::read_dir(folder.data().join("views")).unwrap();
    let left: Vec<_> = views
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("past"))
        .collect();
    assert_eq!(left, Vec::<String>::new());
    folder.hold();
}

/// A folder of two imported answers; imports are recorded when they are taken in.
pub fn imported() -> Folder {
    let folder = Folder::new();
    for (at, count) in [("2026-11-23T18:10:00Z", 3), ("2026-11-23T18:11:00Z", 4)] {
        let row = space("1here", "live", Some(count));
        let body = serde_json::json!({"data": [row], "includes": {"users": [host()]}});
        folder.take_in(&[(at, LOOK_UP, body)]);
    }
    folder
}

#[test]
fn a_bad_moment_and_a_seq_beyond_the_log_are_refused_and_a_time_to_come_is_now() {
    let folder = imported();
    for when in ["yesterday", "seq:", "seq:-3", "18:00", "2026-13-01"] {
        refused(&folder.run(&["spaces", "--as-of", when]), 2, &[when, "seq:120", "2026-11-23"]);
    }
    for command in commands("1here", "@coastwatch") {
        let output = folder.run(&[command.as_slice(), &["--as-of", "seq:9999"]].concat());
        assert_eq!(output.code, Some(2), "{output:?}");
        assert!(output.err.contains("`9999` is beyond the log"), "{output:?}");
    }
    let later = folder.run(&["space", "1here", "--as-of", "2931-01-01"]);
    assert_eq!(later.code, Some(0), "{later:?}");
    assert!(later.err.contains("yet to come"), "{later:?}");
    let now = folder.rows(&["curve", "1here"]);
    assert_eq!(folder.rows(&["curve", "1here", "--as-of", "2931-01-01T00:00:00Z"]), now);
    for command in ["status", "verify", "rebuild", "run", "demo"] {
        refused(&folder.run(&[command, "--as-of", "seq:1"]), 2, &["--as-of"]);
    }
    refused(&folder.run(&["events", "--follow", "--as-of", "1"]), 2, &["--follow"]);
}

#[test]
fn before_the_log_began_nothing_was_known() {
    let folder = imported();
    for command in commands("1here", "@coastwatch") {
        // Recorded is when it was taken in, not when it was observed.
        for when in ["2001-01-01", "seq:0"] {
            let output = folder.run(&[command.as_slice(), &["--json", "--as-of", when]].concat());
            match command[..] {
                ["space" | "curve", ..] | ["schedule", "1here"] => {
                    refused(&output, 7, &["`1here` is not in the log"]);
                }
                ["person", ..] => refused(&output, 7, &["`@coastwatch` is in the log"]),
                ["spend"] => {
                    let rows: Vec<Value> = serde_json::from_str(&output.out).unwrap();
                    assert!(rows.iter().all(|row| row["polls"] == 0), "{rows:?}");
                }
                _ => assert_eq!((output.code, output.out.trim()), (Some(0), "[]"), "{command:?}"),
            }
        }
    }
}

#[test]
fn a_count_is_held_to_the_moment_asked_for_and_no_further() {
    let (folder, x) = (Folder::new(), X::new());
    x.put(space("1asked", "live", Some(3)));
    let monitor = folder.start(&["run", "--api-url", &x.url(), "--space", "1asked"]);
    monitor.says("live  ");
    let seen = |row: &Value| row["observations"].as_u64();
    until("a second look", || (seen(&folder.space("1asked")) >= Some(2)).then_some(()));
    let second = folder.rows(&["events", "--kind", "SpaceObserved"]).swap_remove(1);
    let (at, seq) = (second["recorded_at"].as_str().unwrap(), second["seq"].to_string());
    let before = folder.rows(&["space", "1asked", "--as-of", at]).remove(0);
    assert_eq!(seen(&before), Some(2));
    assert_eq!(folder.rows(&["space", "1asked", "--as-of", &seq]).remove(0), before);
    x.put(space("1asked", "ended", Some(9)));
    monitor.says("ended");
    assert_eq!(folder.rows(&["space", "1asked", "--as-of", at]).remove(0), before);
    monitor.stop();
    assert_eq!(folder.rows(&["space", "1asked", "--as-of", at]).remove(0), before);
    let notes = folder.run(&["space", "1asked", "--as-of", at]).err;
    assert!(notes.contains("as of seq ") && notes.contains(&format!("recorded {at}")), "{notes}");
}
