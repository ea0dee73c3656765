//! Reading the log, in order, in short steps; where a batch lies on disk stays hidden.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::event::codec::{self, Header};
use crate::event::{Batch, Event, Notice, Salt, Text, TextRef};
use crate::space::Moment;
use crate::store::{Reading, ReadingTable, Store};

use super::sealed::{self, Cache, Shared};
use super::{Head, LogError, NoticeKey, keys};

/// Reads a log while it is appended to. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Reader {
    store: Arc<Store>,
    header: Header,
    cache: Arc<Cache>,
    /// The segment that was read last, where several folds go on side by side.
    shared: Option<Arc<Shared>>,
}

impl Reader {
    pub(super) fn new(store: Arc<Store>, header: Header, cache: Arc<Cache>) -> Self {
        Self { store, header, cache, shared: None }
    }

    /// Returns a reader for several folds that go on side by side: the last `segments` that one of
    /// them has read are there for the next. Texts are as they were when the first of them read it.
    #[must_use]
    pub fn sharing(&self, segments: usize) -> Self {
        Self { shared: Some(Arc::new(Shared::of(segments))), ..self.clone() }
    }

    pub(super) fn shared(&self) -> Option<&Shared> {
        self.shared.as_deref()
    }

    /// Returns a reader for salvaging: flipped bits in segments are put right.
    pub(super) fn mending(&self) -> Self {
        Self { cache: Arc::new(Cache::mending()), ..self.clone() }
    }

    pub(super) fn cache(&self) -> &Cache {
        &self.cache
    }

    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    /// Returns what the log says of itself.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Returns where the chain begins: a hash of the log's id.
    pub fn genesis(&self) -> [u8; 32] {
        blake3::derive_key("spacelog chain, 1", &self.header.log_id)
    }

    /// Returns where the log ends now.
    pub fn head(&self) -> Result<Head, LogError> {
        self.store.read(|read| {
            if let Some((key, record)) = read.table(keys::TAIL)?.last()? {
                let it = decode(&key, &record)?;
                return Ok(Head {
                    seq: it.last_seq(),
                    chain: it.chain,
                    recorded_at: it.recorded_at,
                });
            }
            if let Some(it) = sealed::row_at(read, u64::MAX)? {
                return Ok(Head { seq: it.last_seq, chain: it.after, recorded_at: it.recorded.1 });
            }
            Ok(Head { seq: 0, chain: self.genesis(), recorded_at: self.header.created_at })
        })
    }

    /// Returns the chain hash at the end of a batch; `None` where none ends with this seq.
    pub fn chain_at(&self, seq: u64) -> Result<Option<[u8; 32]>, LogError> {
        if seq == 0 {
            return Ok(Some(self.genesis()));
        }
        let sealed = self.store.read(|read| sealed::row_at(read, seq))?;
        if let Some(row) = sealed.filter(|row| row.last_seq == seq) {
            // No need to unpack it.
            return Ok(Some(row.after));
        }
        let batch = self.batches(seq, 1)?.pop().filter(|batch| batch.last_seq() == seq);
        Ok(batch.map(|batch| batch.chain))
    }

    /// Returns up to `count` batches with their texts, beginning with the one that holds `seq`;
    /// none when the log ends before it.
    ///
    /// # Errors
    /// [`LogError::Damaged`] or [`LogError::Broken`] name the first seq that does not hold; no
    /// batch beyond it is handed out.
    pub fn batches(&self, seq: u64, count: usize) -> Result<Vec<Batch>, LogError> {
        let seq = seq.max(1);
        let mut batches: Vec<Batch> = Vec::new();
        self.store.read(|read| {
            let mut next = seq;
            while batches.len() < count {
                let row = sealed::row_at(read, next)?.filter(|row| row.last_seq >= next);
                let Some(row) = row else { break };
                let unpacked = self.cache.unpacked(read, &row)?;
                let damaged = |source| LogError::Damaged { seq: row.first_seq, source };
                for number in unpacked.place(next).unwrap_or_default()..unpacked.heads().len() {
                    if batches.len() < count {
                        batches.extend(unpacked.batch(number).map_err(damaged)?);
                    }
                }
                next = row.last_seq + 1;
            }
            let next = batches.last().map_or(seq, |batch| batch.last_seq() + 1);
            tail(read, next, count, &mut batches)?;
            let texts = read.table(keys::TEXTS)?;
            batches.iter_mut().try_for_each(|batch| hydrate(&texts, batch))
        })?;
        Ok(batches)
    }

    /// Returns the seq of the first event of the first batch recorded at or after `moment`; one
    /// past the end when there is none. `recorded_at` never goes back, so a search by halves
    /// finds it.
    pub fn seq_at(&self, moment: Moment) -> Result<u64, LogError> {
        let head = self.head()?;
        let (mut low, mut high) = (1, head.seq + 1);
        if head.recorded_at < moment {
            return Ok(high);
        }
        for row in self.store.read(sealed::rows)? {
            if row.recorded.1 < moment {
                low = row.last_seq + 1;
            } else {
                high = high.min(row.last_seq + 1);
            }
        }
        while low < high {
            let middle = low + (high - low) / 2;
            let Some(batch) = self.batches(middle, 1)?.pop() else { break };
            if batch.recorded_at < moment {
                low = batch.last_seq() + 1;
            } else {
                high = batch.first_seq;
            }
        }
        Ok(low)
    }

    /// Returns the notices that wait in the outbox, oldest first.
    pub fn outbox(&self) -> Result<Vec<(NoticeKey, Notice)>, LogError> {
        let mut notices = Vec::new();
        self.store.read(|read| {
            read.table(keys::OUTBOX)?.scan(&[], None, |key, record| {
                let notice = codec::decode_notice(record);
                let notice = notice.map_err(|source| LogError::Damaged { seq: 0, source })?;
                if let Some(key) = keys::read_notice(key) {
                    notices.push((key, notice));
                }
                Ok::<_, LogError>(true)
            })
        })?;
        Ok(notices)
    }

    /// Returns a text, unless it was forgotten.
    pub fn text(&self, reference: &TextRef) -> Result<Option<Text>, LogError> {
        let record = self.store.read(|read| read.table(keys::TEXTS)?.get(&reference.0))?;
        let row = record.map(|record| codec::decode_text_row(reference, &record)).transpose();
        let row = row.map_err(|source| LogError::Damaged { seq: 0, source })?;
        Ok(row.map(|(_owner, text)| text))
    }

    /// Returns the salts of all texts that these batches carry.
    pub fn salts(&self, batches: &[Batch]) -> Result<BTreeMap<TextRef, Salt>, LogError> {
        let mut salts = BTreeMap::new();
        self.store.read(|read| {
            let texts = read.table(keys::TEXTS)?;
            for reference in batches.iter().flat_map(|batch| batch.texts.keys()) {
                // One that was forgotten meanwhile has none any more.
                let Some(record) = texts.get(&reference.0)? else { continue };
                let salt = codec::text_salt(&record);
                salts.insert(
                    *reference,
                    salt.map_err(|source| LogError::Damaged { seq: 0, source })?,
                );
            }
            Ok::<_, LogError>(salts)
        })
    }

    /// Adds the texts that a batch refers to and does not carry yet.
    pub(super) fn hydrate(&self, batch: &mut Batch) -> Result<(), LogError> {
        let complete = |batch: &Batch| {
            batch.events.iter().flat_map(Event::references).all(|it| batch.texts.contains_key(&it))
        };
        if complete(batch) {
            return Ok(());
        }
        self.store.read(|read| hydrate(&read.table(keys::TEXTS)?, batch))
    }
}

/// Adds batches of the tail, from the one that holds `seq` on, until there are `count`.
fn tail(read: &Reading, seq: u64, count: usize, batches: &mut Vec<Batch>) -> Result<(), LogError> {
    let tail = read.table(keys::TAIL)?;
    let start = tail.last_until(&keys::seq(seq))?;
    let from = start.map_or_else(|| keys::seq(seq).to_vec(), |(key, _record)| key);
    let mut expected = None;
    tail.scan(&from, None, |key, record| {
        if batches.len() >= count {
            return Ok(false);
        }
        let batch = decode(key, record)?;
        // The first one has to hold `seq` or come before it.
        let first = batch.first_seq.min(seq);
        let expected = expected.replace(batch.last_seq() + 1).unwrap_or(first);
        if batch.first_seq != expected {
            return Err(LogError::Broken { expected, found: batch.first_seq });
        }
        if batch.last_seq() >= seq {
            batches.push(batch);
        }
        Ok(true)
    })
}

pub(super) fn decode(key: &[u8], record: &[u8]) -> Result<Batch, LogError> {
    let seq = keys::read_seq(key).unwrap_or_default();
    let batch = codec::decode_batch(record).map_err(|source| LogError::Damaged { seq, source })?;
    if batch.first_seq != seq {
        return Err(LogError::Broken { expected: seq, found: batch.first_seq });
    }
    Ok(batch)
}

pub(super) fn hydrate(texts: &ReadingTable, batch: &mut Batch) -> Result<(), LogError> {
    let Batch { events, texts: found, first_seq, .. } = batch;
    events.iter().try_for_each(|event| texts_of(texts, event, *first_seq, found))
}

/// Adds the texts that an event refers to, where they are not there yet.
pub(super) fn texts_of(
    texts: &ReadingTable,
    event: &Event,
    seq: u64,
    found: &mut BTreeMap<TextRef, Text>,
) -> Result<(), LogError> {
    for reference in event.references() {
        if found.contains_key(&reference) {
            continue;
        }
        // A text that is gone was forgotten; the event stands without it.
        let Some(record) = texts.get(&reference.0)? else { continue };
        let row = codec::decode_text_row(&reference, &record);
        let (_owner, text) = row.map_err(|source| LogError::Damaged { seq, source })?;
        found.insert(reference, text);
    }
    Ok(())
}
