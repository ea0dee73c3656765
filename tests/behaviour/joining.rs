//! Several Spaces as one event: by rules, and by hand while a monitor runs and without one.

use serde_json::{Value, json};

use super::fetch::Site;
use super::keys;
use super::program::{Folder, Running, until};
use super::refusals::refused;
use super::shown::hold;
use super::x::{LOOK_UP, SEARCH, X, space};

/// A Space with its title, by the host of every Space, from one time to another.
fn ran(id: &str, title: &str, from: &str, to: Option<&str>, count: u64) -> Value {
    let mut row = space(id, if to.is_some() { "ended" } else { "live" }, Some(count));
    row["title"] = title.into();
    row["started_at"] = format!("2026-11-23T{from}.000Z").into();
    if let Some(to) = to {
        row["ended_at"] = format!("2026-11-23T{to}.000Z").into();
    }
    row
}

/// A Space that breaks down at 18:12 and goes on under another id at 18:15; and another one.
pub fn relaunched() -> Folder {
    let folder = Folder::new();
    let first = |to, count| ran("1first", "Voices of the coast", "18:00:00", to, count);
    let again = |to, count| ran("1again", "Voices of the coast!", "18:15:00", to, count);
    let other = |to, count| ran("1other", "Tides", "20:00:00", to, count);
    let answer = |row: Value| json!({"data": [row], "includes": {"users": [super::x::host()]}});
    folder.take_in(&[
        ("2026-11-23T18:10:00Z", LOOK_UP, answer(first(None, 240))),
        ("2026-11-23T18:11:00Z", LOOK_UP, answer(first(None, 260))),
        ("2026-11-23T18:13:00Z", LOOK_UP, answer(first(Some("18:12:00"), 300))),
        ("2026-11-23T18:16:00Z", LOOK_UP, answer(again(None, 180))),
        ("2026-11-23T18:17:00Z", LOOK_UP, answer(again(None, 310))),
        ("2026-11-23T18:19:00Z", LOOK_UP, answer(again(Some("18:18:00"), 400))),
        ("2026-11-23T20:01:00Z", LOOK_UP, answer(other(None, 50))),
        ("2026-11-23T20:03:00Z", LOOK_UP, answer(other(Some("20:02:00"), 60))),
    ]);
    folder
}

fn parts(folder: &Folder, id: &str) -> Value {
    let rows = folder.rows(&["space", id, "--joined"]);
    keys::hold(&rows, keys::SPACE);
    rows[0]["part_ids"].clone()
}

#[test]
fn a_relaunch_answers_as_one_and_by_hand_it_is_parted_and_joined_to_another() {
    let folder = relaunched();
    assert_eq!(parts(&folder, "1again"), json!(["1first", "1again"]));
    let card = folder.run(&["space", "1again", "--joined"]);
    hold("cli_space_joined", &folder, &format!("{}--- standard error\n{}", card.out, card.err));
    let list = folder.well(&["spaces", "--joined", "--sort", "peak"]);
    hold("cli_spaces_joined", &folder, &list);
    let curve = folder.run(&["curve", "1first", "--joined"]);
    hold("cli_curve_joined", &folder, &format!("{}--- standard error\n{}", curve.out, curve.err));
    let svg = folder.well(&["curve", "1first", "--joined", "--svg"]);
    assert!(svg.contains("2 parts"), "{svg}");
    hold("cli_join", &folder, &folder.well(&["join", "1other", "1again"]));
    assert_eq!(parts(&folder, "1first"), json!(["1first", "1again", "1other"]));
    hold("cli_part", &folder, &folder.well(&["part", "1first", "https://x.com/i/spaces/1again"]));
    assert_eq!(parts(&folder, "1first"), json!(["1first"]));
    assert_eq!(parts(&folder, "1other"), json!(["1again", "1other"]));
    let said = folder.rows(&["events", "--kind", "SpacesJoined"]);
    let joined: Vec<&Value> = said.iter().map(|row| &row["data"]["joined"]).collect();
    assert_eq!(joined, [&json!(true), &json!(false)]);
    // As it was known before somebody said so.
    let before = said[0]["seq"].as_u64().unwrap() - 1;
    let past = ["space", "1first", "--joined", "--as-of", &format!("seq:{before}")];
    assert_eq!(folder.rows(&past)[0]["part_ids"], json!(["1first", "1again"]));
    folder.hold();
}

#[test]
fn the_page_of_a_space_leads_to_the_event_that_it_is_a_part_of_and_to_the_past() {
    let folder = relaunched();
    let site = Site::of(&folder, &["serve"]);
    let alone = site.get("/space/1again").body;
    assert!(alone.contains("<a href=\"/space/1again?joined=true\">"), "{alone}");
    let whole = site.get("/space/1again?joined=true").body;
    let rows = folder.rows(&["space", "1again", "--joined"]);
    for part in rows[0]["parts"].as_array().unwrap() {
        let id = part["space_id"].as_str().unwrap();
        let words = part["words"].as_str().unwrap().trim_start_matches(id);
        assert!(whole.contains(&format!("<a href=\"/space/{id}\">{id}</a>")), "{id}: {whole}");
        assert!(whole.contains(words), "{words}: {whole}");
    }
    assert!(whole.contains(rows[0]["basis"].as_str().unwrap()), "{whole}");
    assert!(whole.contains("href=\"/api/space/1again?joined=true\""), "{whole}");
    // 240 and 260 had been seen of the first part, and nothing of the others.
    let seq = folder.rows(&["curve", "1first"])[1]["seq"].to_string();
    let then = site.get(&format!("/space/1first?joined=true&as-of=seq:{seq}"));
    assert_eq!(then.status, 200, "{then:?}");
    assert!(then.body.contains("peak 260 at") && !then.body.contains("1again"), "{then:?}");
    assert!(then.body.contains(&format!("\"/space/1first?as-of=seq%3A{seq}\"")), "{then:?}");
    // Of its events, the last ones are those known then.
    let events = |page: &str| page.matches("<bdi>SpaceObserved</bdi>").count();
    assert_eq!((events(&then.body), events(&site.get("/space/1first").body)), (2, 3));
    let whole = site.get("/space/1first?joined=true").body;
    assert_eq!(events(&whole), 3, "of the Space whose page it is: {whole}");
    assert_eq!(site.get("/space/1first?joined=perhaps").status, 400);
    assert_eq!(site.get("/space/1first?step=1m").status, 400);
    site.stop();
}

#[test]
fn what_cannot_be_joined_is_refused() {
    let folder = relaunched();
    refused(&folder.run(&["join", "1first", "1unknown"]), 7, &["1unknown", "not in the log"]);
    refused(&folder.run(&["join", "1first"]), 2, &["ID"]);
    refused(&folder.run(&["part", "1first", "1first"]), 2, &["different Spaces"]);
    assert_eq!(folder.rows(&["events", "--kind", "SpacesJoined"]), Vec::<Value>::new());
}

#[test]
fn spaces_are_joined_while_a_monitor_runs() {
    let (folder, x) = (Folder::new(), X::new());
    for id in ["1one", "1two"] {
        x.put(space(id, "live", Some(3)));
        x.find(id);
    }
    let run: Running = folder.start(&["run", "--query", "wind", "--api-url", &x.url()]);
    until("the monitor runs", || (folder.run(&["status"]).code == Some(0)).then_some(()));
    until("both are known", || (folder.rows(&["spaces"]).len() == 2).then_some(()));
    let told = folder.rows(&["join", "1one", "1two"]);
    assert_eq!(told[0]["said"], "one event");
    until("they are one", || (parts(&folder, "1one").as_array().unwrap().len() == 2).then_some(()));
    run.stop();
    assert_eq!(parts(&folder, "1two").as_array().unwrap().len(), 2);
    assert!(x.asked(SEARCH) > 0);
}
