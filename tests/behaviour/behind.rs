//! A view that is behind the log, and one that is folded anew: what the server says meanwhile.

use std::fs::{self, File};
use std::path::PathBuf;

use serde_json::{Value, json};

use super::fetch::Site;
use super::program::{Folder, until};

/// Returns the file of a view.
fn file_of(folder: &Folder, view: &str) -> PathBuf {
    let files = fs::read_dir(folder.data().join("views")).unwrap();
    let mut paths = files.map(|entry| entry.unwrap().path());
    let is_its = |path: &PathBuf| {
        path.file_name().is_some_and(|name| name.to_str().unwrap().starts_with(view))
    };
    paths.find(is_its).expect("the file of the view")
}

/// More than any view is behind while all is well, whoever else keeps the machine busy.
const FAR: u64 = 500;

/// Returns how far an answer says that the curves are behind.
fn behind(site: &Site) -> u64 {
    let answer = site.get("/api/polls?limit=1");
    assert_eq!(answer.status, 200, "{answer:?}");
    let mut notes = answer.head.lines();
    let note = notes.find_map(|line| line.strip_prefix("x-spacelog-note: view curves is "));
    note.map_or(0, |note| {
        let (events, rest) = note.split_once(' ').unwrap();
        assert_eq!(rest, "events behind the log");
        events.parse().unwrap()
    })
}

#[test]
fn a_view_that_cannot_go_on_is_said_to_be_behind_and_a_rebuild_beside_it_mends_that() {
    let folder = Folder::with_token(None);
    let life = ["demo", "--for", "1h", "--speed", "240", "--seed", "3", "--spaces", "40"];
    let site = Site::of(&folder, &life);
    until("looks", || (site.get("/api/spaces").rows().len() > 5).then_some(()));
    assert!(behind(&site) < FAR, "it keeps up");
    // What the disk does to a file while it is open: its end is gone.
    let curves = file_of(&folder, "curves-");
    File::options().write(true).open(curves).unwrap().set_len(4_096).unwrap();

    until("a view that is behind", || (behind(&site) > FAR).then_some(()));
    let page = site.get("/polls").body;
    assert!(page.contains("<strong>Behind: </strong><bdi>view curves is "), "{page}");
    let metrics = site.get("/metrics").body;
    let gauge = "spacelog_view_behind_events{view=\"curves\"} ";
    let figure = metrics.lines().find_map(|line| line.strip_prefix(gauge)).expect("its figure");
    assert!(figure.parse::<u64>().unwrap() > FAR, "{figure}");
    // Figures that it gives are none, rather than old ones.
    let refused = site.get("/api/spaces");
    let told: Value = serde_json::from_str(&refused.body).unwrap();
    assert_eq!(refused.status, 500, "{told}");
    assert!(told["now"].to_string().contains("`spacelog verify`"), "{told}");
    let doctor = site.get("/api/doctor").body;
    assert!(doctor.contains("`spacelog rebuild curves` folds it anew"), "{doctor}");
    assert_eq!(site.get("/spaces").status, 500);
    let status = site.get("/api/status").rows().remove(0);
    assert!(status["trouble"].to_string().contains("curves: "), "{status}");

    let rebuilt = folder.rows(&["rebuild", "curves"]).remove(0);
    assert_eq!(rebuilt["view"], json!("curves"));
    until("the view to keep up", || (behind(&site) == 0).then_some(()));
    assert!(site.get("/api/spaces").rows().len() > 5, "it answers again");
    until("pages without the mark", || {
        (!site.get("/polls").body.contains("<bdi>view curves is ")).then_some(())
    });
    site.stop();
    folder.hold();
}
