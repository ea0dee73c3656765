//! The threads of a running monitor: appender, projectors, printer.

use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::alerting::{Alerting, Alerts};
use super::appender::Appender;
use super::bodies::Bodies;
use super::notices::Printer;
use super::poller::Work;
use super::sealer::Sealer;
use super::threads::Thread;
use super::{MonitorError, Talk};
use crate::alert::Shared;
use crate::clock::Clock;
use crate::log::{NoticeKey, Reader};
use crate::projector::{self, Handle, QUEUE_BATCHES, Views};
use crate::view::View;

/// For so long a monitor that ends seals what is left: people wait for its end.
const SEAL_TIME: Duration = Duration::from_secs(1);

/// The threads of a running monitor.
pub(super) struct Crew {
    appender: Thread<Appender>,
    projectors: Vec<Thread<()>>,
    sealer: Thread<()>,
    printer: Thread<bool>,
    alerts: Vec<Thread<()>>,
}

pub(super) type Printing =
    (Clock, &'static str, Shared, CancellationToken, CancellationToken, Talk);
pub(super) type Hands = (Appender, mpsc::Receiver<Work>, Option<Bodies>, mpsc::WeakSender<Work>);

/// How long a monitor that stops waits for somebody to read its last notices.
const PRINTER_WAIT: Duration = Duration::from_secs(1);

impl Crew {
    /// Starts every thread.
    pub fn start(
        (mut appender, to_do, bodies, work): Hands,
        (views, reader): (&Views, &Reader),
        (clock, mark, mut out, stop, finish, talk): Printing,
        alerts: Alerts,
    ) -> Result<Self, MonitorError> {
        let mut projectors = Vec::new();
        project(&views.spaces, reader, &mut appender, &mut projectors)?;
        project(&views.curves, reader, &mut appender, &mut projectors)?;
        project(&views.people, reader, &mut appender, &mut projectors)?;
        project(&views.keywords, reader, &mut appender, &mut projectors)?;
        project(&views.polls, reader, &mut appender, &mut projectors)?;
        let (nudge, nudges) = crossbeam_channel::bounded(1);
        appender.nudge(nudge);
        let sealer =
            Sealer { reader: reader.clone(), nudges, work: work.clone(), talk: talk.clone() };
        let sealing = Thread::start("sealer", move || {
            sealer.run();
            Ok(())
        })?;
        let alerting = Alerting {
            reader: reader.clone(),
            work: work.clone(),
            clock: clock.clone(),
            talk: talk.clone(),
            finish: finish.clone(),
        };
        let alerts = alerting.start(alerts)?;
        let (call, news) = crossbeam_channel::bounded(1);
        appender.tell(call);
        let erase = Box::new(move |notice| erase(&work, notice));
        let printer = Printer { reader: reader.clone(), news, erase, finish, clock, mark, talk };
        let printing = Thread::start("printer", move || {
            let closed = printer.print(&mut out).is_err();
            if closed {
                // Nobody reads us any more, as behind `| head`: that is a wish to stop.
                stop.cancel();
            }
            Ok(closed)
        })?;
        let appender = Thread::start("appender", move || work_off(appender, to_do, bodies));
        Ok(Self { appender: appender?, projectors, sealer: sealing, printer: printing, alerts })
    }

    /// Gives printer and alerts a moment to tell what is left.
    pub async fn wait_for_printer(&self) {
        let waited = crate::clock::Stopwatch::start();
        let is_over = || self.printer.is_over() && self.alerts.iter().all(Thread::is_over);
        while !is_over() && waited.elapsed() < PRINTER_WAIT {
            crate::clock::sleep_real(Duration::from_millis(5)).await;
        }
    }

    /// Waits for every thread, the appender first: with it the projectors' channels close.
    /// Returns whether standard output was closed. A printer that nobody reads is left behind:
    /// its notices stand in the outbox, and are printed at the next start.
    pub fn join(self, fine: bool, talk: &Talk) -> Result<bool, MonitorError> {
        // The log's file closes with its last reader: all that was acknowledged is durable.
        let mut first = self.appender.join().map(drop).err();
        for projector in self.projectors {
            if let Err(error) = projector.join() {
                first.get_or_insert(error);
            }
        }
        if let Err(error) = self.sealer.join() {
            first.get_or_insert(error);
        }
        for thread in self.alerts {
            // One that waits for a reader of standard output is left behind as the printer is.
            if !thread.is_over() {
                talk.say("alerts are still on their way: they come at the next start");
            } else if let Err(error) = thread.join() {
                first.get_or_insert(error);
            }
        }
        let closed = if self.printer.is_over() {
            self.printer.join()?
        } else {
            talk.say("nobody reads standard output: the last notices come at the next start");
            false
        };
        match first {
            Some(error) if fine => Err(error.into()),
            _ => Ok(closed),
        }
    }
}

/// Has a printed notice erased; waits for the word of the appender's thread.
fn erase(work: &mpsc::WeakSender<Work>, notice: NoticeKey) -> bool {
    let (reply, replied) = oneshot::channel();
    let Some(work) = work.upgrade() else { return false };
    let sent = work.blocking_send(Work::Printed(notice, reply));
    drop(work);
    sent.is_ok() && replied.blocking_recv() == Ok(true)
}

/// Starts the projector of one view.
fn project<V: View>(
    view: &Handle<V>,
    reader: &Reader,
    appender: &mut Appender,
    threads: &mut Vec<Thread<()>>,
) -> Result<(), MonitorError> {
    let (outlet, batches) = crossbeam_channel::bounded(QUEUE_BATCHES);
    appender.feed(outlet);
    let (view, reader) = (view.clone(), reader.clone());
    let thread = Thread::start(&format!("view {}", V::NAME), move || {
        projector::run(&view, &batches, &reader).map_err(|error| error.to_string())
    });
    threads.push(thread?);
    Ok(())
}

/// The appender's thread: works off what the asynchronous side hands it, until that is gone.
fn work_off(
    mut appender: Appender,
    mut to_do: mpsc::Receiver<Work>,
    mut bodies: Option<Bodies>,
) -> Result<Appender, String> {
    while let Some(work) = to_do.blocking_recv() {
        match work {
            // A printer that is gone has no use for the word.
            Work::Printed(notice, reply) => drop(reply.send(appender.printed(notice))),
            // Whoever asked may have been told to stop meanwhile.
            Work::Alert(step, reply) => drop(reply.send(appender.alert(&step))),
            // A sealer that is gone has no use for the word.
            Work::Seal(draft, reply) => drop(reply.send(appender.swap(&draft))),
            Work::Act(batch) => appender.act(&batch).map_err(|error| error.to_string())?,
            Work::Rewatched(changes) => {
                appender.rewatched(&changes).map_err(|error| error.to_string())?;
            }
            // Whoever asked may be gone; what is stored is stored.
            Work::Join(spaces, joined, reply) => {
                drop(reply.send(appender.joined(spaces, joined)));
            }
            Work::Adopt(batches, reply) => drop(reply.send(appender.adopt(&batches))),
            Work::Forget(it) => it.work_off(&mut appender, bodies.as_mut()),
            Work::Answer(answer, body, source, reply) => {
                let taken = appender.take(&answer, source);
                let poll_id = taken.as_ref().ok().and_then(|taken| taken.poll_id);
                // Whoever asked may have been told to stop meanwhile; the answer is stored.
                drop(reply.send(taken));
                if let (Some(bodies), Some(body)) = (&mut bodies, body) {
                    let forgotten = appender.log().forgotten();
                    let kept =
                        bodies.keep(&answer.asked, poll_id, &answer.outcome, &body, forgotten);
                    appender.say_about("bodies", kept);
                }
            }
        }
    }
    if let Some(bodies) = &mut bodies {
        appender.say_about("bodies", bodies.flush());
    }
    appender.seal(SEAL_TIME);
    Ok(appender)
}
