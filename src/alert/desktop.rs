//! A notice on the desktop: what it shows of an alert, and showing it, in builds that can.

use std::time::Duration;

use thiserror::Error;

use super::Message;
use crate::clock;
use crate::config::DESKTOP_NEEDS;

/// A desktop takes a notice within this time, or the alert comes again.
pub const DEADLINE: Duration = Duration::from_secs(10);

/// So many characters stand in a notice at most: a desktop shows no more of it.
const LENGTH_MAX: usize = 240;

/// The most characters of a title in it.
const TITLE_MAX: usize = 80;

/// Why a notice is not shown.
#[derive(Debug, Error)]
pub enum DesktopError {
    /// This build has no way to.
    #[error("{DESKTOP_NEEDS}")]
    NotBuilt,
    /// There is no desktop that shows notices, or it refuses.
    #[error("the desktop shows no notice: {0}")]
    Refused(String),
    /// It does not answer.
    #[error("the desktop does not answer within 10 s")]
    Timeout,
}

/// What is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The heading.
    pub summary: String,
    /// The text below it.
    pub body: String,
}

impl Notice {
    /// Returns what is shown of an alert: in one line each, of bounded length, and nothing in it
    /// that a desktop would take for its own marks.
    pub fn of(message: &Message) -> Self {
        Self {
            summary: plain(&format!("spacelog: {}", message.rule)),
            body: plain(&short(message).line()),
        }
    }
}

/// Returns the message with so much of its title that what stands behind it has room.
fn short(message: &Message) -> Message {
    let cut = |title: &String| match title.char_indices().nth(TITLE_MAX) {
        Some((end, _)) => format!("{}…", &title[..end]),
        None => title.clone(),
    };
    Message { title: message.title.as_ref().map(cut), ..message.clone() }
}

/// Returns a text that no desktop reads as markup or as an entity, and not more of it than one shows.
fn plain(text: &str) -> String {
    let mut plain: String = crate::space::Untrusted(text)
        .term()
        .chars()
        .map(|c| match c {
            '<' => '‹',
            '>' => '›',
            '&' => '＆',
            c => c,
        })
        .collect();
    if let Some((end, _)) = plain.char_indices().nth(LENGTH_MAX) {
        plain.truncate(end);
        plain.push('…');
    }
    plain
}

/// Has a notice shown.
pub async fn show(notice: Notice) -> Result<(), DesktopError> {
    clock::deadline(DEADLINE, hand_over(notice)).await.unwrap_or(Err(DesktopError::Timeout))
}

#[cfg(all(feature = "desktop", not(target_os = "macos")))]
async fn hand_over(notice: Notice) -> Result<(), DesktopError> {
    let shown = built(&notice).show_async().await;
    // It stays where it is when its handle goes.
    shown.map(drop).map_err(|error| DesktopError::Refused(error.to_string()))
}

#[cfg(all(feature = "desktop", target_os = "macos"))]
fn hand_over(notice: Notice) -> std::future::Ready<Result<(), DesktopError>> {
    let shown = built(&notice).show();
    std::future::ready(shown.map(drop).map_err(|error| DesktopError::Refused(error.to_string())))
}

#[cfg(feature = "desktop")]
fn built(notice: &Notice) -> notify_rust::Notification {
    let mut built = notify_rust::Notification::new();
    built.appname("spacelog").summary(&notice.summary).body(&notice.body);
    built
}

#[cfg(not(feature = "desktop"))]
fn hand_over(_notice: Notice) -> std::future::Ready<Result<(), DesktopError>> {
    std::future::ready(Err(DesktopError::NotBuilt))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Occasion;
    use crate::question::Doubting;
    use crate::space::Moment;

    fn message(title: &str) -> Message {
        Message {
            id: [1; 16],
            rule: "crowd".to_owned(),
            occasion: Occasion::Participants,
            is_test: false,
            is_simulated: false,
            at: Moment(0),
            space: Some("1YqKDqWqdPLxV".parse().unwrap()),
            title: Some(title.to_owned()),
            user: None,
            figure: Some(1_204),
            doubts: None,
        }
    }

    #[test]
    fn a_notice_says_the_rule_and_what_it_is_about() {
        let notice = Notice::of(&message("Voices of the coast"));
        assert_eq!(notice.summary, "spacelog: crowd");
        let body = "alert  crowd  participants  \"Voices of the coast\", 1204 participants  \
                    1YqKDqWqdPLxV";
        assert_eq!(notice.body, body);
    }

    #[test]
    fn a_title_that_means_harm_is_text_in_a_notice_and_no_longer_than_it_may_be() {
        let harm = "<a href=\"x\">&amp;<img src=y>\u{1b}[2J\u{202e}\u{200b}\r\nend";
        let notice = Notice::of(&message(harm));
        let wild =
            |c: char| c.is_control() || matches!(c, '<' | '>' | '&' | '\u{202e}' | '\u{200b}');
        assert!(!notice.body.contains(wild), "{notice:?}");
        assert!(notice.body.contains("‹a href=\"x\"›＆amp;") && notice.body.contains("  end"));
        let words = "step: from 240 to 1,204 from one look to the next".to_owned();
        let doubts = |many| Some(vec![Doubting { rule: "step", words: words.clone() }; many]);
        let long = Message { doubts: doubts(1), ..message(&"é".repeat(9_999)) };
        let notice = Notice::of(&long);
        assert!(notice.body.contains("…\", 1204 participants"), "{notice:?}");
        assert!(notice.body.ends_with(&words), "a long title leaves room for it: {notice:?}");
        let notice = Notice::of(&Message { doubts: doubts(9), ..long });
        assert_eq!(notice.body.chars().count(), LENGTH_MAX + 1);
        assert!(notice.body.ends_with('…'), "{notice:?}");
    }
}
