//! `run`: a monitor on X.

use std::path::PathBuf;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::access::clients;
use super::args::Run;
use super::output::say;
use super::page;
use super::report::{Failure, usage};
use super::rereading::{Flags, Rereading};
use crate::alert::Shared;
use crate::clock::Clock;
use crate::config::{CapBound, Key, Layer, Resolved, Settings};
use crate::monitor::files::Files;
use crate::monitor::{Alerts, Monitor, Orders, Outcome, Talk, real_log, ways};
use crate::poll::{DEADLINE, Http};
use crate::space::{dollars, several};
use crate::store::folder::Folder;

/// Watches X until it is told to stop.
pub fn run(it: &Run, data: Option<PathBuf>, config: Option<PathBuf>) -> Result<u8, Failure> {
    let flags = Flags { layer: layer(it, data)?, config };
    let (resolved, settings) = flags.resolve(it.once, it.stop_after)?;
    if settings.watch.is_empty() {
        return Err(usage("there is nothing to watch").hint(
            "name at least one --query TEXT, --creator @NAME or --space ID, or list them in the \
             configuration file",
        ));
    }
    if it.plan_only {
        // An address that cannot be asked is said also where nothing is asked.
        drop(Http::new(&settings.api_url, DEADLINE)?);
        return super::dry_run::dry_run(&settings);
    }
    let served = page::served(&resolved)?;
    let clock = Clock::real();
    let clients = clients(&it.access.over(&resolved), &clock)?;
    let files = Files::own(Folder::make(&settings.data)?, &real_log(&clock))?;
    let out = Shared::new(Box::new(std::io::stdout()));
    let alerts = Alerts::new(ways(&settings.alerts, &out)?);
    introduce(&settings);
    let http = page::open(served)?;
    let monitor = Monitor {
        settings,
        clients,
        files,
        clock,
        talk: Talk::new(false),
        stop: CancellationToken::new(),
        out,
        alerts,
        mark: "",
        tell_all: true,
        orders: Orders::default(),
        http,
    };
    let once = it.once;
    let outcome = on_runtime(async move {
        let stopper = stop_on(monitor.stop.clone(), monitor.settings.stop_after)?;
        let rereading = Rereading {
            flags,
            watched: monitor.settings.watch.clone(),
            rules: monitor.settings.alerts.clone(),
            orders: monitor.orders.sender(),
            alerts: monitor.alerts.sender(),
            out: monitor.out.clone(),
        };
        let rereader = rereading.on_hangup()?;
        let outcome = monitor.run().await;
        stopper.abort();
        rereader.abort();
        Ok(outcome?)
    })?;
    ended(&outcome, once)
}

/// Returns the exit code of a monitor that ended in good order.
pub fn ended(outcome: &Outcome, once: bool) -> Result<u8, Failure> {
    if outcome.output_closed {
        say("standard output was closed: stopped; everything seen is stored");
    }
    match &outcome.failure {
        Some(failure) if once => Err(failure.into()),
        None if once && outcome.over_budget => {
            Err(Failure::new(4, "the money for this UTC day is spent: not everything was asked")
                .hint("raise --spend-cap, or wait for midnight UTC"))
        }
        _ => Ok(0),
    }
}

fn layer(it: &Run, data: Option<PathBuf>) -> Result<Layer, Failure> {
    it.layer(data).map_err(|error| Failure::of(2, &error))
}

/// Returns the folder of data that a flag names, or the file where neither a flag nor the
/// environment does.
pub fn data(flag: Option<PathBuf>, config: Option<PathBuf>) -> Result<Option<PathBuf>, Failure> {
    if flag.is_some() {
        return Ok(flag);
    }
    let resolved = Resolved::new(Layer::default(), config)?;
    let named = resolved.get(Key::Data).and_then(|(values, _)| values.first());
    Ok(named.map(PathBuf::from))
}

fn introduce(it: &Settings) {
    say(&format!(
        "watching {}, {} and {}; data in {}; at most {} a UTC day (--spend-cap), {}",
        several(it.watch.queries.len(), "query", "queries"),
        several(it.watch.creators.len(), "creator", "creators"),
        several(it.watch.spaces.len(), "Space", "Spaces"),
        it.data.display(),
        dollars(it.spend_cap_micro_usd),
        match it.cap_bound {
            CapBound::High => "the people of a Space counted, whether X bills them or not",
            CapBound::Low => "the people of a Space not counted, though X may bill them",
        }
    ));
}

/// Runs asynchronous work to its end.
pub fn on_runtime<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::new(1, "cannot start").because(Some(&error)))?;
    let outcome = runtime.block_on(work);
    // Questions still being worked on have nobody left to answer to.
    runtime.shutdown_timeout(Duration::from_secs(1));
    outcome
}

/// Cancels `stop` at Ctrl-C, at SIGTERM, or after `span` of real time.
pub fn stop_on(
    stop: CancellationToken,
    span: Option<Duration>,
) -> Result<tokio::task::JoinHandle<Option<u8>>, Failure> {
    let failed =
        |error: std::io::Error| Failure::new(1, "cannot listen to signals").because(Some(&error));
    let mut interrupted = signal(SignalKind::interrupt()).map_err(failed)?;
    let mut terminated = signal(SignalKind::terminate()).map_err(failed)?;
    Ok(tokio::spawn(async move {
        let after = async {
            match span {
                Some(span) => crate::clock::sleep_real(span).await,
                None => std::future::pending().await,
            }
        };
        let code = tokio::select! {
            _ = interrupted.recv() => Some(130),
            _ = terminated.recv() => Some(143),
            () = after => None,
        };
        stop.cancel();
        let asked_again = tokio::spawn(async move {
            // Whoever asks a second time does not want to wait: all acknowledged is stored.
            tokio::select! {
                _ = interrupted.recv() => std::process::exit(130),
                _ = terminated.recv() => std::process::exit(143),
            }
        });
        drop(asked_again);
        code
    }))
}
