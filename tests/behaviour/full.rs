//! A disk without room: polling pauses and says so, and goes on by itself.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::program::{Folder, PROGRAM, Running, until};
use super::x::{LOOK_UP, SEARCH, X, space};

/// Within this a monitor goes on once there is room.
const RESUMES_WITHIN: Duration = Duration::from_secs(10);

/// How long is watched that nothing is asked.
const WATCHED: Duration = Duration::from_secs(4);

/// How a program runs out of room.
pub trait Room {
    /// Takes all room away.
    fn take(&self, monitor: &Running);
    /// Gives it back.
    fn give(&self, monitor: &Running);
}

fn asked(x: &X) -> u32 {
    x.asked(SEARCH) + x.asked(LOOK_UP)
}

/// Lets a monitor run out of room twice; `data` is its folder as others see it.
fn runs_full<R: Room>(folder: &Folder, x: &X, monitor: &Running, data: &str, room: &R) {
    let ask = |args: &[&str]| -> Vec<serde_json::Value> {
        let args = [args, &["--json", "--data", data]].concat();
        let output = Running::of(folder.command(PROGRAM, &args)).end();
        assert_eq!(output.code, Some(0), "{args:?}: {output:?}");
        serde_json::from_str(&output.out).unwrap()
    };
    // Just as a file is opened again nobody can read it.
    let troubles = || {
        let status = ["status", "--json", "--data", data];
        until("status", || {
            let output = Running::of(folder.command(PROGRAM, &status)).end();
            (output.code == Some(0)).then_some(output.out)
        })
    };
    for _turn in 0..2 {
        let before = asked(x);
        until("polling", || (asked(x) > before + 3).then_some(()));
        room.take(monitor);
        // What was on its way comes in, and waits in memory until it can be stored.
        let mut seen = (asked(x), Instant::now());
        let paused = until("polling to pause, and to say so", || {
            let trouble = troubles();
            let says = trouble.contains("storage: ") && trouble.contains("polling is paused");
            if !says || asked(x) > seen.0 {
                seen = (asked(x), Instant::now());
            }
            (seen.1.elapsed() > WATCHED).then_some(seen.0)
        });
        assert!(monitor.err().contains("polling is paused"), "{}", monitor.err());
        room.give(monitor);
        let given = Instant::now();
        until("polling to go on", || (asked(x) > paused).then_some(()));
        let took = given.elapsed();
        assert!(took < RESUMES_WITHIN, "it went on after {took:?}");
        until("the monitor to be well", || (!troubles().contains("storage")).then_some(()));
    }
    let gaps = ask(&["gaps"]);
    let gaps: Vec<_> = gaps.iter().filter(|gap| gap["cause"] == "storage").collect();
    let long = gaps.iter().filter(|gap| gap["seconds"].as_f64().unwrap() >= 4.0);
    assert_eq!(long.count(), 2, "{gaps:?}");
    // Nothing was lost, and nothing is there twice.
    x.number_answers();
    let events = ask(&["events", "--kind", "SpaceObserved"]);
    let stored: Vec<u64> =
        events.iter().map(|event| event["data"]["participants"].as_u64().unwrap()).collect();
    let numbers: BTreeSet<u64> = stored.iter().copied().collect();
    assert_eq!(numbers.len(), stored.len(), "an answer is there twice");
    let last = numbers.last().copied().unwrap();
    let told = x.told("1asked").into_iter().filter_map(|told| told.participants);
    let missing: Vec<u64> = told.filter(|it| *it <= last && !numbers.contains(it)).collect();
    assert!(missing.is_empty(), "{missing:?} of {last}");
    ask(&["verify"]);
}

fn watch(x: &X) -> Vec<String> {
    x.put(space("1asked", "live", None));
    x.number_answers();
    ["run", "--api-url", &x.url(), "--space", "1asked", "--interval", "1s"]
        .map(ToOwned::to_owned)
        .to_vec()
}

/// Starts a monitor through the shell, after `first`.
pub fn start(folder: &Folder, through: &[&str], first: &str, args: &[String]) -> Running {
    let script = format!("{first} && exec \"$@\"");
    let data = folder.data().to_str().unwrap().to_owned();
    let mut words = through.to_vec();
    words.extend(["-c", &script, "sh", PROGRAM]);
    words.extend(args.iter().map(String::as_str));
    words.extend(["--data", &data]);
    Running::of(folder.command(words[0], &words[1..]))
}

/// No file may be longer than a page: every write beyond fails.
pub struct Limit;

impl Limit {
    fn set(monitor: &Running, bytes: &str) {
        let limit = format!("--fsize={bytes}:unlimited");
        let status = Command::new("prlimit").args(["--pid", &monitor.id(), &limit]).status();
        assert!(status.unwrap().success());
    }
}

impl Room for Limit {
    fn take(&self, monitor: &Running) {
        Self::set(monitor, "4096");
    }

    fn give(&self, monitor: &Running) {
        Self::set(monitor, "unlimited");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_monitor_that_may_not_write_pauses_visibly_fetches_nothing_and_goes_on_by_itself() {
    if Command::new("prlimit").arg("--version").output().is_err() {
        println!("skipped: there is no `prlimit`");
        return;
    }
    let (folder, x) = (Folder::new(), X::new());
    // The signal that comes with the limit is ignored: the write fails, as on a full disk.
    let monitor = start(&folder, &["sh"], "trap '' XFSZ", &watch(&x));
    runs_full(&folder, &x, &monitor, folder.data().to_str().unwrap(), &Limit);
    monitor.stop();
    folder.hold();
}

/// A small file system that somebody fills to its end, and again as soon as there is room: a log
/// that is opened again gives pages back that it has no use for.
struct Filled {
    path: PathBuf,
    filling: Arc<AtomicBool>,
}

impl Filled {
    fn of(path: PathBuf) -> Self {
        let filling = Arc::new(AtomicBool::new(false));
        let filled = Self { path: path.clone(), filling: filling.clone() };
        std::thread::spawn(move || {
            let mut file = None;
            while Arc::strong_count(&filling) > 1 {
                if filling.load(Ordering::Relaxed) {
                    let file = file.get_or_insert_with(|| fs::File::create(&path).unwrap());
                    while file.write_all(&[1; 512]).is_ok() {}
                } else if file.take().is_some() {
                    fs::remove_file(&path).unwrap();
                }
                std::thread::sleep(Duration::from_millis(2));
            }
        });
        filled
    }
}

impl Room for Filled {
    fn take(&self, _monitor: &Running) {
        self.filling.store(true, Ordering::Relaxed);
        until("the file system to fill", || fs::exists(&self.path).unwrap().then_some(()));
    }

    fn give(&self, _monitor: &Running) {
        self.filling.store(false, Ordering::Relaxed);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_monitor_on_a_full_file_system_pauses_visibly_and_goes_on_by_itself() {
    let (folder, x) = (Folder::new(), X::new());
    fs::create_dir(folder.data()).unwrap();
    // In a name space of its own whoever runs the tests may mount, where the system allows it.
    let own = ["unshare", "--user", "--map-root-user", "--mount", "sh"];
    let mount = format!("mount -t tmpfs -o size=12m,mode=700 none '{}'", folder.data().display());
    let tried = folder.command(own[0], &[&own[1..], &["-c", &mount]].concat()).status();
    if !tried.is_ok_and(|status| status.success()) {
        println!("skipped: no file system may be mounted here");
        return;
    }
    let monitor = start(&folder, &own, &mount, &watch(&x));
    let inside = format!("/proc/{}/root{}", monitor.id(), folder.data().display());
    until("the log", || fs::exists(format!("{inside}/log.redb")).unwrap().then_some(()));
    let filled = Filled::of(PathBuf::from(&inside).join("filler"));
    runs_full(&folder, &x, &monitor, &inside, &filled);
    monitor.stop();
}
