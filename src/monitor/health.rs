//! How X answers to each credential: what `doctor` tells of a monitor that runs.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::clock::Clock;
use crate::poll::{Client, Polled, Windows};
use crate::question::{self, Check};
use crate::space::{Endpoint, Failure, FailureClass, Moment, Outcome};

use super::trouble::{remedy, what};

/// A clock is wrong from this many milliseconds on: X's own tells whole seconds.
const SKEW_MS: i64 = 5_000;

/// What is known of how X answers. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Health(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    each: Vec<Credential>,
    /// Whether the clock is one that X's can be held against.
    has_real_clock: bool,
}

#[derive(Debug)]
struct Credential {
    name: String,
    way: String,
    answered_at: Option<Moment>,
    skew_ms: Option<i64>,
    endpoints: BTreeMap<Endpoint, Access>,
}

#[derive(Debug)]
struct Access {
    failure: Option<Failure>,
    /// Requests left and in a window, as far as X told.
    window: Option<(u64, u64)>,
    reset: Option<Moment>,
    closed_until: Option<Moment>,
}

impl Health {
    /// Returns what is known before anything was asked.
    pub fn of(clients: &[Client], clock: &Clock) -> Self {
        let each = clients.iter().map(|client| Credential {
            name: client.credential().to_owned(),
            way: client.way().to_owned(),
            answered_at: None,
            skew_ms: None,
            endpoints: BTreeMap::new(),
        });
        let has_real_clock = clock.is_real();
        Self(Arc::new(Mutex::new(Known { each: each.collect(), has_real_clock })))
    }

    /// Takes in what came of a request, and how its window stands now.
    pub fn take(&self, polled: &Polled, windows: &Windows, now: Moment) {
        let asked = &polled.answer.asked;
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut named = known.each.iter_mut().enumerate();
        let Some((who, it)) = named.find(|(_, it)| it.name == asked.credential) else { return };
        it.skew_ms = polled.skew_ms.or(it.skew_ms);
        let failure = match &polled.answer.outcome {
            Outcome::Seen(_) => {
                it.answered_at = Some(now);
                None
            }
            Outcome::Failed(failure) => Some(failure.clone()),
        };
        let standing = windows.of(asked.endpoint).each(now).nth(who);
        let window = standing.and_then(|it| it.remaining.zip(it.limit));
        let reset = standing.and_then(|it| it.reset);
        let closed_until = standing.and_then(|it| it.closed_until);
        it.endpoints.insert(asked.endpoint, Access { failure, window, reset, closed_until });
    }

    /// Returns what `doctor` shows of it.
    pub fn checks(&self, now: Moment) -> Vec<Check> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut checks = Vec::new();
        let is_only = known.each.len() == 1;
        for it in &known.each {
            checks.push(token(it));
            checks.push(proxy(&it.name, &it.way));
            checks.push(plan(it));
            for endpoint in Endpoint::ALL {
                let whose = if is_only { String::new() } else { format!(" {}", it.name) };
                let name = format!("access {}{whose}", endpoint.word());
                checks.push(access(name, it.endpoints.get(&endpoint), now));
            }
        }
        let skew = known.each.iter().find_map(|it| it.skew_ms);
        checks.extend(known.has_real_clock.then(|| clock(skew)));
        checks
    }
}

fn token(it: &Credential) -> Check {
    let name = format!("token {}", it.name);
    let failures = || it.endpoints.values().filter_map(|it| it.failure.as_ref());
    if let Some(failure) = failures().find(|failure| failure.is_of_credential()) {
        return failed(name, failure);
    }
    match it.answered_at {
        Some(at) => Check::new(
            name,
            question::Health::Ok,
            format!("X answered to it at {}", at.for_people()),
        ),
        None => match failures().next() {
            // X was not reached with it, which says nothing of the token.
            Some(failure) if failure.class.ask_again() => {
                Check::new(name, question::Health::Unknown, "X has not answered to it yet")
            }
            Some(failure) => failed(name, failure),
            None => Check::new(name, question::Health::Unknown, "nothing was asked with it yet"),
        },
    }
}

/// Returns the check of what X lets the credential ask, as its headers told.
fn plan(it: &Credential) -> Check {
    let name = format!("plan {}", it.name);
    let mut limits: BTreeMap<u64, Vec<&str>> = BTreeMap::new();
    for (endpoint, access) in &it.endpoints {
        if let Some((_, limit)) = access.window {
            limits.entry(limit).or_default().push(endpoint.word());
        }
    }
    if limits.is_empty() {
        return Check::new(name, question::Health::Unknown, "X has told no limit yet");
    }
    let each = limits.iter().rev();
    let each =
        each.map(|(limit, words)| format!("{limit} requests a window: {}", words.join(", ")));
    Check::new(name, question::Health::Ok, each.collect::<Vec<_>>().join("; "))
}

fn access(name: String, it: Option<&Access>, now: Moment) -> Check {
    let Some(it) = it else {
        return Check::new(name, question::Health::Unknown, "nothing was asked there yet");
    };
    // Nothing is there, and whoever may not ask is not told so.
    let failure = it.failure.as_ref().filter(|it| it.class != FailureClass::NotFound);
    if let Some(failure) = failure {
        return failed(name, failure);
    }
    let left = it.window.map(|(left, limit)| format!(": {left} of {limit} requests left"));
    let until =
        it.reset.filter(|_| left.is_some()).map(|reset| format!(" until {}", reset.for_people()));
    let mut detail = format!("X answers{}{}", left.unwrap_or_default(), until.unwrap_or_default());
    if let Some(until) = it.closed_until.filter(|until| *until > now) {
        detail = format!("{detail}; next at {}", until.for_people());
    }
    Check::new(name, question::Health::Ok, detail)
}

/// Returns the check that a request failed.
pub fn failed(check: impl Into<String>, failure: &Failure) -> Check {
    let check = Check::new(check, question::Health::Failed, what(failure));
    check.remedy(remedy(failure)).error(failure.class)
}

/// Returns the check of the way to X.
pub fn proxy(credential: &str, way: &str) -> Check {
    let detail = match way {
        "direct" => "none: requests go out directly".to_owned(),
        proxy => format!("requests go through {proxy}"),
    };
    Check::new(format!("proxy {credential}"), question::Health::Ok, detail)
}

/// Returns the check of our clock against X's.
pub fn clock(skew_ms: Option<i64>) -> Check {
    let Some(skew_ms) = skew_ms else {
        return Check::new("clock", question::Health::Unknown, "X has not told the time yet");
    };
    let seconds = skew_ms.abs() / 1_000;
    let side = if skew_ms < 0 { "behind" } else { "ahead of" };
    if skew_ms.abs() < SKEW_MS {
        return Check::new("clock", question::Health::Ok, "it agrees with X's");
    }
    Check::new("clock", question::Health::Warning, format!("it is {seconds} s {side} X's"))
        .remedy("set this machine's clock: times in the log are by it")
}
