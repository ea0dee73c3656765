//! Files and folders in the making: theirs for good once all is done, gone if it never is.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use super::{StoreError, file};

/// What was made so far. Dropped before [`Making::keep`], it takes all of it away again.
#[derive(Debug, Default)]
pub struct Making {
    made: Vec<PathBuf>,
}

impl Making {
    /// Makes a folder that only its owner may read, and those above it; what is there stays.
    pub fn folder(&mut self, path: &Path) -> Result<(), StoreError> {
        let missing = path.ancestors().take_while(|it| !it.as_os_str().is_empty() && !it.exists());
        let missing: Vec<PathBuf> = missing.map(Path::to_owned).collect();
        for folder in missing.into_iter().rev() {
            let made = DirBuilder::new().mode(0o700).create(&folder);
            made.map_err(|source| file::io(&folder, source))?;
            self.made.push(folder);
        }
        Ok(())
    }

    /// Returns the name under which the file `path` is to be made, and which is taken away again
    /// if the file is never finished.
    pub fn file(&mut self, path: &Path) -> Result<PathBuf, StoreError> {
        let young = file::begin(path)?;
        self.made.push(young.clone());
        Ok(young)
    }

    /// Gives a file made under `young` the name `path`, durably, in the place of what has it. A
    /// name that was free is taken away again with the rest.
    pub fn finish(&mut self, young: &Path, path: &Path) -> Result<(), StoreError> {
        let is_new = !path.exists();
        file::replace(young, path)?;
        if is_new {
            self.made.push(path.to_owned());
        }
        Ok(())
    }

    /// Says that all is done: what was made stays.
    pub fn keep(mut self) {
        self.made.clear();
    }
}

impl Drop for Making {
    fn drop(&mut self) {
        for path in self.made.drain(..).rev() {
            // What cannot be taken away (or has its name by now) is no reason to fail; a folder
            // into which somebody else put something stays.
            drop(if path.is_dir() { fs::remove_dir(&path) } else { fs::remove_file(&path) });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(home: &Path) -> Making {
        let mut making = Making::default();
        let folder = home.join("a/b");
        making.folder(&folder).unwrap();
        let young = making.file(&folder.join("log")).unwrap();
        fs::write(&young, "log").unwrap();
        making.finish(&young, &folder.join("log")).unwrap();
        let young = making.file(&folder.join("rest")).unwrap();
        fs::write(&young, "half").unwrap();
        making
    }

    #[test]
    fn what_is_not_kept_is_gone_with_its_folders() {
        let home = tempfile::tempdir().unwrap();
        drop(made(home.path()));
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
    }

    #[test]
    fn what_is_kept_stays_and_so_does_what_was_there_before() {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join("a")).unwrap();
        fs::write(home.path().join("a/letter"), "mine").unwrap();
        drop(made(home.path()));
        assert_eq!(fs::read_dir(home.path().join("a")).unwrap().count(), 1);
        made(home.path()).keep();
        assert_eq!(fs::read(home.path().join("a/b/log")).unwrap(), b"log");
    }
}
