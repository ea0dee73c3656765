//! Answers at an even pace, each timed from when it is due.

use std::time::Duration;

use spacelog::clock::{Stopwatch, pause};
use spacelog::space::Answer;

use crate::common::Outcome;
use crate::common::feed::Feed;

/// From one answer to the next: hundreds of times as often as a monitor gets one.
const EVERY: Duration = Duration::from_millis(10);

/// Answers that are made, and then appended, at a time.
const ANSWERS: usize = 100;

/// Hands out answers until `go_on` says no: it is asked after every hundred. Returns the times
/// from when each was due to when `append` returned. While one is waited for, `idle` may work.
pub fn paced(
    feed: &mut Feed,
    mut append: impl FnMut(&Feed, &Answer) -> Outcome<()>,
    mut idle: impl FnMut() -> Outcome<()>,
    mut go_on: impl FnMut() -> bool,
) -> Outcome<Vec<Duration>> {
    let mut times = Vec::new();
    while go_on() {
        let answers: Vec<Answer> = (0..ANSWERS).map(|_| feed.answer()).collect();
        let watch = Stopwatch::start();
        for (number, answer) in (0..).zip(&answers) {
            let due = EVERY * number;
            idle()?;
            pause(due.saturating_sub(watch.elapsed()));
            append(feed, answer)?;
            times.push(watch.elapsed().saturating_sub(due));
        }
    }
    Ok(times)
}
