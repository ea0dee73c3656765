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

/// The times of the answers, and those of the swaps.
type Times = (Vec<Duration>, Vec<Duration>);

/// A draft, and where to say whether it was swapped in.
type Swap = (Box<Draft>, Sender<bool>);

/// Appends while a long tail is sealed to its end.
pub fn backlog(log: &mut Log, feed: &mut Feed) -> Outcome<Times> {
    let over = AtomicBool::new(false);
    beside(log, feed, &over, || !over.load(Ordering::Relaxed))
}

/// Appends to a short tail, which is sealed as often as a monitor does it.
pub fn steady(log: &mut Log, feed: &mut Feed) -> Outcome<Times> {
    let mut left = HUNDREDS + 1;
    let go_on = || {
        left -= 1;
        left > 0
    };
    beside(log, feed, &AtomicBool::new(false), go_on)
}

/// Appends while `go_on` says so, and nudges the sealer as an appender does. `over` is set when
/// nothing is left to be sealed.
fn beside(
    log: &mut Log,
    feed: &mut Feed,
    over: &AtomicBool,
    go_on: impl FnMut() -> bool,
) -> Outcome<Times> {
    let (reader, (drafts, swaps), (nudge, nudges)) = (log.reader(), bounded(1), bounded(1));
    thread::scope(|scope| {
        let sealing = scope.spawn(|| {
            let (drafts, nudges) = (drafts, nudges);
            let sealed = nudges.iter().try_for_each(|()| {
                let sealed = seal(&reader, &drafts);
                over.store(true, Ordering::Relaxed);
                sealed
            });
            sealed.map_err(|error| error.to_string())
        });
        let (log, taken) = (RefCell::new(log), RefCell::new(Vec::new()));
        // What an earlier run left in the tail is looked at with the first new one.
        let unsealed = Cell::new(SEAL_BATCHES);
        let append = |feed: &Feed, answer: &Answer| {
            feed.append(&mut log.borrow_mut(), answer)?;
            unsealed.set(unsealed.get() + 1);
            if unsealed.get() >= SEAL_BATCHES && nudge.try_send(()).is_ok() {
                unsealed.set(0);
            }
            Ok(())
        };
        let idle = || swap(&mut log.borrow_mut(), &swaps, &mut taken.borrow_mut());
        let times = paced(feed, append, idle, go_on);
        // The sealer ends, also if it waits for a swap that will not come.
        drop(nudge);
        drop(swaps);
        sealing.join().map_err(|_| "a thread broke down")??;
        Ok((times?, taken.into_inner()))
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

/// Swaps in what is ready, as the appender does between two answers.
fn swap(log: &mut Log, swaps: &Receiver<Swap>, taken: &mut Vec<Duration>) -> Outcome<()> {
    if let Ok((draft, reply)) = swaps.try_recv() {
        let watch = Stopwatch::start();
        let swapped = log.swap(&draft)?;
        taken.push(watch.elapsed());
        reply.send(swapped)?;
    }
    Ok(())
}
