//! Arguments as questions.

use std::time::Duration;

use super::args::{By, Hosts, MethodWord, Output, Person, Ranking, Shape, Sort, Spaces, Speakers};
use crate::question::{Board, HostRank, Method, Question, SpaceSort};
use crate::space::SpaceId;

impl Output {
    /// Returns the limit that was asked for; without one, tables are cut and data is not.
    pub fn limit(&self, asked: Option<usize>, in_table: usize) -> usize {
        let table = !self.json && !self.jsonl && !self.csv;
        let table = table && matches!(self.format, None | Some(Shape::Table));
        asked.unwrap_or(if table { in_table } else { 0 })
    }
}

impl Spaces {
    /// Returns the question.
    pub fn question(&self) -> Question {
        Question::Spaces {
            state: self.state.clone(),
            host: self.host.clone(),
            keyword: self.keyword.clone(),
            min_participants: self.min_participants,
            sort: match self.sort {
                Sort::Participants => SpaceSort::Participants,
                Sort::Peak => SpaceSort::Peak,
                Sort::Reach => SpaceSort::Reach,
                Sort::Started => SpaceSort::Started,
            },
            limit: self.output.limit(self.limit, 50),
        }
    }
}

impl Ranking {
    /// Returns what the leaderboard is to show; without `--by`, by `usual`.
    fn board(&self, output: &Output, usual: HostRank) -> Board {
        Board {
            by: self.by.map_or(usual, |by| match by {
                By::ParticipantHours => HostRank::ParticipantHours,
                By::Average => HostRank::Average,
                By::Peak => HostRank::Peak,
                By::Spaces => HostRank::Spaces,
                By::Airtime => HostRank::Airtime,
                By::Reach => HostRank::Reach,
                By::FollowerGrowth => HostRank::FollowerGrowth,
            }),
            min_spaces: self.min_spaces,
            min_coverage: self.min_coverage,
            last_ms: self.last.map(|last| u64::try_from(last.as_millis()).unwrap_or(u64::MAX)),
            method: Method::Audience,
            limit: output.limit(self.limit, 25),
        }
    }
}

impl Hosts {
    /// Returns the question.
    pub fn question(&self) -> Question {
        let (usual, method) = match self.method {
            MethodWord::Audience => (HostRank::ParticipantHours, Method::Audience),
            MethodWord::Article => (HostRank::Average, Method::Article),
        };
        Question::Hosts(Board { method, ..self.ranking.board(&self.output, usual) })
    }
}

impl Speakers {
    /// Returns the question.
    pub fn question(&self) -> Question {
        Question::Speakers(self.ranking.board(&self.output, HostRank::ParticipantHours))
    }
}

impl Person {
    /// Returns the question.
    pub fn question(&self) -> Question {
        Question::Person { who: self.who.clone(), followers: self.followers }
    }
}

/// Returns the question of `status`.
pub fn status() -> Question {
    Question::Status
}

/// Returns the question of `keywords`.
pub fn keywords(last: Duration, limit: Option<usize>, output: &Output) -> Question {
    let last_ms = u64::try_from(last.as_millis()).unwrap_or(u64::MAX);
    Question::Keywords { last_ms, limit: output.limit(limit, 30) }
}

/// Returns the question of `polls`.
pub fn polls(since: Option<i64>, limit: Option<usize>, output: &Output) -> Question {
    Question::Polls { since, limit: output.limit(limit, 50) }
}

/// Returns the question of `gaps`.
pub fn gaps(space: Option<SpaceId>) -> Question {
    Question::Gaps { space }
}

/// Returns the question of `spend`.
pub fn spend() -> Question {
    Question::Spend
}
