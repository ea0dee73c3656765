//! Adopting: batches of another log, each with its own times, chained anew in this one.

use std::collections::BTreeSet;
use std::path::Path;

use crate::event::codec::{self, Header};
use crate::event::{Batch, Event, ForgottenMark, Known, Owner, Subject, TextRef};
use crate::store::{Commit, Store, Writing};

use super::entropy::Entropy;
use super::{CACHE_BYTES, FORMAT, Head, Log, LogError, append, fill, keys, known};

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

    /// Makes an empty log that is to be filled with the batches of another: of the same id, monitor
    /// and world, so that the same batches have the same chain. Whole or not at all.
    ///
    /// # Errors
    /// What the file says.
    pub fn take_up(path: &Path, of: &Header) -> Result<(), LogError> {
        let header = Header { format: FORMAT, ..of.clone() };
        let store = Store::create(path, CACHE_BYTES, |writing| fill(writing, &header))?;
        Self::over(store, Entropy::System)?.close()
    }

    /// Returns those batches that the log does not hold yet, each once.
    ///
    /// # Errors
    /// As of [`Log::append`].
    pub fn lacks(&mut self, batches: Vec<Adopted>) -> Result<Vec<Adopted>, LogError> {
        let (mut lacking, mut keys) = (Vec::new(), BTreeSet::new());
        for it in batches {
            let at = it.batch.observed_at;
            let key = keys::poll(at, append::key_of(&it.batch));
            let held = self.store.read(|read| read.table(keys::POLLS)?.get(&key))?.is_some();
            if keys.insert(key) && !held && self.sealed_duplicate(at, &key)?.is_none() {
                lacking.push(it);
            }
        }
        Ok(lacking)
    }

    /// Appends batches of another log in one transaction, in their order, with their own monitor,
    /// poll id, `observed_at` and `recorded_at`; one that would be recorded before the batch ahead
    /// of it gets that one's time. Texts of whom and what was forgotten stay out; whom a batch
    /// says to be forgotten is so here too. `known` is what is known with them. Returns how many
    /// were new: one that the tail holds is left out.
    ///
    /// # Errors
    /// As of [`Log::append`]: all of them are stored or none.
    pub fn adopt(&mut self, adopted: &[Adopted], known: &Known) -> Result<usize, LogError> {
        let mut head = self.head;
        let mut forgotten = self.forgotten.clone();
        let events = adopted.iter().flat_map(|it| &it.batch.events);
        let silent: BTreeSet<Subject> =
            events.filter_map(is_forgetting).chain(forgotten.iter().copied()).collect();
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
                    let row = codec::decode_text_row(reference, record);
                    let (owner, _text) =
                        row.map_err(|source| LogError::Damaged { seq: 0, source })?;
                    if !is_of(owner, &silent) && texts.get(&reference.0)?.is_none() {
                        texts.put(&reference.0, record)?;
                    }
                }
                mark(writing, &batch, &mut forgotten)?;
                head = Head { seq: batch.last_seq(), chain, recorded_at: batch.recorded_at };
                stored += 1;
            }
            drop((polls, tail, texts));
            known::put(writing, known)?;
            Ok::<_, LogError>(stored)
        })?;
        self.head = head;
        self.forgotten = forgotten;
        Ok(stored)
    }
}

/// Marks whom a batch says to be forgotten. Whoever adopts it has seen to it that no text is left.
fn mark(
    writing: &Writing,
    batch: &Batch,
    forgotten: &mut BTreeSet<Subject>,
) -> Result<(), LogError> {
    for event in &batch.events {
        let Some(subject) = is_forgetting(event) else { continue };
        if forgotten.insert(subject) {
            let mark = ForgottenMark { at: batch.observed_at, finished: true };
            let mark = codec::encode_forgotten(&mark);
            writing.table(keys::FORGOTTEN)?.put(&keys::subject(subject), &mark)?;
        }
    }
    Ok(())
}

fn is_forgetting(event: &Event) -> Option<Subject> {
    match event {
        Event::Forgotten { subject, .. } => Some(*subject),
        _ => None,
    }
}

fn is_of(owner: Owner, subjects: &BTreeSet<Subject>) -> bool {
    match owner {
        Owner::User(id) => subjects.contains(&Subject::User(id)),
        Owner::Space(id) => subjects.contains(&Subject::Space(id)),
        Owner::Monitor => false,
    }
}
