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

/// Carries batches into the view until their sender is gone, then writes and returns.
///
/// # Errors
/// The first failure of the fold or of reading the log; the view is then stopped, and says so
/// to whoever asks. Failures to write are retried.
pub fn run<V: View>(
    view: &Handle<V>,
    batches: &Receiver<Arc<Batch>>,
    reader: &Reader,
) -> Result<(), ProjectorError> {
    catch_up(view, reader)?;
    let flushes = tick(FLUSH_EVERY);
    loop {
        select! {
            recv(batches) -> batch => {
                let Ok(batch) = batch else { break };
                let taken = view.change(reader, |projection| projection.take(&batch));
                if !passing(taken, false)? {
                    catch_up(view, reader)?;
                }
            }
            recv(flushes) -> _ => {
                catch_up(view, reader)?;
                // A failure stands in the view's fault, where `status` shows it; the next turn
                // tries again.
                drop(view.flush());
            }
        }
    }
    catch_up(view, reader)?;
    view.flush()
}

/// Reads the log to its end, a step at a time, so that those who ask are let in between.
fn catch_up<V: View>(view: &Handle<V>, reader: &Reader) -> Result<(), ProjectorError> {
    while passing(view.change(reader, |projection| projection.step(reader, u64::MAX)), false)? {}
    Ok(())
}

/// Turns a failure that may pass into `otherwise`: the next turn tries again from what is on disk.
fn passing(outcome: Result<bool, ProjectorError>, otherwise: bool) -> Result<bool, ProjectorError> {
    match outcome {
        Err(error) if error.is_passing() => Ok(otherwise),
        other => other,
    }
}

/// Returns an error and its causes in one line.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        line.push_str(": ");
        line.push_str(&error.to_string());
        cause = error.source();
    }
    line
}
