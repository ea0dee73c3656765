//! How a monitor ends, and with which exit code.

use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::program::{Folder, PROGRAM};
use super::server::Reply;
use super::x::{SEARCH, X, space};

#[test]
fn ctrl_c_and_sigterm_end_a_monitor_within_three_seconds_with_zero() {
    for signal in ["INT", "TERM"] {
        let (folder, x) = (Folder::new(), X::new());
        x.put(space("1asked", "live", Some(3)));
        x.fail(SEARCH, Reply::Silence);
        let url = x.url();
        let watch = ["run", "--api-url", &url, "--query", "coast", "--space", "1asked"];
        let monitor = folder.start(&watch);
        monitor.says("live  ");
        let begun = Instant::now();
        monitor.signal(signal);
        let output = monitor.end();
        assert_eq!(output.code, Some(0), "{signal}: {output:?}");
        assert!(begun.elapsed() < Duration::from_secs(3), "{signal}: {:?}", begun.elapsed());
        let last = folder.rows(&["events"]).pop().unwrap();
        assert_eq!(last["kind"], "MonitorStopped");
        folder.hold();
    }
}

#[test]
fn a_monitor_that_nobody_reads_still_ends_within_its_time_and_says_the_rest_later() {
    let (folder, x) = (Folder::new(), X::new());
    for number in 0..100 {
        let mut found = space(&format!("1found{number:02}"), "live", Some(3));
        // More than a pipe holds, all told.
        found["title"] = "a long story ".repeat(200).into();
        x.find(found["id"].as_str().unwrap());
        x.put(found);
    }
    let (url, data) = (x.url(), folder.data());
    let watch = ["run", "--api-url", &url, "--query", "coast", "--spend-cap", "1000"];
    let args = [watch.as_slice(), &["--data", data.to_str().unwrap()]].concat();
    let mut command = folder.command(PROGRAM, &args);
    let mut monitor = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let patience = Instant::now();
    while !(data.join("log.redb").exists() && folder.rows(&["spaces"]).len() == 100) {
        assert!(patience.elapsed() < Duration::from_mins(1), "it found nothing");
    }
    let begun = Instant::now();
    let id = monitor.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    let status = monitor.wait().unwrap();
    assert_eq!(status.code(), Some(0));
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    folder.hold();
    let rest = folder.well(&["run", "--api-url", &url, "--query", "coast", "--for", "2s"]);
    assert!(rest.contains("live  \"a long story"), "what was not read is said at the next start");
}

#[test]
fn a_monitor_given_two_seconds_takes_them_and_ends_with_zero() {
    let (folder, x) = (Folder::new(), X::new());
    x.put(space("1asked", "live", Some(3)));
    let begun = Instant::now();
    let watch = ["run", "--api-url", &x.url(), "--space", "1asked", "--for", "2s"];
    folder.well(&watch);
    let took = begun.elapsed();
    assert!((2..6).contains(&took.as_secs()), "{took:?}");
    assert!(x.told("1asked").len() >= 2);
}

#[test]
fn once_asks_everything_once_and_ends() {
    let (folder, x) = (Folder::new(), X::new());
    x.put(space("1asked", "live", Some(3)));
    x.put(space("1found", "live", Some(4)));
    x.find("1found");
    let url = x.url();
    let watch = ["run", "--api-url", &url, "--query", "coast", "--query", "storm"];
    let watch = [watch.as_slice(), &["--space", "1asked", "--once"]].concat();
    folder.well(&watch);
    assert_eq!(x.asked(SEARCH), 2);
    assert_eq!(folder.rows(&["spaces"]).len(), 2);
    folder.hold();
}

#[test]
fn once_tells_by_its_exit_code_what_came_in_between() {
    let nobody = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let folder = Folder::new();
    let output = folder.run(&["run", "--api-url", &nobody, "--query", "coast", "--once"]);
    assert_eq!(output.code, Some(5), "{output:?}");
    refused(&output);
    assert_eq!(folder.rows(&["polls"])[0]["error"], "network");

    let cap = r#"{"title":"UsageCapExceeded","type":"https://api.x.com/2/problems/usage-capped"}"#;
    let cases = [
        (Reply::new(401, r#"{"title":"Unauthorized","status":401}"#), 3),
        (Reply::new(402, "{}"), 3),
        (Reply::new(403, "{}"), 3),
        (Reply::new(429, "{}").with_window(0, 900), 4),
        (Reply::new(429, cap).with_window(9_000, 900), 4),
        (Reply::new(503, "<html>"), 1),
        (Reply::new(200, "<html>"), 1),
    ];
    for (reply, code) in cases {
        let (folder, x) = (Folder::new(), X::new());
        x.fail(SEARCH, reply.clone());
        let output = folder.run(&["run", "--api-url", &x.url(), "--query", "coast", "--once"]);
        assert_eq!(output.code, Some(code), "{reply:?}: {output:?}");
        refused(&output);
    }
}

fn refused(output: &super::program::Output) {
    assert_eq!(output.out, "");
    assert!(output.err.contains("error: asking X failed"), "{}", output.err);
    assert!(output.err.contains("hint: "), "{}", output.err);
}

#[test]
fn a_reader_who_leaves_stops_the_monitor_in_good_order() {
    let (folder, x) = (Folder::new(), X::new());
    x.put(space("1asked", "live", Some(3)));
    let data = folder.data();
    let args = ["run", "--api-url", &x.url(), "--space", "1asked", "--data"];
    let args = [args.as_slice(), &[data.to_str().unwrap()]].concat();
    let mut command = folder.command(super::program::PROGRAM, &args);
    let mut child = command
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let status = super::program::until("its end", || child.try_wait().unwrap());
    assert_eq!(status.code(), Some(0));
    folder.hold();
}
