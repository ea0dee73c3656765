//! What people and rules have the appender store: changes of the watch list, joined Spaces, alerts.

use super::{AppendError, Appender};
use crate::decide;
use crate::monitor::alerting::AlertStep;
use crate::space::{Moment, SpaceId, WatchItem};

impl Appender {
    /// Stores what was put on the watch list and taken off.
    pub fn rewatched(&mut self, changes: &[(WatchItem, bool)]) -> Result<(), AppendError> {
        let needed = decide::watch_salts_needed(changes.iter().map(|(item, _)| item));
        let salts = self.patiently(|this| Ok(this.log.entropy().salts(needed)?))?;
        let now = Moment::from(self.clock.now());
        self.act(&decide::rewatched(changes, now, salts))
    }

    /// Stores what was raised or delivered, and what alerts remember; returns whether it is stored.
    pub fn alert(&mut self, step: &AlertStep) -> bool {
        let count = step.raised.len();
        let stored = self.patiently(|this| {
            let salts = this.log.entropy().salts(count)?;
            Ok((salts, Moment::from(this.clock.now())))
        });
        let stored = stored.and_then(|(salts, now)| {
            let (batch, letters) = decide::alerts::raised(&step.raised, now, salts);
            let batch = match &step.delivered {
                Some(it) => Some(decide::alerts::delivered(it.clone(), now)),
                None => (count > 0).then_some(batch),
            };
            let mut rows = step.rows.clone();
            rows.letters.extend(letters);
            self.patiently(|this| this.log.alert(batch.as_ref(), &rows, now))
        });
        match stored {
            Ok(appended) => {
                if let Some(appended) = appended {
                    self.hand_on(appended, false);
                }
                true
            }
            Err(error) => {
                self.talk.trouble("alerts", &error);
                false
            }
        }
    }

    /// Stores that somebody said that Spaces are one event, or are not.
    pub fn joined(&mut self, spaces: Vec<SpaceId>, joined: bool) -> Result<(), AppendError> {
        // On simulated data, now is the simulation's last moment.
        let simulated = self.log.header().simulated.map(|_| self.log.head().recorded_at);
        let now = simulated.unwrap_or_else(|| Moment::from(self.clock.now()));
        self.act(&decide::joined(spaces, joined, now))
    }
}
