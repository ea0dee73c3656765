//! Folding views anew, several side by side: a segment is unpacked once for all of them.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::log::Reader;
use crate::view::{Curves, View};

use super::check::Passing;
use super::handle::BUILDING;
use super::projection::path;
use super::{Handle, NAMES, Progress, Projection, ProjectorError, Views};

/// Returns the views of these names in groups, a thread for each: two cores fold them side by side.
/// The fold of curves takes as long as those of all other views together.
pub fn groups(names: &[&'static str]) -> Vec<Vec<&'static str>> {
    let (longest, others) = names.iter().partition::<Vec<_>, _>(|name| **name == Curves::NAME);
    [longest, others].into_iter().filter(|group| !group.is_empty()).collect()
}

/// A view in the making, beside the one that answers meanwhile.
struct Anew<V> {
    handle: Handle<V>,
    fresh: Projection<V>,
    place: PathBuf,
    /// Broken off, it leaves nothing behind.
    _beside: Passing,
}

/// What can be done with one whatever it holds.
trait Making {
    fn name(&self) -> &'static str;
    fn seq(&self) -> u64;
    /// Folds one step of the log in; false at its end.
    fn step(&mut self, reader: &Reader) -> Result<bool, ProjectorError>;
    /// Takes the place of the present one.
    fn finish(self: Box<Self>, reader: &Reader) -> Result<(), ProjectorError>;
}

impl<V: View> Making for Anew<V> {
    fn name(&self) -> &'static str {
        V::NAME
    }

    fn seq(&self) -> u64 {
        self.fresh.at().seq
    }

    fn step(&mut self, reader: &Reader) -> Result<bool, ProjectorError> {
        self.fresh.step(reader, u64::MAX)
    }

    fn finish(mut self: Box<Self>, reader: &Reader) -> Result<(), ProjectorError> {
        self.fresh.built()?;
        self.handle.replace(self.fresh, &self.place, reader)
    }
}

fn begin<V: View>(
    handle: &Handle<V>,
    folder: &Path,
    reader: &Reader,
) -> Result<Box<dyn Making>, ProjectorError> {
    let place = path::<V>(folder);
    let mut beside = place.clone().into_os_string();
    beside.push(BUILDING);
    let beside = Passing(beside.into());
    let fresh = Projection::<V>::fresh(&beside.0, reader)?.building();
    Ok(Box::new(Anew { handle: handle.clone(), fresh, place, _beside: beside }))
}

impl Views {
    /// Folds the views of these names anew beside themselves, step by step together; each takes
    /// its place when all are done. `progress` is told of the one that is behind, and says whether
    /// to go on. Views in memory are a fresh fold already, and only caught up.
    ///
    /// # Errors
    /// What the log or a file says, or that it was broken off; then the present views stay.
    pub fn rebuild(
        &self,
        names: &[&str],
        reader: &Reader,
        progress: &mut Progress,
    ) -> Result<(), ProjectorError> {
        let Some(folder) = self.folder.as_deref() else {
            return self.catch_up(reader, progress).map(drop);
        };
        // One at a time folds a view anew; whoever wants several takes them in the same order.
        let locks: Vec<Arc<Mutex<()>>> = NAMES
            .iter()
            .filter(|name| names.contains(name))
            .map(|name| self.one_at_a_time(name))
            .collect();
        let _held: Vec<_> =
            locks.iter().map(|lock| lock.lock().unwrap_or_else(PoisonError::into_inner)).collect();
        let reader = &reader.sharing();
        let mut making = Vec::new();
        for name in NAMES.iter().filter(|name| names.contains(name)) {
            making.push(self.anew(name, folder, reader)?);
        }
        let head =
            reader.head().map_err(|source| ProjectorError::Log { view: NAMES[0], source })?;
        loop {
            let mut more = false;
            for view in &mut making {
                more |= view.step(reader)?;
            }
            let Some(last) = making.iter().min_by_key(|view| view.seq()).filter(|_| more) else {
                break;
            };
            if !progress(last.name(), last.seq(), head.seq.max(last.seq())) {
                let reason = "the rebuild was broken off".to_owned();
                return Err(ProjectorError::Faulted { view: last.name(), reason });
            }
        }
        making.into_iter().try_for_each(|view| view.finish(reader))
    }

    fn anew(
        &self,
        name: &str,
        folder: &Path,
        reader: &Reader,
    ) -> Result<Box<dyn Making>, ProjectorError> {
        match name {
            "spaces" => begin(&self.spaces, folder, reader),
            "curves" => begin(&self.curves, folder, reader),
            "hosts" => begin(&self.people, folder, reader),
            "keywords" => begin(&self.keywords, folder, reader),
            _ => begin(&self.polls, folder, reader),
        }
    }

    fn one_at_a_time(&self, name: &str) -> Arc<Mutex<()>> {
        match name {
            "spaces" => self.spaces.one_at_a_time(),
            "curves" => self.curves.one_at_a_time(),
            "hosts" => self.people.one_at_a_time(),
            "keywords" => self.keywords.one_at_a_time(),
            _ => self.polls.one_at_a_time(),
        }
    }
}
