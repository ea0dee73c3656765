//! `demo`: a simulated X and a monitor on it, in one process, on one sped-up clock.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use super::args::Demo;
use super::ask::put;
use super::output::{piped, say};
use super::page;
use super::report::{Failure, usage};
use super::running::{ended, on_runtime, stop_on};
use crate::alert::Shared;
use crate::clock::Clock;
use crate::config::{
    AlertRule, CapBound, INTERVAL_MIN, Settings, Sink, Watch, When, Wording, data_folder,
};
use crate::event::codec::Simulated;
use crate::log::NewLog;
use crate::monitor::files::Files;
use crate::monitor::{Alerts, Monitor, Orders, Talk, ways};
use crate::poll::{Client, DEADLINE, Http, Transport};
use crate::question::{Question, SpaceSort};
use crate::serve::Request;
use crate::sheet::Value;
use crate::simulate::{Simulation, WorldSettings};
use crate::space::{Moment, Prices};
use crate::store::folder::Folder;

/// What the demo's monitor searches for.
const QUERIES: [&str; 5] = ["climate", "AI regulation", "music", "news", "crypto"];

/// The demo tells of Spaces with more participants than one in so many of the world's Spaces: of the
/// few largest, however many there are,
const CROWD_SHARE: u64 = 2;

/// and with more than so many.
const CROWD_MIN: u64 = 50;

/// What stands before everything that did not come from X.
const MARK: &str = "SIMULATED  ";

/// Runs the demo, and says what to try next.
pub fn demo(it: &Demo, data: Option<PathBuf>, config: Option<PathBuf>) -> Result<u8, Failure> {
    let resolved = page::resolved(&it.listening, config)?;
    let (served, wording) = (page::served(&resolved)?, resolved.wording()?);
    let folder = folder(data)?;
    let real = Clock::real();
    let world = Simulated { seed: it.seed, epoch: Moment::from(real.now()), spaces: it.spaces };
    let new = NewLog { created_at: world.epoch, simulated: Some(world) };
    let files = Files::own(folder.clone(), &new)?;
    let world = same_world(&files, it)?;
    // The world's time goes on where the log ends: it never goes back.
    let from = files.log.head().recorded_at.max(Moment::from(real.now()));
    let clock = Clock::scaled(from.to_utc(), it.speed);
    say(&format!(
        "{MARK}a made-up X with about {} Spaces, {} times faster than real, for {:?}; data in {}",
        it.spaces,
        it.speed,
        it.stop_after,
        folder.path().display()
    ));
    let http = page::open(served)?;
    let out = Shared::new(Box::new(std::io::stdout()));
    let alerts = vec![crowd(it.spaces)];
    let outcome = on_runtime(async {
        let stop = CancellationToken::new();
        let world =
            WorldSettings { seed: world.seed, epoch: world.epoch, spaces: world.spaces as usize };
        let settings = crate::simulate::Settings::new(world);
        let simulation = Simulation::start(settings, clock.clone()).await.map_err(|error| {
            Failure::new(1, "cannot start the simulated X").because(Some(&error))
        })?;
        let client = client(&simulation.url(), &clock)?;
        let stopper = stop_on(stop.clone(), Some(it.stop_after))?;
        let ways = ways(&alerts, &out)?;
        let monitor = Monitor {
            settings: settings_of(&folder, &simulation.url(), (wording, alerts)),
            clients: vec![client],
            files,
            clock,
            talk: Talk::new(false),
            stop,
            out,
            alerts: Alerts::new(ways),
            mark: MARK,
            tell_all: false,
            orders: Orders::default(),
            http,
        };
        let outcome = monitor.run().await;
        stopper.abort();
        simulation.stop().await.map_err(|error| {
            Failure::new(1, "the simulated X did not stop well").because(Some(&error))
        })?;
        Ok(outcome?)
    })?;
    if outcome.output_closed {
        return ended(&outcome, false);
    }
    next(&folder)
}

/// Returns the folder named, or the demo's own, which begins anew each time.
fn folder(data: Option<PathBuf>) -> Result<Folder, Failure> {
    if data.is_some() || std::env::var_os("SPACELOG_DATA").is_some() {
        let path = data_folder(data).map_err(|error| Failure::of(2, &error))?;
        return Ok(Folder::make(&path)?);
    }
    let usual = data_folder(None).map_err(|error| Failure::of(2, &error))?;
    let path = usual.with_file_name("spacelog-demo");
    let folder = Folder::make(&path)?;
    if folder.log().exists() {
        // Opened first: a demo that runs there is left alone, and so is a log of real data.
        let files = Files::open(folder.clone())?;
        if files.log.header().simulated.is_some() {
            files.views.close().map_err(|error| Failure::of(6, &error))?;
            drop(files);
            remove(&folder.log())?;
            std::fs::remove_dir_all(path.join("views")).map_err(|error| {
                Failure::new(6, "cannot remove old views").because(Some(&error))
            })?;
        }
    }
    Ok(folder)
}

fn remove(path: &Path) -> Result<(), Failure> {
    std::fs::remove_file(path).map_err(|error| {
        Failure::new(6, format!("cannot remove `{}`", path.display())).because(Some(&error))
    })
}

/// Returns the world that the log was made in; another one is refused.
fn same_world(files: &Files, it: &Demo) -> Result<Simulated, Failure> {
    let world = files.log.header().simulated.unwrap_or(Simulated {
        seed: it.seed,
        epoch: Moment(0),
        spaces: it.spaces,
    });
    if (world.seed, world.spaces) == (it.seed, it.spaces) {
        return Ok(world);
    }
    Err(usage(format!(
        "the folder holds the simulated world of seed {} with {} Spaces",
        world.seed, world.spaces
    ))
    .hint("give the same --seed and --spaces, or another folder with `--data`"))
}

fn client(url: &str, clock: &Clock) -> Result<Client, Failure> {
    let token = SecretString::from("simulated".to_owned());
    Client::new(Transport::Http(Http::new(url, DEADLINE)?), token, "simulated", clock.clone())
        .map_err(|error| Failure::of(1, &error))
}

/// Returns the rule that shows what alerts are: it tells of the few Spaces that are large.
fn crowd(spaces: u32) -> AlertRule {
    let over = (u64::from(spaces) / CROWD_SHARE).max(CROWD_MIN);
    AlertRule {
        name: "crowd".to_owned(),
        when: When::Participants { over, readings: 2 },
        keyword: None,
        host: None,
        speaker: None,
        repeat: None,
        to: Sink::Stdout,
    }
}

fn settings_of(
    folder: &Folder,
    url: &str,
    (wording, alerts): (Wording, Vec<AlertRule>),
) -> Settings {
    Settings {
        watch: Watch { queries: QUERIES.map(ToOwned::to_owned).to_vec(), ..Watch::default() },
        data: folder.path().to_owned(),
        api_url: url.to_owned(),
        interval: INTERVAL_MIN,
        max_results: 100,
        once: false,
        stop_after: None,
        keep_bodies: false,
        // Nothing is paid for a made-up Space.
        spend_cap_micro_usd: u64::MAX,
        cap_bound: CapBound::default(),
        languages: Vec::new(),
        wording,
        prices: Prices::default(),
        alerts,
    }
}

/// Says how much was seen, and prints three commands to try on it.
fn next(folder: &Folder) -> Result<u8, Failure> {
    let question = Question::Spaces {
        state: None,
        host: None,
        keyword: None,
        min_participants: None,
        sort: SpaceSort::Peak,
        limit: 0,
    };
    let sheet = put(folder, &Request::ask(question))?;
    let states = |state: &str| {
        let at = sheet.index("state");
        let is = |row: &&Vec<Value>| {
            at.and_then(|at| row.get(at)) == Some(&Value::Text(state.to_owned()))
        };
        sheet.rows.iter().filter(is).count()
    };
    let busiest = sheet.rows.first().and_then(|row| match row.first() {
        Some(Value::Text(id)) => Some(id.clone()),
        _ => None,
    });
    let program = std::env::args().next().unwrap_or_else(|| "spacelog".to_owned());
    let data = folder.path().display();
    let mut out = std::io::stdout().lock();
    let written = (|| {
        writeln!(
            out,
            "\n{MARK}{} Spaces seen: {} live, {} scheduled, {} ended. Now try:\n",
            sheet.rows.len(),
            states("live"),
            states("scheduled"),
            states("ended")
        )?;
        writeln!(out, "  {program} spaces --sort peak --limit 10 --data {data}")?;
        writeln!(out, "  {program} curve {} --data {data}", busiest.as_deref().unwrap_or("ID"))?;
        writeln!(out, "  {program} hosts --by average --data {data}")
    })();
    piped(written)
}
