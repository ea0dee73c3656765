//! One question to X: sent, waited for, read; and asked again without what a 400 refused.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use secrecy::SecretString;

use super::problem::{line, named_in};
use super::reach::Reach;
use super::transport::{Lost, RawReply, TransportError};
use super::{Bearer, BearerError, FieldSet, Transport, decode, endpoint_of, request};
use crate::clock::{Clock, Stopwatch};
use crate::space::{
    Answer, Asked, Endpoint, Failure, FailureClass, Moment, Outcome, RateLimit, Target,
};

/// A request is repeated without refused fields at most this many times.
pub const FIELDS_GIVEN_UP_MAX: usize = 2;

/// A look at creators is repeated after this: X takes one a second.
const REPEAT_WAIT: Duration = Duration::from_secs(1);

/// X through one credential.
#[derive(Debug)]
pub struct Client {
    transport: Transport,
    bearer: Bearer,
    credential: String,
    clock: Clock,
    fields: Mutex<[FieldSet; Endpoint::ALL.len()]>,
    reach: Mutex<Reach>,
}

/// What came of one question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Polled {
    /// The request that brought the answer, and the answer.
    pub answer: Answer,
    /// The body as it came, if it came whole.
    pub body: Option<Vec<u8>>,
    /// How long that request took in real time, in milliseconds.
    pub took_ms: u64,
    /// How long X asked to be left alone (`Retry-After`).
    pub retry_after: Option<Duration>,
    /// How far our clock is ahead of X's, in milliseconds (behind where negative), to a second or
    /// so; `None` where X sent no `Date`.
    pub skew_ms: Option<i64>,
    /// The fields that 400s refused meanwhile: each cost one more request than the answer's.
    pub retried_without: Vec<String>,
}

/// One request and what came back, before it is decided whether to repeat it.
struct Attempt {
    outcome: Outcome,
    body: Option<Vec<u8>>,
    retry_after: Option<Duration>,
    sent_at: Moment,
    observed_at: Moment,
    took_ms: u64,
    skew_ms: Option<i64>,
}

/// When a request left, by each clock.
#[derive(Clone, Copy)]
struct Sent {
    at: Moment,
    /// Of the steady clock.
    elapsed: Duration,
    stopwatch: Stopwatch,
}

/// What is left of a reply once it was read.
#[derive(Default)]
struct Rest {
    body: Option<Vec<u8>>,
    retry_after: Option<Duration>,
    date: Option<Moment>,
    was_cut: bool,
}

impl Client {
    /// Returns the client that asks over `transport` with `token`; `credential` is the token's
    /// label, under which polls are recorded.
    ///
    /// # Errors
    /// When the token cannot be sent as a header.
    pub fn new(
        transport: Transport,
        token: SecretString,
        credential: impl Into<String>,
        clock: Clock,
    ) -> Result<Self, BearerError> {
        Ok(Self {
            bearer: Bearer::new(token)?.hiding(transport.secrets()),
            transport,
            credential: credential.into(),
            clock,
            fields: Mutex::new(Endpoint::ALL.map(FieldSet::all)),
            reach: Mutex::default(),
        })
    }

    /// Returns the origin that is asked, such as `https://api.x.com`: scheme, host and port, never
    /// a user or a query; `None` where no server is.
    pub fn origin(&self) -> Option<&str> {
        self.transport.origin()
    }

    /// Returns the label of the credential; never the credential.
    pub fn credential(&self) -> &str {
        &self.credential
    }

    /// Returns by which way it goes out: the proxy's address without its user, or `direct`.
    pub fn way(&self) -> &str {
        self.transport.way()
    }

    /// Asks X for `target`; what fails is an [`Outcome::Failed`].
    ///
    /// A 400 that names a field we send is believed: the field is left out of this and all later
    /// requests to the endpoint, and this one is repeated, at most [`FIELDS_GIVEN_UP_MAX`] times.
    /// Nothing else is repeated here: when to ask again is the schedule's to decide.
    pub async fn ask(&self, target: Target, holding_ms: Option<u64>) -> Polled {
        self.ask_for(target, holding_ms, true).await
    }

    /// Asks X for `target` as [`Client::ask`] does, for people too or without them: they cost.
    pub async fn ask_for(&self, target: Target, holding_ms: Option<u64>, people: bool) -> Polled {
        let endpoint = endpoint_of(&target);
        let mut retried_without = Vec::new();
        loop {
            let fields = self.fields(endpoint);
            let fields = if people { fields } else { fields.without_people() };
            let attempt = self.attempt(&target, &fields).await;
            if let Some(refused) = self.give_up(endpoint, &fields, &attempt)
                && retried_without.len() < FIELDS_GIVEN_UP_MAX
            {
                retried_without.push(refused);
                if endpoint == Endpoint::CreatorIds {
                    // It takes one request a second, a repeated one too.
                    self.clock.sleep(REPEAT_WAIT).await;
                }
                continue;
            }
            let asked = Asked {
                endpoint,
                target,
                sent_at: Some(attempt.sent_at),
                observed_at: attempt.observed_at,
                credential: self.credential.clone(),
                holding_ms,
                repeats: u32::try_from(retried_without.len()).unwrap_or(u32::MAX),
            };
            let mut outcome = attempt.outcome;
            if let Outcome::Failed(failure) = &mut outcome {
                let wait = attempt.retry_after.map(|wait| wait.as_millis());
                failure.retry_after_ms = wait.and_then(|ms| u64::try_from(ms).ok());
            }
            return Polled {
                answer: Answer { asked, outcome },
                body: attempt.body,
                took_ms: attempt.took_ms,
                retry_after: attempt.retry_after,
                skew_ms: attempt.skew_ms,
                retried_without,
            };
        }
    }

    async fn attempt(&self, target: &Target, fields: &FieldSet) -> Attempt {
        let sent = Sent {
            at: Moment::from(self.clock.now()),
            elapsed: self.clock.elapsed(),
            stopwatch: Stopwatch::start(),
        };
        let reply = match request(target, fields) {
            Ok(request) => self.transport.get(&request.path_and_query(), &self.bearer).await,
            Err(refused) => {
                let outcome = failed(FailureClass::InvalidRequest, None, &refused, None);
                return self.attempted(&sent, outcome, Rest::default());
            }
        };
        match reply {
            Ok(mut reply) => {
                self.bearer.redact(&mut reply.body);
                let rate = reply.rate();
                let read = decode(endpoint_of(target), target, reply.status, &reply.body, rate);
                let RawReply { retry_after, date, body, .. } = reply;
                let rest = Rest { body: Some(body), retry_after, date, was_cut: false };
                self.attempted(&sent, read, rest)
            }
            Err(Lost { error, head }) => {
                let was_cut = matches!(error, TransportError::Cut(_));
                let class = match error {
                    TransportError::Timeout => FailureClass::Timeout,
                    TransportError::Network(_) | TransportError::Cut(_) => FailureClass::Network,
                    TransportError::TooLarge => FailureClass::TooLarge,
                };
                let status = head.as_ref().map(|head| head.status);
                let rate = head.as_ref().and_then(RawReply::rate);
                let outcome = failed(class, status, &error, rate);
                let (retry_after, date) =
                    head.map(|head| (head.retry_after, head.date)).unwrap_or_default();
                let rest = Rest { body: None, retry_after, date, was_cut };
                self.attempted(&sent, outcome, rest)
            }
        }
    }

    fn attempted(&self, sent: &Sent, mut outcome: Outcome, rest: Rest) -> Attempt {
        let Sent { at: sent_at, elapsed, stopwatch } = *sent;
        let took_ms = u64::try_from(stopwatch.elapsed().as_millis()).unwrap_or(u64::MAX);
        // Not what the wall says now: it may have been moved meanwhile, or the machine may have
        // slept over an answer that was there before.
        let passed = self.clock.elapsed().saturating_sub(elapsed).as_millis();
        let observed_at = sent_at.plus(i64::try_from(passed).unwrap_or(i64::MAX));
        // What a thread that broke down left of it is whole: it is changed in one step.
        let mut reach = self.reach.lock().unwrap_or_else(PoisonError::into_inner);
        reach.judge(self.clock.elapsed(), rest.was_cut, &mut outcome);
        let Rest { body, retry_after, date, .. } = rest;
        let skew_ms = date.map(|date| skew_ms(sent_at, observed_at, date));
        Attempt { outcome, body, retry_after, sent_at, observed_at, took_ms, skew_ms }
    }

    fn fields(&self, endpoint: Endpoint) -> FieldSet {
        // A set of names is whole whatever happened to a thread that held it.
        let fields = self.fields.lock().unwrap_or_else(PoisonError::into_inner);
        fields[endpoint as usize].clone()
    }

    /// Leaves out of later requests what a 400 names of the fields `sent`, and returns its name.
    fn give_up(&self, endpoint: Endpoint, sent: &FieldSet, attempt: &Attempt) -> Option<String> {
        let refused = matches!(&attempt.outcome, Outcome::Failed(failure)
            if failure.class == FailureClass::InvalidRequest && failure.status == Some(400));
        let body = attempt.body.as_deref().filter(|_| refused)?;
        let named = named_in(body).into_iter().find_map(|name| {
            // Not the set as it is now: another request may have left the field out meanwhile.
            let dropped = sent.clone().drop_named(&name)?;
            Some((name, dropped))
        });
        let (name, dropped) = named?;
        let mut fields = self.fields.lock().unwrap_or_else(PoisonError::into_inner);
        fields[endpoint as usize].drop_named(&name);
        Some(dropped)
    }
}

/// Returns how far our clock is ahead of X's `Date`, which names the second that had begun when X
/// answered, somewhere between our sending and our having it all.
fn skew_ms(sent_at: Moment, observed_at: Moment, date: Moment) -> i64 {
    let between = sent_at.plus(observed_at.since(sent_at) / 2);
    between.since(date.plus(500))
}

fn failed(
    class: FailureClass,
    status: Option<u16>,
    why: &dyn std::error::Error,
    rate: Option<RateLimit>,
) -> Outcome {
    Outcome::Failed(Failure {
        class,
        status,
        message: line(&why.to_string()),
        rate,
        field: None,
        retry_after_ms: None,
        problem: None,
    })
}

#[cfg(test)]
mod tests;
