//! The memory of a monitor on a large log, measured in a process of its own.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::thread;

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use spacelog::event::Batch;
use spacelog::log::{Log, Reader, SEAL_BATCHES};
use spacelog::projector::{self, Handle, NAMES, QUEUE_BATCHES, Views, chain};
use spacelog::view::View;

use crate::common::feed::Feed;
use crate::common::figures::{alone, head, real};
use crate::common::{Outcome, SPACES, world_log};

/// In the environment of the process that is measured: the folder of its log.
pub const CHILD: &str = "SPACELOG_BENCH_MEMORY_OF";

/// Polls that the monitor appends with its views attached.
const POLLS: usize = 3_000;

/// Starts a process on a copy of the log, and prints what it says.
pub fn print(sealed: &Path) -> Outcome<()> {
    if !Path::new(STATUS).exists() {
        println!("memory is left out: there is no `{STATUS}`");
        return Ok(());
    }
    let (place, path) = world_log::copied(sealed)?;
    let folder = path.parent().ok_or("a log lies in a folder")?;
    let child = Command::new(std::env::current_exe()?).env(CHILD, folder).output()?;
    if !child.status.success() {
        return Err(String::from_utf8_lossy(&child.stderr).into());
    }
    let rows = Log::open(&path)?.reader().segments()?;
    let observations: u64 = rows.iter().map(|row| u64::from(row.observations)).sum();
    head(&format!("{observations} observations; most memory resident, MiB (at most 256, aim 128)"));
    for line in String::from_utf8(child.stdout)?.lines() {
        let (step, kib) =
            line.rsplit_once(' ').ok_or("the process that is measured was cut off")?;
        alone(step, real(kib.parse()?) / 1024.0);
    }
    Ok(place.close()?)
}

const STATUS: &str = "/proc/self/status";

/// Says how much memory was ever resident until now.
fn tell(step: &str) -> Outcome<()> {
    let status = std::fs::read_to_string(STATUS)?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")).ok_or("no VmHWM is told")?;
    println!("{step} {}", kib.trim());
    Ok(())
}

/// Does what a monitor does, and tells its memory after each step.
pub fn child(folder: &Path) -> Outcome<()> {
    tell("at the start")?;
    let mut log = Log::open(&folder.join("log.redb"))?;
    let reader = log.reader();
    std::fs::create_dir(folder.join("views"))?;
    let views = Views::open(&folder.join("views"), &reader)?;
    views.catch_up(&reader, &mut |_, _, _| true)?;
    tell("log opened, all views folded one by one")?;
    let mut feed = Feed::after(&log, SPACES);
    tell("the simulated world that feeds it made")?;
    run(&mut log, &views, &reader, &mut feed)?;
    tell(&format!("{POLLS} polls appended with five views attached, and sealed"))?;
    // On as many threads as `spacelog rebuild`.
    let rebuild = views.begin_rebuild(&NAMES, &reader)?.ok_or("views in memory")?;
    thread::scope(|scope| {
        let work = || rebuild.work(&mut |_, _, _| true);
        let threads = [scope.spawn(work), scope.spawn(work)];
        let joined = threads.into_iter().map(|it| it.join().map_err(|_| "a thread broke down"));
        joined.collect::<Result<(), _>>()
    })?;
    rebuild.outcome()?;
    drop(rebuild);
    tell("all views rebuilt at once")?;
    Ok(views.close()?)
}

/// Appends, with a projector's thread a view, and seals.
fn run(log: &mut Log, views: &Views, reader: &Reader, feed: &mut Feed) -> Outcome<()> {
    let (outlets, batches): (Vec<Sender<Arc<Batch>>>, Vec<Receiver<_>>) =
        NAMES.map(|_| bounded(QUEUE_BATCHES)).into_iter().unzip();
    thread::scope(|scope| {
        let [spaces, curves, people, keywords, polls] = batches.as_slice() else {
            return Err("there are other views than five".into());
        };
        let threads = [
            scope.spawn(|| project(&views.spaces, spaces, reader)),
            scope.spawn(|| project(&views.curves, curves, reader)),
            scope.spawn(|| project(&views.people, people, reader)),
            scope.spawn(|| project(&views.keywords, keywords, reader)),
            scope.spawn(|| project(&views.polls, polls, reader)),
        ];
        let appended = append(log, feed, &outlets);
        drop(outlets);
        for thread in threads {
            thread.join().map_err(|_| "a projector broke down")??;
        }
        appended
    })
}

fn append(log: &mut Log, feed: &mut Feed, outlets: &[Sender<Arc<Batch>>]) -> Outcome<()> {
    for number in 1..=POLLS {
        let answer = feed.answer();
        let stored = feed.append(log, &answer)?;
        for outlet in outlets {
            match outlet.try_send(stored.clone()) {
                // A projector that lags reads the log; one that is gone is found when it is joined.
                Ok(()) | Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {}
            }
        }
        if number.is_multiple_of(SEAL_BATCHES) {
            log.seal(SEAL_BATCHES)?;
        }
    }
    Ok(())
}

fn project<V: View>(
    view: &Handle<V>,
    batches: &Receiver<Arc<Batch>>,
    reader: &Reader,
) -> Result<(), String> {
    projector::run(view, batches, reader).map_err(|error| chain(&error))
}
