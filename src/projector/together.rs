//! Several views folded side by side, by as many threads as lend a hand.
//!
//! A thread takes whatever is to be done next: the segment that comes next, which is unpacked once
//! for all views, or a step of a view: of its own, or where those are ahead, of the one that is
//! furthest behind. So no thread waits while there is work that another has not taken, and the
//! views stay close together.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::event::codec::segment::Wanted;
use crate::log::Reader;

use super::{Progress, ProjectorError};

/// Segments that are unpacked ahead of the view that is furthest behind.
const AHEAD: usize = 3;

/// A view in the making, whatever it holds.
pub(super) trait Making: Send {
    fn name(&self) -> &'static str;
    fn seq(&self) -> u64;
    fn wanted(&self) -> Wanted;
    /// Folds one step of the log in; false at its end.
    fn step(&mut self, reader: &Reader) -> Result<bool, ProjectorError>;
    /// Writes all of it durably.
    fn built(&mut self) -> Result<(), ProjectorError>;
    /// Takes the place of the present one.
    fn finish(self: Box<Self>, reader: &Reader) -> Result<(), ProjectorError>;
}

/// Views in the making.
pub(super) struct Together {
    reader: Reader,
    wanted: Wanted,
    head: u64,
    state: Mutex<State>,
    turn: Condvar,
    /// Threads that have lent a hand.
    hands: AtomicUsize,
}

struct State {
    places: Vec<Place>,
    /// The seq from which on nothing is unpacked yet; `None` where no segment follows.
    next: Option<u64>,
    /// Whether somebody is at it.
    unpacking: bool,
    /// The last seqs of segments that are unpacked, and that some view has not passed.
    ready: VecDeque<u64>,
    failure: Option<ProjectorError>,
    /// Whether a thread went down with the view it had.
    lost: bool,
}

/// Where a view is.
struct Place {
    name: &'static str,
    seq: u64,
    /// Whether all of the log is folded in.
    is_done: bool,
    /// Whether it took the place of the present one.
    stands: bool,
    /// `None` while somebody is at it, and when it stands.
    making: Option<Box<dyn Making>>,
    /// Whose it was last: what a thread allocated it frees at the least cost.
    hand: Option<usize>,
}

enum Task {
    /// The segment from this seq on.
    Unpack(u64),
    /// A step of the view at this place.
    Step(usize, Box<dyn Making>),
    /// Putting it where it belongs: none before all are done.
    Finish(usize, Box<dyn Making>),
}

impl Together {
    pub fn new(making: Vec<Box<dyn Making>>, reader: &Reader, head: u64) -> Self {
        let wanted = making.iter().map(|view| view.wanted()).max().unwrap_or(Wanted::Others);
        let place = |making: Box<dyn Making>| Place {
            name: making.name(),
            seq: making.seq(),
            is_done: false,
            stands: false,
            making: Some(making),
            hand: None,
        };
        let places: Vec<Place> = making.into_iter().map(place).collect();
        let state = State {
            next: places.iter().map(|place| place.seq + 1).min(),
            places,
            unpacking: false,
            ready: VecDeque::new(),
            failure: None,
            lost: false,
        };
        let (state, turn) = (Mutex::new(state), Condvar::new());
        let (reader, hands) = (reader.sharing(AHEAD + 1), AtomicUsize::new(0));
        Self { reader, wanted, head, state, turn, hands }
    }

    /// Works until all new views stand, or something failed. None stands before all are folded.
    /// `progress` is told of the view that is furthest behind, and says whether to go on.
    pub fn work(&self, progress: &mut Progress) {
        let hand = self.hands.fetch_add(1, Ordering::Relaxed);
        while let Some(task) = self.task(hand) {
            let watch = Watch(self);
            let done = match task {
                Task::Unpack(seq) => self.unpack(seq),
                Task::Step(place, making) => self.step(place, making, progress),
                Task::Finish(place, making) => self.finish(place, making),
            };
            // It came through: there is nothing to tell.
            std::mem::forget(watch);
            if let Err(error) = done {
                self.state().failure.get_or_insert(error);
            }
            self.turn.notify_all();
        }
    }

    /// Returns whether all new views stand, or the first failure.
    pub fn outcome(&self) -> Result<(), ProjectorError> {
        let mut state = self.state();
        if let Some(failure) = state.failure.take() {
            return Err(failure);
        }
        match state.places.iter().find(|place| !place.stands) {
            Some(Place { name: view, .. }) => {
                Err(ProjectorError::Faulted { view, reason: "the rebuild broke down".to_owned() })
            }
            None => Ok(()),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns what is to be done next; waits while all of it hangs on what others are at.
    fn task(&self, hand: usize) -> Option<Task> {
        let mut state = self.state();
        loop {
            if state.is_over() {
                return None;
            }
            if let Some(task) = state.task(hand) {
                return Some(task);
            }
            state = self.turn.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Unpacks the segment from this seq on: the shared reader keeps it for the steps.
    fn unpack(&self, seq: u64) -> Result<(), ProjectorError> {
        let found = self.reader.content(seq, u64::MAX, self.wanted);
        let mut state = self.state();
        state.unpacking = false;
        let view = state.places[0].name;
        let found = found.map_err(|source| ProjectorError::Log { view, source })?;
        state.next = found.as_ref().map(|content| content.row.last_seq + 1);
        state.ready.extend(found.map(|content| content.row.last_seq));
        Ok(())
    }

    fn step(
        &self,
        place: usize,
        mut making: Box<dyn Making>,
        progress: &mut Progress,
    ) -> Result<(), ProjectorError> {
        let more = making.step(&self.reader)?;
        if !more {
            making.built()?;
        }
        let (view, seq) = {
            let mut state = self.state();
            let slot = &mut state.places[place];
            (slot.seq, slot.is_done, slot.making) = (making.seq(), !more, Some(making));
            let last = state.places.iter().min_by_key(|place| place.seq);
            last.map_or(("", 0), |last| (last.name, last.seq))
        };
        if progress(view, seq, self.head.max(seq)) {
            return Ok(());
        }
        let reason = "the rebuild was broken off".to_owned();
        Err(ProjectorError::Faulted { view, reason })
    }

    fn finish(&self, place: usize, making: Box<dyn Making>) -> Result<(), ProjectorError> {
        making.finish(&self.reader)?;
        self.state().places[place].stands = true;
        Ok(())
    }
}

impl State {
    fn is_over(&self) -> bool {
        self.failure.is_some() || self.lost || self.places.iter().all(|place| place.stands)
    }

    fn task(&mut self, hand: usize) -> Option<Task> {
        if self.places.iter().all(|place| place.is_done) {
            let mut left = self.places.iter_mut().enumerate();
            return left.find_map(|(at, place)| Some(Task::Finish(at, place.making.take()?)));
        }
        let waiting = self.places.iter().filter(|place| !place.is_done);
        let behind = waiting.map(|place| place.seq).min().unwrap_or(u64::MAX);
        self.ready.retain(|last| *last > behind);
        if let Some(seq) = self.next.filter(|_| !self.unpacking && self.ready.len() < AHEAD) {
            self.unpacking = true;
            return Some(Task::Unpack(seq));
        }
        // Where no segment follows, the rest is the tail.
        let unpacked = self.next.map_or(u64::MAX, |next| next - 1);
        let idle =
            self.places.iter_mut().enumerate().filter(|(_, place)| {
                !place.is_done && place.making.is_some() && place.seq < unpacked
            });
        let other = |of: Option<usize>| of.is_some_and(|of| of != hand);
        let (number, place) = idle.min_by_key(|(_, place)| (other(place.hand), place.seq))?;
        place.hand = Some(hand);
        Some(Task::Step(number, place.making.take()?))
    }
}

/// Sees to it that nobody waits for a thread that broke down.
struct Watch<'a>(&'a Together);

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        self.0.state().lost = true;
        self.0.turn.notify_all();
    }
}

#[cfg(test)]
mod tests;
