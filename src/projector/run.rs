//! The loop of a projector's thread.

use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{Receiver, select, tick};

use crate::event::Batch;
use crate::log::Reader;
use crate::view::View;

use super::{Handle, ProjectorError};

/// Committed batches that may wait for a projector. One that falls behind further misses some,
/// and reads them from the log: nothing is lost, and the appender never waits.
pub const QUEUE_BATCHES: usize = 64;

/// How often changed rows are written; what a crash loses of a view is folded again.
const FLUSH_EVERY: Duration = Duration::from_secs(3);

/// Carries batches into the view until their sender is gone, then writes and returns. A view that
/// cannot fold stops, visibly; the loop waits on, in case it is folded anew.
///
/// # Errors
/// What stopped the view, if it is stopped at the end, or what the last write failed with.
pub fn run<V: View>(
    view: &Handle<V>,
    batches: &Receiver<Arc<Batch>>,
    reader: &Reader,
) -> Result<(), ProjectorError> {
    let flushes = tick(FLUSH_EVERY);
    // What fails here stands in the view's fault, where `status` shows it.
    drop(catch_up(view, reader));
    loop {
        select! {
            recv(batches) -> batch => {
                let Ok(batch) = batch else { break };
                let taken = view.change(reader, |projection| projection.take(&batch));
                if taken.is_ok_and(|taken| !taken) {
                    drop(catch_up(view, reader));
                }
            }
            recv(flushes) -> _ => {
                drop(catch_up(view, reader));
                drop(view.flush());
            }
        }
    }
    catch_up(view, reader)?;
    view.flush()
}

/// Reads the log to its end, a step at a time, so that those who ask are let in between.
fn catch_up<V: View>(view: &Handle<V>, reader: &Reader) -> Result<(), ProjectorError> {
    while view.change(reader, |projection| projection.step(reader, u64::MAX))? {}
    Ok(())
}

/// Returns an error and its causes in one line.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        line.push_str(": ");
        line.push_str(&error.to_string());
        cause = error.source();
    }
    line
}
