//! A folder of many files that is added to at once: they are made in a hidden folder inside it, and
//! moved to their places when all are whole.

use std::fs::{self, DirBuilder, File, TryLockError};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

/// The hidden folder; engines pass by what begins with a dot.
const MAKING: &str = ".spacelog-making";

/// Files in the making. Dropped, it takes away what has not got its place.
#[derive(Debug)]
pub struct Staging {
    target: PathBuf,
    /// Held while files are made: one export at a time.
    _lock: File,
    /// Folders that were made here, the outermost first.
    made: Vec<PathBuf>,
}

impl Staging {
    /// Begins; makes the folder where there is none. What a crash left is taken away.
    ///
    /// # Errors
    /// [`io::ErrorKind::WouldBlock`] where another process is at it.
    pub fn begin(target: &Path) -> io::Result<Self> {
        let mut made = Vec::new();
        make(target, &mut made)?;
        let making = target.join(MAKING);
        make(&making, &mut Vec::new())?;
        let lock = File::create(making.join("lock"))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(io::ErrorKind::WouldBlock.into()),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        for entry in fs::read_dir(&making)? {
            let entry = entry?;
            if entry.file_name() != "lock" {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(Self { target: target.to_owned(), _lock: lock, made })
    }

    /// Returns the name under which the file of a path in the folder is made.
    pub fn young(&self, path: &str) -> PathBuf {
        self.target.join(MAKING).join(path.replace('/', "!"))
    }

    /// Moves a finished file to its place, in the place of what is there, durably.
    pub fn place(&mut self, path: &str) -> io::Result<()> {
        let young = self.young(path);
        File::open(&young)?.sync_all()?;
        let place = self.target.join(path);
        let folder = place.parent().unwrap_or(&self.target).to_owned();
        make(&folder, &mut self.made)?;
        fs::rename(&young, &place)?;
        File::open(&folder)?.sync_all()
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // What cannot be taken away only takes room, and is in nobody's way. Folders into which
        // something came stay.
        drop(fs::remove_dir_all(self.target.join(MAKING)));
        for folder in self.made.drain(..).rev() {
            drop(fs::remove_dir(folder));
        }
    }
}

/// Makes a folder, and those above it, that only its owner may read.
fn make(path: &Path, made: &mut Vec<PathBuf>) -> io::Result<()> {
    let missing = path.ancestors().take_while(|it| !it.as_os_str().is_empty() && !it.exists());
    let missing: Vec<PathBuf> = missing.map(Path::to_owned).collect();
    for folder in missing.into_iter().rev() {
        DirBuilder::new().mode(0o700).create(&folder)?;
        made.push(folder);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_have_their_places_only_when_they_are_whole_and_nothing_else_is_left() {
        let home = tempfile::tempdir().unwrap();
        let target = home.path().join("a/b");
        let mut staging = Staging::begin(&target).unwrap();
        fs::write(staging.young("t/one"), "1").unwrap();
        fs::write(staging.young("t/two"), "2").unwrap();
        staging.place("t/one").unwrap();
        drop(staging);
        assert_eq!(fs::read(target.join("t/one")).unwrap(), b"1");
        assert_eq!(fs::read_dir(target.join("t")).unwrap().count(), 1);
        assert_eq!(fs::read_dir(&target).unwrap().count(), 1);
    }

    #[test]
    fn what_never_got_a_place_is_gone_with_the_folders_that_were_made_for_it() {
        let home = tempfile::tempdir().unwrap();
        let staging = Staging::begin(&home.path().join("a/b")).unwrap();
        fs::write(staging.young("t/one"), "1").unwrap();
        drop(staging);
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
    }

    #[test]
    fn two_never_write_into_one_folder_and_what_a_crash_left_goes() {
        let home = tempfile::tempdir().unwrap();
        let first = Staging::begin(home.path()).unwrap();
        let second = Staging::begin(home.path()).unwrap_err();
        assert_eq!(second.kind(), io::ErrorKind::WouldBlock);
        drop(first);
        fs::create_dir(home.path().join(MAKING)).unwrap();
        fs::write(home.path().join(MAKING).join("left"), "half").unwrap();
        let next = Staging::begin(home.path()).unwrap();
        assert!(!next.young("left").exists());
        drop(next);
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
    }
}
