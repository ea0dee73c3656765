//! A sealer's thread beside an appender, as a monitor has them.

use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded};
use spacelog::clock::Stopwatch;
use spacelog::log::{Draft, Log, Reader, SEAL_BATCHES};
use spacelog::space::Answer;

use crate::common::Outcome;
use crate::common::feed::Feed;
use crate::pace::paced;

/// Hundreds of answers that are sealed as they come.
const HUNDREDS: usize = 16;

/// Answers after a swap that may still wait for it.
const WAITING: usize = 5;

/// The times of the answers that came while it was sealed, and those of the swaps.
type Times = (Vec<Duration>, Vec<Duration>);

/// A draft, and where to say whether it was swapped in.
type Swap = (Box<Draft>, Sender<bool>);

/// Appends while a long tail is sealed to its end.
pub fn backlog(log: &mut Log, feed: &mut Feed) -> Outcome<Times> {
    let states = States::default();
    beside(log, feed, &states, || !states.over.load(Ordering::Relaxed))
}

/// Appends to a short tail, which is sealed as often as a monitor does it. Answers that come
/// between one sealing and the next are not counted: most do.
pub fn steady(log: &mut Log, feed: &mut Feed) -> Outcome<Times> {
    let mut left = HUNDREDS + 1;
    let go_on = || {
        left -= 1;
        left > 0
    };
    beside(log, feed, &States::default(), go_on)
}

/// What the sealer is at.
#[derive(Default)]
struct States {
    /// Whether it packs, compares or waits for a swap.
    busy: AtomicBool,
    /// Whether it was once done with all that could be sealed.
    over: AtomicBool,
}

/// Appends while `go_on` says so, and nudges the sealer as an appender does.
fn beside(
    log: &mut Log,
    feed: &mut Feed,
    states: &States,
    go_on: impl FnMut() -> bool,
) -> Outcome<Times> {
    let (reader, (drafts, swaps), (nudge, nudges)) = (log.reader(), bounded(1), bounded(1));
    thread::scope(|scope| {
        let sealing = scope.spawn(|| {
            let (drafts, nudges) = (drafts, nudges);
            let sealed = nudges.iter().try_for_each(|()| {
                states.busy.store(true, Ordering::Relaxed);
                let sealed = seal(&reader, &drafts);
                states.busy.store(false, Ordering::Relaxed);
                states.over.store(true, Ordering::Relaxed);
                sealed
            });
            sealed.map_err(|error| error.to_string())
        });
        let (log, taken) = (RefCell::new(log), RefCell::new(Vec::new()));
        // What an earlier run left in the tail is looked at with the first new one.
        let unsealed = Cell::new(SEAL_BATCHES);
        let (waiting, beside) = (Cell::new(0_usize), RefCell::new(Vec::new()));
        let append = |feed: &Feed, answer: &Answer| {
            let is_busy = states.busy.load(Ordering::Relaxed) || waiting.get() > 0;
            waiting.set(waiting.get().saturating_sub(1));
            beside.borrow_mut().push(is_busy);
            feed.append(&mut log.borrow_mut(), answer)?;
            unsealed.set(unsealed.get() + 1);
            if unsealed.get() >= SEAL_BATCHES && nudge.try_send(()).is_ok() {
                unsealed.set(0);
            }
            Ok(())
        };
        let idle = || {
            if swap(&mut log.borrow_mut(), &swaps, &mut taken.borrow_mut())? {
                waiting.set(WAITING);
            }
            Ok(())
        };
        let times = paced(feed, append, idle, go_on);
        // The sealer ends, also if it waits for a swap that will not come.
        drop(nudge);
        drop(swaps);
        sealing.join().map_err(|_| "a thread broke down")??;
        let times = times?.into_iter().zip(beside.into_inner());
        Ok((
            times.filter_map(|(time, beside)| beside.then_some(time)).collect(),
            taken.into_inner(),
        ))
    })
}

/// Packs and compares, and has it swapped in, while there is enough to seal.
fn seal(reader: &Reader, drafts: &Sender<Swap>) -> Outcome<()> {
    while let Some(draft) = reader.draft(SEAL_BATCHES)? {
        let (reply, replied) = bounded(1);
        // An appender that is gone wants nothing swapped in.
        if drafts.send((Box::new(draft), reply)).is_err() {
            break;
        }
        match replied.recv() {
            Ok(true) => {}
            Ok(false) => return Err("a segment was not swapped in".into()),
            Err(_gone) => break,
        }
    }
    Ok(())
}

/// Swaps in what is ready, as the appender does between two answers; returns whether anything was.
fn swap(log: &mut Log, swaps: &Receiver<Swap>, taken: &mut Vec<Duration>) -> Outcome<bool> {
    let Ok((draft, reply)) = swaps.try_recv() else { return Ok(false) };
    let watch = Stopwatch::start();
    let swapped = log.swap(&draft)?;
    taken.push(watch.elapsed());
    reply.send(swapped)?;
    Ok(true)
}
