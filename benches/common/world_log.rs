//! A log of the simulated world, made once and kept for the next run.

use std::error::Error;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use spacelog::decide::{self, Rules, Source};
use spacelog::event::Event;
use spacelog::log::entropy::Entropy;
use spacelog::log::{Appended, Log, NewLog, SEAL_BATCHES};
use spacelog::space::{Moment, Prices};
use spacelog::store::StorageBackend;

use super::watcher::Watcher;

/// The seed of the world.
const SEED: u64 = 1;

/// A file that is never synced: a log that is made for a measurement may be lost.
#[derive(Debug)]
struct Unsynced(File);

impl StorageBackend for Unsynced {
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.metadata()?.len())
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.0.read_exact_at(out, offset)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.0.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.0.write_all_at(data, offset)
    }
}

/// Returns a log of one's own: a copy in a folder that goes with what is returned.
pub fn copied(log: &Path) -> Result<(tempfile::TempDir, PathBuf), Box<dyn Error>> {
    let place = tempfile::Builder::new().prefix("bench-").tempdir_in(folder())?;
    let path = place.path().join("log.redb");
    std::fs::copy(log, &path)?;
    // What is measured first is not to pay for writing the copy.
    File::open(&path)?.sync_all()?;
    Ok((place, path))
}

/// Returns where files of measurements lie: under `target`, or in `SPACELOG_BENCH_FOLDER`.
pub fn folder() -> PathBuf {
    std::env::var_os("SPACELOG_BENCH_FOLDER")
        .map_or_else(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")), PathBuf::from)
}

/// Returns the number of observations to measure with: the first number given, or
/// `SPACELOG_BENCH_OBSERVATIONS`, or `usual`.
pub fn observations(usual: u64) -> Result<u64, Box<dyn Error>> {
    // cargo adds `--bench` of its own.
    let given = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    match given.or_else(|| std::env::var("SPACELOG_BENCH_OBSERVATIONS").ok()) {
        Some(text) => Ok(text.replace('_', "").parse()?),
        None => Ok(usual),
    }
}

/// Returns the path of a sealed and closed log with so many observations of a world with about
/// `spaces` Spaces at a time.
pub fn sealed(observations: u64, spaces: usize) -> Result<PathBuf, Box<dyn Error>> {
    once(&format!("sealed-{spaces}-{observations}.redb"), observations, spaces, true)
}

/// Returns the same log with all of it in the tail.
pub fn unsealed(observations: u64, spaces: usize) -> Result<PathBuf, Box<dyn Error>> {
    once(&format!("unsealed-{spaces}-{observations}.redb"), observations, spaces, false)
}

fn once(
    name: &str,
    observations: u64,
    spaces: usize,
    sealed: bool,
) -> Result<PathBuf, Box<dyn Error>> {
    let path = folder().join(name);
    if path.exists() {
        return Ok(path);
    }
    eprintln!("making {} (once)", path.display());
    let young = path.with_extension("making");
    if young.exists() {
        std::fs::remove_file(&young)?;
    }
    make(&young, observations, spaces, sealed)?;
    std::fs::rename(&young, &path)?;
    Ok(path)
}

fn make(path: &Path, observations: u64, spaces: usize, sealed: bool) -> Result<(), Box<dyn Error>> {
    let file = OpenOptions::new().read(true).write(true).create_new(true).open(path)?;
    let new = NewLog { created_at: Moment(1_790_000_000_000), simulated: None };
    let mut log = Log::on(Unsynced(file), &new, Entropy::Seeded { seed: SEED, drawn: 0 })?;
    let rules = Rules { monitor: log.header().monitor, prices: Prices::default() };
    let mut watcher = Watcher::new(SEED, spaces);
    let (mut seen, mut polls) = (0, 0);
    while seen < observations {
        let answer = watcher.answer();
        let known = log.known(&decide::wanted(&answer))?;
        let salts = log.entropy().salts(decide::salts_needed(&answer))?;
        let decided = decide::decide(&rules, known, &answer, Source::Live, salts);
        if let Appended::Stored(batch) = log.append(&decided.batch, answer.asked.observed_at)? {
            let observed = |event: &&Event| matches!(event, Event::SpaceObserved(_));
            seen += batch.events.iter().filter(observed).count() as u64;
        }
        // A monitor prints its notices, and erases them.
        if !decided.batch.notices.is_empty() {
            for (key, _notice) in log.reader().outbox()? {
                log.printed(key)?;
            }
        }
        polls += 1;
        if sealed && polls % SEAL_BATCHES == 0 {
            log.seal(SEAL_BATCHES)?;
        }
    }
    if sealed {
        log.seal(1)?;
    }
    Ok(log.close()?)
}
