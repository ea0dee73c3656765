//! The oracle: the same schedule, which is told what is true instead of learning it from answers:
//! how restless each audience is, and how late announced Spaces begin.

use std::collections::BTreeMap;

use spacelog::poll::Windows;
use spacelog::poll::schedule::Next;
use spacelog::simulate::{Truth, World};
use spacelog::space::{Moment, Seen, SpaceId, SpaceState, Target};

use crate::contenders::{Contender, Ours};

/// A Space's churn is measured over so long before and after a moment, in steps …
const AROUND_MS: i64 = 120_000;
const STEP_MS: i64 = 10_000;
/// … and again after this.
const AGAIN_MS: i64 = 60_000;

/// The oracle.
pub struct Oracle {
    ours: Ours,
    told: BTreeMap<SpaceId, Moment>,
    spam: BTreeMap<SpaceId, bool>,
    looked: Option<Moment>,
}

impl Oracle {
    pub fn new() -> Self {
        let (told, spam) = (BTreeMap::new(), BTreeMap::new());
        Self { ours: Ours::new(), told, spam, looked: None }
    }

    /// Tells of every start there will be, once.
    fn tell_starts(&mut self, world: &World) {
        for course in world.spaces().map(|truth| &truth.course) {
            if let Some((begun, announced)) = course.started_at.zip(course.scheduled_start) {
                let known = announced.since(course.created_at);
                self.ours.schedule().teach_start(begun.since(announced), known);
            }
        }
    }
}

impl Contender for Oracle {
    fn next(&mut self, now: Moment, windows: &Windows) -> Next {
        self.ours.next(now, windows)
    }

    fn asked(&mut self, target: &Target, now: Moment) {
        self.ours.asked(target, now);
    }

    fn answered(&mut self, target: &Target, seen: &Seen, now: Moment) {
        let mut seen = seen.clone();
        for space in &mut seen.spaces {
            if space.state == Some(SpaceState::Live) {
                self.told.entry(space.id).or_insert(Moment(i64::MIN));
            }
            // Counts teach nothing here.
            if self.spam.get(&space.id) != Some(&true) {
                space.participants = None;
            }
        }
        self.ours.answered(target, &seen, now);
        self.looked = None;
    }

    fn failed(&mut self, target: &Target, now: Moment) {
        self.ours.failed(target, now);
    }

    fn peek(&mut self, world: &World, now: Moment) {
        if self.told.is_empty() && self.spam.is_empty() {
            self.tell_starts(world);
        }
        if self.looked.replace(now).is_some() {
            return;
        }
        for (id, at) in &mut self.told {
            let Some(truth) = world.truth(*id).filter(|_| now.since(*at) >= AGAIN_MS) else {
                continue;
            };
            *at = now;
            self.spam.insert(*id, truth.is_spam);
            self.ours.schedule().teach_churn(*id, churn(truth, now));
        }
        self.told.retain(|id, _| world.truth(*id).is_some_and(|it| it.course.over_at() > now));
    }
}

/// Returns how fast a count truly moves around a moment, in squared people a second.
fn churn(truth: &Truth, now: Moment) -> f64 {
    let (mut squares, mut steps) = (0.0, 0.0);
    let over = truth.course.over_at();
    let mut at = now.plus(-AROUND_MS).max(truth.course.started_at.unwrap_or(now));
    while at.plus(STEP_MS) < now.plus(AROUND_MS).min(over) {
        let moved = truth.participants(at.plus(STEP_MS)).abs_diff(truth.participants(at));
        #[expect(clippy::cast_precision_loss, reason = "people, not atoms")]
        let moved = moved as f64;
        squares += moved * moved;
        steps += 1.0;
        at = at.plus(STEP_MS);
    }
    if steps > 0.0 { squares / (steps * 10.0) } else { 0.0 }
}
