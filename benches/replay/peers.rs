//! The peers' way: one query that groups by Space.

use rusqlite::Connection;

use crate::common::Outcome;
use crate::common::duck::Duck;
use crate::common::figures::seconds;
use crate::fold::Peaks;

/// In `SQLite` a plain column beside `max` is that of the row which has it.
const SQLITE: &str = "SELECT max(participants), observed_at FROM observations
    WHERE state = 'live' GROUP BY space_id";

const DUCK: &str = "SELECT max(participants), arg_max(observed_at, participants) FROM FILE
    WHERE state = 'live' GROUP BY space_id";

/// Returns the seconds that `SQLite` takes to find the same peaks.
pub fn sqlite(connection: &Connection, wanted: Peaks) -> Outcome<f64> {
    let mut found = (0, 0_i64);
    let took = seconds(|| {
        let mut query = connection.prepare(SQLITE)?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            if let Some(peak) = row.get::<_, Option<i64>>(0)? {
                let at: i64 = row.get(1)?;
                found = (found.0 + u64::try_from(peak)?, found.1.wrapping_add(at));
            }
        }
        Ok(())
    })?;
    assert_eq!(found, wanted, "SQLite finds other peaks");
    Ok(took)
}

/// Returns the seconds that `DuckDB` takes to find the same peaks; of equal ones it names any.
pub fn duck(duck: &Duck, threads: usize, wanted: u64) -> Outcome<f64> {
    let (took, peaks) = duck.ask(DUCK, threads)?;
    assert_eq!(peaks, wanted, "DuckDB finds other peaks");
    Ok(took)
}
