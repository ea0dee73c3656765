//! Faults of X and of the network: each is recorded by its word, and none ends a Space.

use serde_json::{Value, json};

use super::program::{Folder, until};
use super::server::Reply;
use super::x::{LOOK_UP, SEARCH, X, space};

/// Waits until the last poll of an endpoint failed with this word.
fn recorded(folder: &Folder, endpoint: &str, word: &str) -> Value {
    until(&format!("`{word}` at `{endpoint}`"), || {
        let polls = folder.rows(&["polls", "--limit", "4"]);
        polls.into_iter().rfind(|poll| poll["endpoint"] == endpoint && poll["error"] == word)
    })
}

#[test]
fn a_fault_is_recorded_by_its_word_and_ends_no_space() {
    let (folder, x) = (Folder::new(), X::new());
    x.put(space("1steady", "live", Some(8)));
    x.find("1steady");
    let monitor = folder.start(&["run", "--api-url", &x.url(), "--query", "coast"]);
    monitor.says("live  ");
    // Missing from a search, too, means nothing.
    x.find_nothing();
    let html = "<!DOCTYPE html><html><h1>Something went wrong</h1></html>";
    let cut = r#"{"data":[{"id":"1steady","state":"en"#;
    let faults = [
        ("server", json!(503), Reply::new(503, "<html>Over capacity</html>")),
        ("bad_body", json!(200), Reply::new(200, html)),
        ("bad_body", json!(200), Reply::new(200, cut)),
        ("bad_body", json!(200), Reply::new(200, r#"{"detail":"what?"}"#)),
        ("network", Value::Null, Reply::HangUp),
        ("rate_limited", json!(429), Reply::new(429, "{}").with_window(0, 1)),
    ];
    for (word, status, reply) in faults {
        let before = x.asked(LOOK_UP);
        x.fail(LOOK_UP, reply);
        until("a request to go wrong", || (x.asked(LOOK_UP) > before).then_some(()));
        let poll = recorded(&folder, "spaces", word);
        assert_eq!(poll["status"], status, "{poll}");
        assert_eq!(poll["cost_usd"], Value::Null, "{poll}");
        x.be_well();
        let told = x.told("1steady").len();
        until("it to be well again", || (x.told("1steady").len() > told).then_some(()));
    }
    let row = folder.space("1steady");
    assert_eq!((&row["state"], &row["state_source"]), (&json!("live"), &json!("reported")));
    let output = monitor.stop();
    assert!(!output.out.contains("ended"), "{}", output.out);
    assert!(output.err.contains("well again"), "{}", output.err);
    folder.hold();
}

#[test]
fn silence_is_broken_off_and_neither_ends_a_space_nor_slows_other_requests() {
    let (folder, x) = (Folder::new(), X::new());
    x.put(space("1steady", "live", Some(8)));
    x.fail(SEARCH, Reply::Silence);
    let monitor =
        folder.start(&["run", "--api-url", &x.url(), "--query", "coast", "--space", "1steady"]);
    until("the search", || (x.asked(SEARCH) > 0).then_some(()));
    let poll = recorded(&folder, "search", "timeout");
    assert!(poll["took_ms"].as_u64().unwrap() >= 20_000, "{poll}");
    let looks = x.asked(LOOK_UP);
    assert!(looks >= 10, "{looks} look-ups beside a silent search");
    monitor.stop();
    assert_eq!(folder.space("1steady")["state"], "live");
}

#[test]
fn a_closed_window_slows_no_other_endpoint_and_status_tells_of_it() {
    let (folder, x) = (Folder::new(), X::new());
    x.put(space("1steady", "live", Some(8)));
    x.fail(SEARCH, Reply::new(429, "{}").with_window(0, 600));
    let monitor =
        folder.start(&["run", "--api-url", &x.url(), "--query", "coast", "--space", "1steady"]);
    until("look-ups beside it", || (x.asked(LOOK_UP) > 3).then_some(()));
    assert_eq!(x.asked(SEARCH), 1, "not asked again before the reset");
    let status = folder.rows(&["status"]).pop().unwrap();
    let trouble = status["trouble"].to_string();
    assert!(trouble.contains("rate_limited"), "{trouble}");
    monitor.stop();
}

#[test]
fn what_needs_a_person_says_what_to_do_and_is_not_asked_again_at_once() {
    let cap = json!({"title": "UsageCapExceeded", "detail": "Usage cap exceeded: Monthly",
        "type": "https://api.twitter.com/2/problems/usage-capped", "period": "Monthly"});
    let credits = json!({"title": "CreditsDepleted", "detail": "no credits",
        "type": "https://api.twitter.com/2/problems/credits"});
    let cases = [
        (401, json!({"title": "Unauthorized", "status": 401}), "unauthorized", "bearer token"),
        (402, credits, "credits", "buy credits"),
        (403, json!({"title": "Forbidden", "status": 403}), "forbidden", "project"),
        (429, cap, "usage_cap", "raise it"),
    ];
    for (status, body, word, advice) in cases {
        let (folder, x) = (Folder::new(), X::new());
        x.fail(SEARCH, Reply::new(status, body.to_string()).with_window(9_000, 1));
        let monitor = folder.start(&["run", "--api-url", &x.url(), "--query", "coast"]);
        monitor.talks_of(advice);
        std::thread::sleep(std::time::Duration::from_millis(1500));
        assert_eq!(x.asked(SEARCH), 1, "{word}");
        monitor.stop();
        assert_eq!(folder.rows(&["polls"])[0]["error"], word);
    }
}
