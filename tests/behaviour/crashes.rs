//! `kill -9` at any moment: at most the poll in flight is lost, and nobody has to repair anything.

use std::collections::BTreeSet;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::amounts;
use super::keys;
use super::program::{Folder, until};
use super::x::{LOOK_UP, SEARCH, X, space};

/// Folders in which monitors live and die side by side.
const FOLDERS: u64 = 5;

/// A monitor that is started again polls within this.
const POLLS_WITHIN: Duration = Duration::from_secs(2);

/// Of so many starts the quickest counts: others may want the machine at the same time.
const STARTS: u32 = 3;

/// The longest life of a monitor here.
const LIFE_MS: u64 = 1_600;

/// A moment that nobody chose.
fn moment(dice: &mut u64) -> Duration {
    *dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    Duration::from_millis((*dice >> 33) % LIFE_MS)
}

/// The numbers of all answers that the log holds.
fn stored(folder: &Folder) -> BTreeSet<u64> {
    let kind = ["events", "--kind", "SpaceObserved", "--json"];
    let events: Vec<serde_json::Value> = serde_json::from_str(&folder.well(&kind)).unwrap();
    let counts = events.iter().map(|event| event["data"]["participants"].as_u64().unwrap());
    counts.collect()
}

fn contiguous(folder: &Folder) {
    let seqs: Vec<u64> =
        folder.rows(&["events"]).iter().map(|event| event["seq"].as_u64().unwrap()).collect();
    let expected: Vec<u64> = (1..=seqs.len() as u64).collect();
    assert_eq!(seqs, expected);
}

/// Kills a monitor so many times, each time at a moment that nobody chose.
fn live_and_die(kills: u64, mut dice: u64) -> (Folder, X, BTreeSet<u64>) {
    let (folder, x) = (Folder::new(), X::new());
    for id in ["1found", "1asked"] {
        x.put(space(id, "live", None));
    }
    x.find("1found");
    x.number_answers();
    let url = x.url();
    let watch = watch(&url);
    let mut seen_before = 0;
    let mut lost = BTreeSet::new();
    for kill in 0..kills {
        let monitor = folder.start(&watch);
        let life = moment(&mut dice);
        std::thread::sleep(life);
        monitor.kill();
        if !folder.data().join("log.redb").exists() {
            continue;
        }
        folder.well(&["verify"]);
        let stored = stored(&folder);
        // What X answered in this life, by endpoint, and is not there.
        for (path, id) in [(SEARCH, "1found"), (LOOK_UP, "1asked")] {
            let told: Vec<u64> = x
                .told(id)
                .into_iter()
                .filter(|told| told.path == path)
                .filter_map(|told| told.participants)
                .filter(|number| *number > seen_before)
                .collect();
            let missing: Vec<u64> =
                told.iter().copied().filter(|number| !stored.contains(number)).collect();
            assert!(
                missing.is_empty() || missing == told[told.len() - 1..],
                "kill {kill} after {life:?}: {missing:?} of {told:?} at {path}"
            );
            lost.extend(missing);
        }
        seen_before = [x.told("1found"), x.told("1asked")]
            .concat()
            .into_iter()
            .filter_map(|told| told.participants)
            .max()
            .unwrap_or(0);
        contiguous(&folder);
    }
    // On a busy machine many a life is over before it came to ask.
    assert!(x.told("1asked").len() as u64 > kills / 4, "hardly any life came to ask");
    (folder, x, lost)
}

fn watch(url: &str) -> [&str; 9] {
    ["run", "--api-url", url, "--query", "coast", "--interval", "1s", "--space", "1asked"]
}

#[test]
fn kill_nine_at_random_moments_loses_at_most_the_poll_in_flight_and_polling_goes_on_at_once() {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let dice = u64::from(since.subsec_nanos()) << 32 | u64::from(std::process::id());
    let kills = amounts::KILLS.times().div_ceil(FOLDERS);
    let begun: Vec<_> = (0..FOLDERS)
        .map(|number| std::thread::spawn(move || live_and_die(kills, dice ^ number << 20)))
        .collect();
    // Every one of them ends before the first is judged: none is left killing.
    let ended: Vec<_> = begun.into_iter().map(std::thread::JoinHandle::join).collect();
    for ended in ended {
        let (folder, x, lost) = ended.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        goes_on(&folder, &x, &lost);
    }
}

/// Holds that a folder in which monitors were killed goes on by itself, and lost nothing else.
fn goes_on(folder: &Folder, x: &X, lost: &BTreeSet<u64>) {
    std::thread::sleep(Duration::from_millis(1_100));
    let url = x.url();
    let mut quickest = Duration::MAX;
    for start in 1..=STARTS {
        let before = x.told("1asked").len();
        let started = Instant::now();
        let monitor = folder.start(&watch(&url));
        until("polling to go on by itself", || (x.told("1asked").len() > before).then_some(()));
        quickest = quickest.min(started.elapsed());
        until("another poll", || (x.told("1asked").len() > before + 1).then_some(()));
        if quickest < POLLS_WITHIN || start == STARTS {
            monitor.stop();
            break;
        }
        monitor.kill();
    }
    assert!(quickest < POLLS_WITHIN, "it polls again after {quickest:?}");
    let stored = stored(folder);
    let told: BTreeSet<u64> = [x.told("1found"), x.told("1asked")]
        .concat()
        .into_iter()
        .filter_map(|told| told.participants)
        .collect();
    let missing: BTreeSet<u64> = told.difference(&stored).copied().collect();
    let in_flight = 2 * STARTS as usize;
    assert!(missing.difference(lost).count() <= in_flight, "{missing:?}, lost before {lost:?}");
    let gaps = folder.rows(&["gaps"]);
    keys::hold(&gaps, keys::GAP);
    assert!(gaps.iter().any(|gap| gap["cause"] == "not_running"), "{gaps:?}");
    contiguous(folder);
    folder.hold();
}

#[test]
fn a_restart_says_in_gaps_when_nobody_looked() {
    let (folder, x) = (Folder::new(), X::new());
    x.put(space("1asked", "live", Some(3)));
    let watch = ["run", "--api-url", &x.url(), "--space", "1asked", "--once"];
    folder.well(&watch);
    assert_eq!(folder.rows(&["gaps"]).len(), 0);
    std::thread::sleep(Duration::from_millis(1_200));
    folder.well(&watch);
    let gaps = folder.rows(&["gaps"]);
    let gap = gaps.iter().find(|gap| gap["cause"] == "not_running").expect("a gap");
    assert!(gap["seconds"].as_f64().unwrap() >= 1.0, "{gap}");
    assert!(gap["space_id"].is_null(), "it is a gap of all Spaces");
}
