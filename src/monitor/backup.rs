//! Backing up: a copy of the log as it stands at one moment, and of the kept bodies, while a
//! monitor goes on.

use std::fs;
use std::path::Path;

use crate::event::Subject;
use crate::log::{Head, Inspected, Log, LogCheck, LogError, Reader};
use crate::projector;
use crate::serve::{Refusal, RefusalKind};
use crate::sheet::{Column, Sheet, Unit, Value};
use crate::space::Moment;
use crate::store::folder::Folder;
use crate::store::{Making, StoreError};

use super::bodies_copy::copy_bodies;
use super::pace::Pace;
use super::reports::{Reports, folder_refused, refused, senseless, store_refused};
use super::salvage::checked;
use super::verify::hex;

/// How often a copy is begun again because the log was rewritten meanwhile.
const TURNS_MAX: u32 = 8;

/// A backup to be made.
pub struct Backup<'a> {
    /// Of this log.
    pub reader: &'a Reader,
    /// In this folder.
    pub folder: &'a Folder,
    /// Into this one: a new or an empty one, or one that holds an earlier backup of the log.
    pub to: &'a Path,
    /// Whether a monitor goes on meanwhile.
    pub live: bool,
}

impl Backup<'_> {
    /// Copies the log, checks the copy, and only then gives it its name. Views are not copied: they
    /// are folded again. After a failure an earlier backup stands, and nothing else is left.
    pub fn make(&self, reports: &mut Reports) -> Result<Sheet, Refusal> {
        let earlier = self.earlier()?;
        let mut making = Making::default();
        let unwritten = |error: StoreError| store_refused(&error);
        making.folder(self.to).map_err(unwritten)?;
        self.sweep();
        let place = self.to.join("log.redb");
        let young = making.file(&place).map_err(unwritten)?;
        let mark = earlier.as_ref().map(|(_held, head)| head.seq);
        let (check, again) = self.copy(&young, mark, reports)?;
        if let Some((_held, head)) = &earlier {
            self.goes_on(&check, head)?;
        }
        let anew = self.forgot_since(earlier.as_ref().map(|(held, _head)| held))?;
        if anew {
            self.clear_views()?;
        }
        let bodies = self.folder.path().join("bodies");
        let bodies = copy_bodies(&bodies, &self.to.join("bodies"), anew, &mut making, reports)?;
        making.finish(&young, &place).map_err(unwritten)?;
        making.keep();
        let written = Folder::existing(self.to);
        let written = written.map_err(|error| folder_refused(&error))?;
        let mut sheet = Sheet::new(vec![
            Column::new("folder", Unit::None),
            Column::new("seq", Unit::Count),
            Column::new("hash", Unit::None),
            Column::new("bytes", Unit::Bytes),
            Column::new("bodies_bytes", Unit::Bytes),
        ]);
        sheet.push(vec![
            self.to.display().to_string().into(),
            check.seq().into(),
            hex(check.chain()),
            written.bytes().into(),
            bodies.map_or(Value::Unknown, Value::from),
        ]);
        if again > 0 {
            sheet.notes.push(format!(
                "the log was rewritten meanwhile, as when something is forgotten: the copy was \
                 begun again ({again} times)"
            ));
        }
        sheet
            .notes
            .push("the copy was checked; views are folded again where it is used".to_owned());
        Ok(sheet)
    }

    /// Copies the log and checks the copy; returns how often that was begun again. It is where the
    /// log's file is rewritten meanwhile, and where something was forgotten that the copy holds.
    fn copy(
        &self,
        young: &Path,
        mark: Option<u64>,
        reports: &mut Reports,
    ) -> Result<(LogCheck, u32), Refusal> {
        for again in 0..TURNS_MAX {
            if self.copied(young, reports)? {
                let mut pace = Pace::new(self.live);
                let check = checked(young, reports, mark, || pace.rest())?;
                if subjects(check.reader())? == subjects(self.reader)? {
                    return Ok((check, again));
                }
            }
            fs::remove_file(young).map_err(|source| {
                store_refused(&StoreError::Io { path: young.to_owned(), source })
            })?;
        }
        Err(Refusal {
            kind: RefusalKind::Failure,
            message: "the log could not be copied in one piece".to_owned(),
            causes: vec![format!("it was rewritten {TURNS_MAX} times while it was copied")],
        })
    }

    /// Copies the log once; returns false where its file was exchanged for another meanwhile.
    fn copied(&self, young: &Path, reports: &mut Reports) -> Result<bool, Refusal> {
        let mut copying = self.reader.copy_to(young).map_err(|error| refused(&error))?;
        let mut pace = Pace::new(self.live);
        loop {
            match copying.step() {
                Ok(true) => {}
                Ok(false) => break,
                // The state that was copied went with the file.
                Err(LogError::Store(StoreError::Closed(path))) if path != young => {
                    return Ok(false);
                }
                Err(error) => return Err(refused(&error)),
            }
            reports.step("copying", copying.progress())?;
            pace.rest();
        }
        copying.finish().map_err(|error| refused(&error))?;
        Ok(true)
    }

    /// Returns the earlier backup, held so that nobody else opens it, and where it ends.
    fn earlier(&self) -> Result<Option<(Inspected, Head)>, Refusal> {
        let here = fs::canonicalize(self.folder.path()).ok();
        if here.is_some() && here == fs::canonicalize(self.to).ok() {
            let message = "a backup goes into another folder than the data".to_owned();
            return Err(senseless(message, "both are the same folder"));
        }
        if !Folder::holds_log(self.to).map_err(|error| folder_refused(&error))? {
            return Ok(None);
        }
        let earlier = Log::inspect(&self.to.join("log.redb")).map_err(|error| refused(&error))?;
        let head = earlier.reader.head().map_err(|error| refused(&error))?;
        if earlier.reader.header().log_id != self.reader.header().log_id {
            return Err(self.another("it is no backup of this log"));
        }
        Ok(Some((earlier, head)))
    }

    /// Refuses to replace an earlier backup by a log that does not go on from it.
    fn goes_on(&self, check: &LogCheck, earlier: &Head) -> Result<(), Refusal> {
        if check.chain_at(earlier.seq) == Some(earlier.chain) {
            return Ok(());
        }
        Err(self.another("this log does not go on where the backup there ends"))
    }

    /// Returns whether anything was forgotten since the earlier backup: then its bodies and its
    /// views, which somebody may have asked, still hold it.
    fn forgot_since(&self, earlier: Option<&Inspected>) -> Result<bool, Refusal> {
        let Some(earlier) = earlier else { return Ok(false) };
        Ok(subjects(&earlier.reader)? != subjects(self.reader)?)
    }

    /// Removes the views of the earlier backup; nobody has them open while it is held.
    fn clear_views(&self) -> Result<(), Refusal> {
        let views = self.to.join("views");
        if !views.exists() {
            return Ok(());
        }
        let cleared = projector::clear(&views);
        cleared.map_err(|source| store_refused(&StoreError::Io { path: views, source }))
    }

    fn another(&self, why: &str) -> Refusal {
        let to = self.to.display();
        senseless(format!("there is another event log in `{to}`, and it is left alone"), why)
    }

    /// Removes what a backup that was killed left.
    fn sweep(&self) {
        let Ok(entries) = fs::read_dir(self.to) else { return };
        for entry in entries.flatten() {
            if entry.file_name().to_string_lossy().starts_with("log.redb.new-") {
                // What cannot be removed only takes room.
                drop(fs::remove_file(entry.path()));
            }
        }
    }
}

/// Returns whom and what a log forgot, and when.
fn subjects(reader: &Reader) -> Result<Vec<(Subject, Moment)>, Refusal> {
    let marks = reader.marks().map_err(|error| refused(&error))?;
    Ok(marks.into_iter().map(|(subject, mark)| (subject, mark.at)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Event, Gap, GapCause, NewBatch};
    use crate::log::NewLog;
    use crate::serve::Reply;
    use crate::space::UserId;

    /// A log in a folder of its own.
    fn log(home: &Path) -> Log {
        fs::create_dir(home.join("data")).unwrap();
        let new = NewLog { created_at: Moment(0), simulated: None };
        let mut log = Log::create(&home.join("data/log.redb"), &new).unwrap();
        for second in 0..100 {
            let (from, to) = (Moment(second), Moment(second + 1));
            let gap = Gap { space: None, endpoint: None, from, to, cause: GapCause::Storage };
            let events = vec![Event::Gap(gap)];
            let batch = NewBatch { observed_at: to, events, ..NewBatch::default() };
            log.append(&batch, to).unwrap();
        }
        log
    }

    /// Backs a log up; `meanwhile` is done at each report of progress on `what`.
    fn backup(
        home: &Path,
        log: &mut Log,
        what: &str,
        mut meanwhile: impl FnMut(&mut Log, u32),
    ) -> Result<Sheet, Refusal> {
        let (reader, to) = (log.reader(), home.join("copy"));
        let folder = Folder::existing(&home.join("data")).unwrap();
        let (mut times, go_on) = (0, || true);
        let mut reply = |reply: Reply| {
            if matches!(reply, Reply::Progress { what: about, .. } if about == what) {
                times += 1;
                meanwhile(log, times);
            }
            true
        };
        let mut reports = Reports::new(&mut reply, &go_on);
        Backup { reader: &reader, folder: &folder, to: &to, live: false }.make(&mut reports)
    }

    #[test]
    fn a_log_that_is_rewritten_while_it_is_copied_is_copied_again_and_that_is_told() {
        let home = tempfile::tempdir().unwrap();
        let mut log = log(home.path());
        let rewrite = |log: &mut Log, times| {
            if times < 3 {
                log.compact().unwrap();
            }
        };
        let sheet = backup(home.path(), &mut log, "copying", rewrite).unwrap();
        assert!(sheet.notes[0].contains("begun again (2 times)"), "{:?}", sheet.notes);
        assert_eq!(sheet.rows[0][1], log.head().seq.into());
        assert_eq!(fs::read_dir(home.path().join("copy")).unwrap().count(), 1);
    }

    #[test]
    fn a_log_that_is_rewritten_again_and_again_is_not_copied_and_nothing_is_left() {
        let home = tempfile::tempdir().unwrap();
        let mut log = log(home.path());
        let rewrite = |log: &mut Log, _times| log.compact().unwrap();
        let refusal = backup(home.path(), &mut log, "copying", rewrite).unwrap_err();
        assert!(refusal.causes[0].contains("rewritten 8 times"), "{refusal:?}");
        assert!(!home.path().join("copy").exists());
    }

    #[test]
    fn what_is_forgotten_while_a_copy_is_checked_is_in_no_backup_that_ends_later() {
        let home = tempfile::tempdir().unwrap();
        let mut log = log(home.path());
        let forget = |log: &mut Log, times| {
            if times == 1 {
                log.forget(Subject::User(UserId(7)), "asked", Moment(200)).unwrap();
            }
        };
        let sheet = backup(home.path(), &mut log, "checking", forget).unwrap();
        assert_eq!(sheet.rows[0][1], log.head().seq.into());
        let copy = Log::inspect(&home.path().join("copy/log.redb")).unwrap();
        assert_eq!(subjects(&copy.reader).unwrap(), [(Subject::User(UserId(7)), Moment(200))]);
    }
}
