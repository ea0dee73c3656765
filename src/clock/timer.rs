//! The timer that the local server's connections keep their deadlines by: real time, like every
//! deadline of the network.

use std::sync::Arc;

use hyper_util::rt::TokioTimer;

/// Returns a timer for deadlines of connections, in real time.
pub fn timer() -> Arc<dyn hyper::rt::Timer + Send + Sync> {
    Arc::new(TokioTimer::new())
}
