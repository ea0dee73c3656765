//! Appending while all views are folded anew.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use spacelog::clock::{Stopwatch, pause};
use spacelog::log::Log;
use spacelog::projector::Views;

use crate::common::feed::Feed;
use crate::common::figures::{alone, part, real, row};
use crate::common::{Outcome, SPACES};

/// From one answer to the next: hundreds of times as often as a monitor gets one.
const EVERY: Duration = Duration::from_millis(5);

/// Answers appended with nothing beside.
const USUAL: usize = 1_000;

/// Rebuilds that the others are appended beside.
const REBUILDS: usize = 5;

/// Prints how long it takes from an answer to its durable batch.
pub fn print(log: &mut Log, views: &Views) -> Outcome<()> {
    let mut feed = Feed::after(log, SPACES);
    let over = AtomicBool::new(false);
    let usual = append(log, &mut feed, |done| done < USUAL)?;
    let reader = log.reader();
    let during = thread::scope(|scope| {
        let rebuilding = scope.spawn(|| {
            let done = (0..REBUILDS).try_for_each(|_| crate::all(views, &reader));
            over.store(true, Ordering::Relaxed);
            done.map_err(|error| error.to_string())
        });
        let during = append(log, &mut feed, |_| !over.load(Ordering::Relaxed));
        rebuilding.join().map_err(|_| "a thread broke down")??;
        during
    })?;
    alone("polls appended beside rebuilds", real(during.len() as u64));
    for (percent, name) in [(50, "p50"), (99, "p99 (at most 50)"), (100, "the slowest")] {
        let milli = |times: &[Duration]| part(times, percent) * 1e3;
        let what = format!("ms from answer to durable while rebuilding, {name}");
        row(&what, milli(&during), "usual", milli(&usual));
    }
    Ok(())
}

/// Appends answers at an even pace; returns for each the time from the answer to the durable batch.
fn append(log: &mut Log, feed: &mut Feed, go_on: impl Fn(usize) -> bool) -> Outcome<Vec<Duration>> {
    let (mut times, mut due) = (Vec::new(), Duration::ZERO);
    let watch = Stopwatch::start();
    while go_on(times.len()) {
        let answer = feed.answer();
        // Making an answer may take longer than the pace; that is no delay of the log's.
        due = (due + EVERY).max(watch.elapsed());
        pause(due.saturating_sub(watch.elapsed()));
        let since = Stopwatch::start();
        feed.append(log, &answer)?;
        times.push(since.elapsed());
    }
    Ok(times)
}
