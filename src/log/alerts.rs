//! What the log keeps of alerts beside the events, changed in the transaction of the event that
//! says so: an alert is raised once, whenever a crash comes.

use crate::event::codec;
use crate::event::{AlertCursor, AlertMemory, AlertRows, Letter, MemoryKey, NewBatch};
use crate::space::{Moment, SpaceId, UserId};
use crate::store::{Commit, Writing};

use super::{Appended, Log, LogError, Reader, keys};

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
        let Some(batch) = batch else {
            self.store.write(Commit::Append, |writing| put(writing, rows))?;
            return Ok(None);
        };
        self.append_with(batch, now, |writing| put(writing, rows)).map(Some)
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

    /// Returns who hosts a Space, as rules were last told; `None` where they were not.
    pub fn alert_hosts(&self, space: SpaceId) -> Result<Option<Vec<UserId>>, LogError> {
        self.row(&keys::alert_hosts(space), codec::decode_hosts)
    }

    /// Returns up to `most` alerts that are on their way, or that were given up, the oldest first.
    pub fn letters(&self, dead: bool, most: usize) -> Result<Vec<Letter>, LogError> {
        let mut letters = Vec::new();
        let (from, to) = keys::letters(dead);
        self.store().read(|read| {
            read.table(keys::ALERTS)?.scan(&from, Some(&to), |_key, record| {
                let letter = codec::decode_letter(record);
                letters.push(letter.map_err(|source| LogError::Damaged { seq: 0, source })?);
                Ok::<_, LogError>(letters.len() < most)
            })
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

fn put(writing: &Writing, rows: &AlertRows) -> Result<(), LogError> {
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
        let key = |dead| keys::letter(dead, letter.at, &letter.alert);
        table.remove(&key(!letter.is_dead))?;
        table.put(&key(letter.is_dead), &codec::encode_letter(letter))?;
    }
    for (at, alert) in &rows.arrived {
        table.remove(&keys::letter(false, *at, alert))?;
    }
    Ok(())
}
