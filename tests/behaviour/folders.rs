//! Folders that hold something else, or that may not be written, or that somebody holds.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;

use spacelog::event::MonitorId;
use spacelog::event::codec::{Header, encode_header};
use spacelog::space::Moment;
use spacelog::store::{Store, StoreError};

use super::program::{Folder, PROGRAM, Running};
use super::refusals::refused;
use super::x::{X, space};

/// The user number of nobody.
const NOBODY: u32 = 65_534;

#[test]
fn a_file_in_the_place_of_the_folder_is_refused_and_left_alone() {
    let (folder, x) = (Folder::new(), X::new());
    let url = x.url();
    folder.file("data", "a letter");
    let run = ["run", "--api-url", &url, "--query", "coast", "--once"];
    for args in [&["spaces"][..], &run, &["demo", "--for", "1s"]] {
        refused(&folder.run(args), 6, &["is not a folder", "--data"]);
    }
    assert_eq!(fs::read(folder.data()).unwrap(), b"a letter");
    let inside = folder.data().join("deeper");
    let inside = ["spaces", "--data", inside.to_str().unwrap()];
    refused(&Running::of(folder.command(PROGRAM, &inside)).end(), 6, &["is not a folder"]);
}

#[test]
fn a_folder_of_other_things_is_refused_and_left_alone() {
    let (folder, x) = (Folder::new(), X::new());
    let url = x.url();
    fs::create_dir(folder.data()).unwrap();
    fs::write(folder.data().join("thesis.doc"), "mine").unwrap();
    let body = folder.file("body.json", r#"{"data": [{"id": "1abc", "state": "live"}]}"#);
    let run = ["run", "--api-url", &url, "--query", "coast", "--once"];
    for args in [&run[..], &["import", "bodies", &body], &["demo", "--for", "1s"]] {
        refused(&folder.run(args), 6, &["holds other files", "--data"]);
    }
    fs::write(folder.data().join("log.redb"), "no log at all, but of that name").unwrap();
    for args in [&run[..], &["import", "bodies", &body], &["spaces"], &["verify"]] {
        refused(&folder.run(args), 6, &["log.redb", "hint: "]);
    }
    assert_eq!(fs::read_dir(folder.data()).unwrap().count(), 2);
    assert_eq!(x.asked("/2/spaces/search"), 0);
}

#[test]
fn a_folder_that_an_ordinary_user_may_not_write_is_refused() {
    let (folder, x) = (Folder::new(), X::new());
    let url = x.url();
    // As the superuser every folder may be written: there the program runs as nobody.
    let is_root = fs::metadata(folder.home()).unwrap().uid() == 0;
    let program = folder.home().join("spacelog");
    fs::hard_link(PROGRAM, &program).or_else(|_| fs::copy(PROGRAM, &program).map(drop)).unwrap();
    fs::set_permissions(folder.home(), fs::Permissions::from_mode(0o755)).unwrap();
    fs::create_dir(folder.data()).unwrap();
    fs::set_permissions(folder.data(), fs::Permissions::from_mode(0o555)).unwrap();
    let data = folder.data();
    let inside = data.join("deeper");
    let body = folder.file("body.json", r#"{"data": [{"id": "1abc", "state": "live"}]}"#);
    fs::set_permissions(&body, fs::Permissions::from_mode(0o644)).unwrap();
    let run = ["run", "--api-url", &url, "--query", "coast", "--once"];
    for path in [&data, &inside] {
        for args in [&run[..], &["import", "bodies", &body], &["demo", "--for", "1s"]] {
            let args = [args, &["--data", path.to_str().unwrap()]].concat();
            let mut command = folder.command(program.to_str().unwrap(), &args);
            if is_root {
                command.uid(NOBODY).gid(NOBODY);
            }
            refused(&Running::of(command).end(), 6, &["hint: ", "ermission"]);
        }
    }
    assert_eq!(fs::read_dir(&data).unwrap().count(), 0);
}

/// Makes a log with this header.
fn make_log(folder: &Path, header: &[u8]) {
    fs::create_dir(folder).unwrap();
    let made = Store::create(&folder.join("log.redb"), 1 << 20, |writing| {
        writing.table("meta")?.put(b"header", header)?;
        Ok::<_, StoreError>(())
    });
    made.unwrap().close().unwrap();
}

#[test]
fn a_folder_of_which_not_even_the_header_can_be_read_is_refused_and_left_as_it_is() {
    let header = Header {
        format: 1,
        log_id: [7; 16],
        monitor: MonitorId(5),
        created_at: Moment(1_700_000_000_000),
        simulated: None,
    };
    let mut newer_frame = encode_header(&header);
    newer_frame[0] = 2;
    let (folder, x) = (Folder::new(), X::new());
    let url = x.url();
    make_log(&folder.data(), &newer_frame);
    let before = fs::read(folder.data().join("log.redb")).unwrap();
    let run = ["run", "--api-url", &url, "--query", "coast", "--once"];
    for args in [&run[..], &["spaces"], &["verify"], &["rebuild"]] {
        let output = folder.run(args);
        refused(&output, 6, &["header of the log has version 2", "use a newer spacelog"]);
    }
    assert_eq!(x.asked("/2/spaces/search"), 0);
    assert_eq!(fs::read(folder.data().join("log.redb")).unwrap(), before);
}

#[test]
fn a_redb_file_of_another_program_is_no_log() {
    let folder = Folder::new();
    fs::create_dir(folder.data()).unwrap();
    let made = Store::create(&folder.data().join("log.redb"), 1 << 20, |writing| {
        writing.table("recipes")?.put(b"soup", b"water")?;
        Ok::<_, StoreError>(())
    });
    made.unwrap().close().unwrap();
    refused(&folder.run(&["spaces"]), 6, &["no event log", "hint: "]);
}

#[test]
fn a_second_monitor_on_a_folder_is_refused_while_the_first_goes_on() {
    let (folder, x) = (Folder::new(), X::new());
    x.put(space("1asked", "live", Some(3)));
    let run = ["run", "--api-url", &x.url(), "--space", "1asked"];
    let monitor = folder.start(&run);
    monitor.says("live  ");
    refused(&folder.run(&run), 6, &["another monitor runs on", "stop the other"]);
    assert_eq!(folder.rows(&["status"])[0]["running"], true);
    monitor.stop();
    folder.hold();
}

#[test]
fn what_is_written_is_the_owners_alone() {
    let (folder, x) = (Folder::new(), X::new());
    x.put(space("1asked", "live", Some(3)));
    let run = ["run", "--api-url", &x.url(), "--space", "1asked", "--once", "--keep-bodies"];
    folder.well(&run);
    let mut paths = vec![folder.data()];
    while let Some(path) = paths.pop() {
        let found = fs::metadata(&path).unwrap();
        let expected = if found.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(found.permissions().mode() & 0o777, expected, "{}", path.display());
        if found.is_dir() {
            paths.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        }
    }
}

#[test]
fn a_full_disk_is_said_and_what_was_stored_stays() {
    let (folder, x) = (Folder::new(), X::new());
    x.put(space("1asked", "live", Some(3)));
    let (url, data) = (x.url(), folder.data());
    folder.well(&["run", "--api-url", &url, "--space", "1asked", "--once"]);
    // No file may grow beyond what it has: to the program that is a disk without room.
    let blocks = fs::metadata(data.join("log.redb")).unwrap().len() / 512;
    let words = "trap '' XFSZ; ulimit -f $1; shift; exec \"$@\"";
    let blocks = (blocks / 2).to_string();
    let args = ["-c", words, "sh", &blocks, PROGRAM, "run", "--api-url", &url, "--space", "1asked"];
    let args = [args.as_slice(), &["--once", "--data", data.to_str().unwrap()]].concat();
    let output = Running::of(folder.command("sh", &args)).end();
    refused(&output, 6, &["is it full", "hint: "]);
    assert_eq!(folder.space("1asked")["state"], "live");
    folder.hold();
}
