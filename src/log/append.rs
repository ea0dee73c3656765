//! Appending: one batch, one durable transaction, once.

use std::sync::Arc;

use crate::event::{Batch, NewBatch, PollId, codec};
use crate::space::Moment;
use crate::store::{Commit, Writing};

use super::{Head, Log, LogError, NoticeKey, keys};

/// What became of a batch.
#[derive(Clone, Debug)]
pub enum Appended {
    /// It was stored, and is durable.
    Stored(Arc<Batch>),
    /// The log holds it already; its first seq.
    Duplicate(u64),
}

impl Log {
    /// Appends a batch and returns when it is durable.
    ///
    /// `now` becomes its `recorded_at`, unless the batch before is later.
    ///
    /// # Errors
    /// After an error the batch may or may not be stored: call [`Log::reopen`], then append the
    /// same batch again; the log will hold it once.
    pub fn append(&mut self, new: &NewBatch, now: Moment) -> Result<Appended, LogError> {
        self.append_with(new, now, |_writing| Ok(()))
    }

    /// Appends a batch, and does more in the same transaction; nothing where the log holds the
    /// batch already, because then the rest was done with it.
    pub(super) fn append_with(
        &mut self,
        new: &NewBatch,
        now: Moment,
        more: impl FnOnce(&Writing) -> Result<(), LogError>,
    ) -> Result<Appended, LogError> {
        let NewBatch { monitor, poll_id, observed_at, events, texts, known, notices } = new;
        let mut batch = Batch {
            first_seq: self.head.seq + 1,
            monitor: monitor.unwrap_or(self.header.monitor),
            poll_id: *poll_id,
            observed_at: *observed_at,
            recorded_at: now.max(self.head.recorded_at),
            events: events.clone(),
            texts: texts.iter().map(|new| (new.reference, new.text.clone())).collect(),
            chain: [0; 32],
        };
        let key = keys::poll(*observed_at, key_of(&batch));
        let canonical = codec::canonical(&batch);
        batch.chain = codec::chain(&self.head.chain, &canonical);
        let record = codec::encode_batch(&batch.chain, &canonical);
        let seq = keys::seq(batch.first_seq);

        if let Some(first) = self.sealed_duplicate(*observed_at, &key)? {
            return Ok(Appended::Duplicate(first));
        }
        let held = self.store.write(Commit::Append, |writing| {
            let mut polls = writing.table(keys::POLLS)?;
            if let Some(first) = polls.get(&key)? {
                let first = codec::unframe(&first);
                let first = first.map_err(|source| LogError::Damaged { seq: 0, source })?;
                return Ok::<_, LogError>(keys::read_seq(first));
            }
            polls.put(&key, &codec::frame(&seq))?;
            writing.table(keys::TAIL)?.put(&seq, &record)?;
            put_texts(writing, texts)?;
            super::known::put(writing, known)?;
            put_notices(writing, batch.first_seq, notices)?;
            more(writing)?;
            Ok(None)
        })?;
        if let Some(first) = held {
            return Ok(Appended::Duplicate(first));
        }
        self.head =
            Head { seq: batch.last_seq(), chain: batch.chain, recorded_at: batch.recorded_at };
        self.reader().hydrate(&mut batch)?;
        Ok(Appended::Stored(Arc::new(batch)))
    }
}

impl Log {
    /// Erases a notice from the outbox: it was printed.
    pub fn printed(&mut self, notice: NoticeKey) -> Result<(), LogError> {
        self.store.write(Commit::Append, |writing| {
            writing.table(keys::OUTBOX)?.remove(&keys::notice(notice.0, notice.1))?;
            Ok(())
        })
    }
}

/// A poll's own id; for an act of the monitor, the hash of what it did, so that it too can be
/// appended again after a failure.
pub(super) fn key_of(batch: &Batch) -> PollId {
    batch.poll_id.unwrap_or_else(|| {
        let act = Batch { first_seq: 1, recorded_at: Moment(0), ..batch.clone() };
        let hash = blake3::derive_key("spacelog act id, 1", &codec::canonical(&act));
        let mut id = [0; 16];
        id.copy_from_slice(&hash[..16]);
        PollId(id)
    })
}

fn put_texts(writing: &Writing, texts: &[crate::event::NewText]) -> Result<(), LogError> {
    if texts.is_empty() {
        return Ok(());
    }
    let mut table = writing.table(keys::TEXTS)?;
    for new in texts {
        let record = codec::encode_text_row(new.owner, &new.salt, &new.text);
        table.put(&new.reference.0, &record)?;
    }
    Ok(())
}

fn put_notices(
    writing: &Writing,
    seq: u64,
    notices: &[crate::event::Notice],
) -> Result<(), LogError> {
    if notices.is_empty() {
        return Ok(());
    }
    let mut outbox = writing.table(keys::OUTBOX)?;
    for (number, notice) in (0..).zip(notices) {
        outbox.put(&keys::notice(seq, number), &codec::encode_notice(notice))?;
    }
    Ok(())
}
