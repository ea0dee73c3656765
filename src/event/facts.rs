//! The events: each a fact somebody saw.

use crate::space::{Counts, Endpoint, Moment, SpaceId, SpaceState, TopicId, UserId};

use super::{MonitorId, PollFailed, PollSucceeded, TextRef};

/// A fact in the log. When it was seen stands on its batch.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A request was answered.
    PollSucceeded(PollSucceeded),
    /// A request was not answered.
    PollFailed(PollFailed),
    /// One Space in one poll; appended at every poll, because flat is not blind.
    SpaceObserved(SpaceObserved),
    /// What X said of a Space, when it differs from what it last said.
    SpaceDescribed(SpaceDescribed),
    /// What X said of a user, when it differs from what it last said.
    UserDescribed(UserDescribed),
    /// A user's counts, when they differ from those last said.
    UserCounted(UserCounted),
    /// What X said of a topic, when it differs from what it last said.
    TopicDescribed(TopicDescribed),
    /// A Space was asked for by id and not returned.
    SpaceMissing(SpaceMissing),
    /// Users who bought a ticket for a Space.
    BuyersObserved(BuyersObserved),
    /// Posts shared in a Space.
    PostsObserved(PostsObserved),
    /// A query, creator or Space was put on the watch list, or taken off.
    WatchChanged {
        /// What is watched.
        watched: Watched,
        /// Whether it was put on.
        added: bool,
    },
    /// A monitor began.
    MonitorStarted(MonitorStarted),
    /// A monitor ended in good order.
    MonitorStopped(MonitorStopped),
    /// A stretch in which we did not look, or looked in vain.
    Gap(Gap),
    /// The wall clock was moved by this many milliseconds.
    ClockStepped {
        /// Positive when it was put forward.
        by_ms: i64,
    },
    /// Our wall clock was found to be ahead of X's by this many milliseconds, to a second or so: said
    /// when it differs from what was last said since the monitor's start.
    ClockSkewed {
        /// Negative when ours is behind.
        by_ms: i64,
    },
    /// A person says that these Spaces are one event (or, `joined` false, that they are not).
    SpacesJoined {
        /// The Spaces.
        spaces: Vec<SpaceId>,
        /// Joined, or parted again.
        joined: bool,
    },
    /// An alert rule found something.
    AlertRaised(AlertRaised),
    /// An alert was handed over, or given up.
    AlertDelivered(AlertDelivered),
    /// Text about a person or a Space was erased for good.
    Forgotten {
        /// About whom or what.
        subject: Subject,
        /// Why, in the words of who asked for it (no names).
        reason: String,
    },
}

impl Event {
    /// Returns the word for its kind, as `events` shows it.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::PollSucceeded(_) => "PollSucceeded",
            Self::PollFailed(_) => "PollFailed",
            Self::SpaceObserved(_) => "SpaceObserved",
            Self::SpaceDescribed(_) => "SpaceDescribed",
            Self::UserDescribed(_) => "UserDescribed",
            Self::UserCounted(_) => "UserCounted",
            Self::TopicDescribed(_) => "TopicDescribed",
            Self::SpaceMissing(_) => "SpaceMissing",
            Self::BuyersObserved(_) => "BuyersObserved",
            Self::PostsObserved(_) => "PostsObserved",
            Self::WatchChanged { .. } => "WatchChanged",
            Self::MonitorStarted(_) => "MonitorStarted",
            Self::MonitorStopped(_) => "MonitorStopped",
            Self::Gap(_) => "Gap",
            Self::ClockStepped { .. } => "ClockStepped",
            Self::ClockSkewed { .. } => "ClockSkewed",
            Self::SpacesJoined { .. } => "SpacesJoined",
            Self::AlertRaised(_) => "AlertRaised",
            Self::AlertDelivered(_) => "AlertDelivered",
            Self::Forgotten { .. } => "Forgotten",
        }
    }

    /// Every kind there is, in the order of the variants.
    pub const KINDS: [&'static str; 20] = [
        "PollSucceeded",
        "PollFailed",
        "SpaceObserved",
        "SpaceDescribed",
        "UserDescribed",
        "UserCounted",
        "TopicDescribed",
        "SpaceMissing",
        "BuyersObserved",
        "PostsObserved",
        "WatchChanged",
        "MonitorStarted",
        "MonitorStopped",
        "Gap",
        "ClockStepped",
        "ClockSkewed",
        "SpacesJoined",
        "AlertRaised",
        "AlertDelivered",
        "Forgotten",
    ];

    /// Returns the Space it is about, where it is about one.
    pub const fn space(&self) -> Option<SpaceId> {
        match self {
            Self::SpaceObserved(it) => Some(it.space),
            Self::SpaceDescribed(it) => Some(it.space),
            Self::SpaceMissing(it) => Some(it.space),
            Self::BuyersObserved(it) => Some(it.space),
            Self::PostsObserved(it) => Some(it.space),
            Self::Gap(it) => it.space,
            Self::AlertRaised(it) => it.space,
            Self::Forgotten { subject: Subject::Space(id), .. }
            | Self::WatchChanged { watched: Watched::Space(id), .. } => Some(*id),
            _ => None,
        }
    }

    /// Returns whether it says anything of a Space, alone or among others.
    pub fn is_about(&self, space: SpaceId) -> bool {
        match self {
            Self::SpacesJoined { spaces, .. } => spaces.contains(&space),
            event => event.space() == Some(space),
        }
    }
}

/// One Space in one poll.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpaceObserved {
    /// The Space.
    pub space: SpaceId,
    /// Its state, where X gave one.
    pub state: Option<SpaceState>,
    /// X's `participant_count`: people present while live; after the end something else.
    pub participants: Option<u64>,
    /// Reminders set.
    pub subscribers: Option<u64>,
    /// Speakers listed, in rising order.
    pub speakers: Option<Vec<UserId>>,
}

/// Everything one answer said of a Space that changes seldom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpaceDescribed {
    /// The Space.
    pub space: SpaceId,
    /// Title and unknown fields.
    pub text: Option<TextRef>,
    /// Who made it.
    pub creator: Option<UserId>,
    /// Hosts in X's order.
    pub hosts: Option<Vec<UserId>>,
    /// Users invited to speak.
    pub invited: Option<Vec<UserId>>,
    /// Topics.
    pub topics: Option<Vec<TopicId>>,
    /// X's guess of the language.
    pub lang: Option<String>,
    /// Whether tickets are sold.
    pub is_ticketed: Option<bool>,
    /// When it was made.
    pub created_at: Option<Moment>,
    /// When it is announced to begin.
    pub scheduled_start: Option<Moment>,
    /// When it began.
    pub started_at: Option<Moment>,
    /// When it ended.
    pub ended_at: Option<Moment>,
}

/// Everything one answer said of a user that changes seldom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserDescribed {
    /// The user.
    pub user: UserId,
    /// Names, description, place, link and unknown fields.
    pub text: Option<TextRef>,
    /// Whether X marks the account.
    pub verified: Option<bool>,
    /// How X marks it.
    pub verified_type: Option<String>,
    /// Whether the posts are private.
    pub protected: Option<bool>,
    /// When the account was made.
    pub created_at: Option<Moment>,
}

/// A user's public counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserCounted {
    /// The user.
    pub user: UserId,
    /// The counts.
    pub counts: Counts,
}

/// A topic's label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicDescribed {
    /// The topic.
    pub topic: TopicId,
    /// Its label.
    pub name: Option<String>,
    /// Its description.
    pub description: Option<String>,
}

/// A Space was asked for by id and not returned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpaceMissing {
    /// The Space.
    pub space: SpaceId,
    /// X's problem (`resource-not-found` …); `None` when X gave no reason.
    pub problem: Option<String>,
}

/// Buyers of a Space's tickets, as one answer listed them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuyersObserved {
    /// The Space.
    pub space: SpaceId,
    /// The buyers.
    pub users: Vec<UserId>,
    /// Whether this was the last page.
    pub complete: bool,
}

/// Posts shared in a Space, as one answer listed them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostsObserved {
    /// The Space.
    pub space: SpaceId,
    /// Ids of the posts.
    pub posts: Vec<u64>,
    /// Whether this was the last page.
    pub complete: bool,
}

/// A monitor began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonitorStarted {
    /// Which.
    pub monitor: MonitorId,
    /// The program's version.
    pub version: String,
    /// The origin of the API that it asks, such as `https://api.x.com`; `None` where nobody said.
    pub origin: Option<String>,
}

/// A monitor ended in good order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonitorStopped {
    /// Which.
    pub monitor: MonitorId,
    /// Why: `signal`, `time`, `once` …
    pub reason: String,
}

/// A stretch in which we did not look, or looked in vain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The Space, or `None` for all.
    pub space: Option<SpaceId>,
    /// The endpoint, or `None` for all.
    pub endpoint: Option<Endpoint>,
    /// Its beginning.
    pub from: Moment,
    /// Its end.
    pub to: Moment,
    /// Why.
    pub cause: GapCause,
}

/// Why we did not look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GapCause {
    /// No monitor was running.
    NotRunning,
    /// The window was used up.
    RateLimited,
    /// Requests failed.
    Failing,
    /// A person was needed: token, access, credits or cap.
    Refused,
    /// The day's money was spent.
    Budget,
    /// The log could not be written.
    Storage,
    /// The look came later than the poll before it meant.
    Late,
    /// Overwritten by another program before it was imported.
    NotRecorded,
}

impl GapCause {
    /// Every cause.
    pub const ALL: [Self; 8] = [
        Self::NotRunning,
        Self::RateLimited,
        Self::Failing,
        Self::Refused,
        Self::Budget,
        Self::Storage,
        Self::Late,
        Self::NotRecorded,
    ];

    /// Returns the word for it in sheets.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NotRunning => "not_running",
            Self::RateLimited => "rate_limited",
            Self::Failing => "failing",
            Self::Refused => "refused",
            Self::Budget => "budget",
            Self::Storage => "storage",
            Self::Late => "late",
            Self::NotRecorded => "not_recorded",
        }
    }
}

/// What is on the watch list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Watched {
    /// A query.
    Query(TextRef),
    /// A creator by name.
    Username(TextRef),
    /// A creator by id.
    User(UserId),
    /// A Space.
    Space(SpaceId),
}

/// Whom or what was forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// A user.
    User(UserId),
    /// A Space.
    Space(SpaceId),
}

/// An alert rule found something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertRaised {
    /// The alert's stable id.
    pub alert: [u8; 16],
    /// The rule, in the words of the configuration.
    pub rule: TextRef,
    /// The Space, where it is about one.
    pub space: Option<SpaceId>,
    /// The user, where it is about one.
    pub user: Option<UserId>,
}

/// An alert was handed over, or given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertDelivered {
    /// The alert.
    pub alert: [u8; 16],
    /// Where to: `stdout`, `command`, `webhook`, `desktop`.
    pub channel: String,
    /// How often it was tried.
    pub attempts: u32,
    /// Whether it arrived.
    pub delivered: bool,
}
