//! Version 2 of what is stored: the events that say more than version 1 could hold. Frozen too.

use bincode::{Decode, Encode};

/// A monitor began, and says whom it asks. Without an origin it is written in version 1, so that
/// there is one way to write each.
#[derive(Encode, Decode)]
pub(super) struct MonitorStarted {
    pub monitor: u64,
    pub version: String,
    pub origin: String,
}
