//! Columns of integers and bytes, compressed one by one, with a directory in front.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;

use zstd::bulk::Decompressor;

use super::super::CodecError;

/// How hard zstd tries. Sealing is in no hurry, and reading is as fast at any level.
const LEVEL: i32 = 12;

/// The most bytes a column may say it has: a guard against a damaged directory.
const COLUMN_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// The numbers of the columns: written on disk, so none is ever given another meaning. The fields
/// of other events follow from [`Column::FIELDS`] on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Column(pub u16);

impl Column {
    pub const SPACES: Self = Self(0);
    pub const USERS: Self = Self(1);
    pub const OBSERVED_AT: Self = Self(2);
    pub const RECORDED_AT: Self = Self(3);
    pub const MONITOR: Self = Self(4);
    pub const POLL_KIND: Self = Self(5);
    pub const POLL_ID: Self = Self(6);
    pub const OBSERVATIONS: Self = Self(7);
    pub const OTHERS: Self = Self(8);
    pub const CONTEXT: Self = Self(9);
    pub const HITS: Self = Self(10);
    pub const MISSES: Self = Self(11);
    pub const RUN_LENGTH: Self = Self(12);
    pub const SHAPE: Self = Self(13);
    pub const SHAPE_LENGTH: Self = Self(14);
    pub const COUNT: Self = Self(15);
    pub const REMINDERS: Self = Self(16);
    pub const SPEAKERS: Self = Self(17);
    pub const STATE_WORDS: Self = Self(18);
    pub const OTHER_PLACE: Self = Self(19);
    pub const OTHER_KIND: Self = Self(20);
    pub const RECORDS: Self = Self(21);
    pub const REFERENCES: Self = Self(22);
    pub const WORDS: Self = Self(23);
    pub const FIELDS: u16 = 32;

    /// Returns what a column is called in tables of sizes.
    pub const fn name(self) -> &'static str {
        match self.0 {
            0 => "space names",
            1 => "user names",
            2..=6 => "batch heads",
            7..=11 => "order",
            12..=14 => "run shapes",
            15 => "participants",
            16 => "reminders",
            17 => "speakers",
            18 => "state words",
            19 | 20 => "other events, kind and place",
            21 => "other events, rare kinds",
            22 => "text references",
            23 => "words",
            32..64 => "polls",
            64..96 => "space descriptions",
            96..128 => "user descriptions",
            _ => "user counts and missing",
        }
    }
}

/// Columns in the making.
#[derive(Debug, Default)]
pub(super) struct Pack(BTreeMap<u16, Vec<u8>>);

impl Pack {
    /// Returns a column to append to.
    pub fn column(&mut self, column: Column) -> &mut Vec<u8> {
        self.0.entry(column.0).or_default()
    }

    /// Appends an integer to a column.
    pub fn put(&mut self, column: Column, value: u64) {
        put(self.column(column), value);
    }

    /// Returns directory and columns.
    pub fn finish(self) -> Vec<u8> {
        let mut directory = Vec::new();
        let mut bodies = Vec::new();
        let columns = self.0.into_iter().filter(|(_, raw)| !raw.is_empty());
        let columns: Vec<(u16, Vec<u8>)> = columns.collect();
        put(&mut directory, u64::from(super::VERSION));
        put(&mut directory, columns.len() as u64);
        for (number, raw) in columns {
            // Compressing into memory fails only where there is none; then it stays as it is.
            let small = zstd::bulk::compress(&raw, LEVEL).unwrap_or_default();
            let small = if small.is_empty() || small.len() >= raw.len() { &raw } else { &small };
            put(&mut directory, u64::from(number));
            put(&mut directory, raw.len() as u64);
            put(&mut directory, small.len() as u64);
            bodies.extend_from_slice(small);
        }
        directory.extend_from_slice(&bodies);
        directory
    }
}

/// Where a column stands in the bytes of a segment.
#[derive(Clone, Copy, Debug)]
struct Place {
    from: usize,
    packed: usize,
    raw: usize,
}

/// The columns of a segment, each unpacked when it is asked for.
pub(super) struct Columns<'a> {
    bytes: &'a [u8],
    places: BTreeMap<u16, Place>,
    /// One for all columns: most are smaller than what is set up for each.
    unpacker: RefCell<Decompressor<'static>>,
}

impl fmt::Debug for Columns<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Columns").field("places", &self.places).finish_non_exhaustive()
    }
}

impl<'a> Columns<'a> {
    /// Reads the directory.
    pub fn open(bytes: &'a [u8]) -> Result<Self, CodecError> {
        let mut directory = Cursor(bytes);
        let version = directory.next()?;
        if version != u64::from(super::VERSION) {
            return Err(CodecError::Newer(u32::try_from(version).unwrap_or(u32::MAX)));
        }
        let count = directory.next()?;
        let mut listed = Vec::new();
        for _ in 0..count {
            let number = u16::try_from(directory.next()?).map_err(|_| too_large())?;
            listed.push((number, directory.size()?, directory.size()?));
        }
        let mut from = bytes.len() - directory.0.len();
        let mut places = BTreeMap::new();
        for (number, raw, packed) in listed {
            places.insert(number, Place { from, packed, raw });
            from = from.saturating_add(packed);
        }
        if from != bytes.len() {
            return Err(CodecError::Short);
        }
        let unpacker = RefCell::new(Decompressor::new().map_err(|error| content(&error))?);
        Ok(Self { bytes, places, unpacker })
    }

    /// Returns a column's bytes; one that is not there is empty.
    pub fn column(&self, column: Column) -> Result<Vec<u8>, CodecError> {
        let Some(place) = self.places.get(&column.0) else { return Ok(Vec::new()) };
        let packed = &self.bytes[place.from..place.from + place.packed];
        if place.packed == place.raw {
            return Ok(packed.to_vec());
        }
        let unpacked = self.unpacker.borrow_mut().decompress(packed, place.raw);
        let unpacked = unpacked.map_err(|error| content(&error))?;
        if unpacked.len() != place.raw {
            return Err(CodecError::Short);
        }
        Ok(unpacked)
    }

    /// Returns the columns of other events' fields, by field.
    pub fn fields(&self, count: usize) -> Result<Vec<Vec<u8>>, CodecError> {
        let numbers = (Column::FIELDS..).take(count);
        numbers.map(|number| self.column(Column(number))).collect()
    }

    /// Returns for each column its name, its bytes, and its bytes compressed.
    pub fn sizes(&self) -> Vec<(&'static str, u64, u64)> {
        let size = |(number, place): (&u16, &Place)| {
            (Column(*number).name(), place.raw as u64, place.packed as u64)
        };
        self.places.iter().map(size).collect()
    }
}

/// Reads a column from its front.
#[derive(Debug)]
pub(super) struct Cursor<'a>(pub &'a [u8]);

impl Cursor<'_> {
    /// Returns the next integer.
    #[inline]
    pub fn next(&mut self) -> Result<u64, CodecError> {
        // Most integers take one byte.
        if let [first, rest @ ..] = self.0
            && *first < 0x80
        {
            self.0 = rest;
            return Ok(u64::from(*first));
        }
        self.long()
    }

    fn long(&mut self) -> Result<u64, CodecError> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let [byte, rest @ ..] = self.0 else { return Err(CodecError::Short) };
            self.0 = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if *byte < 0x80 {
                return Ok(value);
            }
        }
        Err(too_large())
    }

    /// Returns the next integer as a number of bytes or things.
    pub fn size(&mut self) -> Result<usize, CodecError> {
        let size = self.next()?;
        if size > COLUMN_BYTES_MAX {
            return Err(too_large());
        }
        usize::try_from(size).map_err(|_| too_large())
    }

    /// Returns the next `count` bytes.
    pub fn take(&mut self, count: usize) -> Result<&[u8], CodecError> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(CodecError::Short)?;
        self.0 = rest;
        Ok(taken)
    }

    /// Returns the next bytes as an array.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], CodecError> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(CodecError::Short)?;
        self.0 = rest;
        Ok(*taken)
    }
}

/// Appends an integer.
pub(super) fn put(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    out.push(value.to_le_bytes()[0]);
}

/// Folds a signed integer, so that small ones stay small: 0, -1, 1, -2 … become 0, 1, 2, 3 …
#[inline]
pub(super) const fn fold(value: i64) -> u64 {
    (value.cast_unsigned() << 1) ^ (value >> 63).cast_unsigned()
}

/// Undoes [`fold`].
#[inline]
pub(super) const fn unfold(value: u64) -> i64 {
    (value >> 1).cast_signed() ^ -(value & 1).cast_signed()
}

fn content(error: &std::io::Error) -> CodecError {
    CodecError::Content(error.to_string())
}

pub(super) fn too_large() -> CodecError {
    CodecError::Content("a number is too large".to_owned())
}
