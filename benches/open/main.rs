//! Opening after a crash, and the memory that a monitor takes.
//!
//! `cargo bench --bench open -- [OBSERVATIONS]`; ten million unless told. The crash: log and views
//! are copied while they are open, the views some polls behind the log, and the copy is opened. The
//! operating system has the copy in its cache, as it would after a program died. Memory is the most
//! that a process of its own ever had resident (`VmHWM`, so only on Linux).

#[allow(dead_code, reason = "each program takes a part of what they share")]
#[path = "../common/mod.rs"]
mod common;
mod crash;
mod memory;

use common::{Outcome, SPACES, world_log};

/// Observations unless another number is given.
const OBSERVATIONS: u64 = 10_000_000;

fn main() -> Outcome<()> {
    if let Some(folder) = std::env::var_os(memory::CHILD) {
        return memory::child(folder.as_ref());
    }
    let sealed = world_log::sealed(world_log::observations(OBSERVATIONS)?, SPACES)?;
    crash::print(&sealed)?;
    memory::print(&sealed)
}
