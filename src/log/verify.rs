//! Checking the log from its first batch to its last: checksums, contiguity, chain, texts.

use thiserror::Error;

use crate::event::TextRef;
use crate::event::codec::{self, CodecError, segment::Row};

use super::{LogError, Reader, keys, sealed};

/// Batches checked between two looks at whether somebody else wants the files.
const STEP: usize = 256;

/// The first thing that does not hold.
#[derive(Debug, Error)]
#[error("the log does not hold from seq {seq} on")]
pub struct LogFault {
    /// The first seq that cannot be trusted.
    pub seq: u64,
    /// What is wrong there.
    #[source]
    pub source: LogError,
}

/// A check under way.
#[derive(Debug)]
pub struct LogCheck {
    reader: Reader,
    chain: [u8; 32],
    next: u64,
    recorded_at: crate::space::Moment,
}

impl LogCheck {
    /// Begins with the first batch.
    pub fn new(reader: Reader) -> Self {
        let (chain, recorded_at) = (reader.genesis(), crate::space::Moment(i64::MIN));
        Self { reader, chain, next: 1, recorded_at }
    }

    /// Returns the last seq that held.
    pub fn seq(&self) -> u64 {
        self.next - 1
    }

    /// Returns the chain hash up to and with it.
    pub fn chain(&self) -> [u8; 32] {
        self.chain
    }

    /// Checks some more batches; false when there are no more.
    ///
    /// # Errors
    /// [`LogFault`] with the first seq that does not hold.
    pub fn step(&mut self) -> Result<bool, LogFault> {
        let checked = self.check();
        checked.inspect_err(|fault| self.let_be(fault))
    }

    /// Has nothing more written to a log that does not hold when it is closed.
    fn let_be(&self, fault: &LogFault) {
        if !fault.source.is_newer() {
            self.reader.store().abandon();
        }
    }

    fn check(&mut self) -> Result<bool, LogFault> {
        let (reader, from) = (self.reader.clone(), self.next);
        let sealed = reader.store().read(|read| sealed::row_at(read, from));
        let sealed = sealed.map_err(|source| fault(from, source))?;
        if let Some(row) = sealed.filter(|row| row.last_seq >= from) {
            return self.segment(&row).map_err(|source| fault(self.next, source));
        }
        let mut seen = 0;
        let records = reader.store().read(|read| {
            read.table(keys::TAIL)?.scan(&keys::seq(from), None, |key, record| {
                self.batch(key, record)?;
                seen += 1;
                Ok::<_, LogError>(seen < STEP)
            })
        });
        // The same batches with their texts: each is checked against its reference as it is read.
        // They come before the record that does not hold, and so does what is wrong with them.
        let texts = if seen > 0 { reader.batches(from, seen).map(drop) } else { Ok(()) };
        texts.map_err(|source| fault(from, source))?;
        records.map_err(|source| fault(self.next, source))?;
        Ok(seen > 0)
    }

    /// Checks the records beside the batches: what is known, the poll ids, the outbox, the texts;
    /// and that no table lost a row, the batches' own too.
    ///
    /// # Errors
    /// The first record that does not hold. Its seq is the one after the last that did, because
    /// these records have no place of their own.
    pub fn rows(&self) -> Result<(), LogFault> {
        let checked = self.reader.store().read(|read| {
            let whole = |name, framed: bool| {
                read.table(name)?.check(|_key, record| {
                    let held = if framed { codec::unframe(record).map(drop) } else { Ok(()) };
                    held.map_err(|source| LogError::Damaged { seq: 0, source })
                })
            };
            for name in [keys::KNOWN, keys::POLLS, keys::OUTBOX, keys::SEALED, keys::SEGMENTS] {
                whole(name, true)?;
            }
            for name in [keys::TAIL, keys::OPEN] {
                whole(name, false)?;
            }
            read.table(keys::TEXTS)?.check(|key, record| {
                // One under another key would be found by nobody.
                let key = key.try_into().map(TextRef);
                let row = key
                    .map_err(|_| CodecError::Short)
                    .and_then(|key| codec::decode_text_row(&key, record));
                row.map(drop).map_err(|source| LogError::Damaged { seq: 0, source })
            })?;
            Ok::<_, LogError>(())
        });
        checked
            .map_err(|source| LogFault { seq: self.next, source })
            .inspect_err(|fault| self.let_be(fault))
    }

    /// Checks a segment: that it unpacks, follows on what was before, and gives its own chain hash
    /// again, which is taken over all that comes out of it.
    fn segment(&mut self, row: &Row) -> Result<bool, LogError> {
        let damaged = |source| LogError::Damaged { seq: row.first_seq, source };
        let follows = |reason: &str| damaged(CodecError::Content(reason.to_owned()));
        if row.first_seq != self.next {
            return Err(LogError::Broken { expected: self.next, found: row.first_seq });
        }
        if row.before != self.chain {
            return Err(follows("the chain hash does not follow from the batch before"));
        }
        let reader = self.reader.clone();
        let unpacked = reader.store().read(|read| reader.cache().unpacked(read, row))?;
        let recorded = unpacked.heads().iter().map(|head| head.recorded_at);
        if !std::iter::once(self.recorded_at).chain(recorded).is_sorted() {
            return Err(follows("recorded before the batch ahead of it"));
        }
        let mut from = row.first_seq;
        while from <= row.last_seq {
            let batches = reader.batches(from, STEP)?;
            from = batches.last().map_or(row.last_seq, crate::event::Batch::last_seq) + 1;
        }
        (self.chain, self.next, self.recorded_at) = (row.after, row.last_seq + 1, row.recorded.1);
        Ok(true)
    }

    fn batch(&mut self, key: &[u8], record: &[u8]) -> Result<(), LogError> {
        let batch = super::reader::decode(key, record)?;
        if batch.first_seq != self.next {
            return Err(LogError::Broken { expected: self.next, found: batch.first_seq });
        }
        let damaged = |source| LogError::Damaged { seq: batch.first_seq, source };
        let (chain, canonical) = codec::batch_parts(record).map_err(damaged)?;
        if codec::chain(&self.chain, canonical) != chain {
            let reason = "the chain hash does not follow from the batch before".to_owned();
            return Err(damaged(CodecError::Content(reason)));
        }
        if batch.recorded_at < self.recorded_at {
            let reason = "recorded before the batch ahead of it".to_owned();
            return Err(damaged(CodecError::Content(reason)));
        }
        self.chain = chain;
        self.next = batch.last_seq() + 1;
        self.recorded_at = batch.recorded_at;
        Ok(())
    }
}

/// Says where the log no longer holds: where the error says, and at `next` otherwise.
fn fault(next: u64, source: LogError) -> LogFault {
    let seq = match &source {
        LogError::Damaged { seq, .. } => *seq,
        LogError::Broken { expected, .. } => *expected,
        _ => next,
    };
    LogFault { seq: seq.max(next), source }
}
