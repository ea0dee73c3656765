//! Is it well?

use crate::sheet::{Column, Sheet, Unit, Value};
use crate::space::Moment;

use super::disk::{self, Lately};
use super::doctor;
use super::{Check, Desk, QuestionError};

/// What only a running monitor knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Running {
    /// Its process.
    pub pid: u32,
    /// When it began, in milliseconds since the epoch.
    pub since: i64,
    /// Spaces that it follows.
    pub following: u64,
    /// What is wrong, in lines: what needs a person first.
    pub trouble: Vec<String>,
    /// What needs a person, in lines, each with what to do.
    pub needs: Vec<String>,
    /// When it means to ask X next, in milliseconds since the epoch; `None` when there is nothing to
    /// ask.
    pub next_poll_at: Option<i64>,
    /// So long after that time, in milliseconds, something is appended where all is well.
    pub patience_ms: i64,
    /// How X answers, for `doctor`.
    pub checks: Vec<Check>,
}

impl Running {
    /// Returns whether the monitor meant to ask long before `now`, and nothing was appended since:
    /// whatever X answers, or that it does not, is an event.
    pub fn is_stalled(&self, now: i64, recorded_at: i64) -> bool {
        let late = |since: i64| now.saturating_sub(since) > self.patience_ms;
        self.next_poll_at.is_some_and(late) && late(recorded_at)
    }
}

impl Desk<'_> {
    /// Answers `status`.
    pub(super) fn status(&self) -> Result<Sheet, QuestionError> {
        let head = self.reader.head()?;
        let endpoints = self.views.polls.ask(|polls, disk| polls.endpoints(disk))?;
        let today = Moment(self.now).day();
        let day = self.views.polls.ask(|polls, disk| polls.day(disk, today))?;
        let open = self.reader.open_count()?;
        let lags = self.views.lags();
        let behind =
            lags.iter().map(|lag| format!("{} {}", lag.view, head.seq.saturating_sub(lag.seq)));
        let faults = lags
            .iter()
            .filter_map(|lag| lag.fault.as_ref().map(|fault| format!("{}: {fault}", lag.view)));
        let windows = endpoints.iter().filter_map(|endpoint| {
            let (limit, left, reset) = endpoint.rate?;
            let until = Moment(reset).for_people();
            Some(format!("{} {left}/{limit} until {until}", endpoint.endpoint))
        });
        let failing = endpoints.iter().filter_map(|endpoint| {
            let error = endpoint.error.as_ref()?;
            let at = Moment(endpoint.last_poll_at).for_people();
            Some(format!("{}: {error} at {at}", endpoint.endpoint))
        });
        let (needs, mut trouble) = match self.running {
            Some(running) => (running.needs.clone(), running.trouble.clone()),
            None => (doctor::unmended(&endpoints), Vec::new()),
        };
        trouble.extend(failing.chain(faults));
        // Simulated days are no days of the disk.
        let lately = match self.header().simulated {
            Some(_) => None,
            None => Lately::of(self.reader)?,
        };
        let bytes_per_day =
            lately.zip(self.disk_bytes).and_then(|(lately, bytes)| lately.bytes_per_day(bytes));
        let full_on = self.disk_free_bytes.zip(bytes_per_day);
        let full_on = full_on.and_then(|(free, a_day)| disk::full_on(self.now, free, a_day));
        let last_poll = endpoints.iter().map(|endpoint| endpoint.last_poll_at).max();
        let chain = blake3::Hash::from_bytes(head.chain).to_hex().to_string();
        #[expect(clippy::cast_precision_loss, reason = "exact below nine billion dollars")]
        let dollars = |micro: u64| micro as f64 / 1e6;
        let facts: Vec<(&str, Unit, Value)> = vec![
            ("running", Unit::None, self.running.is_some().into()),
            ("simulated", Unit::None, self.header().simulated.is_some().into()),
            ("pid", Unit::None, self.running.map(|running| running.pid).into()),
            ("since", Unit::None, super::space::time(self.running.map(|running| running.since))),
            ("version", Unit::None, env!("CARGO_PKG_VERSION").into()),
            ("monitor", Unit::None, self.header().monitor.to_string().into()),
            ("seq", Unit::Count, head.seq.into()),
            ("chain", Unit::None, chain.into()),
            ("recorded_at", Unit::None, Value::Time(head.recorded_at.0)),
            ("last_poll_at", Unit::None, super::space::time(last_poll)),
            ("open_spaces", Unit::Count, open.into()),
            ("following", Unit::Count, self.running.map(|running| running.following).into()),
            ("windows", Unit::None, windows.collect::<Vec<_>>().into()),
            ("polls_today", Unit::Count, day.polls.into()),
            ("cost_today_usd", Unit::Dollars, dollars(day.micro_usd.0).into()),
            ("cost_today_usd_most", Unit::Dollars, dollars(day.micro_usd.1).into()),
            ("views_behind", Unit::None, behind.collect::<Vec<_>>().into()),
            ("disk_bytes", Unit::Bytes, self.disk_bytes.into()),
            ("trouble", Unit::None, trouble.into()),
            ("needs_person", Unit::None, needs.into()),
            ("disk_bytes_per_day", Unit::Bytes, bytes_per_day.into()),
            ("disk_free_bytes", Unit::Bytes, self.disk_free_bytes.into()),
            ("disk_full_on", Unit::None, full_on.into()),
        ];
        Ok(card(facts.into_iter().chain(self.life(head.recorded_at))))
    }

    /// Returns when X is to be asked next, and whether the log stands still though it was to be.
    fn life(&self, recorded_at: Moment) -> [(&'static str, Unit, Value); 2] {
        let next = self.running.and_then(|running| running.next_poll_at);
        let stalled = self.running.map(|running| running.is_stalled(self.now, recorded_at.0));
        [
            ("next_poll_at", Unit::None, super::space::time(next)),
            ("stalled", Unit::None, stalled.into()),
        ]
    }
}

/// Returns a sheet of one row.
fn card<'a>(facts: impl Iterator<Item = (&'a str, Unit, Value)>) -> Sheet {
    let (columns, row) = facts.map(|(name, unit, value)| (Column::new(name, unit), value)).unzip();
    let mut sheet = Sheet::new(columns);
    sheet.push(row);
    sheet
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_that_stands_still_is_stalled_only_where_somebody_meant_to_ask() {
        let meant = |next_poll_at| Running { next_poll_at, patience_ms: 60, ..Running::default() };
        assert!(meant(Some(100)).is_stalled(200, 90));
        assert!(!meant(Some(100)).is_stalled(150, 90), "it may still come");
        assert!(!meant(Some(100)).is_stalled(200, 180), "something was appended");
        assert!(
            !meant(Some(900)).is_stalled(200, 90),
            "the budget leaves nothing to ask until then"
        );
        assert!(!meant(None).is_stalled(200, 90), "nothing to ask");
    }
}
