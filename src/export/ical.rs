//! A schedule as a calendar (RFC 5545), for programs that subscribe to it.
//!
//! What calendars need to follow a change: an event keeps its `UID`, `SEQUENCE` grows whenever the
//! begin is moved and whenever the Space is gone or there again, and one that is gone is
//! `CANCELLED`. Nothing else makes a new event of it, so the same schedule gives the same bytes.

use std::io;

use super::Exporter;
use super::named::{Row, is_simulated};
use crate::sheet::Sheet;
use crate::space::{Moment, Untrusted};

/// The octets of a line, its end left out, that RFC 5545 allows.
const LINE_OCTETS: usize = 75;

/// Writes the answer to `schedule` as a calendar.
#[derive(Clone, Copy, Debug)]
pub struct Calendar;

impl Exporter for Calendar {
    fn write(&self, sheet: &Sheet, out: &mut dyn io::Write) -> io::Result<()> {
        let mark = if is_simulated(sheet) { "SIMULATED: " } else { "" };
        line(out, "BEGIN", "VCALENDAR")?;
        line(out, "VERSION", "2.0")?;
        line(out, "PRODID", "-//spacelog//announced Spaces//EN")?;
        line(out, "CALSCALE", "GREGORIAN")?;
        line(out, "METHOD", "PUBLISH")?;
        line(out, "X-WR-CALNAME", &format!("{mark}X Spaces"))?;
        for row in Row::all(sheet) {
            event(&row, mark, out)?;
        }
        line(out, "END", "VCALENDAR")
    }
}

/// Writes the event of one Space; one without a begin has none.
fn event(row: &Row, mark: &str, out: &mut dyn io::Write) -> io::Result<()> {
    let (Some(id), Some(start)) = (row.text("space_id"), row.time("scheduled_start")) else {
        return Ok(());
    };
    let is_gone = row.time("gone_at").is_some() || row.text("state") == Some("canceled");
    let changed = row.time("changed_at").unwrap_or(start);
    line(out, "BEGIN", "VEVENT")?;
    line(out, "UID", &format!("{}@spacelog", Untrusted(id).ical()))?;
    line(out, "DTSTAMP", &stamp(changed))?;
    line(out, "LAST-MODIFIED", &stamp(changed))?;
    line(out, "SEQUENCE", &row.whole("revision").unwrap_or_default().to_string())?;
    line(out, "STATUS", if is_gone { "CANCELLED" } else { "CONFIRMED" })?;
    line(out, "DTSTART", &stamp(start))?;
    if let Some(end) = row.time("ended_at").filter(|end| *end > start) {
        line(out, "DTEND", &stamp(end))?;
    }
    let title = row.text("title").unwrap_or("(no title)");
    line(out, "SUMMARY", &format!("{mark}{}", Untrusted(title).ical()))?;
    let told: Vec<String> = row.told()?.iter().map(|it| Untrusted(it).ical()).collect();
    line(out, "DESCRIPTION", &told.join("\\n"))?;
    if let Some(url) = row.text("url") {
        line(out, "URL", &Untrusted(url).term())?;
    }
    line(out, "END", "VEVENT")
}

/// Returns a moment as a calendar has it, such as `20261123T184230Z`.
fn stamp(ms: i64) -> String {
    Moment(ms).to_utc().format("%Y%m%dT%H%M%SZ").to_string()
}

/// Writes a line, folded where it is longer than a line may be, never inside a character.
fn line(out: &mut dyn io::Write, name: &str, value: &str) -> io::Result<()> {
    let mut room = LINE_OCTETS;
    for c in format!("{name}:{value}").chars() {
        if c.len_utf8() > room {
            out.write_all(b"\r\n ")?;
            // The space that a folded line begins with counts.
            room = LINE_OCTETS - 1;
        }
        room -= c.len_utf8();
        out.write_all(c.encode_utf8(&mut [0; 4]).as_bytes())?;
    }
    out.write_all(b"\r\n")
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{announced, pin};
    use super::*;

    fn calendar(sheet: &Sheet) -> String {
        let mut out = Vec::new();
        Calendar.write(sheet, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_calendar_tells_what_is_announced_what_was_moved_and_what_is_called_off() {
        pin("export_ical", &calendar(&announced()).replace("\r\n", "\n"));
    }

    #[test]
    fn a_title_can_neither_end_its_line_nor_begin_an_event() {
        let text = calendar(&announced());
        assert_eq!(text.matches("BEGIN:VEVENT").count(), announced().rows.len());
        let unfolded = text.replace("\r\n ", "");
        assert!(unfolded.contains("evil\\;  BEGIN:VALARM\\, and \\\\n more"), "{unfolded}");
        assert!(!unfolded.lines().any(|line| line.starts_with("BEGIN:VALARM")), "{unfolded}");
        assert!(!text.replace("\r\n", "").contains(['\r', '\n']), "every line ends with CRLF");
    }

    #[test]
    fn no_line_is_longer_than_75_octets_and_folding_loses_nothing() {
        let mut out = Vec::new();
        let title = "夜の雑談🎉".repeat(40);
        line(&mut out, "SUMMARY", &title).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.split("\r\n").all(|line| line.len() <= LINE_OCTETS), "{text}");
        assert_eq!(text.replace("\r\n ", ""), format!("SUMMARY:{title}\r\n"));
    }
}
