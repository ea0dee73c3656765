//! A participant curve as characters (a sparkline in a line, a plot in several) and as a picture
//! (SVG, PNG).
//!
//! A curve is a list of observations in time order, each with its time in milliseconds since the
//! epoch and the count X gave, or `None` where it gave none. A count is held until the next
//! observation, but no longer than the caller's limit: past that we did not look, and what is not
//! known is drawn as a gap, never as zero.

mod axis;
mod bucket;
mod font;
mod layout;
mod lines;
mod marks;
mod outline;
mod picture;
mod plot;
mod png;
mod sparkline;
mod svg;
#[cfg(test)]
mod tests;
mod zone;

pub use axis::ends;
pub use outline::{Outline, outline};
pub use picture::{Align, CURVES_MAX, Curve, Picture, Theme, Words};
pub use plot::{Frame, plot, plot_in};
pub use png::{Png, PngError, png};
pub use sparkline::sparkline;
pub use svg::svg;
pub use zone::{Zone, ZoneError};

/// An observation of a curve: when, in milliseconds since the epoch, and the participants.
pub type Point = (i64, Option<u64>);
