//! Recorded answers of X, taken into the log as if they had just come.

mod bodies;
mod scrub;

pub use bodies::{Recorded, Refused, answer, endpoint_at, read_lines, read_plain};
pub use scrub::{Scrubbed, Scrubber};
