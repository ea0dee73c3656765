//! What a figure rests on, in words: how often it was looked, how much of the time, and how the end
//! is known.

use crate::space::Moment;
use crate::view::SpaceRow;
use crate::view::audience::Course;

use super::space::Figures;

/// Returns the peak with what it and every other figure rest on, such as `peak 12,431 at 18:42:30Z
/// (every 30 s, coverage 98.7 %, 2 gaps, end between 20:01:10Z and 20:01:40Z)`; `None` where no
/// count was ever seen while live.
pub(super) fn basis(row: &SpaceRow, figures: &Figures, course: &Course) -> Option<String> {
    let peak = figures.audience.peak?;
    let day = Moment(peak.at).day();
    let at = |ms: i64| if Moment(ms).day() == day { clock(ms) } else { moment(ms) };
    let every = every(course);
    let coverage = figures.coverage().map_or_else(|| "coverage unknown".to_owned(), percent);
    let gaps = gaps(figures.totals.gaps);
    let end = end(row, figures, &at);
    let count = thousands(peak.count);
    Some(format!("peak {count} at {} ({every}, {coverage}, {gaps}, {end})", at(peak.at)))
}

/// Says how often it was looked.
pub(super) fn every(course: &Course) -> String {
    match course.resolution {
        Some(resolution) => format!("every {}", seconds(resolution.median_ms)),
        None => "one look".to_owned(),
    }
}

/// Says how many gaps there are.
pub(super) fn gaps(count: u32) -> String {
    if count == 1 { "1 gap".to_owned() } else { format!("{count} gaps") }
}

fn percent(share: f64) -> String {
    format!("coverage {:.1} %", share * 100.0)
}

/// Says how the end is known.
fn end(row: &SpaceRow, figures: &Figures, at: &dyn Fn(i64) -> String) -> String {
    if row.is_live() {
        return "on air".to_owned();
    }
    let between = row.ended_between.or(figures.audience.last.zip(figures.closed_at));
    match (row.ended_at, between) {
        (Some(ended_at), _) => format!("end reported at {}", at(ended_at)),
        (None, Some((from, to))) => format!("end between {} and {}", at(from), at(to)),
        (None, None) => "end unknown".to_owned(),
    }
}

/// Returns the time of a day, such as `18:42:30Z`.
fn clock(ms: i64) -> String {
    Moment(ms).to_utc().format("%H:%M:%SZ").to_string()
}

/// Returns a moment for people, such as `2026-11-23 18:42:30Z`.
pub(super) fn moment(ms: i64) -> String {
    Moment(ms).to_utc().format("%Y-%m-%d %H:%M:%SZ").to_string()
}

/// Returns milliseconds as seconds, or from two minutes on as minutes.
pub(super) fn seconds(ms: u64) -> String {
    let tenths = |value: u64, unit: u64| {
        let tenths = (value * 10 + unit / 2) / unit;
        let (whole, rest) = (tenths / 10, tenths % 10);
        if rest == 0 { whole.to_string() } else { format!("{whole}.{rest}") }
    };
    if ms < 120_000 {
        format!("{} s", tenths(ms, 1_000))
    } else {
        format!("{} min", tenths(ms, 60_000))
    }
}

/// Returns a whole number grouped by thousands.
pub(super) fn thousands(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_spans_read_as_people_write_them() {
        assert_eq!([0, 999, 1_000, 12_431].map(thousands), ["0", "999", "1,000", "12,431"]);
        let shown = [30_000, 2_500, 119_940, 120_000, 330_000].map(seconds);
        assert_eq!(shown, ["30 s", "2.5 s", "119.9 s", "2 min", "5.5 min"]);
    }
}
