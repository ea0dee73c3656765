//! Logs of other formats: an older one is raised before it is written to, a newer one is read only.

use std::path::Path;
use std::sync::Arc;

use crate::event::codec::{self, CodecError, Header};
use crate::store::{Commit, Store};

use super::{CACHE_BYTES, FORMAT, LogError, Reader, keys};

impl LogError {
    /// Returns whether a newer program wrote what this one cannot write, or not even read.
    pub fn is_newer(&self) -> bool {
        match self {
            Self::Newer(_) | Self::NewerHeader(_) => true,
            Self::Damaged { source, .. } => matches!(source, CodecError::Newer(_)),
            Self::Store(_) | Self::Broken { .. } | Self::Foreign | Self::Entropy(_) => false,
        }
    }
}

impl Reader {
    /// Opens a log of any format to be read, and nothing else: not a byte of its file changes, and
    /// others may read it meanwhile. It is closed with the last clone.
    ///
    /// A log that was not closed well is repaired in memory each time, which takes as long as
    /// repairing it for good.
    ///
    /// # Errors
    /// [`LogError::NewerHeader`], [`LogError::Foreign`] for another file, or what the file says:
    /// [`crate::store::StoreError::Locked`] while somebody writes to it. A record that only a
    /// newer program knows shows when it is read, as an error that [`LogError::is_newer`].
    pub fn open_read_only(path: &Path) -> Result<Self, LogError> {
        let store = Store::open_read_only(path, CACHE_BYTES)?;
        let header = header(&store)?;
        Ok(Self::new(Arc::new(store), header, Arc::default()))
    }
}

/// Says what is the matter with a record, which stands beside the batches when `seq` is 0.
pub(super) fn unread(seq: u64, source: &CodecError) -> String {
    let which = match seq {
        0 => "a record beside the events".to_owned(),
        seq => format!("the record of seq {seq}"),
    };
    match source {
        CodecError::Newer(_) => format!("{which} is of a later version than this program reads"),
        CodecError::Short | CodecError::Checksum | CodecError::Content(_) => {
            format!("{which} is damaged")
        }
    }
}

/// Refuses a file that only a newer program may write, before a byte of it changes: opening it for
/// writing alone does that.
pub(super) fn refuse(store: &Store) -> Result<(), LogError> {
    match header(store) {
        Ok(header) if header.format > FORMAT => Err(LogError::Newer(header.format)),
        Err(error @ LogError::NewerHeader(_)) => Err(error),
        // Whatever else is wrong, who reads it for good says so.
        Ok(_) | Err(_) => Ok(()),
    }
}

/// Reads what a log says of itself.
pub(super) fn header(store: &Store) -> Result<Header, LogError> {
    let record = store.read(|read| read.table(keys::META)?.get(keys::HEADER))?;
    codec::decode_header(&record.ok_or(LogError::Foreign)?).map_err(|source| match source {
        CodecError::Newer(version) => LogError::NewerHeader(version),
        source => LogError::Damaged { seq: 0, source },
    })
}

/// Raises an older log to this program's format, in one transaction and before anything of that
/// format is appended: from then on an older program refuses it instead of misreading it.
pub(super) fn raise(store: &Store, header: &mut Header) -> Result<(), LogError> {
    let raised = Header { format: FORMAT, ..header.clone() };
    store.write(Commit::Checkpoint, |writing| {
        writing.table(keys::META)?.put(keys::HEADER, &codec::encode_header(&raised))
    })?;
    *header = raised;
    Ok(())
}
