//! Folding a segment into the Spaces view, a Space at a time.
//!
//! The row of a Space hangs only on the order of its own events. Most observations of a Space
//! repeat the one before but for the count: those take a short way, and all others the usual one.

use std::collections::BTreeMap;

use crate::event::Event;
use crate::event::codec::segment::{Content, Other, Run, Runs};
use crate::space::SpaceId;

use super::place::Answers;
use super::seen::Shown;
use super::spaces::SpaceRow;
use super::table::Disk;
use super::{Spaces, View as _, ViewError};

impl Spaces {
    /// Folds a segment in.
    pub(super) fn fold_runs(
        &mut self,
        disk: &dyn Disk,
        content: &Content,
    ) -> Result<(), ViewError> {
        let answers = Answers::of(content);
        let mut said: BTreeMap<SpaceId, Vec<&Other>> = BTreeMap::new();
        for other in &content.others {
            let about = match &other.event {
                Event::SpaceDescribed(it) => it.space,
                Event::SpaceMissing(it) => it.space,
                _ => continue,
            };
            said.entry(about).or_default().push(other);
        }
        for run in content.runs.iter().flat_map(Runs::iter) {
            let others = said.remove(&run.space).unwrap_or_default();
            self.fold_run(disk, &run, &others, &answers, content)?;
        }
        for other in said.into_values().flatten() {
            self.event(disk, &answers.place(other), &other.event)?;
        }
        Ok(())
    }

    /// Folds the observations of one Space in, and between them what else is said of it.
    fn fold_run(
        &mut self,
        disk: &dyn Disk,
        run: &Run,
        others: &[&Other],
        answers: &Answers,
        content: &Content,
    ) -> Result<(), ViewError> {
        let mut from = 0;
        for other in others {
            let end = run.places.partition_point(|(_, offset)| *offset < other.offset);
            self.observe_all(disk, run, from..end, answers, content)?;
            self.event(disk, &answers.place(other), &other.event)?;
            from = end;
        }
        self.observe_all(disk, run, from..run.places.len(), answers, content)
    }

    fn observe_all(
        &mut self,
        disk: &dyn Disk,
        run: &Run,
        range: std::ops::Range<usize>,
        answers: &Answers,
        content: &Content,
    ) -> Result<(), ViewError> {
        if range.is_empty() {
            return Ok(());
        }
        self.briefs.touch(run.space);
        let row = self.rows.edit(disk, run.space, SpaceRow::default)?;
        let before = row.first_seen();
        let mut shown_apart = Vec::new();
        // Whether the observation before was of this run, the newest, and left the Space steady.
        let mut steady = false;
        for number in range {
            let (batch, offset) = run.places[number];
            let place = answers.place_at(batch, offset);
            let plain = if steady && run.is_steady(number) && place.at >= row.seen.1 {
                run.participants(number)
            } else {
                None
            };
            let seen = (place.at, place.seq);
            let gap = if let Some(count) = plain {
                row.observe_steady(seen, count, place.hold_ms)
            } else {
                let event = run.event(number, &content.users);
                let shown = row.observe(&event, seen, place.hold_ms, place.lags);
                steady = row.seen.1 == place.at && row.is_steady();
                if !shown.new_speakers.is_empty() {
                    let new_speakers = shown.new_speakers;
                    shown_apart.push(Shown { gap: None, new_speakers });
                }
                shown.gap
            };
            if let Some(gap) = gap {
                self.gaps.put((run.space, gap.from), gap.to);
            }
        }
        let now = row.first_seen();
        for shown in shown_apart {
            self.note(run.space, shown);
        }
        self.move_in_time(run.space, before, now);
        Ok(())
    }
}
