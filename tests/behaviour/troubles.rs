//! What needs a person: said once and loudly, shown wherever somebody looks, and tried seldom.

use std::time::Duration;

use serde_json::{Value, json};

use super::program::{Folder, until};
use super::server::{Reply, Server};
use super::x::{CREATORS, LOOK_UP, SEARCH, USERS, X, space};

const UNAUTHORIZED: &str = r#"{"title":"Unauthorized","type":"about:blank","status":401,
    "detail":"Unauthorized"}"#;
const NOT_ENROLLED: &str = r#"{"title":"Client Forbidden","reason":"client-not-enrolled",
    "type":"https://api.twitter.com/2/problems/client-forbidden"}"#;
/// Where the doctor asks for what is nobody's.
const ONE: &str = "/2/spaces/1";
const POSTS: &str = "/2/spaces/1/tweets";

const PAGE: &str = "<!DOCTYPE html><title>Access denied</title>";

fn check<'a>(rows: &'a [Value], name: &str) -> &'a Value {
    rows.iter().find(|row| row["check"] == name).unwrap_or_else(|| panic!("{name}: {rows:#?}"))
}

fn doctor(folder: &Folder, args: &[&str]) -> (Option<i32>, Vec<Value>) {
    let output = folder.run(&[&["doctor", "--json"], args].concat());
    let rows = serde_json::from_str(&output.out);
    (output.code, rows.unwrap_or_else(|error| panic!("{error}: {output:#?}")))
}

#[test]
fn a_refused_token_is_said_once_and_loudly_and_shown_wherever_somebody_looks() {
    let (folder, x) = (Folder::new(), X::new());
    x.put(space("1given", "live", Some(3)));
    x.fail(SEARCH, Reply::new(401, UNAUTHORIZED));
    x.fail(LOOK_UP, Reply::new(401, UNAUTHORIZED));
    let url = x.url();
    let run = ["run", "--api-url", &url, "--query", "coast", "--query", "sea", "--space", "1given"];
    let monitor = folder.start(&run);
    monitor.talks_of("!!! this needs a person: credential environment: unauthorized (HTTP 401)");
    until("it to be in the status", || {
        let status = folder.rows(&["status"]).pop().unwrap();
        status["needs_person"].to_string().contains("make a new bearer token").then_some(())
    });
    let asked = || x.asked(SEARCH) + x.asked(LOOK_UP);
    let before = asked();
    assert!(before <= 4, "only what was on its way at once: {before}");
    let (code, rows) = doctor(&folder, &["--api-url", &url]);
    assert_eq!(code, Some(3));
    let token = check(&rows, "token environment");
    assert_eq!((&token["state"], &token["error"]), (&json!("failed"), &json!("unauthorized")));
    assert!(token["remedy"].as_str().unwrap().contains("make a new bearer token"), "{token}");
    std::thread::sleep(Duration::from_millis(1_500));
    assert_eq!(asked(), before, "nothing is tried for ten minutes, and the doctor asks nothing");
    let output = monitor.stop();
    assert_eq!(output.err.matches("!!! this needs a person").count(), 1, "{}", output.err);
    let status = folder.rows(&["status"]).pop().unwrap();
    assert!(status["needs_person"].to_string().contains("unauthorized"), "{status}");
}

#[test]
fn each_refusal_says_what_to_do_and_ends_a_command_with_its_code() {
    let credits = r#"{"title":"Payment Required","status":402,"detail":"credits depleted"}"#;
    let old_credits = r#"{"title":"CreditsDepleted","detail":"no credits"}"#;
    let cap = r#"{"title":"UsageCapExceeded","type":"https://api.x.com/2/problems/usage-capped"}"#;
    let blank = r#"{"title":"Forbidden","type":"about:blank","status":403}"#;
    for (status, body, code, says) in [
        (401, UNAUTHORIZED, 3, "make a new bearer token"),
        (402, credits, 3, "buy credits"),
        (402, old_credits, 3, "buy credits"),
        (403, NOT_ENROLLED, 3, "attached to no project"),
        (403, blank, 3, "may not ask this"),
        (403, PAGE, 3, "something on the way refuses"),
        (429, cap, 4, "month's cap"),
    ] {
        let (folder, x) = (Folder::new(), X::new());
        x.fail(SEARCH, Reply::new(status, body));
        x.fail(LOOK_UP, Reply::new(status, body));
        let url = x.url();
        let run = ["run", "--api-url", &url, "--query", "coast", "--once"];
        let output = folder.run(&run);
        assert_eq!(output.code, Some(code), "{output:#?}");
        assert!(output.err.contains("!!! what to do: "), "{output:#?}");
        assert!(output.err.contains(" hint: ") && output.err.contains(says), "{output:#?}");
        let (found, rows) = doctor(&folder, &["--api-url", &url]);
        assert_eq!(found, Some(code), "{rows:#?}");
        assert!(rows.iter().any(|row| row["remedy"].to_string().contains(says)), "{rows:#?}");
    }
}

#[test]
fn without_a_monitor_the_doctor_asks_what_costs_nothing_and_records_nothing() {
    let (folder, x) = (Folder::new(), X::new());
    let url = x.url();
    let (code, rows) = doctor(&folder, &["--api-url", &url]);
    assert_eq!(code, Some(0), "{rows:#?}");
    let (free, dear) = ([LOOK_UP, CREATORS, ONE, POSTS], [SEARCH, USERS]);
    assert_eq!((free.map(|path| x.asked(path)), dear.map(|path| x.asked(path))), ([1; 4], [0; 2]));
    assert!(!folder.data().exists(), "it leaves nothing behind");
    for (name, state) in [
        ("store", "unknown"),
        ("token environment", "ok"),
        ("plan environment", "ok"),
        ("access spaces", "ok"),
        ("access creator_ids", "ok"),
        ("access search", "unknown"),
        ("proxy environment", "ok"),
    ] {
        assert_eq!(check(&rows, name)["state"], state, "{name}: {rows:#?}");
    }
    folder.well(&["run", "--api-url", &url, "--query", "coast", "--once"]);
    let polls = folder.rows(&["polls"]).len();
    let (code, rows) = doctor(&folder, &["--api-url", &url]);
    assert_eq!((code, &check(&rows, "store")["state"]), (Some(0), &json!("ok")), "{rows:#?}");
    assert_eq!(
        check(&rows, "plan environment")["detail"],
        "15000 requests a window: spaces, space, \
        creator_ids, tweets"
    );
    assert_eq!(
        (&check(&rows, "needs a person")["detail"], folder.rows(&["polls"]).len()),
        (&json!("nothing"), polls)
    );

    let folder = Folder::with_token(None);
    let (code, rows) = doctor(&folder, &["--api-url", &url]);
    assert_eq!(code, Some(3));
    assert!(check(&rows, "token")["remedy"].to_string().contains("SPACELOG_BEARER_TOKEN"));
}

#[test]
fn what_may_cost_the_doctor_asks_where_it_is_wished_and_within_the_money_of_the_day() {
    let (folder, x) = (Folder::new(), X::new());
    x.put(space("1one", "live", Some(3)));
    x.find("1one");
    let url = x.url();
    let output = folder.run(&["doctor", "--all", "--json", "--api-url", &url]);
    assert_eq!(output.code, Some(0), "{output:#?}");
    assert!(output.err.contains("at search for one Space, at $0.005"), "{output:#?}");
    let rows: Vec<Value> = serde_json::from_str(&output.out).unwrap();
    for name in ["access search", "access users_by"] {
        assert_eq!(check(&rows, name)["state"], "ok", "{rows:#?}");
    }
    let polls = folder.rows(&["polls"]);
    let asked: Vec<&Value> = polls.iter().map(|row| &row["endpoint"]).collect();
    assert_eq!(asked, ["search", "users_by"], "what may cost is on the meter");
    let dear = folder.run(&["doctor", "--all", "--spend-cap", "0.001", "--api-url", &url]);
    assert_eq!((dear.code, x.asked(SEARCH)), (Some(4), 1), "{dear:#?}");
}

#[test]
fn a_clock_that_x_contradicts_is_found() {
    let server = Server::start(|_| {
        let hour_ago = chrono::Utc::now() - chrono::TimeDelta::hours(1);
        let date = hour_ago.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
        Reply::Whole(200, vec![("date", date)], r#"{"data":[]}"#.to_owned())
    });
    let (code, rows) = doctor(&Folder::new(), &["--api-url", &server.url()]);
    let clock = check(&rows, "clock");
    assert_eq!((code, &clock["state"]), (Some(0), &json!("warning")), "{rows:#?}");
    assert!(clock["detail"].as_str().unwrap().contains("s ahead of X's"), "{clock}");
}

#[test]
fn a_clock_that_x_contradicts_stands_in_the_log_once() {
    let server = Server::start(|_| {
        let ahead = chrono::Utc::now() + chrono::TimeDelta::minutes(10);
        let date = ahead.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
        Reply::Whole(200, vec![("date", date)], r#"{"data":[]}"#.to_owned())
    });
    let (folder, url) = (Folder::new(), server.url());
    let run = folder.start(&["run", "--api-url", &url, "--query", "coast", "--query", "wind"]);
    run.talks_of("watching");
    until("the socket", || folder.data().join("socket").exists().then_some(()));
    until("two answers", || (folder.rows(&["polls"]).len() > 1).then_some(()));
    run.stop();
    let rows = folder.rows(&["events", "--kind", "ClockSkewed"]);
    assert_eq!(rows.len(), 1, "{rows:#?}");
    let by_ms = rows[0]["data"]["by_ms"].as_i64().unwrap();
    assert!((-602_000..-598_000).contains(&by_ms), "{by_ms}");
    folder.hold();
}

#[test]
fn a_page_on_a_token_that_was_good_is_a_block_of_the_address_and_is_left_alone() {
    let (folder, x) = (Folder::new(), X::new());
    x.put(space("1steady", "live", Some(3)));
    x.find("1steady");
    let url = x.url();
    let run = ["run", "--api-url", &url, "--query", "coast", "--interval", "1s"];
    let monitor = folder.start(&run);
    until("answers", || (x.told("1steady").len() > 1).then_some(()));
    x.fail(SEARCH, Reply::new(403, PAGE));
    x.fail(LOOK_UP, Reply::new(403, PAGE));
    monitor.talks_of("!!! this needs a person: credential environment: blocked (HTTP 403)");
    // What was on its way at that moment still comes.
    std::thread::sleep(Duration::from_millis(300));
    let before = x.asked(SEARCH) + x.asked(LOOK_UP);
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(x.asked(SEARCH) + x.asked(LOOK_UP), before, "every endpoint is left alone");
    monitor.stop();
    let polls = folder.rows(&["polls"]);
    assert_eq!(polls.last().unwrap()["error"], "blocked");
    assert_eq!(folder.space("1steady")["state"], "live", "a page ends nothing");
    folder.hold();
}
