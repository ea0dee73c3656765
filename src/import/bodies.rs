//! API bodies: plain files, lines of `{"observed_at", "endpoint", "body"}`, and lines of twarc2.
//!
//! What a monitor kept says of its poll all that an event says, and so gives the same events again.
//! twarc2 writes a page of an answer a line, and under `__twarc` from which address and when.

use std::io::BufRead;

use serde_json::Value;
use thiserror::Error;
use url::Url;

use super::text::{BadLine, TextLines};
use crate::event::PollId;
use crate::poll::{decode, guess_endpoint, ids_in};
use crate::space::{
    Answer, Asked, Endpoint, Moment, Outcome, RateLimit, SearchState, SpaceId, Target,
};

/// The label under which imported polls are recorded.
const CREDENTIAL: &str = "import";

/// A body with what is known of its poll.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// When X answered, in milliseconds since the epoch.
    pub observed_at: i64,
    /// The endpoint.
    pub endpoint: Endpoint,
    /// The id of the poll, where a monitor of ours recorded it: then it is known in its own log.
    pub poll_id: Option<PollId>,
    /// When the request left, where that was recorded, in milliseconds since the epoch.
    pub sent_at: Option<i64>,
    /// The HTTP status, where it was recorded.
    pub status: Option<u16>,
    /// What was asked for (a query, or ids), where it was recorded.
    pub target: Option<String>,
    /// Of a search X's word for the states, and the rows asked for, where they were recorded.
    pub search: Option<(String, u8)>,
    /// The label of the credential, where it was recorded.
    pub credential: Option<String>,
    /// Requests before it that were refused for a field.
    pub repeats: u32,
    /// The window: requests in it, left, and its reset in milliseconds, where it was recorded.
    pub rate: Option<(u64, u64, i64)>,
    /// For how many milliseconds X asked to be left alone, where that was recorded.
    pub retry_after_ms: Option<u64>,
    /// For how long its counts may be held, in milliseconds; `None` where nobody said.
    pub holding_ms: Option<u64>,
    /// The body: JSON, in one canonical form, so that the same body has the same poll id.
    pub body: Vec<u8>,
}

/// Why a body cannot be taken in.
#[derive(Debug, Error)]
pub enum Refused {
    /// The line.
    #[error(transparent)]
    Line(#[from] BadLine),
    /// Not JSON.
    #[error("it is not JSON")]
    NotJson(#[source] serde_json::Error),
    /// A line without one of its three keys, or with a wrong one.
    #[error("it has no valid `{0}`")]
    Key(&'static str),
    /// JSON, but no body of a Spaces endpoint.
    #[error("it is no answer of a Spaces endpoint of the X API")]
    NoAnswer,
}

/// Returns the endpoint at one of X's paths, such as `/2/spaces/search`.
pub fn endpoint_at(path: &str) -> Option<Endpoint> {
    let path = path.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let rest = path.trim_start_matches('/').strip_prefix("2/").unwrap_or(path);
    match rest {
        "spaces/search" => Some(Endpoint::Search),
        "spaces" => Some(Endpoint::Spaces),
        "spaces/by/creator_ids" => Some(Endpoint::CreatorIds),
        "users/by" => Some(Endpoint::UsersBy),
        other => {
            let id = other.strip_prefix("spaces/")?;
            match id.split_once('/') {
                None => Some(Endpoint::Space),
                Some((_, "buyers")) => Some(Endpoint::Buyers),
                Some((_, "tweets")) => Some(Endpoint::Tweets),
                Some(_) => None,
            }
        }
    }
}

/// Reads a plain body, observed at `observed_at`; without an endpoint its shape decides.
pub fn read_plain(
    bytes: &[u8],
    observed_at: i64,
    endpoint: Option<Endpoint>,
    holding_ms: Option<u64>,
) -> Result<Recorded, Refused> {
    let body: Value = serde_json::from_slice(bytes).map_err(Refused::NotJson)?;
    Ok(Recorded { holding_ms, ..recorded(&body, observed_at, endpoint, None)? })
}

/// Reads one line of either shape. Of ours, `status`, `target`, `holding_ms` and whatever else a
/// monitor writes beside a body are taken where they are there.
pub fn read_line(line: &[u8], holding_ms: Option<u64>) -> Result<Recorded, Refused> {
    let mut line: Value = serde_json::from_slice(line).map_err(Refused::NotJson)?;
    if line.get("__twarc").is_some() {
        return Ok(Recorded { holding_ms, ..read_twarc(&mut line)? });
    }
    let text = |key: &str| line[key].as_str().map(ToOwned::to_owned);
    let at = |key: &str| line[key].as_str().and_then(Moment::parse).map(|at| at.0);
    let observed_at = at("observed_at").ok_or(Refused::Key("observed_at"))?;
    let path = line["endpoint"].as_str().ok_or(Refused::Key("endpoint"))?;
    let endpoint = endpoint_at(path).ok_or(Refused::Key("endpoint"))?;
    let body = line.get("body").ok_or(Refused::Key("body"))?;
    let status = line["status"].as_u64().and_then(|status| u16::try_from(status).ok());
    let it = recorded(body, observed_at, Some(endpoint), status)?;
    let rate = &line["rate"];
    Ok(Recorded {
        poll_id: line["poll_id"].as_str().and_then(|text| text.parse().ok()),
        sent_at: at("sent_at"),
        target: text("target").or_else(|| space_in(path)),
        search: text("search_state").zip(small(&line["max_results"])),
        credential: text("credential"),
        repeats: line["repeats"].as_u64().and_then(|it| u32::try_from(it).ok()).unwrap_or(0),
        rate: rate["limit"]
            .as_u64()
            .zip(rate["remaining"].as_u64())
            .zip(rate["reset"].as_str().and_then(Moment::parse))
            .map(|((limit, remaining), reset)| (limit, remaining, reset.0)),
        retry_after_ms: line["retry_after_ms"].as_u64(),
        holding_ms: line["holding_ms"].as_u64().or(holding_ms),
        ..it
    })
}

/// Reads a page of an answer as twarc2 wrote it.
fn read_twarc(line: &mut Value) -> Result<Recorded, Refused> {
    let twarc = line.as_object_mut().and_then(|it| it.shift_remove("__twarc")).unwrap_or_default();
    let observed_at = twarc["retrieved_at"].as_str().and_then(Moment::parse);
    let observed_at = observed_at.ok_or(Refused::Key("__twarc.retrieved_at"))?;
    let url = twarc["url"].as_str().and_then(|url| Url::parse(url).ok());
    let url = url.ok_or(Refused::Key("__twarc.url"))?;
    let endpoint = endpoint_at(url.path()).ok_or(Refused::Key("__twarc.url"))?;
    let it = recorded(line, observed_at.0, Some(endpoint), None)?;
    let asked = |key: &str| {
        let found = url.query_pairs().find(|(name, _value)| name == key);
        found.map(|(_name, value)| value.into_owned())
    };
    let target = ["query", "ids", "user_ids", "usernames"].iter().find_map(|key| asked(key));
    let rows = asked("max_results").and_then(|rows| rows.parse().ok());
    Ok(Recorded {
        target: target.or_else(|| space_in(url.path())),
        search: Some((asked("state").unwrap_or_else(|| "all".to_owned()), rows.unwrap_or(100))),
        ..it
    })
}

fn small(value: &Value) -> Option<u8> {
    value.as_u64().and_then(|it| u8::try_from(it).ok())
}

/// Returns the Space that a path such as `/2/spaces/1abc/buyers` names.
fn space_in(path: &str) -> Option<String> {
    let id = path.trim_start_matches('/').strip_prefix("2/spaces/")?.split(['/', '?']).next()?;
    let is_id = !matches!(id, "search" | "by" | "") && id.parse::<SpaceId>().is_ok();
    is_id.then(|| id.to_owned())
}

/// Returns whether the first line of a file shows that it holds lines and not one body.
pub fn is_line(first: &[u8]) -> bool {
    let first: Option<Value> = serde_json::from_slice(first).ok();
    first.is_some_and(|line| {
        line.get("__twarc").is_some()
            || line.get("observed_at").is_some() && line.get("body").is_some()
    })
}

/// Reads lines of bodies one after the other, of any length in constant memory; each is its number
/// (from 1) and what it holds.
pub struct BodyLines<R> {
    text: TextLines<R>,
    holding_ms: Option<u64>,
}

impl<R: BufRead> BodyLines<R> {
    /// Returns the bodies in these lines; where nobody says otherwise, their counts may be held
    /// for so many milliseconds.
    pub fn new(from: R, holding_ms: Option<u64>) -> Self {
        Self { text: TextLines::new(from), holding_ms }
    }
}

impl<R: BufRead> Iterator for BodyLines<R> {
    type Item = (usize, Result<Recorded, Refused>);

    fn next(&mut self) -> Option<Self::Item> {
        let holding_ms = self.holding_ms;
        let read = match self.text.next() {
            Ok(None) => return None,
            Ok(Some(line)) => read_line(line, holding_ms),
            Err(bad) => Err(bad.into()),
        };
        Some((self.text.number, read))
    }
}

fn recorded(
    body: &Value,
    observed_at: i64,
    endpoint: Option<Endpoint>,
    status: Option<u16>,
) -> Result<Recorded, Refused> {
    let status = status.or_else(|| problem_status(body));
    let bytes = match body {
        // What was no JSON was kept as the text that it is.
        Value::String(text) => text.clone().into_bytes(),
        // Strings, numbers and maps of a Value always print.
        body => serde_json::to_vec(body).map_err(Refused::NotJson)?,
    };
    let endpoint = endpoint.or_else(|| guess_endpoint(&bytes));
    let endpoint = endpoint.or(status.map(|_| Endpoint::Search)).ok_or(Refused::NoAnswer)?;
    Ok(Recorded {
        observed_at,
        endpoint,
        poll_id: None,
        sent_at: None,
        status,
        target: None,
        search: None,
        credential: None,
        repeats: 0,
        rate: None,
        retry_after_ms: None,
        holding_ms: None,
        body: bytes,
    })
}

/// The status that an error body names itself: where it has no `data` but is a problem.
fn problem_status(body: &Value) -> Option<u16> {
    if body.get("data").is_some() || body.get("meta").is_some() {
        return None;
    }
    if let Some(status) = body["status"].as_u64() {
        return u16::try_from(status).ok();
    }
    let kind = body["type"].as_str().and_then(|kind| kind.rsplit('/').next());
    match kind {
        Some("invalid-request") => Some(400),
        Some("credits" | "credits-depleted") => Some(402),
        Some("client-forbidden" | "unsupported-authentication") => Some(403),
        Some("usage-capped") => Some(429),
        _ => body["errors"][0]["code"].as_u64().filter(|code| *code == 88).map(|_| 429),
    }
}

/// Returns the recorded body as an answer, and the id of its poll.
pub fn answer(it: &Recorded) -> (Answer, PollId) {
    let observed_at = Moment(it.observed_at);
    let target = target(it);
    let rate = it.rate.map(|(limit, remaining, reset)| RateLimit {
        limit,
        remaining,
        reset: Moment(reset),
    });
    let mut outcome = decode(it.endpoint, &target, it.status.unwrap_or(200), &it.body, rate);
    match &mut outcome {
        Outcome::Seen(seen) => seen.status = it.status,
        Outcome::Failed(failure) => failure.retry_after_ms = it.retry_after_ms,
    }
    let asked = Asked {
        endpoint: it.endpoint,
        target,
        sent_at: it.sent_at.map(Moment),
        observed_at,
        credential: it.credential.clone().unwrap_or_else(|| CREDENTIAL.to_owned()),
        holding_ms: it.holding_ms,
        repeats: it.repeats,
    };
    let id = it.poll_id.unwrap_or_else(|| PollId::of_import(it.endpoint, observed_at, &it.body));
    (Answer { asked, outcome }, id)
}

/// Returns what was asked for: as it was recorded, or as the body shows it.
fn target(it: &Recorded) -> Target {
    fn list<T: std::str::FromStr>(line: &str) -> Option<Vec<T>> {
        line.split(',').map(|id| id.trim().parse().ok()).collect()
    }
    let line = it.target.clone().unwrap_or_default();
    // A page after the first names itself behind the Space.
    let (space, page) = match line.split_once(" page ") {
        Some((space, page)) => (space, Some(page.to_owned())),
        None => (line.as_str(), None),
    };
    let shown = || ids_in(&it.body);
    let space: Option<SpaceId> = space.parse().ok();
    match (it.endpoint, space) {
        (Endpoint::Buyers, Some(space)) => Target::Buyers { space, page },
        (Endpoint::Tweets, Some(space)) => Target::Posts { space, page },
        (Endpoint::Space, Some(space)) => Target::Space(space),
        (Endpoint::Space, None) => {
            shown().first().map_or_else(|| query(it, line), |id| Target::Space(*id))
        }
        (Endpoint::Spaces, _) => Target::Spaces(list(&line).unwrap_or_else(shown)),
        (Endpoint::CreatorIds, _) => Target::Creators(list(&line).unwrap_or_default()),
        (Endpoint::UsersBy, _) => {
            let names = line.split(',').filter(|name| !name.is_empty());
            Target::Usernames(names.map(ToOwned::to_owned).collect())
        }
        _ => query(it, line),
    }
}

fn query(it: &Recorded, text: String) -> Target {
    let (state, max_results) = match &it.search {
        Some((word, rows)) => (SearchState::from_word(word).unwrap_or_default(), *rows),
        None => (SearchState::All, 100),
    };
    Target::Query { text, state, max_results }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_when_and_where_its_body_was_seen() {
        let line = r#"{"observed_at": "2026-11-23T18:00:00Z", "endpoint": "/2/spaces/search",
            "body": {"data": [{"id": "1abc", "state": "live"}], "meta": {"result_count": 1}}}"#;
        let recorded = read_line(line.as_bytes(), None).unwrap();
        assert_eq!(recorded.endpoint, Endpoint::Search);
        let (answer, _id) = answer(&recorded);
        let Outcome::Seen(seen) = answer.outcome else { panic!("not an answer") };
        assert_eq!(seen.spaces[0].id.as_str(), "1abc");
    }

    #[test]
    fn what_is_no_answer_is_refused_by_name() {
        assert!(matches!(read_plain(b"<html>", 0, None, None), Err(Refused::NotJson(_))));
        assert!(matches!(read_plain(b"[1]", 0, None, None), Err(Refused::NoAnswer)));
        assert!(matches!(read_line(b"{\"body\": {}}", None), Err(Refused::Key("observed_at"))));
    }

    #[test]
    fn a_line_of_twarc2_says_when_and_from_where_its_page_came() {
        let line = r#"{"data": [{"id": "1abc", "state": "live", "participant_count": 5}],
            "meta": {"result_count": 1}, "__twarc": {"version": "2.13.0",
            "url": "https://api.twitter.com/2/spaces/search?query=sea%20coast&state=live",
            "retrieved_at": "2022-05-15T21:24:01+00:00"}}"#;
        assert!(is_line(line.as_bytes()));
        let recorded = read_line(line.as_bytes(), Some(7)).unwrap();
        assert_eq!(recorded.observed_at, 1_652_649_841_000);
        assert_eq!(recorded.holding_ms, Some(7));
        let (answer, _id) = answer(&recorded);
        let asked = Target::Query {
            text: "sea coast".to_owned(),
            state: SearchState::Live,
            max_results: 100,
        };
        assert_eq!(answer.asked.target, asked);
        assert!(matches!(answer.outcome, Outcome::Seen(seen) if seen.spaces.len() == 1));
    }

    #[test]
    fn a_page_of_buyers_says_whose_it_is_by_its_path() {
        let line = br#"{"observed_at": "2026-11-23T18:00:00Z",
            "endpoint": "/2/spaces/1abc/buyers", "body": {"data": [{"id": "12"}]}}"#;
        let (answer, _id) = answer(&read_line(line, None).unwrap());
        let space = "1abc".parse().unwrap();
        assert_eq!(answer.asked.target, Target::Buyers { space, page: None });
    }

    #[test]
    fn the_same_body_has_the_same_poll_id_however_it_is_spaced() {
        let id = |text: &[u8]| answer(&read_plain(text, 5, None, None).unwrap()).1;
        assert_eq!(id(br#"{"data":{"id":"1a"}}"#), id(b"{ \"data\": {\"id\": \"1a\"} }\n"));
    }
}
