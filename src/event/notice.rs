//! A notice: what people are told of a Space, once, when its batch is stored.

use crate::space::{Moment, SpaceId};

/// What happened to a Space that people want to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoticeKind {
    /// It was announced.
    Scheduled,
    /// It went live.
    Live,
    /// It ended.
    Ended,
}

impl NoticeKind {
    /// Returns the word that the notice begins with.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Live => "live",
            Self::Ended => "ended",
        }
    }
}

/// A notice with all that its line shows. It waits in the log's outbox until it was printed, and
/// is erased there with the next batch: a crash repeats at most the last ones, and loses none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What happened.
    pub kind: NoticeKind,
    /// To which Space.
    pub space: SpaceId,
    /// Its title, if X gave one.
    pub title: Option<String>,
    /// The first host's name after the `@`.
    pub host: Option<String>,
    /// The first host's followers.
    pub followers: Option<u64>,
    /// People present (live), or present at most as far as this answer says (ended).
    pub participants: Option<u64>,
    /// The announced start.
    pub starts: Option<Moment>,
    /// The begin and the end, as X reports them.
    pub ran: (Option<Moment>, Option<Moment>),
    /// Whether the end was inferred from its absence.
    pub inferred: bool,
}
