//! The seam between the client and whoever answers: X over HTTP, or a function in this process
//! for virtual time.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use thiserror::Error;

use super::{Bearer, Http};
use crate::space::{Moment, RateLimit};

/// A body is read up to this many bytes, counted after decompression: 8 MiB.
pub const BODY_MAX: usize = 8 << 20;

/// What came back before anybody understood it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawReply {
    /// The HTTP status.
    pub status: u16,
    /// `x-rate-limit-limit`, requests in a window.
    pub limit: Option<u64>,
    /// `x-rate-limit-remaining`, requests left in it.
    pub remaining: Option<u64>,
    /// `x-rate-limit-reset`, in Unix seconds.
    pub reset: Option<i64>,
    /// `Date`: X's own clock, in whole seconds.
    pub date: Option<Moment>,
    /// `Retry-After`.
    pub retry_after: Option<Duration>,
    /// The body, decompressed.
    pub body: Vec<u8>,
}

impl RawReply {
    /// Returns the rate window where all three headers told it.
    pub fn rate(&self) -> Option<RateLimit> {
        let reset = Moment(self.reset?.saturating_mul(1000));
        Some(RateLimit { limit: self.limit?, remaining: self.remaining?, reset })
    }
}

/// Why no whole reply came.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum TransportError {
    /// The deadline passed first.
    #[error("no complete answer within the deadline")]
    Timeout,
    /// No connection, or a broken one.
    #[error("{0}")]
    Network(String),
    /// The connection was made, and cut by the other side.
    #[error("{0}")]
    Cut(String),
    /// The body goes on beyond [`BODY_MAX`].
    #[error("the body is larger than 8 MiB")]
    TooLarge,
}

/// A request without a whole reply: why, and the reply's head where that much had come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    /// Why.
    pub error: TransportError,
    /// Status and headers, with an empty body.
    pub head: Option<RawReply>,
}

impl From<TransportError> for Lost {
    fn from(error: TransportError) -> Self {
        Self { error, head: None }
    }
}

/// Lets a function that always replies serve as one that may fail.
impl From<RawReply> for Result<RawReply, TransportError> {
    fn from(reply: RawReply) -> Self {
        Ok(reply)
    }
}

type Replying = Pin<Box<dyn Future<Output = Result<RawReply, TransportError>> + Send>>;

/// Who answers.
#[derive(Clone)]
pub enum Transport {
    /// A server, over HTTP.
    Http(Http),
    /// A function of path and query, in this process; it sets its own pace.
    InProcess(Arc<dyn Fn(String) -> Replying + Send + Sync>),
}

impl Transport {
    /// Returns the transport that asks `answer`, which is given path and query and returns a
    /// [`RawReply`], or a `Result` of one.
    pub fn in_process<F, A, R>(answer: F) -> Self
    where
        F: Fn(String) -> A + Send + Sync + 'static,
        A: Future<Output = R> + Send + 'static,
        R: Into<Result<RawReply, TransportError>>,
    {
        Self::InProcess(Arc::new(move |path_and_query| {
            let reply = answer(path_and_query);
            Box::pin(async move { reply.await.into() })
        }))
    }

    /// Returns the origin that is asked, such as `https://api.x.com`; `None` for a function in
    /// this process.
    pub(super) fn origin(&self) -> Option<&str> {
        match self {
            Self::Http(http) => Some(http.origin()),
            Self::InProcess(_) => None,
        }
    }

    /// Returns by which way requests go out: a proxy's address without its user, or `direct`.
    pub(super) fn way(&self) -> &str {
        match self {
            Self::Http(http) => http.way(),
            Self::InProcess(_) => super::http::DIRECT,
        }
    }

    /// Returns what no body may repeat, besides the token.
    pub(super) fn secrets(&self) -> Vec<SecretString> {
        match self {
            Self::Http(http) => http.secrets(),
            Self::InProcess(_) => Vec::new(),
        }
    }

    /// Sends a GET for `path_and_query` and returns the whole reply.
    pub(super) async fn get(
        &self,
        path_and_query: &str,
        bearer: &Bearer,
    ) -> Result<RawReply, Lost> {
        match self {
            Self::Http(http) => http.get(path_and_query, bearer).await,
            Self::InProcess(answer) => {
                let reply = answer(path_and_query.to_owned()).await?;
                if reply.body.len() > BODY_MAX {
                    let head = Some(RawReply { body: Vec::new(), ..reply });
                    return Err(Lost { error: TransportError::TooLarge, head });
                }
                Ok(reply)
            }
        }
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Http(http) => http.fmt(f),
            Self::InProcess(_) => f.write_str("InProcess(..)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bearer() -> Bearer {
        Bearer::new("token".into()).unwrap()
    }

    #[tokio::test]
    async fn a_function_answers_in_place_of_a_server() {
        let transport = Transport::in_process(|path| async move {
            RawReply { status: 200, body: path.into_bytes(), ..RawReply::default() }
        });
        let reply = transport.get("/2/spaces?ids=1", &bearer()).await.unwrap();
        assert_eq!((reply.status, reply.body.as_slice()), (200, &b"/2/spaces?ids=1"[..]));
    }

    #[tokio::test]
    async fn the_bound_on_bodies_holds_in_process_too() {
        let transport = Transport::in_process(|_| async {
            RawReply { status: 200, body: vec![b' '; BODY_MAX + 1], ..RawReply::default() }
        });
        let lost = transport.get("/", &bearer()).await.unwrap_err();
        assert_eq!(lost.error, TransportError::TooLarge);
        assert_eq!(lost.head.unwrap().status, 200);
    }

    #[test]
    fn a_window_is_told_by_all_three_headers_or_not_at_all() {
        let reply = RawReply { limit: Some(300), remaining: Some(299), ..RawReply::default() };
        assert_eq!(reply.rate(), None);
        let reply = RawReply { reset: Some(i64::MAX), ..reply };
        assert_eq!(reply.rate().unwrap().reset, Moment(i64::MAX));
    }
}
