//! A view that one thread keeps up to date while others ask it.

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::log::Reader;
use crate::view::{Disk, View, ViewError};

use super::turn::Turns;
use super::{Projection, ProjectorError};

/// What is added to a view's file name while it is folded anew.
pub(super) const BUILDING: &str = ".building";

/// A view shared between its projector and those who ask. Cheap to clone.
#[derive(Debug)]
pub struct Handle<V>(Arc<RwLock<Shared<V>>>);

impl<V> Clone for Handle<V> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

#[derive(Debug)]
struct Shared<V> {
    /// `None` once it was closed.
    projection: Option<Projection<V>>,
    /// Why it stopped, or cannot write.
    fault: Option<String>,
    stopped: bool,
    /// Whether the rows in memory may hold half a batch, and have to be read again first.
    torn: bool,
    /// Held by whoever folds anew: one at a time.
    rebuilding: Turns,
}

/// How a view stands against the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lag {
    /// The view.
    pub view: &'static str,
    /// Its last seq.
    pub seq: u64,
    /// Why it stopped, or cannot write.
    pub fault: Option<String>,
}

impl<V: View> Handle<V> {
    /// Shares a projection.
    pub fn new(projection: Projection<V>) -> Self {
        Self::of(Some(projection), None)
    }

    /// Returns a view that answers nothing, for whoever has no use for it.
    pub(super) fn absent() -> Self {
        Self::of(None, Some("it was not folded for this question".to_owned()))
    }

    fn of(projection: Option<Projection<V>>, fault: Option<String>) -> Self {
        let shared =
            Shared { projection, fault, stopped: false, torn: false, rebuilding: Turns::default() };
        Self(Arc::new(RwLock::new(shared)))
    }

    fn read(&self) -> RwLockReadGuard<'_, Shared<V>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Shared<V>> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the turns of whoever folds anew.
    pub(super) fn turns(&self) -> Turns {
        self.read().rebuilding.clone()
    }

    fn gone(reason: Option<&String>) -> ProjectorError {
        let reason = reason.map_or("it was closed", String::as_str).to_owned();
        ProjectorError::Faulted { view: V::NAME, reason }
    }

    /// Asks the view as it is now, rows not yet on disk included. A view that stopped answers
    /// nothing: what it holds is not the fold of the log.
    pub fn ask<T>(
        &self,
        question: impl FnOnce(&V, &dyn Disk) -> Result<T, ViewError>,
    ) -> Result<T, ProjectorError> {
        let shared = self.read();
        match &shared.projection {
            Some(projection) if !shared.stopped && !shared.torn => projection.ask(question),
            _ => Err(Self::gone(shared.fault.as_ref())),
        }
    }

    /// Returns how far it has come.
    pub fn lag(&self) -> Lag {
        let shared = self.read();
        let seq = shared.projection.as_ref().map_or(0, |projection| projection.at().seq);
        Lag { view: V::NAME, seq, fault: shared.fault.clone() }
    }

    /// Changes the projection. An error is shown as the view's fault; one that cannot pass stops
    /// it, any other takes it back to what is on disk.
    pub(super) fn change<T>(
        &self,
        reader: &Reader,
        change: impl FnOnce(&mut Projection<V>) -> Result<T, ProjectorError>,
    ) -> Result<T, ProjectorError> {
        let mut shared = self.write();
        let (reason, torn) = (shared.fault.clone(), shared.torn);
        if shared.stopped {
            return Err(Self::gone(reason.as_ref()));
        }
        let Some(projection) = &mut shared.projection else {
            return Err(Self::gone(reason.as_ref()));
        };
        let mend = if torn { projection.revert(reader) } else { Ok(()) };
        let outcome = mend.and_then(|()| change(projection));
        let (torn, stopped) = match &outcome {
            Ok(_) => (false, false),
            Err(error) if error.is_passing() => (projection.revert(reader).is_err(), false),
            Err(_) => (false, true),
        };
        (shared.torn, shared.stopped) = (torn, shared.stopped || stopped);
        if let Err(error) = &outcome {
            shared.fault = Some(crate::projector::run::chain(error));
        }
        outcome
    }

    /// Writes what changed. Those who ask wait only for the moment after the write. A failure
    /// (a full disk) stops nothing: the rows stay in memory, the file is opened again, and the
    /// next flush writes them.
    pub fn flush(&self) -> Result<(), ProjectorError> {
        let outcome = {
            let shared = self.read();
            let whole = !shared.stopped && !shared.torn;
            let projection = shared.projection.as_ref().filter(|it| whole && it.is_dirty());
            let Some(projection) = projection else { return Ok(()) };
            projection.write().or_else(|error| {
                projection.reopen()?;
                Err(error)
            })
        };
        let mut shared = self.write();
        match &outcome {
            Ok(()) => {
                if let Some(projection) = &mut shared.projection {
                    projection.settle();
                }
                if !shared.stopped {
                    shared.fault = None;
                }
            }
            Err(error) => shared.fault = Some(crate::projector::run::chain(error)),
        }
        outcome
    }

    /// Puts a fresh fold in the place of this one: it is caught up, and its file gets the name.
    pub(super) fn replace(
        &self,
        mut fresh: Projection<V>,
        place: &Path,
        reader: &Reader,
    ) -> Result<(), ProjectorError> {
        let mut shared = self.write();
        fresh.catch_up(reader)?;
        fresh.flush()?;
        // The old file answers until the new one has its name.
        fresh.rename(place)?;
        let (fault, stopped, torn) = (None, false, false);
        let rebuilding = shared.rebuilding.clone();
        *shared = Shared { projection: Some(fresh), fault, stopped, torn, rebuilding };
        Ok(())
    }

    /// Writes what changed and closes the file.
    pub fn close(&self) -> Result<(), ProjectorError> {
        let mut shared = self.write();
        let whole = !shared.stopped && !shared.torn;
        // Rows that may hold half a batch stay unwritten: they are folded again.
        match shared.projection.take() {
            Some(projection) if whole => projection.close(),
            _ => Ok(()),
        }
    }
}
