//! Reading sealed segments: their rows, their bytes in slices, the one that was unpacked last.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use crate::event::codec::segment::{Content, Row, Segment, Unpacked, Wanted};
use crate::event::codec::{self, CodecError};
use crate::store::{Reading, Writing};

use super::{LogError, keys};

/// The bytes of a slice without its frame: with it, and its key, one fits a page of 4 KiB.
const SLICE_BYTES: usize = 4_040;

/// Segments kept unpacked: readers go forward, each through one at a time.
const KEPT: usize = 1;

/// The segments that were unpacked last, by seq and chain hash.
#[derive(Debug, Default)]
pub(super) struct Cache {
    kept: Mutex<Vec<(Row, Arc<Unpacked>)>>,
    /// Where flipped bits are put right: the segments, by their first seq, in which that was done.
    mended: Option<Mutex<BTreeSet<u64>>>,
}

impl Cache {
    /// Returns one for salvaging: a bit that was flipped in a segment's row or in a slice of its
    /// bytes is put right, where the chain hash proves that nothing else is wrong.
    pub fn mending() -> Self {
        Self { mended: Some(Mutex::default()), ..Self::default() }
    }

    /// Returns the first seqs of the segments in which a flipped bit was put right.
    pub fn mended(&self) -> BTreeSet<u64> {
        let mended = self.mended.as_ref();
        mended
            .map(|it| it.lock().unwrap_or_else(PoisonError::into_inner).clone())
            .unwrap_or_default()
    }

    /// Returns the row of a segment.
    pub fn row(&self, key: &[u8], record: &[u8]) -> Result<Row, LogError> {
        let error = match (decode(key, record), &self.mended) {
            (Err(error), Some(_)) => error,
            (found, _) => return found,
        };
        let row = codec::mend(record).and_then(|mended| decode(key, &mended).ok());
        row.ok_or(error)
    }

    fn unpack(&self, read: &Reading, row: &Row) -> Result<Unpacked, LogError> {
        let Some(mended) = &self.mended else { return unpack(&bytes(read, row)?, row) };
        // A row that is only known because it was put right counts too.
        let is_mended = Cell::new(row_at(read, row.first_seq).is_err());
        let bytes = slices(read, row, |record| match codec::unframe(record) {
            Ok(slice) => Ok(Cow::Borrowed(slice)),
            Err(error) => {
                let whole = codec::mend(record).ok_or(error)?;
                is_mended.set(true);
                codec::unframe(&whole).map(|slice| Cow::Owned(slice.to_vec()))
            }
        })?;
        let unpacked = unpack(&bytes, row)?;
        if is_mended.get() {
            mended.lock().unwrap_or_else(PoisonError::into_inner).insert(row.first_seq);
        }
        Ok(unpacked)
    }

    /// Returns the segment of this row, unpacked now or lately.
    pub fn unpacked(&self, read: &Reading, row: &Row) -> Result<Arc<Unpacked>, LogError> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, found)) = kept.iter().find(|(known, _)| known == row) {
            return Ok(found.clone());
        }
        kept.truncate(KEPT - 1);
        let unpacked = Arc::new(self.unpack(read, row)?);
        kept.insert(0, (row.clone(), unpacked.clone()));
        Ok(unpacked)
    }
}

/// The segments that were read last, and what was wanted of each.
#[derive(Debug)]
pub(super) struct Shared {
    kept: Mutex<VecDeque<(Wanted, Arc<Content>)>>,
    most: usize,
}

impl Shared {
    pub fn of(most: usize) -> Self {
        Self { kept: Mutex::default(), most }
    }

    fn find(&self, row: &Row, wanted: Wanted) -> Option<Arc<Content>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.iter().find(|(had, content)| *had >= wanted && content.row == *row);
        found.map(|(_, content)| content.clone())
    }

    fn keep(&self, wanted: Wanted, content: &Arc<Content>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= self.most {
            kept.pop_front();
        }
        kept.push_back((wanted, content.clone()));
    }
}

fn damaged(row: &Row) -> impl Fn(CodecError) -> LogError + use<> {
    let seq = row.first_seq;
    move |source| LogError::Damaged { seq, source }
}

/// Unpacks a segment, and checks it against its row.
fn unpack(bytes: &[u8], row: &Row) -> Result<Unpacked, LogError> {
    let segment = Segment::open(bytes, row.first_seq).map_err(damaged(row))?;
    let unpacked = segment.unpack(row.before).map_err(damaged(row))?;
    let last = unpacked.heads().last().map(codec::segment::Head::last_seq);
    if unpacked.chain() != Some(row.after) || last != Some(row.last_seq) {
        let reason = "the chain hash does not follow from what the segment holds".to_owned();
        return Err(damaged(row)(CodecError::Content(reason)));
    }
    Ok(unpacked)
}

/// Returns the bytes of a segment.
pub(super) fn bytes(read: &Reading, row: &Row) -> Result<Vec<u8>, LogError> {
    slices(read, row, |record| codec::unframe(record).map(Cow::Borrowed))
}

/// Returns the bytes of a segment, of each record what `slice` makes of it.
fn slices(
    read: &Reading,
    row: &Row,
    slice: impl Fn(&[u8]) -> Result<Cow<[u8]>, CodecError>,
) -> Result<Vec<u8>, LogError> {
    let (mut bytes, mut part) = (Vec::new(), 0);
    let from = keys::slice(row.first_seq, 0);
    let to = keys::slice(row.first_seq, u32::MAX);
    read.table(keys::SEGMENTS)?.scan(&from, Some(&to), |key, record| {
        let slice = slice(record).map_err(damaged(row))?;
        if key != keys::slice(row.first_seq, part) {
            return Err(damaged(row)(CodecError::Short));
        }
        part += 1;
        bytes.extend_from_slice(&slice);
        Ok::<_, LogError>(true)
    })?;
    if bytes.len() as u64 == row.bytes { Ok(bytes) } else { Err(damaged(row)(CodecError::Short)) }
}

/// Returns the row of the segment that holds `seq`, or of the last one before it.
pub(super) fn row_at(read: &Reading, seq: u64) -> Result<Option<Row>, LogError> {
    let found = read.table(keys::SEALED)?.last_until(&keys::seq(seq))?;
    found.map(|(key, record)| decode(&key, &record)).transpose()
}

/// Returns the rows of all segments, in their order.
pub(super) fn rows(read: &Reading) -> Result<Vec<Row>, LogError> {
    let mut rows = Vec::new();
    read.table(keys::SEALED)?.scan(&[], None, |key, record| {
        rows.push(decode(key, record)?);
        Ok::<_, LogError>(true)
    })?;
    Ok(rows)
}

pub(super) fn decode(key: &[u8], record: &[u8]) -> Result<Row, LogError> {
    let seq = keys::read_seq(key).unwrap_or_default();
    let row = Row::decode(record).map_err(|source| LogError::Damaged { seq, source })?;
    if row.first_seq != seq {
        return Err(LogError::Broken { expected: seq, found: row.first_seq });
    }
    Ok(row)
}

/// Writes a segment; one that begins at the same seq goes.
pub(super) fn put(writing: &Writing, row: &Row, bytes: &[u8]) -> Result<(), LogError> {
    let mut segments = writing.table(keys::SEGMENTS)?;
    segments.remove_range(&keys::slice(row.first_seq, 0), &keys::slice(row.first_seq, u32::MAX))?;
    for (part, slice) in (0..).zip(bytes.chunks(SLICE_BYTES)) {
        segments.put(&keys::slice(row.first_seq, part), &codec::frame(slice))?;
    }
    writing.table(keys::SEALED)?.put(&keys::seq(row.first_seq), &row.encode())?;
    Ok(())
}

impl super::Reader {
    /// Returns the rows of all segments, in their order.
    pub fn segments(&self) -> Result<Vec<Row>, LogError> {
        self.store().read(rows)
    }

    /// Returns the bytes of a segment, as [`Segment::open`] takes them.
    pub fn segment(&self, row: &Row) -> Result<Vec<u8>, LogError> {
        self.store().read(|read| bytes(read, row))
    }

    /// Returns the segment that begins with `seq` and ends at or before `until`, as folds take
    /// it, with its texts; of its observations what is wanted. `None` where there is none.
    pub fn content(
        &self,
        seq: u64,
        until: u64,
        wanted: Wanted,
    ) -> Result<Option<Arc<Content>>, LogError> {
        self.store().read(|read| {
            let row = row_at(read, seq)?;
            let fits = |row: &Row| row.first_seq == seq && row.last_seq <= until;
            let Some(row) = row.filter(fits) else { return Ok(None) };
            if let Some(found) = self.shared().and_then(|shared| shared.find(&row, wanted)) {
                return Ok(Some(found));
            }
            let bytes = bytes(read, &row)?;
            let mut content = Content::read(&bytes, &row, wanted).map_err(damaged(&row))?;
            let table = read.table(keys::TEXTS)?;
            for other in &content.others {
                let seq = content.seq(other.offset);
                super::reader::texts_of(&table, &other.event, seq, &mut content.texts)?;
            }
            let content = Arc::new(content);
            if let Some(shared) = self.shared() {
                shared.keep(wanted, &content);
            }
            Ok(Some(content))
        })
    }
}
