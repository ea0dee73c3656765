//! What a program of one's own may rely on.

use std::fs;

use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use super::example::example;
use super::{Archive, ArchiveError, Fold, ask, open};
use crate::event::{Entry, Event};
use crate::question::{AsOf, Question, SpaceSort};
use crate::sheet::{Sheet, Value};
use crate::space::SpaceId;

/// A folder with the example's data.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    example(folder.path()).unwrap();
    folder
}

fn space() -> SpaceId {
    "1YqKDqWqdPLxV".parse().unwrap()
}

fn all() -> Question {
    let sort = SpaceSort::Participants;
    Question::Spaces {
        state: None,
        host: None,
        keyword: None,
        min_participants: None,
        sort,
        limit: 0,
    }
}

/// Returns the value in the only row of a sheet.
fn value<'a>(sheet: &'a Sheet, name: &str) -> &'a Value {
    assert_eq!(sheet.rows.len(), 1);
    &sheet.rows[0][sheet.index(name).unwrap()]
}

/// Counts looks, and remembers where it is.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
struct Looks {
    seen: u64,
    last_seq: u64,
}

impl Fold for Looks {
    const NAME: &'static str = "looks";
    const VERSION: u32 = 1;

    fn event(&mut self, entry: &Entry<'_>) {
        assert!(entry.seq > self.last_seq, "events come once each, in order");
        self.seen += u64::from(matches!(entry.event, Event::SpaceObserved(_)));
        self.last_seq = entry.seq;
    }
}

/// The same under another version.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Changed(u64);

impl Fold for Changed {
    const NAME: &'static str = Looks::NAME;
    const VERSION: u32 = 2;

    fn event(&mut self, _entry: &Entry<'_>) {
        self.0 += 1;
    }
}

#[test]
fn a_folder_answers_questions_now_and_as_of_a_moment() {
    let folder = folder();
    let archive = open(folder.path()).unwrap();
    let now = archive.ask(all()).unwrap();
    assert_eq!(value(&now, "peak_participants"), &Value::Int(100));
    assert_eq!(value(&now, "state"), &Value::Text("ended".to_owned()));
    let first = archive.ask_as_of(all(), AsOf::Seq(4)).unwrap();
    assert_eq!(value(&first, "peak_participants"), &Value::Int(10));
    let beyond = archive.ask_as_of(all(), AsOf::Seq(1_000));
    assert!(
        matches!(beyond, Err(ArchiveError::Refused { message, .. }) if message.contains("1000"))
    );
}

#[test]
fn a_space_and_its_curve_are_there_as_they_were_seen() {
    let folder = folder();
    let archive = open(folder.path()).unwrap();
    let row = archive.space(space()).unwrap().unwrap();
    assert!(!row.is_live());
    let curve = archive.curve(space()).unwrap();
    let counts: Vec<_> = curve.iter().map(|point| point.participants).collect();
    assert_eq!(counts, (1..=11).map(|minute| Some(10 * minute)).collect::<Vec<_>>());
    let nobody = "1nobodyknows".parse().unwrap();
    assert!(archive.space(nobody).unwrap().is_none() && archive.curve(nobody).unwrap().is_empty());
}

#[test]
fn a_replay_begins_at_any_seq_and_gives_every_event_once() {
    let folder = folder();
    let archive = open(folder.path()).unwrap();
    let seqs = |from| {
        archive.replay(from).map(|it| it.map(|it| it.seq())).collect::<Result<Vec<_>, _>>().unwrap()
    };
    let head = archive.head().unwrap().seq;
    assert!(head > 20, "{head}");
    for from in [0, 1, 2, 7, head, head + 1] {
        assert_eq!(seqs(from), (from.max(1)..=head).collect::<Vec<_>>(), "from {from}");
    }
    let ended = archive.replay(1).map(Result::unwrap).filter(|it| it.batch().last_seq() == head);
    assert!(ended.count() >= 2, "an event brings its batch along");
}

#[test]
fn a_fold_goes_on_from_its_checkpoint_and_begins_anew_where_that_does_not_hold() {
    let folder = folder();
    let at = folder.path().join("looks.json");
    let archive = open(folder.path()).unwrap();
    let looks: Looks = archive.fold(&at).unwrap();
    assert_eq!((looks.seen, looks.last_seq), (11, archive.head().unwrap().seq));
    // Folded once more from the start it would count on, or panic on a seq that was there.
    assert_eq!(archive.fold::<Looks>(&at).unwrap(), looks);
    assert_eq!(archive.fold::<Changed>(&at).unwrap().0, looks.last_seq, "another version: anew");
    fs::write(&at, "{").unwrap();
    assert_eq!(archive.fold::<Looks>(&at).unwrap(), looks, "a damaged checkpoint: anew");
    let kept = fs::read_to_string(&at).unwrap();
    fs::write(&at, kept.replace("\"seen\":11", "\"seen\":99")).unwrap();
    let tampered: Looks = archive.fold(&at).unwrap();
    assert_eq!(tampered.seen, 99, "it is gone on from as it stands");
    let other = self::folder();
    let elsewhere: Looks = open(other.path()).unwrap().fold(&at).unwrap();
    assert_eq!(elsewhere.seen, 11, "another log: anew");
}

#[test]
fn a_folder_that_is_open_elsewhere_is_busy_and_free_again_once_it_is_dropped() {
    let folder = folder();
    let archive: Archive = open(folder.path()).unwrap();
    assert!(matches!(open(folder.path()), Err(ArchiveError::Busy(_))));
    assert!(matches!(ask(folder.path(), all(), None), Err(ArchiveError::Busy(_))));
    drop(archive);
    let answer = ask(folder.path(), all(), None).unwrap();
    assert_eq!(value(&answer, "peak_participants"), &Value::Int(100));
}

#[test]
fn a_folder_that_is_not_there_is_said_so_and_not_made() {
    let home = tempfile::tempdir().unwrap();
    let missing = home.path().join("missing");
    assert!(matches!(open(&missing), Err(ArchiveError::Files { folder, .. }) if folder == missing));
    assert!(!missing.exists());
}
