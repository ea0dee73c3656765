//! What several disks were told, in one order: from it the state of all of them at any moment of
//! a power failure is made again, each with its own part of what it had not synced.

use std::sync::{Arc, Mutex};

use super::{Change, Dice, FaultyDisk, Kept, apply, left};

/// One thing that a disk, or the folder that names the disks' files, was told.
#[derive(Clone, Debug)]
enum Entry {
    Changed(usize, Change),
    Synced(usize),
    /// The file of a name is another disk from now on; until the folder is synced, or not.
    Renamed {
        name: usize,
        disk: usize,
    },
    FolderSynced,
}

/// What the disks that write it were told, in order. Its clones are the same one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Journal(Arc<Mutex<Written>>);

#[derive(Debug, Default)]
struct Written {
    /// What was on each disk when it began to write here.
    begun: Vec<Vec<u8>>,
    entries: Vec<Entry>,
}

impl Journal {
    /// Lets a disk write here from now on, and returns its number.
    pub(crate) fn attach(&self, disk: &FaultyDisk) -> usize {
        let mut written = self.0.lock().unwrap();
        written.begun.push(disk.state().bytes.clone());
        let number = written.begun.len() - 1;
        disk.state().journal = Some((self.clone(), number));
        number
    }

    /// Returns how many things were told so far: the moment of now.
    pub(crate) fn moment(&self) -> usize {
        self.0.lock().unwrap().entries.len()
    }

    /// Gives a name's file the place of another, as `rename` does, and syncs the folder.
    pub(crate) fn rename(&self, name: usize, disk: usize) {
        self.put(Entry::Renamed { name, disk });
        self.put(Entry::FolderSynced);
    }

    pub(super) fn changed(&self, disk: usize, change: Change) {
        self.put(Entry::Changed(disk, change));
    }

    pub(super) fn synced(&self, disk: usize) {
        self.put(Entry::Synced(disk));
    }

    fn put(&self, entry: Entry) {
        self.0.lock().unwrap().entries.push(entry);
    }

    /// Plays it from the beginning; `names` says which disk each name is then.
    pub(crate) fn replay(&self, names: &[usize]) -> Replay {
        let written = self.0.lock().unwrap();
        let platters = written.begun.iter().map(|bytes| Platter::of(bytes.clone())).collect();
        let entries = written.entries.clone();
        let (names, lies) = (names.to_vec(), Vec::new());
        Replay { platters, entries, next: 0, names, renamed: None, lies, syncs: 0 }
    }
}

#[derive(Debug)]
struct Platter {
    durable: Vec<u8>,
    pending: Vec<Change>,
}

impl Platter {
    fn of(durable: Vec<u8>) -> Self {
        Self { durable, pending: Vec::new() }
    }
}

/// The disks of a journal at one moment after the other.
#[derive(Debug)]
pub(crate) struct Replay {
    platters: Vec<Platter>,
    entries: Vec<Entry>,
    next: usize,
    names: Vec<usize>,
    /// A name, and the disk that it may be already.
    renamed: Option<(usize, usize)>,
    /// Disks that only say that they synced, each every so many times.
    lies: Vec<(usize, u64)>,
    syncs: u64,
}

impl Replay {
    /// Lets a disk keep, of every so many syncs of it, one for itself.
    pub(crate) fn lie(mut self, disk: usize, every: u64) -> Self {
        self.lies.push((disk, every));
        self
    }

    /// Returns how many things were told up to now.
    pub(crate) fn moment(&self) -> usize {
        self.next
    }

    /// Goes on by one thing that was told; false at the end.
    pub(crate) fn step(&mut self) -> bool {
        let Some(entry) = self.entries.get(self.next).cloned() else { return false };
        self.next += 1;
        match entry {
            Entry::Changed(disk, change) => self.platters[disk].pending.push(change),
            Entry::Synced(disk) => {
                self.syncs += 1;
                let lies = |(liar, every): &(usize, u64)| {
                    *liar == disk && self.syncs.is_multiple_of(*every)
                };
                if !self.lies.iter().any(lies) {
                    let Platter { durable, pending } = &mut self.platters[disk];
                    pending.drain(..).for_each(|change| apply(durable, &change));
                }
            }
            Entry::Renamed { name, disk } => self.renamed = Some((name, disk)),
            Entry::FolderSynced => {
                if let Some((name, disk)) = self.renamed.take() {
                    self.names[name] = disk;
                }
            }
        }
        true
    }

    /// Returns the files of all names as a crash now may leave them; the dice decide.
    pub(crate) fn image(&self, kept: &[Kept], dice: &mut Dice) -> Vec<FaultyDisk> {
        let mut names = self.names.clone();
        if let Some((name, disk)) = self.renamed.filter(|_| dice.below(2) == 0) {
            names[name] = disk;
        }
        let kinds = kept.len() as u64;
        let image = names.into_iter().map(|disk| {
            let kept = kept[usize::try_from(dice.below(kinds)).unwrap()];
            let Platter { durable, pending } = &self.platters[disk];
            FaultyDisk::holding(left(durable, pending, kept, dice))
        });
        image.collect()
    }
}
