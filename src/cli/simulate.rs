//! `simulate`: the simulated X alone, to point `run --api-url` at.

use std::io::Write as _;

use tokio_util::sync::CancellationToken;

use super::args::Simulate;
use super::output::{piped, say};
use super::report::{Failure, usage};
use super::running::{on_runtime, stop_on};
use crate::clock::Clock;
use crate::simulate::{FaultRates, Settings, Simulation, WorldSettings};
use crate::space::Moment;

/// Milliseconds in a UTC day.
const DAY_MS: i64 = 86_400_000;

/// Serves a simulated X until it is told to stop.
pub fn simulate(it: &Simulate) -> Result<u8, Failure> {
    if !it.listen.ip().is_loopback() {
        return Err(usage("the simulated X listens on this machine only")
            .hint("give a loopback address, such as 127.0.0.1:0"));
    }
    let clock = Clock::real();
    let world = WorldSettings {
        seed: it.seed,
        epoch: Moment::from(clock.now()),
        spaces: it.spaces as usize,
    };
    let mut settings = Settings::new(world);
    settings.listen = it.listen;
    settings.limit = it.limit;
    settings.window = it.window;
    settings.description = it
        .description
        .parse()
        .map_err(|error: crate::simulate::SimulateError| Failure::of(2, &error))?;
    if let Some(faults) = &it.faults {
        settings.faults = faults.parse::<FaultRates>().map_err(|error| Failure::of(2, &error))?;
    }
    on_runtime(async {
        let simulation = Simulation::start(settings, clock).await.map_err(|error| {
            Failure::new(1, format!("cannot listen at {}", it.listen)).because(Some(&error))
        })?;
        let url = simulation.url();
        let mut out = std::io::stdout();
        piped(writeln!(out, "{url}").and_then(|()| out.flush()))?;
        say(&format!(
            "SIMULATED X; any bearer token will do (one that begins with `{}` is a \
             user's). Try: SPACELOG_BEARER_TOKEN=any spacelog run \
             --api-url {url} --query climate --data DIR",
            Settings::USER_TOKEN
        ));
        let stop = CancellationToken::new();
        let stopped = stop_on(stop.clone(), it.stop_after)?;
        stop.cancelled().await;
        bill(&simulation);
        let code = stopped.await.map_err(|error| Failure::of(1, &error))?;
        simulation.stop().await.map_err(|error| {
            Failure::new(1, "the simulated X did not stop well").because(Some(&error))
        })?;
        Ok(code.unwrap_or(0))
    })
}

/// Says what X would bill for each day: distinct Spaces, and distinct users returned.
fn bill(simulation: &Simulation) {
    for (day, bill) in simulation.x().billed() {
        let day = Moment(0).plus(day.saturating_mul(DAY_MS)).to_utc().format("%Y-%m-%d");
        say(&format!("SIMULATED bill of {day}: {} Spaces, {} users", bill.spaces, bill.users));
    }
}
