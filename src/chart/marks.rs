//! What a chart consists of once everything has its place: lines, areas, dots and words. SVG and
//! PNG draw the same marks.

use super::Theme;

/// A place on the chart: right and down from the upper left corner.
pub(super) type Spot = (f64, f64);

/// One thing to draw.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Mark {
    /// A filled rectangle: its upper left corner, and its width and height.
    Band { at: Spot, size: Spot, tone: Tone },
    /// A line through spots, in parts.
    Line { parts: Vec<Vec<Spot>>, tone: Tone, width: f64, dash: &'static [f32] },
    /// The area under lines: the same parts, down to this height.
    Area { parts: Vec<Vec<Spot>>, floor: f64, tone: Tone },
    /// A dot; a hollow one is a ring.
    Dot { at: Spot, radius: f64, tone: Tone, hollow: bool },
    /// Words.
    Words { at: Spot, text: String, size: f64, anchor: Anchor, tone: Tone },
}

/// Which end of words stands at their spot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// What a mark is, which decides its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    Paper,
    Ink,
    Muted,
    Grid,
    Gap,
    Doubt,
    /// The curve at this place.
    Curve(usize),
}

/// A colour: red, green, blue.
pub(super) type Colour = [u8; 3];

/// How opaque an area is, of one.
pub(super) const AREA_OPACITY: f32 = 0.14;

/// Colours of curves, told apart by people who see few colours too, and by how dark they print.
const LIGHT: [Colour; 4] =
    [[0x0b, 0x5c, 0xa6], [0xc0, 0x49, 0x0a], [0x0d, 0x75, 0x6a], [0x86, 0x2e, 0x9c]];
const DARK: [Colour; 4] =
    [[0x5a, 0xb0, 0xf2], [0xf5, 0x9e, 0x6a], [0x4f, 0xd1, 0xb5], [0xcf, 0x8b, 0xea]];

impl Tone {
    /// Returns its class, by which a page may colour it anew.
    pub fn class(self) -> &'static str {
        match self {
            Self::Paper => "paper",
            Self::Ink => "ink",
            Self::Muted => "muted",
            Self::Grid => "grid",
            Self::Gap => "gap",
            Self::Doubt => "doubt",
            Self::Curve(place) => ["curve-1", "curve-2", "curve-3", "curve-4"][place % LIGHT.len()],
        }
    }

    /// Returns its colour.
    pub fn colour(self, theme: Theme) -> Colour {
        let (light, dark) = match self {
            Self::Paper => ([0xff; 3], [0x10, 0x15, 0x1c]),
            Self::Ink => ([0x17, 0x1c, 0x24], [0xea, 0xef, 0xf5]),
            Self::Muted => ([0x55, 0x60, 0x6e], [0xa3, 0xb0, 0xbf]),
            Self::Grid => ([0xdd, 0xe2, 0xe8], [0x2a, 0x34, 0x40]),
            Self::Gap => ([0xf0, 0xf2, 0xf5], [0x1a, 0x21, 0x2b]),
            Self::Doubt => ([0xb4, 0x23, 0x18], [0xff, 0x8a, 0x80]),
            Self::Curve(place) => (LIGHT[place % LIGHT.len()], DARK[place % DARK.len()]),
        };
        match theme {
            Theme::Light => light,
            Theme::Dark => dark,
        }
    }
}

/// Returns how the line of the curve at a place is broken, so that curves differ without colour.
pub(super) fn dash(place: usize) -> &'static [f32] {
    const DASHES: [&[f32]; 4] = [&[], &[7.0, 3.0], &[2.0, 3.0], &[9.0, 3.0, 2.0, 3.0]];
    // Beyond the colours, a colour comes back with another dash.
    DASHES[(place + place / LIGHT.len()) % DASHES.len()]
}
