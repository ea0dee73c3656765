//! Folding views anew: each by a thread of its own, beside those that answer meanwhile.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crossbeam_channel::{Sender, bounded};

use crate::clock::Stopwatch;
use crate::monitor::threads::{Thread, ThreadError};
use crate::projector::NAMES;
use crate::serve::{Refusal, RefusalKind};
use crate::sheet::{Column, Sheet, Unit};

use super::{Owner, Reports, Tell, broken_off, storage};

/// Reports of progress that may wait; threads go on when they are taken.
const REPORTS_QUEUED: usize = 16;

/// How far a view has come: its name, its seq, the last one.
type Report = (&'static str, u64, u64);

impl Owner {
    /// Folds one view, or all for `None`, anew. A view that is done takes its place at once.
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
        let broken = Arc::new(AtomicBool::new(false));
        let (tell, told) = bounded(REPORTS_QUEUED);
        let threads: Vec<Thread<f64>> = names
            .iter()
            .map(|name| self.folding(name, tell.clone(), broken.clone()))
            .collect::<Result<_, _>>()
            .map_err(|error| storage(&error))?;
        drop(tell);
        let mut reports = Reports::new(reply, &self.go_on);
        let what = if let [name] = names[..] { name } else { "views" };
        let mut reached: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
        for (name, at, end) in told {
            reached.insert(name, (at, end));
            let (at, end) = reached.values().fold((0, 0), |sum, it| (sum.0 + it.0, sum.1 + it.1));
            if !reports.tell(what, at, end) {
                broken.store(true, Ordering::Relaxed);
            }
        }
        // All are joined, whatever becomes of one of them.
        let joined: Vec<Result<f64, ThreadError>> = threads.into_iter().map(Thread::join).collect();
        if broken.load(Ordering::Relaxed) {
            return Err(broken_off());
        }
        let seconds: Vec<f64> =
            joined.into_iter().collect::<Result<_, _>>().map_err(|error| storage(&error))?;
        Ok(self.rebuilt(&names, &seconds, took.elapsed().as_secs_f64()))
    }

    /// Starts the thread that folds one view anew; it returns the seconds that it took.
    fn folding(
        &self,
        name: &'static str,
        tell: Sender<Report>,
        broken: Arc<AtomicBool>,
    ) -> Result<Thread<f64>, ThreadError> {
        let (views, reader) = (self.views.clone(), self.reader.clone());
        Thread::start(&format!("rebuild {name}"), move || {
            let took = Stopwatch::start();
            let mut progress = |view: &'static str, at, end| {
                let heard = tell.send((view, at, end)).is_ok();
                heard && !broken.load(Ordering::Relaxed)
            };
            let folded = views.rebuild(Some(name), &reader, &mut progress);
            folded.map_err(|error| crate::projector::chain(&error))?;
            Ok(took.elapsed().as_secs_f64())
        })
    }

    fn rebuilt(&self, names: &[&'static str], seconds: &[f64], took: f64) -> Sheet {
        let mut sheet = Sheet::new(vec![
            Column::new("view", Unit::None),
            Column::new("seq", Unit::Count),
            Column::new("events_per_second", Unit::Count),
        ]);
        let mut events = 0;
        for (name, seconds) in names.iter().zip(seconds) {
            let lag = self.views.lags().into_iter().find(|lag| lag.view == *name);
            let seq = lag.map_or(0, |lag| lag.seq);
            events = events.max(seq);
            sheet.push(vec![(*name).into(), seq.into(), rate(seq, *seconds).into()]);
        }
        sheet.notes.push(format!(
            "{events} events folded into {} views in {took:.2} s, {:.0} events a second",
            names.len(),
            rate(events, took)
        ));
        sheet
    }
}

fn rate(events: u64, seconds: f64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a rate is rounded anyway")]
    (events as f64 / seconds.max(1e-9)).round()
}
