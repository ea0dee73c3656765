//! Checking the log from its first batch to its last: checksums, contiguity, chain, texts.

use std::collections::BTreeMap;

use thiserror::Error;

use crate::event::TextRef;
use crate::event::codec::{self, CodecError};

use super::records::{Record, records};
use super::{LogError, Reader, keys};

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
    /// Seqs whose chain hash is asked for.
    marks: BTreeMap<u64, Option<[u8; 32]>>,
    /// What the file said when the batches could not be read together: from then on they are read
    /// one by one, up to the one that cannot be read.
    stumbled: Option<LogError>,
}

impl LogCheck {
    /// Begins with the first batch.
    pub fn new(reader: Reader) -> Self {
        let (chain, recorded_at) = (reader.genesis(), crate::space::Moment(i64::MIN));
        let (marks, stumbled) = (BTreeMap::new(), None);
        Self { reader, chain, next: 1, recorded_at, marks, stumbled }
    }

    /// Asks for the chain hash at a seq, before the check comes there.
    pub fn mark(&mut self, seq: u64) {
        let chain = (seq == 0).then(|| self.reader.genesis());
        self.marks.insert(seq, chain);
    }

    /// Returns the chain hash at a marked seq, if a batch that held ends there.
    pub fn chain_at(&self, seq: u64) -> Option<[u8; 32]> {
        self.marks.get(&seq).copied().flatten()
    }

    /// Returns what reads the log that is checked.
    pub fn reader(&self) -> &Reader {
        &self.reader
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
        let mut seen = 0;
        let read = match &self.stumbled {
            None => self.read(&reader, None, &mut seen),
            Some(_) => self.read(&reader, Some(from + 1), &mut seen),
        };
        // The same batches with their texts: each is checked against its reference as it is read.
        // They come before the record that does not hold, and so does what is wrong with them.
        let texts = if seen > 0 { reader.batches(from, seen).map(drop) } else { Ok(()) };
        if let Err(source) = texts {
            // In a tree with a damaged key the second look may stumble over what is not there, and
            // over a page that lies beyond: which batch it is shows when each is read by itself.
            let seq = match &source {
                LogError::Store(_) => first_unread(&reader, from, self.next),
                _ => Some(from),
            };
            if let Some(seq) = seq {
                let fault = fault(seq, source);
                return Err(LogFault { seq: fault.seq.min(self.next), ..fault });
            }
        }
        match (read, self.stumbled.take()) {
            (Err(LogError::Store(error)), None) => self.stumbled = Some(error.into()),
            (Err(source), _) => return Err(fault(self.next, source)),
            (Ok(()), Some(source)) if seen == 0 => return Err(fault(self.next, source)),
            (Ok(()), stumbled) => self.stumbled = stumbled,
        }
        Ok(seen > 0 || self.stumbled.is_some())
    }

    /// Reads and checks batches from the next one on.
    fn read(&mut self, reader: &Reader, to: Option<u64>, seen: &mut usize) -> Result<(), LogError> {
        let from = self.next;
        reader.store().read(|read| {
            records(reader, read, from, to, &mut |found, record| {
                // A damaged key stands for another seq; what is wrong is that this one is not here.
                let expected = self.next;
                if found != expected {
                    return Err(LogError::Broken { expected, found });
                }
                self.batch(&record?)?;
                *seen += 1;
                Ok(*seen < STEP)
            })
        })
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
            let framed = [
                keys::KNOWN,
                keys::POLLS,
                keys::OUTBOX,
                keys::ALERTS,
                keys::FORGOTTEN,
                keys::SEALED,
                keys::SEGMENTS,
            ];
            for name in framed {
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

    fn batch(&mut self, record: &Record) -> Result<(), LogError> {
        let batch = &record.batch;
        let damaged = |source| LogError::Damaged { seq: batch.first_seq, source };
        if codec::chain(&self.chain, &record.canonical) != batch.chain {
            let reason = "the chain hash does not follow from the batch before".to_owned();
            return Err(damaged(CodecError::Content(reason)));
        }
        if batch.recorded_at < self.recorded_at {
            let reason = "recorded before the batch ahead of it".to_owned();
            return Err(damaged(CodecError::Content(reason)));
        }
        if let Some(mark) = self.marks.get_mut(&batch.last_seq()) {
            *mark = Some(batch.chain);
        }
        self.chain = batch.chain;
        self.next = batch.last_seq() + 1;
        self.recorded_at = batch.recorded_at;
        Ok(())
    }
}

/// Returns the first seq from `from` to before `to` whose batch cannot be read by itself.
fn first_unread(reader: &Reader, from: u64, to: u64) -> Option<u64> {
    let mut seq = from;
    while seq < to {
        match reader.batches(seq, 1) {
            Ok(batches) => seq = batches.last().map_or(seq, crate::event::Batch::last_seq) + 1,
            Err(_unread) => return Some(seq),
        }
    }
    None
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
