//! The peer `SQLite`: the observations of a log in a table, made once beside the log.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, params};
use spacelog::log::Reader;
use spacelog::space::{Answer, Outcome as Seen, SpaceState};

use super::Outcome;
use super::observed;

/// How the table is laid out.
#[derive(Clone, Copy)]
pub enum Layout {
    /// As most would do it: a table in the order of arrival, with an index on Space and time.
    Usual,
    /// As it serves curves best: rows in the order of Space and time, without rowid.
    WithoutRowid,
}

impl Layout {
    pub fn name(self) -> &'static str {
        match self {
            Self::Usual => "SQLite, table and index",
            Self::WithoutRowid => "SQLite, without rowid",
        }
    }

    /// Returns where the file of a log lies.
    pub fn path(self, log: &Path) -> PathBuf {
        log.with_extension(match self {
            Self::Usual => "usual.sqlite",
            Self::WithoutRowid => "rowless.sqlite",
        })
    }

    fn schema(self) -> &'static str {
        match self {
            Self::Usual => {
                "CREATE TABLE observations (space_id TEXT NOT NULL, observed_at INTEGER NOT NULL,
                    state TEXT, participants INTEGER);
                CREATE INDEX by_space ON observations (space_id, observed_at);"
            }
            Self::WithoutRowid => {
                "CREATE TABLE observations (space_id TEXT NOT NULL, observed_at INTEGER NOT NULL,
                    state TEXT, participants INTEGER,
                    PRIMARY KEY (space_id, observed_at)) WITHOUT ROWID;"
            }
        }
    }
}

/// How it is read: with the page cache that the log has, and the rest mapped into memory.
const READING: &str = "PRAGMA cache_size = -49152; PRAGMA mmap_size = 4294967296;";

/// Rows in one transaction while a file is filled.
const ROWS_A_TRANSACTION: u64 = 1_000_000;

/// Opens the observations of a log in `SQLite`; the first time they are filled in, row by row in
/// the order of the log, as a monitor would have left them.
pub fn open(layout: Layout, log: &Path, reader: &Reader) -> Outcome<Connection> {
    let path = layout.path(log);
    if !path.exists() {
        eprintln!("making {} (once)", path.display());
        let young = path.with_extension("making");
        if young.exists() {
            std::fs::remove_file(&young)?;
        }
        fill(layout, &young, reader)?;
        std::fs::rename(&young, &path)?;
    }
    let connection = Connection::open(&path)?;
    connection.execute_batch(READING)?;
    Ok(connection)
}

fn fill(layout: Layout, path: &Path, reader: &Reader) -> Outcome<()> {
    let connection = Connection::open(path)?;
    connection.execute_batch(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -1048576;",
    )?;
    connection.execute_batch(layout.schema())?;
    let mut insert = connection.prepare("INSERT INTO observations VALUES (?1, ?2, ?3, ?4)")?;
    let mut rows = 0_u64;
    connection.execute_batch("BEGIN")?;
    observed::each(reader, &mut |it| {
        let state = it.state.as_ref().map(SpaceState::word);
        let count = it.participants.map(i64::try_from).transpose()?;
        insert.execute(params![it.space.to_string(), it.at.0, state, count])?;
        rows += 1;
        if rows.is_multiple_of(ROWS_A_TRANSACTION) {
            connection.execute_batch("COMMIT; BEGIN")?;
        }
        Ok(())
    })?;
    connection.execute_batch("COMMIT")?;
    drop(insert);
    connection.close().map_err(|(_open, error)| error.into())
}

/// Inserts the observations of an answer, in one transaction.
pub fn insert(connection: &mut Connection, answer: &Answer) -> Outcome<()> {
    let Seen::Seen(seen) = &answer.outcome else { return Ok(()) };
    let transaction = connection.transaction()?;
    let mut insert =
        transaction.prepare_cached("INSERT INTO observations VALUES (?1, ?2, ?3, ?4)")?;
    for it in &seen.spaces {
        let state = it.state.as_ref().map(SpaceState::word);
        let count = it.participants.map(i64::try_from).transpose()?;
        insert.execute(params![it.id.as_str(), answer.asked.observed_at.0, state, count])?;
    }
    drop(insert);
    Ok(transaction.commit()?)
}
