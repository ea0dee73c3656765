//! A curve as lines in a frame: a level as long as a count was held, a step to the next, nothing in
//! gaps. However many looks there are, there are not many more spots than dots across.

use super::Point;
use super::marks::Spot;

/// Spots to each unit of width, at most: two columns.
const COLUMNS: f64 = 2.0;

/// The plot: where it is, and which times and counts its edges are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
    pub from: i64,
    pub to: i64,
    pub most: u64,
}

impl Frame {
    /// Returns how far right a time is.
    pub fn x(&self, at: i64) -> f64 {
        let part = real(i128::from(at) - i128::from(self.from))
            / real(i128::from(self.to) - i128::from(self.from)).max(1.0);
        self.left + part.clamp(0.0, 1.0) * (self.right - self.left)
    }

    /// Returns how far down a count is.
    pub fn y(&self, count: u64) -> f64 {
        let part = real(i128::from(count)) / real(i128::from(self.most)).max(1.0);
        self.bottom - part.clamp(0.0, 1.0) * (self.bottom - self.top)
    }
}

#[expect(clippy::cast_precision_loss, reason = "a place on a picture")]
fn real(number: i128) -> f64 {
    number as f64
}

/// What is drawn in one column: the count it comes with, its lowest and highest, the one it leaves.
struct Column {
    number: i64,
    x: f64,
    first: u64,
    low: u64,
    high: u64,
    last: u64,
}

/// Returns the parts of a curve between its gaps.
pub(super) fn parts(points: &[Point], frame: &Frame) -> Vec<Vec<Spot>> {
    points
        .split(|(_, count)| count.is_none())
        .filter_map(|part| {
            let (first, last) = (part.first()?, part.last()?);
            // Held to the point that ends the part, which stands right after it.
            let after = points.get(place(points, part) + part.len());
            let end = after.map_or(last.0, |(at, _)| *at);
            let mut line = Vec::new();
            for column in columns(part, frame) {
                enter(&mut line, &column, frame);
            }
            let x = frame.x(end).max(frame.x(first.0) + 1.0);
            line.push((x, frame.y(last.1.unwrap_or_default())));
            Some(line)
        })
        .collect()
}

/// Returns where a part stands in the whole.
fn place(points: &[Point], part: &[Point]) -> usize {
    let first = part.first().map(|(at, _)| *at);
    points.iter().position(|(at, count)| count.is_some() && Some(*at) == first).unwrap_or_default()
}

fn columns(part: &[Point], frame: &Frame) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    for (at, count) in part {
        let Some(count) = *count else { continue };
        let x = frame.x(*at);
        #[expect(clippy::cast_possible_truncation, reason = "a picture is small")]
        let number = (x * COLUMNS) as i64;
        match columns.last_mut() {
            Some(last) if last.number == number => {
                last.low = last.low.min(count);
                last.high = last.high.max(count);
                last.last = count;
            }
            _ => columns.push(Column {
                number,
                x,
                first: count,
                low: count,
                high: count,
                last: count,
            }),
        }
    }
    columns
}

/// Adds a column to a line: level to it, a step, and what was between.
fn enter(line: &mut Vec<Spot>, column: &Column, frame: &Frame) {
    if let Some((_, level)) = line.last().copied() {
        line.push((column.x, level));
    }
    let Column { first, low, high, last, .. } = *column;
    for count in [first, low, high, last] {
        let spot = (column.x, frame.y(count));
        if line.last() != Some(&spot) {
            line.push(spot);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Frame =
        Frame { left: 0.0, right: 100.0, top: 0.0, bottom: 100.0, from: 0, to: 100, most: 100 };

    #[test]
    fn a_count_is_a_level_and_a_change_a_step_and_a_gap_nothing() {
        let points = [(0, Some(40)), (20, Some(60)), (30, None), (60, Some(10)), (80, None)];
        let expected = vec![
            vec![(0.0, 60.0), (20.0, 60.0), (20.0, 40.0), (30.0, 40.0)],
            vec![(60.0, 90.0), (80.0, 90.0)],
        ];
        assert_eq!(parts(&points, &FRAME), expected);
        assert_eq!(parts(&[], &FRAME), Vec::<Vec<Spot>>::new());
        assert_eq!(parts(&[(5, None), (6, None)], &FRAME), Vec::<Vec<Spot>>::new());
    }

    #[test]
    fn many_looks_are_few_spots_and_lose_no_height() {
        let points: Vec<Point> =
            (0..100_000_i64).map(|n| (n, Some(if n == 50_001 { 100 } else { 10 }))).collect();
        let frame = Frame { to: 100_000, ..FRAME };
        let parts = parts(&points, &frame);
        assert!(parts[0].len() < 1_300, "{}", parts[0].len());
        assert!(parts[0].iter().any(|(_, y)| *y == 0.0), "the one high count is there");
    }
}
