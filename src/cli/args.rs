//! Arguments as they are typed.
#![expect(clippy::doc_markdown, reason = "the words here are help texts for a terminal")]
#![allow(rustdoc::bare_urls, reason = "the words here are help texts for a terminal")]

mod access;
mod counted;
mod curve;
mod export;
mod listed;
mod listening;
mod more;
mod people;
mod run;
mod schedule;
mod written;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};

use super::parse;
use crate::question::AsOf;
use crate::serve::Expected;
use crate::space::SpaceId;

pub use access::{Access, Doctor};
pub use counted::{Counted, Keywords, KindWord, SortWord, Topics, WordsWord};
pub use curve::{AlignWord, Curve, ThemeWord};
pub use export::{Export, ExportForm, Observed};
pub use listed::{Asking, Pages, Participants, Search, Tweets};
pub use listening::Listening;
pub use more::{Import, ImportBodies, ImportLines, ImportSqlite, ImportWhat, Simulate};
pub use people::{By, Hosts, MethodWord, Person, Ranking, Speakers};
pub use run::Run;
pub use schedule::{FeedWord, Schedule};
pub use written::{ExportCsv, ExportLines, ExportSqlite, SheetWord};

/// Over the options that every command has.
const EVERYWHERE: &str = "Everywhere";

/// Watches X Spaces and keeps what it saw: an event log, and the audience curves folded from it.
#[derive(Debug, Parser)]
#[command(name = "spacelog", version, about, max_term_width = 100)]
pub struct Args {
    /// The folder of data [default: SPACELOG_DATA, else spacelog in your data folder]
    #[arg(long, global = true, value_name = "DIR", help_heading = EVERYWHERE)]
    pub data: Option<PathBuf>,
    /// The configuration file [default: SPACELOG_CONFIG, else spacelog.toml in your configuration
    /// folder]
    #[arg(long, global = true, value_name = "FILE", help_heading = EVERYWHERE)]
    pub config: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Watch a simulated X, sped up: the first command to try; needs no token
    Demo(Demo),
    /// Watch X: search, follow every Space found to its end, and keep what was seen
    Run(Run),
    /// Search X once: what is on air and announced now
    Search(Search),
    /// Change what the running monitor watches, or show it
    Watch(super::watch::Watch),
    /// The Spaces known
    Spaces(Spaces),
    /// Everything about one Space
    Space {
        /// Its id, or a link to it
        #[arg(value_parser = parse::space)]
        id: SpaceId,
        /// With all Spaces that are parts of the same event, as one, with the parts shown
        #[arg(long)]
        joined: bool,
        #[command(flatten)]
        past: Past,
        #[command(flatten)]
        output: Output,
    },
    /// Participant curves
    Curve(Curve),
    /// Say that Spaces are parts of one event
    Join(super::join::Spaces),
    /// Say that Spaces are not parts of one event
    Part(super::join::Spaces),
    /// Who bought a ticket for a Space; asks X for them with a user's token
    Participants(Participants),
    /// Posts shared in a Space
    Tweets(Tweets),
    /// The leaderboard of hosts
    Hosts(Hosts),
    /// The leaderboard of speakers
    Speakers(Speakers),
    /// Where somebody hosted or spoke, and their followers over time
    Person(Person),
    /// Words of titles, now and in the window before
    Keywords(Keywords),
    /// Topics that X gives Spaces, now and in the window before
    Topics(Topics),
    /// What is announced, what was moved or called off, and who began late
    Schedule(Schedule),
    /// What was asked of X, and what came of it
    Polls {
        /// Only sent at or after this time
        #[arg(long, value_name = "TIME", value_parser = parse::moment, allow_hyphen_values = true)]
        since: Option<i64>,
        /// The last so many, and at most 50,000; 0 is as many [default: 50 in a table, else 0]
        #[arg(long)]
        limit: Option<usize>,
        #[command(flatten)]
        past: Past,
        #[command(flatten)]
        output: Output,
    },
    /// When we did not look, and why
    Gaps {
        /// Only of this Space
        #[arg(long, value_name = "ID", value_parser = parse::space)]
        space: Option<SpaceId>,
        #[command(flatten)]
        past: Past,
        #[command(flatten)]
        output: Output,
    },
    /// What today and this month cost, and what they will: at least and at most
    Spend {
        #[command(flatten)]
        past: Past,
        #[command(flatten)]
        output: Output,
    },
    /// The event log itself
    Events(Events),
    /// Is it well: last poll, windows, lag of views, disk
    Status {
        #[command(flatten)]
        output: Output,
    },
    /// Check the log, and every view against it
    Verify(Verify),
    /// Copy the log and the kept bodies, also while a monitor runs
    Backup {
        /// The folder of the copy: new, empty, or of an earlier backup of the same log
        #[arg(value_name = "DIR")]
        to: PathBuf,
        #[command(flatten)]
        output: Output,
    },
    /// Fold the log anew into one view, or into all
    Rebuild {
        /// The view: spaces, curves, hosts, keywords or polls
        view: Option<String>,
        #[command(flatten)]
        output: Output,
    },
    /// Show every setting of `run`, and where it comes from; check them
    Config(super::config::Config),
    /// Write the data out for other programs
    Export(Export),
    /// Take recorded data in
    Import(Import),
    /// Serve pages and API about what is there, without watching X
    Serve {
        #[command(flatten)]
        listening: Listening,
    },
    /// The rules of alerts, a test of one, and what is on its way or was given up
    Alerts(super::alerts::Alerts),
    /// Erase the names and texts of a user, or the title of a Space, for good
    Forget(super::forget::Forget),
    /// Explain what is well and what is not: token, access, clock, proxy, store
    Doctor(Doctor),
    /// The simulated X alone, as an HTTP server
    Simulate(Simulate),
    /// Completions for a shell, to standard output
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// The manual page, to standard output, or a page for each command into a folder
    Man {
        /// The folder, which must be there: spacelog.1, spacelog-run.1 and so on
        #[arg(value_name = "DIR")]
        folder: Option<PathBuf>,
    },
}

/// As of when a question is asked.
#[derive(Clone, Copy, Debug, ClapArgs)]
pub struct Past {
    /// As it was known then: a time, a date, or a place in the log such as seq:120
    #[arg(long, value_name = "WHEN", value_parser = parse::as_of)]
    pub as_of: Option<AsOf>,
}

/// How an answer is written.
#[derive(Clone, Debug, Default, ClapArgs)]
pub struct Output {
    /// The same as --format json: an array of objects
    #[arg(long, group = "shape", help_heading = "Output")]
    pub json: bool,
    /// The same as --format jsonl: an object a line
    #[arg(long, group = "shape", help_heading = "Output")]
    pub jsonl: bool,
    /// The same as --format csv
    #[arg(long, group = "shape", help_heading = "Output")]
    pub csv: bool,
    /// How the answer is written
    #[arg(long, group = "shape", value_enum, value_name = "FORMAT", help_heading = "Output")]
    pub format: Option<Shape>,
    /// Write to this file instead of standard output
    #[arg(short = 'o', long = "output", value_name = "FILE", help_heading = "Output")]
    pub file: Option<PathBuf>,
}

/// Formats by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Shape {
    /// For people
    Table,
    /// An array of objects
    Json,
    /// An object a line
    Jsonl,
    /// Comma-separated values
    Csv,
    /// A Markdown table
    Markdown,
}

/// `demo`
#[derive(Debug, ClapArgs)]
pub struct Demo {
    /// Stop after this long
    #[arg(long = "for", value_name = "DURATION", default_value = "30s", value_parser = parse::duration)]
    pub stop_after: Duration,
    /// How many times faster than real time
    #[arg(long, default_value = "60", value_parser = parse::speed)]
    pub speed: f64,
    /// Which simulated world: the same seed gives the same one
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// How many Spaces it holds at a time
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub spaces: u32,
    #[command(flatten)]
    pub listening: Listening,
}

/// `spaces`
#[derive(Debug, ClapArgs)]
pub struct Spaces {
    /// Only in this state: live, scheduled, ended, …
    #[arg(long)]
    pub state: Option<String>,
    /// Only of this host: @name or id
    #[arg(long, value_name = "@NAME or ID")]
    pub host: Option<String>,
    /// Only with this text in the title
    #[arg(long, value_name = "TEXT")]
    pub keyword: Option<String>,
    /// Only with at least this many participants at the peak
    #[arg(long, value_name = "N")]
    pub min_participants: Option<u64>,
    /// The order, the greatest first
    #[arg(long, value_enum, default_value_t = Sort::Participants)]
    pub sort: Sort,
    /// Spaces that are parts of one event in one row
    #[arg(long)]
    pub joined: bool,
    /// At most this many; 0 shows all [default: 50 in a table, else all]
    #[arg(long)]
    pub limit: Option<usize>,
    #[command(flatten)]
    pub past: Past,
    #[command(flatten)]
    pub output: Output,
}

/// Orders of Spaces.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Sort {
    /// By the count last seen
    Participants,
    /// By the peak
    Peak,
    /// By the followers of hosts and speakers
    Reach,
    /// By the begin, the latest first
    Started,
}

/// `events`
#[derive(Debug, ClapArgs)]
pub struct Events {
    /// Only observed at or after this time
    #[arg(long, value_name = "TIME", value_parser = parse::moment, allow_hyphen_values = true)]
    pub since: Option<i64>,
    /// Only observed before this time
    #[arg(long, value_name = "TIME", value_parser = parse::moment, allow_hyphen_values = true)]
    pub until: Option<i64>,
    /// Only about this Space
    #[arg(long, value_name = "ID", value_parser = parse::space)]
    pub space: Option<SpaceId>,
    /// Only of this kind, such as SpaceObserved
    #[arg(long)]
    pub kind: Option<String>,
    /// Go on with new events as they come
    #[arg(long, conflicts_with = "as_of")]
    pub follow: bool,
    #[command(flatten)]
    pub past: Past,
    #[command(flatten)]
    pub output: Output,
}

/// `verify`
#[derive(Debug, ClapArgs)]
pub struct Verify {
    /// Write what is whole of a damaged log into a new one in this folder, new or empty
    #[arg(long, value_name = "DIR")]
    pub salvage: Option<PathBuf>,
    /// Prove that this head, published earlier, is in the log's history; may be given several times
    #[arg(
        long = "expect", value_name = "SEQ:HASH", value_parser = parse::expected,
        conflicts_with = "salvage"
    )]
    pub expected: Vec<Expected>,
    #[command(flatten)]
    pub output: Output,
}
