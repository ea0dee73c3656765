//! The windows as the log remembers them, so that a restart neither asks again what was asked
//! before it, nor begins with nothing known of a limit.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::event::{Batch, Event, Origin, PollHead};
use crate::log::{LogError, Reader};
use crate::poll::Windows;
use crate::space::{Endpoint, FailureClass, Moment, RateLimit};

/// So far back polls are read: four of X's windows.
const BACK_MS: i64 = 3_600_000;
/// Where a reset lay further ahead than that, windows are long, and a day is read.
const FAR_BACK_MS: i64 = 86_400_000;
/// Polls that are read at most, the newest: more than a day of the largest budget seen.
const BATCHES_MAX: usize = 65_536;
/// Batches read in one step.
const STEP: usize = 512;

/// What the log tells of a request.
#[derive(Clone, Copy, Debug)]
struct Poll<'a> {
    head: &'a PollHead,
    answered_at: Moment,
    rate: Option<RateLimit>,
    /// Whether X refused it for there being too many …
    refused: bool,
    /// … and for how long it asked to be left alone.
    wait: Option<Duration>,
}

impl<'a> Poll<'a> {
    fn of(batch: &'a Batch) -> Option<Self> {
        let answered_at = batch.observed_at;
        batch.events.iter().find_map(|event| match event {
            Event::PollSucceeded(it) => {
                let (rate, wait) = (it.rate, None);
                Some(Self { head: &it.head, answered_at, rate, refused: false, wait })
            }
            Event::PollFailed(it) => {
                let refused = it.class == FailureClass::RateLimited;
                let wait = it.retry_after_ms.map(Duration::from_millis);
                Some(Self { head: &it.head, answered_at, rate: it.rate, refused, wait })
            }
            _ => None,
        })
    }
}

/// Notes in the windows of these credentials, named in their order, what the log tells of requests
/// before `now`. What needed a person is not remembered: whoever starts a monitor may have acted.
///
/// # Errors
/// What the log says; then the windows hold what was read before.
pub fn remember(
    windows: &mut Windows,
    credentials: &[&str],
    reader: &Reader,
    now: Moment,
) -> Result<(), LogError> {
    let mut batches = since(reader, now.plus(-BACK_MS))?;
    let is_long =
        |poll: Poll| poll.rate.is_some_and(|rate| rate.reset.since(poll.answered_at) > BACK_MS);
    if batches.iter().filter_map(Poll::of).any(is_long) {
        batches = since(reader, now.plus(-FAR_BACK_MS))?;
    }
    let told: BTreeSet<(&str, Endpoint)> = batches
        .iter()
        .filter_map(Poll::of)
        .filter(|poll| poll.rate.is_some())
        .map(|poll| (poll.head.credential.as_str(), poll.head.endpoint))
        .collect();
    for poll in batches.iter().filter_map(Poll::of) {
        let who = credentials.iter().position(|name| *name == poll.head.credential);
        let live = who.filter(|_| poll.head.origin == Origin::Live && poll.answered_at <= now);
        let (Some(who), Some(sent_at)) = (live, poll.head.sent_at) else { continue };
        let window = (poll.head.credential.as_str(), poll.head.endpoint);
        if poll.rate.is_none() && !poll.refused && !told.contains(&window) {
            // Nobody told of a limit: then a restart asks at once rather than at a guessed pace.
            continue;
        }
        let Some(windows) = windows.of_credential(who) else { continue };
        let window = windows.of_mut(poll.head.endpoint);
        (0..poll.head.repeats).for_each(|_| window.counted(sent_at));
        if poll.refused {
            window.sent(sent_at);
            window.rate_limited(poll.answered_at, poll.rate, poll.wait);
        } else if poll.rate.is_some() {
            window.sent(sent_at);
            window.observe(poll.answered_at, poll.rate);
        } else {
            window.counted(sent_at);
        }
    }
    if !ended_well(&batches) {
        count_one_under_way(windows, credentials.len(), &batches);
    }
    Ok(())
}

/// Returns whether the log ends with a monitor that said goodbye.
fn ended_well(batches: &[Batch]) -> bool {
    let told = batches.iter().rev().flat_map(|batch| batch.events.iter().rev());
    let mut told = told.filter_map(|event| match event {
        Event::MonitorStopped(_) => Some(true),
        Event::PollSucceeded(_) | Event::PollFailed(_) => Some(false),
        _ => None,
    });
    told.next().unwrap_or(true)
}

/// A monitor that was killed may have had a request under way that nobody recorded: one is counted
/// at each endpoint that it asked.
fn count_one_under_way(windows: &mut Windows, credentials: usize, batches: &[Batch]) {
    let polls = || batches.iter().filter_map(Poll::of).filter(|poll| poll.rate.is_some());
    let Some(at) = polls().map(|poll| poll.answered_at).max() else { return };
    for endpoint in crate::space::Endpoint::ALL {
        if polls().all(|poll| poll.head.endpoint != endpoint) {
            continue;
        }
        for who in 0..credentials {
            if let Some(windows) = windows.of_credential(who) {
                windows.of_mut(endpoint).counted(at);
            }
        }
    }
}

/// Returns the batches recorded since a moment, the newest [`BATCHES_MAX`] at most.
fn since(reader: &Reader, moment: Moment) -> Result<Vec<Batch>, LogError> {
    let mut batches: Vec<Batch> = Vec::new();
    let mut seq = reader.seq_at(moment)?;
    loop {
        let mut more = reader.batches(seq, STEP)?;
        let Some(last) = more.last() else { break };
        seq = last.last_seq() + 1;
        // Only what was asked matters here, not what was seen.
        for batch in &mut more {
            batch.events.retain(|event| {
                matches!(
                    event,
                    Event::PollSucceeded(_) | Event::PollFailed(_) | Event::MonitorStopped(_)
                )
            });
        }
        more.retain(|batch| !batch.events.is_empty());
        batches.append(&mut more);
        let old = batches.len().saturating_sub(BATCHES_MAX);
        batches.drain(..old);
    }
    Ok(batches)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide;
    use crate::event::{
        AskedFor, Cost, Known, NewBatch, NewText, Owner, PollFailed, PollId, PollSucceeded, Text,
    };
    use crate::log::entropy::Entropy;
    use crate::log::{Log, NewLog};
    use crate::store::InMemoryBackend;

    const NOON: Moment = Moment(1_790_000_000_000);
    const LIMIT: u64 = 25;

    fn log() -> Log {
        let new = NewLog { created_at: NOON, simulated: None };
        Log::on(InMemoryBackend::new(), &new, Entropy::Seeded { seed: 3, drawn: 0 }).unwrap()
    }

    fn at(second: i64) -> Moment {
        NOON.plus(second * 1_000)
    }

    /// Records a search sent at this second, and answered 300 ms later.
    fn asked(log: &mut Log, second: i64, credential: &str, event: impl FnOnce(PollHead) -> Event) {
        let head = PollHead {
            origin: Origin::Live,
            endpoint: Endpoint::Search,
            asked: AskedFor::Unknown,
            sent_at: Some(at(second)),
            credential: credential.to_owned(),
            holding_ms: None,
            repeats: 0,
        };
        let mut id = [1; 16];
        id[..8].copy_from_slice(&second.to_be_bytes());
        let batch = NewBatch {
            monitor: None,
            poll_id: Some(PollId(id)),
            observed_at: at(second).plus(300),
            events: vec![event(head)],
            texts: Vec::new(),
            known: Known::default(),
            notices: Vec::new(),
        };
        log.append(&batch, batch.observed_at).unwrap();
    }

    fn seen(rate: Option<RateLimit>) -> impl FnOnce(PollHead) -> Event {
        let cost = Cost::default();
        move |head| {
            Event::PollSucceeded(PollSucceeded {
                head,
                status: Some(200),
                returned: 0,
                new_spaces: 0,
                unreadable: 0,
                rate,
                cost,
            })
        }
    }

    fn remembered(log: &Log, credentials: &[&str], now: Moment) -> Windows {
        let ways: Vec<usize> = (0..credentials.len()).collect();
        let mut windows = Windows::new(&ways, 0);
        remember(&mut windows, credentials, &log.reader(), now).unwrap();
        windows
    }

    fn left(windows: &mut Windows, who: usize, now: Moment) -> Option<u64> {
        windows.of_credential(who).unwrap().of(Endpoint::Search).status(now).remaining
    }

    #[test]
    fn what_was_asked_before_a_restart_counts_after_it() {
        let mut log = log();
        for number in 0..20_u64 {
            let rate = RateLimit { limit: LIMIT, remaining: LIMIT - 1 - number, reset: at(900) };
            asked(&mut log, number.cast_signed(), "default", seen(Some(rate)));
        }
        let stopped = decide::stopped(log.header().monitor, "stopped", at(30));
        log.append(&stopped, at(30)).unwrap();
        let mut windows = remembered(&log, &["default"], at(31));
        assert_eq!(left(&mut windows, 0, at(31)), Some(5));
        assert!(
            windows.of(Endpoint::Search).next(at(31)) > at(200),
            "five are left, two of them kept"
        );
        assert_eq!(windows.of(Endpoint::Spaces).next(at(31)), at(31));
        let mut of_others = remembered(&log, &["another"], at(31));
        assert_eq!(left(&mut of_others, 0, at(31)), None);
        let mut later = remembered(&log, &["default"], at(9_000));
        assert_eq!(left(&mut later, 0, at(9_000)), None, "hours later nothing holds any more");
    }

    #[test]
    fn requests_that_failed_without_headers_count_after_a_restart_too() {
        let mut log = log();
        let rate = RateLimit { limit: LIMIT, remaining: LIMIT - 1, reset: at(900) };
        asked(&mut log, 0, "default", seen(Some(rate)));
        (1..6).for_each(|second| asked(&mut log, second, "default", seen(None)));
        let stopped = decide::stopped(log.header().monitor, "stopped", at(30));
        log.append(&stopped, at(30)).unwrap();
        let mut windows = remembered(&log, &["default"], at(31));
        assert_eq!(left(&mut windows, 0, at(31)), Some(LIMIT - 6));
    }

    #[test]
    fn a_monitor_that_was_killed_may_have_had_one_request_under_way() {
        let mut log = log();
        let rate = RateLimit { limit: LIMIT, remaining: 20, reset: at(900) };
        asked(&mut log, 1, "default", seen(Some(rate)));
        let mut windows = remembered(&log, &["default"], at(2));
        assert_eq!(left(&mut windows, 0, at(2)), Some(19));
    }

    #[test]
    fn a_429_is_waited_out_and_what_needs_a_person_is_tried_at_once() {
        for (class, waits) in
            [(FailureClass::RateLimited, true), (FailureClass::Unauthorized, false)]
        {
            let mut log = log();
            let rate = RateLimit { limit: LIMIT, remaining: 0, reset: at(600) };
            let rate = waits.then_some(rate);
            asked(&mut log, 1, "default", |head| {
                let text = Text::Line("no".to_owned());
                let message = NewText::new(Owner::Monitor, text, [0; 16]).reference;
                Event::PollFailed(PollFailed {
                    head,
                    class,
                    status: Some(429),
                    retry_after_ms: None,
                    message,
                    rate,
                })
            });
            let windows = remembered(&log, &["default"], at(10));
            let next = windows.of(Endpoint::Search).next(at(10));
            assert_eq!(next >= at(600), waits, "{class:?}: {next:?}");
        }
    }
}
