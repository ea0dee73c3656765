//! What was known, carried into the new log as far as it is whole.

use crate::event::codec::{self, CodecError};
use crate::event::{Known, SpaceKnown, TextRef, Wanted};
use crate::space::{Counts, Endpoint, SpaceId, TopicId, UserId};
use crate::store::{Commit, Store, StoreError};

use super::Salvage;
use crate::log::{Log, LogError, keys, known};

/// Rows written in one transaction.
const ROWS: usize = 1_024;

/// Reads of a damaged table before the rest of it is given up.
const READS_MAX: u32 = 20_000;

/// So deep a table is cut up by the bytes of its keys.
const DEPTH: usize = 4;

impl Salvage {
    /// Carries what was known, the notices that were not known to be printed, and what rules
    /// remember.
    pub(super) fn carry_known(&mut self) -> Result<(), LogError> {
        let lost_batches = self.found.lost_batches > 0 || self.found.lost_texts > 0;
        let mut lost = 0;
        let (mut some, mut failed) = (Known::default(), Ok(()));
        let (from, to) = (self.from.store(), &mut self.to);
        let mut rows = 0;
        let whole = each_row(from, keys::KNOWN, &mut |key, record| {
            let taken = take(key, record, lost_batches, to, &mut some);
            if taken.is_err() {
                lost += 1;
            }
            rows += 1;
            if rows % ROWS == 0 {
                let part = std::mem::take(&mut some);
                failed = put(to, &part);
            }
            failed.is_ok()
        });
        failed?;
        put(to, &some)?;
        lost += u64::from(!whole);
        self.found.lost_rows += lost;
        self.open_spaces()?;
        self.carry_marks()?;
        self.carry_notices()?;
        self.carry_alerts()
    }

    /// Carries whose texts are forgotten: as the events say, and as the marks do that are whole.
    fn carry_marks(&mut self) -> Result<(), LogError> {
        let (mut marks, mut lost) = (std::mem::take(&mut self.forgotten), 0);
        let whole = each_row(self.from.store(), keys::FORGOTTEN, &mut |key, record| {
            match (keys::read_subject(key), codec::decode_forgotten(record)) {
                (Some(subject), Ok(mark)) => drop(marks.insert(subject, mark)),
                _ => lost += 1,
            }
            true
        });
        self.found.lost_rows += lost + u64::from(!whole);
        self.to.store.write(Commit::Append, |writing| {
            let mut table = writing.table(keys::FORGOTTEN)?;
            for (subject, mark) in &marks {
                table.put(&keys::subject(*subject), &codec::encode_forgotten(mark))?;
            }
            Ok::<_, LogError>(())
        })?;
        self.to.forgotten.extend(marks.into_keys());
        Ok(())
    }

    /// Opens the Spaces of which the last whole look saw no end, where what is known of them is
    /// lost, or comes from a look that is.
    fn open_spaces(&mut self) -> Result<(), LogError> {
        let mut opened = Known::default();
        if !self.found.is_damaged() {
            return Ok(());
        }
        for (id, seen) in std::mem::take(&mut self.open) {
            let wanted = Wanted { spaces: vec![id], ..Wanted::default() };
            match self.to.known(&wanted)?.spaces.remove(&id) {
                Some(known) if known.is_open() => {}
                Some(known) => {
                    let known = SpaceKnown { state: seen.state, inferred: false, ..known };
                    opened.spaces.insert(id, known);
                }
                None => {
                    opened.spaces.insert(id, seen);
                }
            }
        }
        if self.to.known(&Wanted::default())?.spent.is_none() {
            opened.spent = self.spent;
        }
        put(&mut self.to, &opened)
    }

    fn carry_notices(&mut self) -> Result<(), LogError> {
        let (mut notices, mut lost) = (Vec::new(), 0);
        let whole = each_row(self.from.store(), keys::OUTBOX, &mut |_key, record| {
            match codec::decode_notice(record) {
                Ok(_) => notices.push(record.to_vec()),
                Err(_) => lost += 1,
            }
            true
        });
        self.found.lost_rows += lost + u64::from(!whole);
        let seq = self.to.head.seq;
        self.to.store.write(Commit::Append, |writing| {
            let mut outbox = writing.table(keys::OUTBOX)?;
            for (number, record) in (0..).zip(&notices) {
                outbox.put(&keys::notice(seq, number), record)?;
            }
            Ok(())
        })
    }
}

fn put(to: &mut Log, some: &Known) -> Result<(), LogError> {
    to.store.write(Commit::Append, |writing| known::put(writing, some))
}

/// Takes a row over. Where batches are lost, what was last described may be lost with them: it is
/// forgotten here, and so described again.
fn take(
    key: &[u8],
    record: &[u8],
    lost_batches: bool,
    to: &Log,
    known: &mut Known,
) -> Result<(), LogError> {
    let damaged = |source| LogError::Damaged { seq: 0, source };
    let (tag, id) = key.split_first().ok_or_else(|| damaged(CodecError::Short))?;
    let foreign = || damaged(CodecError::Content("no such key".to_owned()));
    match tag {
        b's' => {
            let id = id.try_into().ok().and_then(SpaceId::from_bytes).ok_or_else(foreign)?;
            let mut row = codec::decode_space(record).map_err(damaged)?;
            if lost_batches {
                row.fields.clear();
                row.text = None;
            }
            known.spaces.insert(id, row);
        }
        b'u' => {
            let id = u64::from_be_bytes(id.try_into().map_err(|_| foreign())?);
            let mut row = codec::decode_user(record).map_err(damaged)?;
            if lost_batches {
                row.fields.clear();
                (row.text, row.counts) = (None, Counts::default());
            }
            known.users.insert(UserId(id), row);
        }
        b't' => {
            let hash = codec::unframe(record).map_err(damaged)?;
            let hash = u64::from_be_bytes(hash.try_into().map_err(|_| foreign())?);
            let id = std::str::from_utf8(id).ok().and_then(TopicId::new).ok_or_else(foreign)?;
            if !lost_batches {
                known.topics.insert(id, hash);
            }
        }
        b'l' => {
            let text = codec::unframe(record).map_err(damaged)?;
            let text = TextRef(text.try_into().map_err(|_| foreign())?);
            if to.reader().text(&text)?.is_some() {
                known.lines.insert(id.try_into().map_err(|_| foreign())?, text);
            }
        }
        b'e' => {
            let word = std::str::from_utf8(id).ok().and_then(Endpoint::from_word);
            let row = codec::decode_endpoint(record).map_err(damaged)?;
            known.endpoints.insert(word.ok_or_else(foreign)?, row);
        }
        _ if key == keys::SPENT => {
            known.spent = Some(codec::decode_spent(record).map_err(damaged)?);
        }
        _ => return Err(foreign()),
    }
    Ok(())
}

/// Hands out every row of a table that can be read, some more than once, until `each` returns
/// false; returns whether all could.
pub(super) fn each_row(
    store: &Store,
    table: &str,
    each: &mut dyn FnMut(&[u8], &[u8]) -> bool,
) -> bool {
    let mut reads = 0;
    walk(store, table, &mut Vec::new(), &mut reads, each)
}

/// Hands out the rows whose keys begin with `prefix`; where a damaged page lies among them, those
/// of each longer prefix.
fn walk(
    store: &Store,
    table: &str,
    prefix: &mut Vec<u8>,
    reads: &mut u32,
    each: &mut dyn FnMut(&[u8], &[u8]) -> bool,
) -> bool {
    *reads += 1;
    let end = following(prefix);
    let scanned = store.read(|read| {
        read.table(table)?
            .scan(prefix, end.as_deref(), |key, value| Ok::<_, StoreError>(each(key, value)))
    });
    if scanned.is_ok() {
        return true;
    }
    if prefix.len() < DEPTH && *reads < READS_MAX {
        let alone = store.read(|read| read.table(table)?.get(prefix));
        if let Ok(Some(value)) = alone {
            each(prefix, &value);
        }
        for byte in 0..=u8::MAX {
            prefix.push(byte);
            walk(store, table, prefix, reads, each);
            prefix.pop();
        }
    }
    false
}

/// Returns the first key after all that begin with `prefix`.
fn following(prefix: &[u8]) -> Option<Vec<u8>> {
    let last = prefix.iter().rposition(|byte| *byte < u8::MAX)?;
    let mut key = prefix[..=last].to_vec();
    key[last] += 1;
    Some(key)
}
