//! Arguments of `curve`.

use std::time::Duration;

use clap::{Args as ClapArgs, ValueEnum};

use super::{Output, Past, parse};
use crate::chart::Zone;
use crate::space::SpaceId;

/// `curve`
#[derive(Debug, ClapArgs)]
pub struct Curve {
    /// Ids of Spaces, or links to them
    #[arg(required = true, value_name = "ID", value_parser = parse::space)]
    pub ids: Vec<SpaceId>,
    /// One point every so often instead of one an observation
    #[arg(long, value_name = "DURATION", value_parser = parse::duration)]
    pub step: Option<Duration>,
    /// Each with all Spaces that are parts of the same event, as one curve
    #[arg(long)]
    pub joined: bool,
    /// Draw a picture as SVG, to standard output or the file of -o
    #[arg(long, group = "shape", help_heading = "Drawing")]
    pub svg: bool,
    /// Draw a picture as PNG, for print too
    #[arg(long, group = "shape", help_heading = "Drawing")]
    pub png: bool,
    /// The zone of drawn times: utc, local, or an IANA name such as Europe/Berlin
    #[arg(
        long, value_name = "ZONE", default_value = "utc", help_heading = "Drawing",
        value_parser = |it: &str| it.parse::<Zone>()
    )]
    pub tz: Zone,
    /// How several curves stand to one another
    #[arg(long, value_enum, default_value_t = AlignWord::Clock, help_heading = "Drawing")]
    pub align: AlignWord,
    /// The colours of a picture
    #[arg(long, value_enum, default_value_t = ThemeWord::Light, help_heading = "Drawing")]
    pub theme: ThemeWord,
    #[command(flatten)]
    pub past: Past,
    #[command(flatten)]
    pub output: Output,
}

/// How curves stand to one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AlignWord {
    /// Each at its own time
    Clock,
    /// All at their starts
    Start,
}

/// Colours of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ThemeWord {
    /// Dark on white
    Light,
    /// Light on dark
    Dark,
}
