//! Every view behind one face, so that they crash together.

use std::path::{Path, PathBuf};

use super::super::super::projection::path;
use super::super::{Batch, Checkpoint, Projection, ProjectorError, Reader, generated};
use super::story::Digest;
use crate::space::UserId;
use crate::store::faults::FaultyDisk;
use crate::view::{Curves, Disk, Keywords, People, Polls, Spaces, View, ViewError};

/// A view with its file.
pub(super) trait Folding {
    fn at(&self) -> Checkpoint;
    fn take(&mut self, batch: &Batch) -> Result<bool, ProjectorError>;
    fn catch_up(&mut self, reader: &Reader) -> Result<(), ProjectorError>;
    fn flush(&mut self) -> Result<(), ProjectorError>;
    fn digest(&mut self) -> Result<Digest, ProjectorError>;
    fn close(self: Box<Self>) -> Result<(), ProjectorError>;
    /// Closes it as a crash would.
    fn abandon(self: Box<Self>);
    /// Returns everything that questions can read from it.
    fn shown(&self) -> Result<Vec<String>, ProjectorError>;
}

/// A view that can show all that it holds.
trait Shown: View {
    fn show(&self, disk: &dyn Disk, out: &mut Vec<String>) -> Result<(), ViewError>;
}

impl Shown for Spaces {
    fn show(&self, disk: &dyn Disk, out: &mut Vec<String>) -> Result<(), ViewError> {
        self.each(disk, |id, row| {
            out.push(format!("{id} {row:?}"));
            Ok(true)
        })?;
        for number in 0..generated::SPACES {
            let id = generated::space(number);
            out.extend(self.space(disk, id)?.map(|row| format!("{id} {row:?}")));
        }
        out.extend(self.gaps(disk, None)?.iter().map(|gap| format!("{gap:?}")));
        Ok(())
    }
}

impl Shown for Curves {
    fn show(&self, disk: &dyn Disk, out: &mut Vec<String>) -> Result<(), ViewError> {
        for number in 0..generated::SPACES {
            let id = generated::space(number);
            out.extend(self.points(disk, id)?.iter().map(|point| format!("{id} {point:?}")));
        }
        Ok(())
    }
}

impl Shown for People {
    fn show(&self, disk: &dyn Disk, out: &mut Vec<String>) -> Result<(), ViewError> {
        for user in (0..9).map(UserId) {
            out.extend(self.person(disk, user)?.map(|row| format!("{user:?} {row:?}")));
        }
        out.extend(self.topic(disk, "10058")?);
        self.each_hosted(disk, |user, space| {
            out.push(format!("{user:?} {space}"));
            Ok(true)
        })
    }
}

impl Shown for Keywords {
    fn show(&self, disk: &dyn Disk, out: &mut Vec<String>) -> Result<(), ViewError> {
        self.each(disk, i64::MIN, i64::MAX, |space, at, row| {
            out.push(format!("{space} {at} {row:?}"));
            Ok(true)
        })
    }
}

impl Shown for Polls {
    fn show(&self, disk: &dyn Disk, out: &mut Vec<String>) -> Result<(), ViewError> {
        self.each(disk, 0, |seq, row| {
            out.push(format!("{seq} {row:?}"));
            Ok(true)
        })?;
        self.each_gap(disk, i64::MIN, |from, row| {
            out.push(format!("{from} {row:?}"));
            Ok(true)
        })?;
        out.extend(self.endpoints(disk)?.iter().map(|row| format!("{row:?}")));
        Ok(())
    }
}

impl<V: Shown> Folding for Projection<V> {
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

    fn abandon(self: Box<Self>) {
        Projection::abandon(&self);
    }

    fn shown(&self) -> Result<Vec<String>, ProjectorError> {
        self.ask(|view, disk| {
            let mut out = Vec::new();
            view.show(disk, &mut out)?;
            Ok(out)
        })
    }
}

/// Opens a view on its disk.
type Open = fn(&FaultyDisk, &Reader) -> Result<Box<dyn Folding>, ProjectorError>;

fn open<V: Shown>(disk: &FaultyDisk, reader: &Reader) -> Result<Box<dyn Folding>, ProjectorError> {
    let disk = disk.clone();
    Ok(Box::new(Projection::<V>::on_reopenable(move || disk.clone(), reader)?))
}

/// How each view is opened.
pub(super) const VIEWS: [Open; 5] =
    [open::<Spaces>, open::<Curves>, open::<People>, open::<Keywords>, open::<Polls>];

/// How a view is opened in a folder.
pub type Opening = fn(&Path, &Reader) -> Result<Box<dyn Folding>, ProjectorError>;

/// Opens a view in a folder, as the program does; or says which file that is.
pub(super) struct InFolder {
    pub open: Opening,
    pub path: fn(&Path) -> PathBuf,
}

const fn in_folder<V: Shown>() -> InFolder {
    InFolder {
        open: |folder, reader| Ok(Box::new(Projection::<V>::open(folder, reader)?)),
        path: path::<V>,
    }
}

/// The same views in files.
pub(super) const FILES: [InFolder; 5] = [
    in_folder::<Spaces>(),
    in_folder::<Curves>(),
    in_folder::<People>(),
    in_folder::<Keywords>(),
    in_folder::<Polls>(),
];
