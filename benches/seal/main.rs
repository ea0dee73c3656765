//! Sealing: how fast, and what those who append meanwhile notice of it, and of a backup.
//!
//! `cargo bench --bench seal -- [OBSERVATIONS]`; a million unless told. As in a monitor, the sealer
//! packs and compares in a thread of its own, and the appender swaps between two answers; the
//! backup copies in short steps with pauses. Answers come at an even pace, and what is measured
//! begins when one is due: whoever waits for a swap, waits. `SQLite` has nothing like sealing; its
//! appends at the same pace stand beside ours.

#[allow(dead_code, reason = "each program takes a part of what they share")]
#[path = "../common/mod.rs"]
mod common;
mod pace;
#[path = "../append/peers.rs"]
mod peers;
mod sealing;
mod speed;
mod waits;

use common::{Outcome, SPACES, world_log};

/// Observations unless another number is given.
const OBSERVATIONS: u64 = 1_000_000;

fn main() -> Outcome<()> {
    let unsealed = world_log::unsealed(world_log::observations(OBSERVATIONS)?, SPACES)?;
    speed::print(&unsealed)?;
    waits::print(&unsealed)
}
