//! Opening a log to look at it only: also one whose header, last record or texts are damaged.

use std::path::Path;
use std::sync::Arc;

use crate::event::MonitorId;
use crate::event::codec::{self, CodecError, Header};
use crate::space::Moment;
use crate::store::{Store, StoreError};

use super::{CACHE_BYTES, FORMAT, Log, LogError, Reader, keys, newer};

/// A log that is only looked at.
#[derive(Clone, Debug)]
pub struct Inspected {
    /// Reads it.
    pub reader: Reader,
    /// Whether its header holds. Where it does not, the reader's is made up: the chain's beginning
    /// cannot be checked, nor is it known whether the data are simulated.
    pub whole_header: bool,
}

impl Log {
    /// Opens a log to be looked at.
    ///
    /// # Errors
    /// [`LogError::Foreign`] for another file, [`LogError::Newer`] for a newer format (with not a
    /// byte of the file changed), and what
    /// keeps the file itself from being opened.
    pub fn inspect(path: &Path) -> Result<Inspected, LogError> {
        let store = Arc::new(Store::open_if(path, CACHE_BYTES, newer::refuse)?);
        let found =
            store.read(|read| Ok::<_, LogError>(read.table(keys::META)?.get(keys::HEADER)?));
        let header = match found {
            Ok(Some(record)) => codec::decode_header(&record),
            Ok(None) if is_empty(&store) => return Err(LogError::Foreign),
            Ok(None) | Err(_) => Err(CodecError::Short),
        };
        let header = match header {
            Err(CodecError::Newer(version)) => return Err(LogError::Newer(version)),
            Ok(header) if header.format > FORMAT => return Err(LogError::Newer(header.format)),
            Ok(header) => Some(header),
            Err(_damaged) => None,
        };
        let whole_header = header.is_some();
        let header = header.unwrap_or(Header {
            format: FORMAT,
            log_id: [0; 16],
            monitor: MonitorId(0),
            created_at: Moment(0),
            simulated: None,
        });
        Ok(Inspected { reader: Reader::new(store, header, Arc::default()), whole_header })
    }
}

/// Returns whether there are no tables of a log.
fn is_empty(store: &Store) -> bool {
    let has_polls = store
        .read(|read| Ok::<_, StoreError>(read.tables()?.iter().any(|name| name == keys::POLLS)));
    has_polls.is_ok_and(|has_polls| !has_polls)
}
