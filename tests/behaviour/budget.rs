//! What a day may cost.

use serde_json::Value;

use super::program::{Folder, until};
use super::x::{LOOK_UP, SEARCH, X, space};

fn crowd() -> X {
    let x = X::new();
    for id in ["1one", "1two", "1three"] {
        x.put(space(id, "live", Some(3)));
        x.find(id);
    }
    x
}

#[test]
fn a_spent_day_stops_searches_and_goes_on_with_what_is_paid_for_also_after_a_restart() {
    let (folder, x) = (Folder::new(), crowd());
    let url = x.url();
    let watch = ["run", "--api-url", &url, "--query", "coast", "--spend-cap", "0.015"];
    let watch = [watch.as_slice(), &["--cap-bound", "low", "--for", "6s"]].concat();
    let output = folder.run(&watch);
    assert_eq!(output.code, Some(0), "{output:?}");
    assert!(output.err.contains("at most $0.015 a UTC day"), "{}", output.err);
    assert!(output.err.contains("spend cap: $0.015 of $0.015 (low bound)"), "{}", output.err);
    assert_eq!(x.asked(SEARCH), 1, "three Spaces cost what the day may cost");
    assert!(x.asked(LOOK_UP) >= 2, "what is paid for is free until midnight");
    let gaps = folder.rows(&["gaps"]);
    let is_told = |gap: &Value| gap["endpoint"] == "search" && gap["cause"] == "budget";
    let gap = gaps.iter().find(|gap| is_told(gap)).unwrap_or_else(|| panic!("{gaps:#?}"));
    assert!(gap["seconds"].as_f64().unwrap() > 1.0, "from the first thought to the end: {gap}");

    let looked_up = x.asked(LOOK_UP);
    folder.well(&watch);
    assert_eq!(x.asked(SEARCH), 1, "the day is still spent after a restart");
    assert!(x.asked(LOOK_UP) > looked_up);
    folder.hold();
}

#[test]
fn once_with_money_enough_for_all_ends_well_however_many_requests_are_under_way() {
    let (folder, x) = (Folder::new(), crowd());
    let url = x.url();
    let watch = ["run", "--api-url", &url, "--once", "--spend-cap", "0.40", "--space", "1one"];
    folder.well(&[watch.as_slice(), &["--query", "coast", "--query", "storm"]].concat());
    assert_eq!(x.asked(SEARCH), 2);
}

#[test]
fn once_on_a_spent_day_says_that_not_everything_was_asked() {
    let (folder, x) = (Folder::new(), crowd());
    let url = x.url();
    let watch = ["run", "--api-url", &url, "--once", "--spend-cap", "0.015"];
    let watch = [watch.as_slice(), &["--cap-bound", "low"]].concat();
    let watch = [watch.as_slice(), &["--query", "coast", "--query", "storm"]].concat();
    let output = folder.run(&watch);
    assert_eq!(output.code, Some(4), "{output:?}");
    assert!(output.err.contains("--spend-cap"), "{}", output.err);
    assert_eq!(x.asked(SEARCH), 1);
    assert_eq!(folder.rows(&["spaces"]).len(), 3);
}

#[test]
fn a_day_that_may_cost_nothing_costs_nothing_and_says_so() {
    let (folder, x) = (Folder::new(), crowd());
    let url = x.url();
    let watch = ["run", "--api-url", &url, "--query", "coast", "--spend-cap", "0"];
    let running = folder.start(&[watch.as_slice(), &["--space", "1one"]].concat());
    running.talks_of("spend cap: ");
    until("the status to tell of it", || {
        let status = folder.rows(&["status"]).pop().unwrap();
        let trouble = status["trouble"].to_string();
        trouble.contains("spend cap: $0.00 of $0.00 (high bound)").then_some(())
    });
    until("an open gap", || {
        let open = folder.rows(&["gaps"]);
        open.iter().any(|gap| gap["cause"] == "budget" && gap["to"].is_null()).then_some(())
    });
    running.stop();
    assert_eq!(x.asked(SEARCH) + x.asked(LOOK_UP), 0);
    let gaps = folder.rows(&["gaps"]);
    assert!(gaps.iter().all(|gap| !gap["to"].is_null()), "{gaps:#?}");
    folder.hold();
}
