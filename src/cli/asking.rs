//! Asking X by hand: what is asked is held by the day's cap, and stored as it comes.

use std::path::{Path, PathBuf};

use super::access::{client, clients};
use super::args::{Access, Asking};
use super::ask::put;
use super::bodies::made;
use super::report::{Failure, usage};
use crate::clock::Clock;
use crate::config::{CapBound, Credential, Resolved, Settings};
use crate::poll::purse::Purse;
use crate::poll::{Client, Polled};
use crate::question::Question;
use crate::serve::{Page, Request};
use crate::sheet::{Sheet, Value};
use crate::space::{Failure as PollFailure, Moment, Outcome, Prices, Seen, Target};
use crate::store::folder::Folder;

/// What came of a request: what X told, or why it did not.
pub type Told = Result<Seen, PollFailure>;

/// Whoever asks by hand: the folder it is stored in, the money, and how X is reached.
pub struct Asker {
    folder: Folder,
    purse: Purse,
    prices: Prices,
    access: Access,
    clock: Clock,
}

impl Asker {
    /// Returns who asks, with what this UTC day may still cost.
    pub fn new(
        it: &Asking,
        data: Option<PathBuf>,
        config: Option<PathBuf>,
    ) -> Result<Self, Failure> {
        let layer = it.layer().map_err(|error| Failure::of(2, &error))?;
        let resolved = Resolved::new(layer, config)?;
        let folder = made(data)?;
        let settings = resolved.settings(folder.path().to_owned())?;
        let status = put(&folder, &Request::ask(Question::Status))?;
        if first(&status, "simulated") == Some(&Value::Bool(true)) {
            return Err(usage("the folder holds simulated data: X is not asked for it")
                .hint("name another folder with `--data`"));
        }
        let clock = Clock::real();
        let spend = put(&folder, &Request::ask(Question::Spend))?;
        let purse = purse(&settings, &spend, Moment::from(clock.now()));
        let (prices, access) = (settings.prices, it.access.over(&resolved));
        Ok(Self { folder, purse, prices, access, clock })
    }

    /// Returns what X charges.
    pub const fn prices(&self) -> Prices {
        self.prices
    }

    /// Returns X with one credential of somebody's own.
    pub fn with(&self, credential: Credential) -> Result<Client, Failure> {
        client(&self.access, credential, &self.clock)
    }

    /// Returns the credential of a user: of this file, else of the one in the settings, else of the
    /// environment.
    pub fn user(
        it: &Asking,
        file: Option<&Path>,
        config: Option<PathBuf>,
    ) -> Result<Option<Credential>, Failure> {
        let layer = it.layer().map_err(|error| Failure::of(2, &error))?;
        let resolved = Resolved::new(layer, config)?;
        let of_settings = resolved.user_token_file();
        Ok(it.access.over(&resolved).given().user(file.or(of_settings.as_deref()))?)
    }

    /// Returns X with the first credential of an app.
    pub fn client(&self) -> Result<Client, Failure> {
        let mut clients = clients(&self.access, &self.clock)?;
        if clients.is_empty() {
            return Err(Failure::new(3, "there is no bearer token"));
        }
        Ok(clients.swap_remove(0))
    }

    /// Asks X for one thing, or as much of it as there is money for, and stores what came of it.
    ///
    /// # Errors
    /// With code 4 and without asking, when the money of the day does not cover what it may cost;
    /// and when it cannot be stored. That X refuses is no error: it is stored, and returned.
    pub async fn ask(&mut self, client: &Client, target: Target) -> Result<Told, Failure> {
        let now = Moment::from(self.clock.now());
        let Some(leave) = self.purse.leave(target, &|_| false, (now, false)) else {
            return Err(Failure::new(
                4,
                "what is left of this UTC day's money does not cover what the answer may cost",
            )
            .hint("raise --spend-cap, or wait for midnight UTC; `spacelog spend` shows the day"));
        };
        let polled = client.ask_for(leave.target.clone(), None, leave.people).await;
        let day = polled.answer.asked.observed_at.day();
        let told = match &polled.answer.outcome {
            Outcome::Seen(seen) => Ok(seen.clone()),
            Outcome::Failed(failure) => Err(failure.clone()),
        };
        let stored = put(&self.folder, &Request::Record(vec![recorded(polled)]))?;
        match &told {
            Ok(seen) => {
                let cost = |name| micro(first(&stored, name));
                let cost = (cost("cost_usd_least"), cost("cost_usd_most"));
                self.purse.answered(leave.number, seen, (day, cost));
            }
            Err(failure) => {
                self.purse.failed(leave.number, failure.class.may_be_billed(failure.status));
            }
        }
        Ok(told)
    }
}

fn purse(it: &Settings, spend: &Sheet, now: Moment) -> Purse {
    let column = match it.cap_bound {
        CapBound::Low => "usd_low",
        CapBound::High => "usd_high",
    };
    // The first row is today, all in all.
    let today = micro(first(spend, column));
    Purse::new(it.spend_cap_micro_usd, it.cap_bound, it.prices, (now.day(), today))
}

/// Returns a value of the first row.
fn first<'a>(sheet: &'a Sheet, column: &str) -> Option<&'a Value> {
    sheet.rows.first()?.get(sheet.index(column)?)
}

/// Returns dollars in millionths; what is not there cost nothing.
fn micro(dollars: Option<&Value>) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "dollars of a day are far below 2^53 millionths, and never negative"
    )]
    match dollars {
        Some(Value::Real(dollars)) => (dollars * 1e6).round() as u64,
        _ => 0,
    }
}

/// Returns an answer as the owner of the log takes it.
fn recorded(polled: Polled) -> Page {
    let Polled { answer, body, .. } = polled;
    let (status, rate, failure) = match &answer.outcome {
        Outcome::Seen(seen) => (seen.status, seen.rate, None),
        Outcome::Failed(it) => (it.status, it.rate, Some(it)),
    };
    let (mut space, mut page, mut query, mut usernames) = (None, None, None, Vec::new());
    match answer.asked.target {
        Target::Buyers { space: of, page: next } | Target::Posts { space: of, page: next } => {
            (space, page) = (Some(of.to_string()), next);
        }
        Target::Query { text, state, max_results } => {
            query = Some((text, state.word().to_owned(), max_results));
        }
        Target::Usernames(names) => usernames = names,
        // Nobody asks for these by hand and keeps the answer.
        Target::Spaces(_) | Target::Space(_) | Target::Creators(_) => {}
    }
    let retry_after_ms = failure.and_then(|it| it.retry_after_ms);
    Page {
        endpoint: answer.asked.endpoint.word().to_owned(),
        space,
        page,
        query,
        usernames,
        sent_at: answer.asked.sent_at.map(|at| at.0),
        observed_at: answer.asked.observed_at.0,
        credential: answer.asked.credential,
        repeats: answer.asked.repeats,
        status,
        rate: rate.map(|it| (it.limit, it.remaining, it.reset.0)),
        // Of a failure, the class says all that is stored.
        body: body
            .filter(|_| failure.is_none())
            .map(|it| String::from_utf8_lossy(&it).into_owned()),
        failure: failure
            .map(|it| (it.class.word().to_owned(), it.message.clone(), it.problem.clone())),
        retry_after_ms,
    }
}
