//! Exports to files that are broken off, or run out of room: the earlier one stands, and nothing
//! else is left.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::program::{Folder, PROGRAM, Running, until};
use super::refusals::refused;
use super::tables::files;
use super::x::{LOOK_UP, space};

/// Looks at a hundred Spaces each, so that an export takes a while.
const LOOKS: usize = 180;

/// So often a signal may come too late: the machine has other things to do.
const TRIES: usize = 20;

/// The exports to files, each with where it goes.
const EXPORTS: [(&str, &[&str]); 4] = [
    ("log.jsonl", &["export", "jsonl"]),
    ("spaces.db", &["export", "sqlite"]),
    ("observations.csv", &["export", "csv", "--sheet", "observations"]),
    ("sheets", &["export", "csv"]),
];

/// A folder with one look, which was exported into a folder of its own.
fn exported() -> (Folder, PathBuf) {
    let folder = Folder::new();
    let body = json!({"data": [space("1first", "live", Some(7))]});
    folder.take_in(&[("2026-11-23T18:00:00Z", LOOK_UP, body)]);
    let out = folder.home().join("out");
    fs::create_dir(&out).unwrap();
    for (name, words) in EXPORTS {
        folder.well(&[words, &[out.join(name).to_str().unwrap()]].concat());
    }
    (folder, out)
}

/// Adds many looks.
pub fn grow(folder: &Folder) {
    let looks: Vec<(String, Value)> = (0..LOOKS)
        .map(|look| {
            let rows = (0..100).map(|it| space(&format!("1many{it}"), "live", Some(look as u64)));
            let at = format!("2026-11-24T{:02}:{:02}:00Z", look / 60, look % 60);
            (at, json!({"data": rows.collect::<Vec<_>>()}))
        })
        .collect();
    let looks: Vec<_> =
        looks.iter().map(|(at, body)| (at.as_str(), LOOK_UP, body.clone())).collect();
    folder.take_in(&looks);
}

/// Returns every sheet of a folder, exported whole.
fn whole(folder: &Folder) -> BTreeMap<String, Vec<u8>> {
    let whole = folder.home().join("whole");
    folder.well(&["export", "csv", whole.join("sheets").to_str().unwrap()]);
    files(&whole)
}

/// Whether a file is being made under a name that is not its own. Whoever makes it may take it away
/// while we look.
fn is_begun(folder: &Path) -> bool {
    let found = fs::read_dir(folder).into_iter().flatten().flatten();
    found.map(|entry| entry.path()).any(|path| {
        path.to_string_lossy().contains(".spacelog-") || (path.is_dir() && is_begun(&path))
    })
}

/// Whether some file is another than the earlier one.
fn is_over(out: &Path, before: &BTreeMap<String, Vec<u8>>) -> bool {
    before.iter().any(|(path, bytes)| fs::read(out.join(path)).is_ok_and(|now| now != *bytes))
}

/// Holds that each file is the earlier one, or has as many lines as one that is whole: figures about
/// Spaces that are live move with the clock.
fn hold(out: &Path, before: &BTreeMap<String, Vec<u8>>, whole: &BTreeMap<String, Vec<u8>>) {
    let after = files(out);
    assert_eq!(after.keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>());
    let lines = |bytes: &[u8]| bytes.split(|byte| *byte == b'\n').count();
    for (name, bytes) in &after {
        let is_whole = whole.get(name).is_some_and(|whole| lines(whole) == lines(bytes));
        assert!(before[name] == *bytes || is_whole, "{name} is half done");
    }
}

#[test]
fn an_export_that_a_signal_breaks_off_leaves_the_earlier_one_and_nothing_beside_it() {
    let (folder, out) = exported();
    grow(&folder);
    let before = files(&out);
    let whole = whole(&folder);
    for (name, words) in EXPORTS {
        let to = out.join(name);
        let output = (0..TRIES).find_map(|_try| {
            let running = folder.start(&[words, &[to.to_str().unwrap()]].concat());
            until("it to begin or to end", || {
                (is_begun(&out) || is_over(&out, &before)).then_some(())
            });
            running.signal("INT");
            let output = running.end();
            if output.code == Some(0) {
                // It was done before the signal came.
                for (path, bytes) in &before {
                    fs::write(out.join(path), bytes).unwrap();
                }
                return None;
            }
            Some(output)
        });
        let output = output.expect("one of so many signals comes in time");
        assert_eq!(output.code, Some(130), "{name}: {output:#?}");
        assert!(output.err.contains("broken off"), "{name}: {output:#?}");
        hold(&out, &before, &whole);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_export_that_fills_the_disk_leaves_the_earlier_one_and_nothing_beside_it() {
    let (folder, out) = exported();
    let earlier = folder.home().join("earlier");
    fs::rename(&out, &earlier).unwrap();
    fs::create_dir(&out).unwrap();
    let before = files(&earlier);
    grow(&folder);
    let whole = whole(&folder);
    // In a name space of its own whoever runs the tests may mount, where the system allows it.
    let own = ["--user", "--map-root-user", "--mount", "sh", "-c"];
    let mount = format!("mount -t tmpfs -o size=256k none '{}'", out.display());
    let tried = folder.command("unshare", &[&own[..], &[&mount]].concat()).status();
    if !tried.is_ok_and(|status| status.success()) {
        println!("skipped: no file system may be mounted here");
        return;
    }
    let data = folder.data();
    for (name, words) in EXPORTS {
        let left = folder.home().join(format!("left-{name}"));
        // What is left there is copied out before the file system goes.
        let script = format!(
            "{mount} && cp -r '{}/.' '{}' && {{ \"$@\"; code=$?; cp -r '{}' '{}'; exit $code; }}",
            earlier.display(),
            out.display(),
            out.display(),
            left.display()
        );
        let to = out.join(name);
        let words = [words, &[to.to_str().unwrap(), "--data", data.to_str().unwrap()]].concat();
        let words = [&own[..], &[&script, "sh", PROGRAM], &words].concat();
        let output = Running::of(folder.command("unshare", &words)).end();
        refused(&output, 6, &["cannot write", "look at the disk"]);
        let says_why = ["No space left", "is full"].iter().any(|why| output.err.contains(why));
        assert!(says_why, "{output:#?}");
        hold(&left, &before, &whole);
    }
}
