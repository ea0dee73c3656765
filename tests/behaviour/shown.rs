//! What people see, held as snapshots: tables, errors.

use serde_json::json;

use super::program::{Folder, PROGRAM};
use super::x::{LOOK_UP, SEARCH, host, space};

/// Where snapshots are kept.
pub const SNAPSHOTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots");

/// Holds a text against its snapshot, without what differs from run to run.
pub fn hold(name: &str, folder: &Folder, text: &str) {
    let home = folder.home().to_str().unwrap();
    let text = text.replace(home, "HOME").replace(PROGRAM, "spacelog");
    insta::with_settings!({
        snapshot_path => SNAPSHOTS,
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        insta::assert_snapshot!(name, text);
    });
}

/// A folder with a few Spaces at fixed times.
pub fn fixed() -> Folder {
    let folder = Folder::new();
    let users = json!({"users": [host()]});
    let live = |count: u64| space("1evening", "live", Some(count));
    let mut scheduled = space("1tomorrow", "scheduled", None);
    scheduled["scheduled_start"] = "2026-11-24T18:00:00.000Z".into();
    scheduled["title"] = "Climate and the coast".into();
    let untitled = json!({"id": "1untitled", "state": "live"});
    let found = json!({"data": [live(240), scheduled, untitled], "includes": users,
        "meta": {"result_count": 3}});
    let answer = |row| json!({"data": [row], "includes": users});
    folder.take_in(&[
        ("2026-11-23T18:10:00Z", SEARCH, found),
        ("2026-11-23T18:11:00Z", LOOK_UP, answer(live(1_240))),
        ("2026-11-23T18:12:00Z", LOOK_UP, answer(live(980))),
        ("2026-11-23T19:31:00Z", LOOK_UP, answer(space("1evening", "ended", Some(3_273)))),
    ]);
    folder
}

#[test]
fn the_answers_to_a_fixed_log_are_these() {
    let folder = fixed();
    for shape in ["table", "markdown", "json", "csv"] {
        let out = folder.well(&["spaces", "--format", shape]);
        hold(&format!("cli_spaces_{shape}"), &folder, &out);
    }
    let card = folder.run(&["space", "1evening"]);
    hold("cli_space", &folder, &format!("{}--- standard error\n{}", card.out, card.err));
    let curve = folder.run(&["curve", "1evening"]);
    hold("cli_curve", &folder, &format!("{}--- standard error\n{}", curve.out, curve.err));
    hold("cli_hosts", &folder, &folder.well(&["hosts"]));
    let person = folder.run(&["person", "@coastwatch"]);
    hold("cli_person", &folder, &format!("{}--- standard error\n{}", person.out, person.err));
    hold("cli_polls", &folder, &folder.well(&["polls"]));
    let spend = folder.run(&["spend", "--as-of", "2026-11-23T23:00:00Z"]);
    hold("cli_spend", &folder, &format!("{}--- standard error\n{}", spend.out, spend.err));
    hold("cli_keywords", &folder, &folder.well(&["keywords", "--last", "36500d"]));
}

#[test]
fn a_dry_run_shows_its_plan_asks_nothing_and_needs_no_token() {
    let folder = Folder::with_token(None);
    let watch = ["run", "--dry-run", "--query", "climate", "--query", "music", "--creator", "12"];
    let watch = [watch.as_slice(), &["--creator", "@coastwatch", "--space", "1evening"]].concat();
    // Nobody is there.
    let watch = [watch.as_slice(), &["--api-url", "http://127.0.0.1:9"]].concat();
    let plan = folder.run(&watch);
    assert_eq!(plan.code, Some(0), "{plan:?}");
    hold("cli_dry_run", &folder, &format!("{}--- standard error\n{}", plan.out, plan.err));
    let low = folder.run(&[watch.as_slice(), &["--cap-bound", "low", "--spend-cap", "1"]].concat());
    assert!(low.err.contains("the cap of $1.00 (low bound) is likely to be met"), "{}", low.err);
    assert!(!folder.data().exists(), "nothing is made");
}

#[test]
fn the_errors_that_people_meet_read_like_this() {
    let folder = Folder::with_token(None);
    let known = fixed();
    let foreign = Folder::new();
    std::fs::create_dir(foreign.data()).unwrap();
    std::fs::write(foreign.data().join("thesis.doc"), "mine").unwrap();
    let page = folder.file("page.json", "<html>");
    let cases: &[(&str, &Folder, &[&str])] = &[
        ("no_log", &folder, &["spaces"]),
        ("no_token", &folder, &["run", "--query", "x"]),
        ("nothing_to_watch", &folder, &["run"]),
        ("plain_http", &folder, &["run", "--query", "x", "--api-url", "http://api.example.com"]),
        ("token_file", &folder, &["run", "--query", "x", "--bearer-token-file", "nowhere"]),
        ("unknown_space", &known, &["space", "1unknown"]),
        ("unknown_person", &known, &["person", "@nobody"]),
        ("bad_id", &known, &["space", "no-id"]),
        ("bad_duration", &folder, &["demo", "--for", "soon"]),
        ("unknown_flag", &folder, &["spaces", "--frobnicate"]),
        ("foreign_folder", &foreign, &["demo"]),
        ("no_json", &folder, &["import", "bodies", &page]),
    ];
    for (name, folder, args) in cases {
        let output = folder.run(args);
        assert_eq!(output.out, "", "{args:?}");
        let code = output.code.unwrap();
        hold(&format!("cli_error_{name}"), folder, &format!("{}(exit {code})\n", output.err));
    }
}
