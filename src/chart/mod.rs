//! A participant curve as characters: a sparkline in a line, a plot in several.
//!
//! A curve is a list of observations in time order, each with its time in milliseconds since the
//! epoch and the count X gave, or `None` where it gave none. A count is held until the next
//! observation, but no longer than the caller's limit: past that we did not look, and what is not
//! known is drawn as a gap, never as zero.

mod bucket;
mod outline;
mod plot;
mod sparkline;

pub use outline::{Outline, outline};
pub use plot::plot;
pub use sparkline::sparkline;

/// An observation of a curve: when, in milliseconds since the epoch, and the participants.
pub type Point = (i64, Option<u64>);
