//! Asking X once by hand: what is on air and announced now, within the money of the day.

use serde_json::{Value, json};

use super::answers::both;
use super::moving::without_moments;
use super::program::{Folder, until};
use super::refusals::refused;
use super::shown::hold;
use super::x::{LOOK_UP, SEARCH, X, announced, space};

#[test]
fn a_search_by_hand_shows_what_x_tells_now_and_keeps_it() {
    let (folder, x) = (Folder::new(), X::new());
    x.put(space("1live", "live", Some(30)));
    x.put(announced("1soon"));
    x.find("1live");
    x.find("1soon");
    x.put(space("1other", "live", Some(9)));
    let rows = folder.rows(&["search", "coast", "--api-url", &x.url()]);
    let ids: Vec<_> = rows.iter().map(|row| row["space_id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["1live", "1soon"]);
    assert_eq!((&rows[0]["participants"], &rows[1]["state"]), (&json!(30), &json!("scheduled")));
    assert_eq!((x.asked(SEARCH), x.asked(LOOK_UP)), (1, 0), "nothing is followed");
    let polls = folder.rows(&["polls"]);
    assert_eq!((&polls[0]["endpoint"], &polls[0]["target"]), (&json!("search"), &json!("coast")));
    assert_eq!(folder.rows(&["spaces"]).len(), 2);
    // Of a first look: what lies between two takes as long as it takes.
    let shown = both(&Folder::new(), &["search", "coast", "--api-url", &x.url()]);
    hold("cli_search", &folder, &without_moments(&shown));
    // A Space that is known already is not left out, and none at all is an empty list.
    assert_eq!(folder.rows(&["search", "coast", "--api-url", &x.url()]).len(), 2);
    x.find_nothing();
    assert_eq!(folder.well(&["search", "coast", "--json", "--api-url", &x.url()]).trim(), "[]");
    folder.hold();
}

#[test]
fn what_is_asked_by_hand_stays_within_the_money_of_the_day() {
    let (folder, x) = (Folder::new(), X::new());
    x.put(space("1live", "live", Some(30)));
    x.find("1live");
    let url = x.url();
    let ask = |cap: &str| folder.run(&["search", "coast", "--api-url", &url, "--spend-cap", cap]);
    let says = ["does not cover", "hint: raise --spend-cap"];
    refused(&ask("0.001"), 4, &says);
    assert_eq!(x.asked(SEARCH), 0, "nothing was asked");
    let posts = ["tweets", "1live", "--ask", "--api-url", &url, "--spend-cap", "0.40"];
    refused(&folder.run(&posts), 4, &says);
    // Of a search, as many rows are asked for as there is money for.
    assert_eq!(ask("0.50").code, Some(0));
    assert_eq!(x.asked(SEARCH), 1);
    let spent = folder.rows(&["spend"])[0]["usd_high"].as_f64().unwrap();
    assert!(spent > 0.0);
    // What was spent counts: a cap just above it leaves too little for another row.
    refused(&ask(&format!("{:.3}", spent + 0.001)), 4, &says);
    assert_eq!(x.asked(SEARCH), 1);
}

#[test]
fn a_search_that_x_refuses_ends_with_its_code_and_is_kept_as_failed() {
    let (folder, x) = (Folder::new(), X::new());
    let body =
        r#"{"title":"Unauthorized","type":"about:blank","status":401,"detail":"Unauthorized"}"#;
    x.fail(SEARCH, super::server::Reply::new(401, body));
    let output = folder.run(&["search", "coast", "--api-url", &x.url()]);
    refused(&output, 3, &["unauthorized (HTTP 401)"]);
    assert_eq!(folder.rows(&["polls"])[0]["error"], "unauthorized");
}

#[test]
fn a_search_that_x_cuts_is_split_and_the_cut_and_the_spam_in_it_can_be_seen() {
    let (folder, x) = (Folder::new(), X::new());
    for number in 0..100 {
        let id = format!("1s{number:02}");
        let mut it = space(&id, "live", Some(7));
        if number < 4 {
            let started = chrono::Utc::now().format("%Y-%m-%dT%H:%M:%S.000Z").to_string();
            it["title"] = "FREE coins".into();
            it["participant_count"] = 0.into();
            it["creator_id"] = (100 + number).to_string().into();
            it["host_ids"] = json!([(100 + number).to_string()]);
            it["started_at"] = started.into();
        }
        x.put(it);
        x.find(&id);
    }
    let url = x.url();
    // With less money fewer rows are asked for, and nothing is cut.
    let limits = ["--interval", "1s", "--spend-cap", "100"];
    let run = [&["run", "--api-url", &url, "--query", "coast"][..], &limits].concat();
    let monitor = folder.start(&run);
    monitor.talks_of("is cut by X");
    until("the socket", || folder.data().join("socket").exists().then_some(()));
    let searches = || -> Vec<Value> {
        let polls = folder.rows(&["polls", "--limit", "0"]);
        polls.into_iter().filter(|poll| poll["endpoint"] == "search").collect()
    };
    until("both halves", || {
        let polls = searches();
        ["live", "scheduled"]
            .iter()
            .all(|half| polls.iter().any(|poll| poll["states"] == **half))
            .then_some(())
    });
    let first = &searches()[0];
    assert_eq!((&first["states"], &first["is_cut"]), (&json!("all"), &json!(true)));
    let spaces = folder.rows(&["spaces", "--limit", "0"]);
    let spam = spaces.iter().filter(|it| it["spam"] == true);
    let spam: Vec<&str> = spam.map(|it| it["title"].as_str().unwrap()).collect();
    assert_eq!((spam, spaces.len()), (vec!["FREE coins"; 4], 100), "marked, and none left out");
    let output = monitor.stop();
    assert!(output.err.contains("search \"coast\" is cut by X"), "{output:?}");
    assert!(output.err.contains("look like spam"), "{output:?}");
}
