//! Bad input: what failed, why, what now; the exit code; nothing on standard output.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::program::{Folder, Output};
use super::x::{X, space};

/// Holds that a command was refused as it should be: code, silence, an error and a way out.
pub fn refused(output: &Output, code: i32, says: &[&str]) {
    assert_eq!(output.code, Some(code), "{output:#?}");
    assert_eq!(output.out, "", "{output:#?}");
    assert!(output.err.lines().any(|line| line.starts_with("error: ")), "{output:#?}");
    for needle in says {
        assert!(output.err.contains(needle), "no `{needle}` in {output:#?}");
    }
    assert!(!output.err.contains("panicked"), "{output:#?}");
}

#[test]
fn wrong_arguments_are_refused_with_two_and_say_what_to_write() {
    let folder = Folder::new();
    let cases: &[(&[&str], &str)] = &[
        (&["spaces", "--frobnicate"], "--frobnicate"),
        (&["frobnicate"], "frobnicate"),
        (&["serve", "--listen", "0.0.0.0:0"], "no access token"),
        (&["serve", "--listen", "off"], "nowhere to serve"),
        (&["serve", "--listen", "7878"], "write 127.0.0.1:7878"),
        (&["run", "--query", "x", "--listen", "[::]:0"], "no access token"),
        (&["demo", "--listen", "192.0.2.1:0"], "no access token"),
        (&["run", "--query", "x", "--for", "soon"], "write 30s, 5m"),
        (&["run", "--query", "x", "--for", "30"], "write 30s, 5m"),
        (&["keywords", "--last", "0s"], "write 30s, 5m"),
        (&["run", "--query", ""], "at least one character"),
        (&["run", "--query", "x", "--spend-cap", "much"], "write 10 or 2.50"),
        (&["run", "--query", "x", "--max-results", "101"], "101"),
        (&["run", "--space", "not/an/id"], "is not a Space id"),
        (&["run", "--space", "https://example.com/i/spaces/1abc"], "is not a Space id"),
        (&["run", "--creator", "@far_too_long_a_name"], "is not a username"),
        (&["run", "--query", "x", "--api-url", "http://api.example.com"], "only https"),
        (&["run", "--query", "x", "--api-url", "https://api.x.com/2"], "is an origin"),
        (&["run"], "nothing to watch"),
        (&["space", "no-id"], "is not a Space id"),
        (&["curve"], "<ID>"),
        (&["curve", "1abc", "--step", "x"], "write 30s, 5m"),
        (&["polls", "--since", "yesterday"], "write 2026-11-23"),
        (&["hosts", "--by", "fame"], "fame"),
        (&["hosts", "--min-coverage", "2"], "from 0 to 1"),
        (&["spaces", "--format", "xml"], "xml"),
        (&["spaces", "--json", "--csv"], "cannot be used with"),
        (&["demo", "--speed", "0"], "is no speed"),
        (&["simulate", "--listen", "0.0.0.0:0"], "this machine only"),
        (&["simulate", "--faults", "gremlins:1"], "gremlins"),
    ];
    for (args, needle) in cases {
        refused(&folder.run(args), 2, &[needle]);
    }
    assert!(!folder.data().exists(), "a refused command leaves nothing behind");
}

#[test]
fn an_unknown_space_and_an_empty_place_are_found_by_nobody_with_seven() {
    let folder = Folder::new();
    for args in [&["spaces"][..], &["status"], &["verify"], &["space", "1abc"], &["events"]] {
        refused(&folder.run(args), 7, &["there is no event log", "spacelog demo", "--data"]);
    }
    assert!(!folder.data().exists());
    let body = serde_json::json!({"data": [space("1known", "live", Some(3))]});
    folder.take_in(&[("2026-11-23T18:10:00Z", "/2/spaces", body)]);
    for args in [&["space", "1unknown"][..], &["curve", "1known", "1unknown"]] {
        refused(&folder.run(args), 7, &["`1unknown` is not in the log", "hint: "]);
    }
    refused(&folder.run(&["rebuild", "moods"]), 2, &["moods", "spaces, curves", "hint: "]);
    refused(&folder.run(&["events", "--kind", "Mood"]), 2, &["Mood", "hint: "]);
}

#[test]
fn a_token_is_asked_for_and_refused_where_others_may_read_it() {
    let (folder, x) = (Folder::with_token(None), X::new());
    let url = x.url();
    let run = ["run", "--api-url", &url, "--query", "coast", "--once"];
    let output = folder.run(&run);
    refused(&output, 3, &["no bearer token", "SPACELOG_BEARER_TOKEN", "`spacelog demo`"]);

    let with = |file: &str| folder.run(&[run.as_slice(), &["--bearer-token-file", file]].concat());
    refused(&with("/nowhere/token"), 3, &["/nowhere/token", "hint: "]);
    let open = folder.file("open", "a-token-of-somebody");
    fs::set_permissions(&open, fs::Permissions::from_mode(0o644)).unwrap();
    refused(&with(&open), 3, &["others may read", "chmod 600"]);
    let empty = folder.file("empty", "\n");
    fs::set_permissions(&empty, fs::Permissions::from_mode(0o600)).unwrap();
    refused(&with(&empty), 3, &["holds no token", "hint: "]);
    let broken = folder.file("broken", "two words");
    fs::set_permissions(&broken, fs::Permissions::from_mode(0o600)).unwrap();
    refused(&with(&broken), 3, &["no header can carry", "hint: "]);
    assert_eq!(x.asked("/2/spaces/search"), 0);
    assert!(!folder.data().exists(), "without a token nothing is begun");

    let good = folder.file("good", "a-token-of-ours\n");
    fs::set_permissions(&good, fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(with(&good).code, Some(0));
}

#[test]
fn the_token_is_looked_for_under_its_names_in_their_order() {
    let (folder, x) = (Folder::with_token(None), super::x::X::new());
    let url = x.url();
    let names = ["SPACELOG_BEARER_TOKEN", "X_BEARER_TOKEN", "TWITTER_BEARER_TOKEN", "BEARER_TOKEN"];
    for first in 0..names.len() {
        let data = folder.data();
        let args = ["run", "--api-url", &url, "--query", "coast", "--once", "--data"];
        let args = [args.as_slice(), &[data.to_str().unwrap()]].concat();
        let mut command = folder.command(super::program::PROGRAM, &args);
        for name in &names[first..] {
            command.env(name, format!("token-of-{name}"));
        }
        let output = super::program::Running::of(command).end();
        assert_eq!(output.code, Some(0), "{output:?}");
        assert_eq!(x.authorization(), Some(format!("Bearer token-of-{}", names[first])));
    }
}

#[test]
fn a_body_file_that_is_no_json_is_named_and_nothing_is_taken_in() {
    let folder = Folder::new();
    let html = folder.file("page.json", "<html>");
    let list = folder.file("list.json", "[1, 2]");
    let line = folder.file("lines.jsonl", "{\"observed_at\": \"2026-11-23T18:00:00Z\", \"body\"");
    for (path, why) in [(&html, "not JSON"), (&list, "no answer"), (&line, "not JSON")] {
        let output = folder.run(&["import", "bodies", path]);
        refused(&output, 1, &[path, why, "hint: "]);
    }
    refused(&folder.run(&["import", "bodies", "/nowhere.json"]), 1, &["/nowhere.json"]);
    refused(&folder.run(&["import", "bodies", &html, "--endpoint", "/2/moods"]), 2, &["moods"]);
    assert!(!folder.data().exists(), "nothing was taken in, nothing was made");
}

#[test]
fn a_bad_line_among_good_ones_is_named_and_the_rest_is_taken_in() {
    let folder = Folder::new();
    let good = r#"{"observed_at": "2026-11-23T18:00:00Z", "endpoint": "/2/spaces", "body": {"data": [{"id": "1good", "state": "live"}]}}"#;
    let path = folder.file("lines.jsonl", format!("{good}\nnonsense\n"));
    let output = folder.run(&["import", "bodies", &path]);
    assert_eq!(output.code, Some(1));
    assert!(output.err.contains("lines.jsonl:2"), "{}", output.err);
    assert_eq!(folder.rows(&["spaces"]).len(), 1);
}
