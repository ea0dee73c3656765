//! X over HTTPS: one request, one deadline, a bounded body.

use std::error::Error as _;
use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use chrono::DateTime;
use reqwest::header::{AUTHORIZATION, DATE, HeaderMap, RETRY_AFTER};
use thiserror::Error;
use url::{Host, Url};

use super::Bearer;
use super::transport::{BODY_MAX, Lost, RawReply, TransportError};
use crate::clock;

/// A connection is made within this time or not at all.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// An answer, its body included, is complete within this real time or not at all.
pub const DEADLINE: Duration = Duration::from_secs(20);

const USER_AGENT: &str = concat!("spacelog/", env!("CARGO_PKG_VERSION"));

/// Why nobody can be asked at an address.
#[derive(Debug, Error)]
pub enum OriginError {
    /// No URL, or one with more in it than an origin.
    #[error("an API address is an origin such as `https://api.x.com`, without path, query or user")]
    NotAnOrigin,
    /// Plain http to another machine would show the token on the way.
    #[error("plain http to `{0}`: only https, or http on this machine, keeps the token safe")]
    PlainHttp(String),
    /// The TLS stack could not be set up, for instance for want of root certificates.
    #[error("cannot set up TLS")]
    Tls(#[source] reqwest::Error),
}

/// A server at an origin, asked over HTTP.
#[derive(Clone)]
pub struct Http {
    client: reqwest::Client,
    origin: String,
    deadline: Duration,
}

impl Http {
    /// Returns the server at `origin`, such as `https://api.x.com` (without `/2`), each of whose
    /// answers has `deadline` of real time, usually [`DEADLINE`].
    ///
    /// # Errors
    /// When `origin` is not one that the token may be sent to, or there is no TLS.
    pub fn new(origin: &str, deadline: Duration) -> Result<Self, OriginError> {
        let url = checked(origin)?;
        let secure = url.scheme() == "https";
        install_crypto();
        let mut builder = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(CONNECT_TIMEOUT)
            .no_proxy()
            .gzip(true)
            .https_only(secure);
        if !secure {
            // No certificate is ever looked at, so a machine without any can serve itself.
            builder = builder.tls_certs_only([]);
        }
        let client = builder.build().map_err(OriginError::Tls)?;
        Ok(Self { client, origin: url.origin().ascii_serialization(), deadline })
    }

    /// Returns the origin that is asked: scheme, host and port, and nothing else.
    pub(super) fn origin(&self) -> &str {
        &self.origin
    }

    /// Sends a GET and reads the whole reply, or says how far it came.
    pub(super) async fn get(
        &self,
        path_and_query: &str,
        bearer: &Bearer,
    ) -> Result<RawReply, Lost> {
        let mut head = None;
        let read = clock::deadline(self.deadline, self.read(path_and_query, bearer, &mut head));
        match read.await.unwrap_or(Err(TransportError::Timeout)) {
            Ok(body) => Ok(RawReply { body, ..head.unwrap_or_default() }),
            Err(error) => Err(Lost { error, head }),
        }
    }

    async fn read(
        &self,
        path_and_query: &str,
        bearer: &Bearer,
        head: &mut Option<RawReply>,
    ) -> Result<Vec<u8>, TransportError> {
        let url = format!("{}{path_and_query}", self.origin);
        let request = self.client.get(url).header(AUTHORIZATION, bearer.header());
        let mut response = request.send().await.map_err(lost)?;
        *head = Some(head_of(response.status().as_u16(), response.headers()));
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(lost)? {
            if body.len() + chunk.len() > BODY_MAX {
                return Err(TransportError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Http({})", self.origin)
    }
}

fn checked(origin: &str) -> Result<Url, OriginError> {
    let url = Url::parse(origin).map_err(|_| OriginError::NotAnOrigin)?;
    let bare = matches!(url.path(), "" | "/")
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    let host = url.host().filter(|_| bare).ok_or(OriginError::NotAnOrigin)?;
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&host) => {}
        "http" => return Err(OriginError::PlainHttp(host.to_string())),
        _ => return Err(OriginError::NotAnOrigin),
    }
    Ok(url)
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(ip) => IpAddr::V4(*ip).is_loopback(),
        Host::Ipv6(ip) => IpAddr::V6(*ip).is_loopback(),
    }
}

/// Makes ring the process's cryptography, as reqwest brings none of its own.
fn install_crypto() {
    let provider = rustls::crypto::ring::default_provider();
    if provider.install_default().is_err() {
        // One is installed already, by an earlier client or by whoever embeds us: it serves.
    }
}

fn head_of(status: u16, headers: &HeaderMap) -> RawReply {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    RawReply {
        status,
        limit: text("x-rate-limit-limit").and_then(|it| it.parse().ok()),
        remaining: text("x-rate-limit-remaining").and_then(|it| it.parse().ok()),
        reset: text("x-rate-limit-reset").and_then(|it| it.parse().ok()),
        retry_after: text(RETRY_AFTER.as_str()).and_then(|it| retry_after(it, text(DATE.as_str()))),
        body: Vec::new(),
    }
}

/// Reads `Retry-After`: seconds, or a date, which counts from the answer's own `Date` because our
/// clock need not be X's.
fn retry_after(text: &str, date: Option<&str>) -> Option<Duration> {
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = DateTime::parse_from_rfc2822(text).ok()?;
    let from = DateTime::parse_from_rfc2822(date?).ok()?;
    (until - from).to_std().ok()
}

/// Returns what the network said, causes included, without the URL.
fn lost(error: reqwest::Error) -> TransportError {
    if error.is_timeout() && !error.is_connect() {
        return TransportError::Timeout;
    }
    let error = error.without_url();
    let mut message = error.to_string();
    let mut cause = error.source();
    // Chains of causes are short; the bound is for one that is not.
    for _ in 0..8 {
        let Some(inner) = cause else { break };
        message = format!("{message}: {inner}");
        cause = inner.source();
    }
    TransportError::Network(message)
}

#[cfg(test)]
mod tests;
