//! What programs subscribe to: the schedule as a calendar, and feeds of Spaces announced and live.

use axum::body::Body;
use axum::http::Response;
use axum::http::request::Parts;

use super::params::Params;
use super::questions::{schedule, spaces};
use super::respond::{Kind, response};
use super::{Denied, Shared};
use crate::export::{Calendar, Exporter, Feed};
use crate::question::{Question, SpaceSort, Standing};

/// Answers a calendar or a feed, of what its parameters narrow it to.
pub async fn answer(
    shared: &Shared,
    path: &[&str],
    request: &Parts,
) -> Result<Response<Body>, Denied> {
    let mut params = Params::of(request.uri.query())?;
    let (question, exporter, kind): (_, &(dyn Exporter + Sync), _) = match path {
        ["schedule.ics"] => (schedule(&mut params)?, &Calendar, Kind::Calendar),
        ["feeds", "announced.atom"] => (announced(&mut params)?, &Feed::Announced, Kind::Atom),
        ["feeds", "live.atom"] => (live(&mut params)?, &Feed::Live, Kind::Atom),
        _ => return Err(Denied::NoSuchPath),
    };
    params.done()?;
    let sheet = shared.asker.ask(question, None).await?;
    let mut out = Vec::new();
    exporter.write(&sheet, &mut out).map_err(|_| Denied::Gone)?;
    Ok(response(200, kind, out))
}

fn announced(params: &mut Params) -> Result<Question, Denied> {
    Ok(match schedule(params)? {
        Question::Schedule { host, keyword, last_ms, limit, .. } => {
            let standing = Some(Standing::Announced);
            Question::Schedule { standing, host, keyword, last_ms, limit }
        }
        other => other,
    })
}

fn live(params: &mut Params) -> Result<Question, Denied> {
    Ok(match spaces(params)? {
        Question::Spaces { host, keyword, min_participants, limit, .. } => {
            let (state, sort) = (Some("live".to_owned()), SpaceSort::Started);
            Question::Spaces { state, host, keyword, min_participants, sort, limit }
        }
        other => other,
    })
}
