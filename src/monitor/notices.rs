//! Printing notices: from the log's outbox, in order, on a thread that may be slow.

use std::io::{self, ErrorKind, Write};
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError};
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::event::{Notice, NoticeKind};
use crate::log::{NoticeKey, Reader};
use crate::question::doubted_in_log;
use crate::space::{Moment, Untrusted, several};

use super::talk::Talk;

/// The outbox is looked into this often even when nobody called.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Milliseconds in a minute.
const MINUTE_MS: i64 = 60_000;

/// What a printer prints from and to.
pub struct Printer {
    /// The log, for its outbox.
    pub reader: Reader,
    /// Wakes the printer.
    pub news: Receiver<()>,
    /// Erases a printed notice; false when that could not be stored yet.
    pub erase: Box<dyn Fn(NoticeKey) -> bool + Send>,
    /// Cancelled when no notices will be added any more.
    pub finish: CancellationToken,
    /// What time it is.
    pub clock: Clock,
    /// What stands before each notice.
    pub mark: &'static str,
    /// Where to say that it cannot print.
    pub talk: Talk,
}

impl Printer {
    /// Prints what stands in the outbox, each notice erased before the next is printed: a crash
    /// repeats at most one. What a crash left there is printed first.
    ///
    /// # Errors
    /// When nobody reads `out` any more; what was not printed stays in the outbox. Other failures
    /// are said, and tried again.
    pub fn print(self, out: &mut dyn Write) -> io::Result<()> {
        loop {
            let ending = self.finish.is_cancelled();
            // A log that cannot be read right now is read at the next turn.
            let waiting = self.reader.outbox().unwrap_or_default();
            let empty = waiting.is_empty();
            match self.print_all(waiting, out) {
                Err(error) if error.kind() == ErrorKind::BrokenPipe => return Err(error),
                Err(error) if ending => return Err(error),
                Err(error) => self.talk.trouble("standard output", &error),
                Ok(()) if ending => return Ok(()),
                Ok(()) if !empty => self.talk.well("standard output"),
                Ok(()) => {}
            }
            // Called, or not, or nobody left to call: the outbox tells.
            if self.news.recv_timeout(LOOK_EVERY) == Err(RecvTimeoutError::Disconnected) {
                crate::clock::pause(LOOK_EVERY);
            }
        }
    }

    /// Returns what is doubted of the count that a notice tells, behind it.
    fn doubts(&self, it: &Notice) -> String {
        let count = it.participants.filter(|_| it.kind == NoticeKind::Live);
        let Some(count) = count else { return String::new() };
        match doubted_in_log(&self.reader, it.space, |doubt| doubt.count == count) {
            Ok(found) => {
                let words = found.iter().flat_map(|doubt| ["  doubted: ", &doubt.words]);
                words.collect()
            }
            // Whoever waits for the notice gets it without.
            Err(error) => {
                self.talk.trouble("what is doubted of notices", &error);
                String::new()
            }
        }
    }

    fn print_all(&self, waiting: Vec<(NoticeKey, Notice)>, out: &mut dyn Write) -> io::Result<()> {
        for (key, notice) in waiting {
            let now = Moment::from(self.clock.now());
            // In one piece: alerts go there too.
            let line = format!("{}{}{}\n", self.mark, line(&notice, now), self.doubts(&notice));
            out.write_all(line.as_bytes())?;
            out.flush()?;
            let mut tries = 0;
            while !(self.erase)(key) && tries < ERASE_TRIES {
                tries += 1;
                crate::clock::pause(LOOK_EVERY);
            }
        }
        Ok(())
    }
}

/// How often erasing is tried before the next notice is printed all the same.
const ERASE_TRIES: u32 = 5;

/// Returns the line of a notice.
pub fn line(it: &Notice, now: Moment) -> String {
    let title = it.title.as_ref().map(|title| format!("\"{}\"", Untrusted(title).term()));
    let host = it.host.as_ref().map(|host| format!(" by @{}", Untrusted(host).term()));
    let followers =
        it.followers.map(|count| format!(", {}", several(count, "follower", "followers")));
    let state = match it.kind {
        NoticeKind::Scheduled => {
            it.starts.map(|starts| format!(", starts {}", clock_time(starts, now)))
        }
        NoticeKind::Live => Some(match it.participants {
            Some(count) => format!(", {}", several(count, "participant", "participants")),
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
