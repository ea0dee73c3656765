//! The event log: the only truth. Appended to by one writer, read by many, never overwritten.
//!
//! One poll is one batch is one transaction of `log.redb`, durable before it is acknowledged, and
//! idempotent: the log holds each poll id once. Batches stand in the **tail** under the seq of
//! their first event, until they are **sealed**: packed into segments, columns of many batches in
//! a fraction of the room. Readers hand out batches and do not show where they came from.
//!
//! | table | key | value |
//! |---|---|---|
//! | `meta` | `header` | format, ids, how the data came to be |
//! | `tail` | first seq, 8 bytes big endian | a batch's record: chain hash and canonical bytes |
//! | `sealed` | first seq of a segment | what it holds, its chain hashes |
//! | `segments` | first seq of a segment, part (4 bytes) | a slice of its bytes |
//! | `polls` | observed_at (8 bytes, sign flipped), batch key (16) | first seq; of the tail's batches |
//! | `texts` | a text's reference (32 bytes) | owner, salt and text |
//! | `known` | kind and id | what was last said of it |
//! | `open` | Space id (13 bytes) | nothing: Spaces not seen to end |
//! | `forgotten` | kind and id of a user or a Space | since when no text of it is stored |
//! | `outbox` | seq of the batch (8 bytes), number (4) | a notice not known to be printed |
//! | `alerts` | `c`; `m`, `h`, `q`, `x` and ids | how far rules looked; what they remember; alerts on their way, and dead |

mod adopt;
mod alerts;
mod append;
mod copy;
pub mod entropy;
mod forget;
mod history;
mod inspect;
mod keys;
mod known;
mod names;
mod newer;
mod observed;
mod plan;
mod reader;
mod records;
mod salvage;
mod seal;
mod sealed;
mod twice;
mod usage;
mod verify;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use thiserror::Error;

use crate::event::codec::{self, CodecError, Header, Simulated};
use crate::event::{MonitorId, Subject};
use crate::space::Moment;
use crate::store::{Commit, StorageBackend, Store, StoreError};

pub use adopt::Adopted;
pub use alerts::DELIVERED_KEPT;
pub use append::Appended;
pub use copy::Copying;
use entropy::{Entropy, EntropyError};
pub use forget::Erased;
pub use history::{EachBatch, GoOn};
pub use inspect::Inspected;
pub use names::Named;
pub use plan::Plan;
pub use reader::Reader;
pub use salvage::{Lost, Salvage, Salvaged};
pub use seal::{Draft, SEAL_BATCHES};
use twice::Spans;
pub use verify::{LogCheck, LogFault};

/// The format of logs that this program writes: that of what stands in them.
pub const FORMAT: u32 = codec::FORMAT;

/// The page cache of `log.redb`: the tail's right edge and what is known of live Spaces.
const CACHE_BYTES: usize = 48 * 1024 * 1024;

/// Why the log could not be used.
#[derive(Debug, Error)]
pub enum LogError {
    /// The file.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A record does not hold, or is of a later version: [`LogError::is_newer`].
    #[error("{}", newer::unread(*seq, source))]
    Damaged {
        /// The seq of its first event; 0 for a record that is not a batch.
        seq: u64,
        /// What is wrong.
        #[source]
        source: CodecError,
    },
    /// A seq is missing or out of place.
    #[error("seq {expected} is missing from the log: the next batch begins with {found}")]
    Broken {
        /// The seq that should come.
        expected: u64,
        /// The one that came.
        found: u64,
    },
    /// Written by a newer program: it may be read, by [`Reader::open_read_only`].
    #[error("the log has format {0}, newer than this program's {FORMAT}: it is not written to")]
    Newer(u32),
    /// Written by a program so much newer that not even the log's header can be read.
    #[error("the header of the log has version {0}, newer than this program's")]
    NewerHeader(u32),
    /// Not an event log.
    #[error("the file is no event log of spacelog")]
    Foreign,
    /// No salts.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

/// Where the log ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The last seq; 0 for an empty log.
    pub seq: u64,
    /// The chain hash up to and with it.
    pub chain: [u8; 32],
    /// When the last batch was recorded.
    pub recorded_at: Moment,
}

/// The log, open for its one writer.
#[derive(Debug)]
pub struct Log {
    store: Arc<Store>,
    cache: Arc<sealed::Cache>,
    header: Header,
    head: Head,
    /// From when to when the sealed batches are.
    spans: Spans,
    /// Of whom and what no text is stored: as many as people asked for, each by hand.
    forgotten: BTreeSet<Subject>,
    entropy: Entropy,
}

/// Where a notice stands in the outbox: the seq of its batch, and its number there.
pub type NoticeKey = (u64, u32);

/// What a new log is made with.
#[derive(Debug)]
pub struct NewLog {
    /// When.
    pub created_at: Moment,
    /// In which simulated world, if in one.
    pub simulated: Option<Simulated>,
}

impl Log {
    /// Opens an existing log. One of an older format is raised to [`FORMAT`].
    ///
    /// # Errors
    /// [`LogError::Newer`] for a newer format, with not a byte of the file changed;
    /// [`LogError::Foreign`] for another file, a damaged last record, or what the file says.
    pub fn open(path: &Path) -> Result<Self, LogError> {
        Self::over(Store::open_if(path, CACHE_BYTES, newer::refuse)?, Entropy::System)
    }

    /// Makes a log, whole or not at all, and opens it.
    pub fn create(path: &Path, new: &NewLog) -> Result<Self, LogError> {
        let mut entropy = Entropy::System;
        let header = header(new, &mut entropy)?;
        let store = Store::create(path, CACHE_BYTES, |writing| fill(writing, &header))?;
        Self::over(store, entropy)
    }

    /// Makes or opens a log on a medium of the caller's.
    pub fn on(
        medium: impl StorageBackend,
        new: &NewLog,
        entropy: Entropy,
    ) -> Result<Self, LogError> {
        Self::begin(Store::on(medium, CACHE_BYTES)?, new, entropy)
    }

    /// Makes a log in memory, the same each time, for tests of rooms that have no business with
    /// stores.
    #[cfg(test)]
    pub(crate) fn in_memory() -> Self {
        let new = NewLog { created_at: Moment(0), simulated: None };
        let entropy = Entropy::Seeded { seed: 1, drawn: 0 };
        Self::on(crate::store::InMemoryBackend::new(), &new, entropy).unwrap()
    }

    /// Makes or opens a log on a medium that [`Log::reopen`] can open again, by the same `open`.
    pub fn on_reopenable<M: StorageBackend>(
        open: impl Fn() -> M + Send + Sync + 'static,
        new: &NewLog,
        entropy: Entropy,
    ) -> Result<Self, LogError> {
        Self::begin(Store::on_reopenable(open, CACHE_BYTES)?, new, entropy)
    }

    fn begin(store: Store, new: &NewLog, mut entropy: Entropy) -> Result<Self, LogError> {
        let found =
            store.read(|read| Ok::<_, LogError>(read.table(keys::META)?.get(keys::HEADER)?))?;
        if found.is_none() {
            let header = header(new, &mut entropy)?;
            store.write(Commit::Checkpoint, |writing| fill(writing, &header))?;
        }
        Self::over(store, entropy)
    }

    /// Opens a log on a medium that must hold one.
    #[cfg(test)]
    pub(crate) fn open_on<M: StorageBackend>(
        open: impl Fn() -> M + Send + Sync + 'static,
    ) -> Result<Self, LogError> {
        Self::over(Store::on_reopenable(open, CACHE_BYTES)?, Entropy::Seeded { seed: 0, drawn: 0 })
    }

    fn over(store: Store, entropy: Entropy) -> Result<Self, LogError> {
        let store = Arc::new(store);
        // What cannot be read is not written to either, not even to close it well.
        Self::opened(store.clone(), entropy).inspect_err(|_unread| store.abandon())
    }

    fn opened(store: Arc<Store>, entropy: Entropy) -> Result<Self, LogError> {
        let mut header = newer::header(&store)?;
        if header.format > FORMAT {
            return Err(LogError::Newer(header.format));
        }
        if header.format < FORMAT {
            newer::raise(&store, &mut header)?;
        }
        let cache = Arc::new(sealed::Cache::default());
        let reader = Reader::new(store.clone(), header.clone(), cache.clone());
        let (head, spans) = (reader.head()?, Spans::of(&reader.segments()?));
        let forgotten = reader.marks()?.into_iter().map(|(subject, _mark)| subject).collect();
        Ok(Self { store, cache, header, head, spans, forgotten, entropy })
    }

    /// Returns what the log says of itself.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Returns where the log ends.
    pub fn head(&self) -> Head {
        self.head
    }

    /// Returns a reader, which may go to another thread.
    pub fn reader(&self) -> Reader {
        Reader::new(self.store.clone(), self.header.clone(), self.cache.clone())
    }

    /// Returns the source of salts.
    pub fn entropy(&mut self) -> &mut Entropy {
        &mut self.entropy
    }

    /// Opens the file again after a failure, and finds out what of it was stored.
    pub fn reopen(&mut self) -> Result<(), LogError> {
        self.store.reopen()?;
        let reader = self.reader();
        (self.head, self.spans) = (reader.head()?, Spans::of(&reader.segments()?));
        self.forgotten = reader.marks()?.into_iter().map(|(subject, _mark)| subject).collect();
        Ok(())
    }

    /// Closes it as a crash would.
    #[cfg(test)]
    pub(crate) fn abandon(self) {
        self.store.abandon();
    }

    /// Closes the log; the next open is quick. Readers must be gone.
    ///
    /// # Errors
    /// What the file says; everything acknowledged is stored all the same.
    pub fn close(self) -> Result<(), LogError> {
        match Arc::try_unwrap(self.store) {
            Ok(store) => Ok(store.close()?),
            // A reader is still at work; the file closes with it.
            Err(_shared) => Ok(()),
        }
    }
}

fn header(new: &NewLog, entropy: &mut Entropy) -> Result<Header, EntropyError> {
    let mut monitor = [0; 8];
    monitor.copy_from_slice(&entropy.draw()?[..8]);
    Ok(Header {
        format: FORMAT,
        log_id: entropy.draw()?,
        monitor: MonitorId(u64::from_le_bytes(monitor)),
        created_at: new.created_at,
        simulated: new.simulated,
    })
}

fn fill(writing: &mut crate::store::Writing, header: &Header) -> Result<(), LogError> {
    writing.table(keys::META)?.put(keys::HEADER, &codec::encode_header(header))?;
    Ok(())
}
