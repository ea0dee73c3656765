//! API bodies: plain files, and lines of `{"observed_at", "endpoint", "body"}`.

use serde_json::Value;
use thiserror::Error;

use crate::event::PollId;
use crate::poll::{decode, guess_endpoint, ids_in};
use crate::space::{Answer, Asked, Endpoint, Moment, Outcome, SearchState, Target};

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
    /// What was asked for (a query), where it was recorded.
    pub target: Option<String>,
    /// For how long its counts may be held, in milliseconds; `None` where nobody said.
    pub holding_ms: Option<u64>,
    /// The body: JSON, in one canonical form, so that the same body has the same poll id.
    pub body: Vec<u8>,
}

/// Why a body cannot be taken in.
#[derive(Debug, Error)]
pub enum Refused {
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
    recorded(&body, observed_at, endpoint, None, (None, holding_ms))
}

/// Reads one line of `{"observed_at", "endpoint", "body"}`; `status`, `target` and `holding_ms`
/// are taken where they are there.
pub fn read_line(line: &str, holding_ms: Option<u64>) -> Result<Recorded, Refused> {
    let line: Value = serde_json::from_str(line).map_err(Refused::NotJson)?;
    let observed_at = line["observed_at"].as_str().and_then(Moment::parse);
    let observed_at = observed_at.ok_or(Refused::Key("observed_at"))?;
    let endpoint = line["endpoint"].as_str().and_then(endpoint_at);
    let endpoint = endpoint.ok_or(Refused::Key("endpoint"))?;
    let body = line.get("body").ok_or(Refused::Key("body"))?;
    let status = line["status"].as_u64().and_then(|status| u16::try_from(status).ok());
    let holding_ms = line["holding_ms"].as_u64().or(holding_ms);
    let target = line["target"].as_str().map(ToOwned::to_owned);
    let it = recorded(body, observed_at.0, Some(endpoint), target, (status, holding_ms))?;
    let poll_id = line["poll_id"].as_str().and_then(|text| text.parse().ok());
    let sent_at = line["sent_at"].as_str().and_then(Moment::parse).map(|at| at.0);
    Ok(Recorded { poll_id, sent_at, ..it })
}

/// Returns whether a file holds lines rather than one body: its first line alone is an object
/// with an `observed_at`.
pub fn is_lines(text: &str) -> bool {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let first: Option<Value> = serde_json::from_str(first).ok();
    first.is_some_and(|line| line.get("observed_at").is_some() && line.get("body").is_some())
}

/// Reads every line of a file; each is its number (from 1) and what it holds.
pub fn read_lines(
    text: &str,
    holding_ms: Option<u64>,
) -> Option<impl Iterator<Item = (usize, Result<Recorded, Refused>)>> {
    is_lines(text).then(|| {
        (1..)
            .zip(text.lines())
            .filter(|(_, line)| !line.trim().is_empty())
            .map(move |(number, line)| (number, read_line(line, holding_ms)))
    })
}

fn recorded(
    body: &Value,
    observed_at: i64,
    endpoint: Option<Endpoint>,
    target: Option<String>,
    (status, holding_ms): (Option<u16>, Option<u64>),
) -> Result<Recorded, Refused> {
    let status = status.or_else(|| problem_status(body));
    // Strings, numbers and maps of a Value always print.
    let bytes = serde_json::to_vec(body).map_err(Refused::NotJson)?;
    let endpoint = endpoint.or_else(|| guess_endpoint(&bytes));
    let endpoint = endpoint.or(status.map(|_| Endpoint::Search)).ok_or(Refused::NoAnswer)?;
    Ok(Recorded {
        observed_at,
        endpoint,
        poll_id: None,
        sent_at: None,
        status,
        target,
        holding_ms,
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
    let line = it.target.clone().unwrap_or_default();
    let ids = ids_in(&it.body);
    let target = match (it.endpoint, ids.first()) {
        (Endpoint::Space | Endpoint::Buyers | Endpoint::Tweets, Some(id)) => Target::Space(*id),
        (Endpoint::Spaces, _) => Target::Spaces(ids),
        (Endpoint::CreatorIds, _) => {
            Target::Creators(line.split(',').filter_map(|id| id.parse().ok()).collect())
        }
        (Endpoint::UsersBy, _) => {
            let names = line.split(',').filter(|name| !name.is_empty());
            Target::Usernames(names.map(ToOwned::to_owned).collect())
        }
        _ => Target::Query { text: line, state: SearchState::All, max_results: 100 },
    };
    let mut outcome = decode(it.endpoint, &target, it.status.unwrap_or(200), &it.body, None);
    if let (Outcome::Seen(seen), None) = (&mut outcome, it.status) {
        seen.status = None;
    }
    let asked = Asked {
        endpoint: it.endpoint,
        target,
        sent_at: it.sent_at.map(Moment),
        observed_at,
        credential: CREDENTIAL.to_owned(),
        holding_ms: it.holding_ms,
        repeats: 0,
    };
    let id = it.poll_id.unwrap_or_else(|| PollId::of_import(it.endpoint, observed_at, &it.body));
    (Answer { asked, outcome }, id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_when_and_where_its_body_was_seen() {
        let line = r#"{"observed_at": "2026-11-23T18:00:00Z", "endpoint": "/2/spaces/search",
            "body": {"data": [{"id": "1abc", "state": "live"}], "meta": {"result_count": 1}}}"#;
        let recorded = read_line(line, None).unwrap();
        assert_eq!(recorded.endpoint, Endpoint::Search);
        let (answer, _id) = answer(&recorded);
        let Outcome::Seen(seen) = answer.outcome else { panic!("not an answer") };
        assert_eq!(seen.spaces[0].id.as_str(), "1abc");
    }

    #[test]
    fn what_is_no_answer_is_refused_by_name() {
        assert!(matches!(read_plain(b"<html>", 0, None, None), Err(Refused::NotJson(_))));
        assert!(matches!(read_plain(b"[1]", 0, None, None), Err(Refused::NoAnswer)));
        assert!(matches!(read_line("{\"body\": {}}", None), Err(Refused::Key("observed_at"))));
    }

    #[test]
    fn the_same_body_has_the_same_poll_id_however_it_is_spaced() {
        let id = |text: &[u8]| answer(&read_plain(text, 5, None, None).unwrap()).1;
        assert_eq!(id(br#"{"data":{"id":"1a"}}"#), id(b"{ \"data\": {\"id\": \"1a\"} }\n"));
    }
}
