//! Checking a view: its rows beside those of a fresh fold, row by row, on disk.

use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};

use crate::event::ForgottenMark;
use crate::log::Reader;
use crate::store::{Row, Snapshot, StoreError};
use crate::view::{View, row_words};

use super::projection::{ROWS, path};
use super::{Handle, Projection, ProjectorError};

/// What is added to a view's file name for its fresh fold.
pub(super) const CHECKING: &str = ".checking";

/// How often the check of a view begins again because something was forgotten meanwhile.
const TURNS_MAX: u32 = 16;

/// How often a forgetting under way is looked at until it is done.
const LOOKS_MAX: u32 = 2_400;

/// Rows read together.
const ROWS_AT_ONCE: usize = 512;

/// What a check of one view found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViewCheck {
    /// The view.
    pub view: &'static str,
    /// Its checkpoint.
    pub seq: u64,
    /// Its rows.
    pub rows: u64,
    /// A hash over its rows in key order; `None` when they could not be read.
    pub digest: Option<[u8; 32]>,
    /// Where it first differs from a fresh fold to the same seq, in words; `None` when it equals
    /// one.
    pub difference: Option<String>,
}

/// A file that is removed when it is no longer needed, unless it has another name by then.
pub(super) struct Passing(pub PathBuf);

impl Drop for Passing {
    fn drop(&mut self) {
        // What stays is swept at the next start.
        drop(fs::remove_file(&self.0));
    }
}

impl<V: View> Handle<V> {
    /// Checks this view as [`Handle::check`] does. A difference that was found while something was
    /// being forgotten may be none: the one fold had the texts and the other had not. Then the
    /// forgetting is waited for, with a `rest` between two looks, and the check begins again.
    ///
    /// # Errors
    /// As of [`Handle::check`]; and [`ProjectorError::Faulted`] where something is being forgotten
    /// for so long that nothing can be said of the view.
    pub(super) fn check_in_turn(
        &self,
        folder: &Path,
        reader: &Reader,
        rest: &dyn Fn(),
        progress: &mut dyn FnMut(u64, u64) -> bool,
    ) -> Result<Option<ViewCheck>, ProjectorError> {
        let marks =
            || reader.marks().map_err(|source| ProjectorError::Log { view: V::NAME, source });
        let mut looks = 0;
        for _turn in 0..TURNS_MAX {
            let before = marks()?;
            let Some(check) = self.check(folder, reader, progress)? else { return Ok(None) };
            let mut now = marks()?;
            let is_settled = |marks: &[(_, ForgottenMark)]| marks.iter().all(|(_, it)| it.finished);
            if check.difference.is_none() || before == now && is_settled(&now) {
                return Ok(Some(check));
            }
            while !is_settled(&now) && looks < LOOKS_MAX {
                looks += 1;
                rest();
                if !progress(check.seq, check.seq) {
                    return Ok(None);
                }
                now = marks()?;
            }
        }
        let reason = "something is being forgotten, and it cannot be checked meanwhile";
        Err(ProjectorError::Faulted { view: V::NAME, reason: reason.to_owned() })
    }

    /// Folds the log anew to this view's checkpoint, into a file of its own in `folder`, and
    /// compares. `None` when `progress`, which is told the seq reached and the last one, breaks it
    /// off. The view goes on meanwhile.
    ///
    /// # Errors
    /// What the log says, or the fresh fold. A view that stopped, or cannot be read, differs.
    pub fn check(
        &self,
        folder: &Path,
        reader: &Reader,
        progress: &mut dyn FnMut(u64, u64) -> bool,
    ) -> Result<Option<ViewCheck>, ProjectorError> {
        let _turn = self.turns().take();
        let (at, kept) = match self.change(reader, Projection::snapshot) {
            Ok(found) => found,
            Err(error) if error.is_passing() => return Err(error),
            Err(stopped) => {
                let difference = Some(super::run::chain(&stopped));
                let seq = self.lag().seq;
                let check = ViewCheck { view: V::NAME, seq, rows: 0, digest: None, difference };
                return Ok(Some(check));
            }
        };
        let mut place = path::<V>(folder).into_os_string();
        place.push(CHECKING);
        let place = Passing(place.into());
        let mut fresh = Projection::<V>::fresh(&place.0, reader)?;
        while fresh.step(reader, at.seq)? {
            if !progress(fresh.at().seq, at.seq) {
                return Ok(None);
            }
        }
        let (reached, expected) = fresh.snapshot()?;
        let compared = compare(V::NAME, &kept, &expected, &mut || progress(at.seq, at.seq));
        let (rows, digest, difference) = match compared {
            Ok(Some(found)) => found,
            Ok(None) => return Ok(None),
            Err(error @ StoreError::Corrupt { .. }) => (0, None, Some(super::run::chain(&error))),
            Err(source) => return Err(ProjectorError::Store { view: V::NAME, source }),
        };
        let elsewhere = (reached != at)
            .then(|| format!("its checkpoint, seq {}, is no end of a batch of this log", at.seq));
        let difference = difference.or(elsewhere);
        Ok(Some(ViewCheck { view: V::NAME, seq: at.seq, rows, digest, difference }))
    }
}

type Compared = (u64, Option<[u8; 32]>, Option<String>);

/// Walks both tables in key order. Returns the rows of the kept one, their digest, and the first
/// difference; `None` when `go_on` broke it off.
fn compare(
    view: &str,
    kept: &Snapshot,
    fresh: &Snapshot,
    go_on: &mut dyn FnMut() -> bool,
) -> Result<Option<Compared>, StoreError> {
    let (mut kept, mut fresh) = (Rows::new(kept), Rows::new(fresh));
    let (mut rows, mut hasher, mut difference) = (0_usize, blake3::Hasher::new(), None);
    let (mut left, mut right) = (kept.next()?, fresh.next()?);
    while let Some((key, value)) = &left {
        super::projection::hash_row(&mut hasher, key, value);
        rows += 1;
        if rows.is_multiple_of(ROWS_AT_ONCE) && !go_on() {
            return Ok(None);
        }
        // Up to the first difference both walks stand at the same row.
        if difference.is_none() {
            difference = differs(view, (key, value), right.as_ref());
            right = fresh.next()?;
        }
        left = kept.next()?;
    }
    if let (None, Some((key, _value))) = (&difference, &right) {
        difference = Some(missing(view, key));
    }
    let digest = *hasher.finalize().as_bytes();
    Ok(Some((rows as u64, Some(digest), difference)))
}

fn differs(view: &str, (key, value): (&[u8], &[u8]), fresh: Option<&Row>) -> Option<String> {
    let extra = || {
        format!("differs first at {}: the row is in the view and not in the fold", words(view, key))
    };
    match fresh {
        None => Some(extra()),
        Some((other, _)) if key < other.as_slice() => Some(extra()),
        Some((other, _)) if key > other.as_slice() => Some(missing(view, other)),
        Some((_, expected)) if value != expected.as_slice() => {
            Some(format!("differs first at {}: the row is another", words(view, key)))
        }
        Some(_) => None,
    }
}

fn missing(view: &str, key: &[u8]) -> String {
    format!("differs first at {}: the row is missing from the view", words(view, key))
}

fn words(view: &str, key: &[u8]) -> String {
    row_words(view, key)
}

/// Rows of a view in key order, some read at a time.
struct Rows<'a> {
    snapshot: &'a Snapshot,
    /// Where to read on; `None` at the end.
    from: Option<Vec<u8>>,
    read: VecDeque<Row>,
}

impl<'a> Rows<'a> {
    fn new(snapshot: &'a Snapshot) -> Self {
        Self { snapshot, from: Some(Vec::new()), read: VecDeque::new() }
    }

    fn next(&mut self) -> Result<Option<Row>, StoreError> {
        // Where to read on is kept until all that was read is handed out.
        if self.read.is_empty()
            && let Some(from) = self.from.take()
        {
            let read = &mut self.read;
            self.snapshot.read(|reading| {
                reading.table(ROWS)?.scan(&from, None, |key, value| {
                    read.push_back((key.to_vec(), value.to_vec()));
                    Ok::<_, StoreError>(read.len() < ROWS_AT_ONCE)
                })
            })?;
            // The next key in order is this one with a zero byte behind it.
            let last = read.back().filter(|_| read.len() == ROWS_AT_ONCE);
            self.from = last.map(|(key, _value)| [key.as_slice(), &[0]].concat());
        }
        Ok(self.read.pop_front())
    }
}
