//! The table of what contenders are worth, and how they compare with round robin and the oracle.

use crate::score::{Delays, Score};

/// A contender's scores, one a seed.
pub struct Row<'a> {
    pub name: &'a str,
    pub scores: Vec<Score>,
}

/// The names of those the others are compared with.
const COMPARED: [&str; 2] = ["round robin", "oracle"];

/// Prints a cell's table.
pub fn print(spaces: usize, limit: u64, rows: &[Row]) {
    println!("\n{spaces} Spaces, {limit} requests");
    println!(
        "{:<15}{:>7}{:>7}{:>7}{:>19}{:>19}{:>19}{:>8}{:>8}{:>6}{:>6}{:>5}{:>8}",
        "",
        "curve",
        "each",
        "peak",
        "end",
        "start",
        "found",
        "missed",
        "unseen",
        "ids",
        "used",
        "429",
        "$/day"
    );
    for row in rows {
        let mean = |what: fn(&Score) -> f64| mean(row, what);
        println!(
            "{:<15}{:>6.2}%{:>6.2}%{:>6.2}%{:>19}{:>19}{:>19}{:>7.2}%{:>7.2}%{:>6.1}{:>5.0}%{:>5.0}{:>8.2}",
            row.name,
            100.0 * mean(|it| it.wape),
            100.0 * mean(|it| it.each),
            100.0 * mean(|it| it.peak),
            delays(row, |it| &it.end),
            delays(row, |it| &it.start),
            delays(row, |it| &it.found),
            100.0 * mean(|it| it.missed),
            100.0 * mean(|it| it.unseen),
            mean(|it| it.ids),
            100.0 * mean(|it| it.used),
            mean(|it| it.refused),
            mean(|it| it.usd_a_day),
        );
    }
    let Some(ours) = rows.iter().find(|row| row.name == "spacelog") else { return };
    for other in rows.iter().filter(|row| COMPARED.contains(&row.name)) {
        println!(
            "  of {}: curve {:.2}, each {:.2}, end {:.2}, start {:.2}, found {:.2}",
            other.name,
            ratio(ours, other, |it| it.wape),
            ratio(ours, other, |it| it.each),
            ratio(ours, other, |it| it.end.mean),
            ratio(ours, other, |it| it.start.mean),
            ratio(ours, other, |it| it.found.mean),
        );
    }
}

/// Returns the mean over the seeds.
fn mean(row: &Row, what: impl Fn(&Score) -> f64) -> f64 {
    row.scores.iter().map(what).sum::<f64>() / count(row)
}

fn delays(row: &Row, of: fn(&Score) -> &Delays) -> String {
    if row.scores.iter().all(|it| of(it).count == 0) {
        return "-".to_owned();
    }
    let each: [f64; 3] =
        [mean(row, |it| of(it).mean), mean(row, |it| of(it).median), mean(row, |it| of(it).p95)];
    let places = usize::from(each[0] < 100.0);
    each.map(|it| format!("{it:.places$}")).join("/")
}

/// Returns the geometric mean over the seeds of what one is of the other.
fn ratio(ours: &Row, other: &Row, what: fn(&Score) -> f64) -> f64 {
    let logs = ours.scores.iter().zip(&other.scores);
    let logs = logs.map(|(ours, other)| (what(ours) / what(other)).ln());
    (logs.sum::<f64>() / count(ours)).exp()
}

#[expect(clippy::cast_precision_loss, reason = "a handful of seeds")]
fn count(row: &Row) -> f64 {
    row.scores.len() as f64
}
