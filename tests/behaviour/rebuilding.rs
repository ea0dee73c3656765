//! Folding views again by command: what is said when the disk refuses.

use std::fs;

use super::program::Folder;
use super::refusals::refused;
use super::x::{LOOK_UP, space};

#[test]
fn a_rebuild_that_the_disk_refuses_names_the_disk_and_not_the_log() {
    let folder = Folder::new();
    let body = serde_json::json!({"data": [space("1evening", "live", Some(9))]});
    folder.take_in(&[("2026-11-23T18:00:00Z", LOOK_UP, body)]);
    folder.well(&["spaces"]);
    let views = folder.data().join("views");
    let names = fs::read_dir(&views).unwrap().map(|it| it.unwrap().file_name());
    let curves = names.map(|it| it.into_string().unwrap()).find(|it| it.starts_with("curves-"));
    // No file can be made under a name that a folder has.
    let taken = views.join(format!("{}.building", curves.unwrap()));
    fs::create_dir(&taken).unwrap();
    refused(&folder.run(&["rebuild", "curves"]), 6, &["view `curves`", "look at the disk"]);
    folder.well(&["rebuild", "polls"]);
    fs::remove_dir(taken).unwrap();
    folder.hold();
}
