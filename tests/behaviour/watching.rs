//! The watch list of a running monitor: changed by hand, and by its settings read again.

use serde_json::Value;

use super::program::{Folder, PROGRAM, Running, until};
use super::refusals::refused;
use super::x::{CREATORS, SEARCH, X, space};

/// What `watch list` tells, as kind and what.
fn watched(folder: &Folder) -> Vec<(String, String)> {
    let word = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
    folder
        .rows(&["watch", "list"])
        .iter()
        .map(|row| (word(row, "kind"), word(row, "watched")))
        .collect()
}

/// What the log says was put on the list and taken off.
fn changes(folder: &Folder) -> Vec<(String, bool)> {
    let rows = folder.rows(&["events", "--kind", "WatchChanged"]);
    let change = |row: &Value| {
        let watched = row["data"]["watched"].to_string();
        (watched, row["data"]["added"].as_bool().unwrap())
    };
    rows.iter().map(change).collect()
}

#[test]
fn what_is_put_on_the_list_is_asked_and_what_is_taken_off_is_asked_no_more() {
    let (folder, x) = (Folder::new(), X::new());
    x.put(space("1one", "live", Some(3)));
    let run = folder.start(&["run", "--query", "wind", "--api-url", &x.url()]);
    until("watching", || (x.asked(SEARCH) > 0).then_some(()));
    assert_eq!(watched(&folder), [("query".into(), "wind".into())]);
    assert_eq!(x.asked(CREATORS), 0);
    let added =
        folder.rows(&["watch", "add", "--creator", "42", "--space", "1one", "--query", "wind"]);
    let told: Vec<&str> = added.iter().map(|row| row["change"].as_str().unwrap()).collect();
    assert_eq!(told, ["watched already", "added", "added"]);
    until("the creator is asked for", || (x.asked(CREATORS) > 0).then_some(()));
    until("the Space is seen", || (!folder.rows(&["spaces"]).is_empty()).then_some(()));
    let removed = folder.rows(&["watch", "rm", "--query", "wind", "--query", "rain"]);
    let told: Vec<&str> = removed.iter().map(|row| row["change"].as_str().unwrap()).collect();
    assert_eq!(told, ["removed", "was not watched"]);
    let expected = [("creator".to_owned(), "42".to_owned()), ("space".into(), "1one".into())];
    assert_eq!(watched(&folder), expected);
    let added: Vec<bool> = changes(&folder).iter().map(|(_, added)| *added).collect();
    assert_eq!(added, [true, true, true, false], "the log says what was watched when");
    let output = run.stop();
    assert!(output.err.contains("query \"wind\": watched no more"), "{output:?}");
    folder.hold();
}

#[test]
fn a_hangup_reads_the_settings_again_and_wrong_ones_change_nothing() {
    let (folder, x) = (Folder::new(), X::new());
    let text = |queries: &str| format!("api_url = \"{}\"\nqueries = [{queries}]\n", x.url());
    let path = folder.file("watch.toml", text("\"wind\", \"rain\""));
    let data = folder.data();
    let args = ["run", "--config", &path, "--data", data.to_str().unwrap()];
    let run = Running::of(folder.command(PROGRAM, &args));
    until("watching", || (x.asked(SEARCH) > 0).then_some(()));
    folder.well(&["watch", "add", "--query", "by hand"]);
    folder.file("watch.toml", text("\"rain\", \"snow\"") + "spend_cap = 3\n");
    run.signal("HUP");
    let queries = |them: &[&str]| -> Vec<(String, String)> {
        them.iter().map(|it| ("query".to_owned(), (*it).to_owned())).collect()
    };
    until("the list changes", || {
        (watched(&folder) == queries(&["rain", "by hand", "snow"])).then_some(())
    });
    folder.file("watch.toml", "queries = [\"rain\"");
    run.signal("HUP");
    run.talks_of("the settings stay as they were");
    assert_eq!(watched(&folder), queries(&["rain", "by hand", "snow"]));
    let output = run.stop();
    assert!(output.err.contains("2 changes of the watch list"), "{output:?}");
    assert!(output.err.contains("what spend_cap says now needs a restart"), "{output:?}");
}

#[test]
fn without_a_monitor_there_is_no_list_to_change() {
    let (folder, x) = (Folder::new(), X::new());
    folder.well(&["run", "--query", "wind", "--once", "--api-url", &x.url()]);
    refused(&folder.run(&["watch", "list"]), 1, &["no monitor runs", "hint: start `spacelog run`"]);
    refused(&folder.run(&["watch", "add"]), 2, &["nothing is named"]);
    refused(&folder.run(&["watch", "add", "--creator", "not a name"]), 2, &["not a name"]);
}
