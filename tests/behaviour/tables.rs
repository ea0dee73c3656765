//! Exports as Parquet tables: what is in them, what is added later, and what is left alone.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::Field;
use serde_json::json;

use super::program::{Folder, PROGRAM, Running, until};
use super::refusals::refused;
use super::x::{LOOK_UP, X, host, space};

/// Looks at a Space at these times, each with one participant more.
pub fn look(folder: &Folder, times: &[&str]) {
    let users = json!({"users": [host()]});
    let answer =
        |count| json!({"data": [space("1evening", "live", Some(count))], "includes": users});
    let bodies = (100..).zip(times).map(|(count, at)| (*at, LOOK_UP, answer(count)));
    folder.take_in(&bodies.collect::<Vec<_>>());
}

/// A folder with looks on two days.
pub fn two_days() -> Folder {
    let folder = Folder::new();
    look(&folder, &["2026-11-23T18:10:00Z", "2026-11-23T23:59:59.999Z", "2026-11-24T00:00:00Z"]);
    folder
}

fn export(folder: &Folder, to: &Path, more: &[&str]) -> super::program::Output {
    folder.run(&[&["export", "parquet", to.to_str().unwrap()], more].concat())
}

/// Every file under a folder, by its path there, with its bytes.
pub fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(next) = waiting.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                found.insert(name, fs::read(path).unwrap());
            }
        }
    }
    found
}

/// The parts of the observations, by their folders' names.
fn parts(to: &Path) -> BTreeMap<String, PathBuf> {
    let folders = fs::read_dir(to.join("observations")).unwrap().map(|it| it.unwrap().path());
    let file = |folder: &Path| fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
    folders.map(|it| (it.file_name().unwrap().to_str().unwrap().to_owned(), file(&it))).collect()
}

/// The values of a column of a file, in the file's order.
pub fn column(path: &Path, name: &str) -> Vec<Field> {
    let reader = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
    let rows = reader.get_row_iter(None).unwrap().map(Result::unwrap);
    let value = |row: parquet::record::Row| {
        row.get_column_iter().find(|(column, _)| *column == name).unwrap().1.clone()
    };
    rows.map(value).collect()
}

#[test]
fn observations_lie_in_the_folder_of_their_day_and_what_x_did_not_say_is_null() {
    let folder = two_days();
    let to = folder.home().join("out");
    let rows = folder.rows(&["export", "parquet", to.to_str().unwrap()]);
    let told = rows.iter().find(|row| row["table"] == "observations").unwrap();
    assert_eq!((&told["rows"], &told["files_written"]), (&json!(3), &json!(2)));
    let parts = parts(&to);
    assert_eq!(parts.keys().collect::<Vec<_>>(), ["date=2026-11-23", "date=2026-11-24"]);
    let first = &parts["date=2026-11-23"];
    assert_eq!(column(first, "participants"), [Field::Long(100), Field::Long(101)]);
    assert_eq!(column(first, "state"), vec![Field::Str("live".to_owned()); 2]);
    assert_eq!(column(first, "speaker_count"), [Field::Null, Field::Null]);
    let times = [1_795_457_400_000, 1_795_478_399_999];
    assert_eq!(column(first, "observed_at"), times.map(Field::TimestampMillis));
    assert_eq!(column(first, "observed_ms"), times.map(Field::Long));
}

#[test]
fn each_file_says_what_its_columns_mean_and_in_which_order_its_rows_stand() {
    let folder = two_days();
    let to = folder.home().join("out");
    assert_eq!(export(&folder, &to, &[]).code, Some(0));
    let file = File::open(&parts(&to)["date=2026-11-23"]).unwrap();
    let reader = SerializedFileReader::new(file).unwrap();
    let told = reader.metadata().file_metadata().key_value_metadata().unwrap().clone();
    let about = told.iter().find(|it| it.key == "spacelog.column.participants").unwrap();
    assert!(about.value.as_ref().unwrap().contains("People present"), "{about:?}");
    let group = reader.metadata().row_group(0);
    let sorted: Vec<i32> =
        group.sorting_columns().unwrap().iter().map(|column| column.column_idx).collect();
    let names: Vec<&str> = sorted
        .iter()
        .map(|index| group.column(usize::try_from(*index).unwrap()).column_descr().name())
        .collect();
    assert_eq!(names, ["space_id", "observed_ms", "seq"]);
    assert!(group.columns().iter().all(|column| column.statistics().is_some()));
}

#[test]
fn the_same_log_gives_the_same_bytes_whether_exported_at_once_or_day_by_day() {
    let folder = two_days();
    let (once, twice) = (folder.home().join("once"), folder.home().join("twice"));
    assert_eq!(export(&folder, &twice, &["--until", "2026-11-24T00:00:00Z"]).code, Some(0));
    assert_eq!(parts(&twice).len(), 1);
    assert_eq!(export(&folder, &twice, &[]).code, Some(0));
    assert_eq!(export(&folder, &once, &[]).code, Some(0));
    assert_eq!(files(&once), files(&twice));
}

#[test]
fn a_new_day_is_added_and_the_files_of_the_old_ones_are_not_written_again() {
    use std::os::unix::fs::MetadataExt as _;
    let folder = two_days();
    let to = folder.home().join("out");
    assert_eq!(export(&folder, &to, &[]).code, Some(0));
    let nodes = |to: &Path| -> Vec<u64> {
        parts(to).values().map(|path| fs::metadata(path).unwrap().ino()).collect()
    };
    let before = nodes(&to);
    look(&folder, &["2026-11-25T10:00:00Z"]);
    assert_eq!(export(&folder, &to, &[]).code, Some(0));
    let after = nodes(&to);
    assert_eq!((after.len(), &after[..2]), (3, &before[..]));
    // A look at an old day that came later is no less there.
    look(&folder, &["2026-11-23T19:00:00Z"]);
    assert_eq!(export(&folder, &to, &[]).code, Some(0));
    assert_eq!(column(&parts(&to)["date=2026-11-23"], "seq").len(), 3);
    assert_eq!(nodes(&to)[1..], after[1..]);
}

#[test]
fn part_of_a_day_can_be_exported_and_what_a_folder_holds_already_stays_in_it() {
    let folder = two_days();
    let to = folder.home().join("out");
    assert_eq!(export(&folder, &to, &["--since", "2026-11-23T20:00:00Z"]).code, Some(0));
    assert_eq!(column(&parts(&to)["date=2026-11-23"], "participants"), [Field::Long(101)]);
    assert_eq!(export(&folder, &to, &["--until", "2026-11-23T19:00:00Z"]).code, Some(0));
    assert_eq!(column(&parts(&to)["date=2026-11-23"], "participants").len(), 2);
    let none = folder.home().join("none");
    let backwards = ["--since", "2026-11-24T00:00:00Z", "--until", "2026-11-23T00:00:00Z"];
    refused(&export(&folder, &none, &backwards), 2, &["--until"]);
    assert!(!none.exists());
}

#[test]
fn observations_can_be_parted_by_month_or_year_and_one_folder_holds_one_kind() {
    let folder = two_days();
    let to = folder.home().join("out");
    assert_eq!(export(&folder, &to, &["--partition-by", "month"]).code, Some(0));
    assert_eq!(parts(&to).keys().collect::<Vec<_>>(), ["month=2026-11"]);
    refused(&export(&folder, &to, &[]), 2, &["partitioned by month", "another folder"]);
}

#[test]
fn two_monitors_fill_one_folder_and_neither_touches_what_the_other_left() {
    let (one, two) = (two_days(), two_days());
    let to = one.home().join("out");
    assert_eq!(export(&one, &to, &[]).code, Some(0));
    let before = files(&to);
    assert_eq!(export(&two, &to, &[]).code, Some(0));
    let after = files(&to);
    assert!(before.iter().all(|(path, bytes)| after[path] == *bytes));
    let parts = after.keys().filter(|path| path.starts_with("observations/date=2026-11-23"));
    assert_eq!(parts.count(), 2);
}

#[test]
fn a_folder_with_other_data_is_left_alone() {
    let folder = two_days();
    let to = folder.home().join("letters");
    fs::create_dir(&to).unwrap();
    fs::write(to.join("letter"), "mine").unwrap();
    refused(&export(&folder, &to, &[]), 2, &["holds other data", "another folder"]);
    assert_eq!(files(&to).keys().collect::<Vec<_>>(), ["letter"]);
    // Nor is a file taken for a folder.
    refused(&export(&folder, &to.join("letter"), &[]), 6, &["letter"]);
}

#[test]
fn a_part_that_somebody_changed_is_left_alone_and_nothing_else_is_changed() {
    let folder = two_days();
    let to = folder.home().join("out");
    assert_eq!(export(&folder, &to, &[]).code, Some(0));
    fs::write(&parts(&to)["date=2026-11-23"], "mine").unwrap();
    let before = files(&to);
    refused(&export(&folder, &to, &[]), 2, &["date=2026-11-23", "changed it"]);
    assert_eq!(files(&to), before);
}

#[test]
fn an_export_of_another_history_or_by_a_newer_program_is_left_alone() {
    let folder = two_days();
    let to = folder.home().join("out");
    assert_eq!(export(&folder, &to, &[]).code, Some(0));
    let whole = files(&to);
    let name = whole.keys().find(|path| path.starts_with("_spacelog/")).unwrap();
    let text = String::from_utf8(whole[name].clone()).unwrap();
    let told: serde_json::Value = serde_json::from_str(&text).unwrap();
    let chain = told["chain"].as_str().unwrap();
    for (changed, why) in [
        (text.replace(chain, &chain.replace('a', "b")), "does not go on"),
        (text.replace("\"format\": 1", "\"format\": 2"), "format 2"),
        ("{}".to_owned(), "tells of no export"),
    ] {
        fs::write(to.join(name), changed).unwrap();
        let before = files(&to);
        refused(&export(&folder, &to, &[]), 2, &[why]);
        assert_eq!(files(&to), before);
    }
}

#[test]
fn a_live_folder_is_exported_as_it_was_at_one_moment_while_the_monitor_goes_on() {
    let (folder, x) = (Folder::new(), X::new());
    x.put(space("1asked", "live", Some(8)));
    x.number_answers();
    let run = ["run", "--api-url", &x.url(), "--space", "1asked", "--interval", "1s"];
    let monitor = folder.start(&run);
    until("some looks", || (x.told("1asked").len() > 2).then_some(()));
    let to = folder.home().join("out");
    assert_eq!(export(&folder, &to, &[]).code, Some(0));
    let told = x.told("1asked").len();
    until("the monitor to go on", || (x.told("1asked").len() > told).then_some(()));
    monitor.stop();
    let day = parts(&to).into_values().next().unwrap();
    let exported = column(&day, "participants").len();
    let stored = folder.rows(&["events", "--kind", "SpaceObserved"]).len();
    assert!(exported > 0 && exported < stored, "{exported} of {stored}");
    assert_eq!(export(&folder, &to, &[]).code, Some(0));
    let all: usize = parts(&to).values().map(|part| column(part, "seq").len()).sum();
    assert_eq!(all, stored);
}

#[test]
fn an_export_to_a_full_disk_leaves_nothing_half_and_says_why() {
    let folder = two_days();
    let (data, to) = (folder.data(), folder.home().join("out"));
    // No file may grow beyond so much: to the program that is a disk without room.
    let words = "trap '' XFSZ; ulimit -f 4; exec \"$@\"";
    let args = ["-c", words, "sh", PROGRAM, "export", "parquet", to.to_str().unwrap(), "--data"];
    let args = [&args[..], &[data.to_str().unwrap()]].concat();
    refused(&Running::of(folder.command("sh", &args)).end(), 6, &["is it full"]);
    assert!(!to.exists());
}

#[test]
fn what_lies_beside_the_data_explains_it() {
    let folder = two_days();
    let to = folder.home().join("out");
    assert_eq!(export(&folder, &to, &[]).code, Some(0));
    for (name, file) in [("export_readme", "README.md"), ("export_views", "views.sql")] {
        let text = fs::read_to_string(to.join(file)).unwrap();
        insta::with_settings!({
            snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots"),
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, {
            insta::assert_snapshot!(name, text);
        });
    }
}
