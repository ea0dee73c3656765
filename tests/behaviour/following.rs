//! Following a Space to its end, and what its curve then holds.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::keys;
use super::program::{Folder, until};
use super::x::{CREATORS, LOOK_UP, SEARCH, USERS, X, announced, not_found, space};

/// A monitor that searches once and then only looks up.
fn searching_once(folder: &Folder, x: &X) -> super::program::Running {
    folder.start(&["run", "--api-url", &x.url(), "--query", "coast", "--interval", "10m"])
}

#[test]
fn a_space_found_by_search_is_followed_to_its_end_which_search_never_shows() {
    let (folder, x) = (Folder::new(), X::new());
    let id = "1followed".to_owned();
    x.put(announced(&id));
    x.find(&id);
    x.course(
        &id,
        vec![
            announced(&id),
            space(&id, "live", Some(5)),
            space(&id, "live", Some(5)),
            space(&id, "live", None),
            space(&id, "live", Some(7)),
            space(&id, "ended", Some(9)),
        ],
    );
    let monitor = searching_once(&folder, &x);
    monitor.says("ended  ");
    monitor.talks_of("\"coast\": 1 Space, 1 new");
    monitor.stop();

    let told = x.told(&id);
    assert_eq!(told.iter().filter(|told| told.path == SEARCH).count(), 1);
    let curve = folder.rows(&["curve", &id]);
    keys::hold(&curve, keys::POINT);
    let points: Vec<(String, Option<u64>)> = curve
        .iter()
        .map(|point| (point["state"].as_str().unwrap().to_owned(), point["participants"].as_u64()))
        .collect();
    let answers: Vec<(String, Option<u64>)> =
        told.into_iter().map(|told| (told.state, told.participants)).collect();
    assert_eq!(points, answers, "one point an answer, in order");
    // Of two answers that came at the same time, either may be stored first.
    let stored: HashSet<u64> = curve.iter().map(|point| point["seq"].as_u64().unwrap()).collect();
    assert_eq!(stored.len(), curve.len(), "each point is an observation of its own");

    let row = folder.space(&id);
    keys::hold(std::slice::from_ref(&row), keys::SPACE);
    assert_eq!((&row["state"], &row["state_source"]), (&json!("ended"), &json!("reported")));
    assert_eq!(row["participants"], 7, "what X counts after the end is no audience");
    assert_eq!(row["peak_participants"], 7);
    assert_eq!(row["observations"], answers.len());
    assert_eq!(row["ended_at"], "2026-11-23T19:30:00.000Z");
    assert_eq!(row["airtime_seconds"], 5400.0);
    assert_eq!(row["ended_between"], Value::Null);
    keys::hold(&folder.rows(&["hosts"]), keys::HOST);
    keys::hold(&folder.rows(&["keywords"]), keys::KEYWORD);
    keys::hold(&folder.rows(&["polls"]), keys::POLL);
    keys::hold(&folder.rows(&["events"]), keys::EVENT);
    folder.hold();
}

#[test]
fn a_live_space_that_is_not_found_ended_by_inference_and_is_open_again_when_seen() {
    let (folder, x) = (Folder::new(), X::new());
    x.put(space("1vanishes", "live", Some(40)));
    x.find("1vanishes");
    let monitor = folder.start(&["run", "--api-url", &x.url(), "--query", "coast"]);
    monitor.says("live  ");
    until("a look-up of the Space", || (x.asked(LOOK_UP) > 0).then_some(()));
    x.remove("1vanishes");
    monitor.says("ended  ");
    let row = folder.space("1vanishes");
    assert_eq!((&row["state"], &row["state_source"]), (&json!("ended"), &json!("inferred")));
    assert_eq!(row["ended_at"], Value::Null, "X did not say when");
    let between: Vec<&str> =
        row["ended_between"].as_array().unwrap().iter().map(|at| at.as_str().unwrap()).collect();
    assert!(between.len() == 2 && between[0] < between[1], "{between:?}");
    assert_eq!(Some(between[0]), row["last_seen"].as_str());
    assert_eq!(row["airtime_seconds"], Value::Null);

    x.put(space("1vanishes", "live", Some(41)));
    x.find("1vanishes");
    let row = until("the Space to be live again", || {
        Some(folder.space("1vanishes")).filter(|row| row["state"] == "live")
    });
    assert_eq!(row["state_source"], "reported");
    assert_eq!(row["ended_between"], Value::Null);
    let looks = x.asked(LOOK_UP);
    until("it to be looked up again", || (x.asked(LOOK_UP) > looks + 1).then_some(()));
    monitor.stop();
    folder.hold();
}

#[test]
fn a_scheduled_space_that_is_not_found_is_canceled_by_inference() {
    let (folder, x) = (Folder::new(), X::new());
    x.put(announced("1noShow"));
    x.find("1noShow");
    let monitor = searching_once(&folder, &x);
    monitor.says("scheduled  ");
    x.remove("1noShow");
    let row = until("the end of it", || {
        Some(folder.space("1noShow")).filter(|row| row["state"] != "scheduled")
    });
    assert_eq!((&row["state"], &row["state_source"]), (&json!("canceled"), &json!("inferred")));
    for unknown in ["participants", "peak_participants", "average_participants", "ended_at"] {
        assert_eq!(row[unknown], Value::Null, "{unknown} of a Space never seen live");
    }
    let output = monitor.stop();
    assert!(!output.out.contains("ended"), "{}", output.out);
    folder.hold();
}

#[test]
fn what_x_counts_after_the_end_is_kept_and_enters_no_figure() {
    let folder = Folder::new();
    let body = |state: &str, count| json!({"data": [space("1counted", state, Some(count))]});
    folder.take_in(&[
        ("2026-11-23T18:10:00Z", LOOK_UP, body("live", 100)),
        ("2026-11-23T18:11:00Z", LOOK_UP, body("live", 120)),
        ("2026-11-23T19:31:00Z", LOOK_UP, body("ended", 3273)),
        ("2026-12-23T19:31:00Z", LOOK_UP, body("ended", 3338)),
    ]);
    let row = folder.space("1counted");
    assert_eq!((&row["participants"], &row["peak_participants"]), (&json!(120), &json!(120)));
    assert_eq!(row["observations"], 4);
    let states: Vec<Value> =
        folder.rows(&["curve", "1counted"]).iter().map(|point| point["state"].clone()).collect();
    assert_eq!(states, ["live", "live", "ended", "ended"]);
    folder.hold();
}

#[test]
fn what_x_does_not_say_stays_unknown_in_every_format() {
    let folder = Folder::new();
    let seen = json!({"data": [{"id": "1bare"}, {"id": "1odd", "state": "TimedOut"},
        {"id": "1silent", "state": "live"}]});
    folder.take_in(&[("2026-11-23T18:10:00Z", LOOK_UP, seen)]);
    let row = folder.space("1bare");
    let known: Vec<&String> = row
        .as_object()
        .unwrap()
        .iter()
        .filter(|(key, value)| !value.is_null() && !key.starts_with("gap"))
        .map(|(key, _)| key)
        .collect();
    assert_eq!(known, ["space_id", "first_seen", "last_seen", "observations", "url"]);
    let row = folder.space("1odd");
    assert_eq!((&row["state"], &row["state_source"]), (&json!("TimedOut"), &json!("reported")));
    let row = folder.space("1silent");
    assert_eq!((&row["participants"], &row["peak_participants"]), (&Value::Null, &Value::Null));
    let csv = folder.well(&["curve", "1silent", "--csv"]);
    assert!(csv.contains("1silent,2026-11-23T18:10:00.000Z,,live,"), "{csv}");
}

#[test]
fn a_problem_that_is_not_a_not_found_ends_nothing() {
    let folder = Folder::new();
    let mut problem = not_found("1guarded");
    problem["type"] = "https://api.x.com/2/problems/not-authorized-for-resource".into();
    folder.take_in(&[
        ("2026-11-23T18:10:00Z", LOOK_UP, json!({"data": [space("1guarded", "live", Some(3))]})),
        ("2026-11-23T18:11:00Z", LOOK_UP, json!({"errors": [problem]})),
        ("2026-11-23T18:12:00Z", SEARCH, json!({"meta": {"result_count": 0}})),
    ]);
    assert_eq!(folder.space("1guarded")["state"], "live");
    folder.hold();
}

#[test]
fn a_creator_named_by_name_is_resolved_once_and_watched_and_a_link_is_as_good_as_an_id() {
    let (folder, x) = (Folder::new(), X::new());
    x.put(space("1hosted", "live", Some(5)));
    x.put(space("1linked", "live", Some(6)));
    x.find("1hosted");
    let url = x.url();
    let watch = ["run", "--api-url", &url, "--creator", "@coastwatch", "--creator", "nobody99"];
    let link = ["--space", "https://x.com/i/spaces/1linked?s=20"];
    let monitor = folder.start(&[watch.as_slice(), &link].concat());
    monitor.talks_of("X knows nobody named @nobody99");
    until("two looks at the creator", || (x.asked(CREATORS) > 1).then_some(()));
    let both = |rows: &Vec<Value>| rows.len() == 2;
    until("both Spaces", || Some(folder.rows(&["spaces"])).filter(both));
    monitor.stop();
    assert_eq!((x.asked(USERS), x.asked(SEARCH)), (1, 0));
    let hosts = folder.rows(&["hosts"]);
    assert_eq!(
        (&hosts[0]["username"], &hosts[0]["followers"]),
        (&json!("coastwatch"), &json!(12_300))
    );
    folder.hold();
}
