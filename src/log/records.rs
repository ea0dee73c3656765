//! The one source of batches as they are stored: what the chain hash was taken over, and where.
//!
//! Batches of a segment come out of it as they went in, and their bytes with them: whether those
//! are the ones that were chained shows the segment's own chain hash, and the next.

use std::borrow::Cow;

use crate::event::{Batch, codec};
use crate::store::{Reading, StoreError};

use super::{LogError, Reader, keys};

/// A batch as it stands on disk, without its texts.
pub(super) struct Record<'a> {
    /// The batch, with the chain hash that was stored with it.
    pub batch: Batch,
    /// The bytes that the chain hash was taken over.
    pub canonical: Cow<'a, [u8]>,
}

/// What is handed each record, with the seq under which it stands; where it does not hold, what is
/// wrong with it. Returns false when it has enough.
pub(super) type Each<'a> = dyn FnMut(u64, Result<Record, LogError>) -> Result<bool, LogError> + 'a;

/// Hands out the batches that begin from seq `from` to before `to`, in the order of the log. A
/// segment that does not hold is one record that does not.
pub(super) fn records(
    reader: &Reader,
    reading: &Reading,
    from: u64,
    to: Option<u64>,
    each: &mut Each,
) -> Result<(), LogError> {
    if !of_segments(reader, reading, from, to, each)? {
        return Ok(());
    }
    let to = to.map(keys::seq);
    let to = to.as_ref().map(<[u8; 8]>::as_slice);
    reading.table(keys::TAIL)?.scan(&keys::seq(from), to, |key, row| {
        let seq = keys::read_seq(key).unwrap_or_default();
        let damaged = |source| LogError::Damaged { seq, source };
        let record = super::reader::decode(key, row).and_then(|batch| {
            let (_chain, canonical) = codec::batch_parts(row).map_err(damaged)?;
            Ok(Record { batch, canonical: Cow::Borrowed(canonical) })
        });
        each(seq, record)
    })
}

/// Hands out the sealed ones; returns whether more are wanted.
fn of_segments(
    reader: &Reader,
    reading: &Reading,
    from: u64,
    to: Option<u64>,
    each: &mut Each,
) -> Result<bool, LogError> {
    let table = reading.table(keys::SEALED)?;
    let start = table.last_until(&keys::seq(from))?;
    let start = start.map_or_else(|| keys::seq(from).to_vec(), |(key, _record)| key);
    let to = to.unwrap_or(u64::MAX);
    let mut more = true;
    table.scan(&start, None, |key, record| {
        let seq = keys::read_seq(key).unwrap_or_default();
        if seq >= to {
            return Ok::<_, LogError>(false);
        }
        let row = reader.cache().row(key, record);
        if row.as_ref().is_ok_and(|row| row.last_seq < from) {
            return Ok(true);
        }
        let unpacked = row.and_then(|row| reader.cache().unpacked(reading, &row));
        let unpacked = match unpacked {
            Ok(unpacked) => unpacked,
            Err(LogError::Store(error @ StoreError::Io { .. })) => return Err(error.into()),
            Err(error) => {
                more = seq < from || each(seq, Err(error))?;
                return Ok(more);
            }
        };
        let first = unpacked.heads().partition_point(|head| head.first_seq < from);
        let wanted = unpacked.heads().iter().take_while(|head| head.first_seq < to).count();
        for number in first..wanted {
            if !more {
                break;
            }
            let damaged = |source| LogError::Damaged { seq, source };
            if let Some(batch) = unpacked.batch(number).map_err(damaged)? {
                let canonical = Cow::Owned(codec::canonical(&batch));
                more = each(batch.first_seq, Ok(Record { batch, canonical }))?;
            }
        }
        Ok(more)
    })?;
    Ok(more)
}
