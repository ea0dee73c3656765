//! Arguments of what writes the data out for other programs.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand, ValueEnum};

use super::{ExportCsv, ExportLines, ExportSqlite, Output, parse};
use crate::export::parquet::PartBy;

/// `export`
#[derive(Debug, ClapArgs)]
pub struct Export {
    /// In which form.
    #[command(subcommand)]
    pub form: ExportForm,
}

/// Forms of an export.
#[derive(Debug, Subcommand)]
pub enum ExportForm {
    /// A folder of Parquet tables for DuckDB, Polars, pandas and Spark, with the SQL of the views
    Parquet(ExportParquet),
    /// Lines of events, from which `import jsonl` makes the same log again
    Jsonl(ExportLines),
    /// A SQLite database of Spaces, searches, buyers and observations
    Sqlite(ExportSqlite),
    /// A CSV file a sheet, for spreadsheets
    Csv(ExportCsv),
}

/// What was observed when.
#[derive(Clone, Copy, Debug, ClapArgs)]
pub struct Observed {
    /// Only what was observed at or after this time
    #[arg(long, value_name = "TIME", value_parser = parse::moment, allow_hyphen_values = true)]
    pub since: Option<i64>,
    /// Only what was observed before this time
    #[arg(long, value_name = "TIME", value_parser = parse::moment, allow_hyphen_values = true)]
    pub until: Option<i64>,
}

impl Observed {
    /// All of it.
    pub const ALL: Self = Self { since: None, until: None };
}

/// `export parquet`
#[derive(Debug, ClapArgs)]
pub struct ExportParquet {
    /// The folder: new, empty, or of earlier exports, to which what is new is added; or
    /// s3://BUCKET/PREFIX, where the program was built for it
    #[arg(value_name = "DIR")]
    pub to: PathBuf,
    #[command(flatten)]
    pub observed: Observed,
    /// One folder of observations for each of these
    #[arg(long, value_enum, value_name = "SPAN", default_value_t = SpanWord::Day)]
    pub partition_by: SpanWord,
    #[command(flatten)]
    pub output: Output,
}

/// Spans of time, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SpanWord {
    /// date=2026-11-23
    Day,
    /// month=2026-11
    Month,
    /// year=2026
    Year,
}

impl From<SpanWord> for PartBy {
    fn from(word: SpanWord) -> Self {
        match word {
            SpanWord::Day => Self::Day,
            SpanWord::Month => Self::Month,
            SpanWord::Year => Self::Year,
        }
    }
}
