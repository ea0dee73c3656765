//! What another engine makes of an export: the SQL beside the data gives spacelog's own numbers.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::program::{Folder, PROGRAM, Running};
use super::x::{CREATORS, LOOK_UP, SEARCH, host, space};

/// Exports a folder, and holds what `DuckDB` makes of it against what the program answers; returns
/// what was compared.
fn compare(folder: &Folder, data: &Path) -> String {
    let run = |args: &[&str]| {
        let args = [args, &["--data", data.to_str().unwrap()]].concat();
        let output = Running::of(folder.command(PROGRAM, &args)).end();
        assert_eq!(output.code, Some(0), "{output:#?}");
        output.out
    };
    let out = folder.home().join("out");
    run(&["export", "parquet", out.to_str().unwrap()]);
    let manifests = fs::read_dir(out.join("_spacelog")).unwrap();
    let manifest = fs::read(manifests.map(|it| it.unwrap().path()).next().unwrap()).unwrap();
    let seq = serde_json::from_slice::<Value>(&manifest).unwrap()["seq"].as_u64().unwrap();
    let as_of = format!("seq:{seq}");
    let mut files = Vec::new();
    for question in [&["spaces"][..], &["hosts", "--min-spaces", "1"], &["keywords"]] {
        let path = folder.home().join(format!("{}.json", question[0]));
        fs::write(&path, run(&[question, &["--json", "--as-of", &as_of]].concat())).unwrap();
        files.push(path);
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/engines/compare.py");
    let compared =
        Command::new("python3").arg(script).arg("duckdb").arg(&out).args(&files).output();
    let compared = compared.unwrap();
    assert!(compared.status.success(), "{}", String::from_utf8_lossy(&compared.stderr));
    String::from_utf8(compared.stdout).unwrap()
}

fn has_duckdb() -> bool {
    let found = Command::new("python3").args(["-c", "import duckdb"]).output();
    let found = found.is_ok_and(|found| found.status.success());
    if !found {
        eprintln!("SKIPPED: `python3 -c 'import duckdb'` fails (pip install duckdb)");
    }
    found
}

#[test]
fn duckdb_gives_the_figures_of_a_simulated_world_cell_by_cell() {
    if !has_duckdb() {
        return;
    }
    let folder = Folder::new();
    let data = folder.home().join("demo");
    let args = ["demo", "--for", "2s", "--speed", "900", "--seed", "5", "--spaces", "60"];
    let args = [&args[..], &["--listen", "off", "--data", data.to_str().unwrap()]].concat();
    let output = Running::of(folder.command(PROGRAM, &args)).end();
    assert_eq!(output.code, Some(0), "{output:#?}");
    let compared = compare(&folder, &data);
    assert_eq!(compared.lines().count(), 7, "{compared}");
    // So short a world may have nothing to doubt.
    let mut tables = compared.lines().filter(|line| !line.starts_with("table doubts"));
    assert!(!tables.any(|line| line.contains(": 0 rows")), "{compared}");
}

#[test]
fn duckdb_gives_the_figures_of_ends_returns_and_looks_out_of_order_cell_by_cell() {
    if !has_duckdb() {
        return;
    }
    let folder = Folder::new();
    let users = json!({"users": [host()]});
    let answer = |row: Value| json!({"data": [row], "includes": users});
    let gone = |id: &str| {
        json!({"errors": [{"resource_id": id, "resource_type": "space", "parameter": "ids",
            "value": id, "title": "Not Found Error", "detail": "gone",
            "type": "https://api.twitter.com/2/problems/resource-not-found"}]})
    };
    let live = |id, count| answer(space(id, "live", count));
    let ended = |id: &str, at: Option<&str>| {
        let mut row = space(id, "ended", Some(9_999));
        row["ended_at"] = at.map_or(Value::Null, Value::from);
        answer(row)
    };
    let at = |minute: u32| format!("2026-11-23T18:{minute:02}:00Z");
    let looks: Vec<(String, &str, Value)> = vec![
        // Ended as X reports it, shown by search a little longer.
        (at(1), LOOK_UP, live("1reported", Some(100))),
        (at(3), LOOK_UP, live("1reported", Some(300))),
        (at(4), SEARCH, live("1reported", Some(310))),
        (at(5), LOOK_UP, ended("1reported", Some("2026-11-23T18:03:30.000Z"))),
        (at(6), SEARCH, live("1reported", Some(320))),
        (at(7), CREATORS, live("1reported", Some(330))),
        // Ended without a time; search is late, and a look-up sees it again.
        (at(11), LOOK_UP, live("1again", Some(10))),
        (at(12), LOOK_UP, ended("1again", None)),
        (at(13), SEARCH, live("1again", Some(50))),
        (at(14), LOOK_UP, live("1again", Some(20))),
        (at(30), LOOK_UP, live("1again", None)),
        (at(31), LOOK_UP, live("1again", Some(40))),
        // Gone, and back.
        (at(15), LOOK_UP, live("1missing", Some(70))),
        (at(16), LOOK_UP, gone("1missing")),
        (at(17), SEARCH, live("1missing", Some(80))),
        (at(19), LOOK_UP, gone("1missing")),
        // Never on air.
        (at(20), LOOK_UP, answer(space("1waits", "scheduled", Some(3)))),
    ];
    let taken: Vec<(&str, &str, Value)> =
        looks.iter().map(|(at, path, body)| (at.as_str(), *path, body.clone())).collect();
    folder.take_in(&taken);
    // Older looks come later.
    let older = at(2);
    folder.take_in(&[(older.as_str(), LOOK_UP, live("1late", Some(5)))]);
    let oldest = at(0);
    folder.take_in(&[(oldest.as_str(), LOOK_UP, live("1late", Some(7)))]);
    let compared = compare(&folder, &folder.data());
    assert!(compared.starts_with("spaces: 4 rows"), "{compared}");
}
