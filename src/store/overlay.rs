//! A file that is only read: what is written over it stays in memory, and is gone in the end.
//!
//! redb repairs a file that was not closed well before it reads it, and would write what it
//! repaired. A reader that may change nothing lets it repair this.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Error, ErrorKind};
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use redb::backends::FileBackend;
use redb::{BackendError, StorageBackend};

/// Bytes of one block: a page of redb.
const BLOCK: u64 = 4096;

/// The most blocks that are kept in memory, 256 MiB: a repair writes what it must know of every
/// page of a file, some ten thousandths of its size.
const BLOCKS_MAX: usize = 65_536;

/// The file, and what lies over it. Its clones are the same one.
#[derive(Clone, Debug)]
pub(super) struct Overlay(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    file: FileBackend,
    over: Mutex<Over>,
}

#[derive(Debug)]
struct Over {
    length: u64,
    /// Blocks that were written, whole, by their number.
    blocks: BTreeMap<u64, Vec<u8>>,
    /// Where the file itself ends, or was cut off: beyond, what is not written is zero.
    file_end: u64,
}

impl Overlay {
    /// Lays an empty one over a file that was opened to be read.
    pub fn new(file: File) -> Result<Self, redb::Error> {
        let file = FileBackend::new(file)?;
        let length = file.len()?;
        let over = Over { length, blocks: BTreeMap::new(), file_end: length };
        Ok(Self(Arc::new(Inner { file, over: Mutex::new(over) })))
    }

    fn over(&self) -> MutexGuard<'_, Over> {
        self.0.over.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns a block as it lies in the file, zeros beyond its end.
    fn below(&self, over: &Over, number: u64) -> Result<Vec<u8>, Error> {
        let mut block = vec![0; size(BLOCK)?];
        let begin = number * BLOCK;
        let held = over.file_end.saturating_sub(begin).min(BLOCK);
        if held > 0 {
            StorageBackend::read(&self.0.file, begin, &mut block[..size(held)?])?;
        }
        Ok(block)
    }
}

fn size(number: u64) -> Result<usize, Error> {
    usize::try_from(number).map_err(Error::other)
}

/// Cuts a stretch at the edges of blocks: the number of each, where in it, and how many bytes.
fn cut(offset: u64, length: usize) -> impl Iterator<Item = (u64, usize, usize)> {
    let (mut at, mut left) = (offset, length);
    std::iter::from_fn(move || {
        let within = usize::try_from(at % BLOCK).ok().filter(|_| left > 0)?;
        let here = left.min(usize::try_from(BLOCK).ok()? - within);
        let number = at / BLOCK;
        at += here as u64;
        left -= here;
        Some((number, within, here))
    })
}

impl StorageBackend for Overlay {
    fn len(&self) -> Result<u64, Error> {
        Ok(self.over().length)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), Error> {
        let over = self.over();
        if offset.saturating_add(out.len() as u64) > over.length {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        let mut done = 0;
        for (number, within, here) in cut(offset, out.len()) {
            let part = &mut out[done..done + here];
            match over.blocks.get(&number) {
                Some(block) => part.copy_from_slice(&block[within..within + here]),
                None => part.copy_from_slice(&self.below(&over, number)?[within..within + here]),
            }
            done += here;
        }
        Ok(())
    }

    fn set_len(&self, length: u64) -> Result<(), Error> {
        let mut over = self.over();
        over.length = length;
        over.file_end = over.file_end.min(length);
        // What was cut off is zero if the file grows again.
        let edge = length / BLOCK;
        drop(over.blocks.split_off(&(edge + 1)));
        let kept = size(length % BLOCK)?;
        if let Some(block) = over.blocks.get_mut(&edge) {
            block[kept..].fill(0);
        }
        Ok(())
    }

    fn sync_data(&self) -> Result<(), Error> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<(), Error> {
        let mut over = self.over();
        let mut done = 0;
        for (number, within, here) in cut(offset, data.len()) {
            let mut block = match over.blocks.remove(&number) {
                Some(block) => block,
                None if over.blocks.len() < BLOCKS_MAX => self.below(&over, number)?,
                None => return Err(ErrorKind::OutOfMemory.into()),
            };
            block[within..within + here].copy_from_slice(&data[done..done + here]);
            over.blocks.insert(number, block);
            done += here;
        }
        over.length = over.length.max(offset + data.len() as u64);
        Ok(())
    }

    // A reader keeps writers away and lets other readers in, also where redb thinks that it
    // writes. What it locked stays locked until the last clone is gone: between the repair and
    // the reading nobody may change the file.

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.0.file.try_lock_shared_range(start, end)
    }

    fn try_lock_shared_range(
        &self,
        start: Bound<u64>,
        end: Bound<u64>,
    ) -> Result<bool, BackendError> {
        self.0.file.try_lock_shared_range(start, end)
    }

    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.0.file.lock_shared_range(start, end)
    }

    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.0.file.lock_shared_range(start, end)
    }

    fn unlock_range(&self, _start: Bound<u64>, _end: Bound<u64>) -> Result<(), BackendError> {
        Ok(())
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.0.file.query_lock_range(start, end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn what_is_written_over_a_file_is_read_back_and_never_reaches_it() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("file");
        let before: Vec<u8> = (0..10_000_u32).map(|it| it.to_le_bytes()[0] | 1).collect();
        fs::write(&path, &before).unwrap();
        let over = Overlay::new(File::open(&path).unwrap()).unwrap();
        let mut expected = before.clone();
        let read = |from: usize, count: usize| {
            let mut out = vec![0; count];
            over.read(from as u64, &mut out).map(|()| out)
        };
        // Within a block, over an edge, and beyond the end.
        for (at, data) in [(5, vec![0; 3]), (4_000, vec![2; 200]), (9_990, vec![4; 9_000])] {
            over.write(at as u64, &data).unwrap();
            expected.resize(expected.len().max(at + data.len()), 0);
            expected[at..at + data.len()].copy_from_slice(&data);
            assert_eq!(read(0, expected.len()).unwrap(), expected);
        }
        assert!(read(expected.len() - 1, 2).is_err());
        // What was cut off does not come back.
        over.set_len(4_100).unwrap();
        over.set_len(12_000).unwrap();
        expected.truncate(4_100);
        expected.resize(12_000, 0);
        assert_eq!(read(0, 12_000).unwrap(), expected);
        assert_eq!(over.len().unwrap(), 12_000);
        assert_eq!(fs::read(&path).unwrap(), before);
    }
}
