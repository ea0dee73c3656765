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
    /// How X answers, for `doctor`.
    pub checks: Vec<Check>,
}

impl Desk<'_> {
    /// Answers `status`.
    pub(super) fn status(&self) -> Result<Sheet, QuestionError> {
        let head = self.reader.head()?;
        let endpoints = self.views.polls.ask(|polls, disk| polls.endpoints(disk))?;
        let today = Moment(self.now).day();
        let day = self.views.polls.ask(|polls, disk| polls.day(disk, today))?;
        let open = self.reader.open_spaces()?.len() as u64;
        let lags = self.views.lags();
        let behind =
            lags.iter().map(|lag| format!("{} {}", lag.view, head.seq.saturating_sub(lag.seq)));
        let faults = lags
            .iter()
            .filter_map(|lag| lag.fault.as_ref().map(|fault| format!("{}: {fault}", lag.view)));
        let windows = endpoints.iter().filter_map(|endpoint| {
            let (limit, left, reset) = endpoint.rate?;
            Some(format!("{} {left}/{limit} until {}", endpoint.endpoint, Moment(reset)))
        });
        let failing = endpoints.iter().filter_map(|endpoint| {
            let error = endpoint.error.as_ref()?;
            Some(format!("{}: {error} at {}", endpoint.endpoint, Moment(endpoint.last_poll_at)))
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
        let columns = facts.iter().map(|(name, unit, _)| Column::new(name, *unit)).collect();
        let mut sheet = Sheet::new(columns);
        sheet.push(facts.into_iter().map(|(_, _, value)| value).collect());
        Ok(sheet)
    }
}
