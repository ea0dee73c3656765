//! `/api/…`: every question as JSON, the array that `--json` writes; the log as a stream; and the
//! description of it all.

use std::sync::Arc;

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Response, header};

use super::params::{Params, wrong};
use super::questions::{as_of, question};
use super::respond::{Kind, response};
use super::stream::{Tells, body};
use super::{Denied, Shared, openapi};
use crate::export::Format;
use crate::question::Question;
use crate::sheet::Sheet;

/// Answers what is below `/api/`. A stream begins only where it `is_asked` for: not for a `HEAD`.
pub async fn answer(
    shared: &Arc<Shared>,
    path: &[&str],
    request: &Parts,
    is_asked: bool,
) -> Result<Response<Body>, Denied> {
    let mut params = Params::of(request.uri.query())?;
    if let Some(tells) = streamed(shared, path, request, &mut params).await? {
        params.done()?;
        if !is_asked {
            return Ok(response(200, Kind::Events, Body::empty()));
        }
        let place = shared.streams.clone().try_acquire_owned();
        let place = place.map_err(|_full| Denied::Busy("streams"))?;
        return Ok(response(200, Kind::Events, body(shared.clone(), tells, place)));
    }
    if path == ["openapi.json"] {
        params.done()?;
        return Ok(response(200, Kind::Json, openapi::document()));
    }
    let asked = question(path, &mut params)?.ok_or(Denied::NoSuchPath)?;
    let as_of = as_of(&mut params)?;
    params.done()?;
    let sheet = shared.asker.ask(asked.clone(), as_of).await?;
    let mut response = response(200, Kind::Json, json(&sheet)?);
    if let Some(next) = sheet.next.filter(|_| matches!(asked, Question::Events { .. })) {
        let next = next_page(request.uri.query(), next);
        if let Ok(link) = HeaderValue::from_str(&format!("<{next}>; rel=\"next\"")) {
            response.headers_mut().insert(header::LINK, link);
        }
    }
    for note in sheet.notes.iter().chain(&sheet.warnings).take(NOTES_MAX) {
        // A note holds no text of anybody else's that could not stand in a header; one that does
        // after all is left out.
        if let Ok(note) = HeaderValue::from_str(note) {
            response.headers_mut().append("x-spacelog-note", note);
        }
    }
    Ok(response)
}

/// What an answer rests on goes into so many headers at most.
const NOTES_MAX: usize = 16;

/// Returns what a stream tells, where a path is that of one.
async fn streamed(
    shared: &Shared,
    path: &[&str],
    request: &Parts,
    params: &mut Params,
) -> Result<Option<Tells>, Denied> {
    let last = last_event(request)?;
    match path {
        ["events", "stream"] => {
            let from = params.number::<u64>("from")?;
            let status = shared.status(super::kept::Asks::Anew).await?;
            let (head, _) = super::stream::head(&status);
            let from = last.map(|seq| seq.saturating_add(1)).or(from).unwrap_or(head + 1);
            let asked = question(&["events"], params)?;
            let asked = asked.map(|question| match question {
                Question::Events { since, until, space, kind, .. } => {
                    Question::Events { from, since, until, space, kind }
                }
                other => other,
            });
            if let Some(check) = &asked {
                // A kind that there is none of is refused now, not in the middle of the stream.
                shared.asker.ask(beyond(check), None).await?;
            }
            Ok(asked.map(Tells::Events))
        }
        ["live"] => Ok(Some(Tells::Head(last.unwrap_or(0)))),
        _ => Ok(None),
    }
}

/// Returns a question for events after the last one there is.
fn beyond(question: &Question) -> Question {
    match question.clone() {
        Question::Events { since, until, space, kind, .. } => {
            Question::Events { from: u64::MAX, since, until, space, kind }
        }
        other => other,
    }
}

/// Returns the seq after which whoever listened before wants to go on.
fn last_event(request: &Parts) -> Result<Option<u64>, Denied> {
    let Some(last) = request.headers.get("last-event-id") else { return Ok(None) };
    let seq = last.to_str().ok().and_then(|seq| seq.trim().parse().ok());
    let refused = || wrong("Last-Event-ID", "it is no seq".to_owned());
    seq.map(Some).ok_or_else(refused)
}

fn next_page(query: Option<&str>, next: u64) -> String {
    let mut pairs = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        if name != "from" {
            pairs.append_pair(&name, &value);
        }
    }
    pairs.append_pair("from", &next.to_string());
    format!("/api/events?{}", pairs.finish())
}

fn json(sheet: &Sheet) -> Result<Vec<u8>, Denied> {
    let mut out = Vec::new();
    Format::Json.exporter().write(sheet, &mut out).map_err(|_| Denied::Gone)?;
    Ok(out)
}
