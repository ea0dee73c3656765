//! The log on a memory disk, alone and with four views attached.

use std::sync::Arc;
use std::thread::{Scope, ScopedJoinHandle};
use std::time::Duration;

use crossbeam_channel::{Sender, TrySendError, bounded};
use spacelog::clock::pause;
use spacelog::event::{Batch, codec};
use spacelog::log::entropy::Entropy;
use spacelog::log::{Log, NewLog, Reader};
use spacelog::projector::{self, Handle, QUEUE_BATCHES, Views, chain};
use spacelog::space::Moment;
use spacelog::store::InMemoryBackend;
use spacelog::view::View;

use crate::common::Outcome;
use crate::common::feed;
use crate::common::figures::seconds;
use crate::polls::Polls;

/// Returns a new log in memory.
pub fn log() -> Outcome<Log> {
    let new = NewLog { created_at: Moment(0), simulated: None };
    let entropy = Entropy::Seeded { seed: 1, drawn: 0 };
    Ok(Log::on(InMemoryBackend::new(), &new, entropy)?)
}

/// Returns the seconds that the log takes by itself.
pub fn alone(polls: &Polls) -> Outcome<f64> {
    let mut log = log()?;
    seconds(|| polls.batches.iter().try_for_each(|batch| feed::append(&mut log, batch).map(drop)))
}

/// Returns the seconds that encoding and hashing take.
pub fn encode(polls: &Polls) -> Outcome<f64> {
    let mut log = log()?;
    let stored = polls.batches.iter().map(|batch| feed::append(&mut log, batch));
    let stored = stored.collect::<Outcome<Vec<Arc<Batch>>>>()?;
    let mut before = [0; 32];
    seconds(|| {
        for batch in &stored {
            let canonical = codec::canonical(batch);
            before = codec::chain(&before, &canonical);
            std::hint::black_box(codec::encode_batch(&before, &canonical));
        }
        Ok(())
    })
}

/// Returns the seconds until all four views show the last batch.
pub fn attached(polls: &Polls) -> Outcome<f64> {
    attach(|log, views, outlets| {
        seconds(|| {
            for batch in &polls.batches {
                hand_out(&feed::append(log, batch)?, outlets);
            }
            while seen(views) < log.head().seq {
                pause(LOOK_EVERY);
            }
            Ok(())
        })
    })
}

/// How often it is looked whether the views show a batch.
pub const LOOK_EVERY: Duration = Duration::from_micros(50);

/// Returns the last seq that all four views show.
pub fn seen(views: &Views) -> u64 {
    let four = [views.spaces.lag(), views.curves.lag(), views.people.lag(), views.keywords.lag()];
    four.iter().map(|lag| lag.seq).min().unwrap_or_default()
}

/// Hands a stored batch to the projectors, as the appender does.
pub fn hand_out(batch: &Arc<Batch>, outlets: &[Sender<Arc<Batch>>]) {
    for outlet in outlets {
        match outlet.try_send(batch.clone()) {
            // A projector that lags reads the log; one that is gone is found when it is joined.
            Ok(()) | Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {}
        }
    }
}

/// Does `work` on a new log with four views attached.
pub fn attach<T>(
    work: impl FnOnce(&mut Log, &Views, &[Sender<Arc<Batch>>]) -> Outcome<T>,
) -> Outcome<T> {
    let mut log = log()?;
    let reader = log.reader();
    let views = Views::in_memory(&reader)?;
    std::thread::scope(|scope| {
        let (outlets, threads): (Vec<_>, Vec<_>) = [
            project(scope, &views.spaces, &reader),
            project(scope, &views.curves, &reader),
            project(scope, &views.people, &reader),
            project(scope, &views.keywords, &reader),
        ]
        .into_iter()
        .unzip();
        let done = work(&mut log, &views, &outlets);
        drop(outlets);
        for thread in threads {
            thread.join().map_err(|_| "a projector broke down")??;
        }
        done
    })
}

type Projector<'a> = (Sender<Arc<Batch>>, ScopedJoinHandle<'a, Result<(), String>>);

fn project<'a, 'b: 'a, V: View>(
    scope: &'a Scope<'a, 'b>,
    view: &'b Handle<V>,
    reader: &'b Reader,
) -> Projector<'a> {
    let (outlet, batches) = bounded(QUEUE_BATCHES);
    let thread =
        scope.spawn(move || projector::run(view, &batches, reader).map_err(|error| chain(&error)));
    (outlet, thread)
}
