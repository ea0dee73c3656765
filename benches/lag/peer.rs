//! `SQLite` in memory: the observations in a table, the like of four views kept by triggers.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};
use spacelog::event::{Event, NewBatch, Text, TextRef};
use spacelog::space::SpaceState;
use spacelog::view::words;

use crate::common::Outcome;
use crate::common::figures::seconds;
use crate::polls::Polls;

const TABLES: &str = "
    CREATE TABLE observations (space_id TEXT NOT NULL, observed_at INTEGER NOT NULL,
        state TEXT, participants INTEGER);
    CREATE INDEX by_space ON observations (space_id, observed_at);
    CREATE TABLE hosts (user_id INTEGER, space_id TEXT, observed_at INTEGER);
    CREATE TABLE words (word TEXT, space_id TEXT, observed_at INTEGER);";

const TRIGGERS: &str = "
    CREATE TABLE spaces (space_id TEXT PRIMARY KEY, state TEXT, seen_at INTEGER, looks INTEGER,
        peak INTEGER, peak_at INTEGER) WITHOUT ROWID;
    CREATE TABLE curves (space_id TEXT, observed_at INTEGER, participants INTEGER, state TEXT,
        PRIMARY KEY (space_id, observed_at)) WITHOUT ROWID;
    CREATE TABLE hosted (user_id INTEGER, space_id TEXT, since INTEGER,
        PRIMARY KEY (user_id, space_id)) WITHOUT ROWID;
    CREATE TABLE keywords (word TEXT, space_id TEXT, since INTEGER,
        PRIMARY KEY (word, space_id)) WITHOUT ROWID;
    CREATE TRIGGER observed AFTER INSERT ON observations BEGIN
        INSERT INTO spaces VALUES
            (new.space_id, new.state, new.observed_at, 1, new.participants, new.observed_at)
        ON CONFLICT (space_id) DO UPDATE SET state = excluded.state, seen_at = excluded.seen_at,
            looks = looks + 1,
            peak_at = CASE WHEN excluded.peak > peak THEN excluded.peak_at ELSE peak_at END,
            peak = max(peak, excluded.peak);
        INSERT INTO curves
            VALUES (new.space_id, new.observed_at, new.participants, new.state);
    END;
    CREATE TRIGGER described AFTER INSERT ON hosts BEGIN
        INSERT OR IGNORE INTO hosted VALUES (new.user_id, new.space_id, new.observed_at);
    END;
    CREATE TRIGGER titled AFTER INSERT ON words BEGIN
        INSERT OR IGNORE INTO keywords VALUES (new.word, new.space_id, new.observed_at);
    END;";

/// The peer, new and empty.
pub struct Sqlite(Connection);

impl Sqlite {
    /// Makes it, with triggers or without.
    pub fn create(triggers: bool) -> Outcome<Self> {
        let connection = Connection::open_in_memory()?;
        connection.execute_batch(TABLES)?;
        if triggers {
            connection.execute_batch(TRIGGERS)?;
        }
        Ok(Self(connection))
    }

    /// Returns the seconds that it takes to insert all polls, a transaction each.
    pub fn fill(mut self, polls: &Polls) -> Outcome<f64> {
        let rows: Vec<Rows> = polls.batches.iter().map(Rows::of).collect::<Outcome<_>>()?;
        seconds(|| rows.iter().try_for_each(|rows| self.insert(rows)))
    }

    fn insert(&mut self, rows: &Rows) -> Outcome<()> {
        let transaction = self.0.transaction()?;
        rows.insert(&transaction)?;
        Ok(transaction.commit()?)
    }
}

/// A poll as `SQLite` takes it.
struct Rows {
    at: i64,
    observations: Vec<(String, Option<String>, Option<i64>)>,
    hosts: Vec<(i64, String)>,
    words: Vec<(String, String)>,
}

impl Rows {
    fn of(batch: &NewBatch) -> Outcome<Self> {
        let titles: BTreeMap<TextRef, &Text> =
            batch.texts.iter().map(|new| (new.reference, &new.text)).collect();
        let mut rows = Self {
            at: batch.observed_at.0,
            observations: Vec::new(),
            hosts: Vec::new(),
            words: Vec::new(),
        };
        for event in &batch.events {
            match event {
                Event::SpaceObserved(it) => {
                    let state = it.state.as_ref().map(SpaceState::word).map(str::to_owned);
                    let count = it.participants.map(i64::try_from).transpose()?;
                    rows.observations.push((it.space.to_string(), state, count));
                }
                Event::SpaceDescribed(it) => {
                    let hosts = it.hosts.iter().flatten();
                    let hosts = hosts.map(|host| (host.0.cast_signed(), it.space.to_string()));
                    rows.hosts.extend(hosts);
                    let text = it.text.and_then(|text| titles.get(&text));
                    if let Some(Text::Space { title: Some(title), .. }) = text {
                        let words = words(title).into_iter();
                        rows.words.extend(words.map(|word| (word, it.space.to_string())));
                    }
                }
                _ => {}
            }
        }
        Ok(rows)
    }

    fn insert(&self, into: &Connection) -> Outcome<()> {
        let mut insert = into.prepare_cached("INSERT INTO observations VALUES (?1, ?2, ?3, ?4)")?;
        for (space, state, count) in &self.observations {
            insert.execute(params![space, self.at, state, count])?;
        }
        let mut insert = into.prepare_cached("INSERT INTO hosts VALUES (?1, ?2, ?3)")?;
        for (host, space) in &self.hosts {
            insert.execute(params![host, space, self.at])?;
        }
        let mut insert = into.prepare_cached("INSERT INTO words VALUES (?1, ?2, ?3)")?;
        for (word, space) in &self.words {
            insert.execute(params![word, space, self.at])?;
        }
        Ok(())
    }
}
