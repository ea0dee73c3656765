//! What is at which path.

use std::sync::Arc;

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{Method, Request, Response, header};

use super::kept::Asks;
use super::paced::within;
use super::respond::{self, Kind, response};
use super::{Denied, Shared, api, feeds, healthz, metrics, pages};

/// Returns whether what is at a path is for programs: other sites may not even link to it.
pub fn is_for_programs(path: &str) -> bool {
    path == "/api"
        || ["/api/", "/feeds/"].iter().any(|root| path.starts_with(root))
        || matches!(path, "/metrics" | "/healthz" | "/schedule.ics")
}

/// Answers a request; whoever may not ask is told so, whatever is asked.
pub async fn answer<B>(shared: Arc<Shared>, request: Request<B>) -> Response<Body> {
    let (request, _no_body) = request.into_parts();
    let answered = match shared.guard.admit(&request) {
        Ok(()) => routed(&shared, &request).await,
        Err(denied) => Err(denied),
    };
    let response = match answered {
        Ok(response) => response,
        Err(denied) => {
            let now = (shared.hints)(&denied);
            if is_for_programs(request.uri.path()) || !wants_a_page(&request) {
                respond::denied(&denied, now.as_deref())
            } else {
                pages::denied(&shared, &denied, now.as_deref()).await
            }
        }
    };
    shared.counts.answered(response.status().as_u16());
    response
}

/// Returns whether whoever asks reads pages.
fn wants_a_page(request: &Parts) -> bool {
    let accepted = request.headers.get(header::ACCEPT).and_then(|it| it.to_str().ok());
    accepted.is_some_and(|accepted| accepted.contains("text/html"))
}

async fn routed(shared: &Arc<Shared>, request: &Parts) -> Result<Response<Body>, Denied> {
    let path: Vec<&str> = request.uri.path().split('/').skip(1).collect();
    match path.as_slice() {
        ["api", below @ ..] => {
            let is_asked = request.method == Method::GET;
            api::answer(shared, below, request, is_asked).await
        }
        ["healthz"] => {
            let told = shared.status(Asks::Anew);
            let (code, body) = match within(shared.asker.time(), healthz::WITHIN, told).await {
                Some(status) => healthz::answer(&*status?),
                None => healthz::silent(),
            };
            Ok(response(code, Kind::Json, body))
        }
        ["metrics"] => {
            let status = shared.status(Asks::Anew).await?;
            Ok(response(200, Kind::Metrics, metrics::text(&status, &shared.counts)))
        }
        ["schedule.ics"] | ["feeds", _] => feeds::answer(shared, &path, request).await,
        ["search"] => pages::sought(request),
        _ => pages::answer(shared, request).await,
    }
}
