//! A database with the tables `spaces`, `search_runs` and `participants`, in which another program
//! kept each Space as it last saw it: what it knows, and when.
//!
//! Of a Space it holds the first look, without state and count, which were written over, and the
//! last. Between the two is a gap: what was written over is not made up.

mod rows;

#[cfg(test)]
mod tests;

use std::path::Path;
use std::rc::Rc;

use rusqlite::{Connection, OpenFlags};
use thiserror::Error;

use super::{Source, Stream};
use crate::log::Adopted;
use crate::space::Moment;

/// The version of the tables, where their file says one.
const VERSION: i64 = 0;

/// The tables and those of their columns that are needed.
const TABLES: [(&str, &[&str]); 3] = [
    (
        "spaces",
        &[
            "id",
            "title",
            "state",
            "lang",
            "is_ticketed",
            "participant_count",
            "subscriber_count",
            "topic_ids",
            "created_at",
            "started_at",
            "ended_at",
            "scheduled_start",
            "host_id",
            "host_username",
            "host_name",
            "host_followers",
            "host_verified",
            "speakers",
            "first_seen",
            "last_updated",
        ],
    ),
    ("search_runs", &["id", "query", "spaces_found", "ran_at"]),
    ("participants", &["space_id", "user_id", "username", "name", "followers", "scraped_at"]),
];

/// Why a file is not taken in at all.
#[derive(Debug, Error)]
pub enum DatabaseError {
    /// `SQLite` does not read it.
    #[error("it is no SQLite database that can be read")]
    Unread(#[from] rusqlite::Error),
    /// `SQLite` found damage.
    #[error("the database is damaged: {0}")]
    Damaged(String),
    /// A column is not there.
    #[error("table `{table}` has no column `{column}`")]
    Column {
        /// The table; without it, none of its columns is there.
        table: &'static str,
        /// The column.
        column: &'static str,
    },
    /// A later program made it.
    #[error("its tables have version {0}, which is not known to this program")]
    Newer(i64),
}

/// Why a row is not taken in.
#[derive(Debug, Error)]
pub enum BadRow {
    /// It cannot be read.
    #[error("it cannot be read")]
    Unread(#[from] rusqlite::Error),
    /// A column holds something else.
    #[error("it has no valid `{0}`")]
    Column(&'static str),
}

/// A row as a batch, or the table, the row's number and what is wrong with it.
pub type FoundRow = Result<Adopted, (&'static str, i64, BadRow)>;

/// A database that is taken in, as it stands at one moment.
#[derive(Debug)]
pub struct Tables {
    connection: Connection,
    /// When it is taken in.
    now: Moment,
}

impl Tables {
    /// Opens a database to be read, and checks all of it.
    ///
    /// # Errors
    /// Says why nothing of it can be taken in.
    pub fn open(path: &Path, now: Moment) -> Result<Self, DatabaseError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.execute_batch("BEGIN")?;
        let version = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        if version > VERSION {
            return Err(DatabaseError::Newer(version));
        }
        for (table, columns) in TABLES {
            let mut found = connection.prepare("SELECT name FROM pragma_table_info(?1)")?;
            let found = found.query_map([table], |row| row.get::<_, String>(0))?;
            let found = found.collect::<Result<Vec<_>, _>>()?;
            let missing = columns.iter().find(|it| !found.iter().any(|name| name == *it));
            if let Some(column) = missing {
                return Err(DatabaseError::Column { table, column });
            }
        }
        let check: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if check != "ok" {
            return Err(DatabaseError::Damaged(check));
        }
        Ok(Self { connection, now })
    }

    /// Returns everything in it, each table by its time.
    ///
    /// # Errors
    /// What `SQLite` says.
    pub fn sources(self) -> Result<Vec<Source<FoundRow>>, DatabaseError> {
        let tables = Rc::new(self);
        let mut sources = Vec::new();
        for reading in rows::READINGS {
            let order = tables.order(reading.order)?;
            let Some((begins_at, _)) = order.first() else { continue };
            let (begins_at, tables) = (*begins_at, tables.clone());
            let open = Box::new(move || {
                Box::new(order.into_iter().map(move |(at, number)| {
                    let read = (reading.read)(&tables, number);
                    (at, read.map_err(|bad| (reading.table, number, bad)))
                })) as Stream<FoundRow>
            });
            sources.push(Source { begins_at, open });
        }
        Ok(sources)
    }

    /// Returns the times and the numbers of rows in the order of their times: 16 bytes a row, and
    /// nothing else of them.
    fn order(&self, sql: &str) -> Result<Vec<(i64, i64)>, DatabaseError> {
        let mut select = self.connection.prepare(sql)?;
        let rows = select.query_map([], |row| {
            let at = rows::moment(row.get_ref(0)?);
            // A row without a valid time is named when its turn comes: first.
            Ok((at.map_or(i64::MIN, |at| at.0), row.get(1)?))
        })?;
        let mut order = rows.collect::<Result<Vec<_>, _>>()?;
        order.sort_unstable();
        Ok(order)
    }
}
