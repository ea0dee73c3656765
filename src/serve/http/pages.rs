//! The pages by their paths: which questions each asks.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Response;
use axum::http::request::Parts;

use super::kept::Asks;
use super::params::Params;
use super::questions;
use super::respond::{Kind, response};
use super::{Denied, Shared};
use crate::question::{Board, Counting, HostRank, Question, SpaceSort, Words};
use crate::serve::page::{self, Basis, Frame, Sought, View};
use crate::sheet::{Sheet, Value};
use crate::space::SpaceId;

/// So many Spaces stand on a page.
const SPACES: usize = 100;

/// So many Spaces stand on the page of what is on air, each with its curve.
const ON_AIR: usize = 50;

/// So many rows of other lists stand on a page.
const ROWS: usize = 100;

/// One point of a sparkline, in milliseconds.
const SPARK_STEP_MS: u64 = 60_000;

/// One point of a curve, in milliseconds.
const CURVE_STEP_MS: u64 = 30_000;

/// The schedule's page tells of Spaces that were to begin within the last day, in milliseconds.
const DAY_MS: u64 = 86_400_000;

/// A Space's last events are looked for among so many of the log.
const EVENTS_BACK: u64 = 2_000;

/// A page that was made: with what it rests on.
pub struct Made {
    view: View,
    basis: Basis,
}

/// Answers a page; only its moving part where a page that is open asks for that.
pub async fn answer(shared: &Arc<Shared>, request: &Parts) -> Result<Response<Body>, Denied> {
    let is_part = request.headers.get("x-part").is_some_and(|part| part == "main");
    let asks = if is_part { Asks::Again } else { Asks::Anew };
    let target = request.uri.path_and_query().map_or("/", |target| target.as_str());
    let made = shared.pages.get(target, asks, make(shared, request)).await?;
    let frame = Frame { view: &made.view, basis: &made.basis };
    let body = if is_part { frame.part() } else { frame.document() };
    Ok(response(200, Kind::Html, body))
}

/// Returns the page that says why there is no other.
pub async fn denied(shared: &Shared, denied: &Denied, now: Option<&str>) -> Response<Body> {
    let what = denied.to_string();
    let view = page::problem(&what, &denied.causes(), now);
    // Whoever may not ask is told nothing of the log.
    let basis = match denied {
        Denied::NoSuchPath | Denied::UnknownParameter(_) | Denied::Parameter { .. } => {
            shared.status(Asks::Again).await.map(|status| Basis::of(&status)).ok()
        }
        _ => None,
    };
    let frame = Frame { view: &view, basis: &basis.unwrap_or_default() };
    let response = response(denied.status(), Kind::Html, frame.document());
    super::respond::with_status(denied, response)
}

async fn make(shared: &Shared, request: &Parts) -> Result<Made, Denied> {
    let path: Vec<&str> = request.uri.path().split('/').skip(1).collect();
    let mut params = Params::of(request.uri.query())?;
    let status = shared.status(Asks::Anew).await?;
    let view = match path.as_slice() {
        [""] => on_air(shared, &status).await?,
        ["spaces"] => spaces(shared, &mut params, request.uri.query()).await?,
        ["space", id] => {
            let id = id.parse().map_err(|_| Denied::NoSuchPath)?;
            space(shared, id, &status).await?
        }
        ["schedule"] => {
            let question = Question::Schedule {
                standing: None,
                host: None,
                keyword: None,
                last_ms: DAY_MS,
                limit: SPACES,
            };
            page::schedule(&shared.asker.ask(question, None).await?)
        }
        ["hosts"] => hosts(shared, &mut params, request.uri.query()).await?,
        ["keywords"] => keywords(shared, &mut params).await?,
        ["polls"] => {
            let question = Question::Polls { since: None, limit: ROWS };
            let data = format!("{}?limit={ROWS}", questions::address(&question));
            page::polls(&shared.asker.ask(question, None).await?, data)
        }
        ["gaps"] => {
            let question = Question::Gaps { space: None };
            let data = questions::address(&question);
            page::gaps(&shared.asker.ask(question, None).await?, ROWS, data)
        }
        ["spend"] => {
            let data = questions::address(&Question::Spend);
            page::spend(&shared.asker.ask(Question::Spend, None).await?, data)
        }
        ["health"] => {
            let data = questions::address(&Question::Doctor);
            page::health(&shared.asker.ask(Question::Doctor, None).await?, &status, data)
        }
        _ => return Err(Denied::NoSuchPath),
    };
    params.done()?;
    Ok(Made { view, basis: Basis::of(&status) })
}

fn of_state(state: &str, sort: SpaceSort, limit: usize) -> Question {
    Question::Spaces {
        state: Some(state.to_owned()),
        host: None,
        keyword: None,
        min_participants: None,
        sort,
        limit,
    }
}

async fn on_air(shared: &Shared, status: &Sheet) -> Result<View, Denied> {
    let question = of_state("live", SpaceSort::Participants, ON_AIR);
    let spaces = shared.asker.ask(question, None).await?;
    let curves = match ids(&spaces) {
        ids if ids.is_empty() => Sheet::default(),
        ids => {
            let question = Question::Curve { ids, step_ms: Some(SPARK_STEP_MS) };
            shared.asker.ask(question, None).await?
        }
    };
    Ok(page::on_air(&spaces, &curves, SPARK_STEP_MS, status))
}

async fn spaces(shared: &Shared, params: &mut Params, query: Option<&str>) -> Result<View, Denied> {
    let mut as_typed = params.clone();
    let mut typed = |name| as_typed.text(name).map(Option::unwrap_or_default);
    let sought = Sought {
        state: typed("state")?,
        host: typed("host")?,
        keyword: typed("keyword")?,
        min_participants: typed("min-participants")?,
        sort: typed("sort")?,
    };
    let is_limited = !typed("limit")?.is_empty();
    let question = match questions::spaces(params)? {
        Question::Spaces { state, host, keyword, min_participants, sort, limit } => {
            let limit = if is_limited { limit } else { SPACES };
            Question::Spaces { state, host, keyword, min_participants, sort, limit }
        }
        other => other,
    };
    let sheet = shared.asker.ask(question, None).await?;
    Ok(page::spaces(&sheet, &sought, data("/api/spaces", query)))
}

async fn space(shared: &Shared, id: SpaceId, status: &Sheet) -> Result<View, Denied> {
    let (head, _) = super::stream::head(status);
    let card = shared.asker.ask(Question::Space { id }, None).await?;
    let question = Question::Curve { ids: vec![id], step_ms: Some(CURVE_STEP_MS) };
    let curve = shared.asker.ask(question, None).await?;
    let question = Question::Events {
        from: head.saturating_sub(EVENTS_BACK),
        since: None,
        until: None,
        space: Some(id),
        kind: None,
    };
    let events = shared.asker.ask(question, None).await?;
    Ok(page::space(&card, &curve, CURVE_STEP_MS, &events))
}

async fn hosts(shared: &Shared, params: &mut Params, query: Option<&str>) -> Result<View, Denied> {
    let mut as_typed = params.clone();
    let min_spaces = as_typed.text("min-spaces")?.unwrap_or_default();
    let is_limited = as_typed.text("limit")?.is_some();
    let (question, by) = match questions::hosts(params)? {
        Question::Hosts(board) => {
            let limit = if is_limited { board.limit } else { ROWS };
            (Question::Hosts(Board { limit, ..board }), board.by)
        }
        other => (other, HostRank::default()),
    };
    let sheet = shared.asker.ask(question, None).await?;
    let word = questions::RANKS.iter().find(|(_, rank)| *rank == by).map_or("", |(word, _)| *word);
    Ok(page::hosts(&sheet, word, &min_spaces, data("/api/hosts", query)))
}

async fn keywords(shared: &Shared, params: &mut Params) -> Result<View, Denied> {
    let last = params.clone().text("last")?.unwrap_or_else(|| "24h".to_owned());
    let last_ms = params.read("last", questions::span)?.unwrap_or(86_400_000);
    let counting = Counting { last_ms, limit: ROWS, ..Counting::default() };
    let question = Question::Keywords { which: Words::All, counting };
    let sheet = shared.asker.ask(question, None).await?;
    Ok(page::keywords(&sheet, &last, format!("/api/keywords?last={last}")))
}

/// Returns the address of the same answer for programs.
fn data(path: &str, query: Option<&str>) -> String {
    let mut pairs = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        if !value.is_empty() {
            pairs.append_pair(&name, &value);
        }
    }
    let query = pairs.finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// Returns the ids of an answer's Spaces.
fn ids(spaces: &Sheet) -> Vec<SpaceId> {
    let at = spaces.index("space_id");
    let id = |row: &Vec<Value>| match at.and_then(|at| row.get(at)) {
        Some(Value::Text(id)) => id.parse().ok(),
        _ => None,
    };
    spaces.rows.iter().filter_map(id).collect()
}
