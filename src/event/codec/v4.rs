//! Version 4 of what is stored: how our clock stands beside X's. Frozen too.

use bincode::{Decode, Encode};

/// Our wall clock was found to be ahead of X's.
#[derive(Encode, Decode)]
pub(super) struct ClockSkewed {
    pub by_ms: i64,
}
