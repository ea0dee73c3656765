//! A disk in memory that fails, lies and crashes as it is told: what tests put under a store.
//!
//! It keeps every change since the last sync apart, so that after a crash any part of them may be
//! found on it, as on a real disk: none, all, some, or one torn at a sector.

mod journal;

use std::collections::BTreeSet;
use std::io::{Error, ErrorKind};
use std::sync::{Arc, Mutex, MutexGuard};

use redb::StorageBackend;

pub(crate) use journal::Journal;

/// What a file grows by: room is given out in these.
pub(crate) const PAGE: usize = 4096;

/// What a disk writes at once: a torn write ends between two of these.
const SECTOR: usize = 512;

/// What the disk does wrong, and when. Operations that change it are counted from 1.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Fault {
    /// Nothing.
    #[default]
    None,
    /// This operation fails, and no other.
    Once(u64),
    /// This operation and all after it fail.
    From(u64),
    /// This operation and all after it fail, and a write among them is cut short before it does.
    ShortFrom(u64),
    /// This read fails, and no other.
    Read(u64),
    /// Of every so many syncs one is only said to have been done.
    DropsSync(u64),
    /// There is room for so many pages: writes beyond fail, as far as they would need more.
    Full(usize),
}

/// What is left of the changes that no sync covered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    /// None of them.
    None,
    /// All.
    All,
    /// Each or not, as the dice say.
    Some,
    /// Some, and the last one of them only up to a sector.
    Torn,
}

#[derive(Clone, Debug)]
enum Change {
    Write(usize, Vec<u8>),
    Length(usize),
}

#[derive(Debug, Default)]
struct State {
    /// What reads show.
    bytes: Vec<u8>,
    /// What the last sync covered.
    durable: Vec<u8>,
    pending: Vec<Change>,
    /// Pages that were written, and take room.
    pages: BTreeSet<usize>,
    operations: u64,
    reads: u64,
    syncs: u64,
    fault: Fault,
    /// Where everything that changes it is written down, and as which disk.
    journal: Option<(Journal, usize)>,
}

/// The disk; its clones are the same one.
#[derive(Clone, Debug, Default)]
pub(crate) struct FaultyDisk(Arc<Mutex<State>>);

impl FaultyDisk {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// Lets it go wrong from now on; operations are counted anew.
    pub(crate) fn break_it(&self, fault: Fault) {
        let mut state = self.state();
        (state.operations, state.reads, state.syncs, state.fault) = (0, 0, 0, fault);
    }

    /// Returns a disk with these bytes on it.
    pub(crate) fn holding(bytes: Vec<u8>) -> Self {
        let pages = (0..bytes.len().div_ceil(PAGE)).collect();
        let state = State { durable: bytes.clone(), bytes, pages, ..State::default() };
        Self(Arc::new(Mutex::new(state)))
    }

    /// Returns what is on it.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.state().bytes.clone()
    }

    /// Returns how many pages take room.
    pub(crate) fn pages(&self) -> usize {
        self.state().pages.len()
    }

    /// Returns how often it was read since it was told how to go wrong.
    pub(crate) fn reads(&self) -> u64 {
        self.state().reads
    }

    /// Returns how many operations have changed it since it was told how to go wrong.
    pub(crate) fn operations(&self) -> u64 {
        self.state().operations
    }

    /// Returns the disk as it may be found after a crash now; `dice` decides what is left to it.
    pub(crate) fn crash(&self, kept: Kept, dice: &mut Dice) -> Self {
        let state = self.state();
        Self::holding(left(&state.durable, &state.pending, kept, dice))
    }

    /// Flips one bit of what is on it.
    pub(crate) fn flip(&self, at: usize, bit: u32) {
        self.wound(|bytes| bytes[at] ^= 1 << bit);
    }

    /// Changes what is on it behind everybody's back.
    pub(crate) fn wound(&self, change: impl FnOnce(&mut Vec<u8>)) {
        let mut state = self.state();
        change(&mut state.bytes);
        state.durable = state.bytes.clone();
    }

    /// Returns how many bytes it holds.
    pub(crate) fn size(&self) -> usize {
        self.state().bytes.len()
    }

    fn change(&self, change: Change) -> Result<(), Error> {
        let mut state = self.state();
        let allowed = state.operate();
        let short = matches!(state.fault, Fault::ShortFrom(_));
        let change = match (allowed, change) {
            (Ok(()), change) => change,
            (Err(_), Change::Write(at, data)) if short => {
                state.settle(Change::Write(at, data[..data.len() / 2].to_vec()));
                return Err(ErrorKind::WriteZero.into());
            }
            (Err(error), _) => return Err(error),
        };
        let taken = state.room(&change);
        if let Fault::Full(room) = state.fault
            && state.pages.union(&taken).count() > room
        {
            return Err(ErrorKind::StorageFull.into());
        }
        state.pages.extend(taken);
        state.settle(change);
        Ok(())
    }
}

impl State {
    fn operate(&mut self) -> Result<(), Error> {
        self.operations += 1;
        let fails = match self.fault {
            Fault::Once(at) => self.operations == at,
            Fault::From(at) | Fault::ShortFrom(at) => self.operations >= at,
            Fault::None | Fault::Read(_) | Fault::DropsSync(_) | Fault::Full(_) => false,
        };
        // What a disk says may be that it is full, or that it cannot.
        let full = self.operations.is_multiple_of(2);
        let error = if full { Error::from(ErrorKind::StorageFull) } else { Error::other("EIO") };
        if fails { Err(error) } else { Ok(()) }
    }

    /// Returns the pages that a change needs.
    #[allow(clippy::unused_self, reason = "a disk with a limit has room of its own")]
    fn room(&self, change: &Change) -> BTreeSet<usize> {
        match change {
            // A longer file takes no room before it is written.
            Change::Length(_) => BTreeSet::new(),
            Change::Write(at, data) => (at / PAGE..(at + data.len()).div_ceil(PAGE)).collect(),
        }
    }

    fn settle(&mut self, change: Change) {
        if let Change::Length(length) = change {
            drop(self.pages.split_off(&length.div_ceil(PAGE)));
        }
        apply(&mut self.bytes, &change);
        if let Some((journal, disk)) = &self.journal {
            journal.changed(*disk, change.clone());
        }
        self.pending.push(change);
    }
}

/// Returns what is found of a disk after a crash.
fn left(durable: &[u8], pending: &[Change], kept: Kept, dice: &mut Dice) -> Vec<u8> {
    let mut bytes = durable.to_vec();
    let chosen: Vec<&Change> = pending
        .iter()
        .filter(|_| match kept {
            Kept::None => false,
            Kept::All => true,
            Kept::Some | Kept::Torn => dice.below(2) == 0,
        })
        .collect();
    let last = chosen.len().saturating_sub(1);
    for (number, change) in chosen.into_iter().enumerate() {
        match change {
            Change::Write(at, data) if kept == Kept::Torn && number == last => {
                let sectors = data.len().div_ceil(SECTOR);
                let whole = dice.below(sectors.max(1) as u64);
                let end = (usize::try_from(whole).unwrap() * SECTOR).min(data.len());
                apply(&mut bytes, &Change::Write(*at, data[..end].to_vec()));
            }
            change => apply(&mut bytes, change),
        }
    }
    bytes
}

fn apply(bytes: &mut Vec<u8>, change: &Change) {
    match change {
        Change::Length(length) => bytes.resize(*length, 0),
        Change::Write(at, data) => {
            let end = at + data.len();
            if bytes.len() < end {
                bytes.resize(end, 0);
            }
            bytes[*at..end].copy_from_slice(data);
        }
    }
}

fn size(number: u64) -> Result<usize, Error> {
    usize::try_from(number).map_err(Error::other)
}

impl StorageBackend for FaultyDisk {
    fn len(&self) -> Result<u64, Error> {
        Ok(self.state().bytes.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), Error> {
        let (mut state, at) = (self.state(), size(offset)?);
        state.reads += 1;
        if matches!(state.fault, Fault::Read(number) if state.reads == number) {
            return Err(Error::other("EIO"));
        }
        let found = state.bytes.get(at..at + out.len());
        out.copy_from_slice(found.ok_or(Error::from(ErrorKind::UnexpectedEof))?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> Result<(), Error> {
        self.change(Change::Length(size(len)?))
    }

    fn sync_data(&self) -> Result<(), Error> {
        let mut state = self.state();
        state.operate()?;
        state.syncs += 1;
        if let Fault::DropsSync(every) = state.fault
            && state.syncs.is_multiple_of(every)
        {
            return Ok(());
        }
        if let Some((journal, disk)) = &state.journal {
            journal.synced(*disk);
        }
        let State { durable, pending, .. } = &mut *state;
        pending.drain(..).for_each(|change| apply(durable, &change));
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<(), Error> {
        self.change(Change::Write(size(offset)?, data.to_vec()))
    }
}

/// Numbers that look random, the same for the same seed.
#[derive(Debug)]
pub(crate) struct Dice(pub u64);

impl Dice {
    /// Returns a number below `end`, which is not 0.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }
}
