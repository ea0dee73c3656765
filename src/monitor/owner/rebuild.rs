//! Folding views anew beside those that answer meanwhile, on both of two cores.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crossbeam_channel::{Sender, bounded};

use crate::clock::Stopwatch;
use crate::monitor::threads::{Thread, ThreadError};
use crate::projector::{NAMES, Rebuild};
use crate::serve::{Refusal, RefusalKind};
use crate::sheet::{Column, Sheet, Unit};
use crate::space::several;

use super::{Owner, Reports, Tell, broken_off, refused};

/// Reports of progress that may wait; threads go on when they are taken.
const REPORTS_QUEUED: usize = 16;

/// Threads that fold side by side.
const THREADS: usize = 2;

/// How far the view has come that is furthest behind: its seq, the last one.
type Report = (u64, u64);

impl Owner {
    /// Folds one view, or all for `None`, anew. Those that are done take their places at once.
    pub(super) fn rebuild(&self, view: Option<&str>, reply: Tell) -> Result<Sheet, Refusal> {
        let names: Vec<&'static str> =
            NAMES.into_iter().filter(|name| view.is_none_or(|view| view == *name)).collect();
        if names.is_empty() {
            return Err(Refusal {
                kind: RefusalKind::Usage,
                message: format!("there is no view `{}`", view.unwrap_or_default()),
                causes: vec![format!("the views are {}", NAMES.join(", "))],
            });
        }
        let took = Stopwatch::start();
        let rebuild = self.views.begin_rebuild(&names, &self.reader);
        // Views in memory are no older than the log.
        let Some(rebuild) = rebuild.map_err(|error| refused(&error))?.map(Arc::new) else {
            return Ok(self.rebuilt(&names, took.elapsed().as_secs_f64()));
        };
        let broken = Arc::new(AtomicBool::new(false));
        let (tell, told) = bounded(REPORTS_QUEUED);
        let started: Vec<_> = (0..THREADS.min(names.len()))
            .map(|number| folding(number, rebuild.clone(), tell.clone(), broken.clone()))
            .collect();
        drop(tell);
        if started.iter().any(Result::is_err) {
            broken.store(true, Ordering::Relaxed);
        }
        let mut reports = Reports::new(reply, &self.go_on);
        let what = if let [name] = names[..] { name } else { "views" };
        let mut listened = true;
        for (at, end) in told {
            listened = listened && reports.tell(what, at, end);
            if !listened {
                broken.store(true, Ordering::Relaxed);
            }
        }
        // All are joined, whatever becomes of one of them.
        let joined: Vec<Result<(), ThreadError>> =
            started.into_iter().map(|thread| thread?.join()).collect();
        if !listened {
            return Err(broken_off());
        }
        joined.into_iter().collect::<Result<(), _>>().map_err(|error| refused(&error))?;
        // As it is: whoever reads it is to know whether it is of the disk.
        rebuild.outcome().map_err(|error| refused(&error))?;
        Ok(self.rebuilt(&names, took.elapsed().as_secs_f64()))
    }

    fn rebuilt(&self, names: &[&str], took: f64) -> Sheet {
        let mut sheet = Sheet::new(vec![
            Column::new("view", Unit::None),
            Column::new("seq", Unit::Count),
            Column::new("events_per_second", Unit::Count),
        ]);
        let mut events = 0;
        for lag in self.views.lags().into_iter().filter(|lag| names.contains(&lag.view)) {
            events = lag.seq.max(events);
            sheet.push(vec![lag.view.into(), lag.seq.into(), rate(lag.seq, took).into()]);
        }
        sheet.notes.push(format!(
            "{} folded into {} in {took:.2} s, {:.0} events a second",
            several(events, "event", "events"),
            several(names.len(), "view", "views"),
            rate(events, took)
        ));
        sheet
    }
}

/// Starts a thread that lends a hand.
fn folding(
    number: usize,
    rebuild: Arc<Rebuild>,
    tell: Sender<Report>,
    broken: Arc<AtomicBool>,
) -> Result<Thread<()>, ThreadError> {
    Thread::start(&format!("rebuild {}", number + 1), move || {
        rebuild.work(&mut |_view, at, end| {
            let heard = tell.send((at, end)).is_ok();
            heard && !broken.load(Ordering::Relaxed)
        });
        Ok(())
    })
}

fn rate(events: u64, seconds: f64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a rate is rounded anyway")]
    (events as f64 / seconds.max(1e-9)).round()
}
