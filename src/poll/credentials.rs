//! The windows of all credentials: with which one to ask next, and which are left alone for a while.
//!
//! What is wrong with a credential (its token, its credits) closes all its windows, and what is
//! wrong with an address those of every credential that goes by it. Then one request is let
//! through at a time, to find out whether it is over.

use std::time::Duration;

use super::window::{BLOCKED_WAIT_MS, PERSON_WAIT_MS, doubled};
use super::{Closed, CredentialWindows, Jitter, Window, WindowStatus};
use crate::space::{Asked, Endpoint, FailureClass, Moment, Outcome};

/// The windows of every credential, in the order in which they were named; one at least.
#[derive(Clone, Debug)]
pub struct Windows {
    each: Vec<Credential>,
    jitter: Jitter,
}

#[derive(Clone, Debug, Default)]
struct Credential {
    windows: CredentialWindows,
    /// Credentials with the same number go out by the same address.
    way: usize,
    gate: Option<Gate>,
}

/// Everything of a credential is closed but for a request now and then.
#[derive(Clone, Copy, Debug)]
struct Gate {
    why: Closed,
    since: Moment,
    until: Moment,
    /// How often it was found closed, from 1.
    found: u32,
}

impl Gate {
    fn wait_ms(self) -> i64 {
        if self.why == Closed::Blocked {
            doubled(BLOCKED_WAIT_MS, self.found)
        } else {
            PERSON_WAIT_MS
        }
    }
}

/// One credential.
impl Default for Windows {
    fn default() -> Self {
        Self::new(&[0], 0)
    }
}

impl Windows {
    /// Returns the windows of as many credentials as `ways` holds numbers: those with the same one
    /// go out by the same address. The same `seed` gives the same jitter.
    pub fn new(ways: &[usize], seed: u64) -> Self {
        let each = ways.iter().map(|way| Credential { way: *way, ..Credential::default() });
        let mut each: Vec<Credential> = each.collect();
        if each.is_empty() {
            each.push(Credential::default());
        }
        Self { each, jitter: Jitter::new(seed) }
    }

    /// Returns the windows of `endpoint`, of all credentials together.
    pub fn of(&self, endpoint: Endpoint) -> Joint<'_> {
        Joint { each: &self.each, endpoint }
    }

    /// Returns the window of `endpoint` and the first credential, to note requests in.
    pub fn of_mut(&mut self, endpoint: Endpoint) -> &mut Window {
        self.each[0].windows.of_mut(endpoint)
    }

    /// Returns the windows of one credential, by its place, to note requests in.
    pub fn of_credential(&mut self, who: usize) -> Option<&mut CredentialWindows> {
        self.each.get_mut(who).map(|it| &mut it.windows)
    }

    /// Returns the place of the credential that may ask `endpoint` first, out of the reserve where
    /// that is `urgent`; of several that may now, the one with the most room, and of
    /// these the one that was used least lately.
    pub fn first(&self, endpoint: Endpoint, now: Moment, urgent: bool) -> usize {
        let rank = |it: &Credential| {
            let at = if urgent { it.next_urgent(endpoint, now) } else { it.next(endpoint, now) };
            let window = it.windows.of(endpoint);
            (at, window.spacing_ms(now), window.last_sent())
        };
        let best = self.each.iter().enumerate().min_by_key(|(_, it)| rank(it));
        best.map_or(0, |(place, _)| place)
    }

    /// Notes that a request leaves with the credential at this place.
    pub fn sent(&mut self, who: usize, endpoint: Endpoint, now: Moment) {
        let Some(sender) = self.each.get_mut(who) else { return };
        sender.windows.of_mut(endpoint).sent(now);
        let Some(gate) = sender.gate else { return };
        // This one finds out for all behind the same gate.
        let until = now.plus(gate.wait_ms());
        for it in self.behind(who, gate.why) {
            if let Some(gate) = &mut it.gate {
                gate.until = gate.until.max(until);
            }
        }
    }

    /// Notes what came of a request with the credential at this place.
    pub fn settle(
        &mut self,
        who: usize,
        asked: &Asked,
        now: Moment,
        outcome: &Outcome,
        retry_after: Option<Duration>,
    ) {
        let jitter = self.jitter.thousandths();
        let Some(sender) = self.each.get_mut(who) else { return };
        let window = sender.windows.of_mut(asked.endpoint);
        window.settle(now, outcome, retry_after);
        window.spread_wait(now, jitter);
        match outcome {
            Outcome::Seen(_) => self.let_in(who, asked.sent_at.unwrap_or(now)),
            Outcome::Failed(it) if it.class == FailureClass::Blocked => {
                self.shut(who, Closed::Blocked, now);
            }
            Outcome::Failed(it) if it.is_of_credential() => self.shut(who, Closed::Person, now),
            Outcome::Failed(_) => {}
        }
    }

    /// Returns whether everything of a credential is closed, but for a request now and then.
    pub fn is_shut(&self, who: usize) -> bool {
        self.each.get(who).is_some_and(|it| it.gate.is_some())
    }

    /// Notes in every window that the clock was set by `by_ms`, back where negative.
    pub fn clock_stepped(&mut self, by_ms: i64) {
        for it in &mut self.each {
            it.windows.clock_stepped(by_ms);
            if let Some(gate) = &mut it.gate {
                (gate.since, gate.until) = (gate.since.plus(by_ms), gate.until.plus(by_ms));
            }
        }
    }

    fn shut(&mut self, who: usize, why: Closed, now: Moment) {
        for it in self.behind(who, why) {
            let before = it.gate.filter(|gate| gate.why == why);
            let found = before.map_or(1, |gate| gate.found.saturating_add(1));
            let since = before.map_or(now, |gate| gate.since);
            let mut gate = Gate { why, since, until: now, found };
            gate.until = now.plus(gate.wait_ms());
            it.gate = Some(gate);
        }
    }

    /// An answer to a request that left after the gate was shut opens it.
    fn let_in(&mut self, who: usize, sent_at: Moment) {
        let gate = self.each.get(who).and_then(|it| it.gate);
        let Some(gate) = gate.filter(|gate| gate.since <= sent_at) else { return };
        for it in self.behind(who, gate.why) {
            it.gate = None;
            it.windows.reopen();
        }
    }

    /// Returns the credentials that a gate at one of them holds.
    fn behind(&mut self, who: usize, why: Closed) -> impl Iterator<Item = &mut Credential> {
        let way = self.each.get(who).map(|it| it.way);
        let is_of_way = why == Closed::Blocked;
        self.each.iter_mut().enumerate().filter_map(move |(place, it)| {
            let is_behind = place == who || is_of_way && Some(it.way) == way;
            is_behind.then_some(it)
        })
    }
}

impl Credential {
    fn gate(&self, now: Moment) -> Option<Gate> {
        self.gate.filter(|gate| gate.until > now)
    }

    fn next(&self, endpoint: Endpoint, now: Moment) -> Moment {
        let at = self.windows.of(endpoint).next(now);
        self.gate(now).map_or(at, |gate| at.max(gate.until))
    }

    fn next_urgent(&self, endpoint: Endpoint, now: Moment) -> Moment {
        let at = self.windows.of(endpoint).next_urgent(now);
        self.gate(now).map_or(at, |gate| at.max(gate.until))
    }

    fn status(&self, endpoint: Endpoint, now: Moment) -> WindowStatus {
        let status = self.windows.of(endpoint).status(now);
        match self.gate(now) {
            Some(gate) if status.closed_until.is_none_or(|until| until < gate.until) => {
                let (closed_until, reason) = (Some(gate.until), Some(gate.why));
                WindowStatus { closed_until, reason, ..status }
            }
            _ => status,
        }
    }
}

/// The windows of one endpoint and every credential, as if they were one.
#[derive(Clone, Copy, Debug)]
pub struct Joint<'a> {
    each: &'a [Credential],
    endpoint: Endpoint,
}

impl Joint<'_> {
    /// Returns the earliest moment, `now` or later, at which a planned request may go.
    pub fn next(&self, now: Moment) -> Moment {
        self.each.iter().map(|it| it.next(self.endpoint, now)).min().unwrap_or(now)
    }

    /// Returns the earliest moment, `now` or later, at which a retry or a person's own question
    /// may go, out of the reserve if need be.
    pub fn next_urgent(&self, now: Moment) -> Moment {
        self.each.iter().map(|it| it.next_urgent(self.endpoint, now)).min().unwrap_or(now)
    }

    /// Returns the milliseconds planned between two requests as the budgets stand: side by side,
    /// several credentials ask as often as each alone would, added up.
    pub fn spacing_ms(&self, now: Moment) -> i64 {
        let spacing = |it: &&Credential| it.windows.of(self.endpoint).spacing_ms(now);
        let open: Vec<&Credential> = self.each.iter().filter(|it| it.gate(now).is_none()).collect();
        match open.as_slice() {
            [] => self.each.iter().map(|it| spacing(&it)).min().unwrap_or_default(),
            [one] => spacing(one),
            several => {
                // Requests in a million seconds: whole numbers, and exact enough.
                let often =
                    several.iter().map(|it| 1_000_000_000 / spacing(it).max(1)).sum::<i64>();
                1_000_000_000 / often.max(1)
            }
        }
    }

    /// Returns how the window of the credential stands that may ask first.
    pub fn status(&self, now: Moment) -> WindowStatus {
        let first = self.each.iter().min_by_key(|it| it.next(self.endpoint, now));
        first.map_or_else(|| Window::default().status(now), |it| it.status(self.endpoint, now))
    }

    /// Returns how each credential's window stands, in the order of their places.
    pub fn each(&self, now: Moment) -> impl Iterator<Item = WindowStatus> {
        self.each.iter().map(move |it| it.status(self.endpoint, now))
    }
}

#[cfg(test)]
mod tests;
