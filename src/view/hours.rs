//! What each hour cost, by endpoint and by query: a table of the polls view. UTC days begin with an
//! hour, so that days and months are sums of it.

use bincode::{Decode, Encode};

use super::ViewError;
use super::place::Place;
use super::polls::line;
use super::table::{Dirty, Disk, Table};
use crate::event::{AskedFor, Cost, Origin, PollHead};

/// What an hour of one endpoint, or of one query, brought and cost.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct SpendRow {
    /// The endpoint's word.
    pub endpoint: String,
    /// The query; `None` at other endpoints, or when it was forgotten.
    pub target: Option<String>,
    /// When the first of its polls was answered, in milliseconds since the epoch.
    pub first_at: i64,
    /// Polls.
    pub polls: u64,
    /// Of these, such as X may have billed although no answer could be read.
    pub unread: u64,
    /// Spaces not yet billed that UTC day.
    pub spaces: u64,
    /// Users not yet billed that UTC day.
    pub users: u64,
    /// Posts.
    pub posts: u64,
    /// Millionths of a dollar, at least and at most.
    pub micro_usd: (u64, u64),
}

/// Milliseconds in an hour.
const HOUR_MS: i64 = 3_600_000;

/// By hour since the epoch, and by query or endpoint.
#[derive(Debug)]
pub(super) struct Hours(Table<(i64, u64), SpendRow>);

impl Default for Hours {
    fn default() -> Self {
        Self(Table::new(b'h'))
    }
}

impl Hours {
    /// Counts a poll of ours for the hour in which it was answered.
    pub fn take(
        &mut self,
        disk: &dyn Disk,
        place: &Place,
        head: &PollHead,
        (cost, unread): (Cost, bool),
    ) -> Result<(), ViewError> {
        if head.origin == Origin::Imported {
            return Ok(());
        }
        let (number, target) = match &head.asked {
            // Queries are told apart by the begin of their reference, which is a hash.
            AskedFor::Query { text, .. } => {
                let begin = text.0.first_chunk().copied().unwrap_or_default();
                (u64::from_be_bytes(begin), line(place, text))
            }
            _ => (head.endpoint as u64, None),
        };
        let hour = place.at.div_euclid(HOUR_MS);
        let row = self.0.edit(disk, (hour, number), || SpendRow {
            endpoint: head.endpoint.word().to_owned(),
            target,
            first_at: place.at,
            ..SpendRow::default()
        })?;
        row.first_at = row.first_at.min(place.at);
        row.polls += 1;
        row.unread += u64::from(unread);
        row.spaces += u64::from(cost.spaces);
        row.users += u64::from(cost.users);
        row.posts += u64::from(cost.posts);
        row.micro_usd.0 = row.micro_usd.0.saturating_add(cost.least_micro_usd);
        row.micro_usd.1 = row.micro_usd.1.saturating_add(cost.most_micro_usd);
        Ok(())
    }

    /// Hands out what each hour cost from `hour` on, by hour.
    pub fn each(
        &self,
        disk: &dyn Disk,
        hour: i64,
        mut each: impl FnMut(i64, &SpendRow) -> Result<bool, ViewError>,
    ) -> Result<(), ViewError> {
        self.0.scan(disk, (hour, 0), None, |(hour, _number), row| each(hour, row))
    }

    /// Appends the rows that changed.
    pub fn dirty(&self, rows: &mut Dirty) {
        self.0.dirty(rows);
    }

    /// Says that those are on disk.
    pub fn settled(&mut self) {
        self.0.settled();
    }
}
