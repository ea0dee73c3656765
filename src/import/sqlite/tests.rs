//! What a database of another program becomes.

use super::super::Merge;
use super::*;
use crate::event::{Event, GapCause};

/// The columns that are needed, and some rows.
fn written(path: &Path, more: &str) {
    let tables =
        TABLES.map(|(table, columns)| format!("CREATE TABLE {table} ({});", columns.join(", ")));
    let sql = tables.concat();
    let rows = "INSERT INTO spaces (id, title, state, participant_count, host_id, host_username,
                host_followers, host_verified, is_ticketed, speakers, topic_ids, started_at,
                first_seen, last_updated) VALUES
            ('1a', 'Sea', 'ended', 40, '7', 'ann', 90, 1, 0,
             '[{\"id\": \"8\", \"username\": \"bob\", \"followers\": 3}]', '[\"131272609\"]',
             '2026-01-01T09:00:00.000Z', '2026-01-01 10:00:00', '2026-01-01 11:00:00'),
            ('1b', NULL, 'live', NULL, NULL, NULL, NULL, 0, 0, '[]', '[]', NULL,
             '2026-01-01 10:30:00', '2026-01-01 10:30:00');
        INSERT INTO search_runs VALUES (1, 'sea', 2, '2026-01-01 09:59:59');
        INSERT INTO participants VALUES ('1a', '9', 'cy', 'Cy', 5, '2026-01-01 10:59:00');";
    Connection::open(path).unwrap().execute_batch(&(sql + rows + more)).unwrap();
}

fn taken(path: &Path) -> Vec<FoundRow> {
    Merge::new(Tables::open(path, Moment(9)).unwrap().sources().unwrap()).collect()
}

#[test]
fn a_database_becomes_looks_at_their_times_and_what_was_written_over_a_gap() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("other.db");
    written(&path, "");
    let batches: Vec<Adopted> = taken(&path).into_iter().map(|row| row.unwrap()).collect();
    let told: Vec<String> = batches
        .iter()
        .map(|it| {
            let kinds: Vec<&str> = it.batch.events.iter().map(Event::kind).collect();
            format!("{} {}", &it.batch.observed_at.to_string()[11..19], kinds[1..].join(" "))
        })
        .collect();
    assert_eq!(
        told,
        [
            "09:59:59 ",
            "10:00:00 UserDescribed UserCounted UserDescribed UserCounted SpaceDescribed \
             SpaceObserved",
            "10:30:00 SpaceObserved",
            "10:59:00 UserDescribed UserCounted BuyersObserved",
            "11:00:00 UserDescribed UserCounted UserDescribed UserCounted SpaceDescribed \
             SpaceObserved Gap",
        ]
    );
    let observed = |at: usize| {
        let found = batches[at].batch.events.iter().find_map(|event| match event {
            Event::SpaceObserved(it) => Some(it.clone()),
            _ => None,
        });
        found.unwrap()
    };
    assert_eq!((observed(1).state, observed(1).participants), (None, None), "written over");
    assert_eq!(observed(1).speakers.unwrap().len(), 1);
    assert_eq!(observed(4).participants, Some(40));
    assert_eq!(observed(2).participants, None);
    let Some(Event::Gap(gap)) = batches[4].batch.events.last() else { panic!("no gap") };
    assert_eq!((gap.cause, gap.to.since(gap.from)), (GapCause::NotRecorded, 3_600_000));
    let again: Vec<_> = taken(&path).into_iter().map(|row| row.unwrap().batch.poll_id).collect();
    let ids: Vec<_> = batches.iter().map(|it| it.batch.poll_id).collect();
    assert_eq!(again, ids, "the same rows are the same polls");
}

#[test]
fn a_row_that_is_wrong_is_named_and_the_others_are_read() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("other.db");
    written(
        &path,
        "INSERT INTO spaces (id, first_seen, last_updated) VALUES
        ('no id!', '2026-01-01 10:00:00', '2026-01-01 10:00:00'), ('1c', 'x', 'x');",
    );
    let (good, bad): (Vec<_>, Vec<_>) = taken(&path).into_iter().partition(Result::is_ok);
    assert_eq!(good.len(), 5);
    let mut bad: Vec<String> = bad
        .into_iter()
        .filter_map(Result::err)
        .map(|(table, number, why)| format!("{table} {number}: {why}"))
        .collect();
    bad.sort();
    assert_eq!(bad, ["spaces 3: it has no valid `id`", "spaces 4: it has no valid `first_seen`"]);
}

#[test]
fn a_file_that_is_another_damaged_or_newer_is_refused_before_anything_is_read() {
    let home = tempfile::tempdir().unwrap();
    let path = |name: &str| home.path().join(name);
    let refused = |name: &str| Tables::open(&path(name), Moment(9)).unwrap_err().to_string();
    std::fs::write(path("text"), "this is no database, and long enough to be looked at".repeat(9))
        .unwrap();
    assert!(refused("text").contains("no SQLite database"), "{}", refused("text"));
    assert!(refused("nowhere").contains("no SQLite database"));
    Connection::open(path("other")).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
    assert_eq!(refused("other"), "table `spaces` has no column `id`");
    written(&path("newer"), "PRAGMA user_version = 3;");
    assert!(refused("newer").contains("version 3"), "{}", refused("newer"));
    written(&path("whole"), "");
    let mut bytes = std::fs::read(path("whole")).unwrap();
    let page = bytes.len() - 4_096;
    bytes[page..page + 200].fill(0x5a);
    std::fs::write(path("damaged"), bytes).unwrap();
    let damaged = refused("damaged");
    assert!(damaged.contains("damaged") || damaged.contains("no SQLite"), "{damaged}");
}
