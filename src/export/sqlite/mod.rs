//! A `SQLite` database: three tables that other programs know, and beside them what those could not
//! hold.
//!
//! | table | what it holds |
//! |---|---|
//! | `spaces` | a row a Space, as it was last seen |
//! | `search_runs` | a row a search that X answered |
//! | `participants` | who bought a ticket, a row a Space and user |
//! | `observations` | a row a look at a Space, in the order of the log |
//! | `curve`, `peaks` | views: the looks while on air; the most people, and when |
//!
//! Times are `YYYY-MM-DD HH:MM:SS` in UTC, those of `observations` with milliseconds. Lists are
//! arrays of JSON. Unknown is null.

mod keywords;
mod row;

#[cfg(test)]
mod tests;

use std::io;
use std::path::Path;

use rusqlite::{Connection, OpenFlags, params};
use serde_json::{Value as Json, json};

use super::doubts;
use crate::sheet::{Sheet, Value};
use row::Row;

/// Says in the file's header that an export wrote it: "SPLG".
const APPLICATION_ID: i32 = 0x5350_4c47;

/// The tables and indexes that other programs know, as they know them.
const KNOWN: &str = "
CREATE TABLE spaces (
    id TEXT PRIMARY KEY,
    title TEXT,
    state TEXT,
    lang TEXT,
    is_ticketed INTEGER DEFAULT 0,
    participant_count INTEGER,
    subscriber_count INTEGER,
    topic_ids TEXT,
    topics TEXT,
    created_at TEXT,
    started_at TEXT,
    ended_at TEXT,
    scheduled_start TEXT,
    duration_minutes REAL,
    host_id TEXT,
    host_username TEXT,
    host_name TEXT,
    host_followers INTEGER,
    host_verified INTEGER DEFAULT 0,
    speaker_count INTEGER,
    speakers TEXT,
    keywords TEXT,
    first_seen TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    last_updated TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE search_runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    query TEXT NOT NULL,
    spaces_found INTEGER,
    ran_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE participants (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    space_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    username TEXT,
    name TEXT,
    followers INTEGER,
    scraped_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    UNIQUE(space_id, user_id),
    FOREIGN KEY (space_id) REFERENCES spaces(id)
);
CREATE INDEX idx_spaces_state ON spaces(state);
CREATE INDEX idx_spaces_host ON spaces(host_username);
CREATE INDEX idx_spaces_started ON spaces(started_at);
CREATE INDEX idx_spaces_participants ON spaces(participant_count);
";

/// What stands beside them. A count that X gives at or after the end that it reports is no audience:
/// searches show a Space as live for a while longer.
const BESIDE: &str = "
CREATE TABLE observations (
    seq INTEGER PRIMARY KEY,
    space_id TEXT NOT NULL,
    observed_at TEXT NOT NULL,
    state TEXT,
    participants INTEGER,
    subscriber_count INTEGER,
    speaker_count INTEGER
);
CREATE TABLE doubts (
    space_id TEXT NOT NULL,
    rule TEXT NOT NULL,
    observed_at TEXT NOT NULL,
    until TEXT NOT NULL,
    seq INTEGER NOT NULL,
    participants INTEGER NOT NULL,
    against INTEGER NOT NULL
);
CREATE TABLE ends (
    space_id TEXT PRIMARY KEY,
    ended_at TEXT NOT NULL
);
CREATE VIEW curve AS
    SELECT o.space_id, o.observed_at, o.participants, o.seq
    FROM observations o LEFT JOIN ends e ON e.space_id = o.space_id
    WHERE o.state = 'live' AND (e.ended_at IS NULL OR o.observed_at < e.ended_at);
CREATE VIEW peaks AS
    SELECT space_id, MAX(participants) AS peak_participants, observed_at AS peak_at,
           COUNT(*) AS live_observations
    FROM curve GROUP BY space_id;
CREATE TEMP TABLE people (
    user_id TEXT PRIMARY KEY,
    username TEXT,
    name TEXT,
    followers INTEGER
) WITHOUT ROWID;
";

/// A database in the making. It has its rows when it is finished, and not before.
#[derive(Debug)]
pub struct Database {
    connection: Connection,
}

impl Database {
    /// Returns whether an export wrote the file.
    pub fn is_ours(path: &Path) -> bool {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let id = Connection::open_with_flags(path, flags).and_then(|it| {
            it.pragma_query_value(None, "application_id", |row| row.get::<_, i32>(0))
        });
        id.is_ok_and(|id| id == APPLICATION_ID)
    }

    /// Begins in an empty file, whose name is not its own yet.
    ///
    /// # Errors
    /// What `SQLite` says of the file.
    pub fn begin(path: &Path) -> io::Result<Self> {
        let connection = Connection::open(path).map_err(disk)?;
        // A file that breaks off is thrown away: nothing has to be undone in it. Temporary rows
        // are of so many people as the log knows, and go to a file of their own.
        let pragmas = format!(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA foreign_keys=OFF;
             PRAGMA temp_store=FILE; PRAGMA application_id={APPLICATION_ID};"
        );
        connection.execute_batch(&pragmas).map_err(disk)?;
        connection.execute_batch("BEGIN").map_err(disk)?;
        connection.execute_batch(KNOWN).map_err(disk)?;
        connection.execute_batch(BESIDE).map_err(disk)?;
        Ok(Self { connection })
    }

    /// Takes a page of events: observations, searches, buyers, and what is said of people.
    pub fn events(&mut self, page: &Sheet) -> io::Result<()> {
        for values in &page.rows {
            let row = Row { sheet: page, values };
            let Some(Value::Text(kind)) = row.value("kind") else { continue };
            match kind.as_str() {
                "SpaceObserved" => self.observation(&row),
                "PollSucceeded" => self.search(&row),
                "BuyersObserved" => self.buyers(&row),
                "UserDescribed" | "UserCounted" => self.person(&row),
                _ => Ok(()),
            }
            .map_err(disk)?;
        }
        Ok(())
    }

    fn observation(&self, row: &Row) -> rusqlite::Result<()> {
        let data = row.json("data");
        let speakers = data["speaker_ids"].as_array().map(Vec::len);
        self.connection
            .prepare_cached("INSERT INTO observations VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?
            .execute(params![
                row.int("seq"),
                row.text("space_id"),
                row.millis("observed_at"),
                data["state"].as_str(),
                data["participants"].as_i64(),
                data["subscriber_count"].as_i64(),
                speakers.and_then(|it| i64::try_from(it).ok()),
            ])
            .map(drop)
    }

    fn search(&self, row: &Row) -> rusqlite::Result<()> {
        let data = row.json("data");
        if data["endpoint"] != "search" {
            return Ok(());
        }
        // The table knows no search without a text; that of a forgotten one is empty.
        let query = data["target"].as_str().unwrap_or_default();
        self.connection
            .prepare_cached(
                "INSERT INTO search_runs (query, spaces_found, ran_at) VALUES (?1, ?2, ?3)",
            )?
            .execute(params![query, data["returned"].as_i64(), row.seconds("observed_at")])
            .map(drop)
    }

    fn buyers(&self, row: &Row) -> rusqlite::Result<()> {
        let data = row.json("data");
        let mut insert = self.connection.prepare_cached(
            "INSERT OR IGNORE INTO participants (space_id, user_id, scraped_at)
             VALUES (?1, ?2, ?3)",
        )?;
        for user in data["user_ids"].as_array().into_iter().flatten().filter_map(Json::as_str) {
            insert.execute(params![row.text("space_id"), user, row.seconds("observed_at")])?;
        }
        Ok(())
    }

    fn person(&self, row: &Row) -> rusqlite::Result<()> {
        let data = row.json("data");
        let said = |key: &str| data[key].as_str();
        self.connection
            .prepare_cached(
                "INSERT INTO people VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET
                     username = COALESCE(excluded.username, username),
                     name = COALESCE(excluded.name, name),
                     followers = COALESCE(excluded.followers, followers)",
            )?
            .execute(params![
                said("user_id"),
                said("username"),
                said("name"),
                data["followers"].as_i64(),
            ])
            .map(drop)
    }

    /// Takes Spaces as they were last seen.
    pub fn spaces(&mut self, sheet: &Sheet) -> io::Result<()> {
        for values in &sheet.rows {
            let row = Row { sheet, values };
            self.space(&row).and_then(|()| self.end(&row)).map_err(disk)?;
        }
        let sheet = &doubts(sheet)?;
        for values in &sheet.rows {
            self.doubt(&Row { sheet, values }).map_err(disk)?;
        }
        Ok(())
    }

    fn end(&self, row: &Row) -> rusqlite::Result<()> {
        let Some(ended_at) = row.millis("ended_at") else { return Ok(()) };
        self.connection
            .prepare_cached("INSERT INTO ends VALUES (?1, ?2)")?
            .execute(params![row.text("space_id"), ended_at])
            .map(drop)
    }

    fn doubt(&self, row: &Row) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached("INSERT INTO doubts VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?
            .execute(params![
                row.text("space_id"),
                row.text("rule"),
                row.millis("observed_at"),
                row.millis("until"),
                row.int("seq"),
                row.int("participants"),
                row.int("against"),
            ])
            .map(drop)
    }

    fn space(&self, row: &Row) -> rusqlite::Result<()> {
        let title = row.text("title");
        let minutes = row.real("airtime_seconds").map(|seconds| seconds / 60.0);
        let speakers = row.texts("speaker_ids");
        let speakers: Option<Vec<Json>> =
            speakers.map(|ids| ids.into_iter().map(|id| self.speaker(id)).collect()).transpose()?;
        let words = json!(keywords::of(title.unwrap_or_default()));
        self.connection
            .prepare_cached(
                "INSERT INTO spaces VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,
                 ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24)",
            )?
            .execute(params![
                row.text("space_id"),
                title,
                row.text("state"),
                row.text("lang"),
                row.bool("is_ticketed"),
                row.int("participants"),
                row.int("subscriber_count"),
                row.list("topic_ids"),
                row.list("topics"),
                row.seconds("created_at"),
                row.seconds("started_at"),
                row.seconds("ended_at"),
                row.seconds("scheduled_start"),
                minutes,
                row.first("host_ids").and_then(Row::as_text),
                row.first("host_usernames").and_then(Row::as_text),
                row.first("host_names").and_then(Row::as_text),
                row.first("host_followers").and_then(Row::as_int),
                row.first("host_verified").and_then(Row::as_bool),
                row.int("speaker_count"),
                speakers.map(|speakers| Json::Array(speakers).to_string()),
                words.to_string(),
                row.seconds("first_seen"),
                row.seconds("last_seen"),
            ])
            .map(drop)
    }

    /// Returns a speaker with the name and the followers last said.
    fn speaker(&self, id: &str) -> rusqlite::Result<Json> {
        let mut find = self
            .connection
            .prepare_cached("SELECT username, followers FROM people WHERE user_id = ?1")?;
        let mut rows = find.query([id])?;
        let (username, followers) = match rows.next()? {
            Some(row) => (row.get::<_, Option<String>>(0)?, row.get::<_, Option<i64>>(1)?),
            None => (None, None),
        };
        Ok(json!({ "id": id, "username": username, "followers": followers }))
    }

    /// Ends: names the buyers, and writes what is left to the file.
    pub fn finish(self) -> io::Result<()> {
        let end = "
            UPDATE participants SET (username, name, followers) =
                (SELECT username, name, followers FROM people
                 WHERE people.user_id = participants.user_id);
            DROP TABLE people;
            CREATE INDEX observations_by_space ON observations(space_id, observed_at);
            COMMIT;";
        self.connection.execute_batch(end).map_err(disk)?;
        self.connection.close().map_err(|(_connection, error)| disk(error))
    }
}

/// Returns what the file says, without `SQLite`'s number for it.
fn disk(error: rusqlite::Error) -> io::Error {
    let kind = match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DiskFull) => io::ErrorKind::StorageFull,
        _ => io::ErrorKind::Other,
    };
    io::Error::new(kind, error)
}
