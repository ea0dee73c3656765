//! Printing notices: from the log's outbox, in order, on a thread that may be slow.

use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError};

use crate::clock::Clock;
use crate::event::{Notice, NoticeKind};
use crate::log::Reader;
use crate::space::{Moment, Untrusted};

/// The outbox is looked into this often even when nobody called.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Milliseconds in a minute.
const MINUTE_MS: i64 = 60_000;

/// Prints what stands in the outbox whenever `news` says so, until its sender is gone. What a
/// crash left unprintable in the outbox is printed first.
///
/// # Errors
/// When `out` is closed or cannot be written; what was not printed stays in the outbox.
pub fn print(
    reader: &Reader,
    news: &Receiver<()>,
    printed: &AtomicU64,
    (clock, mark): (&Clock, &str),
    out: &mut dyn Write,
) -> io::Result<()> {
    loop {
        let last = printed.load(Ordering::Acquire);
        // A log that cannot be read right now is read at the next call.
        let waiting = reader.outbox(last).unwrap_or_default();
        for (_seq, notice) in &waiting {
            writeln!(out, "{mark}{}", line(notice, Moment::from(clock.now())))?;
        }
        if let Some((seq, _)) = waiting.last() {
            out.flush()?;
            printed.store(*seq, Ordering::Release);
        }
        match news.recv_timeout(LOOK_EVERY) {
            Err(RecvTimeoutError::Disconnected) if waiting.is_empty() => return Ok(()),
            Ok(()) | Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
        }
    }
}

/// Returns the line of a notice.
pub fn line(it: &Notice, now: Moment) -> String {
    let title = it.title.as_ref().map(|title| format!("\"{}\"", Untrusted(title).term()));
    let host = it.host.as_ref().map(|host| format!(" by @{}", Untrusted(host).term()));
    let followers = it.followers.map(|count| format!(", {} followers", grouped(count)));
    let state = match it.kind {
        NoticeKind::Scheduled => {
            it.starts.map(|starts| format!(", starts {}", clock_time(starts, now)))
        }
        NoticeKind::Live => Some(match it.participants {
            Some(count) => format!(", {} participants", grouped(count)),
            None => ", participants unknown".to_owned(),
        }),
        NoticeKind::Ended if it.inferred => Some(", not found any more (end inferred)".to_owned()),
        NoticeKind::Ended => match it.ran {
            (Some(from), Some(to)) => {
                let minutes = to.since(from).max(0) / MINUTE_MS;
                Some(format!(", ran {minutes} min, ended {}", clock_time(to, now)))
            }
            _ => None,
        },
    };
    format!(
        "{}  {}{}{}{}  {}",
        it.kind.word(),
        title.as_deref().unwrap_or("(no title)"),
        host.unwrap_or_default(),
        followers.unwrap_or_default(),
        state.unwrap_or_default(),
        it.space
    )
}

/// The time of day, with its date where that is another than today's.
fn clock_time(at: Moment, now: Moment) -> String {
    let format = if at.day() == now.day() { "%H:%MZ" } else { "%Y-%m-%d %H:%MZ" };
    at.to_utc().format(format).to_string()
}

fn grouped(count: u64) -> String {
    crate::export::number::thousands(i64::try_from(count).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notice(kind: NoticeKind) -> Notice {
        Notice {
            kind,
            space: "1YqKDqWqdPLxV".parse().unwrap(),
            title: Some("AI \u{1b}[31mregulation".to_owned()),
            host: Some("nasa".to_owned()),
            followers: Some(12_300),
            participants: Some(240),
            starts: Moment::parse("2026-11-23T18:00:00Z"),
            ran: (Moment::parse("2026-11-23T18:00:00Z"), Moment::parse("2026-11-23T19:30:00Z")),
            inferred: false,
        }
    }

    #[test]
    fn a_notice_says_what_happened_in_one_line() {
        let now = Moment::parse("2026-11-23T20:00:00Z").unwrap();
        let lines: Vec<String> = [NoticeKind::Scheduled, NoticeKind::Live, NoticeKind::Ended]
            .into_iter()
            .map(|kind| line(&notice(kind), now))
            .collect();
        assert_eq!(
            lines,
            [
                "scheduled  \"AI [31mregulation\" by @nasa, 12,300 followers, starts 18:00Z  1YqKDqWqdPLxV",
                "live  \"AI [31mregulation\" by @nasa, 12,300 followers, 240 participants  1YqKDqWqdPLxV",
                "ended  \"AI [31mregulation\" by @nasa, 12,300 followers, ran 90 min, ended 19:30Z  1YqKDqWqdPLxV",
            ]
        );
    }
}
