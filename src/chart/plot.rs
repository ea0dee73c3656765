//! A curve as an area of block characters with its axes, for a terminal.

use super::{Point, bucket};
use crate::space::Moment;

/// The widest a plot gets, in characters.
const WIDTH_MAX: usize = 512;
/// The highest the area of a plot gets, in lines.
const HEIGHT_MAX: usize = 64;
/// The fewest stretches of time worth drawing.
const STRETCHES_MIN: usize = 8;
/// Heights within one line, by eighths.
const EIGHTHS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// From this length on the times below carry their day.
const DAY_MS: i64 = 86_400_000;

/// Returns a curve as `height` lines of area over an axis and a line of times: the peak at the
/// upper left, the first and the last moment (UTC) below. Gaps stay blank; a known zero is the
/// lowest mark. Lines end with `\n` and are about `width` wide.
///
/// `points` stand in time order; a count is held for `hold_ms` at most. Without observations the
/// text is empty.
pub fn plot(points: &[Point], hold_ms: i64, width: usize, height: usize) -> String {
    plot_in(points, hold_ms, &Frame::default(), width, height)
}

/// What several plots have in common.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    /// The largest count of all of them; each has its own where this is `None`.
    pub most: Option<u64>,
    /// What stands below the first and the last moment; their times (UTC) where this is `None`.
    pub ends: Option<[String; 2]>,
    /// What is marked below the axis, and when.
    pub marks: Vec<(i64, char)>,
}

/// Returns a curve as [`plot`] does, within a frame.
pub fn plot_in(
    points: &[Point],
    hold_ms: i64,
    frame: &Frame,
    width: usize,
    height: usize,
) -> String {
    let (Some((first, _)), Some((last, _))) = (points.first(), points.last()) else {
        return String::new();
    };
    let peak = points.iter().filter_map(|(_, seen)| *seen).max();
    let peak = frame.most.filter(|_| peak.is_some()).or(peak);
    let label = peak.map_or_else(|| "–".to_owned(), |peak| peak.to_string());
    let margin = label.chars().count();
    let columns = width.min(WIDTH_MAX).saturating_sub(margin + 2).max(STRETCHES_MIN);
    let height = height.clamp(1, HEIGHT_MAX);
    let buckets = bucket::buckets(points, hold_ms, columns);
    let heights: Vec<usize> =
        buckets.iter().map(|seen| eighths(*seen, peak.unwrap_or_default(), height * 8)).collect();

    let mut out = String::new();
    for line in (0..height).rev() {
        let (name, axis) = if line + 1 == height { (label.as_str(), '┤') } else { ("", '│') };
        let area: String =
            heights.iter().map(|height| EIGHTHS[height.saturating_sub(line * 8).min(8)]).collect();
        push_line(&mut out, &format!("{name:>margin$} {axis}{area}"));
    }
    push_line(&mut out, &format!("{:>margin$} ┼{}", "0", "─".repeat(columns)));
    if !frame.marks.is_empty() {
        let mut marks = vec![' '; columns];
        for (at, mark) in &frame.marks {
            marks[bucket::place(*at, (*first, *last), columns).min(columns - 1)] = *mark;
        }
        push_line(&mut out, &(" ".repeat(margin + 2) + &marks.into_iter().collect::<String>()));
    }
    let ends = frame.ends.clone().unwrap_or_else(|| times(*first, *last));
    push_line(&mut out, &below(&ends, margin + 2, columns));
    out
}

/// Returns how many eighths of a line a count is high; a known one is never nothing.
fn eighths(seen: Option<u64>, peak: u64, top: usize) -> usize {
    let Some(seen) = seen else { return 0 };
    let scaled = u128::from(seen) * top as u128 / u128::from(peak.max(1));
    usize::try_from(scaled).unwrap_or(top).clamp(1, top)
}

/// Returns what stands below the first and the last moment.
fn times(first: i64, last: i64) -> [String; 2] {
    let pattern = if last.saturating_sub(first) < DAY_MS { "%H:%M Z" } else { "%Y-%m-%d %H:%M Z" };
    [first, last].map(|ms| Moment(ms).to_utc().format(pattern).to_string())
}

/// Returns the line below the axis; the last moment is left out where the two would touch.
fn below([start, end]: &[String; 2], margin: usize, columns: usize) -> String {
    let indent = " ".repeat(margin);
    let room = columns.saturating_sub(start.len());
    if room > end.len() { format!("{indent}{start}{end:>room$}") } else { indent + start }
}

fn push_line(out: &mut String, line: &str) {
    out.push_str(line.trim_end());
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-23T18:42:30Z.
    const THEN: i64 = 1_795_459_350_000;
    const MINUTE: i64 = 60_000;

    /// An hour: a ramp, a plateau with a blind stretch, and a fall to zero.
    fn hour() -> Vec<Point> {
        (0..=60_u64)
            .filter(|minute| !(30..38).contains(minute))
            .map(|minute| {
                let seen = match minute {
                    0..10 => minute * 120,
                    10..50 => 1200 + minute % 3 * 17,
                    50..58 => 1200 - (minute - 50) * 150,
                    _ => 0,
                };
                (THEN + i64::try_from(minute).unwrap() * MINUTE, Some(seen))
            })
            .collect()
    }

    fn pin(name: &str, text: &str) {
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots"));
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!(name, text));
    }

    #[test]
    fn a_curve_shows_its_ramp_its_gap_and_its_end() {
        pin("chart_plot", &plot(&hour(), 2 * MINUTE, 72, 8));
        pin("chart_sparkline", &super::super::sparkline(&hour(), 2 * MINUTE, 60));
    }

    #[test]
    fn a_curve_without_a_known_count_has_axes_and_no_peak() {
        let text = plot(&[(0, None), (MINUTE, None)], MINUTE, 30, 2);
        assert_eq!(text.lines().next(), Some("– ┤"));
        assert!(!text.contains('▁'), "{text}");
    }

    #[test]
    fn a_known_zero_is_a_mark() {
        let text = plot(&[(0, Some(0)), (MINUTE, Some(0))], MINUTE, 12, 1);
        assert_eq!(text.lines().next(), Some("0 ┤▁▁▁▁▁▁▁▁▁"));
    }

    #[test]
    fn a_long_curve_names_its_days() {
        let text = plot(&[(THEN, Some(1)), (THEN + DAY_MS, Some(2))], DAY_MS, 60, 1);
        assert!(text.contains("2026-11-23 18:42 Z") && text.contains("2026-11-24 18:42 Z"));
    }

    #[test]
    fn any_size_is_drawn_within_bounds() {
        assert_eq!(plot(&[], MINUTE, 80, 10), "");
        for (width, height) in [(0, 0), (1, 1), (usize::MAX, usize::MAX)] {
            let text = plot(&hour(), MINUTE, width, height);
            assert!(text.lines().count() <= HEIGHT_MAX + 2);
            assert!(text.lines().all(|line| line.chars().count() <= WIDTH_MAX), "{width}");
            assert!(!text.contains(|c: char| c.is_control() && c != '\n'));
        }
    }
}
