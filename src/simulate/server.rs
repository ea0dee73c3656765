//! The simulated X behind a real HTTP server.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, Response, header};
use tokio::io::{AsyncWriteExt as _, DuplexStream};
use tokio::net::TcpListener;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinHandle;
use tokio_util::io::ReaderStream;
use tokio_util::sync::CancellationToken;

use crate::clock::{Clock, deadline, sleep_real};

use super::desk::{Delivery, SimReply, SimulatedX};
use super::problem;
use super::settings::Settings;

/// Requests answered at the same time, silent and slow ones included; more get a 503.
const MOST_AT_ONCE: usize = 512;
/// Real time between two bytes of a slow answer.
const BYTE_EVERY: Duration = Duration::from_millis(200);
/// Real time that open connections have to finish when the server stops.
const STOP_WITHIN: Duration = Duration::from_secs(2);

/// A running simulated X.
pub struct Simulation {
    x: Arc<SimulatedX>,
    address: SocketAddr,
    stopping: CancellationToken,
    task: JoinHandle<io::Result<()>>,
}

#[derive(Clone)]
struct Shared {
    x: Arc<SimulatedX>,
    stopping: CancellationToken,
    at_once: Arc<Semaphore>,
}

impl Simulation {
    /// Starts a simulated X at the address its settings name.
    ///
    /// # Errors
    /// When nobody may listen there.
    pub async fn start(settings: Settings, clock: Clock) -> io::Result<Self> {
        let listener = TcpListener::bind(settings.listen).await?;
        Self::start_on(listener, settings, clock)
    }

    /// Starts a simulated X on a listener of one's own.
    ///
    /// # Errors
    /// When the listener has no address.
    pub fn start_on(listener: TcpListener, settings: Settings, clock: Clock) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let x = Arc::new(SimulatedX::new(settings, clock));
        let stopping = CancellationToken::new();
        let at_once = Arc::new(Semaphore::new(MOST_AT_ONCE));
        let shared = Shared { x: Arc::clone(&x), stopping: stopping.clone(), at_once };
        let router = Router::new().fallback(receive).with_state(shared);
        let server = axum::serve(listener, router)
            .with_graceful_shutdown(stopping.clone().cancelled_owned());
        let task = tokio::spawn(server.into_future());
        Ok(Self { x, address, stopping, task })
    }

    /// Returns its origin, such as `http://127.0.0.1:40123`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the simulated X behind the server.
    pub fn x(&self) -> &Arc<SimulatedX> {
        &self.x
    }

    /// Stops it: slow and silent answers break off, others have two seconds to finish.
    ///
    /// # Errors
    /// When the server had failed.
    pub async fn stop(self) -> io::Result<()> {
        self.stopping.cancel();
        let stop = self.task.abort_handle();
        match deadline(STOP_WITHIN, self.task).await {
            Some(Ok(served)) => served,
            Some(Err(failed)) => Err(io::Error::other(failed)),
            None => {
                stop.abort();
                Ok(())
            }
        }
    }
}

/// Everything that can be asked of the X behind the server.
impl std::ops::Deref for Simulation {
    type Target = SimulatedX;

    fn deref(&self) -> &SimulatedX {
        &self.x
    }
}

async fn receive(
    State(shared): State<Shared>,
    request: Request,
) -> Result<Response<Body>, Infallible> {
    let Ok(admitted) = Arc::clone(&shared.at_once).try_acquire_owned() else {
        return Ok(whole(SimReply::problem(503, &problem::blank(503, "Service Unavailable"))));
    };
    if request.method() != Method::GET {
        return Ok(whole(SimReply::problem(405, &problem::blank(405, "Method Not Allowed"))));
    }
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
    let reply = shared.x.handle(target, bearer(request.headers()));
    Ok(match reply.delivery {
        Delivery::Whole => whole(reply),
        Delivery::Slow => slow(reply, shared.stopping, admitted),
        Delivery::Never => {
            // When the client leaves, the server drops this future.
            shared.stopping.cancelled().await;
            whole(SimReply::problem(503, &problem::blank(503, "Service Unavailable")))
        }
    })
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

fn whole(reply: SimReply) -> Response<Body> {
    let body = Body::from(reply.body);
    respond(reply.status, &reply.headers, body)
}

fn slow(
    reply: SimReply,
    stopping: CancellationToken,
    admitted: OwnedSemaphorePermit,
) -> Response<Body> {
    let (writer, reader) = tokio::io::duplex(1);
    let body = Body::from_stream(ReaderStream::with_capacity(reader, 1));
    let response = respond(reply.status, &reply.headers, body);
    // The task ends with the body, with the client, or with the server, whichever comes first.
    tokio::spawn(async move {
        tokio::select! {
            () = stopping.cancelled() => {}
            () = drip(writer, reply.body) => {}
        }
        drop(admitted);
    });
    response
}

/// Writes a body byte by byte until the reader leaves.
async fn drip(mut writer: DuplexStream, body: Vec<u8>) {
    for byte in body {
        if writer.write_all(&[byte]).await.is_err() {
            return;
        }
        sleep_real(BYTE_EVERY).await;
    }
}

fn respond(status: u16, headers: &[(String, String)], body: Body) -> Response<Body> {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(name, value);
    }
    // Statuses and headers are our own, so this cannot fail; an empty 200 would tell.
    response.body(body).unwrap_or_default()
}

#[cfg(test)]
mod tests;
