//! Topics and keywords: labels and words of one's own, also while somebody else owns the files.

use serde_json::{Value, json};

use super::keys;
use super::program::{Folder, PROGRAM, Running, until};
use super::refusals::refused;
use super::shown::hold;
use super::x::{LOOK_UP, SEARCH, X, space};

/// A Space with a title and topics.
fn about(id: &str, title: &str, topics: &[&str]) -> Value {
    let mut row = space(id, "live", Some(120));
    row["title"] = title.into();
    row["topic_ids"] = topics.iter().copied().collect();
    row
}

/// Three Spaces of one search, and one of the day before; all of them are over.
fn fixed() -> Folder {
    let folder = Folder::new();
    let topics = json!([{"id": "55", "name": "Oceans", "description": "All about oceans"}]);
    let found = json!({"data": [
            about("1tides", "Tides and #coast with @coastwatch", &["55", "847895172357959680"]),
            about("1waves", "Waves of the coast, 海の気候変動", &["55", "77"]),
            about("1third", "Tides, tides, tides", &[]),
        ], "includes": {"topics": topics}, "meta": {"result_count": 3}});
    let before = json!({"data": [about("1before", "Tides before", &["55"])],
        "meta": {"result_count": 1}});
    // All are over, so that no figure moves with the time of asking.
    let mut over = found["data"].as_array().unwrap().clone();
    over.extend(before["data"].as_array().unwrap().clone());
    for row in &mut over {
        row["state"] = "ended".into();
        row["ended_at"] = "2026-11-23T18:10:00.000Z".into();
    }
    folder.take_in(&[
        ("2026-11-22T18:00:00Z", SEARCH, before),
        ("2026-11-23T18:00:00Z", SEARCH, found),
        ("2026-11-23T18:11:00Z", LOOK_UP, json!({ "data": over })),
    ]);
    folder
}

/// The answer about a window that all of the data lies in, whenever the test runs.
fn then(folder: &Folder, args: &[&str]) -> String {
    folder.well(&[args, &["--last", "36500d"]].concat())
}

#[test]
fn topics_and_keywords_of_a_fixed_log_are_these() {
    let folder = fixed();
    hold("cli_topics", &folder, &then(&folder, &["topics"]));
    hold("cli_topics_json", &folder, &then(&folder, &["topics", "--json"]));
    hold("cli_keywords_kinds", &folder, &then(&folder, &["keywords", "--csv"]));
    let latin4 = folder.run(&["keywords", "--words", "latin4", "--last", "36500d"]);
    hold(
        "cli_keywords_latin4",
        &folder,
        &format!("{}--- standard error\n{}", latin4.out, latin4.err),
    );
    let rows = folder.rows(&["topics", "--last", "36500d"]);
    keys::hold(&rows, keys::TOPIC);
    let tags = folder.rows(&["keywords", "--kind", "hashtag", "--last", "36500d"]);
    assert_eq!(tags.iter().map(|row| &row["keyword"]).collect::<Vec<_>>(), ["#coast"]);
    refused(&folder.run(&["keywords", "--kind", "word", "--words", "latin4"]), 2, &["--kind"]);
}

#[test]
fn names_of_topics_and_stop_words_of_ones_own_are_those_of_the_settings_of_whoever_asks() {
    let folder = fixed();
    let own = folder.file(
        "own.toml",
        "stop_words = [\"Waves\", \"#coast\"]\n[topics]\n77 = \"Surf & swell\"\n55 = \"The sea\"\n",
    );
    let rows = folder.rows(&["topics", "--last", "36500d", "--config", &own]);
    let labels: Vec<&Value> = rows.iter().map(|row| &row["topic"]).collect();
    assert_eq!(labels, ["The sea", "Surf & swell", "Technology"]);
    let words = |args: &[&str]| {
        let rows = folder.rows(&[&["keywords", "--last", "36500d"], args].concat());
        rows.iter().map(|row| row["keyword"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert!(words(&[]).contains(&"waves".to_owned()));
    let left = words(&["--config", &own]);
    assert!(!left.iter().any(|word| word == "waves" || word == "#coast"), "{left:?}");
    let card = folder.rows(&["space", "1waves", "--config", &own]);
    assert_eq!(card[0]["topics"], json!(["The sea", "Surf & swell"]));
    let wrong = folder.file("wrong.toml", "[topics]\n77 = 3\n\"a b\" = \"x\"\n");
    refused(&folder.run(&["topics", "--config", &wrong]), 2, &["line 3", "names no topic"]);
}

#[test]
fn a_running_monitor_answers_in_the_words_of_whoever_asks() {
    let (folder, x) = (Folder::new(), X::new());
    x.put(about("1waves", "Waves of the coast", &["77"]));
    x.find("1waves");
    let (its, mine) = (
        folder.file("its.toml", "[topics]\n77 = \"Surf\"\n"),
        folder.file("mine.toml", "[topics]\n77 = \"Swell\"\n"),
    );
    let data = folder.data();
    let (data, url) = (data.to_str().unwrap(), x.url());
    let args = ["run", "--query", "coast", "--api-url", &url, "--config", &its, "--data", data];
    let run = Running::of(folder.command(PROGRAM, &args));
    let label = |args: &[&str]| {
        let rows = folder.rows(&[&["topics"], args].concat());
        rows.first().map(|row| row["topic"].clone())
    };
    until("the monitor runs", || (folder.run(&["status"]).code == Some(0)).then_some(()));
    until("the Space is seen", || label(&[]).map(drop));
    assert_eq!(label(&["--config", &mine]), Some(json!("Swell")));
    assert_eq!(label(&["--config", &its]), Some(json!("Surf")));
    assert_eq!(label(&[]), Some(json!("topic:77")));
    run.stop();
}
