//! How long it takes from a commit until all four views show the batch, at an even pace.

use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, unbounded};
use spacelog::clock::{Stopwatch, pause};
use spacelog::projector::Views;

use crate::common::Outcome;
use crate::common::feed;
use crate::polls::Polls;
use crate::views::{LOOK_EVERY, attach, hand_out, seen};

/// At most so many seconds are measured.
const SECONDS: f64 = 10.0;

/// Returns the lag of each batch, at so many polls a second.
pub fn at(polls: &Polls, pace: f64) -> Outcome<Vec<Duration>> {
    let every = Duration::from_secs_f64(1.0 / pace);
    attach(|log, views, outlets| {
        // As many as batches, which are counted.
        let (commit, commits) = unbounded();
        thread::scope(|scope| {
            let watching = scope.spawn(|| watch(views, &commits));
            let watch = Stopwatch::start();
            for (number, batch) in (0..).zip(&polls.batches) {
                let due = every * number;
                if due.as_secs_f64() > SECONDS {
                    break;
                }
                pause(due.saturating_sub(watch.elapsed()));
                let stored = feed::append(log, batch)?;
                commit.send((stored.last_seq(), Stopwatch::start()))?;
                hand_out(&stored, outlets);
            }
            drop(commit);
            watching.join().map_err(|_| "the thread that watches broke down".into())
        })
    })
}

/// Watches until the last batch is seen.
fn watch(views: &Views, commits: &Receiver<(u64, Stopwatch)>) -> Vec<Duration> {
    let mut lags = Vec::new();
    for (seq, since) in commits {
        while seen(views) < seq {
            pause(LOOK_EVERY);
        }
        lags.push(since.elapsed());
    }
    lags
}
