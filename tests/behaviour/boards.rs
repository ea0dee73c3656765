//! Leaderboards by the command line: each order as it is reckoned by hand, and who is left out.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::program::Folder;
use super::x::{LOOK_UP, space};

/// A Space: its id, days ago, minutes on air, and what is counted at each look.
struct Air {
    id: &'static str,
    days_ago: i64,
    minutes: i64,
    counts: Vec<u64>,
    host: Who,
    speaker: Who,
}

/// Somebody: id, name, and followers at the first and at the last look.
type Who = (&'static str, &'static str, u64, u64);

const ANNA: Who = ("1", "anna", 300, 1_000);
const BEN: Who = ("2", "ben", 2_100, 2_000);
const CLEO: Who = ("3", "cleo", 89_500, 90_000);
const DORA: Who = ("4", "dora", 400, 400);
const EVE: Who = ("5", "eve", 10, 15);
const FAY: Who = ("6", "fay", 20, 20);
const GUS: Who = ("7", "gus", 30, 20);
const HAL: Who = ("8", "hal", 500_000, 500_002);

/// Anna is often on air and never long, Ben seldom and long, Cleo once before a crowd, and Dora for
/// an hour at which somebody looked once.
fn aired() -> Vec<Air> {
    let air = |id, days_ago, minutes, counts, host, speaker| Air {
        id,
        days_ago,
        minutes,
        counts,
        host,
        speaker,
    };
    let mut crowd = vec![50; 20];
    crowd[7] = 300;
    vec![
        air("1annaOld", 40, 4, vec![100; 4], ANNA, EVE),
        air("1annaOne", 3, 4, vec![100; 4], (ANNA.0, ANNA.1, 1_000, 1_000), (EVE.0, EVE.1, 15, 15)),
        air("1annaTwo", 2, 4, vec![100; 4], (ANNA.0, ANNA.1, 1_000, 1_000), (EVE.0, EVE.1, 15, 15)),
        air("1benOne", 5, 20, vec![50; 20], BEN, HAL),
        air("1benTwo", 4, 20, crowd, (BEN.0, BEN.1, 2_000, 2_000), (HAL.0, HAL.1, HAL.3, HAL.3)),
        air("1cleo", 40, 10, vec![250; 10], CLEO, GUS),
        air("1dora", 1, 60, vec![10], DORA, FAY),
    ]
}

fn told(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%S.000Z").to_string()
}

fn person((id, name, first, last): Who, is_last: bool) -> Value {
    let followers = if is_last { last } else { first };
    json!({"id": id, "username": name, "name": name,
        "public_metrics": {"followers_count": followers}})
}

/// A log of all that: a look a minute, and one at the end.
fn folder() -> Folder {
    let (folder, now) = (Folder::new(), Utc::now());
    let mut lines = Vec::new();
    for it in aired() {
        let begin = now - TimeDelta::days(it.days_ago) - TimeDelta::hours(2);
        let end = begin + TimeDelta::minutes(it.minutes);
        let mut row = space(it.id, "live", None);
        row["creator_id"] = it.host.0.into();
        row["host_ids"] = json!([it.host.0]);
        row["speaker_ids"] = json!([it.speaker.0]);
        row["created_at"] = told(begin).into();
        row["started_at"] = told(begin).into();
        let mut look = |at, row: &Value, is_last| {
            let users = [person(it.host, is_last), person(it.speaker, is_last)];
            lines.push((told(at), json!({"data": [row], "includes": {"users": users}})));
        };
        for (minute, count) in (0..).zip(&it.counts) {
            row["participant_count"] = (*count).into();
            look(begin + TimeDelta::minutes(minute), &row, false);
        }
        (row["state"], row["ended_at"]) = ("ended".into(), told(end).into());
        look(end, &row, true);
    }
    lines.sort_by(|a, b| a.0.cmp(&b.0));
    let lines: Vec<(&str, &str, Value)> =
        lines.iter().map(|(at, body)| (at.as_str(), LOOK_UP, body.clone())).collect();
    folder.take_in(&lines);
    folder
}

/// Returns the names on a board, in its order.
fn names(folder: &Folder, args: &[&str]) -> String {
    let rows = folder.rows(args);
    let ranks: Vec<u64> = rows.iter().map(|row| row["rank"].as_u64().unwrap()).collect();
    assert_eq!(ranks, (1..=rows.len() as u64).collect::<Vec<_>>());
    let names: Vec<&str> = rows.iter().map(|row| row["username"].as_str().unwrap()).collect();
    // People read the same order.
    let table = folder.well(&[args, &["--limit", "0"]].concat());
    let places = names.iter().map(|name| table.find(name).expect("a row of the table"));
    assert!(places.is_sorted(), "{args:?}: {table}");
    names.join(" ")
}

#[test]
fn each_figure_gives_the_order_that_it_gives_by_hand() {
    let folder = folder();
    for (by, hosts, speakers) in [
        // By hand, in thousands of participant-minutes: 2.5, 2.25, 1.2 and hardly any.
        ("participant-hours", "cleo ben anna dora", "gus hal eve fay"),
        // 250, 100, 56.25, 10.
        ("average", "cleo anna ben dora", "gus eve hal fay"),
        // 300, 250, 100, 10.
        ("peak", "ben cleo anna dora", "hal gus eve fay"),
        // 3, 2, 1 and 1, where the lower id comes first.
        ("spaces", "anna ben cleo dora", "eve hal fay gus"),
        // 60, 40, 12 and 10 minutes.
        ("airtime", "dora ben anna cleo", "fay hal eve gus"),
        // Hosts and speakers of theirs together: 502 002, 90 020, 1 015, 420.
        ("reach", "ben cleo anna dora", "hal gus eve fay"),
        // 700, 500, 100 lost, and nothing known; of the speakers 5, 2, 10 lost.
        ("follower-growth", "anna cleo ben dora", "eve hal gus fay"),
    ] {
        assert_eq!(names(&folder, &["hosts", "--by", by]), hosts, "{by}");
        assert_eq!(names(&folder, &["speakers", "--by", by]), speakers, "{by}");
    }
    let figures = |row: &Value| {
        ["average_participants", "peak_participants", "airtime_seconds", "reach", "follower_growth"]
            .map(|key| row[key].as_f64())
    };
    let rows = folder.rows(&["hosts", "--by", "spaces"]);
    let of = |all: [f64; 5]| all.map(Some);
    assert_eq!(figures(&rows[0]), of([100.0, 100.0, 720.0, 1_015.0, 700.0]));
    assert_eq!(figures(&rows[1]), of([56.25, 300.0, 2_400.0, 502_002.0, -100.0]));
    assert_eq!(figures(&rows[2]), of([250.0, 250.0, 600.0, 90_020.0, 500.0]));
    assert_eq!(figures(&rows[3]), [Some(10.0), Some(10.0), Some(3_600.0), Some(420.0), None]);
    folder.hold();
}

#[test]
fn who_was_on_air_too_seldom_too_long_ago_or_hardly_looked_at_is_left_out() {
    let folder = folder();
    let by = ["--by", "spaces"];
    for (narrow, hosts, speakers) in [
        (&["--min-spaces", "1"][..], "anna ben cleo dora", "eve hal fay gus"),
        (&["--min-spaces", "2"], "anna ben", "eve hal"),
        (&["--min-spaces", "3"], "anna", "eve"),
        (&["--min-coverage", "0.5"], "anna ben cleo", "eve hal gus"),
        (&["--last", "30d"], "anna ben dora", "eve hal fay"),
        (&["--last", "30d", "--min-spaces", "3"], "", ""),
        (&["--last", "30d", "--min-coverage", "0.5"], "anna ben", "eve hal"),
        (&["--last", "36500d"], "anna ben cleo dora", "eve hal fay gus"),
    ] {
        assert_eq!(names(&folder, &[&["hosts"], &by[..], narrow].concat()), hosts, "{narrow:?}");
        let board = [&["speakers"], &by[..], narrow].concat();
        assert_eq!(names(&folder, &board), speakers, "{narrow:?}");
    }
    // What is left out is in no figure of those who stay.
    let rows = folder.rows(&["hosts", "--last", "30d", "--by", "spaces"]);
    assert_eq!((&rows[0]["spaces"], &rows[0]["airtime_seconds"]), (&json!(2), &json!(480.0)));
    assert_eq!(rows[0]["follower_growth"], Value::Null, "nobody came within that time");
}
