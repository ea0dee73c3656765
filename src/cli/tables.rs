//! `import sqlite`: a database in which another program kept Spaces as it last saw them.

use std::path::PathBuf;

use super::args::ImportSqlite;
use super::bodies::made;
use super::handing::Handing;
use super::output::show;
use super::report::{Failure, newer};
use super::taken::{tell_of, unreadable};
use crate::clock::Clock;
use crate::import::{DatabaseError, Merge, Tables};
use crate::space::Moment;

/// Takes a database in.
pub fn import(it: &ImportSqlite, data: Option<PathBuf>) -> Result<u8, Failure> {
    let path = &it.from;
    std::fs::File::open(path).map_err(|error| unreadable(path, &error))?;
    let refused = |error: DatabaseError| match error {
        DatabaseError::Newer(_) => newer(&format!("cannot read `{}`: {error}", path.display())),
        error => Failure::new(1, format!("cannot take in `{}`", path.display()))
            .because(Some(&error))
            .hint(
                "nothing was taken in: give a database with the tables spaces, search_runs \
                   and participants",
            ),
    };
    let tables = Tables::open(path, Moment::from(Clock::real().now())).map_err(refused)?;
    let sources = tables.sources().map_err(refused)?;
    let folder = made(data)?;
    let mut handing = Handing::to(&folder, false);
    let mut bad = 0;
    for row in Merge::new(sources) {
        match row {
            Ok(adopted) => handing.take(&adopted)?,
            Err((table, number, why)) => {
                bad += 1;
                tell_of(path, &format!("{table} row {number}"), &why);
            }
        }
    }
    let code = show(&handing.end()?, &it.output)?;
    if bad > 0 {
        return Err(Failure::new(1, format!("{bad} rows could not be read; the rest is in")));
    }
    Ok(code)
}
