//! Arguments of what is written out page by page: lines, databases, sheets.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum};

use super::{Observed, Output};
use crate::chart::Zone;

/// `export jsonl`
#[derive(Debug, ClapArgs)]
pub struct ExportLines {
    /// The file: new, or an earlier export, which is replaced
    #[arg(value_name = "FILE")]
    pub to: PathBuf,
    #[command(flatten)]
    pub observed: Observed,
    #[command(flatten)]
    pub output: Output,
}

/// `export sqlite`
#[derive(Debug, ClapArgs)]
pub struct ExportSqlite {
    /// The file: new, or an earlier export, which is replaced
    #[arg(value_name = "FILE")]
    pub to: PathBuf,
    #[command(flatten)]
    pub output: Output,
}

/// `export csv`
#[derive(Debug, ClapArgs)]
pub struct ExportCsv {
    /// A folder, which gets a file a sheet; or, with one --sheet, a file that ends in .csv
    #[arg(value_name = "DIR or FILE")]
    pub to: PathBuf,
    /// Only this sheet; may be given several times [default: every one]
    #[arg(long = "sheet", value_enum, value_name = "SHEET")]
    pub sheets: Vec<SheetWord>,
    /// Only these columns, in this order; with one --sheet
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    pub columns: Vec<String>,
    /// Begin each file with the mark by which spreadsheets know UTF-8
    #[arg(long)]
    pub bom: bool,
    /// The zone of times: utc, local, or an IANA name such as Europe/Berlin
    #[arg(long, value_name = "ZONE", default_value = "utc")]
    pub tz: Zone,
    #[command(flatten)]
    pub output: Output,
}

/// Sheets by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum SheetWord {
    /// The Spaces known
    Spaces,
    /// The leaderboard of hosts
    Hosts,
    /// The leaderboard of speakers
    Speakers,
    /// Words of titles of the last day
    Keywords,
    /// What was asked of X
    Polls,
    /// When we did not look
    Gaps,
    /// What it cost
    Spend,
    /// Every look at a Space, with its count: all curves
    Observations,
    /// Counts that a rule doubts, each with its observation's seq
    Doubts,
    /// The log itself
    Events,
}
