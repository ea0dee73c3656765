//! What is known of one Space that matters for when to look at it again.

use super::churn::Churn;
use super::priority::{self, Order, seconds};
use crate::space::{Moment, Observation, SpaceState, UserId};

/// Two looks at the same Space are never closer than this.
const LOOK_AGAIN_MS: i64 = 1_000;
/// For a Space that is announced for later, or whose state nobody knows, a look-up is made this
/// often, if nothing else is due …
const WAITING_MS: i64 = 60_000;
/// … for one whose start is this long past and did not come, rarely …
const OVERDUE_AFTER_MS: i64 = 6 * 3_600_000;
const OVERDUE_MS: i64 = 600_000;
/// … and after two weeks no more: X announces at most so far ahead.
const GIVEN_UP_AFTER_MS: i64 = 14 * 86_400_000;
/// From this long before an announced start, a Space is looked at as if it were live.
const NEAR_START_MS: i64 = 600_000;
/// After an end there is one more look, this much later: late changes of title and times.
const LAST_LOOK_MS: i64 = 60_000;
/// A Space that looks like spam is looked for this often, if nothing else is due.
const SPAM_MS: i64 = 60_000;

/// What an answer, or the log, says of a Space that matters for when to look at it.
#[derive(Clone, Debug)]
pub struct Sight {
    /// What we take its state to be.
    pub state: Option<SpaceState>,
    /// When it is announced to begin.
    pub scheduled_start: Option<Moment>,
    /// Whether it may still change.
    pub open: bool,
    /// The UTC day on which it was last paid for.
    pub billed_day: Option<i64>,
}

/// A Space that is followed.
#[derive(Clone, Debug)]
pub struct Followed {
    pub state: Option<SpaceState>,
    pub scheduled_start: Option<Moment>,
    /// When it was last asked for by id.
    pub asked: Option<Moment>,
    /// When an answer of any kind last carried it.
    pub seen: Option<Moment>,
    /// When the one look after the end is due.
    last_look: Option<Moment>,
    since: Moment,
    pub billed_day: Option<i64>,
    pub creator: Option<UserId>,
    pub churn: Churn,
    /// Whether a listing showed it live, so that a listing without it tells something.
    is_listed: bool,
    /// Whether a listing that showed it does so no more: perhaps it is over.
    is_suspect: bool,
    pub is_spam: bool,
}

impl Followed {
    pub fn new(now: Moment) -> Self {
        Self {
            state: None,
            scheduled_start: None,
            asked: None,
            seen: None,
            last_look: None,
            since: now,
            billed_day: None,
            creator: None,
            churn: Churn::default(),
            is_listed: false,
            is_suspect: false,
            is_spam: false,
        }
    }

    /// Takes in what we take it to be.
    pub fn take(&mut self, sight: Sight, now: Moment) {
        self.state = sight.state;
        self.billed_day = sight.billed_day;
        self.scheduled_start = sight.scheduled_start.or(self.scheduled_start);
        if sight.open {
            self.last_look = None;
        } else if self.last_look.is_none() {
            self.last_look = Some(now.plus(LAST_LOOK_MS));
        }
    }

    /// Takes in an answer that carried it; `listed` says that it was found, not asked for.
    pub fn observe(&mut self, it: &Observation, listed: bool, now: Moment) {
        self.seen = Some(now);
        self.is_suspect = false;
        self.creator = it.description.creator.or(self.creator);
        if it.state == Some(SpaceState::Live) {
            self.is_listed |= listed;
            if let Some(count) = it.participants {
                self.churn.count(now, count);
            }
        }
    }

    /// Notes that a listing which should carry it does not. That ends nothing: it is a reason to
    /// look.
    pub fn unlisted(&mut self) {
        if self.is_live() && self.is_listed {
            self.is_suspect = true;
            self.is_listed = false;
        }
    }

    pub const fn is_suspect(&self) -> bool {
        self.is_suspect
    }

    pub fn is_live(&self) -> bool {
        self.state == Some(SpaceState::Live) && self.last_look.is_none()
    }

    /// Whether it is to be seen every round: live, or about to start; not spam.
    pub fn is_hot(&self, now: Moment) -> bool {
        match &self.state {
            Some(SpaceState::Live) => !self.is_spam,
            Some(SpaceState::Scheduled) => self
                .late_ms(now)
                .is_some_and(|late| (-NEAR_START_MS..OVERDUE_AFTER_MS).contains(&late)),
            _ => false,
        }
    }

    /// Returns by how much the announced start is past, negative before it.
    pub fn late_ms(&self, now: Moment) -> Option<i64> {
        self.scheduled_start.map(|start| now.since(start))
    }

    /// Returns whether it is over and was looked at once more, or will not come any more.
    pub fn is_done(&self, now: Moment, once: bool) -> bool {
        let over =
            self.last_look.is_some_and(|at| once || self.asked.is_some_and(|asked| asked >= at));
        let begin = self.scheduled_start.unwrap_or(self.since).max(self.since);
        let idle = self.state != Some(SpaceState::Live);
        over || (idle && now.since(begin) > GIVEN_UP_AFTER_MS)
    }

    /// Returns how long after its time it had not begun, when it is over without having been live.
    pub fn never_began_ms(&self, now: Moment) -> Option<i64> {
        let waited = matches!(self.state, Some(SpaceState::Other(_)));
        self.late_ms(now).filter(|late| waited && *late > 0)
    }

    /// Returns from when on a look-up is made for its sake.
    pub fn due(&self, now: Moment) -> Moment {
        if let Some(at) = self.last_look {
            return at;
        }
        let Some(asked) = self.asked else { return Moment(i64::MIN) };
        let overdue = self.late_ms(now).is_some_and(|late| late > OVERDUE_AFTER_MS);
        let wait = match (self.is_hot(now) || self.is_suspect, overdue) {
            (true, _) => LOOK_AGAIN_MS,
            (false, true) => OVERDUE_MS,
            (false, false) if self.is_spam => SPAM_MS,
            (false, false) => WAITING_MS,
        };
        asked.plus(wait)
    }

    /// Returns whether a place in a request may be its now.
    pub fn may_be_asked(&self, now: Moment) -> bool {
        self.last_look.is_none_or(|at| at <= now)
    }

    /// Returns its place in the order of look-ups.
    pub fn score(&self, now: Moment, order: &Order) -> f64 {
        if self.last_look.is_some() {
            return f64::INFINITY;
        }
        let last = if self.is_suspect { self.asked } else { self.asked.max(self.seen) };
        let age_s = last.map(|at| seconds(now.since(at)).max(0.0));
        let is_urgent = self.is_live() && !self.is_spam;
        let ceiling_s = if is_urgent { order.live_s } else { order.other_s };
        match age_s {
            // Whoever was not seen since the start comes first, the live before the others.
            None if !self.is_live() => f64::MAX,
            age_s => priority::score(self.worth(now, order), age_s, ceiling_s),
        }
    }

    /// Returns what a look is worth.
    pub fn worth(&self, now: Moment, order: &Order) -> f64 {
        match &self.state {
            Some(SpaceState::Live) => {
                priority::live(&self.churn, order.mean, self.is_suspect, self.is_spam)
            }
            Some(SpaceState::Scheduled) => {
                let hazard = self.late_ms(now).map(|late| order.lateness.hazard(late));
                hazard.map_or(priority::unknown(), priority::scheduled)
            }
            Some(SpaceState::Ended | SpaceState::Other(_)) | None => priority::unknown(),
        }
    }

    /// Moves every time along with a wall clock that was moved.
    pub fn clock_stepped(&mut self, by_ms: i64) {
        let shift = |at: &mut Moment| *at = at.plus(by_ms);
        self.asked.iter_mut().for_each(shift);
        self.seen.iter_mut().for_each(shift);
        self.last_look.iter_mut().for_each(shift);
        self.churn.clock_stepped(by_ms);
        shift(&mut self.since);
    }
}
