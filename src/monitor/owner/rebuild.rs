//! Folding views anew beside those that answer meanwhile, on both of two cores.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crossbeam_channel::{Sender, bounded};

use crate::clock::Stopwatch;
use crate::monitor::threads::{Thread, ThreadError};
use crate::projector::{NAMES, ProjectorError, groups};
use crate::serve::{Refusal, RefusalKind};
use crate::sheet::{Column, Sheet, Unit};

use super::{Owner, Reports, Tell, broken_off, refused};

/// Reports of progress that may wait; threads go on when they are taken.
const REPORTS_QUEUED: usize = 16;

/// The seconds that a group of views took, or why it was not folded.
type Folded = Result<f64, ProjectorError>;

/// How far a group of views has come: the name of its first, its seq, the last one.
type Report = (&'static str, u64, u64);

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
        let groups = groups(&names);
        let took = Stopwatch::start();
        let broken = Arc::new(AtomicBool::new(false));
        let (tell, told) = bounded(REPORTS_QUEUED);
        let started: Vec<_> = groups
            .iter()
            .map(|group| self.folding(group.clone(), tell.clone(), broken.clone()))
            .collect();
        drop(tell);
        if started.iter().any(Result::is_err) {
            broken.store(true, Ordering::Relaxed);
        }
        let mut reports = Reports::new(reply, &self.go_on);
        let what = if let [name] = names[..] { name } else { "views" };
        let (mut reached, mut listened) = (BTreeMap::new(), true);
        for (group, at, end) in told {
            reached.insert(group, (at, end));
            let (at, end) =
                reached.values().fold((0, 0), |sum: (u64, u64), it| (sum.0 + it.0, sum.1 + it.1));
            listened = listened && reports.tell(what, at, end);
            if !listened {
                broken.store(true, Ordering::Relaxed);
            }
        }
        // All are joined, whatever becomes of one of them.
        let joined: Vec<Result<Folded, ThreadError>> =
            started.into_iter().map(|thread| thread?.join()).collect();
        if !listened {
            return Err(broken_off());
        }
        let mut seconds = Vec::new();
        for folded in joined {
            let folded = folded.map_err(|error| refused(&error))?;
            seconds.push(folded.map_err(|error| refused(&error))?);
        }
        Ok(self.rebuilt(&groups, &seconds, took.elapsed().as_secs_f64()))
    }

    /// Starts the thread that folds these views anew; it returns the seconds that it took.
    fn folding(
        &self,
        group: Vec<&'static str>,
        tell: Sender<Report>,
        broken: Arc<AtomicBool>,
    ) -> Result<Thread<Folded>, ThreadError> {
        let (views, reader) = (self.views.clone(), self.reader.clone());
        Thread::start(&format!("rebuild {}", group[0]), move || {
            let took = Stopwatch::start();
            let mut progress = |_view: &'static str, at, end| {
                let heard = tell.send((group[0], at, end)).is_ok();
                heard && !broken.load(Ordering::Relaxed)
            };
            let folded = views.rebuild(&group, &reader, &mut progress);
            // As it is: whoever reads it is to know whether it is of the disk.
            Ok(folded.map(|()| took.elapsed().as_secs_f64()))
        })
    }

    fn rebuilt(&self, groups: &[Vec<&'static str>], seconds: &[f64], took: f64) -> Sheet {
        let mut sheet = Sheet::new(vec![
            Column::new("view", Unit::None),
            Column::new("seq", Unit::Count),
            Column::new("events_per_second", Unit::Count),
        ]);
        let (mut events, mut views) = (0, 0);
        for lag in self.views.lags() {
            let group = groups.iter().position(|group| group.contains(&lag.view));
            let Some(seconds) = group.and_then(|group| seconds.get(group)) else { continue };
            (events, views) = (lag.seq.max(events), views + 1);
            sheet.push(vec![lag.view.into(), lag.seq.into(), rate(lag.seq, *seconds).into()]);
        }
        sheet.notes.push(format!(
            "{events} events folded into {views} views in {took:.2} s, {:.0} events a second",
            rate(events, took)
        ));
        sheet
    }
}

fn rate(events: u64, seconds: f64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a rate is rounded anyway")]
    (events as f64 / seconds.max(1e-9)).round()
}
