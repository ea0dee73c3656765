//! What a day and a month will have cost: so far, and as the last days or hours went on.
//!
//! X bills a resource once a UTC day, so that a day costs most at its begin. Where whole days are
//! known, what is left of today is taken from the same hours of those; else from the rate of the
//! last hours, which is too high for as long as most of what is seen is new.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike as _, Months, NaiveDate};

use crate::space::Moment;

/// Milliseconds in an hour, and in a day.
const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// So many days before today may speak for it.
const DAYS_MAX: i64 = 7;
/// A day speaks for others if it was watched in so many of its hours at least.
const WATCHED_HOURS_MIN: usize = 20;
/// The last hours speak for what is to come if they are so long at least.
const LATELY_MIN_MS: i64 = 600_000;

/// A day and a month of the calendar, as hours and milliseconds since the epoch.
#[derive(Clone, Copy, Debug)]
pub(super) struct Calendar {
    pub now: i64,
    /// The first hour of today.
    pub day: i64,
    /// The first hour of this month, and of the next.
    pub month: (i64, i64),
}

impl Calendar {
    pub fn of(now: i64) -> Self {
        let today = Moment(now).to_utc().date_naive();
        let first = today.with_day(1).unwrap_or(today);
        let next = first.checked_add_months(Months::new(1)).unwrap_or(first);
        Self { now, day: Moment(now).day() * 24, month: (hour_of(first), hour_of(next)) }
    }

    /// The first hour that an answer needs to know of.
    pub fn from(&self) -> i64 {
        self.month.0.min(self.day - DAYS_MAX * 24)
    }
}

fn hour_of(date: NaiveDate) -> i64 {
    let midnight = date.and_hms_opt(0, 0, 0).unwrap_or_default();
    midnight.and_utc().timestamp_millis().div_euclid(HOUR_MS)
}

/// What something cost by hour, in millionths of a dollar, at least and at most.
pub(super) type Hours = BTreeMap<i64, (u64, u64)>;

/// What a forecast rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Basis {
    /// These days, by their first hours.
    Days(Vec<i64>),
    /// The time since a moment, in milliseconds since the epoch.
    Since(i64),
}

impl Basis {
    /// Returns what there is to rest on; `polled` are the hours in which anything was asked, and
    /// `first_at` returns when the first answer since an hour came.
    pub fn of(
        polled: &BTreeSet<i64>,
        first_at: impl Fn(i64) -> Option<i64>,
        calendar: &Calendar,
    ) -> Option<Self> {
        let days = (1..=DAYS_MAX).map(|back| calendar.day - back * 24);
        let is_whole = |day: &i64| polled.range(*day..day + 24).count() >= WATCHED_HOURS_MIN;
        let days: Vec<i64> = days.filter(is_whole).collect();
        if !days.is_empty() {
            return Some(Self::Days(days));
        }
        let since = first_at(calendar.now.div_euclid(HOUR_MS) - 23)?;
        (calendar.now - since >= LATELY_MIN_MS).then_some(Self::Since(since))
    }

    /// Returns it in words.
    pub fn words(&self, now: i64) -> String {
        match self {
            Self::Days(days) => format!(
                "what is to come is taken from the same hours of the last {} days watched",
                days.len()
            ),
            Self::Since(since) => {
                let minutes = now.saturating_sub(*since) / 60_000;
                let (hours, minutes) = (minutes / 60, minutes % 60);
                format!(
                    "what is to come is taken from the rate of the last {hours} h {minutes} min, \
                     which is high while most of what is seen is new"
                )
            }
        }
    }

    /// Returns what the day and the month will have cost, in millionths of a dollar, at least and
    /// at most.
    pub fn forecast(&self, hours: &Hours, calendar: &Calendar) -> [(f64, f64); 2] {
        let day_end = (calendar.day + 24) * HOUR_MS;
        let spent_today = sum(hours, calendar.day, calendar.day + 24);
        let spent_month = sum(hours, calendar.month.0, calendar.month.1);
        let days_after = number((calendar.month.1 - calendar.day) / 24 - 1).max(0.0);
        let (rest_of_day, a_day) = match self {
            Self::Days(days) => {
                let into_ms = calendar.now - calendar.day * HOUR_MS;
                let share = 1.0 / number(i64::try_from(days.len()).unwrap_or(i64::MAX));
                let rests = days.iter().map(|day| rest(hours, *day, into_ms));
                let wholes = days.iter().map(|day| sum(hours, *day, day + 24));
                (scaled(total(rests), share), scaled(total(wholes), share))
            }
            Self::Since(since) => {
                let spent = sum(hours, since.div_euclid(HOUR_MS), i64::MAX);
                let a_ms = scaled(spent, 1.0 / number(calendar.now - since));
                (scaled(a_ms, number(day_end - calendar.now)), scaled(a_ms, number(DAY_MS)))
            }
        };
        let day = total([spent_today, rest_of_day].into_iter());
        let month = total([spent_month, rest_of_day, scaled(a_day, days_after)].into_iter());
        [day, month]
    }
}

/// Returns what came on a day after this long; of the hour that was on, its share.
fn rest(hours: &Hours, day: i64, into_ms: i64) -> (f64, f64) {
    let hour = day + into_ms.div_euclid(HOUR_MS);
    let left = 1.0 - number(into_ms.rem_euclid(HOUR_MS)) / number(HOUR_MS);
    let parts = [scaled(sum(hours, hour, hour + 1), left), sum(hours, hour + 1, day + 24)];
    total(parts.into_iter())
}

/// Returns what the hours from one to before another cost.
pub(super) fn sum(hours: &Hours, from: i64, to: i64) -> (f64, f64) {
    let spent = hours.range(from..to.max(from)).map(|(_, (least, most))| {
        #[expect(clippy::cast_precision_loss, reason = "exact below nine billion dollars")]
        let dollars = (*least as f64, *most as f64);
        dollars
    });
    total(spent)
}

fn total(parts: impl Iterator<Item = (f64, f64)>) -> (f64, f64) {
    parts.fold((0.0, 0.0), |sum, part| (sum.0 + part.0, sum.1 + part.1))
}

fn scaled(pair: (f64, f64), by: f64) -> (f64, f64) {
    (pair.0 * by, pair.1 * by)
}

#[expect(clippy::cast_precision_loss, reason = "spans of a month at most")]
fn number(it: i64) -> f64 {
    it as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Noon of a day in mid-month.
    fn noon() -> Calendar {
        Calendar::of(Moment::parse("2026-11-24T12:00:00Z").unwrap().0)
    }

    #[test]
    fn a_month_of_the_calendar_begins_and_ends_where_it_does() {
        let november = noon();
        assert_eq!(november.month.1 - november.month.0, 30 * 24);
        assert_eq!(november.day - november.month.0, 23 * 24);
    }

    #[test]
    fn after_whole_days_the_rest_of_today_is_the_same_hours_of_those() {
        let calendar = noon();
        let yesterday = calendar.day - 24;
        // A dollar in the first hour, a dime in each later one; today as much so far.
        let cost = |day: i64, hours: i64| {
            (0..hours).map(move |hour| {
                let micro = if hour == 0 { 1_000_000 } else { 100_000 };
                (day + hour, (micro, 2 * micro))
            })
        };
        let hours: Hours = cost(yesterday, 24).chain(cost(calendar.day, 12)).collect();
        let polled = hours.keys().copied().collect();
        let basis = Basis::of(&polled, |_| None, &calendar).unwrap();
        assert_eq!(basis, Basis::Days(vec![yesterday]));
        let [day, month] = basis.forecast(&hours, &calendar);
        assert!((day.0 - 3_300_000.0).abs() < 1.0 && (day.1 - 6_600_000.0).abs() < 1.0);
        assert!((month.0 - 8.0 * 3_300_000.0).abs() < 1.0, "two days and six to come: {month:?}");
    }

    #[test]
    fn on_the_first_day_the_rate_of_the_last_hours_goes_on() {
        let calendar = noon();
        let since = calendar.now - 3 * HOUR_MS;
        let hours: Hours = (9..12).map(|hour| (calendar.day + hour, (0, 1_000_000))).collect();
        let polled = hours.keys().copied().collect();
        let basis = Basis::of(&polled, |_| Some(since), &calendar).unwrap();
        assert_eq!(basis, Basis::Since(since));
        let [day, month] = basis.forecast(&hours, &calendar);
        assert!((day.1 - 15_000_000.0).abs() < 1.0 && day.0 == 0.0, "{day:?}");
        assert!((month.1 - (15.0 + 6.0 * 24.0) * 1e6).abs() < 1.0, "{month:?}");
    }

    #[test]
    fn a_few_minutes_say_nothing_of_a_month() {
        let calendar = noon();
        let polled = BTreeSet::from([calendar.day + 11]);
        let since = calendar.now - LATELY_MIN_MS + 1;
        assert_eq!(Basis::of(&polled, |_| Some(since), &calendar), None);
        assert_eq!(Basis::of(&BTreeSet::new(), |_| None, &calendar), None);
    }
}
