//! A row by the names of its columns, and what calendars and feeds tell of an announced Space.

use std::io;

use super::doubts::told;
use super::number;
use crate::sheet::{Sheet, Value};
use crate::space::several;

/// Returns whether a sheet says that its data is simulated.
pub(super) fn is_simulated(sheet: &Sheet) -> bool {
    sheet.notes.iter().any(|note| note.starts_with("SIMULATED"))
}

/// One row of a sheet.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    sheet: &'a Sheet,
    values: &'a [Value],
}

impl<'a> Row<'a> {
    /// Returns the rows of a sheet.
    pub fn all(sheet: &'a Sheet) -> impl Iterator<Item = Self> {
        sheet.rows.iter().map(move |values| Self { sheet, values })
    }

    fn value(&self, name: &str) -> Option<&'a Value> {
        self.values.get(self.sheet.index(name)?)
    }

    /// Returns a text, which may be anybody's.
    pub fn text(&self, name: &str) -> Option<&'a str> {
        match self.value(name)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns texts, those left out that are not known.
    pub fn texts(&self, name: &str) -> Vec<&'a str> {
        let Some(Value::List(values)) = self.value(name) else { return Vec::new() };
        let text = |value: &'a Value| match value {
            Value::Text(text) => Some(text.as_str()),
            _ => None,
        };
        values.iter().filter_map(text).collect()
    }

    /// Returns a moment, in milliseconds since the epoch.
    pub fn time(&self, name: &str) -> Option<i64> {
        match self.value(name)? {
            Value::Time(ms) => Some(*ms),
            _ => None,
        }
    }

    /// Returns a whole number.
    pub fn whole(&self, name: &str) -> Option<i64> {
        match self.value(name)? {
            Value::Int(value) => Some(*value),
            _ => None,
        }
    }

    /// Returns the first of several moments.
    fn first_time(&self, name: &str) -> Option<i64> {
        match self.value(name)? {
            Value::List(values) => match values.first()? {
                Value::Time(ms) => Some(*ms),
                _ => None,
            },
            _ => None,
        }
    }

    /// Returns what is known of a Space in lines for people: hosts, begin, moves, reminders. The
    /// names of hosts may hold anything.
    ///
    /// # Errors
    /// When its doubts cannot be read.
    pub fn told(&self) -> io::Result<Vec<String>> {
        let mut lines = Vec::new();
        let hosts = self.texts("host_usernames");
        if !hosts.is_empty() {
            let names: Vec<String> = hosts.iter().map(|host| format!("@{host}")).collect();
            lines.push(format!("by {}", names.join(", ")));
        }
        if let Some(start) = self.time("scheduled_start") {
            lines.push(format!("announced for {}", number::time(start)));
        }
        if let Some(moves @ 1..) = self.whole("moves") {
            let times = if moves == 1 { "once".to_owned() } else { format!("{moves} times") };
            let first = self.first_time("former_starts").map(number::time);
            let first = first.map(|first| format!(", at first for {first}")).unwrap_or_default();
            lines.push(format!("moved {times}{first}"));
        }
        if let Some(standing) = self.text("standing") {
            lines.push(standing.replace('_', " "));
        }
        if let Some(started) = self.time("started_at") {
            lines.push(format!("began {}", number::time(started)));
        }
        if let Some(count) = self.whole("reminders").filter(|_| self.text("standing").is_some()) {
            lines.push(several(count, "reminder", "reminders"));
        }
        if let Some(count) = self.whole("participants") {
            lines.push(several(count, "participant", "participants"));
            lines.extend(self.text("basis").map(|basis| format!("basis: {basis}")));
            let doubts = self.value("doubts").map(told).transpose()?.unwrap_or_default();
            lines.extend(doubts.into_iter().map(|it| format!("doubted: {}", it.words)));
        }
        Ok(lines)
    }
}
