//! A file without a name: room on the disk for what is thrown away again.

use std::fs::{self, File, OpenOptions};
use std::io::Error;
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::Path;

use redb::StorageBackend;

use super::{StoreError, file};

/// A medium on the disk that nobody else sees. Nothing of it is left once it is closed, however
/// the process ends; so nothing is ever synced, and nobody else has to be locked out.
#[derive(Debug)]
pub struct Scratch(File);

impl Scratch {
    /// Makes the file, its owner's alone, and takes its name away at once. A crash between the
    /// two leaves an empty file at `path`.
    pub fn make(path: &Path) -> Result<Self, StoreError> {
        let refused = |source| file::io(path, source);
        let file =
            OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path);
        let file = file.map_err(refused)?;
        fs::remove_file(path).map_err(refused)?;
        Ok(Self(file))
    }
}

impl StorageBackend for Scratch {
    fn len(&self) -> Result<u64, Error> {
        self.0.metadata().map(|found| found.len())
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), Error> {
        self.0.read_exact_at(out, offset)
    }

    fn set_len(&self, len: u64) -> Result<(), Error> {
        self.0.set_len(len)
    }

    fn sync_data(&self) -> Result<(), Error> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<(), Error> {
        self.0.write_all_at(data, offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Commit, Store};

    #[test]
    fn a_scratch_file_holds_what_is_written_and_has_no_name() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("scratch");
        let store = Store::on(Scratch::make(&path).unwrap(), 1 << 20).unwrap();
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
        let value = vec![7; 5_000_000];
        let put = store.write(Commit::Checkpoint, |writing| writing.table("t")?.put(b"k", &value));
        put.unwrap();
        let found = store.read(|read| read.table("t")?.get(b"k")).unwrap();
        assert_eq!(found, Some(value));
        store.close().unwrap();
    }

    #[test]
    fn a_scratch_file_takes_nobodys_place() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("scratch");
        fs::write(&path, "mine").unwrap();
        assert!(matches!(Scratch::make(&path), Err(StoreError::Io { .. })));
        assert_eq!(fs::read(&path).unwrap(), b"mine");
    }
}
