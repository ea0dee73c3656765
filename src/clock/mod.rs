//! The one door to wall and monotonic time: real, scaled (a demo) or held (a test).
//!
//! Nothing else in the crate asks the system for the time, sleeps or sets a deadline, so that a
//! whole monitor can live on another clock.

mod deadline;
mod held;
mod timer;

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};

use held::Held;

pub use deadline::{Stopwatch, deadline, pause, sleep_real};
pub use timer::timer;

/// A source of time, cheap to clone; all clones tell the same time.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Kind>);

#[derive(Debug)]
enum Kind {
    Real { started: Instant },
    Scaled { from: DateTime<Utc>, started: Instant, speed: f64 },
    Held(Held),
}

impl Clock {
    /// Returns the system's clock.
    pub fn real() -> Self {
        Self(Arc::new(Kind::Real { started: Instant::now() }))
    }

    /// Returns a clock that reads `from` now and runs `speed` times as fast as the system's.
    pub fn scaled(from: DateTime<Utc>, speed: f64) -> Self {
        Self(Arc::new(Kind::Scaled { from, started: Instant::now(), speed }))
    }

    /// Returns a clock that reads `from` until [`Clock::advance`] moves it.
    pub fn held(from: DateTime<Utc>) -> Self {
        Self(Arc::new(Kind::Held(Held::new(from))))
    }

    /// Returns the time of day, in whole milliseconds, UTC.
    pub fn now(&self) -> DateTime<Utc> {
        let now = match &*self.0 {
            Kind::Real { .. } => Utc::now(),
            Kind::Scaled { from, .. } => *from + delta(self.elapsed()),
            Kind::Held(held) => held.now(),
        };
        now.duration_trunc(TimeDelta::milliseconds(1)).unwrap_or(now)
    }

    /// Returns the time since this clock was made; it never goes back, whatever the wall does.
    pub fn elapsed(&self) -> Duration {
        match &*self.0 {
            Kind::Real { started } => started.elapsed(),
            Kind::Scaled { started, speed, .. } => started.elapsed().mul_f64(*speed),
            Kind::Held(held) => held.elapsed(),
        }
    }

    /// Returns how many of this clock's seconds pass in a real one.
    pub fn speed(&self) -> f64 {
        match &*self.0 {
            Kind::Scaled { speed, .. } => *speed,
            Kind::Real { .. } | Kind::Held(_) => 1.0,
        }
    }

    /// Returns whether it is the system's, so that other clocks in the world can be held against it.
    pub fn is_real(&self) -> bool {
        matches!(&*self.0, Kind::Real { .. })
    }

    /// Waits until this clock has moved on by `span`; cancel-safe.
    pub async fn sleep(&self, span: Duration) {
        match &*self.0 {
            Kind::Real { .. } => tokio::time::sleep(span).await,
            Kind::Scaled { speed, .. } => tokio::time::sleep(span.div_f64(*speed)).await,
            Kind::Held(held) => held.sleep(span).await,
        }
    }

    /// Waits until this clock reads `moment` or later.
    pub async fn sleep_until(&self, moment: DateTime<Utc>) {
        let span = (moment - self.now()).to_std().unwrap_or_default();
        self.sleep(span).await;
    }

    /// Moves a held clock on by `span` and wakes those whose time has come; others ignore it.
    pub fn advance(&self, span: Duration) {
        if let Kind::Held(held) = &*self.0 {
            held.advance(span);
        }
    }

    /// Moves a held clock on to where its next sleeper wakes; returns false, and moves nothing,
    /// when nobody sleeps by it. Others ignore it.
    pub fn advance_to_next(&self) -> bool {
        let Kind::Held(held) = &*self.0 else { return false };
        let Some(next) = held.next_waking() else { return false };
        held.advance(next.saturating_sub(held.elapsed()));
        true
    }

    /// Moves the time of day of a held clock, as an administrator does, while no time passes;
    /// others ignore it.
    pub fn step(&self, by: TimeDelta) {
        if let Kind::Held(held) = &*self.0 {
            held.step(by);
        }
    }
}

fn delta(span: Duration) -> TimeDelta {
    TimeDelta::from_std(span).unwrap_or(TimeDelta::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scaled_clock_runs_ahead_of_the_wall() {
        let clock = Clock::scaled(DateTime::UNIX_EPOCH, 3600.0);
        pause(Duration::from_millis(5));
        assert!(clock.now() - DateTime::UNIX_EPOCH >= TimeDelta::seconds(18));
    }

    #[tokio::test]
    async fn a_held_clock_wakes_a_sleeper_when_it_is_moved() {
        let clock = Clock::held(DateTime::UNIX_EPOCH);
        let sleeper = clock.clone();
        let task = tokio::spawn(async move { sleeper.sleep(Duration::from_mins(1)).await });
        tokio::task::yield_now().await;
        assert!(!task.is_finished());
        clock.advance(Duration::from_mins(1));
        assert!(task.await.is_ok());
    }

    #[tokio::test]
    async fn a_held_clock_goes_on_to_where_the_next_sleeper_wakes_and_knows_who_gave_up() {
        let clock = Clock::held(DateTime::UNIX_EPOCH);
        assert!(!clock.advance_to_next());
        let (early, late) = (clock.clone(), clock.clone());
        let early = tokio::spawn(async move { early.sleep(Duration::from_secs(5)).await });
        let late = tokio::spawn(async move { late.sleep(Duration::from_hours(1)).await });
        tokio::task::yield_now().await;
        early.abort();
        assert!(early.await.is_err());
        assert!(clock.advance_to_next());
        assert_eq!(clock.elapsed(), Duration::from_hours(1));
        assert!(late.await.is_ok());
    }

    #[test]
    fn a_step_moves_the_time_of_day_and_no_time_passes() {
        let clock = Clock::held(DateTime::UNIX_EPOCH);
        clock.advance(Duration::from_secs(1));
        clock.step(TimeDelta::hours(-1));
        assert_eq!(clock.elapsed(), Duration::from_secs(1));
        assert_eq!(clock.now().timestamp(), 1 - 3_600);
    }
}
