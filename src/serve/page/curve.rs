//! Curves as small pictures: a line in a table, and one over its time. A gap stays empty.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use maud::{Markup, html};

use super::row::{Row, rows};
use crate::chart::{Point, outline};
use crate::export::number;
use crate::sheet::{Sheet, Value};

/// The size of a sparkline, in its own units.
const SPARK: (u32, u32) = (120, 28);

/// The size of a curve, in its own units.
const CURVE: (u32, u32) = (800, 220);

/// Half the length of the tick at a doubted count.
const TICK: f64 = 14.0;

/// So far ticks stand apart at least: nearer ones would be one block.
const TICKS_APART: f64 = 10.0;

/// How long each count is held stands among the points already.
const HELD: i64 = i64::MAX;

/// Returns the points of each Space in the answer to `curve`. Where a count is held no longer, and
/// nobody looked again, a point without a count follows; what was not seen live is none.
pub fn points(curves: &Sheet) -> BTreeMap<String, Vec<Point>> {
    let mut found: BTreeMap<String, Vec<Point>> = BTreeMap::new();
    for row in rows(curves) {
        // Several Spaces as one stand under the whole.
        let of = row.text("whole_id").or(row.text("space_id"));
        let (Some(id), Value::Time(at)) = (of, row.get("observed_at")) else {
            continue;
        };
        let points = found.entry(id.to_owned()).or_default();
        // The count before was held until this look: what follows it is no gap.
        if points.last().is_some_and(|(held, seen)| seen.is_none() && held >= at) {
            points.pop();
        }
        let seen = row.int("participants").and_then(|count| u64::try_from(count).ok());
        match row.get("held_until") {
            Value::Time(until) => points.extend([(*at, seen), (*until.max(at), None)]),
            _ => points.push((*at, None)),
        }
    }
    found.values_mut().for_each(end_at_the_last_count);
    found
}

/// Leaves out what follows the end of the last count: nothing was counted there.
fn end_at_the_last_count(points: &mut Vec<Point>) {
    let last = points.iter().rposition(|(_, seen)| seen.is_some());
    points.truncate(last.map_or(0, |last| last + 2));
}

/// Returns a curve in a line.
pub fn spark(points: &[Point]) -> Markup {
    let (width, height) = SPARK;
    let drawn = outline(points, HELD, width, height);
    html! {
        svg .spark viewBox=(format!("0 0 {width} {height}")) preserveAspectRatio="none"
            aria-hidden="true" focusable="false" {
            path .area d=(drawn.area) {}
            path .line d=(drawn.line) {}
        }
    }
}

/// Returns the counts of a curve that a rule doubts, with their times.
pub fn doubted(curve: &Sheet) -> Vec<(i64, i64)> {
    let found = rows(curve).filter(|row| !row.texts("doubts").is_empty());
    let found = found.filter_map(|row| match (row.get("observed_at"), row.int("participants")) {
        (Value::Time(at), Some(count)) => Some((*at, count)),
        _ => None,
    });
    found.collect()
}

/// Returns a tick across the curve at each doubted count.
fn ticks(doubted: &[(i64, i64)], (first, last): (i64, i64), peak: i64) -> String {
    let (width, height) = CURVE;
    #[expect(clippy::cast_precision_loss, reason = "a picture has few thousand units")]
    let share = |part: i64, whole: i64| part as f64 / whole.max(1) as f64;
    let mut path = String::new();
    let mut before = f64::NEG_INFINITY;
    for (at, count) in doubted {
        let x = share(at - first, last - first) * f64::from(width);
        if x - before < TICKS_APART {
            continue;
        }
        before = x;
        let y = f64::from(height) - 1.0 - share(*count, peak) * f64::from(height - 2);
        let (top, foot) = ((y - TICK).max(0.0), (y + TICK).min(f64::from(height)));
        // Writing to a String cannot fail.
        write!(path, "M{x:.1} {top:.1}V{foot:.1}").unwrap_or_default();
    }
    path
}

/// Returns the curve of a Space over its time, with its peak and what is doubted marked.
pub fn picture(points: &[Point], doubted: &[(i64, i64)], row: &Row) -> Markup {
    let (width, height) = CURVE;
    let drawn = outline(points, HELD, width, height);
    let (Some((first, _)), Some((last, _)), Some(peak)) =
        (points.first(), points.last(), drawn.peak)
    else {
        return html! { p .empty { "There is no curve: it was not seen live with a count." } };
    };
    let peak = i64::try_from(peak).unwrap_or(i64::MAX);
    let words = format!(
        "Participants from {} to {}, {} at most",
        number::time(*first),
        number::time(*last),
        number::thousands(peak)
    );
    html! {
        figure .curve {
            div .plot {
                div .levels aria-hidden="true" {
                    span { (number::thousands(peak)) }
                    // Half of an odd count is no count.
                    @if peak % 2 == 0 { span { (number::thousands(peak / 2)) } }
                    span { "0" }
                }
                svg viewBox=(format!("0 0 {width} {height}")) preserveAspectRatio="none" role="img"
                    aria-label=(words) {
                    path .grid d=(format!("M0 1H{width}M0 {}H{width}M0 {}H{width}",
                        height / 2, height - 1)) {}
                    path .area d=(drawn.area) {}
                    path .line d=(drawn.line) {}
                    @if let Some(at) = drawn.peak_at {
                        path .peak d=(format!("M{at:.1} 0V{height}")) {}
                    }
                    @if !doubted.is_empty() {
                        path .doubt d=(ticks(doubted, (*first, *last), peak)) {}
                    }
                }
                div .times aria-hidden="true" {
                    span { (short(*first, *last)) }
                    span { (short(i64::midpoint(*first, *last), *last)) }
                    span { (short(*last, *first)) }
                }
            }
            figcaption {
                "Peak " strong { (row.shown("peak_participants")) } " at " (row.shown("peak_at"))
                ". A count is held until the next look; where nobody looked, there is no line."
                @if !doubted.is_empty() { " Ticks mark counts that are doubted." }
            }
        }
    }
}

/// Returns a time below a curve: without its day where the curve is shorter than one.
fn short(at: i64, other: i64) -> String {
    let text = number::time(at);
    let cut = if at.abs_diff(other) < 86_400_000 { 11..16 } else { 0..16 };
    text.get(cut).unwrap_or(&text).to_owned()
}
