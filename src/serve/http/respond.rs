//! Responses: every one carries the same headers, so that no page of another site can frame, read
//! or extend it, and nothing of it is stored on the way.

use std::sync::LazyLock;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};

use super::Denied;
use crate::serve::page::CONTENT_SECURITY_POLICY;
use crate::space::Untrusted;

/// What pages may do, as a header.
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    // It is of letters that a header may hold; one that were not would forbid everything.
    HeaderValue::from_str(&CONTENT_SECURITY_POLICY)
        .unwrap_or(HeaderValue::from_static("default-src 'none'"))
});

const HEADERS: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::CACHE_CONTROL, "no-store"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// The kinds of what is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A page, or a part of one.
    Html,
    /// An answer for programs.
    Json,
    /// Events as they come.
    Events,
    /// What Prometheus reads.
    Metrics,
    /// What calendars subscribe to.
    Calendar,
    /// What feed readers subscribe to.
    Atom,
}

impl Kind {
    const fn media_type(self) -> &'static str {
        match self {
            Self::Html => "text/html; charset=utf-8",
            Self::Json => "application/json",
            Self::Events => "text/event-stream",
            Self::Calendar => "text/calendar; charset=utf-8",
            Self::Atom => "application/atom+xml; charset=utf-8",
            Self::Metrics => "text/plain; version=0.0.4; charset=utf-8",
        }
    }
}

/// Returns a response with the headers that all have.
pub fn response(status: u16, kind: Kind, body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(body.into());
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind.media_type()));
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY.clone());
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Returns a refusal for programs: what failed, why, and what to do now.
pub fn denied(denied: &Denied, now: Option<&str>) -> Response<Body> {
    let why: Vec<String> = denied.causes().iter().map(|why| Untrusted(why).json()).collect();
    let now = now.map_or_else(|| "null".to_owned(), |now| Untrusted(now).json());
    let what = Untrusted(&denied.to_string()).json();
    let body = format!("{{\"what\":{what},\"why\":[{}],\"now\":{now}}}\n", why.join(","));
    with_status(denied, response(denied.status(), Kind::Json, body))
}

/// Adds the headers that belong to a refusal's status.
pub fn with_status(denied: &Denied, mut response: Response<Body>) -> Response<Body> {
    let headers = response.headers_mut();
    match denied {
        Denied::Method => {
            headers.insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        }
        Denied::NoAccess => {
            let asked = HeaderValue::from_static("Basic realm=\"spacelog\", charset=\"UTF-8\"");
            headers.insert(header::WWW_AUTHENTICATE, asked);
        }
        Denied::Busy(_) | Denied::Gone => {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        _ => {}
    }
    response
}
