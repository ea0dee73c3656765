//! The simulated X without a socket: a request's path, query and token in, a reply out.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use crate::clock::Clock;
use crate::space::{Endpoint, Moment};

use super::answer::answer;
use super::bills::{Bill, Bills};
use super::checks::check;
use super::faults::{Fault, Faults};
use super::problem;
use super::settings::Settings;
use super::windows::{Standing, Windows};
use super::world::World;

const JSON: &str = "application/json; charset=utf-8";
/// A 429 that is not due to the window says that the wait is over after this.
const FALSE_RESET_SECONDS: i64 = 30;
const SECOND_MS: i64 = 1_000;

/// How a reply reaches the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// At once.
    Whole,
    /// Byte by byte.
    Slow,
    /// Never: the client waits until it gives up.
    Never,
}

/// One reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimReply {
    /// The HTTP status.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body; may be empty.
    pub body: Vec<u8>,
    /// How it reaches the client.
    pub delivery: Delivery,
}

impl SimReply {
    fn new(status: u16, kind: &str, body: Vec<u8>) -> Self {
        let kind = ("content-type".to_owned(), kind.to_owned());
        let headers = if body.is_empty() { Vec::new() } else { vec![kind] };
        Self { status, headers, body, delivery: Delivery::Whole }
    }

    pub(super) fn problem(status: u16, problem: &Value) -> Self {
        Self::new(status, JSON, problem.to_string().into_bytes())
    }

    fn blank(status: u16, title: &str) -> Self {
        Self::problem(status, &problem::blank(status, title))
    }

    fn with(mut self, standing: Standing) -> Self {
        for (name, value) in [
            ("x-rate-limit-limit", standing.limit.to_string()),
            ("x-rate-limit-remaining", standing.remaining.to_string()),
            ("x-rate-limit-reset", standing.reset.to_string()),
        ] {
            self.headers.push((name.to_owned(), value));
        }
        self
    }

    /// Returns a header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

struct Inside {
    world: World,
    windows: Windows,
    bills: Bills,
    requests: BTreeMap<Endpoint, u64>,
}

/// The simulated X without a socket, moved by the clock it was given.
pub struct SimulatedX {
    settings: Settings,
    clock: Clock,
    faults: Faults,
    inside: Mutex<Inside>,
}

impl SimulatedX {
    /// Returns an X as these settings say, in full swing at the epoch of its world.
    pub fn new(settings: Settings, clock: Clock) -> Self {
        let inside = Inside {
            world: World::new(settings.world),
            windows: Windows::default(),
            bills: Bills::default(),
            requests: BTreeMap::new(),
        };
        let faults = Faults::new(settings.world.seed, settings.faults.clone());
        Self { settings, clock, faults, inside: Mutex::new(inside) }
    }

    /// Answers one GET request; `target` is its path and query, `bearer` the token it carries.
    pub fn handle(&self, target: &str, bearer: Option<&str>) -> SimReply {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let Some((endpoint, id)) = route(path) else { return SimReply::blank(404, "Not Found") };
        let mut inside = self.inside();
        *inside.requests.entry(endpoint).or_default() += 1;
        let Some(token) = bearer.filter(|token| self.lets_in(token)) else {
            return SimReply::blank(401, "Unauthorized");
        };
        let now = Moment::from(self.clock.now());
        let standing = self.take(&mut inside.windows, endpoint, token, now);
        if !standing.admitted {
            return SimReply::blank(429, "Too Many Requests").with(standing);
        }
        let fault = self.faults.draw(path);
        if let Some(reply) = fault.and_then(|fault| refusal(fault, standing, now)) {
            return reply;
        }
        if endpoint == Endpoint::Buyers && !Settings::is_user(token) {
            let refused = SimReply::problem(403, &problem::unsupported_authentication());
            return refused.with(standing);
        }
        let reply = self.sound(&mut inside, (endpoint, id, query), now).with(standing);
        match fault {
            Some(fault) => spoil(reply, fault),
            None => reply,
        }
    }

    /// Returns the handle to its misbehaviour.
    pub fn faults(&self) -> Faults {
        self.faults.clone()
    }

    /// Returns the requests so far by endpoint, refused ones included.
    pub fn requests(&self) -> BTreeMap<Endpoint, u64> {
        self.inside().requests.clone()
    }

    /// Returns what X would bill, by UTC day (days since 1970).
    pub fn billed(&self) -> BTreeMap<i64, Bill> {
        self.inside().bills.days().clone()
    }

    /// Lets `look` see the hidden truth, moved on to the clock's time.
    pub fn with_world<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        let mut inside = self.inside();
        inside.world.advance(Moment::from(self.clock.now()));
        look(&inside.world)
    }

    /// Returns the clock it lives by.
    pub const fn clock(&self) -> &Clock {
        &self.clock
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        // Nothing is half done at a point where a panic could happen.
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lets_in(&self, token: &str) -> bool {
        self.settings.bearer.as_deref().map_or(!token.is_empty(), |only| only == token)
    }

    fn take(
        &self,
        windows: &mut Windows,
        endpoint: Endpoint,
        token: &str,
        now: Moment,
    ) -> Standing {
        let length = i64::try_from(self.settings.window.as_millis()).unwrap_or(i64::MAX);
        let limit = self.settings.limit_of(endpoint);
        if let Some(a_second) = self.settings.creator_ids_a_second
            && endpoint == Endpoint::CreatorIds
        {
            let key = format!("{token} a second");
            let standing = windows.take(endpoint, &key, (a_second, SECOND_MS), now);
            if !standing.admitted {
                return standing;
            }
        }
        windows.take(endpoint, token, (limit, length), now)
    }

    fn sound(
        &self,
        inside: &mut Inside,
        (endpoint, id, query): (Endpoint, &str, &str),
        now: Moment,
    ) -> SimReply {
        let description = self.settings.description;
        let request = match check(endpoint, id, query, description) {
            Ok(request) => request,
            Err(refused) => return SimReply::problem(400, &problem::invalid_request(&refused)),
        };
        inside.world.advance(now);
        // The world never goes back, so an answer may be of a later moment than the clock says.
        let at = inside.world.reached();
        let answer = answer(&inside.world, &request, at, description);
        inside.bills.charge(at, &answer.spaces, &answer.users);
        SimReply::new(answer.status, JSON, answer.body)
    }
}

/// Returns the endpoint of a path, and the id in it.
fn route(path: &str) -> Option<(Endpoint, &str)> {
    match path {
        "/2/spaces" => return Some((Endpoint::Spaces, "")),
        "/2/spaces/search" => return Some((Endpoint::Search, "")),
        "/2/spaces/by/creator_ids" => return Some((Endpoint::CreatorIds, "")),
        "/2/users/by" => return Some((Endpoint::UsersBy, "")),
        _ => {}
    }
    let rest = path.strip_prefix("/2/spaces/")?;
    match rest.split_once('/') {
        None if rest.is_empty() => None,
        None => Some((Endpoint::Space, rest)),
        Some((id, "buyers")) => Some((Endpoint::Buyers, id)),
        Some((id, "tweets")) => Some((Endpoint::Tweets, id)),
        Some(_) => None,
    }
}

/// Returns the reply of a fault that never looks at the request.
fn refusal(fault: Fault, standing: Standing, now: Moment) -> Option<SimReply> {
    let reply = match fault {
        Fault::RateLimited => {
            let reset = now.0.div_euclid(SECOND_MS) + FALSE_RESET_SECONDS;
            let standing = Standing { remaining: 0, reset, ..standing };
            return Some(SimReply::blank(429, "Too Many Requests").with(standing));
        }
        // X sends no window with these.
        Fault::Unauthorized => return Some(SimReply::blank(401, "Unauthorized")),
        Fault::UsageCap => SimReply::problem(429, &problem::usage_cap()),
        Fault::Credits => SimReply::problem(402, &problem::credits()),
        Fault::ServerError => SimReply::blank(503, "Service Unavailable"),
        Fault::Html => {
            let page = "<!DOCTYPE html><html><body><h1>Something went wrong</h1></body></html>";
            SimReply::new(200, "text/html; charset=utf-8", page.into())
        }
        Fault::WrongShape => {
            let body = r#"{"data":{"rows":[1,2,3]},"meta":"none"}"#;
            SimReply::new(200, JSON, body.into())
        }
        Fault::Truncated | Fault::Silence | Fault::SlowBytes => return None,
    };
    Some(reply.with(standing))
}

/// Spoils a sound reply.
fn spoil(mut reply: SimReply, fault: Fault) -> SimReply {
    match fault {
        Fault::Truncated => reply.body.truncate(reply.body.len() / 2),
        Fault::SlowBytes => reply.delivery = Delivery::Slow,
        Fault::Silence => reply.delivery = Delivery::Never,
        Fault::RateLimited
        | Fault::UsageCap
        | Fault::Credits
        | Fault::ServerError
        | Fault::Html
        | Fault::WrongShape
        | Fault::Unauthorized => {}
    }
    reply
}

#[cfg(test)]
mod tests;
