//! Personal text, kept beside the events so that it can be forgotten for good.

use std::fmt;

use crate::space::{SpaceId, UserId};

use super::{AskedFor, Event, Watched};

/// Random bytes mixed into a text's reference, so that the reference tells nothing once the text
/// and its salt are erased.
pub type Salt = [u8; 16];

/// A reference to a stored text: BLAKE3 over its salt and its stored bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TextRef(pub [u8; 32]);

impl TextRef {
    /// Returns the reference of these stored bytes under this salt.
    pub fn of(salt: &Salt, stored: &[u8]) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("spacelog text reference, 1");
        hasher.update(salt).update(stored);
        Self(*hasher.finalize().as_bytes())
    }
}

impl fmt::Display for TextRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for TextRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The key under which a text that recurs (a query, a list of ids, an error message) is found
/// again; it lives in an erasable table, never in an event.
pub type TextKey = [u8; 16];

/// A text that is stored beside the events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Text {
    /// What people wrote about a Space.
    Space {
        /// The title.
        title: Option<String>,
        /// Unknown fields, as a JSON object.
        extra: Option<String>,
    },
    /// What people wrote about themselves.
    User {
        /// The name after the `@`.
        username: Option<String>,
        /// The displayed name.
        name: Option<String>,
        /// The profile's text.
        description: Option<String>,
        /// The place.
        location: Option<String>,
        /// The link.
        url: Option<String>,
        /// Unknown fields, as a JSON object.
        extra: Option<String>,
    },
    /// A query, a list of ids or names, an error message.
    Line(String),
}

impl Text {
    /// Returns the key under which an equal line is found again.
    pub fn key(line: &str) -> TextKey {
        let hash = blake3::derive_key("spacelog text key, 1", line.as_bytes());
        let mut key = [0; 16];
        key.copy_from_slice(&hash[..16]);
        key
    }

    /// Returns everything in it that somebody wrote.
    pub fn words(&self) -> Vec<&str> {
        let said = match self {
            Self::Space { title, extra } => vec![title, extra],
            Self::User { username, name, description, location, url, extra } => {
                vec![username, name, description, location, url, extra]
            }
            Self::Line(line) => return vec![line],
        };
        said.into_iter().flatten().map(String::as_str).collect()
    }

    /// Returns the line, if it is one.
    pub fn line(&self) -> Option<&str> {
        match self {
            Self::Line(line) => Some(line),
            Self::Space { .. } | Self::User { .. } => None,
        }
    }
}

/// Whose text it is: what `forget` looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// About a Space.
    Space(SpaceId),
    /// About a user.
    User(UserId),
    /// What a monitor asked for, or was told.
    Monitor,
}

/// A text to be stored with a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewText {
    /// How events refer to it.
    pub reference: TextRef,
    /// Its salt.
    pub salt: Salt,
    /// Whose it is.
    pub owner: Owner,
    /// The text.
    pub text: Text,
}

impl NewText {
    /// Returns the text ready to be stored and referred to.
    pub fn new(owner: Owner, text: Text, salt: Salt) -> Self {
        let reference = TextRef::of(&salt, &super::codec::encode_text(&text));
        Self { reference, salt, owner, text }
    }
}

impl Event {
    /// Returns the texts that it refers to, in their order: two at most.
    pub fn references(&self) -> impl Iterator<Item = TextRef> + use<> {
        let asked = |asked: &AskedFor| match asked {
            AskedFor::Query { text, .. } | AskedFor::Listed(text) => Some(*text),
            AskedFor::InBatch { .. } | AskedFor::Space(_) | AskedFor::Unknown => None,
        };
        let found = match self {
            Self::PollSucceeded(it) => [asked(&it.head.asked), None],
            Self::PollFailed(it) => [asked(&it.head.asked), Some(it.message)],
            Self::SpaceDescribed(it) => [it.text, None],
            Self::UserDescribed(it) => [it.text, None],
            Self::WatchChanged {
                watched: Watched::Query(text) | Watched::Username(text), ..
            } => [Some(*text), None],
            Self::AlertRaised(it) => [Some(it.rule), None],
            _ => [None, None],
        };
        found.into_iter().flatten()
    }

    /// Returns whose the texts are that it refers to.
    pub fn owner(&self) -> Owner {
        match self {
            Self::SpaceDescribed(it) => Owner::Space(it.space),
            Self::UserDescribed(it) => Owner::User(it.user),
            _ => Owner::Monitor,
        }
    }
}
