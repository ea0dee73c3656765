//! The leaderboard of hosts.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::projector::ProjectorError;
use crate::sheet::{Column, Sheet, Unit, Value};
use crate::space::{SpaceId, UserId};
use crate::view::audience::{Totals, airtime_ms, reach};
use crate::view::{PersonRow, SpaceRow};

use super::{Desk, QuestionError, space};

/// By which figure hosts are ranked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HostRank {
    /// Participant-hours of all their Spaces.
    #[default]
    ParticipantHours,
    /// Participant-hours over covered hours.
    Average,
    /// The largest peak.
    Peak,
    /// How many Spaces.
    Spaces,
    /// Followers of the hosts and speakers of their Spaces, each person once.
    Reach,
}

/// One host's Spaces, summed.
#[derive(Default)]
struct Sum {
    spaces: u64,
    totals: Totals,
    peak: Option<u64>,
    airtime_ms: Option<u64>,
    people: Vec<u64>,
}

impl Sum {
    fn add(&mut self, row: &SpaceRow, figures: &space::Figures) {
        self.spaces += 1;
        self.totals = self.totals.plus(figures.totals);
        self.peak = self.peak.max(figures.audience.peak.map(|peak| peak.count));
        if let Some(airtime) = airtime_ms(row.started_at, row.ended_at) {
            self.airtime_ms = Some(self.airtime_ms.unwrap_or_default() + airtime);
        }
        self.people.extend(row.hosts.iter().flatten());
        self.people.extend(row.speakers.iter().flatten());
    }
}

struct Ranked {
    user: UserId,
    person: PersonRow,
    sum: Sum,
    reach: Option<u64>,
}

impl Ranked {
    fn figure(&self, by: HostRank) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "only an order is taken from it")]
        let whole = |count: u64| count as f64;
        match by {
            HostRank::ParticipantHours => self.sum.totals.participant_hours(),
            HostRank::Average => self.sum.totals.average(),
            HostRank::Peak => self.sum.peak.map(whole),
            HostRank::Spaces => Some(whole(self.sum.spaces)),
            HostRank::Reach => self.reach.map(whole),
        }
    }
}

impl Desk<'_> {
    /// Answers `hosts`: Spaces that were seen live, under each of their hosts.
    pub(super) fn hosts(
        &self,
        by: HostRank,
        min_spaces: usize,
        min_coverage: Option<f64>,
        limit: usize,
    ) -> Result<Sheet, QuestionError> {
        let mut hosted: BTreeMap<UserId, Vec<SpaceId>> = BTreeMap::new();
        self.views.people.ask(|people, disk| {
            people.each_hosted(disk, |user, space| {
                hosted.entry(user).or_default().push(space);
                Ok(true)
            })
        })?;
        let mut ranked = Vec::new();
        for (user, spaces) in hosted {
            let sum = self.sum(&spaces, min_coverage)?;
            if sum.spaces > 0 && sum.spaces >= min_spaces as u64 {
                ranked.push(self.ranked(user, sum)?);
            }
        }
        ranked.sort_by(|a, b| {
            let order = b.figure(by).partial_cmp(&a.figure(by)).unwrap_or(Ordering::Equal);
            order.then(a.user.cmp(&b.user))
        });
        let total = ranked.len();
        let shown = if limit == 0 { total } else { limit.min(total) };
        let mut sheet = sheet();
        for (rank, host) in (1_u64..).zip(ranked.iter().take(shown)) {
            sheet.push(values(rank, host));
        }
        if shown < total {
            sheet.notes.push(format!("{shown} of {total} hosts; --limit 0 shows all"));
        }
        Ok(sheet)
    }

    fn sum(&self, spaces: &[SpaceId], min_coverage: Option<f64>) -> Result<Sum, ProjectorError> {
        let mut sum = Sum::default();
        for id in spaces {
            let Some(row) = self.space_row(*id)? else { continue };
            let figures = self.figures(*id, &row)?;
            let covered = min_coverage
                .is_none_or(|least| figures.coverage().is_some_and(|share| share >= least));
            if figures.is_known() && covered {
                sum.add(&row, &figures);
            }
        }
        Ok(sum)
    }

    fn ranked(&self, user: UserId, mut sum: Sum) -> Result<Ranked, ProjectorError> {
        sum.people.sort_unstable();
        sum.people.dedup();
        let people = self.persons(&sum.people)?;
        let reach = reach(people.iter().map(|person| person.followers));
        let person = self.persons(&[user.0])?.pop().unwrap_or_default();
        Ok(Ranked { user, person, sum, reach })
    }
}

fn sheet() -> Sheet {
    Sheet::new(vec![
        Column::new("rank", Unit::None),
        Column::hidden("user_id", Unit::None),
        Column::new("username", Unit::None),
        Column::new("name", Unit::None),
        Column::new("followers", Unit::Count),
        Column::new("spaces", Unit::Count),
        Column::new("average_participants", Unit::Count),
        Column::new("peak_participants", Unit::Count),
        Column::new("participant_hours", Unit::ParticipantHours),
        Column::new("airtime_seconds", Unit::Seconds),
        Column::new("reach", Unit::Count),
    ])
}

fn values(rank: u64, host: &Ranked) -> Vec<Value> {
    vec![
        rank.into(),
        host.user.to_string().into(),
        host.person.username.clone().into(),
        host.person.name.clone().into(),
        host.person.followers.into(),
        host.sum.spaces.into(),
        host.sum.totals.average().into(),
        host.sum.peak.into(),
        host.sum.totals.participant_hours().into(),
        space::seconds(host.sum.airtime_ms),
        host.reach.into(),
    ]
}
