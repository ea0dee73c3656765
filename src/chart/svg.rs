//! A picture as SVG: words stay words, which every reader's fonts show, search and read aloud.

use super::font::Font;
use super::layout::{SIZE, layout};
use super::marks::{AREA_OPACITY, Anchor, Colour, Mark, Spot, Tone};
use super::picture::{Picture, Theme};
use crate::space::Untrusted;

/// Returns a picture as an SVG document, without script, style sheet or anything from elsewhere.
///
/// Everything has its colour as an attribute and a class beside it (`ink`, `muted`, `grid`, `gap`,
/// `doubt`, `paper`, `curve-1` …), so that a page may colour it anew.
pub fn svg(picture: &Picture) -> String {
    let (width, height) = SIZE;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         width=\"{width}\" height=\"{height}\" role=\"img\" font-family=\"DejaVu Sans, Verdana, \
         system-ui, sans-serif\">\n"
    );
    let font = Font::new();
    let described = picture.source.join(" ");
    put(&mut out, &format!("<title>{}</title>\n", escape(&picture.title.text, &font)));
    put(&mut out, &format!("<desc>{}</desc>\n", escape(&described, &font)));
    let paper = hex(Tone::Paper.colour(picture.theme));
    put(
        &mut out,
        &format!(
            "<rect class=\"paper\" width=\"{width}\" height=\"{height}\" fill=\"{paper}\"/>\n"
        ),
    );
    for mark in layout(picture, &font) {
        push(&mut out, &mark, picture.theme, &font);
    }
    out.push_str("</svg>\n");
    out
}

fn push(out: &mut String, mark: &Mark, theme: Theme, font: &Font) {
    match mark {
        Mark::Band { at, size, tone } => put(
            out,
            &format!(
                "<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{}\"/>\n",
                tone.class(),
                short(at.0),
                short(at.1),
                short(size.0),
                short(size.1),
                hex(tone.colour(theme)),
            ),
        ),
        Mark::Line { parts, tone, width, dash } => {
            line(out, parts, (*tone, theme), *width, dash);
        }
        Mark::Area { parts, floor, tone } => put(
            out,
            &format!(
                "<path class=\"{} area\" d=\"{}\" fill=\"{}\" fill-opacity=\"{AREA_OPACITY}\"/>\n",
                tone.class(),
                course(parts, Some(*floor)),
                hex(tone.colour(theme)),
            ),
        ),
        Mark::Dot { at, radius, tone, hollow } => {
            let colour = hex(tone.colour(theme));
            let look = if *hollow {
                format!("fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.8\"")
            } else {
                format!("fill=\"{colour}\"")
            };
            put(
                out,
                &format!(
                    "<circle class=\"{}\" cx=\"{}\" cy=\"{}\" r=\"{radius}\" {look}/>\n",
                    tone.class(),
                    short(at.0),
                    short(at.1),
                ),
            );
        }
        Mark::Words { at, text, size, anchor, tone } => {
            let text = escape(text, font);
            words(out, *at, &text, (*size, *anchor), (*tone, theme));
        }
    }
}

fn line(
    out: &mut String,
    parts: &[Vec<Spot>],
    (tone, theme): (Tone, Theme),
    width: f64,
    dash: &[f32],
) {
    let lengths: Vec<String> = dash.iter().map(ToString::to_string).collect();
    let dash = match lengths.as_slice() {
        [] => String::new(),
        lengths => format!(" stroke-dasharray=\"{}\"", lengths.join(" ")),
    };
    let (class, course, colour) = (tone.class(), course(parts, None), hex(tone.colour(theme)));
    put(
        out,
        &format!(
            "<path class=\"{class}\" d=\"{course}\" fill=\"none\" stroke=\"{colour}\" \
             stroke-width=\"{width}\" stroke-linejoin=\"round\"{dash}/>\n"
        ),
    );
}

fn words(
    out: &mut String,
    at: Spot,
    escaped: &str,
    (size, anchor): (f64, Anchor),
    (tone, theme): (Tone, Theme),
) {
    let anchor = match anchor {
        Anchor::Start => "",
        Anchor::Middle => " text-anchor=\"middle\"",
        Anchor::End => " text-anchor=\"end\"",
    };
    let (class, colour) = (tone.class(), hex(tone.colour(theme)));
    let (x, y) = (short(at.0), short(at.1));
    put(
        out,
        &format!(
            "<text class=\"{class}\" x=\"{x}\" y=\"{y}\" font-size=\"{size}\" \
             fill=\"{colour}\"{anchor}>{escaped}</text>\n"
        ),
    );
}

/// Returns a path through spots, part by part; down to a floor and closed where there is one.
fn course(parts: &[Vec<Spot>], floor: Option<f64>) -> String {
    let mut out = String::new();
    for part in parts {
        let (Some(first), Some(last)) = (part.first(), part.last()) else { continue };
        put(&mut out, &format!("M{} {}", short(first.0), short(first.1)));
        let mut before = *first;
        for spot in &part[1..] {
            let told = if same(before.1, spot.1) {
                format!("H{}", short(spot.0))
            } else if same(before.0, spot.0) {
                format!("V{}", short(spot.1))
            } else {
                format!("L{} {}", short(spot.0), short(spot.1))
            };
            put(&mut out, &told);
            before = *spot;
        }
        if let Some(floor) = floor {
            put(&mut out, &format!("L{} {}H{}Z", short(last.0), short(floor), short(first.0)));
        }
    }
    out
}

/// Whether two lengths are written the same.
fn same(one: f64, other: f64) -> bool {
    short(one) == short(other)
}

/// Returns a length with one decimal, or none.
fn short(length: f64) -> String {
    let text = format!("{length:.1}");
    text.strip_suffix(".0").map_or_else(|| text.clone(), ToOwned::to_owned)
}

fn hex([red, green, blue]: Colour) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// Returns anybody's words as text of an XML document: what hides or steers is gone, and so is what
/// XML has no place for; no letter is piled up with marks, and there are not thousands of them.
fn escape(text: &str, font: &Font) -> String {
    let text = font.fit(&Untrusted(text).term(), 1.0, WORDS_MAX);
    Untrusted(&text).html().replace(['\u{fffe}', '\u{ffff}'], "")
}

/// Words are cut to so many ems at most.
const WORDS_MAX: f64 = 400.0;

fn put(out: &mut String, text: &str) {
    out.push_str(text);
}
