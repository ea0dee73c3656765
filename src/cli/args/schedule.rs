//! Arguments of `schedule`.

use std::time::Duration;

use clap::{Args as ClapArgs, ValueEnum};

use super::{Output, Past, parse};
use crate::question::{Question, Standing};
use crate::space::SpaceId;

/// `schedule`
#[derive(Debug, ClapArgs)]
pub struct Schedule {
    /// One Space, by its id or a link to it: how its announcement changed, and its reminders
    #[arg(value_parser = parse::space, conflicts_with_all = ["standing", "host", "keyword", "limit"])]
    pub id: Option<SpaceId>,
    /// Only of this standing
    #[arg(long, value_enum)]
    pub standing: Option<StandingWord>,
    /// Only of this host: @name or id
    #[arg(long, value_name = "@NAME or ID")]
    pub host: Option<String>,
    /// Only with this text in the title
    #[arg(long, value_name = "TEXT")]
    pub keyword: Option<String>,
    /// How long ago the announced begin may be
    #[arg(long, value_name = "DURATION", default_value = "24h", value_parser = parse::duration)]
    pub last: Duration,
    /// At most this many; 0 shows all [default: 50 in a table, else all]
    #[arg(long)]
    pub limit: Option<usize>,
    /// A calendar (RFC 5545) to subscribe to or to import
    #[arg(long, group = "shape", conflicts_with = "id", help_heading = "Output")]
    pub ical: bool,
    /// An Atom feed of what is announced, or of what is on air
    #[arg(
        long, group = "shape", conflicts_with_all = ["id", "standing"], value_enum,
        value_name = "FEED", help_heading = "Output"
    )]
    pub atom: Option<FeedWord>,
    #[command(flatten)]
    pub past: Past,
    #[command(flatten)]
    pub output: Output,
}

/// Feeds by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FeedWord {
    /// What is announced
    Announced,
    /// What is on air
    Live,
}

/// Standings by name.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum StandingWord {
    /// Its begin is to come
    Announced,
    /// Its begin has passed, and it has not begun
    Overdue,
    /// It is on air
    Live,
    /// It was on air
    Ended,
    /// It was gone before its begin
    Canceled,
    /// It was gone after its begin, or a day has passed, and nobody saw it on air
    #[value(name = "never_started")]
    NeverStarted,
}

impl Schedule {
    /// Returns the question, of which at most so many rows are wanted.
    pub fn question(&self) -> Question {
        if let Some(id) = self.id {
            return Question::Announcement { id };
        }
        let standing = self.standing.map(|standing| match standing {
            StandingWord::Announced => Standing::Announced,
            StandingWord::Overdue => Standing::Overdue,
            StandingWord::Live => Standing::Live,
            StandingWord::Ended => Standing::Ended,
            StandingWord::Canceled => Standing::Canceled,
            StandingWord::NeverStarted => Standing::NeverStarted,
        });
        let is_feed = self.ical || self.atom.is_some();
        Question::Schedule {
            standing,
            host: self.host.clone(),
            keyword: self.keyword.clone(),
            last_ms: u64::try_from(self.last.as_millis()).unwrap_or(u64::MAX),
            limit: self.output.limit(self.limit, if is_feed { 0 } else { 50 }),
        }
    }
}
