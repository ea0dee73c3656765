//! Adopting: batches of another log, each with its own times, chained anew in this one.

use std::path::Path;

use crate::event::codec::{self, Header};
use crate::event::{Batch, TextRef};
use crate::store::{Commit, Store};

use super::entropy::Entropy;
use super::{CACHE_BYTES, FORMAT, Head, Log, LogError, append, fill, keys};

/// A batch of another log.
#[derive(Clone, Debug)]
pub struct Adopted {
    /// The batch; its place and its chain hash are made anew.
    pub batch: Batch,
    /// The records of its texts, as they are stored.
    pub texts: Vec<(TextRef, Vec<u8>)>,
}

impl Log {
    /// Begins a log that goes on where another ends: of the same monitor and the same world, under
    /// an id of its own. `path` is not its name yet: whoever calls gives it one at the end.
    pub fn succeed(path: &Path, of: &Header) -> Result<Self, LogError> {
        let mut entropy = Entropy::System;
        let header = Header { format: FORMAT, log_id: entropy.draw()?, ..of.clone() };
        let store = Store::begin(path, CACHE_BYTES)?;
        store.write(Commit::Append, |writing| fill(writing, &header))?;
        Self::over(store, entropy)
    }

    /// Appends batches of another log in one transaction, in their order, with their own monitor,
    /// poll id, `observed_at` and `recorded_at`; one that would be recorded before the batch ahead
    /// of it gets that one's time. Returns how many were new: one that this log holds is left out.
    ///
    /// # Errors
    /// As of [`Log::append`]: all of them are stored or none.
    pub fn adopt(&mut self, adopted: &[Adopted]) -> Result<usize, LogError> {
        let mut head = self.head;
        let stored = self.store.write(Commit::Append, |writing| {
            let mut polls = writing.table(keys::POLLS)?;
            let mut tail = writing.table(keys::TAIL)?;
            let mut texts = writing.table(keys::TEXTS)?;
            let mut stored = 0;
            for Adopted { batch, texts: records } in adopted {
                let key = keys::poll(batch.observed_at, append::key_of(batch));
                if polls.get(&key)?.is_some() {
                    continue;
                }
                let batch = Batch {
                    first_seq: head.seq + 1,
                    recorded_at: batch.recorded_at.max(head.recorded_at),
                    ..batch.clone()
                };
                let canonical = codec::canonical(&batch);
                let chain = codec::chain(&head.chain, &canonical);
                let seq = keys::seq(batch.first_seq);
                polls.put(&key, &codec::frame(&seq))?;
                tail.put(&seq, &codec::encode_batch(&chain, &canonical))?;
                for (reference, record) in records {
                    if texts.get(&reference.0)?.is_none() {
                        texts.put(&reference.0, record)?;
                    }
                }
                head = Head { seq: batch.last_seq(), chain, recorded_at: batch.recorded_at };
                stored += 1;
            }
            Ok::<_, LogError>(stored)
        })?;
        self.head = head;
        Ok(stored)
    }
}
