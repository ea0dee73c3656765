//! Appending with four views attached, on a memory disk: what they cost, and how far they lag.
//!
//! `cargo bench --bench lag -- [OBSERVATIONS]`; 300 thousand unless told. Batches are decided
//! beforehand. Each view (Spaces, curves, hosts, keywords) has its projector's thread, as in a
//! monitor; a run is over when all four show the last batch. `SQLite`, in memory too, keeps the
//! like of them by triggers in the same transaction. The limit encodes and hashes each batch.

#[allow(dead_code, reason = "each program takes a part of what they share")]
#[path = "../common/mod.rs"]
mod common;
mod lags;
mod peer;
mod polls;
mod views;

use common::figures::{ROUNDS, Turn, alone, head, interleaved, part, real, row};
use common::{Outcome, SPACES, world_log};
use peer::Sqlite;
use polls::Polls;

/// Observations unless another number is given.
const OBSERVATIONS: u64 = 300_000;

/// Polls a second, hundreds of times as many as a monitor asks.
const CALM: f64 = 100.0;

/// The share of the log alone at which appending goes on with views attached, at least.
const SHARE: f64 = 0.4;

fn main() -> Outcome<()> {
    let polls = Polls::decided(world_log::observations(OBSERVATIONS)?, SPACES)?;
    head(&format!(
        "{} observations in {} polls and {} events, on a memory disk",
        polls.observations,
        polls.batches.len(),
        polls.events
    ));
    let mut turns: [Turn; 5] = [
        Box::new(|| views::alone(&polls)),
        Box::new(|| views::attached(&polls)),
        Box::new(|| Sqlite::create(false)?.fill(&polls)),
        Box::new(|| Sqlite::create(true)?.fill(&polls)),
        Box::new(|| views::encode(&polls)),
    ];
    let took = interleaved(ROUNDS, &mut turns)?;
    drop(turns);
    let rate = |seconds: f64| real(polls.batches.len() as u64) / seconds;
    row("polls/s, log alone", rate(took[0]), "SQLite", rate(took[2]));
    row("polls/s, log alone", rate(took[0]), "encoding and hashing", rate(took[4]));
    row("polls/s, four views attached", rate(took[1]), "SQLite with triggers", rate(took[3]));
    let (own, peer) = (took[0] / took[1], took[2] / took[3]);
    row("share of the log alone (at least 0.4, aim 0.6)", own, "SQLite with triggers", peer);
    for (pace, what) in [
        (CALM, "100 polls/s".to_owned()),
        (
            SHARE * rate(took[0]),
            format!("0.4 of the log alone, {:.0} polls/s", SHARE * rate(took[0])),
        ),
    ] {
        let lags = lags::at(&polls, pace)?;
        alone(
            &format!("ms from commit to visible in all four, p50, at {what}"),
            part(&lags, 50) * 1e3,
        );
        alone(&format!("the same, p99 (at most 5, aim 2), at {what}"), part(&lags, 99) * 1e3);
    }
    Ok(())
}
