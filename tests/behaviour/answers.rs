//! What each question about a log answers to people, held as snapshots.

use serde_json::{Value, json};

use super::moving::{
    drawn_together, without_hashes, without_moments, without_numbers, without_values,
};
use super::program::{Folder, Output, PROGRAM, Running};
use super::shown::{fixed, hold};
use super::x::{LOOK_UP, SEARCH, host, space};

/// Both streams of a command that went well.
pub fn both(folder: &Folder, args: &[&str]) -> String {
    let output = folder.run(args);
    assert_eq!(output.code, Some(0), "{args:?}: {output:#?}");
    streams(&output)
}

/// Both streams, the second one under its name.
pub fn streams(output: &Output) -> String {
    format!("{}--- standard error\n{}", output.out, output.err)
}

/// Two Spaces with people on stage, of whom one speaks in both and one has no name.
fn staged() -> Folder {
    let folder = Folder::new();
    let speaker = json!({"id": "21", "username": "noor", "name": "Noor", "verified": false,
        "public_metrics": {"followers_count": 1}});
    let answer = |followers: u64, rows: &[Value]| {
        let mut host = host();
        host["public_metrics"]["followers_count"] = followers.into();
        json!({"data": rows, "includes": {"users": [host, speaker]},
            "meta": {"result_count": rows.len()}})
    };
    let on_air = |id: &str, count: u64, speakers: &[&str]| {
        let mut row = space(id, "live", Some(count));
        row["speaker_ids"] = json!(speakers);
        row
    };
    folder.take_in(&[
        ("2026-11-23T18:01:00Z", SEARCH, answer(12_300, &[on_air("1first", 240, &["21"])])),
        ("2026-11-23T18:02:00Z", LOOK_UP, answer(12_300, &[on_air("1first", 1, &["21", "22"])])),
        ("2026-11-23T18:03:00Z", LOOK_UP, answer(12_295, &[space("1first", "ended", Some(9))])),
        ("2026-11-23T18:04:00Z", SEARCH, answer(12_410, &[on_air("1second", 30, &["21"])])),
        ("2026-11-23T18:05:00Z", LOOK_UP, answer(12_410, &[space("1second", "ended", Some(31))])),
    ]);
    folder
}

#[test]
fn who_spoke_and_how_followers_came_and_went_is_told_like_this() {
    let folder = staged();
    hold("cli_speakers", &folder, &both(&folder, &["speakers"]));
    let followers = both(&folder, &["person", "@coastwatch", "--followers"]);
    hold("cli_person_followers", &folder, &followers);
    hold("cli_person_speaker", &folder, &both(&folder, &["person", "@noor"]));
}

#[test]
fn the_log_its_state_and_its_proof_are_shown_like_this() {
    let folder = fixed();
    hold("cli_events", &folder, &without_hashes(&both(&folder, &["events"])));
    hold("cli_verify", &folder, &without_hashes(&both(&folder, &["verify"])));
    let status = without_moments(&without_hashes(&both(&folder, &["status"])));
    let moving = ["disk_bytes", "disk_free_bytes"];
    hold("cli_status", &folder, &without_values(&status, &moving));
    hold("cli_gaps_none", &folder, &both(&folder, &["gaps"]));
}

#[test]
fn curves_of_several_spaces_and_by_steps_are_drawn_like_this() {
    let folder = fixed();
    let step = both(&folder, &["curve", "1evening", "--step", "1m"]);
    hold("cli_curve_step", &folder, &step);
    let folder = staged();
    let several = ["curve", "1first", "1second"];
    hold("cli_curve_several", &folder, &both(&folder, &several));
    let aligned = [several.as_slice(), &["--align", "start"]].concat();
    hold("cli_curve_aligned", &folder, &both(&folder, &aligned));
}

#[test]
fn what_keeps_the_data_tells_what_it_did_like_this() {
    let folder = fixed();
    for (name, args) in [("all", &["rebuild"][..]), ("one", &["rebuild", "hosts"])] {
        let speed = [" s, ", " events a second", "\n"];
        hold(
            &format!("cli_rebuild_{name}"),
            &folder,
            &without_numbers(&both(&folder, args), &speed),
        );
    }
    let backup = both(&folder, &["backup", "copy"]);
    hold("cli_backup", &folder, &drawn_together(&without_hashes(&backup)));
    let user = ["forget", "--user", "@coastwatch", "--reason", "asked by mail", "--yes"];
    hold("cli_forget_user", &folder, &both(&folder, &user));
    let space = ["forget", "--space", "1evening", "--reason", "asked by mail", "--yes"];
    hold("cli_forget_space", &folder, &both(&folder, &space));
    hold("cli_space_forgotten", &folder, &both(&folder, &["space", "1evening"]));
    hold("cli_person_forgotten", &folder, &both(&folder, &["person", "12"]));
}

#[test]
fn what_goes_out_and_comes_in_is_counted_like_this() {
    let folder = fixed();
    for (form, to) in [("jsonl", "log.jsonl"), ("sqlite", "spaces.db"), ("csv", "sheets")] {
        let told = both(&folder, &["export", form, to]);
        hold(&format!("cli_export_{form}"), &folder, &told);
    }
    let tables = both(&folder, &["export", "parquet", "tables"]);
    hold(
        "cli_export_parquet",
        &folder,
        &without_numbers(&without_moments(&tables), &[" KiB", " B"]),
    );
    let bodies = both(&folder, &["import", "bodies", "lines.jsonl", "--every", "1m"]);
    hold("cli_import_bodies", &folder, &bodies);
    let place = |name: &str| folder.home().join(name).to_str().unwrap().to_owned();
    let (lines, database) = (place("log.jsonl"), place("spaces.db"));
    let other = Folder::new();
    hold("cli_import_jsonl", &other, &both(&other, &["import", "jsonl", &lines]));
    let other = Folder::new();
    hold("cli_import_sqlite", &other, &both(&other, &["import", "sqlite", &database]));
    hold("cli_gaps", &other, &both(&other, &["gaps"]));
}

#[test]
fn settings_are_shown_with_and_without_where_they_come_from() {
    let folder = Folder::new();
    let file = "queries = [\"coast\", \"tides\"]\nspend_cap = 2.5\n[topics]\n77 = \"Surf\"\n";
    folder.file("spacelog.toml", file);
    let here = ["--config", "spacelog.toml", "--data", "data"];
    for (name, args) in
        [("", &["config"][..]), ("_show", &["config", "show"]), ("_check", &["config", "check"])]
    {
        let told = Running::of(folder.command(PROGRAM, &[args, &here].concat())).end();
        hold(&format!("cli_config{name}"), &folder, &streams(&told));
    }
}
