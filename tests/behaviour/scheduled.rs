//! What is announced: moved, called off, begun late; as an answer, a calendar and feeds.

use serde_json::{Value, json};

use super::program::{Folder, until};
use super::shown::hold;
use super::x::{LOOK_UP, SEARCH, X, announced, host, not_found, space};

/// A title that wants to be more than a title.
const HOSTILE: &str = "evil;\r\nBEGIN:VALARM, <script>alert(1)</script> \u{202e}\u{1b}[31m]]>";

fn announced_for(id: &str, start: &str, reminders: u64) -> Value {
    let mut space = space(id, "scheduled", None);
    space["scheduled_start"] = start.into();
    space["subscriber_count"] = reminders.into();
    space
}

/// A log of four announced Spaces: moved twice, called off, begun late, and yet to come.
fn told() -> Folder {
    let folder = Folder::new();
    let users = json!({"users": [host()]});
    let answer = |rows: Vec<Value>| json!({"data": rows, "includes": users});
    let mut late = space("1late", "live", Some(50));
    late["scheduled_start"] = "2026-11-23T17:58:30.000Z".into();
    let mut evil = announced_for("1toCome", "2126-01-01T18:00:00.000Z", 0);
    evil["title"] = HOSTILE.into();
    let first = vec![
        announced_for("1moved", "2126-01-01T10:00:00.000Z", 3),
        announced_for("1calledOff", "2126-01-02T10:00:00.000Z", 40),
        announced_for("1late", "2026-11-23T17:58:30.000Z", 7),
        evil,
    ];
    let moved = |start: &str, reminders| answer(vec![announced_for("1moved", start, reminders)]);
    folder.take_in(&[
        ("2026-11-23T17:50:00Z", SEARCH, answer(first)),
        ("2026-11-23T17:55:00Z", LOOK_UP, moved("2126-01-01T12:00:00.000Z", 3)),
        ("2026-11-23T18:05:00Z", LOOK_UP, answer(vec![late])),
        ("2026-11-23T18:10:00Z", LOOK_UP, moved("2126-01-01T09:30:00.000Z", 1_204)),
        ("2026-11-23T18:20:00Z", LOOK_UP, json!({"errors": [not_found("1calledOff")]})),
        ("2026-11-23T18:30:00Z", LOOK_UP, moved("2126-01-01T09:30:00.000Z", 1_230)),
    ]);
    folder
}

#[test]
fn the_schedule_and_its_calendar_and_feeds_look_like_this() {
    let folder = told();
    let ago = ["--last", "36500d"];
    let table = folder.run(&[["schedule"].as_slice(), &ago].concat());
    hold("cli_schedule", &folder, &format!("{}--- standard error\n{}", table.out, table.err));
    let one = folder.run(&["schedule", "1moved"]);
    hold("cli_schedule_one", &folder, &format!("{}--- standard error\n{}", one.out, one.err));
    hold(
        "cli_schedule_json",
        &folder,
        &folder.well(&[["schedule", "--json"].as_slice(), &ago].concat()),
    );
    let ical = folder.well(&[["schedule", "--ical"].as_slice(), &ago].concat());
    hold("cli_schedule_ical", &folder, &ical.replace("\r\n", "\n"));
    for feed in ["announced", "live"] {
        let atom = folder.well(&["schedule", "--atom", feed]);
        hold(&format!("cli_schedule_atom_{feed}"), &folder, &atom);
        assert!(!atom.contains("<script>"), "{atom}");
    }
    folder.hold();
}

#[test]
fn the_schedule_of_then_knows_nothing_of_what_was_moved_since() {
    let folder = told();
    let events = folder.rows(&["events", "--space", "1moved", "--kind", "SpaceDescribed"]);
    let seq = events[1]["seq"].as_u64().unwrap() - 1;
    let row = |args: &[&str]| {
        let rows = folder.rows(&[&["schedule", "--keyword", "voices"], args].concat());
        rows.into_iter().find(|row| row["space_id"] == "1moved").unwrap()
    };
    let (then, now) = (row(&["--as-of", &format!("seq:{seq}")]), row(&[]));
    assert_eq!((&then["moves"], &now["moves"]), (&json!(0), &json!(2)));
    assert_eq!(then["scheduled_start"], "2126-01-01T10:00:00.000Z");
    assert_eq!(
        now["former_starts"],
        json!(["2126-01-01T10:00:00.000Z", "2126-01-01T12:00:00.000Z"])
    );
    let then = folder.rows(&["schedule", "1moved", "--as-of", &format!("seq:{seq}")]);
    assert_eq!(then.last().unwrap()["scheduled_start"], "2126-01-01T10:00:00.000Z");
}

#[test]
fn a_monitor_serves_the_calendar_in_which_a_space_that_is_gone_is_cancelled() {
    let (folder, x) = (Folder::new(), X::new());
    x.put(announced("1noShow"));
    x.find("1noShow");
    let url = x.url();
    let args = ["run", "--query", "coast", "--interval", "2s", "--api-url", &url];
    let monitor = folder.start(&[args.as_slice(), &["--listen", "127.0.0.1:0"]].concat());
    monitor.says("scheduled  ");
    let page = until("its address", || {
        let err = monitor.err();
        let url = err.split("page and API at ").nth(1)?.split_whitespace().next()?.to_owned();
        Some(url)
    });
    let calendar = || get(&format!("{page}/schedule.ics"));
    until("it in the calendar", || {
        calendar().contains("SEQUENCE:0\r\nSTATUS:CONFIRMED").then_some(())
    });
    assert!(get(&format!("{page}/feeds/announced.atom")).contains("1noShow#announced"));
    x.remove("1noShow");
    until("it to be cancelled", || {
        calendar().contains("SEQUENCE:1\r\nSTATUS:CANCELLED").then_some(())
    });
    assert!(calendar().contains("UID:1noShow@spacelog\r\n"), "{}", calendar());
    assert!(!get(&format!("{page}/feeds/announced.atom")).contains("1noShow"));
    monitor.stop();
}

/// Returns the whole answer to a GET.
fn get(url: &str) -> String {
    use std::io::{Read as _, Write as _};
    let (address, path) = url.trim_start_matches("http://").split_once('/').unwrap();
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    let head = format!("GET /{path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}
