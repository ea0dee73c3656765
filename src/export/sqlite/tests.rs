//! What a database holds, asked in SQL.

use super::*;
use crate::sheet::{Column, Unit};

fn sheet(columns: &[&str], rows: Vec<Vec<Value>>) -> Sheet {
    let columns = columns.iter().map(|name| Column::new(name, Unit::None)).collect();
    Sheet { columns, rows, ..Sheet::default() }
}

fn event(seq: i64, kind: &str, at: i64, space: &str, data: &Json) -> Vec<Value> {
    let data = Value::Json(data.to_string());
    vec![seq.into(), kind.into(), Value::Time(at), space.into(), data]
}

fn texts(values: &[&str]) -> Value {
    values.to_vec().into()
}

fn made(path: &Path) {
    let mut database = Database::begin(path).unwrap();
    let counted = json!({"user_id": "7", "followers": 5});
    let described = json!({"user_id": "7", "username": "ann", "name": "Ann"});
    let page = sheet(
        &["seq", "kind", "observed_at", "space_id", "data"],
        vec![
            event(
                1,
                "PollSucceeded",
                0,
                "",
                &json!({"endpoint": "search", "target": "sea",
                "returned": 1}),
            ),
            event(
                2,
                "SpaceObserved",
                1_500,
                "1a",
                &json!({"state": "live", "participants": 9,
                "speaker_ids": ["7", "8"]}),
            ),
            event(3, "SpaceObserved", 61_500, "1a", &json!({"state": "live"})),
            event(4, "UserDescribed", 0, "", &described),
            event(5, "UserCounted", 0, "", &counted),
            event(6, "BuyersObserved", 2_000, "1a", &json!({"user_ids": ["7", "9"]})),
            event(7, "BuyersObserved", 9_000, "1a", &json!({"user_ids": ["7"]})),
        ],
    );
    database.events(&page).unwrap();
    let columns = [
        "space_id",
        "title",
        "participants",
        "airtime_seconds",
        "host_ids",
        "host_usernames",
        "host_verified",
        "speaker_ids",
        "topics",
        "first_seen",
        "is_ticketed",
    ];
    let row = vec![
        "1a".into(),
        "The SEA is high".into(),
        9_i64.into(),
        90.0.into(),
        texts(&["7"]),
        texts(&["ann"]),
        Value::List(vec![Value::Unknown]),
        texts(&["7", "8"]),
        Value::List(vec!["Nature".into(), Value::Unknown]),
        Value::Time(1_500),
        Value::Unknown,
    ];
    database.spaces(&sheet(&columns, vec![row])).unwrap();
    database.finish().unwrap();
}

fn all(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement = connection.prepare(sql).unwrap();
    let count = statement.column_count();
    let rows = statement.query_map([], |row| {
        let cells = (0..count).map(|cell| {
            Ok(match row.get_ref(cell)? {
                rusqlite::types::ValueRef::Null => "-".to_owned(),
                rusqlite::types::ValueRef::Integer(value) => value.to_string(),
                rusqlite::types::ValueRef::Real(value) => format!("{value:?}"),
                rusqlite::types::ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
                rusqlite::types::ValueRef::Blob(_) => "blob".to_owned(),
            })
        });
        cells.collect::<rusqlite::Result<Vec<_>>>().map(|cells| cells.join("|"))
    });
    rows.unwrap().collect::<rusqlite::Result<_>>().unwrap()
}

#[test]
fn a_database_says_what_was_seen_and_unknown_is_null() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("made.db");
    made(&path);
    assert!(Database::is_ours(&path));
    let connection = Connection::open(&path).unwrap();
    assert_eq!(
        all(
            &connection,
            "SELECT id, participant_count, duration_minutes, host_id, host_username,
             host_verified, is_ticketed, topics, keywords, first_seen, last_updated FROM spaces"
        ),
        ["1a|9|1.5|7|ann|-|-|[\"Nature\",null]|[\"high\"]|1970-01-01 00:00:01|-"]
    );
    assert_eq!(
        all(&connection, "SELECT speakers FROM spaces"),
        [
            r#"[{"id":"7","username":"ann","followers":5},{"id":"8","username":null,"followers":null}]"#
        ]
    );
    assert_eq!(
        all(&connection, "SELECT query, spaces_found, ran_at FROM search_runs"),
        ["sea|1|1970-01-01 00:00:00"]
    );
    assert_eq!(
        all(&connection, "SELECT id, user_id, username, followers, scraped_at FROM participants"),
        ["1|7|ann|5|1970-01-01 00:00:02", "2|9|-|-|1970-01-01 00:00:02"]
    );
    assert_eq!(
        all(&connection, "SELECT * FROM observations"),
        ["2|1a|1970-01-01 00:00:01.500|live|9|-|2", "3|1a|1970-01-01 00:01:01.500|live|-|-|-"]
    );
    assert_eq!(all(&connection, "SELECT * FROM peaks"), ["1a|9|1970-01-01 00:00:01.500|2"]);
    assert_eq!(all(&connection, "PRAGMA integrity_check"), ["ok"]);
}

#[test]
fn the_same_rows_give_the_same_bytes() {
    let home = tempfile::tempdir().unwrap();
    let paths = [home.path().join("a"), home.path().join("b")];
    for path in &paths {
        made(path);
    }
    assert_eq!(std::fs::read(&paths[0]).unwrap(), std::fs::read(&paths[1]).unwrap());
}

#[test]
fn a_file_of_somebody_else_is_not_ours() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("other.db");
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
    assert!(!Database::is_ours(&path));
    std::fs::write(&path, "no database").unwrap();
    assert!(!Database::is_ours(&path));
    assert!(!Database::is_ours(&home.path().join("nowhere")));
}
