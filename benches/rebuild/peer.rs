//! What `SQLite` needs to make the like: peaks by Space, and curves in their order.

use std::path::Path;

use rusqlite::Connection;

use crate::common::{Outcome, figures};

const REBUILD: &str = "
    CREATE TABLE views.peaks AS
        SELECT space_id, max(participants) AS peak, observed_at AS peak_at, count(*) AS looks
        FROM observations WHERE state = 'live' GROUP BY space_id;
    CREATE TABLE views.curves (space_id TEXT NOT NULL, observed_at INTEGER NOT NULL,
        participants INTEGER, state TEXT, PRIMARY KEY (space_id, observed_at)) WITHOUT ROWID;
    INSERT INTO views.curves SELECT space_id, observed_at, participants, state
        FROM observations ORDER BY space_id, observed_at;";

/// Returns the seconds that it takes into a new file, durable at the end.
pub fn seconds(connection: &Connection, folder: &Path) -> Outcome<f64> {
    let path = folder.join("views.sqlite");
    connection.execute("ATTACH ?1 AS views", [path.display().to_string()])?;
    connection
        .execute_batch("PRAGMA views.journal_mode = WAL; PRAGMA views.synchronous = FULL;")?;
    let took = figures::seconds(|| {
        connection.execute_batch("BEGIN")?;
        connection.execute_batch(REBUILD)?;
        Ok(connection.execute_batch("COMMIT; PRAGMA views.wal_checkpoint(TRUNCATE);")?)
    })?;
    connection.execute_batch("DETACH views")?;
    std::fs::remove_file(path)?;
    Ok(took)
}
