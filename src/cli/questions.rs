//! Arguments as questions.

use super::args::{
    By, Counted, Hosts, Keywords, KindWord, MethodWord, Output, Person, Ranking, Shape, Sort,
    SortWord, Spaces, Speakers, Topics, WordsWord,
};
use crate::question::{Board, CountSort, Counting, HostRank, Method, Question, SpaceSort, Words};
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
        let question = Question::Spaces {
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
        };
        joined(self.joined, question)
    }
}

/// Returns a question, with Spaces that are parts of one event as one where that is asked for.
pub fn joined(is_joined: bool, question: Question) -> Question {
    if is_joined { Question::Joined(Box::new(question)) } else { question }
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

impl Counted {
    fn counting(&self, output: &Output) -> Counting {
        Counting {
            last_ms: u64::try_from(self.last.as_millis()).unwrap_or(u64::MAX),
            sort: match self.sort {
                SortWord::Spaces => CountSort::Spaces,
                SortWord::Trending => CountSort::Trending,
                SortWord::ParticipantHours => CountSort::ParticipantHours,
            },
            limit: output.limit(self.limit, 30),
        }
    }
}

impl Keywords {
    /// Returns the question.
    pub fn question(&self) -> Question {
        let which = match (self.words, self.kind) {
            (WordsWord::Latin4, _) => Words::Latin4,
            (WordsWord::Unicode, None) => Words::All,
            (WordsWord::Unicode, Some(KindWord::Word)) => Words::Words,
            (WordsWord::Unicode, Some(KindWord::Hashtag)) => Words::Hashtags,
            (WordsWord::Unicode, Some(KindWord::Mention)) => Words::Mentions,
        };
        Question::Keywords { which, counting: self.counted.counting(&self.output) }
    }
}

impl Topics {
    /// Returns the question.
    pub fn question(&self) -> Question {
        Question::Topics(self.counted.counting(&self.output))
    }
}

/// Returns the question of `status`.
pub fn status() -> Question {
    Question::Status
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
