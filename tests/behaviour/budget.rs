//! What a day may cost.

use super::program::Folder;
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
    let watch = ["run", "--api-url", &url, "--query", "coast", "--spend-cap", "0.01"];
    let watch = [watch.as_slice(), &["--for", "5s"]].concat();
    let output = folder.run(&watch);
    assert_eq!(output.code, Some(0), "{output:?}");
    assert!(output.err.contains("at most $0.01 a UTC day"), "{}", output.err);
    assert!(output.err.contains("spend cap: "), "{}", output.err);
    assert_eq!(x.asked(SEARCH), 1, "three Spaces cost more than the cap");
    assert!(x.asked(LOOK_UP) >= 2, "what is paid for is free until midnight");

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
    let watch = ["run", "--api-url", &url, "--once", "--spend-cap", "0.01"];
    let watch = [watch.as_slice(), &["--query", "coast", "--query", "storm"]].concat();
    let output = folder.run(&watch);
    assert_eq!(output.code, Some(4), "{output:?}");
    assert!(output.err.contains("--spend-cap"), "{}", output.err);
    assert_eq!(x.asked(SEARCH), 1);
    assert_eq!(folder.rows(&["spaces"]).len(), 3);
}
