//! Alerts of collecting itself: X refuses, X is silent, the disk is full; each told once.

use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use super::alerting::events;
use super::full::{Limit, Room as _, start};
use super::program::{Folder, Running, until};
use super::server::Reply;
use super::x::{LOOK_UP, SEARCH, X, space};

/// Returns the table of a rule about trouble.
fn rule(name: &str, trouble: &str, more: &str) -> String {
    format!("[[alerts]]\nname = \"{name}\"\nwhen = \"trouble\"\ntrouble = \"{trouble}\"\n{more}\n")
}

fn watch(folder: &Folder, x: &X, rules: &str, more: &[&str]) -> Running {
    let (url, config) = (x.url(), folder.file("spacelog.toml", rules));
    let run = ["run", "--query", "coast", "--query", "sea", "--interval", "1s"];
    folder.start(&[&run[..], &["--api-url", &url, "--config", &config], more].concat())
}

/// Waits until so many polls failed.
fn failed(folder: &Folder, count: usize) {
    let enough = || (events(folder, "PollFailed").len() >= count).then_some(());
    until("polls that failed", enough);
}

#[test]
fn a_refused_token_is_told_once_on_a_line_and_to_a_command_also_across_a_start() {
    let (folder, x) = (Folder::new(), X::new());
    let command = "command = [\"sh\", \"-c\", \"cat >> told.json\"]";
    let rules = rule("mend", "needs_person", "")
        + &rule("call", "needs_person", command)
        + &rule("disk", "storage", "")
        + &rule("mute", "no_polls", "");
    for path in [SEARCH, LOOK_UP] {
        x.fail(path, Reply::new(401, r#"{"title":"Unauthorized","status":401}"#));
    }
    let monitor = watch(&folder, &x, &rules, &[]);
    monitor.says("alert  mend  needs person\n");
    until("both to be delivered", || (events(&folder, "AlertDelivered").len() == 2).then_some(()));
    let output = monitor.stop();
    assert_eq!(output.out.matches("alert  ").count(), 1, "{output:?}");
    // With another token, which X refuses at once.
    let before = events(&folder, "PollFailed").len();
    let token = folder.file("token", "AAAAAAAAAAAAAAAAAAAAAother0token");
    std::fs::set_permissions(&token, PermissionsExt::from_mode(0o600)).unwrap();
    let monitor = watch(&folder, &x, &rules, &["--bearer-token-file", &token]);
    failed(&folder, before + 1);
    let output = monitor.stop();
    assert_eq!(output.out, "", "that it goes on is no news");

    let delivered = events(&folder, "AlertDelivered");
    let mut channels: Vec<&str> =
        delivered.iter().map(|it| it["channel"].as_str().unwrap()).collect();
    channels.sort_unstable();
    assert_eq!(channels, ["command", "stdout"], "{delivered:?}");
    assert!(delivered.iter().all(|it| it["delivered"] == true), "{delivered:?}");
    let told = std::fs::read_to_string(folder.home().join("told.json")).unwrap();
    let told: Value = serde_json::from_str(&told).expect("one alert in one line");
    assert_eq!((&told["rule"], &told["occasion"]), (&json!("call"), &json!("needs_person")));
    assert_eq!((&told["space_id"], &told["title"]), (&Value::Null, &Value::Null));
    let raised = folder.rows(&["alerts", "raised"]);
    let mut rules: Vec<&str> = raised.iter().map(|it| it["rule"].as_str().unwrap()).collect();
    rules.sort_unstable();
    assert_eq!(rules, ["call", "mend"], "{raised:?}");
    folder.hold();
}

#[test]
fn silence_is_told_once_and_again_only_after_x_has_answered_in_between() {
    let (folder, x) = (Folder::new(), X::new());
    x.fail(SEARCH, Reply::HangUp);
    let rules = rule("mute", "no_polls", "after = \"2s\"") + &rule("mend", "needs_person", "");
    let monitor = watch(&folder, &x, &rules, &[]);
    monitor.says("alert  mute  no polls\n");
    let before = events(&folder, "PollFailed").len();
    failed(&folder, before + 1);
    assert_eq!(events(&folder, "AlertRaised").len(), 1, "silence that goes on is no news");
    x.be_well();
    until("an answer", || (!events(&folder, "PollSucceeded").is_empty()).then_some(()));
    x.fail(SEARCH, Reply::HangUp);
    let raised = until("the second alert", || {
        Some(events(&folder, "AlertRaised")).filter(|raised| raised.len() > 1)
    });
    assert!(raised.iter().all(|it| it["rule"] == "mute"), "{raised:?}");
    assert_ne!(raised[0]["alert"], raised[1]["alert"], "each has an id of its own: {raised:?}");
    monitor.stop();
}

#[test]
fn a_request_that_is_never_answered_is_silence_before_anything_failed() {
    let (folder, x) = (Folder::new(), X::new());
    x.fail(SEARCH, Reply::Silence);
    let monitor = watch(&folder, &x, &rule("mute", "no_polls", "after = \"1s\""), &[]);
    monitor.says("alert  mute  no polls\n");
    assert!(events(&folder, "PollFailed").is_empty(), "X may answer yet");
    let output = monitor.stop();
    assert_eq!(output.out.matches("alert  mute").count(), 1, "{output:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_log_that_could_not_be_written_is_told_once_there_is_room_again() {
    if std::process::Command::new("prlimit").arg("--version").output().is_err() {
        println!("skipped: there is no `prlimit`");
        return;
    }
    let (folder, x) = (Folder::new(), X::new());
    x.put(space("1asked", "live", Some(8)));
    let rules = rule("disk", "storage", "") + &rule("mend", "needs_person", "");
    let (url, config) = (x.url(), folder.file("spacelog.toml", &rules));
    let run = ["run", "--space", "1asked", "--interval", "1s", "--api-url", &url];
    let run: Vec<String> =
        run.into_iter().chain(["--config", &config]).map(ToOwned::to_owned).collect();
    let monitor = start(&folder, &["sh"], "trap '' XFSZ", &run);
    until("a look", || (!x.told("1asked").is_empty()).then_some(()));
    Limit.take(&monitor);
    monitor.talks_of("polling is paused");
    assert!(!monitor.out().contains("alert  "), "{}", monitor.out());
    Limit.give(&monitor);
    monitor.says("alert  disk  storage\n");
    let output = monitor.stop();
    assert_eq!(output.out.matches("alert  ").count(), 1, "{output:?}");
    folder.hold();
}
