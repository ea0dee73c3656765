//! What a drawn chart shows, before anything is placed: curves, words, and wishes.

use super::{Point, Zone};

/// The most curves on one axis: with more, nobody could tell them apart.
pub const CURVES_MAX: usize = 8;

/// A chart to be drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Picture {
    /// What stands above it.
    pub title: Words,
    /// What stands below it: where the figures come from, and how complete they are.
    pub source: Vec<String>,
    /// The curves, at most [`CURVES_MAX`]; what is beyond them is not drawn.
    pub curves: Vec<Curve>,
    /// In which zone times are shown.
    pub zone: Zone,
    /// How curves stand to one another.
    pub align: Align,
    /// Its colours.
    pub theme: Theme,
    /// Whether the data is a simulation's, which is said in plain sight.
    pub simulated: bool,
}

/// Somebody's words, and what to write where they cannot be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// The words, which may be anybody's.
    pub text: String,
    /// Plain ones instead: the PNG's font has not every script.
    pub plain: String,
}

/// One Space's curve.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Curve {
    /// What it is called.
    pub name: Words,
    /// Counts, each held to the next point; a point without a count ends what was held.
    pub points: Vec<Point>,
    /// The peak: when, and how many.
    pub peak: Option<(i64, u64)>,
    /// Counts that are doubted: when, and how many.
    pub doubted: Vec<(i64, u64)>,
    /// Where it begins when curves are aligned at their starts.
    pub start: i64,
}

/// How several curves stand to one another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Align {
    /// Each at its own time.
    #[default]
    Clock,
    /// All at their starts.
    Start,
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// Dark on white, for print.
    #[default]
    Light,
    /// Light on dark.
    Dark,
}
