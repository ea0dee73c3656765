//! Forgetting people and titles: their bytes are in no file, and nothing brings them back.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::program::{Folder, until};
use super::refusals::refused;
use super::x::{LOOK_UP, SEARCH, USERS, X, space};

/// What a forgotten user and a forgotten Space said, each with nothing else in the test like it.
const USERNAME: &str = "Quillfeather_9";
const NAME: &str = "Zoë Quillfeather 🎙";
const DESCRIPTION: &str = "Writes \"zephyrgram\" notes\nfrom Þingvellir";
const LOCATION: &str = "Hvolsvöllur-by-Zephyr";
const TITLE: &str = "Midnight zugzwang «Ætherwave»";
const EXTRA: &str = "xylotelegraph";

/// How often a forgetting is killed.
const KILLS: u32 = 8;

/// Returns every file under a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

/// The ways in which a text may be written: as it is, as JSON, as JSON in ASCII; in lower case, as
/// words are counted.
fn forms(word: &str) -> [String; 5] {
    let json = serde_json::to_string(word).unwrap();
    let json = json.trim_matches('"').to_owned();
    let ascii = |hex: fn(u16) -> String| -> String {
        json.encode_utf16()
            .map(|unit| match u8::try_from(unit) {
                Ok(byte) if byte.is_ascii() => char::from(byte).to_string(),
                _ => format!("\\u{}", hex(unit)),
            })
            .collect()
    };
    let (small, large) = (ascii(|unit| format!("{unit:04x}")), ascii(|unit| format!("{unit:04X}")));
    [word.to_owned(), word.to_lowercase(), json, small, large]
}

/// Returns which files hold any of these words; compressed ones are looked into.
fn holding(folder: &Folder, words: &[&str]) -> Vec<String> {
    let mut holding = Vec::new();
    for path in files(&folder.data()) {
        let raw = fs::read(&path).unwrap();
        let unpacked = if path.extension().is_some_and(|ending| ending == "zst") {
            zstd::decode_all(raw.as_slice()).unwrap()
        } else {
            Vec::new()
        };
        let texts = [String::from_utf8_lossy(&raw), String::from_utf8_lossy(&unpacked)];
        for word in words {
            let forms = forms(word);
            if texts.iter().any(|text| forms.iter().any(|form| text.contains(form))) {
                holding.push(format!("{}: {word}", path.display()));
            }
        }
    }
    holding
}

fn nobody_holds(folder: &Folder, words: &[&str]) {
    assert_eq!(holding(folder, words), [""; 0]);
}

fn user(id: &str, username: &str) -> Value {
    json!({"id": id, "username": username, "name": NAME, "description": DESCRIPTION,
        "location": LOCATION, "url": "https://t.co/zephyrlink", "verified": true,
        "profile_image_url": "https://x.test/zephyrimage.png",
        "entities": {"description": {"hashtags": [{"tag": "zephyrtag"}]}},
        "public_metrics": {"followers_count": 4_100, "following_count": 5, "tweet_count": 7,
            "listed_count": 1}})
}

/// All words of the user and of the Space.
const USER_WORDS: [&str; 8] = [
    USERNAME,
    NAME,
    DESCRIPTION,
    LOCATION,
    "zephyrlink",
    "zephyrimage",
    "zephyrtag",
    "Quillfeather",
];
const SPACE_WORDS: [&str; 4] = [TITLE, EXTRA, "zugzwang", "ætherwave"];

/// An answer with a Space of ours, hosted by the user, and one of somebody else's.
fn body(count: u64) -> Value {
    let mut ours = space("1forget", "live", Some(count));
    (ours["title"], ours["brand_new"]) = (TITLE.into(), EXTRA.into());
    (ours["creator_id"], ours["host_ids"]) = ("77".into(), json!(["77"]));
    let mut theirs = space("1stays", "live", Some(2 * count));
    theirs["title"] = "Harbour talk".into();
    json!({"data": [ours, theirs], "includes": {"users": [user("77", USERNAME),
        {"id": "12", "username": "harbourmaster", "name": "Harbour Master",
            "public_metrics": {"followers_count": 9}}]}})
}

fn at(minute: u32) -> String {
    format!("2026-11-23T18:{minute:02}:00Z")
}

/// Takes answers of these minutes in.
fn take_in(folder: &Folder, minutes: std::ops::Range<u32>) -> Value {
    let times: Vec<String> = minutes.clone().map(at).collect();
    let lines: Vec<_> = minutes
        .zip(&times)
        .map(|(minute, at)| (at.as_str(), LOOK_UP, body(u64::from(minute))))
        .collect();
    folder.take_in(&lines)
}

/// Every figure, without names, titles and what only counts words.
fn figures(folder: &Folder) -> Vec<Value> {
    let commands = [
        &["spaces"][..],
        &["space", "1forget"],
        &["curve", "1forget"],
        &["curve", "1stays", "--step", "1m"],
        &["hosts"],
        &["polls"],
        &["gaps"],
    ];
    commands.iter().flat_map(|command| folder.rows(command)).map(without_texts).collect()
}

/// A row without what names a person or holds a title, also in the rows within it.
fn without_texts(value: Value) -> Value {
    let texts = ["title", "host_usernames", "host_names", "username", "name", "keywords", "words"];
    match value {
        Value::Object(row) => row
            .into_iter()
            .filter(|(key, _)| key != "extra" && !texts.contains(&key.as_str()))
            .map(|(key, value)| (key, without_texts(value)))
            .collect(),
        Value::Array(rows) => rows.into_iter().map(without_texts).collect(),
        figure => figure,
    }
}

/// Takes what moves with the moment of asking out of figures of live Spaces.
fn settled(mut figures: Vec<Value>) -> Vec<Value> {
    for row in &mut figures {
        let row = row.as_object_mut().unwrap();
        row.retain(|key, _| !["airtime_seconds", "coverage", "basis"].contains(&key.as_str()));
    }
    figures
}

#[test]
fn after_forgetting_no_file_holds_a_byte_of_it_and_every_figure_stands() {
    let folder = Folder::new();
    take_in(&folder, 1..6);
    let original = fs::read(folder.home().join("lines.jsonl")).unwrap();
    assert!(
        !holding(&folder, &USER_WORDS[..4]).is_empty() && !holding(&folder, &[TITLE]).is_empty()
    );
    let (before, events) = (settled(figures(&folder)), folder.rows(&["events"]).len());

    let by_name = ["forget", "--user", "@quillFeather_9", "--yes", "--reason", "asked by mail"];
    let sum = folder.rows(&by_name).pop().unwrap();
    assert_eq!((&sum["user_id"], &sum["texts"]), (&json!("77"), &json!(1)));
    nobody_holds(&folder, &USER_WORDS);
    let link = "https://x.com/i/spaces/1forget";
    let sum = folder.rows(&["forget", "--space", link, "--yes"]).pop().unwrap();
    assert_eq!((&sum["space_id"], &sum["texts"]), (&json!("1forget"), &json!(1)));
    let all = [USER_WORDS.as_slice(), &SPACE_WORDS].concat();
    nobody_holds(&folder, &all);
    folder.hold();
    assert_eq!(settled(figures(&folder)), before);
    let row = folder.space("1forget");
    assert_eq!((&row["title"], &row["host_ids"]), (&Value::Null, &json!(["77"])));
    assert_eq!(folder.space("1stays")["title"], "Harbour talk");
    let forgotten = folder.rows(&["events", "--kind", "Forgotten"]);
    assert_eq!(forgotten[0]["data"], json!({"user_id": "77", "reason": "asked by mail"}));
    assert_eq!(forgotten[1]["data"], json!({"space_id": "1forget", "reason": "not said"}));
    assert_eq!(folder.rows(&["events"]).len(), events + 2);
    // Nothing of it is shown of the time before, either.
    let then = folder.well(&["space", "1forget", "--as-of", "seq:9", "--json"]);
    assert!(!then.contains("zugzwang") && !then.contains("Quillfeather"), "{then}");

    // The file it came from, and later answers with the same words, and with others.
    let again = folder.file("lines.jsonl", original);
    let sum = folder.rows(&["import", "bodies", &again]).pop().unwrap();
    assert_eq!(sum["new_polls"], 0);
    assert_eq!(take_in(&folder, 7..9)["new_polls"], 2);
    let mut renamed = body(3);
    renamed["data"][0]["title"] = "Noon xebecway".into();
    renamed["includes"]["users"][0] = user("77", "Xebecwright");
    folder.take_in(&[(&at(12), SEARCH, renamed)]);
    let named = json!({"data": [user("77", "Xebecwright")]});
    folder.take_in(&[(&at(13), USERS, named)]);
    folder.well(&["rebuild"]);
    nobody_holds(&folder, &[all.as_slice(), &["xebec", "Xebec"]].concat());
    assert_eq!(folder.space("1forget")["observations"], 8);
    folder.hold();
}

#[test]
fn who_is_forgotten_while_a_monitor_runs_stays_forgotten_whatever_it_sees_and_keeps() {
    let (folder, x) = (Folder::new(), X::new());
    let mut row = space("1forget", "live", Some(11));
    row["title"] = TITLE.into();
    x.put(row);
    x.find("1forget");
    x.number_answers();
    let url = x.url();
    let run = ["run", "--api-url", &url, "--query", "shore", "--creator", "@coastwatch"];
    let keeping = [run.as_slice(), &["--keep-bodies", "--interval", "1s"]].concat();
    // A run before leaves bodies, another goes on with them.
    folder.well(&[keeping.as_slice(), &["--for", "2s"]].concat());
    let words = ["coastwatch", "Coast Watch", TITLE, "zugzwang"];
    let kept = fs::read_dir(folder.data().join("bodies")).unwrap().next().unwrap().unwrap().path();
    let copy = folder.home().join(kept.file_name().unwrap());
    fs::copy(&kept, &copy).unwrap();
    // The watched name is left out now: the operator would name them again.
    let keeping = [&keeping[..5], &keeping[7..]].concat();
    let monitor = folder.start(&keeping);
    let seen = || folder.rows(&["curve", "1forget"]).len();
    let looks = seen();
    until("a look", || (seen() > looks + 1).then_some(()));
    assert!(!holding(&folder, &words[..1]).is_empty());

    let sum = folder.rows(&["forget", "--user", "@coastwatch", "--yes"]).pop().unwrap();
    assert!(sum["bodies_changed"].as_u64() > Some(0) && sum["lines"] == 2, "{sum}");
    nobody_holds(&folder, &words[..2]);
    folder.well(&["forget", "--space", "1forget", "--yes"]);
    nobody_holds(&folder, &words);
    let looks = seen();
    until("more looks", || (seen() > looks + 2).then_some(()));
    folder.well(&["verify"]);
    monitor.stop();
    nobody_holds(&folder, &words);

    // The kept bodies, rewritten and as they were, are polls that the log holds.
    for path in files(&folder.data().join("bodies")).into_iter().chain([copy]) {
        let sum = folder.rows(&["import", "bodies", path.to_str().unwrap()]).pop().unwrap();
        assert_eq!(sum["new_polls"], 0, "{}", path.display());
    }
    let other = Folder::new();
    let paths: Vec<String> = files(&folder.data().join("bodies"))
        .iter()
        .map(|path| path.to_str().unwrap().to_owned())
        .collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    other.well(&[&["import", "bodies"], paths.as_slice()].concat());
    let points = |folder: &Folder| -> Vec<Value> {
        let keep = |point: &Value| json!([point["observed_at"], point["participants"]]);
        folder.rows(&["curve", "1forget"]).iter().map(keep).collect()
    };
    assert_eq!(points(&folder), points(&other));
    let theirs = other.space("1forget");
    assert_eq!((&theirs["title"], &theirs["host_followers"]), (&Value::Null, &json!([12_300])));

    // A monitor that starts anew sees the same people, and stores nothing of what they are called.
    folder.well(&[keeping.as_slice(), &["--for", "2s"]].concat());
    nobody_holds(&folder, &words);
    folder.hold();
}

#[test]
fn killed_at_any_moment_it_is_finished_by_whoever_comes_next() {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let mut dice = u64::from(since.subsec_nanos()) << 32 | u64::from(std::process::id());
    let all = [USER_WORDS.as_slice(), &SPACE_WORDS].concat();
    let mut undone = 0;
    for kill in 0..KILLS {
        let folder = Folder::new();
        take_in(&folder, 1..20);
        let data = folder.data();
        fs::create_dir(data.join("bodies")).unwrap();
        let lines = fs::read(folder.home().join("lines.jsonl")).unwrap();
        let kept = zstd::encode_all(lines.as_slice(), 3).unwrap();
        fs::write(data.join("bodies/2026-11-23.jsonl.zst"), kept).unwrap();
        let forget = ["forget", "--user", "77", "--yes"];
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let life = Duration::from_micros(5_000 + (dice >> 33) % 150_000);
        let running = folder.start(&forget);
        std::thread::sleep(life);
        running.kill();
        // Whoever opens the folder next finishes what was begun, and nobody sees a half of it.
        let said = folder.rows(&["events", "--kind", "Forgotten"]);
        folder.well(&["verify"]);
        if said.is_empty() {
            undone += 1;
        } else {
            nobody_holds(&folder, &USER_WORDS);
            assert!(!folder.well(&["hosts", "--json"]).contains("Quillfeather"), "kill {kill}");
        }
        for command in [&forget[..], &["forget", "--space", "1forget", "--yes"]] {
            folder.well(command);
        }
        nobody_holds(&folder, &all);
        assert_eq!(folder.space("1forget")["observations"], 19);
        let names: Vec<String> = files(&data)
            .iter()
            .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
            .filter(|name| name.contains(".new") || name.contains("part") || name.contains("build"))
            .collect();
        assert_eq!(names, [""; 0], "kill {kill} after {life:?}");
        folder.well(&["verify"]);
    }
    println!("{undone} of {KILLS} were killed before anything was erased from the log");
}

#[test]
fn what_cannot_be_forgotten_is_refused_and_nothing_is_erased() {
    let folder = Folder::new();
    refused(&folder.run(&["forget", "--user", "77", "--yes"]), 7, &["no event log"]);
    take_in(&folder, 1..3);
    let named = json!({"data": [{"id": "78", "username": USERNAME}]});
    folder.take_in(&[(&at(4), USERS, named)]);
    let twice = folder.run(&["forget", "--user", "@quillfeather_9", "--yes"]);
    refused(&twice, 7, &["more than one user", "77 (now)", "78 (now)"]);
    let cases: &[(&[&str], i32, &str)] = &[
        (&["--user", "77"], 2, "--yes"),
        (&["--user", "@nobody", "--yes"], 7, "nobody named @nobody"),
        (&["--yes"], 2, "--user"),
        (&["--user", "77", "--space", "1forget", "--yes"], 2, "cannot be used with"),
        (&["--user", "no name", "--yes"], 2, "is not a username"),
        (&["--space", "no-id", "--yes"], 2, "is not a Space id"),
        (&["--user", "77", "--yes", "--reason", "QUILLFEATHER_9 asked"], 2, "names what is to"),
        (&["--user", "77", "--yes", "--reason", &"x".repeat(501)], 2, "too long"),
    ];
    for (args, code, says) in cases {
        refused(&folder.run(&[&["forget"], *args].concat()), *code, &[says]);
    }
    assert!(!holding(&folder, &[USERNAME]).is_empty());
    assert_eq!(folder.rows(&["events", "--kind", "Forgotten"]).len(), 0);

    // Nothing known of somebody is no failure: what comes later is not stored either.
    let sum = folder.rows(&["forget", "--user", "99", "--yes"]).pop().unwrap();
    assert_eq!((&sum["user_id"], &sum["texts"]), (&json!("99"), &json!(0)));
    folder.take_in(&[(&at(5), USERS, json!({"data": [user("99", "Xebecwright")]}))]);
    nobody_holds(&folder, &["Xebecwright"]);
    folder.file("data/notes.txt", "mine");
    let told = folder.run(&["forget", "--user", "99", "--yes"]);
    assert_eq!(told.code, Some(0), "{told:?}");
    assert!(told.err.contains("not looked into") && told.err.contains("notes.txt"), "{told:?}");
}

#[test]
fn a_backup_made_again_after_forgetting_holds_no_byte_of_it_either() {
    let (folder, x) = (Folder::new(), X::new());
    let mut row = space("1forget", "live", Some(11));
    row["title"] = TITLE.into();
    x.put(row);
    let url = x.url();
    let run = ["run", "--api-url", &url, "--space", "1forget", "--once", "--keep-bodies"];
    folder.well(&run);
    let backup = folder.data().join("backup");
    let to = backup.to_str().unwrap();
    folder.well(&["backup", to]);
    let title = |path: &Path| {
        let data = path.to_str().unwrap();
        let args = ["spaces", "--json", "--data", data];
        super::program::Running::of(folder.command(super::program::PROGRAM, &args)).end().out
    };
    assert!(title(&backup).contains("zugzwang"));
    let sum = folder.rows(&["forget", "--space", "1forget", "--yes"]).pop().unwrap();
    assert_eq!((&sum["texts"], &sum["bodies_changed"]), (&json!(1), &json!(1)));
    let held = holding(&folder, &SPACE_WORDS);
    assert!(held.iter().any(|it| it.contains("views/")), "{held:?}");
    assert!(held.iter().any(|it| it.contains("bodies/")), "{held:?}");
    folder.well(&["backup", to]);
    nobody_holds(&folder, &SPACE_WORDS);
    assert!(title(&backup).contains("1forget") && !title(&backup).contains("zugzwang"));
}

#[test]
fn forgetting_is_no_watching_the_gap_begins_where_the_monitor_ended() {
    let (folder, x) = (Folder::new(), X::new());
    x.put(space("1asked", "live", Some(3)));
    let url = x.url();
    let watch = ["run", "--api-url", &url, "--space", "1asked", "--once"];
    folder.well(&watch);
    let stopped = folder.rows(&["events", "--kind", "MonitorStopped"]).pop().unwrap();
    std::thread::sleep(Duration::from_millis(1_200));
    folder.well(&["forget", "--user", "77", "--yes"]);
    folder.well(&watch);
    let gaps = folder.rows(&["gaps"]);
    let gap = gaps.iter().find(|gap| gap["cause"] == "not_running").expect("a gap");
    assert_eq!(gap["from"], stopped["recorded_at"]);
}
