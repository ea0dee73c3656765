//! What the log last said of Spaces, users, topics, lines and endpoints: looked up one by one.

use crate::event::codec::{self, CodecError};
use crate::event::{Known, SpaceKnown, Subject, Text, TextRef, Wanted};
use crate::space::{SpaceId, UserId};
use crate::store::Writing;

use super::{Log, LogError, Reader, keys};

fn damaged(source: CodecError) -> LogError {
    LogError::Damaged { seq: 0, source }
}

impl Log {
    /// Looks up what deciding needs.
    pub fn known(&self, wanted: &Wanted) -> Result<Known, LogError> {
        self.store.read(|read| {
            let table = read.table(keys::KNOWN)?;
            let mut known = Known::default();
            for id in &wanted.spaces {
                if let Some(record) = table.get(&keys::space(*id))? {
                    known.spaces.insert(*id, codec::decode_space(&record).map_err(damaged)?);
                }
            }
            for id in &wanted.users {
                if let Some(record) = table.get(&keys::user(*id))? {
                    known.users.insert(*id, codec::decode_user(&record).map_err(damaged)?);
                }
            }
            for id in &wanted.topics {
                if let Some(record) = table.get(&keys::topic(id))? {
                    known.topics.insert(id.clone(), u64::from_be_bytes(framed(&record)?));
                }
            }
            for key in &wanted.lines {
                if let Some(record) = table.get(&keys::line(key))? {
                    known.lines.insert(*key, TextRef(framed(&record)?));
                }
            }
            for endpoint in &wanted.endpoints {
                if let Some(record) = table.get(&keys::endpoint(*endpoint))? {
                    let row = codec::decode_endpoint(&record).map_err(damaged)?;
                    known.endpoints.insert(*endpoint, row);
                }
            }
            let spent = table.get(keys::SPENT)?;
            known.spent =
                spent.map(|record| codec::decode_spent(&record)).transpose().map_err(damaged)?;
            if !self.forgotten.is_empty() {
                let spaces = wanted.spaces.iter().copied().map(Subject::Space);
                let subjects = spaces.chain(wanted.users.iter().copied().map(Subject::User));
                known.forgotten = subjects.filter(|it| self.forgotten.contains(it)).collect();
            }
            Ok(known)
        })
    }
}

impl Reader {
    /// Returns the Spaces that were not seen to end, with what is known of them.
    pub fn open_spaces(&self) -> Result<Vec<(SpaceId, SpaceKnown)>, LogError> {
        let mut open = Vec::new();
        self.store().read(|read| {
            let known = read.table(keys::KNOWN)?;
            read.table(keys::OPEN)?.scan(&[], None, |key, _nothing| {
                let id = key.try_into().ok().and_then(SpaceId::from_bytes);
                let Some(id) = id else { return Ok(true) };
                if let Some(record) = known.get(&keys::space(id))? {
                    open.push((id, codec::decode_space(&record).map_err(damaged)?));
                }
                Ok::<_, LogError>(true)
            })
        })?;
        Ok(open)
    }
}

impl Reader {
    /// Returns how many Spaces were not seen to end.
    pub fn open_count(&self) -> Result<u64, LogError> {
        self.store().read(|read| Ok(read.table(keys::OPEN)?.count()?))
    }

    /// Returns what the log last said of a Space.
    pub fn space_known(&self, id: SpaceId) -> Result<Option<SpaceKnown>, LogError> {
        let record = self.store().read(|read| read.table(keys::KNOWN)?.get(&keys::space(id)))?;
        record.map(|record| codec::decode_space(&record)).transpose().map_err(damaged)
    }

    /// Returns the name that the log last said of a user, unless it was forgotten.
    pub fn username(&self, id: UserId) -> Result<Option<String>, LogError> {
        let record = self.store().read(|read| read.table(keys::KNOWN)?.get(&keys::user(id)))?;
        let known = record.map(|record| codec::decode_user(&record)).transpose();
        let text = match known.map_err(damaged)?.and_then(|known| known.text) {
            Some(reference) => self.text(&reference)?,
            None => None,
        };
        Ok(text.and_then(|text| match text {
            Text::User { username, .. } => username,
            Text::Space { .. } | Text::Line(_) => None,
        }))
    }

    /// Returns the title in a text, unless it was forgotten.
    pub fn title(&self, reference: &TextRef) -> Result<Option<String>, LogError> {
        Ok(self.text(reference)?.and_then(|text| match text {
            Text::Space { title, .. } => title,
            Text::User { .. } | Text::Line(_) => None,
        }))
    }
}

/// Writes what is known from now on.
pub(super) fn put(writing: &Writing, known: &Known) -> Result<(), LogError> {
    let mut table = writing.table(keys::KNOWN)?;
    for (id, user) in &known.users {
        table.put(&keys::user(*id), &codec::encode_user(user))?;
    }
    for (id, hash) in &known.topics {
        table.put(&keys::topic(id), &codec::frame(&hash.to_be_bytes()))?;
    }
    for (key, reference) in &known.lines {
        table.put(&keys::line(key), &codec::frame(&reference.0))?;
    }
    for (endpoint, row) in &known.endpoints {
        table.put(&keys::endpoint(*endpoint), &codec::encode_endpoint(row))?;
    }
    if let Some(spent) = &known.spent {
        table.put(keys::SPENT, &codec::encode_spent(spent))?;
    }
    if known.spaces.is_empty() {
        return Ok(());
    }
    let mut open = writing.table(keys::OPEN)?;
    for (id, space) in &known.spaces {
        table.put(&keys::space(*id), &codec::encode_space(space))?;
        if space.is_open() {
            open.put(&id.to_bytes(), &[])?;
        } else {
            open.remove(&id.to_bytes())?;
        }
    }
    Ok(())
}

/// Reads a framed value of known length.
fn framed<const N: usize>(record: &[u8]) -> Result<[u8; N], LogError> {
    let payload = codec::unframe(record).map_err(damaged)?;
    payload.try_into().map_err(|_| damaged(CodecError::Short))
}
