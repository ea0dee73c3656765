//! Files for other programs: each keeps what X sent, and none runs it.

use std::fs;
use std::process::Command;

use parquet::record::Field;
use serde_json::{Value, json};

use super::super::exchange::has_sqlite;
use super::super::page::{is_wild, no_formula};
use super::super::program::Folder;
use super::super::tables::{column, files};
use super::{folder, titles};

/// What a question of another program finds in the database.
const ASKS: &str = "
import json, sqlite3, sys
at = sqlite3.connect(sys.argv[1])
rows = at.execute('''SELECT title, host_username, host_name FROM spaces
    WHERE state = 'live' ORDER BY host_id''').fetchall()
print(json.dumps(rows))
";

#[test]
fn hostile_text_is_no_formula_in_sheets_and_comes_back_whole_from_lines() {
    let folder = folder();
    let to = folder.home().join("sheets");
    folder.well(&["export", "csv", to.to_str().unwrap()]);
    for (name, bytes) in files(&to) {
        let lines = String::from_utf8(bytes).unwrap();
        assert!(!lines.contains(is_wild), "{name}: {lines:?}");
        no_formula(&lines, &name);
    }
    let path = folder.home().join("log.jsonl");
    folder.well(&["export", "jsonl", path.to_str().unwrap()]);
    let text = fs::read_to_string(&path).unwrap();
    assert!(!text.contains(is_wild), "{text:?}");
    for line in text.lines() {
        let event: Value = serde_json::from_str(line).unwrap();
        assert!(event["seq"].is_u64(), "{line}");
    }
    let other = Folder::new();
    other.well(&["import", "jsonl", path.to_str().unwrap()]);
    for (at, text) in titles().iter().enumerate() {
        let row = other.space(&format!("1soon{at}"));
        assert_eq!((&row["title"], &row["host_usernames"]), (&json!(text), &json!([text])));
    }
    other.hold();
}

#[test]
fn hostile_text_stands_in_a_database_as_x_sent_it_and_questions_find_it() {
    let folder = folder();
    let path = folder.home().join("spaces.db");
    folder.well(&["export", "sqlite", path.to_str().unwrap()]);
    if has_sqlite() {
        let asked = Command::new("python3").args(["-c", ASKS]).arg(&path).output().unwrap();
        assert!(asked.status.success(), "{asked:?}");
        let rows: Value = serde_json::from_slice(&asked.stdout).unwrap();
        let sent: Vec<[String; 3]> =
            titles().into_iter().map(|it| [it.clone(), it.clone(), it]).collect();
        assert_eq!(rows, json!(sent));
    }
    let other = Folder::new();
    other.well(&["import", "sqlite", path.to_str().unwrap()]);
    for (at, text) in titles().iter().enumerate() {
        let row = other.space(&format!("1live{at}"));
        assert_eq!((&row["title"], &row["host_usernames"]), (&json!(text), &json!([text])));
    }
}

#[test]
fn hostile_text_stands_in_parquet_tables_as_x_sent_it() {
    let folder = folder();
    let to = folder.home().join("out");
    folder.well(&["export", "parquet", to.to_str().unwrap()]);
    let names: Vec<String> = files(&to).into_keys().collect();
    let sorted = |table: &str, name: &str| {
        let file = names.iter().find(|it| it.starts_with(table) && it.ends_with(".parquet"));
        let found = column(&to.join(file.unwrap_or_else(|| panic!("{names:?}"))), name);
        let mut texts: Vec<String> = found
            .into_iter()
            .map(|it| match it {
                Field::Str(text) => text,
                other => panic!("{name}: {other}"),
            })
            .collect();
        texts.sort_unstable();
        texts.dedup();
        texts
    };
    let mut sent = titles();
    sent.sort_unstable();
    assert_eq!(sorted("spaces", "title"), sent);
    assert_eq!(sorted("users", "username"), sent);
    assert_eq!(sorted("users", "name"), sent);
}
