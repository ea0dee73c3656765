//! Appending beside an export, as a monitor that serves the command does both.

use std::path::Path;

use spacelog::export::place::Access;
use spacelog::log::Log;
use spacelog::monitor::exporting::Exporting;
use spacelog::monitor::reports::Reports;
use spacelog::projector::Views;
use spacelog::serve::{Export, ExportForm};

use crate::common::{Outcome, meanwhile, world_log};

/// Prints how long a poll takes to be durable while every table of a copy of this log is written.
pub fn print(sealed: &Path) -> Outcome<()> {
    let (place, path) = world_log::copied(sealed)?;
    let mut log = Log::open(&path)?;
    let reader = log.reader();
    let folder = place.path().join("views");
    std::fs::create_dir(&folder)?;
    let views = Views::open(&folder, &reader)?;
    views.catch_up(&reader, &mut |_, _, _| true)?;
    let to = place.path().join("out");
    let export = Export {
        to: to.to_str().ok_or("a folder named in UTF-8")?.to_owned(),
        form: ExportForm::Parquet { partition_by: "day".to_owned() },
        since: None,
        until: None,
        access: Access::default(),
    };
    meanwhile::print(&mut log, "exporting", "at most twice the usual", || {
        let exporting = Exporting { reader: &reader, views: &views, live: true };
        let made = exporting.make(&export, &mut Reports::new(&mut |_| true, &|| true));
        made.map(drop).map_err(|refusal| refusal.message.into())
    })?;
    views.close()?;
    drop((reader, log));
    Ok(place.close()?)
}
