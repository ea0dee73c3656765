//! The font that pictures are written in, carried along: the same letters on every machine.
//!
//! `DejaVu` Sans has Latin, Greek, Cyrillic, Armenian and Georgian letters. Scripts whose letters
//! change with their neighbours, or run from right to left, are not written letter by letter; who
//! needs them takes the SVG, whose words the reader's own fonts show. The letters are Bitstream
//! Vera's and changes to them in the public domain: free to hand on within a program.

use ttf_parser::{Face, GlyphId};
use unicode_segmentation::UnicodeSegmentation as _;

/// Characters of one letter that are kept: a hostile title piles up thousands of marks.
const MARKS_MAX: usize = 3;

/// A size is of an em; where the font cannot be read, a letter is as wide as this part of it.
const USUAL_WIDTH: f64 = 0.6;

/// The font.
pub(super) struct Font(Option<Face<'static>>);

impl Font {
    /// Returns the font carried along.
    pub fn new() -> Self {
        Self(Face::parse(dejavu::sans::regular(), 0).ok())
    }

    /// Returns its face.
    pub fn face(&self) -> Option<&Face<'static>> {
        self.0.as_ref()
    }

    /// Returns the letter for a character, and how far the next one stands, as a part of the size.
    pub fn letter(&self, c: char) -> (Option<GlyphId>, f64) {
        let glyph = self.0.as_ref().and_then(|face| face.glyph_index(c));
        let advance = self.0.as_ref().zip(glyph).and_then(|(face, glyph)| {
            let advance = face.glyph_hor_advance(glyph)?;
            Some(f64::from(advance) / f64::from(face.units_per_em()))
        });
        (glyph, advance.unwrap_or(USUAL_WIDTH))
    }

    /// Returns how wide words are at a size.
    pub fn width(&self, text: &str, size: f64) -> f64 {
        text.chars().map(|c| self.letter(c).1).sum::<f64>() * size
    }

    /// Returns whether words can be written letter by letter.
    pub fn can_write(&self, text: &str) -> bool {
        text.chars().all(|c| self.letter(c).0.is_some() && !is_joined(c))
    }

    /// Returns words cut to a width, with `…` where something was left out. What hides or steers
    /// text must be gone already.
    pub fn fit(&self, text: &str, size: f64, width: f64) -> String {
        let mut out = String::new();
        let mut left = width - self.width("…", size);
        let mut letters = text.graphemes(true);
        for letter in letters.by_ref() {
            let letter: String = letter.chars().take(MARKS_MAX).collect();
            left -= self.width(&letter, size);
            if left < 0.0 {
                out.push('…');
                return out;
            }
            out.push_str(&letter);
        }
        out
    }
}

/// Returns whether a character's letter hangs on its neighbours, or runs from right to left.
fn is_joined(c: char) -> bool {
    matches!(u32::from(c), 0x0590..=0x10cf | 0x1100..=0x1cff | 0x2de0..=0x2dff | 0xa800..=0xabff
        | 0xfb1d..=0xfdff | 0xfe70..=0xfeff | 0x1_0800..=0x1_1fff | 0x1_e800..=0x1_efff)
        && !matches!(u32::from(c), 0x10a0..=0x10cf)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_font_writes_what_it_has_letters_for() {
        let font = Font::new();
        for text in ["Voices of the coast", "Über Łódź, Ελλάδα, Київ", "12,431 – 98.7 % · ≥ 5 €…"]
        {
            assert!(font.can_write(text), "{text}");
        }
        for text in ["夜の雑談", "مساء الخير", "שלום", "नमस्ते", "สวัสดี", "party 🎉"]
        {
            assert!(!font.can_write(text), "{text}");
        }
    }

    #[test]
    fn words_are_cut_to_their_width_letter_by_letter() {
        let font = Font::new();
        assert_eq!(font.fit("short", 12.0, 400.0), "short");
        let cut = font.fit(&"long ".repeat(100), 12.0, 200.0);
        assert!(cut.ends_with('…') && font.width(&cut, 12.0) <= 200.0, "{cut}");
        let piled = format!("a{}b", "\u{301}".repeat(4_096));
        assert_eq!(font.fit(&piled, 12.0, 400.0), "a\u{301}\u{301}b");
    }
}
