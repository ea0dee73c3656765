//! `/metrics`: what Prometheus reads. Labels are of a bounded number: endpoints and views, never a
//! Space or a person.

use std::fmt::Write as _;

use super::Counts;
use super::healthz::{Life, value};
use crate::sheet::{Sheet, Value};

/// A figure of `status`: its metric, what it says, and the column.
const FIGURES: [(&str, &str, &str); 10] = [
    ("spacelog_running", "Whether a monitor runs on the log.", "running"),
    ("spacelog_simulated", "Whether the data is made up.", "simulated"),
    (
        "spacelog_log_recorded_timestamp_seconds",
        "When the log was last appended to.",
        "recorded_at",
    ),
    ("spacelog_last_poll_timestamp_seconds", "When X was last asked.", "last_poll_at"),
    ("spacelog_open_spaces", "Spaces that have not ended.", "open_spaces"),
    ("spacelog_following_spaces", "Spaces that the monitor follows.", "following"),
    ("spacelog_today_polls", "Requests of this UTC day.", "polls_today"),
    ("spacelog_disk_bytes", "Bytes of the data folder.", "disk_bytes"),
    ("spacelog_disk_free_bytes", "Bytes that its file system has left.", "disk_free_bytes"),
    ("spacelog_troubles", "Things that are wrong now.", "trouble"),
];

/// Returns the figures of `status` and of the server in Prometheus's text format. What is unknown
/// is left out.
pub fn text(status: &Sheet, counts: &Counts) -> String {
    let mut out = String::new();
    let version = env!("CARGO_PKG_VERSION");
    let mut build = Metric::begin(&mut out, "spacelog_build_info", "gauge", "The program.");
    build.sample(&[("version", version)], 1.0);
    for (name, help, column) in FIGURES {
        if let Some(number) = value(status, column).and_then(number) {
            Metric::begin(&mut out, name, "gauge", help).sample(&[], number);
        }
    }
    if let Some(seq) = value(status, "seq").and_then(number) {
        let help = "Events appended to the log.";
        Metric::begin(&mut out, "spacelog_log_events_total", "counter", help).sample(&[], seq);
    }
    let stalled = f64::from(u8::from(Life::of(status) == Life::Stalled));
    let help = "Whether the monitor meant to ask long ago, and nothing was appended.";
    Metric::begin(&mut out, "spacelog_log_stalled", "gauge", help).sample(&[], stalled);
    let help = "Things that only a person can mend.";
    if let Some(needs) = value(status, "needs_person").and_then(number) {
        Metric::begin(&mut out, "spacelog_needs_person", "gauge", help).sample(&[], needs);
    }
    let mut cost = Metric::begin(
        &mut out,
        "spacelog_today_cost_usd",
        "gauge",
        "What this UTC day cost: as if X did not bill the people of a Space, and as if it did.",
    );
    for (bound, column) in [("low", "cost_today_usd"), ("high", "cost_today_usd_most")] {
        if let Some(usd) = value(status, column).and_then(number) {
            cost.sample(&[("bound", bound)], usd);
        }
    }
    views(&mut out, status);
    windows(&mut out, status);
    served(&mut out, counts);
    out
}

/// How far each view is behind the log: `NAME EVENTS`.
fn views(out: &mut String, status: &Sheet) {
    let help = "Events that the log is ahead of a view.";
    let mut metric = Metric::begin(out, "spacelog_view_behind_events", "gauge", help);
    for line in lines(status, "views_behind") {
        let Some((view, behind)) = line.rsplit_once(' ') else { continue };
        if let Ok(behind) = behind.parse() {
            metric.sample(&[("view", view)], behind);
        }
    }
}

/// What each endpoint's window has left: `ENDPOINT LEFT/LIMIT until …`.
fn windows(out: &mut String, status: &Sheet) {
    let read = |line: &str| {
        let mut words = line.split(' ');
        let endpoint = words.next()?.to_owned();
        let (left, limit) = words.next()?.split_once('/')?;
        Some((endpoint, left.parse::<f64>().ok()?, limit.parse::<f64>().ok()?))
    };
    let windows: Vec<_> = lines(status, "windows").filter_map(read).collect();
    let help = "Requests that an endpoint's window has left.";
    let mut left = Metric::begin(out, "spacelog_window_remaining_requests", "gauge", help);
    for (endpoint, remaining, _) in &windows {
        left.sample(&[("endpoint", endpoint)], *remaining);
    }
    let help = "Requests that an endpoint's window allows.";
    let mut limit = Metric::begin(out, "spacelog_window_limit_requests", "gauge", help);
    for (endpoint, _, all) in &windows {
        limit.sample(&[("endpoint", endpoint)], *all);
    }
}

/// What this server did.
fn served(out: &mut String, counts: &Counts) {
    let help = "Requests answered over HTTP, by the first digit of their status.";
    let mut metric = Metric::begin(out, "spacelog_http_requests_total", "counter", help);
    for (class, count) in counts.answers() {
        metric.sample(&[("class", class)], count);
    }
    let help = "Connections open over HTTP.";
    let mut metric = Metric::begin(out, "spacelog_http_connections", "gauge", help);
    metric.sample(&[], counts.connections());
    let help = "Streams of events open.";
    Metric::begin(out, "spacelog_http_streams", "gauge", help).sample(&[], counts.streams());
}

fn lines<'a>(status: &'a Sheet, name: &str) -> impl Iterator<Item = &'a str> {
    let values = match value(status, name) {
        Some(Value::List(values)) => values.as_slice(),
        _ => &[],
    };
    values.iter().filter_map(|value| match value {
        Value::Text(text) => Some(text.as_str()),
        _ => None,
    })
}

/// Returns a value as a sample: moments in seconds, a list by its length; unknown is none.
fn number(value: &Value) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "samples are real numbers")]
    match value {
        Value::Bool(it) => Some(f64::from(u8::from(*it))),
        Value::Int(it) => Some(*it as f64),
        Value::Real(it) => Some(*it),
        Value::Time(ms) => Some(*ms as f64 / 1e3),
        Value::List(it) => Some(it.len() as f64),
        Value::Unknown | Value::Text(_) | Value::Json(_) => None,
    }
}

/// A metric being written.
struct Metric<'a> {
    out: &'a mut String,
    name: &'static str,
}

impl<'a> Metric<'a> {
    fn begin(out: &'a mut String, name: &'static str, kind: &str, help: &str) -> Self {
        // Writing to a String cannot fail.
        write!(out, "# HELP {name} {help}\n# TYPE {name} {kind}\n").unwrap_or_default();
        Self { out, name }
    }

    fn sample(&mut self, labels: &[(&str, &str)], value: f64) {
        let labels: Vec<String> =
            labels.iter().map(|(name, value)| format!("{name}=\"{}\"", escaped(value))).collect();
        let labels =
            if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        writeln!(self.out, "{}{labels} {value}", self.name).unwrap_or_default();
    }
}

/// Escapes a label's value.
fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::{Column, Unit};

    #[test]
    fn figures_carry_their_bounded_labels_and_the_unknown_is_left_out() {
        let names = ["running", "seq", "recorded_at", "views_behind", "windows", "following"];
        let mut status = Sheet::new(names.map(|name| Column::new(name, Unit::None)).to_vec());
        status.push(vec![
            true.into(),
            1234_u64.into(),
            Value::Time(1_790_000_000_500),
            vec!["spaces 0", "curves 12"].into(),
            vec!["search 299/300 until 2026-11-23T18:00:00Z"].into(),
            Value::Unknown,
        ]);
        let text = text(&status, &Counts::default());
        for line in [
            "spacelog_running 1",
            "spacelog_log_events_total 1234",
            "spacelog_log_recorded_timestamp_seconds 1790000000.5",
            "spacelog_view_behind_events{view=\"curves\"} 12",
            "spacelog_window_remaining_requests{endpoint=\"search\"} 299",
            "spacelog_window_limit_requests{endpoint=\"search\"} 300",
        ] {
            assert!(text.lines().any(|it| it == line), "{line} in\n{text}");
        }
        assert!(!text.contains("spacelog_following_spaces"), "{text}");
    }

    #[test]
    fn a_label_cannot_break_out_of_its_quotes() {
        assert_eq!(escaped("a\"b\\c\nd"), "a\\\"b\\\\c\\nd");
    }
}
