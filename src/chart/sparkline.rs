//! A curve in one line of block characters.

use super::{Point, bucket};

/// The widest a sparkline gets, in characters.
const WIDTH_MAX: usize = 512;
/// The heights a character can show, lowest first; there is none for nothing.
const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Returns a curve as one character for each of `width` equal stretches of time, from zero up to
/// its peak; a stretch without a known count is a space.
///
/// `points` stand in time order; a count is held for `hold_ms` at most. Without observations the
/// text is empty; when all are of one moment it is one character.
pub fn sparkline(points: &[Point], hold_ms: i64, width: usize) -> String {
    let buckets = bucket::buckets(points, hold_ms, width.min(WIDTH_MAX));
    let peak = buckets.iter().flatten().max().copied().unwrap_or_default();
    buckets.iter().map(|seen| seen.map_or(' ', |seen| level(seen, peak))).collect()
}

fn level(seen: u64, peak: u64) -> char {
    let eighths = (u128::from(seen) * 8).div_ceil(u128::from(peak.max(1)));
    let place = usize::try_from(eighths).unwrap_or(LEVELS.len()).clamp(1, LEVELS.len());
    LEVELS[place - 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_is_a_full_block_and_zero_the_lowest() {
        let points: Vec<Point> = (0..=8).map(|n| (n * 10, u64::try_from(n).ok())).collect();
        assert_eq!(sparkline(&points, 10, 9), "▁▁▂▃▄▅▆▇█");
        assert_eq!(sparkline(&[(0, Some(0)), (9, Some(0))], 9, 3), "▁▁▁");
        assert_eq!(sparkline(&[(0, Some(u64::MAX)), (9, Some(1))], 9, 2), "██");
    }

    #[test]
    fn a_gap_is_a_space_and_not_the_lowest_block() {
        let points = [(0, Some(4)), (10, Some(4)), (90, None), (100, Some(2))];
        assert_eq!(sparkline(&points, 20, 10), "███      ▄");
        assert_eq!(sparkline(&[(0, None), (10, None)], 20, 4), "    ");
    }

    #[test]
    fn time_is_the_axis_not_the_number_of_looks() {
        let mut points: Vec<Point> = (0..50).map(|n| (n, Some(1))).collect();
        points.push((100, Some(8)));
        assert_eq!(sparkline(&points, 100, 4), "▁▁▁█");
    }

    #[test]
    fn few_observations_and_any_width_are_fine() {
        assert_eq!(sparkline(&[], 10, 20), "");
        assert_eq!(sparkline(&[(7, Some(3))], 10, 20), "█");
        assert_eq!(sparkline(&[(7, Some(3)), (8, None)], 10, 0), "");
        let wide = sparkline(&[(7, Some(3)), (8, None)], 10, usize::MAX);
        assert_eq!(wide.chars().count(), WIDTH_MAX);
    }
}
