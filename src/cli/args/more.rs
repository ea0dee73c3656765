//! Arguments of what brings data in, and of the simulated X.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args as ClapArgs, Subcommand};

use super::{Output, parse};

/// `import`
#[derive(Debug, ClapArgs)]
pub struct Import {
    /// What to take in.
    #[command(subcommand)]
    pub what: ImportWhat,
}

/// What can be taken in.
#[derive(Debug, Subcommand)]
pub enum ImportWhat {
    /// Recorded bodies of the API: plain, lines of {"observed_at", "endpoint", "body"}, or of twarc2
    Bodies(ImportBodies),
    /// Lines of `export jsonl` or `events --jsonl`: a log that has moved, parts of one, or several
    Jsonl(ImportLines),
    /// A SQLite database with the tables spaces, search_runs and participants
    Sqlite(ImportSqlite),
}

/// `import sqlite`
#[derive(Debug, ClapArgs)]
pub struct ImportSqlite {
    /// The file; it is only read
    #[arg(value_name = "FILE")]
    pub from: PathBuf,
    #[command(flatten)]
    pub output: Output,
}

/// `import jsonl`
#[derive(Debug, ClapArgs)]
pub struct ImportLines {
    /// The files, in any order; they may be compressed with zstd (.zst)
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub output: Output,
}

/// `import bodies`
#[derive(Debug, ClapArgs)]
pub struct ImportBodies {
    /// The files; lines may be compressed with zstd (.zst)
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// When the bodies were received [default: the file's time; lines say it themselves]
    #[arg(long, value_name = "TIME", value_parser = parse::moment)]
    pub observed_at: Option<i64>,
    /// X's path, such as /2/spaces/search [default: what the shape says]
    #[arg(long, value_name = "PATH")]
    pub endpoint: Option<String>,
    /// How often they were asked for: a count is held for twice as long [default: 5m]
    #[arg(long, value_name = "DURATION", value_parser = parse::duration)]
    pub every: Option<Duration>,
    #[command(flatten)]
    pub output: Output,
}

/// `simulate`
#[derive(Debug, ClapArgs)]
pub struct Simulate {
    /// The address to listen at; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    pub listen: std::net::SocketAddr,
    /// Which world: the same seed gives the same one
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// How many Spaces it holds at a time
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub spaces: u32,
    /// Requests in a window, at each endpoint
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: u32,
    /// How long a window is
    #[arg(long, value_name = "DURATION", default_value = "15m", value_parser = parse::duration)]
    pub window: Duration,
    /// Misbehave, each kind in this share of requests: 429:0.05,html:0.02,silence:0.01
    #[arg(long, value_name = "KIND:SHARE,…")]
    pub faults: Option<String>,
    /// X's description to follow: 2.166 or 2.167
    #[arg(long, value_name = "VERSION", default_value = "2.167")]
    pub description: String,
    /// Stop after this long
    #[arg(long = "for", value_name = "DURATION", value_parser = parse::duration)]
    pub stop_after: Option<Duration>,
}
