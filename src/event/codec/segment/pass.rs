//! One description of an event's fields, for writing and for reading.
//!
//! A pass goes over the fields of an event in their order. While writing, it is given each value
//! and returns it; while reading, it is given none and returns what it read. So the two cannot
//! disagree.

use std::collections::{BTreeMap, HashMap};

use super::super::CodecError;
use super::columns::{Column, Cursor, Pack, fold, put, too_large, unfold};
use super::names::Names;
use crate::event::TextRef;
use crate::space::{Moment, SpaceId, UserId};

/// Writes or reads the fields of events. `field` is a field's column, counted from
/// [`Column::FIELDS`].
pub(super) trait Pass {
    /// An integer, as it is.
    fn plain(&mut self, field: u16, value: Option<u64>) -> Result<u64, CodecError>;
    /// Bytes that are never seen twice.
    fn reference(&mut self, field: u16, value: Option<TextRef>) -> Result<TextRef, CodecError>;
    /// A word, of which there are few.
    fn word(&mut self, field: u16, value: Option<&str>) -> Result<String, CodecError>;
    /// The last integer given under these keys; 0 before the first.
    fn last(&mut self, field: u16, key: u64) -> &mut u64;
    /// The names of the segment.
    fn names(&self) -> &Names;
    /// When the batch was observed.
    fn now(&self) -> Moment;

    /// An integer, as its difference from the last one of this field and key.
    fn moved(&mut self, field: u16, key: u64, value: Option<u64>) -> Result<u64, CodecError> {
        let last = *self.last(field, key);
        let difference = value.map(|value| fold(value.wrapping_sub(last).cast_signed()));
        let difference = unfold(self.plain(field, difference)?);
        let value = last.wrapping_add(difference.cast_unsigned());
        *self.last(field, key) = value;
        Ok(value)
    }

    /// A Space.
    fn space(&mut self, field: u16, value: Option<SpaceId>) -> Result<SpaceId, CodecError> {
        let place = value.map(|id| u64::from(self.names().space(id)));
        let place = self.plain(field, place)?;
        self.names().space_at(place)
    }

    /// A user.
    fn user(&mut self, field: u16, value: Option<UserId>) -> Result<UserId, CodecError> {
        let place = value.map(|id| self.names().user(id));
        let place = self.plain(field, place)?;
        self.names().user_at(place)
    }

    /// A moment, as its distance from the batch's.
    fn moment(&mut self, field: u16, value: Option<Moment>) -> Result<Moment, CodecError> {
        let now = self.now().0;
        let distance = self.plain(field, value.map(|at| fold(at.0.wrapping_sub(now))))?;
        Ok(Moment(now.wrapping_add(unfold(distance))))
    }

    /// A number of 32 bits, as its difference from the last one.
    fn count(&mut self, field: u16, value: Option<u32>) -> Result<u32, CodecError> {
        let value = self.moved(field, 0, value.map(u64::from))?;
        u32::try_from(value).map_err(|_| too_large())
    }

    /// Yes or no.
    fn flag(&mut self, field: u16, value: Option<bool>) -> Result<bool, CodecError> {
        Ok(self.plain(field, value.map(u64::from))? != 0)
    }

    /// Something that may be absent; `field` says whether it is there.
    fn maybe<T, R>(
        &mut self,
        field: u16,
        value: Option<&Option<T>>,
        each: impl FnOnce(&mut Self, Option<&T>) -> Result<R, CodecError>,
    ) -> Result<Option<R>, CodecError>
    where
        Self: Sized,
    {
        let there = self.flag(field, value.map(Option::is_some))?;
        there.then(|| each(self, value.and_then(Option::as_ref))).transpose()
    }

    /// A list; `field` holds its length.
    fn list<T, R>(
        &mut self,
        field: u16,
        value: Option<&Vec<T>>,
        mut each: impl FnMut(&mut Self, Option<&T>) -> Result<R, CodecError>,
    ) -> Result<Vec<R>, CodecError>
    where
        Self: Sized,
    {
        let length = self.plain(field, value.map(|list| list.len() as u64))?;
        (0..length)
            .map(|place| {
                let place = usize::try_from(place).ok();
                each(self, place.and_then(|place| value?.get(place)))
            })
            .collect()
    }
}

/// How many fields there may be.
pub(super) const FIELDS: usize = 128;

/// The last integer of each field, and for some fields of each key.
#[derive(Debug)]
pub(super) struct Lasts {
    plain: [u64; FIELDS],
    keyed: HashMap<(u16, u64), u64>,
}

impl Default for Lasts {
    fn default() -> Self {
        Self { plain: [0; FIELDS], keyed: HashMap::new() }
    }
}

impl Lasts {
    fn of(&mut self, field: u16, key: u64) -> &mut u64 {
        match self.plain.get_mut(usize::from(field)).filter(|_| key == 0) {
            Some(last) => last,
            None => self.keyed.entry((field, key)).or_default(),
        }
    }
}

/// Writes.
pub(super) struct Writer<'a> {
    pub pack: &'a mut Pack,
    pub names: &'a Names,
    pub now: Moment,
    pub last: Lasts,
    pub references: BTreeMap<TextRef, u64>,
    pub words: BTreeMap<String, u64>,
}

impl Pass for Writer<'_> {
    fn plain(&mut self, field: u16, value: Option<u64>) -> Result<u64, CodecError> {
        let value = value.ok_or_else(too_large)?;
        self.pack.put(Column(Column::FIELDS + field), value);
        Ok(value)
    }

    fn reference(&mut self, field: u16, value: Option<TextRef>) -> Result<TextRef, CodecError> {
        let value = value.ok_or_else(too_large)?;
        let young = self.references.len() as u64;
        let place = *self.references.entry(value).or_insert(young);
        // Most references are new: 0 says so, and the others tell how long ago theirs was.
        self.plain(field, Some(young - place))?;
        if place == young {
            self.pack.column(Column::REFERENCES).extend_from_slice(&value.0);
        }
        Ok(value)
    }

    fn word(&mut self, field: u16, value: Option<&str>) -> Result<String, CodecError> {
        let value = value.ok_or_else(too_large)?;
        let young = self.words.len() as u64;
        let place = *self.words.entry(value.to_owned()).or_insert(young);
        self.plain(field, Some(place))?;
        if place == young {
            let out = self.pack.column(Column::WORDS);
            put(out, value.len() as u64);
            out.extend_from_slice(value.as_bytes());
        }
        Ok(value.to_owned())
    }

    fn last(&mut self, field: u16, key: u64) -> &mut u64 {
        self.last.of(field, key)
    }

    fn names(&self) -> &Names {
        self.names
    }

    fn now(&self) -> Moment {
        self.now
    }
}

/// Reads.
pub(super) struct Reader<'a> {
    /// The columns of the fields, by field; one that is not there is empty.
    pub fields: Vec<Cursor<'a>>,
    pub names: &'a Names,
    pub now: Moment,
    pub last: Lasts,
    pub reference_bytes: Cursor<'a>,
    pub references: Vec<TextRef>,
    pub word_bytes: Cursor<'a>,
    pub words: Vec<String>,
}

impl Pass for Reader<'_> {
    fn plain(&mut self, field: u16, _value: Option<u64>) -> Result<u64, CodecError> {
        self.fields.get_mut(usize::from(field)).ok_or(CodecError::Short)?.next()
    }

    fn reference(&mut self, field: u16, _value: Option<TextRef>) -> Result<TextRef, CodecError> {
        let ago = usize::try_from(self.plain(field, None)?).map_err(|_| too_large())?;
        if ago == 0 {
            self.references.push(TextRef(self.reference_bytes.array()?));
            return self.references.last().copied().ok_or_else(too_large);
        }
        let place = self.references.len().checked_sub(ago).ok_or_else(too_large)?;
        Ok(self.references[place])
    }

    fn word(&mut self, field: u16, _value: Option<&str>) -> Result<String, CodecError> {
        let place = usize::try_from(self.plain(field, None)?).map_err(|_| too_large())?;
        if place == self.words.len() {
            let length = self.word_bytes.size()?;
            let word = std::str::from_utf8(self.word_bytes.take(length)?);
            let word = word.map_err(|error| CodecError::Content(error.to_string()))?;
            self.words.push(word.to_owned());
        }
        self.words.get(place).cloned().ok_or_else(too_large)
    }

    fn last(&mut self, field: u16, key: u64) -> &mut u64 {
        self.last.of(field, key)
    }

    fn names(&self) -> &Names {
        self.names
    }

    fn now(&self) -> Moment {
        self.now
    }
}
