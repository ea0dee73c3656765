//! Views without what was forgotten: every one is folded anew, and no file of an earlier fold
//! stays.

use std::fs;
use std::io;
use std::path::Path;

use crate::log::Reader;

use super::handle::BUILDING;
use super::{Progress, ProjectorError, Views};

impl Views {
    /// Folds every view anew into a fresh file, and removes all other files of views: older
    /// versions, and what crashes left. A view that is just being folded anew for somebody else
    /// stays: it reads the same log.
    ///
    /// # Errors
    /// What the log or the files say, or that `progress` broke it off; some views may be done.
    pub fn renew(&self, reader: &Reader, progress: &mut Progress) -> Result<(), ProjectorError> {
        self.rebuild(&super::NAMES, reader, progress)?;
        let Some(folder) = &self.folder else { return Ok(()) };
        let current = self.files();
        let stays = |path: &Path, name: &str| {
            current.iter().any(|it| it == path) || name.contains(BUILDING) || is_ours(name)
        };
        remove(folder, stays).map_err(|source| ProjectorError::Store {
            view: super::NAMES[0],
            source: crate::store::StoreError::Io { path: folder.clone(), source },
        })
    }
}

/// A file of this process, on its way to lose its name.
fn is_ours(name: &str) -> bool {
    name.starts_with(&format!("past-{}-", std::process::id()))
}

/// Removes every file of views in `folder`, of which none may be open: they are folded again.
pub fn clear(folder: &Path) -> io::Result<()> {
    remove(folder, |_path, _name| false)
}

fn remove(folder: &Path, stays: impl Fn(&Path, &str) -> bool) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if !stays(&entry.path(), &entry.file_name().to_string_lossy()) && entry.path().is_file() {
            match fs::remove_file(entry.path()) {
                // A file that lost its name by itself.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                removed => removed?,
            }
        }
    }
    // The names are part of the folder: a power loss must not bring them back.
    fs::File::open(folder)?.sync_all()
}
