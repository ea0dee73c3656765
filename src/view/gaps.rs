//! The gaps that are not one Space's own: a table of the polls view.

use bincode::{Decode, Encode};

use super::ViewError;
use super::place::Place;
use super::table::{Dirty, Disk, Table};
use crate::event::Gap;

/// A gap that is not one Space's own.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct GapRow {
    /// The Space, if it is about one.
    pub space: Option<[u8; 13]>,
    /// The endpoint's word, if it is about one.
    pub endpoint: Option<String>,
    /// Its end.
    pub to: i64,
    /// The cause's word.
    pub cause: String,
}

/// The gaps, and which of them are open.
#[derive(Debug)]
pub(super) struct Gaps {
    rows: Table<(i64, u64), GapRow>,
    /// Gaps of which only the begin is known, by endpoint: where their row stands.
    open: Table<u32, (i64, u64)>,
}

impl Default for Gaps {
    fn default() -> Self {
        Self { rows: Table::new(b'g'), open: Table::new(b'o') }
    }
}

impl Gaps {
    /// Takes a gap in. One without a length says that it begins: its end takes its place.
    pub fn take(&mut self, disk: &dyn Disk, place: &Place, it: &Gap) -> Result<(), ViewError> {
        let endpoint = it.endpoint.map_or(u32::MAX, |endpoint| endpoint as u32);
        let key = (it.from.0, place.seq);
        if it.space.is_none() && it.from == it.to {
            self.open.put(endpoint, key);
        } else if it.space.is_none()
            && let Some(open) = self.open.get(disk, &endpoint)?
            && open.0 == it.from.0
        {
            self.rows.remove(open);
            self.open.remove(endpoint);
        }
        let row = GapRow {
            space: it.space.map(crate::space::SpaceId::to_bytes),
            endpoint: it.endpoint.map(|endpoint| endpoint.word().to_owned()),
            to: it.to.0,
            cause: it.cause.word().to_owned(),
        };
        self.rows.put(key, row);
        Ok(())
    }

    /// Ends every open gap.
    pub fn close(&mut self, disk: &dyn Disk, at: i64) -> Result<(), ViewError> {
        let mut open = Vec::new();
        self.open.scan(disk, 0, None, |endpoint, key| {
            open.push((endpoint, *key));
            Ok(true)
        })?;
        for (endpoint, key) in open {
            if let Some(row) = self.rows.get(disk, &key)? {
                self.rows.put(key, GapRow { to: at.max(key.0), ..row });
            }
            self.open.remove(endpoint);
        }
        Ok(())
    }

    /// Hands out the gaps that began at or after `from`, by time.
    pub fn each(
        &self,
        disk: &dyn Disk,
        from: i64,
        mut each: impl FnMut(i64, &GapRow) -> Result<bool, ViewError>,
    ) -> Result<(), ViewError> {
        self.rows.scan(disk, (from, 0), None, |(from, _seq), row| each(from, row))
    }

    /// Appends the rows that changed.
    pub fn dirty(&self, rows: &mut Dirty) {
        self.rows.dirty(rows);
        self.open.dirty(rows);
    }

    /// Says that those are on disk.
    pub fn settled(&mut self) {
        self.rows.settled();
        self.open.settled();
    }
}
