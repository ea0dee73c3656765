//! A segment: many batches as columns, compressed; the same batches come out, byte for byte.
//!
//! The log keeps old batches so. A segment stands on its own: it needs no table and no other
//! segment to be read. What is in it:
//!
//! | part | columns |
//! |---|---|
//! | names | Spaces and users of the segment, each once; everywhere else stands their place |
//! | heads (`heads`) | of each batch: times, monitor, poll id, how many observations and others |
//! | order (`order`) | in which order Spaces were observed, as what follows on what |
//! | runs (`runs`) | all observations of a Space together: shape, count, reminders, speakers as changes |
//! | others (`others`) | every other event, the frequent kinds a column a field, the rest as the tail has it |
//!
//! A column is a string of variable-length integers (seven bits a byte, lowest first; signed ones
//! folded: 0, -1, 1, -2 …), in one zstd frame unless that is longer. In front stands a directory:
//! for each column its number, its length, and its length compressed. A column whose number a
//! program does not know comes from a later one.
//!
//! Chain hashes are not stored, but for the one before and the one after: they are computed from
//! the batches, and so prove that what comes out is what went in.

mod columns;
mod content;
mod heads;
mod looks;
mod names;
mod order;
mod others;
mod pass;
mod row;
mod runs;
mod unpacked;

#[cfg(test)]
mod tests;

use super::CodecError;
use crate::event::Batch;

pub use content::{Content, Wanted};
pub use heads::Head;
pub use others::Other;
pub use row::Row;
pub use runs::{Run, Runs, state_of};
pub use unpacked::Unpacked;

use columns::{Columns, Pack};
use heads::Heads;
use names::Names;

/// The version of the layout of segments that this program writes.
pub const VERSION: u32 = 1;

/// Returns the batches as the bytes of a segment. `batches` follow one another.
pub fn pack(batches: &[Batch]) -> Vec<u8> {
    let names = Names::of(batches);
    let mut pack = Pack::default();
    names.write(&mut pack);
    heads::write(batches, &mut pack);
    order::write(batches, &names, &mut pack);
    looks::write(batches, &names, &mut pack);
    others::write(batches, &names, &mut pack);
    pack.finish()
}

/// Returns for each column its name and its bytes: as it is, and compressed.
pub fn column_sizes(segment: &[u8]) -> Result<Vec<(&'static str, u64, u64)>, CodecError> {
    Ok(Columns::open(segment)?.sizes())
}

/// Returns whether a segment says anything of a Space, from its names alone.
pub fn names(segment: &[u8], space: crate::space::SpaceId) -> Result<bool, CodecError> {
    let ids = Columns::open(segment)?.column(columns::Column::SPACES)?;
    Ok(ids.as_chunks::<13>().0.contains(&space.to_bytes()))
}

/// A segment that is being read: heads and names are, all else when it is asked for.
#[derive(Debug)]
pub struct Segment<'a> {
    columns: Columns<'a>,
    names: Names,
    heads: Heads,
}

impl<'a> Segment<'a> {
    /// Opens the segment whose first event has this seq.
    pub fn open(bytes: &'a [u8], first_seq: u64) -> Result<Self, CodecError> {
        let columns = Columns::open(bytes)?;
        let names = Names::read(&columns)?;
        let heads = heads::read(&columns, first_seq)?;
        Ok(Self { columns, names, heads })
    }

    /// Returns the heads of its batches.
    pub fn heads(&self) -> &[Head] {
        &self.heads.heads
    }

    /// Returns the Spaces that it names: those observed first, as [`Segment::runs`] has them.
    pub fn spaces(&self) -> &[crate::space::SpaceId] {
        &self.names.spaces
    }

    /// Returns the users that it names, in rising order.
    pub fn users(&self) -> &[crate::space::UserId] {
        &self.names.users
    }

    /// Returns the observations, Space by Space.
    pub fn runs(&self) -> Result<Runs, CodecError> {
        let order = order::read(&self.columns, &self.heads, &self.names)?;
        runs::read(&self.columns, order, &self.names)
    }

    /// Returns the places of the observations, Space by Space, without what was observed.
    pub fn places(&self) -> Result<Runs, CodecError> {
        let order = order::read(&self.columns, &self.heads, &self.names)?;
        Ok(Runs::places(order, &self.names))
    }

    /// Returns all other events, in their order.
    pub fn others(&self) -> Result<Vec<Other>, CodecError> {
        others::read(&self.columns, &self.heads, &self.names)
    }

    /// Returns all of it unpacked. `before` is the chain hash ahead of its first batch.
    pub fn unpack(self, before: [u8; 32]) -> Result<Unpacked, CodecError> {
        let (runs, others) = (self.runs()?, self.others()?);
        Unpacked::new(self.heads.heads, self.names.users, runs, others, before)
    }
}
