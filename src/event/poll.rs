//! The two poll events: a request was answered, or it was not.

use std::fmt;
use std::str::FromStr;

use crate::space::{Endpoint, FailureClass, Moment, RateLimit, SearchState, SpaceId};

use super::TextRef;

/// The id of the monitor that polled: random, made once with its log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MonitorId(pub u64);

impl fmt::Display for MonitorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// The id of a poll: the same poll has the same id however often it is appended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PollId(pub [u8; 16]);

impl PollId {
    /// Returns the id of a live poll. The target enters by its salted reference, so that the id
    /// of a forgotten query tells nothing of its words.
    pub fn of_live(monitor: MonitorId, head: &PollHead, observed_at: Moment) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("spacelog poll id, live, 1");
        hasher.update(&monitor.0.to_le_bytes());
        hasher.update(head.endpoint.word().as_bytes());
        hasher.update(&head.sent_at.map_or(0, |at| at.0).to_le_bytes());
        hasher.update(&observed_at.0.to_le_bytes());
        match &head.asked {
            AskedFor::Query { text, state, max_results } => {
                hasher.update(&text.0).update(state.word().as_bytes()).update(&[*max_results])
            }
            AskedFor::Listed(text) => hasher.update(&text.0),
            AskedFor::InBatch { first, count } => {
                hasher.update(&first.to_bytes()).update(&count.to_le_bytes())
            }
            AskedFor::Space(id) => hasher.update(&id.to_bytes()),
            AskedFor::Unknown => &mut hasher,
        };
        Self::cut(&hasher.finalize())
    }

    /// Returns the id of an imported answer: from endpoint, time and body alone.
    pub fn of_import(endpoint: Endpoint, observed_at: Moment, body: &[u8]) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("spacelog poll id, imported, 1");
        hasher.update(endpoint.word().as_bytes());
        hasher.update(&observed_at.0.to_le_bytes());
        hasher.update(body);
        Self::cut(&hasher.finalize())
    }

    fn cut(hash: &blake3::Hash) -> Self {
        let mut id = [0; 16];
        id.copy_from_slice(&hash.as_bytes()[..16]);
        Self(id)
    }
}

/// Reads what is printed: 32 hexadecimal digits.
impl FromStr for PollId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let number = u128::from_str_radix(text, 16).map_err(|_| ())?;
        if text.len() == 32 { Ok(Self(number.to_be_bytes())) } else { Err(()) }
    }
}

impl fmt::Display for PollId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for PollId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What a request asked for, as the log holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AskedFor {
    /// A search.
    Query {
        /// The query's text.
        text: TextRef,
        /// Which states.
        state: SearchState,
        /// At most this many rows.
        max_results: u8,
    },
    /// Ids or names, separated by commas, in the text store.
    Listed(TextRef),
    /// The Spaces that this batch observed or missed: an answered look-up by ids names each
    /// of them anyway.
    InBatch {
        /// The smallest of the ids.
        first: SpaceId,
        /// How many ids.
        count: u32,
    },
    /// One Space.
    Space(SpaceId),
    /// The imported answer does not say.
    Unknown,
}

/// Where a poll's answer came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// This monitor asked.
    Live,
    /// Somebody had recorded it.
    Imported,
}

/// What both poll events carry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PollHead {
    /// Where the answer came from.
    pub origin: Origin,
    /// Where it was asked.
    pub endpoint: Endpoint,
    /// For what.
    pub asked: AskedFor,
    /// When the request left, where that is known.
    pub sent_at: Option<Moment>,
    /// The label of the credential, never the credential.
    pub credential: String,
    /// How long a count of this poll may be held, in milliseconds (see `Asked::holding_ms`).
    pub holding_ms: Option<u64>,
    /// Requests before this one that were refused for a field (see `Asked::repeats`).
    pub repeats: u32,
}

/// What an answer cost: resources not yet billed that UTC day, and both bounds of their price.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Spaces.
    pub spaces: u32,
    /// Users in `includes`; X does not say whether it bills them.
    pub users: u32,
    /// Posts.
    pub posts: u32,
    /// Millionths of a dollar if users in `includes` are free.
    pub least_micro_usd: u64,
    /// Millionths of a dollar if they are not.
    pub most_micro_usd: u64,
}

/// X answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PollSucceeded {
    /// What was asked, by whom.
    pub head: PollHead,
    /// The HTTP status, where it is known.
    pub status: Option<u16>,
    /// Spaces in the answer.
    pub returned: u32,
    /// Of these, Spaces that the log had never seen.
    pub new_spaces: u32,
    /// Rows without a valid id.
    pub unreadable: u32,
    /// The window as the headers told it.
    pub rate: Option<RateLimit>,
    /// What it cost.
    pub cost: Cost,
}

/// X did not answer, or not with an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PollFailed {
    /// What was asked, by whom.
    pub head: PollHead,
    /// Why.
    pub class: FailureClass,
    /// The HTTP status, where one came.
    pub status: Option<u16>,
    /// For how many milliseconds X asked to be left alone.
    pub retry_after_ms: Option<u64>,
    /// What X or the network said.
    pub message: TextRef,
    /// The window as the headers told it.
    pub rate: Option<RateLimit>,
}
