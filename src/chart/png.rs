//! A picture as PNG, several dots to a unit: sharp on paper. Words are drawn as shapes of the font
//! that is carried along, so that it looks the same wherever it is made.

use thiserror::Error;
use tiny_skia::{
    Color, FillRule, LineJoin, Paint, Path, PathBuilder, Pixmap, Rect, Stroke, StrokeDash,
    Transform,
};
use ttf_parser::OutlineBuilder;

use super::font::Font;
use super::layout::{SIZE, layout};
use super::marks::{AREA_OPACITY, Anchor, Mark, Spot, Tone};
use super::picture::{Picture, Theme, Words};

/// Dots to a unit: 2,880 across, which is 300 to an inch of a page's width.
const SCALE: f32 = 3.0;

/// Why there is no PNG.
#[derive(Debug, Error)]
pub enum PngError {
    /// There is no room for its dots.
    #[error("the picture is too large")]
    TooLarge,
    /// It cannot be compressed.
    #[error("the picture cannot be written as PNG")]
    Encoding(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A picture as PNG.
#[derive(Debug)]
pub struct Png {
    /// The file.
    pub bytes: Vec<u8>,
    /// Whether there were words in a script that its font does not have: plain ones stand there.
    pub is_plain: bool,
}

/// Draws a picture.
///
/// # Errors
/// When there is no room for it in memory, or it cannot be compressed.
pub fn png(picture: &Picture) -> Result<Png, PngError> {
    let font = Font::new();
    let mut picture = picture.clone();
    let mut is_plain = false;
    let names = picture.curves.iter_mut().map(|curve| &mut curve.name);
    for words in names.chain([&mut picture.title]) {
        is_plain |= make_plain(words, &font);
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "constants")]
    let (width, height) = ((SIZE.0 as f32 * SCALE) as u32, (SIZE.1 as f32 * SCALE) as u32);
    let mut pixmap = Pixmap::new(width, height).ok_or(PngError::TooLarge)?;
    pixmap.fill(colour(Tone::Paper, picture.theme, 1.0));
    let mut canvas = Canvas { pixmap, theme: picture.theme };
    for mark in layout(&picture, &font) {
        canvas.draw(&mark, &font);
    }
    let bytes = canvas.pixmap.encode_png().map_err(|error| PngError::Encoding(Box::new(error)))?;
    Ok(Png { bytes, is_plain })
}

/// Puts plain words in the place of those that the font cannot write; says whether it did.
fn make_plain(words: &mut Words, font: &Font) -> bool {
    let shown = crate::space::Untrusted(&words.text).term();
    let fails = !font.can_write(&shown);
    if fails {
        words.text.clone_from(&words.plain);
    }
    fails
}

fn colour(tone: Tone, theme: Theme, opacity: f32) -> Color {
    let [red, green, blue] = tone.colour(theme);
    let mut colour = Color::from_rgba8(red, green, blue, u8::MAX);
    colour.set_alpha(opacity);
    colour
}

struct Canvas {
    pixmap: Pixmap,
    theme: Theme,
}

impl Canvas {
    fn paint(&self, tone: Tone, opacity: f32) -> Paint<'static> {
        let mut paint = Paint::default();
        paint.set_color(colour(tone, self.theme, opacity));
        paint.anti_alias = true;
        paint
    }

    fn fill(&mut self, path: Option<Path>, tone: Tone, opacity: f32, place: Transform) {
        // A path without an extent shows nothing.
        let Some(path) = path else { return };
        let (paint, place) = (self.paint(tone, opacity), place.post_scale(SCALE, SCALE));
        self.pixmap.fill_path(&path, &paint, FillRule::Winding, place, None);
    }

    fn stroke(&mut self, path: Option<Path>, tone: Tone, width: f64, dash: &[f32]) {
        let Some(path) = path else { return };
        let stroke = Stroke {
            width: narrow(width),
            line_join: LineJoin::Round,
            dash: StrokeDash::new(dash.to_vec(), 0.0),
            ..Stroke::default()
        };
        let (paint, place) = (self.paint(tone, 1.0), Transform::from_scale(SCALE, SCALE));
        self.pixmap.stroke_path(&path, &paint, &stroke, place, None);
    }

    fn draw(&mut self, mark: &Mark, font: &Font) {
        match mark {
            Mark::Band { at, size, tone } => {
                let rect =
                    Rect::from_xywh(narrow(at.0), narrow(at.1), narrow(size.0), narrow(size.1));
                self.fill(rect.map(PathBuilder::from_rect), *tone, 1.0, Transform::identity());
            }
            Mark::Line { parts, tone, width, dash } => {
                self.stroke(course(parts, None), *tone, *width, dash);
            }
            Mark::Area { parts, floor, tone } => {
                let path = course(parts, Some(*floor));
                self.fill(path, *tone, AREA_OPACITY, Transform::identity());
            }
            Mark::Dot { at, radius, tone, hollow } => {
                let path = PathBuilder::from_circle(narrow(at.0), narrow(at.1), narrow(*radius));
                if *hollow {
                    self.stroke(path, *tone, 1.8, &[]);
                } else {
                    self.fill(path, *tone, 1.0, Transform::identity());
                }
            }
            Mark::Words { at, text, size, anchor, tone } => {
                self.write(text, *at, *size, *anchor, *tone, font);
            }
        }
    }

    fn write(&mut self, text: &str, at: Spot, size: f64, anchor: Anchor, tone: Tone, font: &Font) {
        let Some(face) = font.face() else { return };
        let width = font.width(text, size);
        let mut x = at.0
            - match anchor {
                Anchor::Start => 0.0,
                Anchor::Middle => width / 2.0,
                Anchor::End => width,
            };
        let scale = narrow(size / f64::from(face.units_per_em()));
        for c in text.chars() {
            let (glyph, advance) = font.letter(c);
            let mut outline = Outline(PathBuilder::new());
            if glyph.and_then(|glyph| face.outline_glyph(glyph, &mut outline)).is_some() {
                // Letters are drawn upwards, pictures downwards.
                let place = Transform::from_row(scale, 0.0, 0.0, -scale, narrow(x), narrow(at.1));
                self.fill(outline.0.finish(), tone, 1.0, place);
            }
            x += advance * size;
        }
    }
}

/// Returns a path through spots, part by part; down to a floor and closed where there is one.
fn course(parts: &[Vec<Spot>], floor: Option<f64>) -> Option<Path> {
    let mut path = PathBuilder::new();
    for part in parts {
        let (Some(first), Some(last)) = (part.first(), part.last()) else { continue };
        path.move_to(narrow(first.0), narrow(first.1));
        for (x, y) in &part[1..] {
            path.line_to(narrow(*x), narrow(*y));
        }
        if let Some(floor) = floor {
            path.line_to(narrow(last.0), narrow(floor));
            path.line_to(narrow(first.0), narrow(floor));
            path.close();
        }
    }
    path.finish()
}

/// The outline of a letter.
struct Outline(PathBuilder);

impl OutlineBuilder for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        self.0.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.0.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.0.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.0.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.0.close();
    }
}

#[expect(clippy::cast_possible_truncation, reason = "places on a picture")]
fn narrow(length: f64) -> f32 {
    length as f32
}
