//! `?as-of=`: the past over HTTP is the past that the command line tells.

use serde_json::Value;

use super::fetch::Site;
use super::past::{commands, imported};
use super::program::Folder;

/// Returns the address that asks what a command asks.
fn address(command: &[&str]) -> String {
    let mut path = vec!["/api"];
    let mut params = url::form_urlencoded::Serializer::new(String::new());
    let mut words = command.iter().copied().peekable();
    while let Some(word) = words.next() {
        match word.strip_prefix("--") {
            None => path.push(word),
            Some(flag) => {
                let value = words.next_if(|next| !next.starts_with("--"));
                params.append_pair(flag, value.unwrap_or("true"));
            }
        }
    }
    format!("{}?{}", path.join("/"), params.finish())
}

/// Returns the seq of the last event of the first import, and when it was recorded.
fn end_of_first(folder: &Folder) -> (u64, String) {
    let second = folder.rows(&["events", "--kind", "PollSucceeded"]).swap_remove(1);
    let seq = second["seq"].as_u64().unwrap() - 1;
    let last = folder.rows(&["events"]).into_iter().find(|row| row["seq"] == seq).unwrap();
    (seq, last["recorded_at"].as_str().unwrap().to_owned())
}

#[test]
fn each_address_as_of_then_answers_what_the_command_answers_as_of_then() {
    let folder = imported();
    let (seq, at) = end_of_first(&folder);
    let cut = format!("seq:{seq}");
    let site = Site::of(&folder, &["serve"]);
    for command in commands("1here", "12") {
        let expected = folder.rows(&[&command[..], &["--as-of", &cut]].concat());
        let address = address(&command);
        for then in [&cut, &at] {
            let answer = site.get(&format!("{address}&as-of={then}"));
            assert_eq!(answer.status, 200, "{address} as of {then}: {answer:?}");
            assert_eq!(answer.rows(), expected, "{address} as of {then}");
            assert!(answer.head.contains("x-spacelog-note: as of seq "), "{}", answer.head);
        }
    }
    let count = |target: &str| site.get(target).rows()[0]["observations"].as_u64();
    let then = format!("/api/space/1here?as-of={cut}");
    assert_eq!((count(&then), count("/api/space/1here")), (Some(1), Some(2)));
    site.stop();
}

#[test]
fn a_bad_moment_one_beyond_the_log_and_what_was_not_known_then_are_told_apart() {
    let folder = imported();
    let site = Site::of(&folder, &["serve"]);
    for (target, status, says) in [
        ("/api/spaces?as-of=yesterday", 400, "no time and no seq"),
        ("/api/spaces?as-of=seq:", 400, "no time and no seq"),
        ("/api/spaces?as-of=seq:9999", 400, "`9999` is beyond the log"),
        ("/api/space/1here?as-of=2001-01-01", 404, "`1here` is not in the log"),
        ("/api/person/12?as-of=seq:0", 404, "`12` is in the log"),
    ] {
        let answer = site.get(target);
        assert_eq!(answer.status, status, "{target}: {answer:?}");
        let told: Value = serde_json::from_str(&answer.body).unwrap();
        assert!(told.to_string().contains(says), "{target}: {told}");
        assert!(told["now"].is_string(), "what to do now: {told}");
    }
    assert_eq!(site.get("/api/spaces?as-of=2001-01-01").body.trim(), "[]");
    let now = site.get("/api/space/1here").rows();
    assert_eq!(site.get("/api/space/1here?as-of=2931-01-01").rows()[0]["observations"], 2);
    assert_eq!(now[0]["observations"], 2);
    site.stop();
}
