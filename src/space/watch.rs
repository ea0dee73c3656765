//! What can be watched.

use std::fmt;

use super::{SpaceId, UserId};

/// One thing on the watch list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WatchItem {
    /// A text to search for.
    Query(String),
    /// A creator by name, without its `@`.
    Username(String),
    /// A creator by id.
    User(UserId),
    /// A Space.
    Space(SpaceId),
}

impl WatchItem {
    /// Returns the word for its kind.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Query(_) => "query",
            Self::Username(_) | Self::User(_) => "creator",
            Self::Space(_) => "space",
        }
    }

    /// Returns what is watched as a person would write it.
    pub fn text(&self) -> String {
        match self {
            Self::Query(text) => text.clone(),
            Self::Username(name) => format!("@{name}"),
            Self::User(id) => id.to_string(),
            Self::Space(id) => id.to_string(),
        }
    }

    /// Returns whether both are the same thing to X, which minds no case in names.
    pub fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Username(one), Self::Username(other)) => one.eq_ignore_ascii_case(other),
            (one, other) => one == other,
        }
    }
}

impl fmt::Display for WatchItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Query(text) => write!(f, "query \"{text}\""),
            Self::Username(_) | Self::User(_) => write!(f, "creator {}", self.text()),
            Self::Space(id) => write!(f, "Space {id}"),
        }
    }
}
