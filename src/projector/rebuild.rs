//! Folding views anew, beside those that answer meanwhile.

use std::path::{Path, PathBuf};

use crate::event::codec::segment::Wanted;
use crate::log::Reader;
use crate::view::View;

use super::check::Passing;
use super::handle::BUILDING;
use super::projection::path;
use super::together::{Making, Together};
use super::turn::{Turn, Turns};
use super::{Handle, NAMES, Progress, Projection, ProjectorError, Views};

/// A view in the making, beside the one that answers meanwhile.
struct Anew<V> {
    handle: Handle<V>,
    fresh: Projection<V>,
    place: PathBuf,
    /// Broken off, it leaves nothing behind.
    _beside: Passing,
}

impl<V: View> Making for Anew<V> {
    fn name(&self) -> &'static str {
        V::NAME
    }

    fn seq(&self) -> u64 {
        self.fresh.at().seq
    }

    fn wanted(&self) -> Wanted {
        V::WANTED
    }

    fn step(&mut self, reader: &Reader) -> Result<bool, ProjectorError> {
        self.fresh.step(reader, u64::MAX)
    }

    fn built(&mut self) -> Result<(), ProjectorError> {
        self.fresh.built()
    }

    fn finish(self: Box<Self>, reader: &Reader) -> Result<(), ProjectorError> {
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
    let fresh = Projection::<V>::building(&beside.0, reader)?;
    Ok(Box::new(Anew { handle: handle.clone(), fresh, place, _beside: beside }))
}

/// Views that are being folded anew: threads [`Rebuild::work`] at it, and then one asks for the
/// [`Rebuild::outcome`]. Dropped before that, it leaves nothing beside the present views.
pub struct Rebuild {
    together: Together,
    _turns: Vec<Turn>,
}

impl Rebuild {
    /// Lends a hand until each new view has taken the place of the present one, or something
    /// failed. `progress` is told of the view that is furthest behind, and says whether to go on.
    pub fn work(&self, progress: &mut Progress) {
        self.together.work(progress);
    }

    /// Returns what came of it, when nobody works at it any more.
    ///
    /// # Errors
    /// What the log or a file said, or that it was broken off. Before all are folded none is
    /// replaced; where one cannot take its place then, the present one stays.
    pub fn outcome(&self) -> Result<(), ProjectorError> {
        self.together.outcome()
    }
}

impl Views {
    /// Folds the views of these names anew, as [`Views::begin_rebuild`] and the rest do, on the
    /// thread of the caller alone. Views in memory are a fresh fold already, and only caught up.
    ///
    /// # Errors
    /// As of [`Rebuild::outcome`].
    pub fn rebuild(
        &self,
        names: &[&str],
        reader: &Reader,
        progress: &mut Progress,
    ) -> Result<(), ProjectorError> {
        let Some(rebuild) = self.begin_rebuild(names, reader)? else {
            return self.catch_up(reader, progress).map(drop);
        };
        rebuild.work(progress);
        rebuild.outcome()
    }

    /// Begins to fold the views of these names anew beside themselves; waits for whoever is at one
    /// of them. `None` for views in memory.
    ///
    /// # Errors
    /// What the log or a file says.
    pub fn begin_rebuild(
        &self,
        names: &[&str],
        reader: &Reader,
    ) -> Result<Option<Rebuild>, ProjectorError> {
        let Some(folder) = self.folder.as_deref() else { return Ok(None) };
        let wanted = || NAMES.iter().filter(|name| names.contains(name));
        // Whoever wants several takes them in the same order.
        let turns = wanted().map(|name| self.turns(name).take()).collect();
        let made = wanted().map(|name| self.anew(name, folder, reader));
        let made = made.collect::<Result<Vec<_>, _>>()?;
        let head =
            reader.head().map_err(|source| ProjectorError::Log { view: NAMES[0], source })?;
        let together = Together::new(made, reader, head.seq);
        Ok(Some(Rebuild { together, _turns: turns }))
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

    fn turns(&self, name: &str) -> Turns {
        match name {
            "spaces" => self.spaces.turns(),
            "curves" => self.curves.turns(),
            "hosts" => self.people.turns(),
            "keywords" => self.keywords.turns(),
            _ => self.polls.turns(),
        }
    }
}
