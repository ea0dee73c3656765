//! What appending notices of a sealer and of a backup beside it.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use spacelog::clock::{Stopwatch, pause};
use spacelog::event::codec;
use spacelog::log::{Log, Reader};

use crate::common::feed::Feed;
use crate::common::figures::{head, part_of_turns, row};
use crate::common::{Outcome, SPACES, world_log};
use crate::pace::paced;
use crate::peers::{self, Plain, Sqlite};
use crate::sealing;

/// Turns of each contender; each on a copy of the log of its own.
const TURNS: usize = 3;

/// Hundreds of answers that those take whom nothing disturbs, in one turn.
const HUNDREDS: usize = 5;

/// A backup's step is followed by a pause so many times as long, as beside a monitor.
const PAUSE_TIMES: u32 = 2;

/// The longest such pause.
const PAUSE_MAX: Duration = Duration::from_millis(200);

/// The times of each contender, turn by turn.
#[derive(Default)]
struct Times {
    usual: Vec<Vec<Duration>>,
    /// While batches are sealed as they come, and the swaps alone.
    steady: Vec<Vec<Duration>>,
    steady_swaps: Vec<Vec<Duration>>,
    /// While a long tail is sealed, segment after segment.
    backlog: Vec<Vec<Duration>>,
    backlog_swaps: Vec<Vec<Duration>>,
    backup: Vec<Vec<Duration>>,
    sqlite: Vec<Vec<Duration>>,
    plain: Vec<Vec<Duration>>,
}

pub fn print(unsealed: &Path) -> Outcome<()> {
    let mut times = Times::default();
    for _ in 0..TURNS {
        turn(unsealed, &mut times)?;
    }
    let count = |turns: &[Vec<Duration>]| turns.iter().map(Vec::len).sum::<usize>();
    head(&format!(
        "ms from when an answer is due to its durable batch; {} usual ones, {} while sealing, {} \
         while sealing a backlog, {} beside backups",
        count(&times.usual),
        count(&times.steady),
        count(&times.backlog),
        count(&times.backup)
    ));
    for (percent, name) in [(50, "p50"), (99, "p99"), (100, "the slowest")] {
        let milli = |turns: &[Vec<Duration>]| part_of_turns(turns, percent) * 1e3;
        let usual = milli(&times.usual);
        row(&format!("usual, {name}"), usual, "SQLite WAL FULL", milli(&times.sqlite));
        row(&format!("usual, {name}"), usual, "file and fdatasync", milli(&times.plain));
        let beside = [
            ("while sealing", "p99 at most usual + 10", &times.steady),
            ("while sealing a backlog", "the same", &times.backlog),
            ("beside a backup", "p99 at most twice usual", &times.backup),
        ];
        for (what, wanted, times) in beside {
            row(&format!("{what}, {name} ({wanted})"), milli(times), "usual", usual);
        }
        let (steady, backlog) = (milli(&times.steady_swaps), milli(&times.backlog_swaps));
        row(&format!("a swap by itself, {name}"), steady, "of a backlog", backlog);
    }
    Ok(())
}

fn turn(unsealed: &Path, times: &mut Times) -> Outcome<()> {
    let (place, path) = world_log::copied(unsealed)?;
    let mut log = Log::open(&path)?;
    let mut feed = Feed::after(&log, SPACES);
    let idle = || Ok(());
    times.usual.push(paced(&mut feed, appending(&mut log), idle, hundreds())?);
    let mut sqlite = Sqlite::create(&place.path().join("peer.sqlite"))?;
    let mut inserted = 0;
    let insert = |_: &Feed, answer: &_| {
        let rows = peers::rows(answer);
        inserted += rows.len() as u64;
        sqlite.insert(&rows)
    };
    times.sqlite.push(paced(&mut feed, insert, idle, hundreds())?);
    sqlite.close(inserted)?;
    let mut plain = Plain::create(&place.path().join("peer.log"))?;
    // The bytes that the log stores of such an answer.
    let answer = feed.answer();
    let batch = feed.append(&mut log, &answer)?;
    let record = codec::encode_batch(&batch.chain, &codec::canonical(&batch));
    let write = |_: &Feed, _: &_| plain.append(&record);
    times.plain.push(paced(&mut feed, write, idle, hundreds())?);
    times.backup.push(beside_backup(&mut log, &mut feed, place.path())?);
    let (waited, swaps) = sealing::backlog(&mut log, &mut feed)?;
    times.backlog.push(waited);
    times.backlog_swaps.push(swaps);
    log.seal(1)?;
    let (waited, swaps) = sealing::steady(&mut log, &mut feed)?;
    times.steady.push(waited);
    times.steady_swaps.push(swaps);
    // Before and after all others, so that a disk that slows down slows these too.
    times.usual.push(paced(&mut feed, appending(&mut log), idle, hundreds())?);
    drop(log);
    Ok(place.close()?)
}

fn appending(log: &mut Log) -> impl FnMut(&Feed, &spacelog::space::Answer) -> Outcome<()> {
    |feed, answer| feed.append(log, answer).map(drop)
}

/// Returns what says no after so many hundreds.
fn hundreds() -> impl FnMut() -> bool {
    let mut left = HUNDREDS + 1;
    move || {
        left -= 1;
        left > 0
    }
}

/// Appends while the log is copied.
fn beside_backup(log: &mut Log, feed: &mut Feed, folder: &Path) -> Outcome<Vec<Duration>> {
    let (reader, to, over) = (log.reader(), folder.join("copy.redb"), AtomicBool::new(false));
    let copy = || {
        let copied = copy(&reader, &to).map_err(|error| error.to_string());
        over.store(true, Ordering::Relaxed);
        copied
    };
    thread::scope(|scope| {
        let copying = scope.spawn(copy);
        let go_on = || !over.load(Ordering::Relaxed);
        let times = paced(feed, appending(log), || Ok(()), go_on);
        copying.join().map_err(|_| "a thread broke down")??;
        times
    })
}

fn copy(reader: &Reader, to: &Path) -> Outcome<()> {
    let mut copying = reader.copy_to(to)?;
    let mut step = Stopwatch::start();
    while copying.step()? {
        pause((step.elapsed() * PAUSE_TIMES).min(PAUSE_MAX));
        step = Stopwatch::start();
    }
    Ok(copying.finish()?)
}
