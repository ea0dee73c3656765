//! What happens to a folder, on disks that write all of it down: polls, imports, notices, sealing,
//! flushes, rebuilds, restarts; and what was acknowledged when.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::super::generated;
use super::folding::{Folding, VIEWS};
use crate::event::{Batch, Event, Known, NewBatch, Notice, NoticeKind, SpaceKnown, Wanted};
use crate::log::entropy::Entropy;
use crate::log::{Appended, Log, LogError, NewLog, NoticeKey};
use crate::space::{Moment, SpaceId};
use crate::store::faults::{Dice, FaultyDisk, Journal};

/// Things that happen in one story.
const TURNS: u64 = 46;

/// Rows and a hash over them.
pub(super) type Digest = (u64, [u8; 32]);

/// Something that held from a moment on.
#[derive(Clone, Copy, Debug)]
enum Fact {
    /// So many batches were handed to the log.
    Begun(usize),
    /// So many were acknowledged.
    Appended(usize),
    /// A view was flushed, to this seq.
    Flushed(usize, u64),
    /// A notice was handed over to be erased.
    Printing(NoticeKey),
    /// It was.
    Printed(NoticeKey),
}

/// What was promised at one moment.
#[derive(Debug, Default)]
pub(super) struct Promised {
    pub begun: usize,
    pub appended: usize,
    pub flushed: [u64; VIEWS.len()],
    pub printing: BTreeSet<NoticeKey>,
    pub printed: BTreeSet<NoticeKey>,
}

/// A story, told to its end.
pub(super) struct Story {
    pub journal: Journal,
    /// Every batch, as it is handed to the log and as the log then holds it.
    pub polls: Vec<NewBatch>,
    pub batches: Vec<Arc<Batch>>,
    /// What each view holds at the end of each batch, by its last seq.
    pub digests: Vec<BTreeMap<u64, Digest>>,
    facts: Vec<(usize, Fact)>,
}

pub(super) fn open_log(disk: &FaultyDisk) -> Result<Log, LogError> {
    let disk = disk.clone();
    let new = NewLog { created_at: Moment(0), simulated: None };
    Log::on_reopenable(move || disk.clone(), &new, Entropy::Seeded { seed: 1, drawn: 0 })
}

/// When poll `number` is recorded.
pub(super) fn recorded(number: usize) -> Moment {
    Moment(20_000_000 + 20_000 * i64::try_from(number).unwrap())
}

/// The next poll: a generated one, with what deciding would add to it.
fn poll(dice: &mut Dice, seed: u64, number: usize) -> NewBatch {
    let mut poll = generated::batch(dice, seed, number as u64);
    for event in &poll.events {
        let Event::SpaceObserved(it) = event else { continue };
        let first_seen = Some(recorded(number));
        let known = SpaceKnown { state: it.state.clone(), first_seen, ..SpaceKnown::default() };
        poll.known.spaces.insert(it.space, known);
        if dice.below(6) == 0 {
            poll.notices.push(notice(it.space, it.participants));
        }
    }
    poll
}

fn notice(space: SpaceId, participants: Option<u64>) -> Notice {
    Notice {
        kind: NoticeKind::Live,
        space,
        title: Some("a title".to_owned()),
        host: None,
        followers: None,
        participants,
        starts: None,
        ran: (None, None),
        inferred: false,
    }
}

/// The folder while the story is told.
struct Folder {
    dice: Dice,
    seed: u64,
    /// The disk of the log, and of each view.
    disks: Vec<FaultyDisk>,
    log: Option<Log>,
    views: Vec<Box<dyn Folding>>,
    story: Story,
}

impl Story {
    /// Tells the story of this seed, from a log of two polls on.
    pub(super) fn tell(seed: u64) -> Self {
        let disks: Vec<FaultyDisk> = (0..=VIEWS.len()).map(|_| FaultyDisk::default()).collect();
        let (polls, batches, facts) = (Vec::new(), Vec::new(), Vec::new());
        let journal = Journal::default();
        let story = Self { journal, polls, batches, digests: Vec::new(), facts };
        let (log, views) = (None, Vec::new());
        let mut folder = Folder { dice: Dice(seed), seed, disks, log, views, story };
        folder.open();
        folder.append();
        folder.append();
        folder.close();
        for disk in &folder.disks {
            folder.story.journal.attach(disk);
        }
        folder.open();
        for _turn in 0..TURNS {
            folder.turn();
        }
        // As they are read: without texts that no event refers to.
        let found = folder.log.as_ref().unwrap().reader().batches(1, usize::MAX).unwrap();
        folder.story.batches = found.into_iter().map(Arc::new).collect();
        folder.story.fold();
        folder.story
    }

    /// Returns the disk of each name at the beginning: a folder's files as they are named.
    pub(super) fn names() -> Vec<usize> {
        (0..=VIEWS.len()).collect()
    }

    fn note(&mut self, fact: Fact) {
        self.facts.push((self.journal.moment(), fact));
    }

    /// Returns what was promised when so many things had been told to the disks.
    pub(super) fn promised(&self, moment: usize) -> Promised {
        let mut promised = Promised::default();
        for (_, fact) in self.facts.iter().take_while(|(since, _)| *since <= moment) {
            match *fact {
                Fact::Begun(count) => promised.begun = count,
                Fact::Appended(count) => promised.appended = count,
                Fact::Flushed(view, seq) => promised.flushed[view] = seq,
                Fact::Printing(key) => drop(promised.printing.insert(key)),
                Fact::Printed(key) => drop(promised.printed.insert(key)),
            }
        }
        promised
    }

    /// Returns what is known after so many batches, and the notices told with them.
    pub(super) fn known(&self, batches: usize) -> (Known, BTreeMap<NoticeKey, Notice>) {
        let (mut known, mut notices) = (Known::default(), BTreeMap::new());
        for (poll, batch) in self.polls.iter().zip(&self.batches).take(batches) {
            known.spaces.extend(poll.known.spaces.clone());
            for (number, notice) in (0..).zip(&poll.notices) {
                notices.insert((batch.first_seq, number), notice.clone());
            }
        }
        (known, notices)
    }

    pub(super) fn wanted() -> Wanted {
        let spaces = (0..generated::SPACES).map(generated::space).collect();
        Wanted { spaces, ..Wanted::default() }
    }

    /// Folds the batches anew into every view, and takes down what it holds after each.
    fn fold(&mut self) {
        let log = super::super::in_memory();
        for (view, _) in VIEWS.iter().enumerate() {
            let mut folding = VIEWS[view](&FaultyDisk::default(), &log.reader()).unwrap();
            let mut digests = BTreeMap::from([(0, folding.digest().unwrap())]);
            for batch in &self.batches {
                assert!(folding.take(batch).unwrap());
                digests.insert(batch.last_seq(), folding.digest().unwrap());
            }
            self.digests.push(digests);
        }
    }
}

impl Folder {
    fn open(&mut self) {
        let log = open_log(&self.disks[0]).unwrap();
        let opened = VIEWS.iter().zip(&self.disks[1..]);
        self.views = opened.map(|(open, disk)| open(disk, &log.reader()).unwrap()).collect();
        self.log = Some(log);
    }

    fn close(&mut self) {
        for (number, mut view) in self.views.drain(..).enumerate() {
            view.flush().unwrap();
            let flushed = Fact::Flushed(number, view.at().seq);
            self.story.note(flushed);
            view.close().unwrap();
        }
        self.log.take().unwrap().close().unwrap();
    }

    fn turn(&mut self) {
        match self.dice.below(24) {
            0..12 => self.append(),
            12..18 => self.flush(),
            18 | 19 => drop(self.log.as_mut().unwrap().seal(1).unwrap()),
            20 | 21 => self.print(),
            22 => self.rebuild(),
            _ => {
                self.close();
                self.open();
                let log = self.log.as_ref().unwrap().reader();
                self.views.iter_mut().for_each(|view| view.catch_up(&log).unwrap());
            }
        }
    }

    fn append(&mut self) {
        let number = self.story.polls.len();
        let poll = poll(&mut self.dice, self.seed, number);
        self.story.polls.push(poll);
        self.story.note(Fact::Begun(number + 1));
        let log = self.log.as_mut().unwrap();
        let appended = log.append(&self.story.polls[number], recorded(number)).unwrap();
        self.story.note(Fact::Appended(number + 1));
        let Appended::Stored(batch) = appended else { panic!("no two polls are the same") };
        for view in &mut self.views {
            assert!(view.take(&batch).unwrap());
        }
        self.story.batches.push(batch);
    }

    fn flush(&mut self) {
        let number = usize::try_from(self.dice.below(VIEWS.len() as u64)).unwrap();
        self.views[number].flush().unwrap();
        self.story.note(Fact::Flushed(number, self.views[number].at().seq));
    }

    fn print(&mut self) {
        let log = self.log.as_mut().unwrap();
        let Some((key, _)) = log.reader().outbox().unwrap().into_iter().next() else { return };
        self.story.note(Fact::Printing(key));
        log.printed(key).unwrap();
        self.story.note(Fact::Printed(key));
    }

    /// Folds a view anew on another disk, which takes its name when it is whole.
    fn rebuild(&mut self) {
        let number = usize::try_from(self.dice.below(VIEWS.len() as u64)).unwrap();
        let (disk, reader) = (FaultyDisk::default(), self.log.as_ref().unwrap().reader());
        let written = self.story.journal.attach(&disk);
        let mut view = VIEWS[number](&disk, &reader).unwrap();
        view.catch_up(&reader).unwrap();
        view.flush().unwrap();
        self.story.journal.rename(number + 1, written);
        (self.views[number], self.disks[number + 1]) = (view, disk);
        self.story.note(Fact::Flushed(number, self.views[number].at().seq));
    }
}
