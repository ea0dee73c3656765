//! Parquet: typed, documented tables that `DuckDB`, Polars, pandas and Spark read as they are.
//!
//! A file is a function of the log's content alone: whatever is sealed, and however often the
//! folder was added to, the same rows give the same bytes.

mod boards;
mod cells;
mod facts;
mod file;
mod manifest;
mod observations;
mod parts;
mod readme;
mod rows;
mod table;
mod tables;

use thiserror::Error;

use crate::export::place::PlaceError;
use crate::log::LogError;

pub use boards::{HOSTS, KEYWORDS, SPEAKERS};
pub use facts::Facts;
pub use file::{TableFile, Written};
pub use manifest::{Entry, FORMAT, Manifest};
pub use observations::{OBSERVATIONS, Observations};
pub use parts::{Part, PartBy, Parts, parts};
pub use readme::{VIEWS, readme};
pub use table::{Field, Kind, Table};
pub use tables::{
    DESCRIPTIONS, DOUBTS, GAPS, LOGS, MISSING, POLLS, SPACES, STAGE, TABLES, USERS, WORDS,
};

/// Why a table could not be written.
#[derive(Debug, Error)]
pub enum ParquetError {
    /// The log.
    #[error("cannot read the event log")]
    Log(#[from] LogError),
    /// The file, or what the format allows.
    #[error("cannot write a Parquet file")]
    Write(#[source] parquet::errors::ParquetError),
    /// The file could not be made or read back.
    #[error("cannot use a file of the export")]
    File(#[from] std::io::Error),
    /// A row does not have the columns of its table.
    #[error("a row of table `{table}` does not fit column `{column}`")]
    Misfit {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
    },
}

impl From<parquet::errors::ParquetError> for ParquetError {
    fn from(error: parquet::errors::ParquetError) -> Self {
        Self::Write(error)
    }
}

impl ParquetError {
    /// Returns what failed at the place that is written to, where that is more than a disk.
    pub fn place(&self) -> Option<&PlaceError> {
        let error = match self {
            Self::File(error) => error,
            Self::Write(parquet::errors::ParquetError::External(cause)) => cause.downcast_ref()?,
            _ => return None,
        };
        error.get_ref()?.downcast_ref()
    }

    /// Returns whether the operating system refused: a full disk, or no permission.
    pub fn is_disk(&self) -> bool {
        match self {
            Self::File(_) => true,
            Self::Write(parquet::errors::ParquetError::External(cause)) => {
                cause.is::<std::io::Error>()
            }
            _ => false,
        }
    }
}
