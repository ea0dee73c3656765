//! Arguments of the leaderboards, and of one person.

use std::time::Duration;

use clap::{Args as ClapArgs, ValueEnum};

use super::{Output, Past, parse};

/// What both leaderboards take.
#[derive(Clone, Copy, Debug, ClapArgs)]
pub struct Ranking {
    /// By which figure [default: participant-hours]
    #[arg(long, value_enum)]
    pub by: Option<By>,
    /// Only people with at least this many Spaces seen live
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub min_spaces: usize,
    /// Only Spaces of which at least this share was covered, from 0 to 1
    #[arg(long, value_name = "SHARE", value_parser = parse::share)]
    pub min_coverage: Option<f64>,
    /// Only Spaces that began within this time, such as 30d
    #[arg(long, value_name = "DURATION", value_parser = parse::duration)]
    pub last: Option<Duration>,
    /// At most this many; 0 shows all [default: 25 in a table, else all]
    #[arg(long)]
    pub limit: Option<usize>,
}

/// `hosts`
#[derive(Debug, ClapArgs)]
pub struct Hosts {
    #[command(flatten)]
    pub ranking: Ranking,
    /// How averages are made
    #[arg(long, value_enum, default_value_t = MethodWord::Audience)]
    pub method: MethodWord,
    #[command(flatten)]
    pub past: Past,
    #[command(flatten)]
    pub output: Output,
}

/// `speakers`
#[derive(Debug, ClapArgs)]
pub struct Speakers {
    #[command(flatten)]
    pub ranking: Ranking,
    #[command(flatten)]
    pub past: Past,
    #[command(flatten)]
    pub output: Output,
}

/// `person`
#[derive(Debug, ClapArgs)]
pub struct Person {
    /// Who: @name or id
    #[arg(value_name = "@NAME or ID", value_parser = |it: &str| parse::creator(it).map(|_| it.to_owned()))]
    pub who: String,
    /// Their followers over time instead of their Spaces
    #[arg(long)]
    pub followers: bool,
    #[command(flatten)]
    pub past: Past,
    #[command(flatten)]
    pub output: Output,
}

/// Figures of hosts and speakers.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum By {
    /// Participant-hours
    ParticipantHours,
    /// Average concurrent participants
    Average,
    /// The largest peak
    Peak,
    /// How many Spaces
    Spaces,
    /// Time on air
    Airtime,
    /// Followers of hosts and speakers
    Reach,
    /// Followers gained
    FollowerGrowth,
}

/// How averages are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MethodWord {
    /// From audiences seen live, weighted by time, for every host
    Audience,
    /// The plain mean of each Space's last count, for its first host alone
    Article,
}
