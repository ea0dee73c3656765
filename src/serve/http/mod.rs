//! The local server: answers, streams and pages over HTTP, on this machine unless told otherwise.
//!
//! ```text
//! connection ─▶ guard (whom for, from whom) ─▶ route ─▶ asker ─▶ whoever owns the files
//!   paced          host, origin, token          path     few at a time, with a deadline
//! ```

mod api;
mod asker;
mod counts;
mod denied;
mod endpoints;
mod feeds;
mod guard;
mod healthz;
mod kept;
mod metrics;
mod openapi;
mod paced;
mod pages;
mod params;
mod questions;
mod respond;
mod route;
mod stream;

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, Response};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::{Owner, Runner};
use crate::question::Question;
use crate::sheet::Sheet;

use asker::Asker;
use guard::Guard;
use kept::{Asks, Kept};
use paced::Paced;

pub use counts::Counts;
pub use denied::Denied;
pub use paced::Time;

/// Connections open at a time; one more waits to be accepted.
const CONNECTIONS_MAX: usize = 128;

/// The head of a request is here within this time, however it drips; so is the next one on a
/// connection that stays open.
const HEAD_WITHIN: Duration = Duration::from_secs(10);

/// A full buffer is taken by the reader within this time, however it drips.
const TAKEN_WITHIN: Duration = Duration::from_secs(15);

/// The largest head of a request, and the largest buffer of an answer.
const BUFFER_BYTES_MAX: usize = 16 * 1024;

/// The most headers of a request.
const HEADERS_MAX: usize = 64;

/// What to do about a refusal, in words for people.
pub type Hints = fn(&Denied) -> Option<String>;

/// A server that listens and answers nobody yet.
#[derive(Debug)]
pub struct Http {
    listener: std::net::TcpListener,
    address: SocketAddr,
    token: Option<blake3::Hash>,
    hints: Hints,
}

impl Http {
    /// Listens at an address; port 0 takes a free one. With a hash of an access token, only who
    /// brings the token is answered.
    pub fn open(
        address: SocketAddr,
        token: Option<blake3::Hash>,
        hints: Hints,
    ) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address, token, hints })
    }

    /// Returns its origin, such as `http://127.0.0.1:7878`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Answers whoever connects, until it is dropped.
    ///
    /// # Errors
    /// When nobody can connect at all.
    pub async fn serve(self, owner: Arc<dyn Owner>, run: Runner, time: Time) -> io::Result<()> {
        let listener = TcpListener::from_std(self.listener)?;
        let shared = Arc::new(Shared {
            asker: Asker::new(owner, run, time.clone()),
            guard: Guard::new(self.address, self.token),
            hints: self.hints,
            streams: Arc::new(Semaphore::new(stream::STREAMS_MAX)),
            statuses: Kept::new(time.clone()),
            pages: Kept::new(time.clone()),
            counts: Counts::default(),
        });
        let mut connections = JoinSet::new();
        loop {
            while connections.len() >= CONNECTIONS_MAX {
                connections.join_next().await;
            }
            while connections.try_join_next().is_some() {}
            shared.note_open(connections.len());
            match listener.accept().await {
                Ok((stream, _address)) => {
                    // Small pieces of a stream go out at once; where that cannot be set, later.
                    drop(stream.set_nodelay(true));
                    connections.spawn(converse(shared.clone(), stream, time.clone()));
                }
                // Out of descriptors, say: one of ours will be free when its connection ends.
                Err(_) => time.sleep(Duration::from_millis(50)).await,
            }
        }
    }
}

/// What all connections share.
struct Shared {
    asker: Asker,
    guard: Guard,
    hints: Hints,
    streams: Arc<Semaphore>,
    statuses: Kept<Sheet>,
    pages: Kept<pages::Made>,
    counts: Counts,
}

impl Shared {
    /// Returns the answer to `status`, perhaps one that is a moment old.
    async fn status(&self, asks: Asks) -> Result<Arc<Sheet>, Denied> {
        self.statuses.get("", asks, self.asker.ask(Question::Status, None)).await
    }

    fn note_open(&self, connections: usize) {
        let streams = stream::STREAMS_MAX - self.streams.available_permits();
        self.counts.open(connections, streams);
    }
}

/// Answers the requests of one connection.
async fn converse<S>(shared: Arc<Shared>, stream: S, time: Time)
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let io = TokioIo::new(Paced::new(stream, time.clone(), TAKEN_WITHIN));
    let service = service_fn(move |request: Request<hyper::body::Incoming>| {
        let shared = shared.clone();
        async move { Ok::<Response<Body>, Infallible>(route::answer(shared, request).await) }
    });
    let mut server = http1::Builder::new();
    server
        .timer(Shelter(time))
        .header_read_timeout(HEAD_WITHIN)
        .max_buf_size(BUFFER_BYTES_MAX)
        .max_headers(HEADERS_MAX);
    // A client that goes away, or says what is no HTTP, is its own business.
    drop(server.serve_connection(io, service).await);
}

/// The time handed in, as a connection wants it.
struct Shelter(Time);

impl hyper::rt::Timer for Shelter {
    fn sleep(&self, span: Duration) -> std::pin::Pin<Box<dyn hyper::rt::Sleep>> {
        self.0.sleep(span)
    }

    fn sleep_until(
        &self,
        deadline: std::time::Instant,
    ) -> std::pin::Pin<Box<dyn hyper::rt::Sleep>> {
        self.0.sleep_until(deadline)
    }
}

#[cfg(test)]
mod tests;
