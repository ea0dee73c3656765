//! Appending while something else goes on with the log.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use spacelog::clock::{Stopwatch, pause};
use spacelog::log::Log;

use super::feed::Feed;
use super::figures::{alone, part, real, row};
use super::{Outcome, SPACES};

/// From one answer to the next: hundreds of times as often as a monitor gets one.
const EVERY: Duration = Duration::from_millis(5);

/// Answers appended with nothing beside.
const USUAL: usize = 1_000;

/// Appends beside `work`, and prints how long it takes from an answer to its durable batch, then
/// and with nothing beside; `limit` words what the 99th percentile may be.
pub fn print(
    log: &mut Log,
    doing: &str,
    limit: &str,
    work: impl FnOnce() -> Outcome<()> + Send,
) -> Outcome<()> {
    let mut feed = Feed::after(log, SPACES);
    let over = AtomicBool::new(false);
    let usual = append(log, &mut feed, |done| done < USUAL)?;
    let during = thread::scope(|scope| {
        let working = scope.spawn(|| {
            let done = work().map_err(|error| error.to_string());
            over.store(true, Ordering::Relaxed);
            done
        });
        let during = append(log, &mut feed, |_| !over.load(Ordering::Relaxed));
        working.join().map_err(|_| "a thread broke down")??;
        during
    })?;
    alone(&format!("polls appended while {doing}"), real(during.len() as u64));
    let p99 = format!("p99 ({limit})");
    for (percent, name) in [(50, "p50"), (99, p99.as_str()), (100, "the slowest")] {
        let milli = |times: &[Duration]| part(times, percent) * 1e3;
        let what = format!("ms from answer to durable while {doing}, {name}");
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
