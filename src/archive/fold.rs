//! One's own projector: a fold over the log with its checkpoint in a file.

use std::fs;
use std::io;
use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::event::Entry;
use crate::export::write_beside;
use crate::log::Reader;

use super::ArchiveError;

/// Batches folded in one step.
const STEP_BATCHES: usize = 128;

/// A fold of one's own over the log. Its state is kept as JSON between two runs.
///
/// It should be total and deterministic: the same events in the same order give the same state.
pub trait Fold: Default + Serialize + DeserializeOwned {
    /// Its name: a checkpoint of another name is not gone on from.
    const NAME: &'static str;
    /// The version of its logic: raised by whoever changes what the fold gives, which begins it
    /// anew.
    const VERSION: u32;

    /// Folds one event in. Events come once each, in the order of the log.
    fn event(&mut self, entry: &Entry<'_>);
}

/// A checkpoint as it stands in its file.
#[derive(Debug, Serialize, Deserialize)]
struct Kept<F> {
    fold: String,
    version: u32,
    /// The last seq in it.
    seq: u64,
    /// The chain hash there, in hexadecimal digits: on another log it differs.
    chain: String,
    state: F,
}

/// Goes on from the checkpoint at `at`, or begins; to where the log ends now.
pub(super) fn fold<F: Fold>(reader: &Reader, at: &Path) -> Result<F, ArchiveError> {
    let mut kept = match kept::<F>(at) {
        Some(kept) if is_on(&kept, reader)? => kept,
        _ => Kept {
            fold: F::NAME.to_owned(),
            version: F::VERSION,
            seq: 0,
            chain: hex(&reader.genesis()),
            state: F::default(),
        },
    };
    loop {
        let batches = reader.batches(kept.seq + 1, STEP_BATCHES)?;
        let Some(last) = batches.last() else { break };
        for batch in &batches {
            batch.entries().for_each(|entry| kept.state.event(&entry));
        }
        (kept.seq, kept.chain) = (last.last_seq(), hex(&last.chain));
    }
    let written =
        write_beside(at, |out| serde_json::to_writer(out, &kept).map_err(io::Error::from));
    written.map_err(|source| ArchiveError::Checkpoint { path: at.to_owned(), source })?;
    Ok(kept.state)
}

/// Returns what stands in the file, if it is a checkpoint of this fold.
fn kept<F: Fold>(at: &Path) -> Option<Kept<F>> {
    // What cannot be read is folded again: a checkpoint is a cache.
    let kept: Kept<F> = serde_json::from_slice(&fs::read(at).ok()?).ok()?;
    (kept.fold == F::NAME && kept.version == F::VERSION).then_some(kept)
}

/// Returns whether a checkpoint is on this log's history.
fn is_on<F>(kept: &Kept<F>, reader: &Reader) -> Result<bool, ArchiveError> {
    let chain = reader.chain_at(kept.seq)?;
    Ok(chain.is_some_and(|chain| hex(&chain) == kept.chain))
}

fn hex(hash: &[u8; 32]) -> String {
    blake3::Hash::from(*hash).to_hex().to_string()
}
