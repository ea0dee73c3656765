//! The one source of batches as they are stored: what the chain hash was taken over, and where.

use crate::event::{Batch, codec};
use crate::store::Reading;

use super::{LogError, keys};

/// A batch as it stands on disk, without its texts.
pub(super) struct Record<'a> {
    /// The batch, with the chain hash that was stored with it.
    pub batch: Batch,
    /// The bytes that the chain hash was taken over.
    pub canonical: &'a [u8],
}

/// Hands out the batches that begin from seq `from` to before `to`, in the order of the log, each
/// with the seq under which it stands; where a batch does not hold, what is wrong with it. Ends
/// when `each` returns false.
pub(super) fn records(
    reading: &Reading,
    from: u64,
    to: Option<u64>,
    mut each: impl FnMut(u64, Result<Record, LogError>) -> Result<bool, LogError>,
) -> Result<(), LogError> {
    let to = to.map(keys::seq);
    let to = to.as_ref().map(<[u8; 8]>::as_slice);
    reading.table(keys::TAIL)?.scan(&keys::seq(from), to, |key, row| {
        let seq = keys::read_seq(key).unwrap_or_default();
        let damaged = |source| LogError::Damaged { seq, source };
        let record = super::reader::decode(key, row).and_then(|batch| {
            let (_chain, canonical) = codec::batch_parts(row).map_err(damaged)?;
            Ok(Record { batch, canonical })
        });
        each(seq, record)
    })
}
