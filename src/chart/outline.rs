//! A curve as the paths of a small picture: its line, and the area under it.

use std::fmt::Write as _;

use super::{Point, bucket};

/// The widest a picture gets, in its own units.
const WIDTH_MAX: u32 = 2_048;

/// The paths of a curve, in units of its picture: `0 0` is the upper left.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outline {
    /// The line; it is broken where nobody looked.
    pub line: String,
    /// The area under the line.
    pub area: String,
    /// The largest count, which is the top; `None` where none is known.
    pub peak: Option<u64>,
    /// Where the peak is, from the left.
    pub peak_at: Option<f64>,
}

/// Returns a curve `width` wide and `height` high, from zero up to its peak. `points` stand in time
/// order; a count is held for `hold_ms` at most. Without a known count there is no line.
pub fn outline(points: &[Point], hold_ms: i64, width: u32, height: u32) -> Outline {
    let width = width.clamp(1, WIDTH_MAX);
    let buckets = bucket::buckets(points, hold_ms, width as usize);
    let peak = buckets.iter().flatten().max().copied();
    let mut outline = Outline { peak, ..Outline::default() };
    let top = peak.unwrap_or_default().max(1);
    // One unit is left above, so that the line at the peak is whole.
    let room = f64::from(height.saturating_sub(2));
    #[expect(clippy::cast_precision_loss, reason = "a picture has few thousand units")]
    let level = |seen: u64| f64::from(height) - 1.0 - room * (seen as f64 / top as f64);
    let next = |place: u32| buckets.get(place as usize + 1).copied().flatten();
    let mut left = 0.0;
    let mut before = None;
    for (place, seen) in (0_u32..).zip(&buckets) {
        let x = f64::from(place) + 0.5;
        match (before, *seen) {
            (_, None) => {}
            (None, Some(seen)) => {
                left = x - 0.5;
                let y = level(seen);
                add(&mut outline.line, format_args!("M{left:.1} {y:.1}H{x:.1}"));
                add(&mut outline.area, format_args!("M{left:.1} {height}V{y:.1}H{x:.1}"));
            }
            // Of equal counts in a row the first and the last make the line.
            (Some(before), Some(seen)) if before == seen && next(place) == Some(seen) => {}
            (Some(_), Some(seen)) => {
                let y = level(seen);
                add(&mut outline.line, format_args!("L{x:.1} {y:.1}"));
                add(&mut outline.area, format_args!("L{x:.1} {y:.1}"));
            }
        }
        if seen.is_some() && next(place).is_none() {
            let right = x + 0.5;
            add(&mut outline.line, format_args!("H{right:.1}"));
            add(&mut outline.area, format_args!("H{right:.1}V{height}H{left:.1}Z"));
        }
        if seen.is_some() && *seen == peak && outline.peak_at.is_none() {
            outline.peak_at = Some(x);
        }
        before = *seen;
    }
    outline
}

fn add(path: &mut String, part: std::fmt::Arguments) {
    // Writing to a String cannot fail.
    path.write_fmt(part).unwrap_or_default();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_broken_where_nobody_looked_and_never_falls_to_zero_there() {
        let points = [(0, Some(5)), (10, Some(10)), (20, None), (30, Some(5)), (40, Some(5))];
        let drawn = outline(&points, 10, 4, 12);
        assert_eq!(drawn.line, "M0.0 6.0H0.5L1.5 1.0H2.0M3.0 6.0H3.5H4.0");
        assert_eq!(drawn.area.matches('Z').count(), 2);
        assert_eq!((drawn.peak, drawn.peak_at), (Some(10), Some(1.5)));
    }

    #[test]
    fn without_a_known_count_there_is_no_line_and_a_known_zero_is_one() {
        assert_eq!(outline(&[(0, None), (10, None)], 10, 4, 12), Outline::default());
        assert_eq!(outline(&[], 10, 4, 12), Outline::default());
        let zero = outline(&[(0, Some(0)), (10, Some(0))], 10, 2, 12);
        assert_eq!(zero.line, "M0.0 11.0H0.5L1.5 11.0H2.0");
    }

    #[test]
    fn any_curve_stays_within_its_picture() {
        let points = [(0, Some(u64::MAX)), (i64::MAX, Some(0))];
        for (width, height) in [(0, 0), (1, 1), (u32::MAX, 40)] {
            let drawn = outline(&points, i64::MAX, width, height);
            assert!(
                !drawn.line.contains("NaN") && !drawn.line.contains("inf"),
                "{}",
                drawn.line.len()
            );
        }
    }
}
