//! Words of titles: `keywords` and a database's own, counted by another program, agree.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::program::Folder;
use super::x::{SEARCH, space};

/// How the seed article finds the words of a title, and counts those of the last day: in the
/// database once a Space, in titles each time; and which words say nothing to it.
const COUNT: &str = r#"
import json, re, sqlite3, sys
from collections import Counter
words = lambda title: re.findall(r"\b[a-zA-Z]{4,}\b", (title or "").lower())
silent = "with your this that from about what will have".split()
at = sqlite3.connect(sys.argv[1])
every = at.execute("SELECT title, keywords FROM spaces ORDER BY id").fetchall()
day, times, apart = Counter(), Counter(), set()
for title, stored in at.execute("""SELECT title, keywords FROM spaces
        WHERE first_seen >= datetime('now', '-1 day')"""):
    day.update(json.loads(stored or "[]"))
    found = Counter(words(title))
    times.update(found)
    apart.update(word for word, count in found.items() if count > 1)
for word in silent:
    del day[word], times[word]
print(json.dumps({
    "stored": [sorted(json.loads(stored)) for _, stored in every],
    "found": [sorted(set(words(title))) for title, _ in every],
    "day": day, "times": times, "apart": sorted(apart)}))
"#;

/// Titles in which a word's end, or its letters, may be taken for something else.
const TITLES: [&str; 12] = [
    "Climate, CLIMATE and the wind: what will climate-tech do?",
    "The wind, this wind, from the coast",
    "Cafe\u{301} cafés naïve Kelvin \u{212a}elvin",
    "ⓐnews \u{24b6}news 🅐lert re\u{202e}ading news📣news",
    "web3 layer2 data_lake _news_ 2026news news",
    "気候news 気候 news ニュースtalk",
    "don't crypto's state-of-the-art",
    "किताबtalk हिन्दी talk\u{93f} talk",
    "İstanbul ſhow straße STRASSE ΟΔΟΣ",
    "x\u{b2}talk talk\u{bd} \u{2160}talk talk\u{2163}",
    "a\u{ad}bcde ab\u{200d}cdef ab\u{200b}cdef \u{ff21}bcd talk\u{ff10}",
    "",
];

#[test]
fn words_of_four_latin_letters_agree_with_the_articles_count_over_the_database() {
    let folder = Folder::new();
    if !folder.command("python3", &["-c", "import sqlite3"]).status().is_ok_and(|it| it.success()) {
        assert!(std::env::var_os("CI").is_none(), "no python3 with sqlite3");
        println!("skipped: there is no python3 with sqlite3");
        return;
    }
    let titled = |days: &str| {
        let rows = TITLES.iter().enumerate().map(|(number, title)| {
            let mut row = space(&format!("1{days}{number:02}"), "live", Some(5));
            row["title"] = (*title).into();
            row
        });
        let mut rows: Vec<Value> = rows.collect();
        let mut untitled = space(&format!("1{days}none"), "live", Some(5));
        untitled.as_object_mut().unwrap().remove("title");
        rows.push(untitled);
        json!({"data": rows, "meta": {"result_count": rows.len()}})
    };
    let now = chrono::Utc::now();
    let at = |hours: i64| (now - chrono::Duration::hours(hours)).to_rfc3339();
    let (before, first, again) = (at(30), at(20), at(2));
    folder.take_in(&[
        (&before, SEARCH, titled("before")),
        (&first, SEARCH, titled("today")),
        (&again, SEARCH, titled("today")),
    ]);
    let path = folder.home().join("spaces.db").to_str().unwrap().to_owned();
    folder.well(&["export", "sqlite", &path]);
    let output = folder.command("python3", &["-c", COUNT, &path]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["stored"], told["found"], "the words of each title are those Python finds");
    let words = ["keywords", "--words", "latin4", "--last", "24h", "--limit", "0"];
    let ours: BTreeMap<String, Value> = folder
        .rows(&words)
        .into_iter()
        .map(|row| (row["keyword"].as_str().unwrap().to_owned(), row["spaces"].clone()))
        .collect();
    let counts = |name: &str| -> BTreeMap<String, Value> {
        serde_json::from_value(told[name].clone()).unwrap()
    };
    assert_eq!(ours, counts("times"), "each time that a word stands in a title");
    // In the database a title has each word once: there the two agree on all others.
    let apart: BTreeSet<String> = serde_json::from_value(told["apart"].clone()).unwrap();
    let (mut ours, mut day) = (ours, counts("day"));
    assert!(ours.keys().eq(day.keys()), "the same words");
    ours.retain(|word, _| !apart.contains(word));
    day.retain(|word, _| !apart.contains(word));
    assert_eq!(ours, day);
    assert!(ours.contains_key("coast") && apart.contains("climate"), "{ours:?} {apart:?}");
}
