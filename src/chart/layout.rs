//! Where everything of a picture stands: title, axes, curves, gaps, peaks, source.

use super::Point;
use super::axis::{Tick, clock_ticks, count_ticks, since_start, start_ticks};
use super::font::Font;
use super::lines::{Frame, parts};
use super::marks::{Anchor, Mark, Spot, Tone, dash};
use super::picture::{Align, CURVES_MAX, Curve, Picture};
use crate::space::{Untrusted, grouped};

/// The size of a picture; a PNG has several dots to each of its units.
pub(super) const SIZE: Spot = (960.0, 540.0);

/// The sizes of words.
const TITLE: f64 = 21.0;
const SMALL: f64 = 12.0;

/// Left of the plot, at least, and right of it.
const LEFT_MIN: f64 = 56.0;
const RIGHT: f64 = 28.0;
/// Above the plot, without what a legend takes.
const TOP: f64 = 84.0;
/// Below the plot: two lines of times, and the source.
const BELOW: f64 = 58.0;
/// Between two lines of small words.
const LINE: f64 = 17.0;
/// Lines of the source, at most.
const SOURCES_MAX: usize = 10;
/// A gap narrower than this is not shaded.
const GAP_MIN: f64 = 1.5;
/// Between two times below the plot.
const APART: f64 = 8.0;

/// Returns the marks of a picture, in the order in which they are drawn.
pub(super) fn layout(picture: &Picture, font: &Font) -> Vec<Mark> {
    let curves = &picture.curves[..picture.curves.len().min(CURVES_MAX)];
    let shift = |curve: &Curve| match picture.align {
        Align::Clock => 0,
        Align::Start => curve.start,
    };
    let times = |curve: &Curve| {
        let (first, last) = (curve.points.first()?.0, curve.points.last()?.0);
        Some((first.saturating_sub(shift(curve)), last.saturating_sub(shift(curve))))
    };
    let first = curves.iter().filter_map(times).map(|(from, _)| from).min().unwrap_or_default();
    // Aligned at their starts, curves have a start that may not have been seen.
    let from = if picture.align == Align::Start { first.min(0) } else { first };
    let to = curves.iter().filter_map(times).map(|(_, to)| to).max().unwrap_or_default();
    let counts = curves.iter().flat_map(|curve| &curve.points).filter_map(|(_, count)| *count);
    let rows = count_ticks(counts.max().unwrap_or_default());
    let labels: Vec<String> = rows.iter().map(|count| grouped(*count)).collect();
    let widest = labels.iter().map(|label| font.width(label, SMALL)).fold(0.0, f64::max);
    let legend = if curves.len() > 1 { LINE * as_real(curves.len().div_ceil(2)) } else { 0.0 };
    let sources = picture.source.len().min(SOURCES_MAX);
    let frame = Frame {
        left: (widest + 30.0).max(LEFT_MIN),
        right: SIZE.0 - RIGHT,
        top: TOP + legend,
        bottom: SIZE.1 - BELOW - LINE * as_real(sources.max(1)),
        from,
        to: to.max(from.saturating_add(1)),
        most: rows.last().copied().unwrap_or(1),
    };
    let mut marks = Vec::new();
    head(picture, curves, font, &frame, &mut marks);
    gaps(picture, curves, &frame, &mut marks);
    axes(picture, (&rows, &labels), font, &frame, &mut marks);
    for (place, curve) in curves.iter().enumerate() {
        self::curve(curve, place, shift(curve), curves.len() == 1, &frame, &mut marks);
    }
    // Words of peaks stand above every line.
    for (place, curve) in curves.iter().enumerate() {
        peak(picture, curve, (place, shift(curve)), font, &frame, &mut marks);
    }
    foot(picture, font, sources, &mut marks);
    marks
}

/// Title, what is shown, and which curve is which.
fn head(picture: &Picture, curves: &[Curve], font: &Font, frame: &Frame, marks: &mut Vec<Mark>) {
    let (left, right) = (24.0, SIZE.0 - 24.0);
    let title = Untrusted(&picture.title.text).term();
    let text = font.fit(&title, TITLE, right - left - if picture.simulated { 130.0 } else { 0.0 });
    marks.push(words((left, 38.0), text, TITLE, Anchor::Start, Tone::Ink));
    if picture.simulated {
        let said = "SIMULATED".to_owned();
        marks.push(words((right, 38.0), said, 16.0, Anchor::End, Tone::Doubt));
    }
    let zone = match picture.align {
        Align::Clock => picture.zone.words(frame.from),
        Align::Start => "hours and minutes since the start".to_owned(),
    };
    let shown = format!("People present, as X counted them · {zone}");
    marks.push(words((left, 60.0), shown, SMALL, Anchor::Start, Tone::Muted));
    if curves.len() < 2 {
        return;
    }
    let half = (right - left) / 2.0;
    for (place, curve) in curves.iter().enumerate() {
        let at = (left + half * as_real(place % 2), 80.0 + LINE * as_real(place / 2));
        let sample = vec![vec![(at.0, at.1 - 4.0), (at.0 + 34.0, at.1 - 4.0)]];
        marks.push(line(sample, Tone::Curve(place), 2.4, dash(place)));
        let name = font.fit(&Untrusted(&curve.name.text).term(), SMALL, half - 60.0);
        marks.push(words((at.0 + 42.0, at.1), name, SMALL, Anchor::Start, Tone::Ink));
    }
}

/// Where a single curve was not looked at.
fn gaps(picture: &Picture, curves: &[Curve], frame: &Frame, marks: &mut Vec<Mark>) {
    let [only] = curves else { return };
    let shift = if picture.align == Align::Start { only.start } else { 0 };
    for pair in only.points.windows(2) {
        let (from, to) =
            (frame.x(pair[0].0.saturating_sub(shift)), frame.x(pair[1].0.saturating_sub(shift)));
        if pair[0].1.is_none() && to - from >= GAP_MIN {
            let size = (to - from, frame.bottom - frame.top);
            marks.push(Mark::Band { at: (from, frame.top), size, tone: Tone::Gap });
            if to - from >= 44.0 {
                let at = (f64::midpoint(from, to), frame.top + 16.0);
                let text = "not seen".to_owned();
                marks.push(words(at, text, 11.0, Anchor::Middle, Tone::Muted));
            }
        }
    }
}

fn axes(
    picture: &Picture,
    (rows, labels): (&[u64], &[String]),
    font: &Font,
    frame: &Frame,
    marks: &mut Vec<Mark>,
) {
    for (count, label) in rows.iter().zip(labels) {
        let y = frame.y(*count);
        let row = vec![vec![(frame.left, y), (frame.right, y)]];
        let (tone, width) = if *count == 0 { (Tone::Muted, 1.2) } else { (Tone::Grid, 1.0) };
        marks.push(line(row, tone, width, &[]));
        let at = (frame.left - 9.0, y + 4.2);
        marks.push(words(at, label.clone(), SMALL, Anchor::End, Tone::Muted));
    }
    let ticks = match picture.align {
        Align::Clock => clock_ticks(frame.from, frame.to, picture.zone),
        Align::Start => start_ticks(frame.from, frame.to),
    };
    let mut free = 0.0;
    for Tick { at, label, day } in ticks {
        let x = frame.x(at);
        let tick = vec![vec![(x, frame.bottom), (x, frame.bottom + 5.0)]];
        marks.push(line(tick, Tone::Muted, 1.2, &[]));
        let half = [Some(&label), day.as_ref()].into_iter().flatten();
        let half = half.map(|it| font.width(it, SMALL)).fold(0.0, f64::max) / 2.0;
        let middle = x.clamp(half + 4.0, SIZE.0 - half - 4.0);
        if middle - half < free {
            continue;
        }
        free = middle + half + APART;
        let y = frame.bottom + 20.0;
        marks.push(words((middle, y), label, SMALL, Anchor::Middle, Tone::Muted));
        if let Some(day) = day {
            marks.push(words((middle, y + LINE), day, SMALL, Anchor::Middle, Tone::Muted));
        }
    }
}

fn curve(
    it: &Curve,
    place: usize,
    shift: i64,
    is_only: bool,
    frame: &Frame,
    marks: &mut Vec<Mark>,
) {
    let points: Vec<Point> =
        it.points.iter().map(|(at, count)| (at.saturating_sub(shift), *count)).collect();
    let (parts, tone) = (parts(&points, frame), Tone::Curve(place));
    if is_only {
        marks.push(Mark::Area { parts: parts.clone(), floor: frame.bottom, tone });
    }
    marks.push(line(parts, tone, 2.0, dash(place)));
    for (at, count) in &it.doubted {
        let at = (frame.x(at.saturating_sub(shift)), frame.y(*count));
        marks.push(Mark::Dot { at, radius: 4.5, tone: Tone::Doubt, hollow: true });
    }
}

/// A dot at the peak, and beside it how many, and when.
fn peak(
    picture: &Picture,
    curve: &Curve,
    (place, shift): (usize, i64),
    font: &Font,
    frame: &Frame,
    marks: &mut Vec<Mark>,
) {
    let Some((at, count)) = curve.peak else { return };
    let spot = (frame.x(at.saturating_sub(shift)), frame.y(count));
    marks.push(Mark::Dot { at: spot, radius: 5.5, tone: Tone::Paper, hollow: false });
    marks.push(Mark::Dot { at: spot, radius: 4.0, tone: Tone::Curve(place), hollow: false });
    let when = match picture.align {
        Align::Clock => picture.zone.at(at).format("%H:%M:%S").to_string(),
        Align::Start => since_start(at.saturating_sub(shift), 1_000),
    };
    let text = format!("peak {} at {when}", grouped(count));
    let half = font.width(&text, SMALL) / 2.0;
    let middle = spot.0.clamp(frame.left + half + 2.0, frame.right - half - 2.0);
    marks.push(words((middle, spot.1 - 11.0), text, SMALL, Anchor::Middle, Tone::Ink));
}

/// Where it comes from, and how complete it is.
fn foot(picture: &Picture, font: &Font, sources: usize, marks: &mut Vec<Mark>) {
    let first = SIZE.1 - 14.0 - LINE * as_real(sources.saturating_sub(1));
    for (number, source) in picture.source.iter().take(sources).enumerate() {
        let text = font.fit(&Untrusted(source).term(), 11.5, SIZE.0 - 48.0);
        let at = (24.0, first + LINE * as_real(number));
        marks.push(words(at, text, 11.5, Anchor::Start, Tone::Muted));
    }
}

fn words(at: Spot, text: String, size: f64, anchor: Anchor, tone: Tone) -> Mark {
    Mark::Words { at, text, size, anchor, tone }
}

fn line(parts: Vec<Vec<Spot>>, tone: Tone, width: f64, dash: &'static [f32]) -> Mark {
    Mark::Line { parts, tone, width, dash }
}

fn as_real(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::MAX, f64::from)
}
