//! An export in a process of its own: its time and its memory.

use std::path::Path;
use std::process::Command;

use spacelog::clock::Clock;
use spacelog::export::place::Access;
use spacelog::log::Log;
use spacelog::monitor::files::Files;
use spacelog::monitor::owner::alone;
use spacelog::serve::{Export, ExportForm, Reply, Request};
use spacelog::store::folder::Folder;
use tokio_util::sync::CancellationToken;

use crate::common::figures::seconds;
use crate::common::{Outcome, world_log};
use crate::observations;

/// In the environment of the process that is measured: the folder of its log.
pub const CHILD: &str = "SPACELOG_BENCH_EXPORT_OF";

/// The same: only the observations are written.
const ONLY: &str = "SPACELOG_BENCH_EXPORT_OBSERVATIONS";

/// Returns the most memory in KiB and the seconds that an export of a copy of this log takes: of
/// every table, or of the observations alone.
pub fn kib(sealed: &Path, only_observations: bool) -> Outcome<(u64, f64)> {
    let (place, path) = world_log::copied(sealed)?;
    let folder = path.parent().ok_or("a log lies in a folder")?;
    let mut child = Command::new(std::env::current_exe()?);
    if only_observations {
        child.env(ONLY, "1");
    }
    let child = child.env(CHILD, folder).output()?;
    if !child.status.success() {
        return Err(String::from_utf8_lossy(&child.stderr).into());
    }
    let said = String::from_utf8(child.stdout)?;
    let told: Vec<&str> = said.split_whitespace().collect();
    let [kib, took] = told[..] else {
        return Err("the process that is measured was cut off".into());
    };
    place.close()?;
    Ok((kib.parse()?, took.parse()?))
}

/// Exports, and tells its memory and its time.
pub fn child(folder: &Path) -> Outcome<()> {
    let took = if std::env::var_os(ONLY).is_some() {
        let log = Log::open(&folder.join("log.redb"))?;
        seconds(|| observations::write(&log.reader(), &folder.join("out")))?
    } else {
        as_the_command(folder)?
    };
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")).ok_or("no VmHWM is told")?;
    println!("{} {took}", kib.trim());
    Ok(())
}

/// Writes every table as the command does; returns the seconds it takes.
fn as_the_command(folder: &Path) -> Outcome<f64> {
    let to = folder.join("out");
    let request = Request::Export(Export {
        to: to.to_str().ok_or("a folder named in UTF-8")?.to_owned(),
        form: ExportForm::Parquet { partition_by: "day".to_owned() },
        since: None,
        until: None,
        access: Access::default(),
    });
    let mut refused = None;
    let took = seconds(|| {
        let files = Files::open(Folder::existing(folder)?)?;
        let stop = CancellationToken::new();
        Ok(alone(files, &Clock::real(), request, &stop, &mut |reply| {
            if let Reply::Refused(refusal) = reply {
                refused = Some(format!("{}: {}", refusal.message, refusal.causes.join(": ")));
            }
            true
        })?)
    })?;
    if let Some(refused) = refused {
        return Err(refused.into());
    }
    Ok(took)
}
