//! All the views of a log together.

use std::fs;
use std::path::{Path, PathBuf};

use crate::log::Reader;
use crate::store::InMemoryBackend;
use crate::view::{Curves, Keywords, People, Polls, Spaces, View};

use super::check::CHECKING;
use super::handle::BUILDING;
use super::projection::path;
use super::{Handle, Lag, Projection, ProjectorError, ViewCheck};

/// What a long fold is told: the view, the seq reached, the last seq; it says whether to go on.
pub type Progress<'a> = dyn FnMut(&'static str, u64, u64) -> bool + 'a;

/// The views, each with its file under one folder. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Views {
    /// `None` for views that are held in memory alone.
    pub(super) folder: Option<PathBuf>,
    /// What each Space is.
    pub spaces: Handle<Spaces>,
    /// Participant curves.
    pub curves: Handle<Curves>,
    /// Hosts and other people.
    pub people: Handle<People>,
    /// Words of titles.
    pub keywords: Handle<Keywords>,
    /// Polls and gaps.
    pub polls: Handle<Polls>,
}

/// The views' names, in the order in which they are shown.
pub const NAMES: [&str; 5] =
    [Spaces::NAME, Curves::NAME, People::NAME, Keywords::NAME, Polls::NAME];

impl Views {
    /// Opens every view's file in `folder`; none is caught up yet. What a crash left of views of
    /// the past is removed.
    pub fn open(folder: &Path, reader: &Reader) -> Result<Self, ProjectorError> {
        fn one<V: View>(folder: &Path, reader: &Reader) -> Result<Handle<V>, ProjectorError> {
            Ok(Handle::new(Projection::open(folder, reader)?))
        }
        super::past::sweep(folder);
        sweep_passing(folder);
        Ok(Self {
            folder: Some(folder.to_owned()),
            spaces: one(folder, reader)?,
            curves: one(folder, reader)?,
            people: one(folder, reader)?,
            keywords: one(folder, reader)?,
            polls: one(folder, reader)?,
        })
    }

    /// Begins every view anew in memory, which takes what their files would take on disk: for a log
    /// beside which nothing may be written.
    pub fn in_memory(reader: &Reader) -> Result<Self, ProjectorError> {
        fn one<V: View>(reader: &Reader) -> Result<Handle<V>, ProjectorError> {
            Ok(Handle::new(Projection::on(InMemoryBackend::new(), reader)?))
        }
        Ok(Self {
            folder: None,
            spaces: one(reader)?,
            curves: one(reader)?,
            people: one(reader)?,
            keywords: one(reader)?,
            polls: one(reader)?,
        })
    }

    /// Removes files of views that no program of this version reads. What cannot be removed only
    /// takes room, and is tried again at the next start.
    fn sweep(&self) {
        let Some(folder) = &self.folder else { return };
        let current = self.files();
        let Ok(entries) = fs::read_dir(folder) else { return };
        for entry in entries.flatten() {
            let ours = NAMES
                .iter()
                .any(|name| entry.file_name().to_string_lossy().starts_with(&format!("{name}-")));
            if ours && !current.contains(&entry.path()) {
                drop(fs::remove_file(entry.path()));
            }
        }
    }

    /// Returns where the views' files are; views in memory have none.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        let Some(folder) = &self.folder else { return Vec::new() };
        vec![
            path::<Spaces>(folder),
            path::<Curves>(folder),
            path::<People>(folder),
            path::<Keywords>(folder),
            path::<Polls>(folder),
        ]
    }

    /// Folds the log into every view, to its end. `progress` may break it off between steps.
    pub fn catch_up(
        &self,
        reader: &Reader,
        progress: &mut Progress,
    ) -> Result<bool, ProjectorError> {
        fn one<V: View>(
            view: &Handle<V>,
            reader: &Reader,
            progress: &mut Progress,
        ) -> Result<bool, ProjectorError> {
            let log = |source| ProjectorError::Log { view: V::NAME, source };
            let head = reader.head().map_err(log)?.seq;
            loop {
                match view.change(reader, |projection| projection.step(reader, u64::MAX)) {
                    Ok(true) => {}
                    Ok(false) => break,
                    Err(error) if error.is_passing() => return Err(error),
                    // This view is stopped, and says so to whoever asks it; the others go on.
                    Err(_stopped) => return Ok(true),
                }
                if !progress(V::NAME, view.lag().seq, head) {
                    return Ok(false);
                }
            }
            view.flush()?;
            Ok(true)
        }
        let caught_up = one(&self.spaces, reader, progress)?
            && one(&self.curves, reader, progress)?
            && one(&self.people, reader, progress)?
            && one(&self.keywords, reader, progress)?
            && one(&self.polls, reader, progress)?;
        if caught_up {
            self.sweep();
        }
        Ok(caught_up)
    }

    /// Compares every view with a fresh fold to its checkpoint; views in memory, which are one, with
    /// nothing. While something is being forgotten, which is waited for, `rest` comes between two
    /// looks at it. `None` when `progress` broke it off.
    pub fn check(
        &self,
        reader: &Reader,
        rest: &dyn Fn(),
        progress: &mut Progress,
    ) -> Result<Option<Vec<ViewCheck>>, ProjectorError> {
        fn one<V: View>(
            (view, folder): (&Handle<V>, &Path),
            (reader, rest): (&Reader, &dyn Fn()),
            progress: &mut Progress,
            found: &mut Vec<ViewCheck>,
        ) -> Result<bool, ProjectorError> {
            let mut tell = |at, end| progress(V::NAME, at, end);
            let check = view.check_in_turn(folder, reader, rest, &mut tell)?;
            let done = check.is_some();
            found.extend(check);
            Ok(done)
        }
        let mut found = Vec::new();
        let Some(folder) = self.folder.as_deref() else { return Ok(Some(found)) };
        let done = one((&self.spaces, folder), (reader, rest), progress, &mut found)?
            && one((&self.curves, folder), (reader, rest), progress, &mut found)?
            && one((&self.people, folder), (reader, rest), progress, &mut found)?
            && one((&self.keywords, folder), (reader, rest), progress, &mut found)?
            && one((&self.polls, folder), (reader, rest), progress, &mut found)?;
        Ok(done.then_some(found))
    }

    /// Returns how far each view has come.
    pub fn lags(&self) -> Vec<Lag> {
        vec![
            self.spaces.lag(),
            self.curves.lag(),
            self.people.lag(),
            self.keywords.lag(),
            self.polls.lag(),
        ]
    }

    /// Writes what changed and closes every file; the first failure is returned, after all were
    /// closed.
    pub fn close(&self) -> Result<(), ProjectorError> {
        let closed = [
            self.spaces.close(),
            self.curves.close(),
            self.people.close(),
            self.keywords.close(),
            self.polls.close(),
        ];
        closed.into_iter().collect()
    }
}

/// Removes what a check or a rebuild that did not come to its end left. Whoever opens the views
/// holds the log, so nobody else is at it.
fn sweep_passing(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let ours = NAMES.iter().any(|ours| name.starts_with(&format!("{ours}-")));
        if ours && (name.contains(CHECKING) || name.contains(BUILDING)) {
            drop(fs::remove_file(entry.path()));
        }
    }
}
