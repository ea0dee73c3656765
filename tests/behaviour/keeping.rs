//! Keeping the data: published heads, damage and what is saved of it, backups of a live folder.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use serde_json::Value;
use spacelog::store::{Commit, Store, StoreError, WritingTable};

use super::answers::streams;
use super::moving::{without_hashes, without_moments};
use super::program::{Folder, Output, PROGRAM, Running, until};
use super::refusals::refused;
use super::shown::hold;
use super::x::{LOOK_UP, SEARCH, X, host, space};

/// A folder with some looks at two Spaces.
fn kept() -> Folder {
    let folder = Folder::new();
    let users = serde_json::json!({"users": [host()]});
    let look = |minute: u32| {
        let rows = [
            space("1evening", "live", Some(100 + u64::from(minute))),
            space("1morning", "live", Some(7)),
        ];
        let body = serde_json::json!({"data": rows, "includes": users});
        (format!("2026-11-23T18:{minute:02}:00Z"), body)
    };
    let looks: Vec<(String, Value)> = (0..30).map(look).collect();
    let lines: Vec<(&str, &str, Value)> =
        looks.iter().map(|(at, body)| (at.as_str(), LOOK_UP, body.clone())).collect();
    folder.take_in(&lines);
    folder
}

/// Changes a table of a closed file.
fn alter(path: &Path, table: &str, change: impl Fn(&mut WritingTable) -> Result<(), StoreError>) {
    let store = Store::open(path, 1 << 20).unwrap();
    store.write(Commit::Append, |writing| change(&mut writing.table(table)?)).unwrap();
    store.close().unwrap();
}

/// Flips a byte of the record of the batch that begins at this seq.
fn damage(folder: &Folder, seq: u64) {
    alter(&folder.data().join("log.redb"), "tail", |tail| {
        let key = seq.to_be_bytes();
        let mut record = tail.get(&key)?.expect("a batch begins there");
        record[50] ^= 1;
        tail.put(&key, &record)
    });
}

/// The seqs at which batches begin.
fn firsts(events: &[Value]) -> Vec<u64> {
    let polls = events.iter().filter(|event| event["kind"] == "PollSucceeded");
    polls.map(|event| event["seq"].as_u64().unwrap()).collect()
}

/// Runs a command on another folder.
fn on(folder: &Folder, data: &Path, args: &[&str]) -> Output {
    let args = [args, &["--data", data.to_str().unwrap()]].concat();
    Running::of(folder.command(PROGRAM, &args)).end()
}

fn rows(output: &Output) -> Vec<Value> {
    serde_json::from_str(&output.out).unwrap_or_else(|error| panic!("{error}: {output:#?}"))
}

/// The row about this, of what `verify` says.
fn row<'a>(rows: &'a [Value], what: &str) -> &'a Value {
    rows.iter().find(|row| row["what"] == what).unwrap()
}

#[test]
fn a_published_head_is_proved_later_and_another_one_is_not() {
    let folder = kept();
    let head = |rows: &[Value]| {
        let log = row(rows, "log");
        format!("{}:{}", log["seq"], log["hash"].as_str().unwrap())
    };
    let published = head(&folder.rows(&["verify"]));
    let later = space("1evening", "ended", Some(3));
    folder.take_in(&[("2026-11-23T20:00:00Z", LOOK_UP, serde_json::json!({"data": [later]}))]);
    let rows_now = folder.rows(&["verify", "--expect", &published]);
    assert_eq!(row(&rows_now, "expected")["ok"], true);
    assert_ne!(head(&rows_now), published);

    let (seq, hash) = published.split_once(':').unwrap();
    let digit = if hash.starts_with('0') { '1' } else { '0' };
    let other = format!("{seq}:{digit}{}", &hash[1..]);
    let output = folder.run(&["verify", "--json", "--expect", &published, "--expect", &other]);
    assert_eq!(output.code, Some(6), "{output:#?}");
    let oks: Vec<Value> = rows(&output)
        .into_iter()
        .filter(|row| row["what"] == "expected")
        .map(|row| row["ok"].clone())
        .collect();
    assert_eq!(oks, [true, false]);
    assert!(output.err.contains("is another") && output.err.contains("altered"), "{output:#?}");

    let seq: u64 = seq.parse().unwrap();
    let inside = format!("{}:{hash}", seq - 1);
    refused(
        &folder.run(&["verify", "--expect", &inside]),
        2,
        &["no end of a batch", "has the seqs"],
    );
    let beyond = format!("{}:{hash}", seq + 1_000);
    refused(&folder.run(&["verify", "--expect", &beyond]), 2, &["the log ends with seq"]);
    for wrong in ["12", "12:abc", "x:00"] {
        refused(&folder.run(&["verify", "--expect", wrong]), 2, &["write SEQ:HASH"]);
    }
}

#[test]
fn a_view_that_is_not_the_fold_of_the_log_is_named_with_its_first_difference() {
    let folder = kept();
    folder.well(&["verify"]);
    let views: Vec<PathBuf> = fs::read_dir(folder.data().join("views"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    let spaces = views.iter().find(|path| path.to_str().unwrap().contains("/spaces-")).unwrap();
    let key = [b"s1morning".as_slice(), &[0; 5]].concat();
    alter(spaces, "rows", |rows| {
        assert!(rows.get(&key)?.is_some());
        rows.remove(&key)
    });
    let output = folder.run(&["verify", "--json"]);
    assert_eq!(output.code, Some(6), "{output:#?}");
    let said = "view spaces differs first at Space 1morning: the row is missing from the view";
    assert!(output.err.contains(said) && output.err.contains("rebuild spaces"), "{output:#?}");
    let shown = without_hashes(&streams(&folder.run(&["verify"])));
    hold("cli_verify_view", &folder, &shown);
    let found = rows(&output);
    assert_eq!(row(&found, "spaces")["difference"], said);
    assert_eq!(row(&found, "spaces")["ok"], false);
    assert_eq!(row(&found, "curves")["ok"], true);
    assert_eq!(fs::read_dir(folder.data().join("views")).unwrap().count(), views.len());
    folder.well(&["rebuild", "spaces"]);
    folder.well(&["verify"]);
}

#[test]
fn what_is_whole_of_a_damaged_log_is_saved_and_goes_on() {
    let folder = kept();
    let before = folder.rows(&["events"]);
    let firsts = firsts(&before);
    damage(&folder, firsts[10]);
    damage(&folder, firsts[29]);
    let output = folder.run(&["verify", "--json"]);
    assert_eq!(output.code, Some(6), "{output:#?}");
    assert_eq!(row(&rows(&output), "log")["first_bad_seq"], firsts[10]);
    assert!(output.err.contains(&format!("from seq {} on", firsts[10])), "{output:#?}");
    assert!(output.err.contains("verify --salvage DIR"), "{output:#?}");
    let shown = |args: &[&str]| without_hashes(&streams(&folder.run(args)));
    hold("cli_verify_damaged", &folder, &shown(&["verify"]));
    let salvage = shown(&["verify", "--salvage", "shown"]);
    hold("cli_verify_salvage", &folder, &without_moments(&salvage));

    let saved = folder.home().join("saved");
    let to = saved.to_str().unwrap();
    let output = folder.run(&["verify", "--salvage", to, "--json"]);
    assert_eq!(output.code, Some(6), "{output:#?}");
    let report = rows(&output).pop().unwrap();
    assert_eq!((report["batches"].as_u64(), report["lost_batches"].as_u64()), (Some(28), Some(2)));
    assert_eq!(report["first_bad_seq"], firsts[10]);
    let well = |args: &[&str]| {
        let output = on(&folder, &saved, args);
        assert_eq!(output.code, Some(0), "{args:?}: {output:#?}");
        output
    };
    well(&["verify"]);
    // The same facts, in the same order, but for those of the two batches.
    let lost = |seq: u64| (firsts[10]..firsts[11]).contains(&seq) || seq >= firsts[29];
    let fact = |event: &Value| [event["observed_at"].clone(), event["data"].clone()];
    let expected: Vec<_> =
        before.iter().filter(|event| !lost(event["seq"].as_u64().unwrap())).map(fact).collect();
    let after = rows(&well(&["events", "--json"]));
    assert_eq!(after.iter().map(fact).collect::<Vec<_>>(), expected);
    assert_eq!(rows(&well(&["curve", "1evening", "--json"])).len(), 28);
    refused(&folder.run(&["verify", "--salvage", to]), 2, &["already"]);

    // A monitor goes on in it.
    let x = X::new();
    x.put(space("1evening", "ended", Some(3)));
    well(&["run", "--api-url", &x.url(), "--space", "1evening", "--once"]);
    well(&["verify"]);
    let one = rows(&well(&["space", "1evening", "--json"])).pop().unwrap();
    assert_eq!((&one["state"], &one["title"]), (&"ended".into(), &"Voices of the coast".into()));
}

#[test]
fn a_whole_log_is_salvaged_with_nothing_lost_and_a_file_that_cannot_be_opened_is_said() {
    let folder = kept();
    let to = |name: &str| folder.home().join(name).to_str().unwrap().to_owned();
    let report = folder.rows(&["verify", "--salvage", &to("saved")]).pop().unwrap();
    assert_eq!((report["lost_events"].as_u64(), report["ok"].as_bool()), (Some(0), Some(true)));
    assert_eq!(report["first_bad_seq"], Value::Null);
    let log = folder.data().join("log.redb");
    let mut bytes = fs::read(&log).unwrap();
    bytes[..4096].fill(0xff);
    fs::write(&log, bytes).unwrap();
    let none = to("none");
    for args in [&["verify", "--salvage", &none][..], &["verify"], &["backup", &none]] {
        refused(&folder.run(args), 6, &["damaged", "backup"]);
    }
    assert!(!Path::new(&none).exists());
}

#[test]
fn a_live_folder_is_backed_up_as_it_was_at_one_moment() {
    let (folder, x) = (Folder::new(), X::new());
    x.put(space("1found", "live", Some(5)));
    x.put(space("1asked", "live", Some(8)));
    x.find("1found");
    x.number_answers();
    let url = x.url();
    let run = ["run", "--api-url", &url, "--query", "coast", "--interval", "1s", "--space"];
    let monitor = folder.start(&[&run[..], &["1asked", "--keep-bodies"]].concat());
    until("some looks", || (x.told("1asked").len() > 2).then_some(()));
    let backup = folder.home().join("backups/daily");
    let to = backup.to_str().unwrap();
    let first = folder.rows(&["backup", to]).pop().unwrap();
    assert_eq!(first["folder"], to);
    until("more looks", || (x.told("1asked").len() > 3).then_some(()));
    let second = folder.rows(&["backup", to]).pop().unwrap();
    assert!(second["seq"].as_u64() > first["seq"].as_u64(), "{first} {second}");
    until("more looks", || (x.told("1asked").len() > 4).then_some(()));
    // Log and views are checked while the monitor goes on, too.
    let head = format!("{}:{}", second["seq"], second["hash"].as_str().unwrap());
    folder.well(&["verify", "--expect", &head]);
    monitor.stop();

    for path in [&backup, &backup.join("log.redb")] {
        let expected = if path.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, expected);
    }
    let names: Vec<String> = fs::read_dir(&backup)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(names.iter().all(|name| name == "log.redb" || name == "bodies"), "{names:?}");
    let verified = on(&folder, &backup, &["verify", "--json"]);
    assert_eq!(row(&rows(&verified), "log")["hash"], second["hash"], "{verified:#?}");
    let copied = rows(&on(&folder, &backup, &["events", "--json"]));
    let all = folder.rows(&["events"]);
    assert!(copied.len() < all.len());
    assert_eq!(copied, all[..copied.len()], "a prefix of the log");

    // With nobody running, again, and the bodies with it.
    folder.well(&["backup", to]);
    let bodies = |data: &Path| {
        let files = fs::read_dir(data.join("bodies")).unwrap().map(|entry| entry.unwrap().path());
        files.map(|path| fs::read(path).unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(bodies(&backup), bodies(&folder.data()));
    assert_eq!(rows(&on(&folder, &backup, &["events", "--json"])), all);
}

#[test]
fn a_backup_takes_no_place_that_is_somebody_elses() {
    let (folder, other) = (kept(), kept());
    let data = folder.data();
    refused(&folder.run(&["backup", data.to_str().unwrap()]), 2, &["another folder"]);
    let theirs = other.data();
    let bytes = fs::read(theirs.join("log.redb")).unwrap();
    let args = ["backup", theirs.to_str().unwrap()];
    refused(&folder.run(&args), 2, &["another event log", "left alone"]);
    assert_eq!(fs::metadata(theirs.join("log.redb")).unwrap().len(), bytes.len() as u64);
    let thesis = folder.home().join("thesis");
    fs::create_dir(&thesis).unwrap();
    fs::write(thesis.join("thesis.doc"), "mine").unwrap();
    refused(&folder.run(&["backup", thesis.to_str().unwrap()]), 2, &["other files"]);
    let letter = folder.file("letter", "a letter");
    refused(&folder.run(&["backup", &letter]), 2, &["not a folder"]);

    // A backup of another course of history is not replaced: the log was set back and went on.
    let backup = folder.home().join("backup");
    let older = folder.home().join("older");
    let to = backup.to_str().unwrap();
    folder.well(&["backup", older.to_str().unwrap()]);
    let ended = serde_json::json!({"data": [space("1evening", "ended", Some(3))]});
    folder.take_in(&[("2026-11-23T20:00:00Z", LOOK_UP, ended)]);
    folder.well(&["backup", to]);
    fs::copy(older.join("log.redb"), folder.data().join("log.redb")).unwrap();
    let found = serde_json::json!({"data": [space("1other", "live", None)]});
    folder.take_in(&[("2026-11-23T21:00:00Z", SEARCH, found.clone())]);
    folder.take_in(&[("2026-11-23T22:00:00Z", SEARCH, found)]);
    refused(&folder.run(&["backup", to]), 2, &["left alone", "does not go on"]);
    let held = rows(&on(&folder, &backup, &["space", "1evening", "--json"])).pop().unwrap();
    assert_eq!(held["state"], "ended");
    assert_eq!(fs::read_dir(&backup).unwrap().count(), 2, "log and views");
}

#[test]
fn a_backup_to_a_full_or_a_closed_place_leaves_nothing_half() {
    let folder = kept();
    let data = folder.data();
    let (data, to) = (data.to_str().unwrap(), folder.home().join("backups/daily"));
    // No file may grow beyond so much: to the program that is a disk without room.
    let words = "trap '' XFSZ; ulimit -f 100; exec \"$@\"";
    let args = ["-c", words, "sh", PROGRAM, "backup", to.to_str().unwrap(), "--data", data];
    refused(&Running::of(folder.command("sh", &args)).end(), 6, &["is it full", "daily"]);
    assert!(!folder.home().join("backups").exists());
    let salvage = ["-c", words, "sh", PROGRAM, "verify", "--salvage", to.to_str().unwrap()];
    let salvage = [&salvage[..], &["--data", data]].concat();
    refused(&Running::of(folder.command("sh", &salvage)).end(), 6, &["is it full"]);
    assert!(!folder.home().join("backups").exists());
    let closed = folder.home().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o555)).unwrap();
    if fs::metadata(&closed).unwrap().uid() != 0 {
        let to = closed.join("daily");
        refused(&folder.run(&["backup", to.to_str().unwrap()]), 6, &["may this user write"]);
    }
    refused(&folder.run(&["backup", "/proc/backup"]), 6, &["may this user write"]);
    folder.well(&["verify"]);
}

#[test]
fn a_damaged_log_is_not_backed_up_and_an_earlier_backup_stands() {
    let folder = kept();
    let to = folder.home().join("backup");
    let to = to.to_str().unwrap();
    let earlier = folder.rows(&["backup", to]).pop().unwrap();
    damage(&folder, firsts(&folder.rows(&["events"]))[4]);
    refused(&folder.run(&["backup", to]), 6, &["does not hold from seq", "spacelog verify"]);
    let verified = on(&folder, Path::new(to), &["verify", "--json"]);
    assert_eq!(row(&rows(&verified), "log")["hash"], earlier["hash"]);
}

#[test]
fn a_backup_that_is_broken_off_leaves_nothing_whoever_makes_it() {
    let (folder, x) = (kept(), X::new());
    x.put(space("1evening", "live", Some(3)));
    let to = folder.home().join("backup");
    // Many rows, so that there is time to break it off.
    alter(&folder.data().join("log.redb"), "ballast", |rows| {
        (0..60_000_u32).try_for_each(|number| rows.put(&number.to_be_bytes(), &[7; 2_000]))
    });
    let break_off = || {
        let running = folder.start(&["backup", to.to_str().unwrap()]);
        until("it to begin", || to.exists().then_some(()));
        running.signal("INT");
        let output = running.end();
        assert_eq!(output.code, Some(130), "{output:#?}");
        assert!(output.err.contains("broken off"), "{output:#?}");
    };
    break_off();
    assert!(!to.exists());
    let monitor = folder.start(&["run", "--api-url", &x.url(), "--space", "1evening"]);
    monitor.says("live  ");
    break_off();
    // The monitor learns of it when it next tells how far it is.
    until("it to be gone", || (!to.exists()).then_some(()));
    monitor.stop();
}
