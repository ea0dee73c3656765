//! The peers: `SQLite` as it is set up for durable writing, and a plain file.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use rusqlite::{Connection, params};
use spacelog::space::{Answer, Outcome as Seen};

use super::Outcome;

/// An observation as `SQLite` takes it.
pub struct Row {
    space_id: String,
    observed_at: i64,
    state: Option<String>,
    participants: Option<i64>,
    subscribers: Option<i64>,
    speakers: Option<String>,
}

/// Returns the observations of an answer.
pub fn rows(answer: &Answer) -> Vec<Row> {
    let Seen::Seen(seen) = &answer.outcome else { return Vec::new() };
    let row = |it: &spacelog::space::Observation| Row {
        space_id: it.id.to_string(),
        observed_at: answer.asked.observed_at.0,
        state: it.state.as_ref().map(|state| state.word().to_owned()),
        participants: it.participants.and_then(|count| i64::try_from(count).ok()),
        subscribers: it.subscribers.and_then(|count| i64::try_from(count).ok()),
        speakers: it
            .speakers
            .as_ref()
            .map(|ids| ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")),
    };
    seen.spaces.iter().map(row).collect()
}

/// A table with an index on Space and time, in WAL mode with `synchronous=FULL`: a transaction
/// is durable when it returned, by one fsync of the WAL.
pub struct Sqlite(Connection);

const SCHEMA: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    CREATE TABLE observations (
        space_id TEXT NOT NULL, observed_at INTEGER NOT NULL, state TEXT,
        participants INTEGER, subscribers INTEGER, speakers TEXT);
    CREATE INDEX by_space ON observations (space_id, observed_at);";

impl Sqlite {
    pub fn create(path: &Path) -> Outcome<Self> {
        let connection = Connection::open(path)?;
        connection.execute_batch(SCHEMA)?;
        Ok(Self(connection))
    }

    pub fn insert(&mut self, rows: &[Row]) -> Outcome<()> {
        let transaction = self.0.transaction()?;
        let mut insert = transaction
            .prepare_cached("INSERT INTO observations VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
        for it in rows {
            insert.execute(params![
                it.space_id,
                it.observed_at,
                it.state,
                it.participants,
                it.subscribers,
                it.speakers
            ])?;
        }
        drop(insert);
        Ok(transaction.commit()?)
    }

    /// Closes the file, which empties its WAL into it.
    pub fn close(self, rows: u64) -> Outcome<()> {
        let held: i64 =
            self.0.query_row("SELECT count(*) FROM observations", [], |row| row.get(0))?;
        if u64::try_from(held) != Ok(rows) {
            return Err(format!("SQLite holds {held} of {rows} rows").into());
        }
        self.0.close().map_err(|(_open, error)| error.into())
    }
}

/// A file that only grows: as fast as this disk makes bytes durable.
pub struct Plain(File);

impl Plain {
    pub fn create(path: &Path) -> Outcome<Self> {
        Ok(Self(File::create_new(path)?))
    }

    pub fn append(&mut self, record: &[u8]) -> Outcome<()> {
        self.0.write_all(record)?;
        Ok(self.0.sync_data()?)
    }
}
