//! What the log keeps of alerts beside the events, changed in the transaction of the event that
//! says so: an alert is raised once, whenever a crash comes.

use crate::event::codec;
use crate::event::{AlertCursor, AlertMemory, AlertRows, Delivery, Letter, MemoryKey, NewBatch};
use crate::space::{Moment, SpaceId, UserId};
use crate::store::{Commit, Writing};

use super::{Appended, Log, LogError, Reader, keys};

/// So many alerts that arrived are kept to be shown, the last ones; all of them stay in the log as
/// events.
pub const DELIVERED_KEPT: usize = 256;

impl Log {
    /// Appends what was raised or delivered, if anything was, and changes the rows of alerts with
    /// it, durably, in one transaction.
    ///
    /// # Errors
    /// As [`Log::append`].
    pub fn alert(
        &mut self,
        batch: Option<&NewBatch>,
        rows: &AlertRows,
        now: Moment,
    ) -> Result<Option<Appended>, LogError> {
        let old = self.too_old(rows.arrived.len())?;
        let Some(batch) = batch else {
            self.store.write(Commit::Append, |writing| put(writing, rows, &old))?;
            return Ok(None);
        };
        self.append_with(batch, now, |writing| put(writing, rows, &old)).map(Some)
    }

    /// Returns the keys of delivered alerts that are kept no longer when so many more arrive.
    fn too_old(&self, arriving: usize) -> Result<Vec<Vec<u8>>, LogError> {
        let mut keys = Vec::new();
        if arriving == 0 {
            return Ok(keys);
        }
        let (from, to) = keys::letters(Delivery::Delivered);
        self.store.read(|read| {
            read.table(keys::ALERTS)?.scan(&from, Some(&to), |key, _record| {
                keys.push(key.to_vec());
                Ok::<_, LogError>(true)
            })
        })?;
        keys.truncate((keys.len() + arriving).saturating_sub(DELIVERED_KEPT));
        Ok(keys)
    }
}

impl Reader {
    /// Returns where rules look next; `None` where they never looked.
    pub fn alert_cursor(&self) -> Result<Option<AlertCursor>, LogError> {
        self.row(keys::ALERT_CURSOR, codec::decode_cursor)
    }

    /// Returns what a rule remembers of a Space.
    pub fn alert_memory(&self, key: MemoryKey) -> Result<Option<AlertMemory>, LogError> {
        self.row(&keys::alert_memory(key), codec::decode_memory)
    }

    /// Returns all that a rule remembers.
    pub fn alert_memories(&self, rule: u64) -> Result<Vec<(MemoryKey, AlertMemory)>, LogError> {
        let mut memories = Vec::new();
        let from = keys::alert_memory((rule, None));
        self.store().read(|read| {
            read.table(keys::ALERTS)?.scan(&from, None, |key, record| {
                let Some(space) = key.strip_prefix(from.as_slice()) else { return Ok(false) };
                let memory = codec::decode_memory(record);
                let memory = memory.map_err(|source| LogError::Damaged { seq: 0, source })?;
                let space = space.try_into().ok().and_then(SpaceId::from_bytes);
                memories.push(((rule, space), memory));
                Ok::<_, LogError>(true)
            })
        })?;
        Ok(memories)
    }

    /// Returns who hosts a Space, as rules were last told; `None` where they were not.
    pub fn alert_hosts(&self, space: SpaceId) -> Result<Option<Vec<UserId>>, LogError> {
        self.row(&keys::alert_hosts(space), codec::decode_hosts)
    }

    /// Returns up to `most` alerts that are on their way, or that were given up, the oldest first.
    pub fn letters(&self, dead: bool, most: usize) -> Result<Vec<Letter>, LogError> {
        let mut letters = Vec::new();
        let (from, to) = keys::letters(if dead { Delivery::Dead } else { Delivery::Waiting });
        self.store().read(|read| {
            read.table(keys::ALERTS)?.scan(&from, Some(&to), |_key, record| {
                let letter = codec::decode_letter(record);
                letters.push(letter.map_err(|source| LogError::Damaged { seq: 0, source })?);
                Ok::<_, LogError>(letters.len() < most)
            })
        })?;
        Ok(letters)
    }

    /// Returns up to `most` alerts that have come there, the newest first.
    pub fn last_letters(&self, it: Delivery, most: usize) -> Result<Vec<Letter>, LogError> {
        let mut letters = Vec::new();
        let (from, mut until) = keys::letters(it);
        self.store().read(|read| {
            let table = read.table(keys::ALERTS)?;
            while letters.len() < most {
                let Some((key, record)) = table.last_until(&until)? else { break };
                if key < from {
                    break;
                }
                let letter = codec::decode_letter(&record);
                letters.push(letter.map_err(|source| LogError::Damaged { seq: 0, source })?);
                // The key before it: of those as long, none lies between.
                until = before(key);
            }
            Ok::<_, LogError>(())
        })?;
        Ok(letters)
    }

    fn row<T>(
        &self,
        key: &[u8],
        read_row: impl Fn(&[u8]) -> Result<T, codec::CodecError>,
    ) -> Result<Option<T>, LogError> {
        let record = self.store().read(|read| read.table(keys::ALERTS)?.get(key))?;
        let row = record.map(|record| read_row(&record)).transpose();
        row.map_err(|source| LogError::Damaged { seq: 0, source })
    }
}

/// Returns the last key of the same length that comes before this one.
fn before(mut key: Vec<u8>) -> Vec<u8> {
    for byte in key.iter_mut().rev() {
        let (less, borrows) = byte.overflowing_sub(1);
        *byte = less;
        if !borrows {
            break;
        }
    }
    key
}

fn put(writing: &Writing, rows: &AlertRows, too_old: &[Vec<u8>]) -> Result<(), LogError> {
    let mut table = writing.table(keys::ALERTS)?;
    if let Some(cursor) = &rows.cursor {
        table.put(keys::ALERT_CURSOR, &codec::encode_cursor(cursor))?;
    }
    if rows.ends {
        table.remove(keys::ALERT_CURSOR)?;
    }
    for (key, memory) in &rows.memories {
        match memory {
            Some(memory) => table.put(&keys::alert_memory(*key), &codec::encode_memory(memory))?,
            None => table.remove(&keys::alert_memory(*key))?,
        }
    }
    for (space, hosts) in &rows.hosts {
        match hosts {
            Some(hosts) => table.put(&keys::alert_hosts(*space), &codec::encode_hosts(hosts))?,
            None => table.remove(&keys::alert_hosts(*space))?,
        }
    }
    for letter in &rows.letters {
        let key = |it| keys::letter(it, letter.at, &letter.alert);
        let (mut is, mut was) = (Delivery::Waiting, Delivery::Dead);
        if letter.is_dead {
            std::mem::swap(&mut is, &mut was);
        }
        table.remove(&key(was))?;
        table.put(&key(is), &codec::encode_letter(letter))?;
    }
    for key in too_old {
        table.remove(key)?;
    }
    for letter in &rows.arrived {
        let key = |it| keys::letter(it, letter.at, &letter.alert);
        table.remove(&key(Delivery::Waiting))?;
        table.put(&key(Delivery::Delivered), &codec::encode_letter(letter))?;
    }
    Ok(())
}
