//! Rules of alerts: what is to be told, how often, and where to.

mod table;

use std::path::PathBuf;
use std::time::Duration;

use url::Url;

use super::Creator;

pub(super) use table::rules;

/// At most so many rules are looked at.
pub const RULES_MAX: usize = 64;

/// A rule, as the configuration has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertRule {
    /// Its name, by which alerts that it raised are known: no two have the same.
    pub name: String,
    /// What it waits for.
    pub when: When,
    /// Only Spaces with this text in the title.
    pub keyword: Option<String>,
    /// Only Spaces of this host.
    pub host: Option<Creator>,
    /// Only Spaces on whose stage this person is listed, as host or speaker.
    pub speaker: Option<Creator>,
    /// After how long it tells of the same Space again while what it waits for holds; `None` is
    /// never.
    pub repeat: Option<Duration>,
    /// Where it tells.
    pub to: Sink,
}

/// What a rule waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum When {
    /// A Space was seen that nobody knew.
    Found,
    /// A Space is announced.
    Announced,
    /// A Space is on air.
    Live,
    /// A Space ended.
    Ended,
    /// More participants than this in so many readings, one after the other.
    Participants {
        /// The count to be passed.
        over: u64,
        /// Readings.
        readings: u32,
    },
    /// More new participants a minute than this, between so many readings, one after the other.
    Growth {
        /// Participants a minute.
        per_minute: u64,
        /// Readings.
        readings: u32,
    },
    /// Collecting itself is in trouble.
    Trouble(Trouble),
}

/// Trouble with collecting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Only a person can mend it: token, access, credits, cap.
    NeedsPerson,
    /// X has not answered for so long.
    NoPolls(Duration),
    /// The log could not be written, and can again.
    Storage,
}

/// Where alerts go.
#[derive(Clone, PartialEq, Eq)]
pub enum Sink {
    /// Standard output of the monitor.
    Stdout,
    /// A program, started with these arguments; no shell reads them.
    Command(Vec<String>),
    /// An address that takes a POST, and the file of the secret that signs it.
    Webhook {
        /// The address.
        url: Url,
        /// The file.
        secret_file: PathBuf,
    },
    /// A notice on the desktop, in builds that have them.
    Desktop,
}

/// What to do where a build has no notices on the desktop.
pub const DESKTOP_NEEDS: &str =
    "this build has no desktop notices: build it with `--features desktop`";

impl std::fmt::Debug for Sink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.shown())
    }
}

impl When {
    /// Returns the word for it in the configuration.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::Announced => "announced",
            Self::Live => "live",
            Self::Ended => "ended",
            Self::Participants { .. } => "participants",
            Self::Growth { .. } => "growth",
            Self::Trouble(_) => "trouble",
        }
    }
}

impl Sink {
    /// Returns the word for it.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Stdout => "stdout",
            Self::Command(_) => "command",
            Self::Webhook { .. } => "webhook",
            Self::Desktop => "desktop",
        }
    }

    /// Returns where it goes, for people: of an address only its origin, because the rest of one is
    /// often a secret, and of a command only the program.
    pub fn shown(&self) -> String {
        match self {
            Self::Stdout => "standard output".to_owned(),
            Self::Command(args) => {
                format!("command {}", args.first().map_or("", String::as_str))
            }
            Self::Webhook { url, .. } => {
                format!("webhook {}", url.origin().ascii_serialization())
            }
            Self::Desktop => "notice on the desktop".to_owned(),
        }
    }
}

impl AlertRule {
    /// Returns the number by which the log knows the rule: a hash of its name.
    pub fn number(&self) -> u64 {
        let hash = blake3::derive_key("spacelog alert rule, 1", self.name.as_bytes());
        let mut number = [0; 8];
        number.copy_from_slice(&hash[..8]);
        u64::from_be_bytes(number)
    }

    /// Returns what it waits for, for people.
    pub fn shown(&self) -> String {
        let mut words = vec![match &self.when {
            When::Found => "a Space found".to_owned(),
            When::Announced => "a Space announced".to_owned(),
            When::Live => "a Space live".to_owned(),
            When::Ended => "a Space ended".to_owned(),
            When::Participants { over, readings } => {
                format!("over {over} participants in {readings} readings")
            }
            When::Growth { per_minute, readings } => {
                format!("over {per_minute} more a minute in {readings} readings")
            }
            When::Trouble(Trouble::NeedsPerson) => "trouble that needs a person".to_owned(),
            When::Trouble(Trouble::NoPolls(after)) => {
                format!("no answer from X for {} s", after.as_secs())
            }
            When::Trouble(Trouble::Storage) => "a log that could not be written".to_owned(),
        }];
        words.extend(self.keyword.iter().map(|it| format!("with \"{it}\" in the title")));
        words.extend(self.host.iter().map(|it| format!("by {}", named(it))));
        words.extend(self.speaker.iter().map(|it| format!("with {} on stage", named(it))));
        words.join(", ")
    }
}

fn named(creator: &Creator) -> String {
    match creator {
        Creator::Id(id) => id.to_string(),
        Creator::Name(name) => format!("@{name}"),
    }
}
