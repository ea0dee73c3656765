//! When one Space is made, begins, ends and vanishes; a pure function of the time.

use crate::space::{Moment, SpaceState};

use super::dice::{Dice, real_span, span};

pub(super) const SECOND: i64 = 1_000;
pub(super) const MINUTE: i64 = 60 * SECOND;
pub(super) const HOUR: i64 = 60 * MINUTE;

/// For so long after it is over a Space can be looked up; after that the world forgets it.
pub const REMEMBERED_MS: i64 = 24 * HOUR;
/// Spam is taken down this long after its end.
const SPAM_REMEMBERED_MS: i64 = HOUR;
/// No Space lasts longer.
pub const LONGEST_MS: i64 = 12 * HOUR;
/// No Space is announced earlier before its time.
pub const LONGEST_LEAD_MS: i64 = 21 * 24 * HOUR;
/// Nothing announced starts, or is called off, later than this after its time.
pub const LATEST_MS: i64 = 6 * HOUR;

const VANISHING: f64 = 0.08;
const CALLED_OFF_BUT_READABLE: f64 = 0.15;
/// Shares of announced Spaces that start early, soon after their time, and late; the rest never.
const EARLY_SOON_LATE: [f64; 3] = [0.08, 0.50, 0.22];

/// The life of a Space in moments, known in advance to the world and to nobody else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Course {
    /// When it was made.
    pub created_at: Moment,
    /// When it is announced to begin; `None` when it begins unannounced.
    pub scheduled_start: Option<Moment>,
    /// When it begins; `None` for a no-show.
    pub started_at: Option<Moment>,
    /// When it ends; `None` for a no-show.
    pub ended_at: Option<Moment>,
    /// When a no-show is called off.
    pub called_off_at: Option<Moment>,
    /// Whether it can no longer be looked up once it is over.
    pub vanishes: bool,
    /// When it can no longer be looked up in any case.
    pub forgotten_at: Moment,
    /// From when on search and creator look-ups show it live.
    pub shown_live_from: Option<Moment>,
}

impl Course {
    /// Returns the course of a Space that begins unannounced, seconds after it was made.
    pub fn unannounced(dice: &mut Dice, created_at: Moment) -> Self {
        let started_at = created_at.plus(span(dice.between(0.0, 8_000.0)));
        let duration = duration(dice);
        Self::held(dice, created_at, started_at, None, duration)
    }

    /// Returns the course of a spam Space: minutes.
    pub fn spam(dice: &mut Dice, created_at: Moment) -> Self {
        let started_at = created_at.plus(span(dice.between(0.0, 2_000.0)));
        let duration = span(dice.between(2.0, 6.0) * real_span(MINUTE));
        let course = Self::held(dice, created_at, started_at, None, duration);
        Self { forgotten_at: course.over_at().plus(SPAM_REMEMBERED_MS), ..course }
    }

    /// Returns the course of an announced Space: early, on time, late, or never.
    pub fn announced(dice: &mut Dice, created_at: Moment) -> Self {
        let lead = 8.0 * real_span(HOUR) * (1.2 * dice.normal()).exp();
        let lead = span(lead.clamp(15.0 * real_span(MINUTE), real_span(LONGEST_LEAD_MS)));
        // People announce whole five minutes.
        let announced = created_at.plus(lead).0.div_euclid(5 * MINUTE) * 5 * MINUTE;
        let announced = Moment(announced);
        let (kind, [early, soon, late]) = (dice.unit(), EARLY_SOON_LATE);
        let delay = if kind < early {
            -dice.between(5.0, 150.0)
        } else if kind < early + soon {
            dice.exponential(180.0)
        } else if kind < early + soon + late {
            dice.exponential(1_200.0)
        } else {
            return Self::never(dice, created_at, announced);
        };
        let started_at = announced.plus(span(delay * 1_000.0).min(LATEST_MS));
        let duration = duration(dice);
        Self::held(dice, created_at, started_at, Some(announced), duration)
    }

    fn held(
        dice: &mut Dice,
        created_at: Moment,
        started_at: Moment,
        scheduled_start: Option<Moment>,
        duration: i64,
    ) -> Self {
        let lag = span(dice.between(60_000.0, 120_000.0));
        Self {
            created_at,
            scheduled_start,
            started_at: Some(started_at),
            ended_at: Some(started_at.plus(duration)),
            called_off_at: None,
            forgotten_at: started_at.plus(duration).plus(REMEMBERED_MS),
            vanishes: dice.chance(VANISHING),
            shown_live_from: Some(started_at.plus(lag)),
        }
    }

    fn never(dice: &mut Dice, created_at: Moment, announced: Moment) -> Self {
        let called_off_at = if dice.chance(0.4) {
            created_at.plus(span(real_span(announced.since(created_at)) * dice.unit()))
        } else {
            announced.plus(span(dice.log_between(0.25, 6.0) * real_span(HOUR)))
        };
        Self {
            created_at,
            scheduled_start: Some(announced),
            started_at: None,
            ended_at: None,
            called_off_at: Some(called_off_at),
            forgotten_at: called_off_at.plus(REMEMBERED_MS),
            vanishes: !dice.chance(CALLED_OFF_BUT_READABLE),
            shown_live_from: None,
        }
    }

    /// Returns the state a look-up by id shows; `None` while, and once, there is nothing to see.
    pub fn state(&self, at: Moment) -> Option<SpaceState> {
        let visible_from = self.scheduled_start.map(|_| self.created_at).or(self.started_at);
        if visible_from.is_none_or(|from| at < from) {
            return None;
        }
        if at >= self.over_at() {
            let readable = !self.vanishes && at < self.forgotten_at;
            let word = if self.ended_at.is_some() { "ended" } else { "canceled" };
            return readable.then(|| SpaceState::from_word(word));
        }
        let live = self.started_at.is_some_and(|start| at >= start);
        Some(if live { SpaceState::Live } else { SpaceState::Scheduled })
    }

    /// Returns the state search and creator look-ups show, which lag a start; `None` when they
    /// do not show the Space.
    pub fn listed(&self, at: Moment) -> Option<SpaceState> {
        let state = self.state(at)?;
        let listed = match state {
            SpaceState::Scheduled => true,
            SpaceState::Live => self.shown_live_from.is_some_and(|from| at >= from),
            SpaceState::Ended | SpaceState::Other(_) => false,
        };
        listed.then_some(state)
    }

    /// Returns when it ends or is called off.
    pub fn over_at(&self) -> Moment {
        self.ended_at.or(self.called_off_at).unwrap_or(self.created_at)
    }

    /// Returns how long it is live, in milliseconds; 0 for a no-show.
    pub fn duration_ms(&self) -> i64 {
        self.started_at.zip(self.ended_at).map_or(0, |(start, end)| end.since(start))
    }
}

/// Mean of [`duration`] in minutes, measured over a million throws.
pub(super) const MEAN_MINUTES: f64 = 127.0;
/// Mean time an announced Space is on the schedule, in minutes, measured likewise.
pub(super) const MEAN_ANNOUNCED_MINUTES: f64 = 945.0;

/// Returns for how long people talk: a quarter of the Spaces are short, the median is 75 minutes.
fn duration(dice: &mut Dice) -> i64 {
    let minutes = if dice.chance(0.25) {
        dice.log_between(8.0, 40.0)
    } else {
        110.0 * (0.9 * dice.normal()).exp()
    };
    span(minutes.max(4.0) * real_span(MINUTE)).min(LONGEST_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn courses(make: fn(&mut Dice, Moment) -> Course) -> Vec<Course> {
        (0..20_000).map(|item| make(&mut Dice::new(1, item), Moment(0))).collect()
    }

    fn mean_minutes(spans: impl Iterator<Item = i64>) -> f64 {
        let spans: Vec<i64> = spans.collect();
        let count = real_span(i64::try_from(spans.len()).unwrap());
        real_span(spans.iter().sum()) / count / real_span(MINUTE)
    }

    #[test]
    fn durations_and_leads_have_the_means_the_arrival_rates_count_on() {
        let live = mean_minutes(courses(Course::unannounced).iter().map(Course::duration_ms));
        assert!((live / MEAN_MINUTES - 1.0).abs() < 0.04, "{live}");
        let announced = courses(Course::announced);
        let until = |c: &Course| c.started_at.or(c.called_off_at).unwrap().since(c.created_at);
        let lead = mean_minutes(announced.iter().map(until));
        assert!((lead / MEAN_ANNOUNCED_MINUTES - 1.0).abs() < 0.05, "{lead}");
    }

    #[test]
    fn some_announced_spaces_start_early_some_late_and_some_never() {
        let courses = courses(Course::announced);
        let count = |test: fn(&Course) -> bool| courses.iter().filter(|c| test(c)).count();
        assert!(count(|c| c.started_at.is_none()) > 3_000);
        assert!(count(|c| c.started_at.is_some_and(|at| Some(at) < c.scheduled_start)) > 1_000);
        let late = |c: &Course| c.started_at.zip(c.scheduled_start).map(|(a, s)| a.since(s));
        assert!(courses.iter().filter_map(late).any(|late| late > 30 * MINUTE));
        assert!(courses.iter().all(|c| c.started_at.is_none_or(|at| at > c.created_at)));
    }

    #[test]
    fn search_lags_a_start_by_one_to_two_minutes_and_drops_what_is_over() {
        for course in courses(Course::unannounced).iter().take(500) {
            let (start, end) = (course.started_at.unwrap(), course.ended_at.unwrap());
            assert_eq!(course.state(start.plus(-1)), None);
            assert_eq!(course.state(start), Some(SpaceState::Live));
            assert_eq!(course.listed(start.plus(59 * SECOND)), None);
            assert_eq!(course.listed(start.plus(2 * MINUTE)), Some(SpaceState::Live));
            assert_eq!(course.listed(end), None);
            let after = (!course.vanishes).then_some(SpaceState::Ended);
            assert_eq!(course.state(end), after);
            assert_eq!(course.state(end.plus(REMEMBERED_MS)), None);
        }
    }
}
