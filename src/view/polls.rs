//! The polls view: what was asked and what it cost, and when we did not look.

use bincode::{Decode, Encode};

use crate::event::codec::segment::Wanted;
use crate::event::{AskedFor, Cost, Event, PollHead, Text, TextRef};

use super::gaps::{GapRow, Gaps};
use super::hours::{Hours, SpendRow};
use super::place::Place;
use super::table::{Dirty, Disk, Table};
use super::{View, ViewError};

/// What a poll asked for.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum PollTarget {
    /// A query, an id, a list of ids or names; `None` when it was forgotten.
    Line(Option<String>),
    /// So many Spaces by id; the batch in the log names them.
    Spaces(u32),
}

/// One poll.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct PollRow {
    /// Its id.
    pub poll_id: Option<[u8; 16]>,
    /// The endpoint's word.
    pub endpoint: String,
    /// What it asked for.
    pub target: PollTarget,
    /// Of a search, X's word for the states and the rows that were asked for.
    pub search: Option<(String, u8)>,
    /// When it left, in milliseconds since the epoch, where that is known.
    pub sent_at: Option<i64>,
    /// When its answer was complete.
    pub observed_at: i64,
    /// The HTTP status.
    pub status: Option<u16>,
    /// Spaces in the answer; `None` when it failed.
    pub returned: Option<u32>,
    /// Of these, new ones.
    pub new_spaces: Option<u32>,
    /// The class of its failure.
    pub error: Option<String>,
    /// What X or the network said then.
    pub message: Option<String>,
    /// Requests left in the window.
    pub rate_remaining: Option<u64>,
    /// Its cost in millionths of a dollar, at least and at most.
    pub micro_usd: Option<(u64, u64)>,
}

/// How an endpoint stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct EndpointRow {
    /// The endpoint's word.
    pub endpoint: String,
    /// The last poll.
    pub last_poll_at: i64,
    /// The last answer.
    pub answered_at: Option<i64>,
    /// The class of the last poll's failure.
    pub error: Option<String>,
    /// The window as last told: limit, left, reset.
    pub rate: Option<(u64, u64, i64)>,
    /// How many polls.
    pub polls: u64,
    /// How many of them failed.
    pub failed: u64,
}

/// What a UTC day brought and cost.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct DayRow {
    /// Polls.
    pub polls: u64,
    /// Millionths of a dollar, at least and at most.
    pub micro_usd: (u64, u64),
}

/// The polls view.
#[derive(Debug)]
#[expect(clippy::struct_field_names, reason = "the polls among the polls view's tables")]
pub struct Polls {
    polls: Table<u64, PollRow>,
    gaps: Gaps,
    endpoints: Table<u32, EndpointRow>,
    days: Table<i64, DayRow>,
    hours: Hours,
}

impl Default for Polls {
    fn default() -> Self {
        Self {
            polls: Table::new(b'q'),
            gaps: Gaps::default(),
            endpoints: Table::new(b'e'),
            days: Table::new(b'd'),
            hours: Hours::default(),
        }
    }
}

pub(super) fn line(place: &Place, text: &TextRef) -> Option<String> {
    place.text(text).and_then(Text::line).map(ToOwned::to_owned)
}

fn row(place: &Place, head: &PollHead) -> PollRow {
    let target = match &head.asked {
        AskedFor::Query { text, .. } | AskedFor::Listed(text) => {
            PollTarget::Line(line(place, text))
        }
        AskedFor::Space(id) => PollTarget::Line(Some(id.to_string())),
        AskedFor::InBatch { count, .. } => PollTarget::Spaces(*count),
        AskedFor::Unknown => PollTarget::Line(None),
    };
    let search = match &head.asked {
        AskedFor::Query { state, max_results, .. } => Some((state.word().to_owned(), *max_results)),
        _ => None,
    };
    PollRow {
        poll_id: place.poll_id().map(|id| id.0),
        endpoint: head.endpoint.word().to_owned(),
        target,
        search,
        sent_at: head.sent_at.map(|at| at.0),
        observed_at: place.at,
        status: None,
        returned: None,
        new_spaces: None,
        error: None,
        message: None,
        rate_remaining: None,
        micro_usd: None,
    }
}

impl PollRow {
    /// Returns whether X cut the answer: it is as long as was asked for, and there may be more.
    /// `None` where the question does not arise: it failed, or is no search.
    pub fn is_cut(&self) -> Option<bool> {
        let (_, rows) = self.search.as_ref()?;
        self.returned.map(|returned| returned >= u32::from(*rows))
    }
}

impl View for Polls {
    const NAME: &'static str = "polls";
    const VERSION: u32 = 3;
    const WANTED: Wanted = Wanted::Others;

    fn event(&mut self, disk: &dyn Disk, place: &Place, event: &Event) -> Result<(), ViewError> {
        match event {
            Event::PollSucceeded(it) => {
                let poll = PollRow {
                    status: it.status,
                    returned: Some(it.returned),
                    new_spaces: Some(it.new_spaces),
                    rate_remaining: it.rate.map(|rate| rate.remaining),
                    micro_usd: Some((it.cost.least_micro_usd, it.cost.most_micro_usd)),
                    ..row(place, &it.head)
                };
                let rate = it.rate.map(|rate| (rate.limit, rate.remaining, rate.reset.0));
                self.hours.take(disk, place, &it.head, (it.cost, false))?;
                self.take(disk, place.seq, &it.head, poll, rate)?;
            }
            Event::PollFailed(it) => {
                let poll = PollRow {
                    status: it.status,
                    error: Some(it.class.word().to_owned()),
                    message: line(place, &it.message),
                    rate_remaining: it.rate.map(|rate| rate.remaining),
                    ..row(place, &it.head)
                };
                let rate = it.rate.map(|rate| (rate.limit, rate.remaining, rate.reset.0));
                let unread = it.class.may_be_billed(it.status);
                self.hours.take(disk, place, &it.head, (Cost::default(), unread))?;
                self.take(disk, place.seq, &it.head, poll, rate)?;
            }
            Event::Gap(it) => self.gaps.take(disk, place, it)?,
            // Whatever gap was open is over, or was cut off with the monitor that saw it begin.
            Event::MonitorStarted(_) | Event::MonitorStopped(_) => {
                self.gaps.close(disk, place.at)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn dirty(&self) -> Dirty {
        let mut rows = Dirty::new();
        self.polls.dirty(&mut rows);
        self.gaps.dirty(&mut rows);
        self.endpoints.dirty(&mut rows);
        self.days.dirty(&mut rows);
        self.hours.dirty(&mut rows);
        rows
    }

    fn settled(&mut self) {
        self.polls.settled();
        self.gaps.settled();
        self.endpoints.settled();
        self.days.settled();
        self.hours.settled();
    }
}

impl Polls {
    fn take(
        &mut self,
        disk: &dyn Disk,
        seq: u64,
        head: &PollHead,
        poll: PollRow,
        rate: Option<(u64, u64, i64)>,
    ) -> Result<(), ViewError> {
        let endpoint = self.endpoints.edit(disk, head.endpoint as u32, EndpointRow::default)?;
        head.endpoint.word().clone_into(&mut endpoint.endpoint);
        endpoint.polls += 1;
        endpoint.failed += u64::from(poll.error.is_some());
        if poll.observed_at >= endpoint.last_poll_at {
            endpoint.last_poll_at = poll.observed_at;
            endpoint.error.clone_from(&poll.error);
            endpoint.rate = rate.or(endpoint.rate);
            if poll.error.is_none() {
                endpoint.answered_at = Some(poll.observed_at);
            }
        }
        let today = crate::space::Moment(poll.observed_at).day();
        let day = self.days.edit(disk, today, DayRow::default)?;
        let (least, most) = poll.micro_usd.unwrap_or_default();
        day.polls += 1;
        day.micro_usd = (day.micro_usd.0 + least, day.micro_usd.1 + most);
        self.polls.put(seq, poll);
        Ok(())
    }

    /// Hands out polls from `seq` on, in the order of the log, until `each` returns false.
    pub fn each(
        &self,
        disk: &dyn Disk,
        seq: u64,
        each: impl FnMut(u64, &PollRow) -> Result<bool, ViewError>,
    ) -> Result<(), ViewError> {
        self.polls.scan(disk, seq, None, each)
    }

    /// Hands out the gaps that began at or after `from`, by time.
    pub fn each_gap(
        &self,
        disk: &dyn Disk,
        from: i64,
        each: impl FnMut(i64, &GapRow) -> Result<bool, ViewError>,
    ) -> Result<(), ViewError> {
        self.gaps.each(disk, from, each)
    }

    /// Returns how each endpoint that was ever asked stands.
    pub fn endpoints(&self, disk: &dyn Disk) -> Result<Vec<EndpointRow>, ViewError> {
        let mut rows = Vec::new();
        self.endpoints.scan(disk, 0, None, |_number, row| {
            rows.push(row.clone());
            Ok(true)
        })?;
        Ok(rows)
    }

    /// Hands out what each hour since the epoch cost from `hour` on, by hour.
    pub fn each_hour(
        &self,
        disk: &dyn Disk,
        hour: i64,
        each: impl FnMut(i64, &SpendRow) -> Result<bool, ViewError>,
    ) -> Result<(), ViewError> {
        self.hours.each(disk, hour, each)
    }

    /// Returns what a UTC day (days since the epoch) brought and cost.
    pub fn day(&self, disk: &dyn Disk, day: i64) -> Result<DayRow, ViewError> {
        Ok(self.days.get(disk, &day)?.unwrap_or_default())
    }
}
