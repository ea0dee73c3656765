//! Every view behind one face, so that they crash together.

use super::super::{Batch, Checkpoint, Projection, ProjectorError, Reader};
use super::story::Digest;
use crate::store::faults::FaultyDisk;
use crate::view::{Curves, Keywords, People, Polls, Spaces, View};

/// A view with its file.
pub(super) trait Folding {
    fn at(&self) -> Checkpoint;
    fn take(&mut self, batch: &Batch) -> Result<bool, ProjectorError>;
    fn catch_up(&mut self, reader: &Reader) -> Result<(), ProjectorError>;
    fn flush(&mut self) -> Result<(), ProjectorError>;
    fn digest(&mut self) -> Result<Digest, ProjectorError>;
    fn close(self: Box<Self>) -> Result<(), ProjectorError>;
}

impl<V: View> Folding for Projection<V> {
    fn at(&self) -> Checkpoint {
        Projection::at(self)
    }

    fn take(&mut self, batch: &Batch) -> Result<bool, ProjectorError> {
        Projection::take(self, batch)
    }

    fn catch_up(&mut self, reader: &Reader) -> Result<(), ProjectorError> {
        Projection::catch_up(self, reader)
    }

    fn flush(&mut self) -> Result<(), ProjectorError> {
        Projection::flush(self)
    }

    fn digest(&mut self) -> Result<Digest, ProjectorError> {
        Projection::digest(self)
    }

    fn close(self: Box<Self>) -> Result<(), ProjectorError> {
        Projection::close(*self)
    }
}

/// Opens a view on its disk.
type Open = fn(&FaultyDisk, &Reader) -> Result<Box<dyn Folding>, ProjectorError>;

fn open<V: View>(disk: &FaultyDisk, reader: &Reader) -> Result<Box<dyn Folding>, ProjectorError> {
    let disk = disk.clone();
    Ok(Box::new(Projection::<V>::on_reopenable(move || disk.clone(), reader)?))
}

/// How each view is opened.
pub(super) const VIEWS: [Open; 5] =
    [open::<Spaces>, open::<Curves>, open::<People>, open::<Keywords>, open::<Polls>];
