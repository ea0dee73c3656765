//! What the benchmark programs share: the world's log, the peers, the figures.

pub mod duck;
pub mod feed;
pub mod figures;
pub mod meanwhile;
pub mod observed;
pub mod sqlite;
pub mod watcher;
pub mod world_log;

use std::error::Error;

/// The program's allocator: what is measured here is what the program does.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What a part of a benchmark gives.
pub type Outcome<T> = Result<T, Box<dyn Error>>;

/// Spaces at a time in the world that is measured with: as many as the demo has.
pub const SPACES: usize = 200;
