//! The leaderboards of hosts and of speakers.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::projector::ProjectorError;
use crate::sheet::{Column, Sheet, Unit, Value};
use crate::space::{SpaceId, UserId};
use crate::view::audience::{Totals, airtime_ms, follower_growth, reach};
use crate::view::{PersonRow, Role, SpaceRow};

use super::sums::{self, Grounds};
use super::{Desk, QuestionError, space};

/// By which figure hosts and speakers are ranked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
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
    /// Time on air of all their Spaces, of which X reported both ends.
    Airtime,
    /// Followers of the hosts and speakers of their Spaces, each person once.
    Reach,
    /// Followers gained in the window.
    FollowerGrowth,
}

/// How a leaderboard is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Method {
    /// From the audiences of Spaces seen live, weighted by time, under each host.
    #[default]
    Audience,
    /// As the seed article does: the plain mean of each Space's last count, in whatever state it
    /// was seen, under its first host alone.
    Article,
}

/// What a leaderboard is to show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Board {
    /// By which figure.
    pub by: HostRank,
    /// Only people with at least this many Spaces.
    pub min_spaces: usize,
    /// Only Spaces with at least this coverage count.
    pub min_coverage: Option<f64>,
    /// Only Spaces that began so many milliseconds back, at most, count.
    pub last_ms: Option<u64>,
    /// How it is made.
    pub method: Method,
    /// At most this many; 0 is all.
    pub limit: usize,
}

/// One person's Spaces, summed.
#[derive(Default)]
struct Sum {
    spaces: u64,
    hosted: u64,
    co_hosted: u64,
    spoke: u64,
    totals: Totals,
    peak: Option<u64>,
    airtime_ms: Option<u64>,
    people: Vec<u64>,
    /// Which they are.
    ids: Vec<SpaceId>,
    /// The sum of last counts, as the article takes it.
    last_counts: u64,
    largest_last: Option<u64>,
}

impl Sum {
    fn add(&mut self, user: UserId, (id, row): (SpaceId, &SpaceRow), figures: &space::Figures) {
        self.spaces += 1;
        self.ids.push(id);
        self.totals = self.totals.plus(figures.totals);
        self.peak = self.peak.max(figures.audience.peak.map(|peak| peak.count));
        if let Some(airtime) = airtime_ms(row.started_at, row.ended_at) {
            self.airtime_ms = Some(self.airtime_ms.unwrap_or_default() + airtime);
        }
        if let Some(entrance) = row.stage.of(user.0) {
            self.hosted += u64::from(entrance.role() == Role::Host);
            self.co_hosted += u64::from(entrance.role() == Role::CoHost);
            self.spoke += u64::from(entrance.speaker.is_some());
        }
        self.people.extend(row.stage.entrances().iter().map(|it| it.user));
    }
}

struct Ranked {
    user: UserId,
    person: PersonRow,
    sum: Sum,
    reach: Option<u64>,
    /// Followers gained in the window.
    gained: Option<i64>,
    method: Method,
}

impl Ranked {
    fn average(&self) -> Option<f64> {
        match self.method {
            Method::Audience => self.sum.totals.average(),
            #[expect(clippy::cast_precision_loss, reason = "exact below 2^53")]
            Method::Article => {
                (self.sum.spaces > 0).then(|| self.sum.last_counts as f64 / self.sum.spaces as f64)
            }
        }
    }

    fn peak(&self) -> Option<u64> {
        match self.method {
            Method::Audience => self.sum.peak,
            Method::Article => self.sum.largest_last,
        }
    }

    fn figure(&self, by: HostRank) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "only an order is taken from it")]
        let whole = |count: u64| count as f64;
        #[expect(clippy::cast_precision_loss, reason = "only an order is taken from it")]
        let signed = |count: i64| count as f64;
        match by {
            HostRank::ParticipantHours => self.sum.totals.participant_hours(),
            HostRank::Average => self.average(),
            HostRank::Peak => self.peak().map(whole),
            HostRank::Spaces => Some(whole(self.sum.spaces)),
            HostRank::Airtime => self.sum.airtime_ms.map(whole),
            HostRank::Reach => self.reach.map(whole),
            HostRank::FollowerGrowth => self.gained.map(signed),
        }
    }
}

impl Desk<'_> {
    /// Answers `hosts`: Spaces that were seen live, under each of their hosts.
    pub(super) fn hosts(&self, board: &Board) -> Result<Sheet, QuestionError> {
        let mut hosted: BTreeMap<UserId, Vec<SpaceId>> = BTreeMap::new();
        if board.method == Method::Article {
            return self.board(board, self.first_hosts()?, "hosts");
        }
        self.views.people.ask(|people, disk| {
            people.each_hosted(disk, |user, space| {
                hosted.entry(user).or_default().push(space);
                Ok(true)
            })
        })?;
        self.board(board, hosted, "hosts")
    }

    /// Answers `speakers`: Spaces that were seen live, under each of their speakers.
    pub(super) fn speakers(&self, board: &Board) -> Result<Sheet, QuestionError> {
        let mut spoke: BTreeMap<UserId, Vec<SpaceId>> = BTreeMap::new();
        self.views.spaces.ask(|spaces, disk| {
            spaces.each_spoke(disk, UserId(0), |user, space| {
                spoke.entry(user).or_default().push(space);
                Ok(true)
            })
        })?;
        self.board(board, spoke, "speakers")
    }

    /// Returns each first host with a name, with their Spaces of which a count is known.
    fn first_hosts(&self) -> Result<BTreeMap<UserId, Vec<SpaceId>>, ProjectorError> {
        let mut first: BTreeMap<UserId, Vec<SpaceId>> = BTreeMap::new();
        self.views.spaces.ask(|spaces, disk| {
            spaces.each(disk, |id, row| {
                let host = row.hosts.as_ref().and_then(|hosts| hosts.first());
                if let (Some(host), Some(_)) = (host, row.participants()) {
                    first.entry(UserId(*host)).or_default().push(id);
                }
                Ok(true)
            })
        })?;
        let ids: Vec<u64> = first.keys().map(|user| user.0).collect();
        for (id, person) in ids.iter().zip(self.persons(&ids)?) {
            if person.username.is_none() {
                first.remove(&UserId(*id));
            }
        }
        Ok(first)
    }

    fn board(
        &self,
        board: &Board,
        spaces: BTreeMap<UserId, Vec<SpaceId>>,
        whom: &str,
    ) -> Result<Sheet, QuestionError> {
        let mut ranked = Vec::new();
        for (user, spaces) in spaces {
            let sum = self.sum(user, &spaces, board)?;
            if sum.spaces > 0 && sum.spaces >= board.min_spaces as u64 {
                ranked.push(self.ranked(user, sum, board)?);
            }
        }
        ranked.sort_by(|a, b| {
            let order = b.figure(board.by).partial_cmp(&a.figure(board.by));
            order.unwrap_or(Ordering::Equal).then(a.user.cmp(&b.user))
        });
        let total = ranked.len();
        let shown = if board.limit == 0 { total } else { board.limit.min(total) };
        let mut sheet = sheet();
        let mut grounds = Grounds::new(self, BTreeMap::new());
        for (rank, person) in (1_u64..).zip(ranked.iter().take(shown)) {
            let mut values = values(rank, person);
            values.extend(grounds.of(person.sum.ids.iter().copied())?.values());
            sheet.push(values);
        }
        if board.method == Method::Article {
            sheet.notes.push(
                "as in the article: averages of each Space's last count, for its first host"
                    .to_owned(),
            );
        }
        if shown < total {
            sheet.notes.push(format!("{shown} of {total} {whom}; --limit 0 shows all"));
        }
        // Whose name is not known is told by the id.
        sheet.columns[1].in_table =
            ranked.iter().take(shown).any(|it| it.person.username.is_none());
        grounds.show(&mut sheet);
        Ok(sheet)
    }

    fn sum(&self, user: UserId, spaces: &[SpaceId], board: &Board) -> Result<Sum, ProjectorError> {
        let mut sum = Sum::default();
        for id in spaces {
            let Some(row) = self.space_row(*id)? else { continue };
            let figures = self.figures(*id, &row)?;
            let covered = board
                .min_coverage
                .is_none_or(|least| figures.coverage().is_some_and(|share| share >= least));
            if !covered || !self.is_within(board, &row) {
                continue;
            }
            let counted = match board.method {
                Method::Audience => figures.is_known(),
                Method::Article => row.participants().is_some(),
            };
            if !counted {
                continue;
            }
            sum.add(user, (*id, &row), &figures);
            if let Some((_, last)) = row.participants().filter(|_| board.method == Method::Article)
            {
                sum.last_counts = sum.last_counts.saturating_add(last);
                sum.largest_last = sum.largest_last.max(Some(last));
            }
        }
        Ok(sum)
    }

    /// Returns whether a Space began within the window asked for.
    fn is_within(&self, board: &Board, row: &SpaceRow) -> bool {
        let Some(last_ms) = board.last_ms else { return true };
        let from = self.now.saturating_sub_unsigned(last_ms);
        row.started_at.or(row.audience.first).or(row.first_seen()).is_some_and(|at| at >= from)
    }

    fn ranked(&self, user: UserId, mut sum: Sum, board: &Board) -> Result<Ranked, ProjectorError> {
        sum.people.sort_unstable();
        sum.people.dedup();
        let people = self.persons(&sum.people)?;
        let reach = reach(people.iter().map(|person| person.followers));
        let person = self.persons(&[user.0])?.pop().unwrap_or_default();
        let gained = self.gained(user, board.last_ms)?;
        Ok(Ranked { user, person, sum, reach, gained, method: board.method })
    }

    /// Returns how many followers somebody gained in a window.
    pub(super) fn gained(
        &self,
        user: UserId,
        last_ms: Option<u64>,
    ) -> Result<Option<i64>, ProjectorError> {
        let counts =
            self.views.people.ask(|people, disk| people.followers(disk, user, self.now))?;
        let from = last_ms.map_or(i64::MIN, |last| self.now.saturating_sub_unsigned(last));
        Ok(follower_growth(&counts, from))
    }
}

fn sheet() -> Sheet {
    let mut sheet = Sheet::new(vec![
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
        Column::hidden("hosted", Unit::Count),
        Column::new("co_hosted", Unit::Count),
        Column::hidden("spoke", Unit::Count),
        Column::new("follower_growth", Unit::Count),
    ]);
    sheet.columns.extend(sums::columns());
    sheet
}

fn values(rank: u64, it: &Ranked) -> Vec<Value> {
    vec![
        rank.into(),
        it.user.to_string().into(),
        it.person.username.clone().into(),
        it.person.name.clone().into(),
        it.person.followers.into(),
        it.sum.spaces.into(),
        it.average().into(),
        it.peak().into(),
        it.sum.totals.participant_hours().into(),
        space::seconds(it.sum.airtime_ms),
        it.reach.into(),
        it.sum.hosted.into(),
        it.sum.co_hosted.into(),
        it.sum.spoke.into(),
        it.gained.into(),
    ]
}
