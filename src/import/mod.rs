//! Recorded answers of X, taken into the log as if they had just come.

mod bodies;

pub use bodies::{Recorded, Refused, answer, endpoint_at, read_lines, read_plain};
