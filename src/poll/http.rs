//! X over HTTPS: one request, one deadline, a bounded body.

use std::error::Error as _;
use std::net::IpAddr;
use std::time::Duration;
use std::{fmt, io};

use chrono::DateTime;
use reqwest::header::{AUTHORIZATION, DATE, HeaderMap, RETRY_AFTER};
use secrecy::{ExposeSecret as _, SecretString};
use thiserror::Error;
use url::{Host, Url};

use super::Bearer;
use super::transport::{BODY_MAX, Lost, RawReply, TransportError};
use crate::clock;
use crate::config::Proxy;
use crate::space::Moment;

/// A connection is made within this time or not at all.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// An answer, its body included, is complete within this real time or not at all.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// The way out without a proxy.
pub(super) const DIRECT: &str = "direct";

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
    /// Plain http through a proxy elsewhere would show it too.
    #[error("plain http through a proxy on another machine would show it the token")]
    PlainThroughProxy,
    /// The TLS stack could not be set up, for instance for want of root certificates.
    #[error("cannot set up TLS")]
    Tls(#[source] reqwest::Error),
}

/// A server at an origin, asked over HTTP.
#[derive(Clone)]
pub struct Http {
    client: reqwest::Client,
    origin: String,
    proxy: Option<Proxy>,
    deadline: Duration,
}

impl Http {
    /// Returns the server at `origin`, such as `https://api.x.com` (without `/2`), each of whose
    /// answers has `deadline` of real time, usually [`DEADLINE`].
    ///
    /// # Errors
    /// When `origin` is not one that the token may be sent to, or there is no TLS.
    pub fn new(origin: &str, deadline: Duration) -> Result<Self, OriginError> {
        Self::through(None, origin, deadline)
    }

    /// Returns the same, asked through a proxy where there is one; those that the environment names
    /// for everybody are not used.
    ///
    /// # Errors
    /// As [`Http::new`], and when a proxy elsewhere would see the token.
    pub fn through(
        proxy: Option<Proxy>,
        origin: &str,
        deadline: Duration,
    ) -> Result<Self, OriginError> {
        let url = checked(origin)?;
        let secure = url.scheme() == "https";
        if !secure && proxy.as_ref().is_some_and(|proxy| !proxy.is_near()) {
            return Err(OriginError::PlainThroughProxy);
        }
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
        if let Some(proxy) = &proxy {
            let mut way = reqwest::Proxy::all(proxy.address()).map_err(OriginError::Tls)?;
            if let Some((user, password)) = proxy.user() {
                way = way.basic_auth(user, password.expose_secret());
            }
            builder = builder.proxy(way);
        }
        let client = builder.build().map_err(OriginError::Tls)?;
        Ok(Self { client, origin: url.origin().ascii_serialization(), proxy, deadline })
    }

    /// Returns the origin that is asked: scheme, host and port, and nothing else.
    pub(super) fn origin(&self) -> &str {
        &self.origin
    }

    /// Returns by which way requests go out: the proxy's address without its user, or [`DIRECT`].
    pub(super) fn way(&self) -> &str {
        self.proxy.as_ref().map_or(DIRECT, Proxy::address)
    }

    /// Returns what a body must not repeat of the way to it: the proxy's password, alone and with
    /// its user.
    pub(super) fn secrets(&self) -> Vec<SecretString> {
        let user = self.proxy.as_ref().and_then(Proxy::user);
        user.map_or_else(Vec::new, |(name, password)| {
            let both = format!("{name}:{}", password.expose_secret());
            vec![SecretString::from(both), password.clone()]
        })
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
        write!(f, "Http({} by {})", self.origin, self.way())
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
        date: text(DATE.as_str())
            .and_then(|it| DateTime::parse_from_rfc2822(it).ok())
            .map(|it| Moment(it.timestamp_millis())),
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

/// Returns whether the other side cut the connection, rather than nobody being there.
fn is_cut(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted)
}

/// Returns what the network said, causes included, without the URL.
fn lost(error: reqwest::Error) -> TransportError {
    if error.is_timeout() && !error.is_connect() {
        return TransportError::Timeout;
    }
    let error = error.without_url();
    let mut message = error.to_string();
    let mut was_cut = false;
    let mut cause = error.source();
    // Chains of causes are short; the bound is for one that is not.
    for _ in 0..8 {
        let Some(inner) = cause else { break };
        message = format!("{message}: {inner}");
        was_cut |= inner.downcast_ref::<io::Error>().is_some_and(is_cut);
        cause = inner.source();
    }
    if was_cut && !error.is_connect() {
        return TransportError::Cut(message);
    }
    TransportError::Network(message)
}

#[cfg(test)]
mod tests;
