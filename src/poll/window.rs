//! One endpoint's rate window: when the next request may go. Pure: it knows the time it is told.
//!
//! Two guards hold at once. What X's headers leave is spread evenly over what is left of the
//! window; and no stretch as long as a window ever holds more requests than one may, so that
//! nothing that the headers get wrong can bring a burst across two windows.

mod guard;
mod waits;

use std::collections::VecDeque;
use std::time::Duration;

use super::length::{LENGTH_ASSUMED_MS, LENGTH_MAX_MS, Lengths, same_reset};
use super::window_status::{Closed, WindowStatus};
use crate::space::{FailureClass, Moment, Outcome, RateLimit};

pub use waits::{BLOCKED_WAIT_MS, PERSON_WAIT_MS};

/// Requests never follow one another closer than this: `creator_ids` takes one a second.
const SPACING_MIN_MS: i64 = 1_000;
/// What a window holds until X's headers tell.
const LIMIT_ASSUMED: u64 = 300;
/// A reset this long past, 30 s, has just been; an older one tells of another clock.
const JUST_PAST_MS: i64 = 30_000;
/// X tells resets in whole seconds, and its clock is not ours.
const RESET_MARGIN_MS: i64 = 1_000;
/// A reset is believed at once up to this far ahead, 1 h, or two windows where those are longer:
/// one that is hours away in windows of minutes is more likely wrong than worth the blindness.
const AHEAD_BELIEVED_MS: i64 = 3_600_000;
/// The wait after a 429 that names no time: doubled each time in a row, from 15 s to 15 min.
const BLIND_WAIT_MS: (i64, i64) = (15_000, 900_000);
/// The wait after another failure that is worth asking again: from 1 s to 60 s.
const RETRY_WAIT_MS: (i64, i64) = (1_000, 60_000);
/// The most requests remembered; a larger limit is used only up to this many a window.
const REMEMBERED_MAX: usize = 16_384;
/// Of a window, one in this many requests is left for retries and people's questions …
const RESERVE_ONE_IN: u64 = 10;
/// … who leave one in this many unused.
const NEVER_ONE_IN: u64 = 20;

/// The window of one endpoint and one credential.
///
/// Each request is [`Window::sent`], and then told of once: by [`Window::settle`], or by the one
/// of `observe`, `rate_limited`, `failed` and `closed_for_a_person` that `settle` would pick.
/// Replaying recorded requests in their order restores a window after a restart.
#[derive(Clone, Debug, Default)]
pub struct Window {
    told: Option<Told>,
    lengths: Lengths,
    /// When requests left, in rising order.
    sent: VecDeque<Moment>,
    unanswered: u64,
    closed: Option<(Moment, Closed)>,
    /// While set and ahead, earlier resets are not believed.
    doubt: Option<Moment>,
    /// Whether some request brought no headers to go by, or such as others belie: then the first
    /// sight of a window may have come late, and says little of how long it is.
    muddled: bool,
    refusals: u32,
    failures: u32,
}

/// The window as the last headers told it.
#[derive(Clone, Copy, Debug)]
struct Told {
    limit: u64,
    /// What they said is left.
    said: u64,
    /// The same without what was sent since.
    remaining: u64,
    reset: Moment,
    /// From the first answer with this reset to the reset; `None` once a second one agreed.
    first_seen_ms: Option<i64>,
    /// The reset in the headers, believed or not.
    heard: Moment,
}

/// The budget now.
struct Budget {
    limit: u64,
    remaining: u64,
    /// When it starts again; `None` for a window that no answer has told of yet.
    end: Option<Moment>,
    /// Between two requests of a window that no answer has told of.
    pace_ms: i64,
}

impl Window {
    /// Notes that a request leaves.
    pub fn sent(&mut self, now: Moment) {
        // The order of requests stands, also where the clock stutters.
        let at = self.sent.back().map_or(now, |last| now.max(*last));
        if self.sent.len() == REMEMBERED_MAX {
            self.sent.pop_front();
        }
        self.sent.push_back(at);
        self.unanswered = self.unanswered.saturating_add(1);
        if let Some(told) = &mut self.told {
            told.remaining = told.remaining.saturating_sub(1);
        }
    }

    /// Notes what came of a request. A refused target (400, 404) leaves the endpoint open: which
    /// target to put aside is for whoever chose it.
    pub fn settle(&mut self, now: Moment, outcome: &Outcome, retry_after: Option<Duration>) {
        let failure = match outcome {
            Outcome::Seen(seen) => return self.observe(now, seen.rate),
            Outcome::Failed(failure) => failure,
        };
        match failure.class {
            FailureClass::RateLimited => self.rate_limited(now, failure.rate, retry_after),
            FailureClass::NotFound | FailureClass::InvalidRequest => {
                self.observe(now, failure.rate);
            }
            FailureClass::UsageCap
            | FailureClass::Credits
            | FailureClass::Unauthorized
            | FailureClass::Forbidden => {
                self.learn(now, failure.rate);
                self.closed_for_a_person(now);
            }
            FailureClass::Blocked => {
                self.learn(now, failure.rate);
                self.blocked(now);
            }
            FailureClass::Server
            | FailureClass::BadBody
            | FailureClass::TooLarge
            | FailureClass::Timeout
            | FailureClass::Network => {
                self.learn(now, failure.rate);
                self.failed(now);
                if let Some(wait) = retry_after {
                    self.close(now.plus(ms(wait).min(AHEAD_BELIEVED_MS)), Closed::Failing);
                }
            }
        }
    }

    /// Notes an answer and what its headers told.
    pub fn observe(&mut self, now: Moment, rate: Option<RateLimit>) {
        self.answered();
        self.refusals = 0;
        self.failures = 0;
        // A 429 still stands: this answer may be to a request that left before it.
        if self.closed.is_some_and(|(_, reason)| reason != Closed::RateLimited) {
            self.closed = None;
        }
        self.learn(now, rate);
    }

    /// Notes a 429: closed until the reset or for what X asks, or else for a doubling wait.
    pub fn rate_limited(
        &mut self,
        now: Moment,
        rate: Option<RateLimit>,
        retry_after: Option<Duration>,
    ) {
        self.answered();
        self.refusals = self.refusals.saturating_add(1);
        let last = now.plus(self.believed_ms());
        let reset = rate.filter(|rate| (1..=LENGTH_MAX_MS).contains(&rate.reset.since(now)));
        if let Some(rate) = reset.filter(|rate| rate.reset <= last) {
            let limit = self.limit(rate.limit);
            self.told = Some(Told {
                limit,
                said: 0,
                remaining: 0,
                reset: rate.reset,
                first_seen_ms: None,
                heard: rate.reset,
            });
        }
        self.muddled |= reset.is_none();
        let named = reset.map(|rate| rate.reset.plus(RESET_MARGIN_MS));
        let asked = retry_after.map(|wait| now.plus(ms(wait)));
        let until = named.max(asked).map_or_else(
            || now.plus(doubled(BLIND_WAIT_MS, self.refusals)),
            |until| until.min(last),
        );
        self.close(until, Closed::RateLimited);
    }

    /// Notes a failure that is worth asking again, after a wait that doubles until an answer.
    pub fn failed(&mut self, now: Moment) {
        self.answered();
        self.failures = self.failures.saturating_add(1);
        self.muddled |= self.told.is_none();
        self.close(now.plus(doubled(RETRY_WAIT_MS, self.failures)), Closed::Failing);
    }

    /// Notes a failure that only a person can mend; asked again after ten minutes, in
    /// case one did.
    pub fn closed_for_a_person(&mut self, now: Moment) {
        self.answered();
        self.close(now.plus(PERSON_WAIT_MS), Closed::Person);
    }

    /// Notes that the clock was set by `by_ms` (back where negative), so that waits keep their
    /// length. Resets are X's and stay; one that we assumed in the place of what X said moves too.
    pub fn clock_stepped(&mut self, by_ms: i64) {
        self.sent.iter_mut().for_each(|at| *at = at.plus(by_ms));
        self.closed = self.closed.map(|(until, reason)| (until.plus(by_ms), reason));
        self.doubt = self.doubt.map(|until| until.plus(by_ms));
        if let Some(told) = self.told.as_mut().filter(|told| told.reset != told.heard) {
            told.reset = told.reset.plus(by_ms);
        }
    }

    /// Returns the earliest moment, `now` or later, at which a planned request may go.
    pub fn next(&self, now: Moment) -> Moment {
        let budget = self.budget(now);
        self.earliest(now, &budget, RESERVE_ONE_IN, self.spread_ms(&budget))
    }

    /// Returns the milliseconds planned between two requests as the budget stands.
    pub fn spacing_ms(&self, now: Moment) -> i64 {
        self.spread_ms(&self.budget(now)).max(SPACING_MIN_MS)
    }

    fn spread_ms(&self, budget: &Budget) -> i64 {
        let left = budget.remaining.saturating_sub(budget.limit / RESERVE_ONE_IN);
        let share = i64::try_from(left.saturating_add(1)).unwrap_or(i64::MAX);
        match (budget.end, self.sent.back()) {
            (Some(end), Some(last)) => end.since(*last) / share,
            (Some(_), None) => 0,
            (None, _) => budget.pace_ms,
        }
    }

    /// Returns the earliest moment, `now` or later, at which a retry or a person's own question
    /// may go, out of the reserve if need be.
    pub fn next_urgent(&self, now: Moment) -> Moment {
        self.earliest(now, &self.budget(now), NEVER_ONE_IN, SPACING_MIN_MS)
    }

    /// Returns how the window stands.
    pub fn status(&self, now: Moment) -> WindowStatus {
        let budget = self.budget(now);
        let told = self.told.is_some();
        let mut closed = self.closed.filter(|(until, _)| *until > now);
        if closed.is_none() && budget.remaining <= budget.limit / RESERVE_ONE_IN {
            closed = budget.end.map(|end| (end, Closed::Spent));
        }
        WindowStatus {
            limit: told.then_some(budget.limit),
            remaining: told.then_some(budget.remaining),
            reset: self.told.map(|told| told.reset).filter(|_| budget.end.is_some()),
            closed_until: closed.map(|(until, _)| until),
            reason: closed.map(|(_, reason)| reason),
        }
    }

    fn earliest(&self, now: Moment, budget: &Budget, one_in: u64, spacing_ms: i64) -> Moment {
        let kept = budget.limit / one_in;
        let mut at = now;
        if let Some(last) = self.sent.back() {
            at = at.max(last.plus(spacing_ms.max(SPACING_MIN_MS)));
        }
        if budget.remaining <= kept {
            // Where no answer tells of an end, the guard below alone sets the pace.
            at = budget.end.map_or(at, |end| at.max(end));
        }
        let usable = budget.limit.saturating_sub(kept);
        at = at.max(self.guard(usable, budget.end));
        self.closed.map_or(at, |(until, _)| at.max(until))
    }

    fn budget(&self, now: Moment) -> Budget {
        let Some(told) = self.told else {
            let pace_ms = LENGTH_ASSUMED_MS / LIMIT_ASSUMED.cast_signed();
            let remaining = LIMIT_ASSUMED.saturating_sub(self.unanswered);
            return Budget { limit: LIMIT_ASSUMED, remaining, end: None, pace_ms };
        };
        let end = told.reset.plus(RESET_MARGIN_MS);
        if now < end {
            let remaining = told.remaining;
            return Budget { limit: told.limit, remaining, end: Some(end), pace_ms: 0 };
        }
        let from = told.reset.max(now.plus(-self.length_ms()));
        let before = self.sent.partition_point(|at| *at < from);
        let since = u64::try_from(self.sent.len() - before).unwrap_or(u64::MAX);
        let usable = (told.limit - told.limit / RESERVE_ONE_IN).max(1);
        Budget {
            limit: told.limit,
            remaining: told.limit.saturating_sub(since),
            end: None,
            pace_ms: if since == 0 && self.is_in_doubt() {
                0
            } else {
                self.fresh_ms() / i64::try_from(usable).unwrap_or(i64::MAX)
            },
        }
    }

    fn learn(&mut self, now: Moment, rate: Option<RateLimit>) {
        let Some(rate) = rate else {
            self.muddled = true;
            return;
        };
        let limit = self.limit(rate.limit);
        let said = rate.remaining.min(limit);
        let ahead = rate.reset.since(now);
        let before = self.told;
        if before.is_some_and(|told| {
            ahead <= 0 && rate.reset < told.reset && !same_reset(rate.reset, told.reset)
        }) {
            // A late answer from the window before.
            return;
        }
        let near = (-JUST_PAST_MS..=self.believed_ms()).contains(&ahead);
        let far = (0..=LENGTH_MAX_MS).contains(&ahead);
        // A second answer makes a far reset as good as a near one.
        let same = before.filter(|told| (near || far) && same_reset(told.heard, rate.reset));
        let is_other = same.is_none() && before.is_some_and(|told| told.reset > now);
        self.muddled |= !near || is_other;
        if before.is_some_and(|told| said > told.said) {
            self.doubt = None;
        } else if near && same.is_none() && self.contradicts(now, said) {
            self.doubt = Some(now.plus(self.length_ms().max(LENGTH_ASSUMED_MS)));
            // Nor is what such resets told of how long windows are.
            (self.lengths, self.muddled) = (Lengths::default(), true);
        }
        let doubt = self.doubt.filter(|until| *until > now && rate.reset < *until);
        let (reset, first_seen_ms) = match (doubt, same) {
            (Some(until), _) => (until, None),
            (None, Some(told)) => {
                if let Some(first_seen_ms) = told.first_seen_ms {
                    self.lengths.note(rate.reset, first_seen_ms);
                }
                (rate.reset, None)
            }
            (None, None) if near => (rate.reset, Some(ahead)),
            (None, None) => (self.assumed_reset(now), far.then_some(ahead)),
        };
        let remaining = said.saturating_sub(self.unanswered);
        self.told = Some(Told { limit, said, remaining, reset, first_seen_ms, heard: rate.reset });
    }

    /// Returns whether a reset has passed without giving anything back: then it was none.
    fn contradicts(&self, now: Moment, said: u64) -> bool {
        self.told.is_some_and(|told| told.reset <= now && said < told.said)
    }

    fn assumed_reset(&self, now: Moment) -> Moment {
        let known = self.told.map(|told| told.reset).filter(|reset| *reset > now);
        known.unwrap_or_else(|| now.plus(self.length_ms()))
    }

    /// A limit of nothing would never let us find out that it is more again.
    fn limit(&self, told: u64) -> u64 {
        if told > 0 { told } else { self.told.map_or(LIMIT_ASSUMED, |known| known.limit) }
    }

    fn length_ms(&self) -> i64 {
        self.lengths.length_ms(self.told.and_then(|told| told.first_seen_ms))
    }

    /// Returns how long a window that no answer has told of should be taken to be.
    fn fresh_ms(&self) -> i64 {
        if self.lengths.known() {
            self.length_ms()
        } else {
            // All we have seen is the end of one window, however short.
            self.length_ms().max(LENGTH_ASSUMED_MS)
        }
    }

    fn believed_ms(&self) -> i64 {
        AHEAD_BELIEVED_MS.max(self.lengths.length_ms(None).saturating_mul(2))
    }

    fn answered(&mut self) {
        self.unanswered = self.unanswered.saturating_sub(1);
    }

    fn close(&mut self, until: Moment, reason: Closed) {
        if self.closed.is_none_or(|(closed, _)| closed < until) {
            self.closed = Some((until, reason));
        }
    }
}

fn ms(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

/// Returns the wait for the `nth` time in a row, from 1: the first doubled each time, to the last.
pub(super) fn doubled((first, last): (i64, i64), nth: u32) -> i64 {
    // Sixteen doublings lead beyond every last.
    (first << nth.saturating_sub(1).min(16)).min(last)
}

#[cfg(test)]
mod tests;
