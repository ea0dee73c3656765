//! The pages by their paths: which questions each asks.

use std::sync::Arc;

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Response, header};

use super::kept::Asks;
use super::params::Params;
use super::questions;
use super::respond::{Kind, response};
use super::{Denied, Shared};
use crate::question::{AsOf, Board, Counting, HostRank, Question, SpaceSort, Words};
use crate::serve::page::{self, Basis, Frame, Ranked, Sought, View};
use crate::sheet::{Sheet, Value};
use crate::space::{SpaceId, username};

/// So many Spaces stand on a page.
const SPACES: usize = 40;

/// Of Spaces that are known or on air, where there are more, so many stand on it, so that it is
/// painted soon.
const SPACES_OF_MORE: usize = 20;

/// So many rows of other lists stand on a page.
const ROWS: usize = 100;

/// One point of a sparkline, in milliseconds.
const SPARK_STEP_MS: u64 = 60_000;

/// The schedule's page tells of Spaces that were to begin within the last day, in milliseconds.
const DAY_MS: u64 = 86_400_000;

/// A Space's last events are those since so many looks ago,
const EVENTS_LOOKS: usize = 20;

/// but among so many of the log at most,
const EVENTS_BACK: u64 = 1_000;

/// which are so many pages of it at most.
const EVENTS_PAGES: usize = 4;

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
    let frame = Frame { view: &made.view, basis: Some(&made.basis), is_moving: true };
    let body = if is_part { frame.part() } else { frame.document() };
    Ok(response(200, Kind::Html, body))
}

/// Returns the page that says why there is no other.
pub async fn denied(shared: &Shared, denied: &Denied, now: Option<&str>) -> Response<Body> {
    let what = denied.to_string();
    let view = match denied {
        Denied::LinkedHere { to } => page::linked_here(to),
        _ => page::problem(&what, &denied.causes(), now),
    };
    // Whoever may not ask is told nothing of the log.
    let basis = match denied {
        Denied::NoSuchPath
        | Denied::UnknownParameter(_)
        | Denied::Parameter { .. }
        | Denied::Refused(_) => {
            shared.status(Asks::Again).await.map(|status| Basis::of(&status)).ok()
        }
        _ => None,
    };
    let is_moving = !matches!(denied, Denied::LinkedHere { .. });
    let frame = Frame { view: &view, basis: basis.as_ref(), is_moving };
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
            space(shared, id, &mut params, request.uri.query()).await?
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
        ["hosts" | "speakers"] => {
            board(shared, &mut params, path == ["speakers"], request.uri.query()).await?
        }
        ["person", who] => person(shared, who).await?,
        ["keywords"] => counted(shared, &mut params, false).await?,
        ["topics"] => counted(shared, &mut params, true).await?,
        ["alerts"] => {
            let question = Question::Alerts { limit: ROWS };
            let data = format!("{}?limit={ROWS}", questions::address(&question));
            page::alerts(&shared.asker.ask(question, None).await?, data)
        }
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
    let ask = |limit| of_state("live", SpaceSort::Participants, limit);
    let spaces = some(shared, ask).await?;
    let curves = match ids(&spaces) {
        ids if ids.is_empty() => Sheet::default(),
        ids => {
            let question = Question::Curve { ids, step_ms: Some(SPARK_STEP_MS) };
            shared.asker.ask(question, None).await?
        }
    };
    Ok(page::on_air(&spaces, &curves, status))
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
    let question = questions::spaces(params)?;
    let limited = |most| match question.clone() {
        Question::Spaces { state, host, keyword, min_participants, sort, .. } => {
            Question::Spaces { state, host, keyword, min_participants, sort, limit: most }
        }
        other => other,
    };
    let sheet = if is_limited {
        shared.asker.ask(question, None).await?
    } else {
        some(shared, limited).await?
    };
    Ok(page::spaces(&sheet, &sought, data("/api/spaces", query)))
}

/// Answers with all Spaces where they are few enough for a page, else with the first of them.
async fn some(shared: &Shared, question: impl Fn(usize) -> Question) -> Result<Sheet, Denied> {
    let first = shared.asker.ask(question(SPACES_OF_MORE), None).await?;
    match page::total(&first) {
        (total, true) if usize::try_from(total).is_ok_and(|total| total <= SPACES) => {
            shared.asker.ask(question(SPACES), None).await
        }
        _ => Ok(first),
    }
}

/// A Space, or with `joined` the event that it is a part of; with `as-of` as it was known then.
async fn space(
    shared: &Shared,
    id: SpaceId,
    params: &mut Params,
    query: Option<&str>,
) -> Result<View, Denied> {
    let path = format!("/api/space/{id}");
    let asked = questions::question(&["space", &id.to_string()], params)?;
    let question = asked.ok_or(Denied::NoSuchPath)?;
    let is_joined = matches!(question, Question::Joined(_));
    let then = params.clone().text("as-of")?;
    let as_of = questions::as_of(params)?;
    let card = shared.asker.ask(question, as_of).await?;
    let curve = Question::Curve { ids: vec![id], step_ms: None };
    let curve = if is_joined { Question::Joined(Box::new(curve)) } else { curve };
    let curve = shared.asker.ask(curve, as_of).await?;
    let events = last_events(shared, id, &curve, as_of).await?;
    let asked = page::Wanted { id, then, data: data(&path, query) };
    Ok(page::space(&card, &curve, &events, asked))
}

/// Returns the last events about a Space.
async fn last_events(
    shared: &Shared,
    id: SpaceId,
    curve: &Sheet,
    as_of: Option<AsOf>,
) -> Result<Sheet, Denied> {
    let value = |row: &'_ Vec<Value>, name| curve.index(name).and_then(|at| row.get(at).cloned());
    // Other parts of an event have pages of their own.
    let is_it = |row: &Vec<Value>| value(row, "space_id") == Some(id.to_string().into());
    let seq = |row: &Vec<Value>| match value(row, "seq") {
        Some(Value::Int(seq)) if is_it(row) => u64::try_from(seq).ok(),
        _ => None,
    };
    let looks: Vec<u64> = curve.rows.iter().rev().filter_map(seq).take(EVENTS_LOOKS).collect();
    let last = looks.first().copied().unwrap_or_default();
    let near = looks.into_iter().filter(|seq| last - seq.min(&last) < EVENTS_BACK);
    let mut from = near.min();
    let mut events = Sheet::default();
    for _page in 0..EVENTS_PAGES {
        let Some(next) = from.filter(|from| *from <= last) else { break };
        let question =
            Question::Events { from: next, since: None, until: None, space: Some(id), kind: None };
        let mut page = shared.asker.ask(question, as_of).await?;
        from = page.next;
        events.columns = page.columns;
        events.rows.append(&mut page.rows);
    }
    Ok(events)
}

async fn board(
    shared: &Shared,
    params: &mut Params,
    speakers: bool,
    query: Option<&str>,
) -> Result<View, Denied> {
    let mut as_typed = params.clone();
    let mut typed = |name| as_typed.text(name).map(Option::unwrap_or_default);
    let (min_spaces, min_coverage) = (typed("min-spaces")?, typed("min-coverage")?);
    let (last, is_limited) = (typed("last")?, !typed("limit")?.is_empty());
    let cut = |board: Board| Board { limit: if is_limited { board.limit } else { ROWS }, ..board };
    let asked = if speakers { questions::speakers(params)? } else { questions::hosts(params)? };
    let (question, by) = match asked {
        Question::Hosts(board) => (Question::Hosts(cut(board)), board.by),
        Question::Speakers(board) => (Question::Speakers(cut(board)), board.by),
        other => (other, HostRank::default()),
    };
    let sheet = shared.asker.ask(question, None).await?;
    let word = questions::RANKS.iter().find(|(_, rank)| *rank == by).map_or("", |(word, _)| *word);
    let ranked = Ranked { speakers, by: word.to_owned(), min_spaces, min_coverage, last };
    let path = if speakers { "/api/speakers" } else { "/api/hosts" };
    Ok(page::board(&sheet, &ranked, data(path, query)))
}

async fn person(shared: &Shared, who: &str) -> Result<View, Denied> {
    let who = percent_decoded(who);
    let question = questions::question(&["person", &who], &mut Params::of(None)?)?;
    let question = question.ok_or(Denied::NoSuchPath)?;
    Ok(page::person(&who, &shared.asker.ask(question, None).await?))
}

/// Reads a part of a path as a browser writes it.
fn percent_decoded(part: &str) -> String {
    // A part of a path knows no `+` for a space.
    let part = part.replace('+', "%2B");
    let mut pairs = url::form_urlencoded::parse(part.as_bytes());
    pairs.next().map(|(name, _)| name.into_owned()).unwrap_or_default()
}

/// Answers a search: leads to the Space of an id or a link, to a person by `@name`, or to the
/// Spaces with these words in their titles.
pub fn sought(request: &Parts) -> Result<Response<Body>, Denied> {
    let mut params = Params::of(request.uri.query())?;
    let text = params.text("q")?.unwrap_or_default();
    params.done()?;
    let name = text.strip_prefix('@').filter(|name| username(name).is_ok());
    // A word of a title may look like an id, but hardly one so long that begins with a digit.
    let is_id =
        text.contains('/') || text.len() > 9 && text.starts_with(|it: char| it.is_ascii_digit());
    let space = SpaceId::from_id_or_url(&text).ok().filter(|_| is_id);
    let place = match (name, space) {
        (Some(name), _) => format!("/person/@{name}"),
        (None, Some(id)) => format!("/space/{id}"),
        (None, None) => {
            let words: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
            format!("/spaces?keyword={words}")
        }
    };
    let mut response = response(303, Kind::Html, Body::empty());
    let place = HeaderValue::from_str(&place).map_err(|_| Denied::NoSuchPath)?;
    response.headers_mut().insert(header::LOCATION, place);
    Ok(response)
}

async fn counted(shared: &Shared, params: &mut Params, topics: bool) -> Result<View, Denied> {
    let last = params.clone().text("last")?.unwrap_or_else(|| "24h".to_owned());
    let last_ms = params.read("last", questions::span)?.unwrap_or(86_400_000);
    let counting = Counting { last_ms, limit: ROWS, ..Counting::default() };
    let question = if topics {
        Question::Topics(counting)
    } else {
        Question::Keywords { which: Words::All, counting }
    };
    let data = format!("{}?last={last}", questions::address(&question));
    let sheet = shared.asker.ask(question, None).await?;
    Ok(if topics { page::topics(&sheet, &last, data) } else { page::keywords(&sheet, &last, data) })
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
