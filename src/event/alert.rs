//! What the log keeps of alerts beside the events: how far rules looked, what they remember of a
//! Space, and the alerts that wait to be delivered. Ids and numbers only: words that may have to be
//! forgotten are looked up when an alert is sent.

use crate::space::{Moment, SpaceId, UserId};

use super::TextRef;

/// An alert's stable id.
pub type AlertId = [u8; 16];

/// Where rules look next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AlertCursor {
    /// The last seq that was judged.
    pub seq: u64,
    /// When rules were first looked at without a break: what was seen before is not news.
    pub since: Moment,
}

/// Of which rule, by its number, and of which Space; `None` for what is about none.
pub type MemoryKey = (u64, Option<SpaceId>);

/// What a rule remembers of a Space.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AlertMemory {
    /// How often it raised an alert.
    pub raised: u32,
    /// When it last did.
    pub raised_at: Option<Moment>,
    /// Readings one after the other for which what it waits for held.
    pub streak: u32,
    /// The last reading that said how many there were: when, and how many.
    pub last: Option<(Moment, u64)>,
}

/// What an alert is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// A Space was found.
    Found,
    /// A Space is announced.
    Announced,
    /// A Space is on air.
    Live,
    /// A Space ended.
    Ended,
    /// Its participants passed a number.
    Participants,
    /// They became more, so fast.
    Growth,
    /// Only a person can mend it.
    NeedsPerson,
    /// X does not answer.
    NoPolls,
    /// The log could not be written.
    Storage,
}

impl Occasion {
    /// Every occasion; its place here is its number in the log.
    pub const ALL: [Self; 9] = [
        Self::Found,
        Self::Announced,
        Self::Live,
        Self::Ended,
        Self::Participants,
        Self::Growth,
        Self::NeedsPerson,
        Self::NoPolls,
        Self::Storage,
    ];

    /// Returns the word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::Announced => "announced",
            Self::Live => "live",
            Self::Ended => "ended",
            Self::Participants => "participants",
            Self::Growth => "growth",
            Self::NeedsPerson => "needs_person",
            Self::NoPolls => "no_polls",
            Self::Storage => "storage",
        }
    }
}

/// Where an alert has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// It is on its way.
    Waiting,
    /// It arrived.
    Delivered,
    /// It was given up.
    Dead,
}

impl Delivery {
    /// Returns the word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::Dead => "dead",
        }
    }
}

/// An alert on its way, or at the end of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Its id.
    pub alert: AlertId,
    /// The number of the rule that raised it.
    pub rule: u64,
    /// The rule's name.
    pub name: TextRef,
    /// What it is about.
    pub occasion: Occasion,
    /// The Space, where it is about one.
    pub space: Option<SpaceId>,
    /// The user, where the rule is about one.
    pub user: Option<UserId>,
    /// When what it tells of was observed.
    pub at: Moment,
    /// The figure that raised it, where there is one: participants, or more a minute.
    pub figure: Option<u64>,
    /// How often it was tried in vain.
    pub attempts: u32,
    /// When it is tried next.
    pub next_at: Moment,
    /// Whether it was given up.
    pub is_dead: bool,
}

/// What changes of alerts in one transaction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlertRows {
    /// Where rules look next; `None` where that stays.
    pub cursor: Option<AlertCursor>,
    /// What rules remember from now on; `None` for what is remembered no more.
    pub memories: Vec<(MemoryKey, Option<AlertMemory>)>,
    /// Who hosts Spaces, as last said; `None` of those that are over.
    pub hosts: Vec<(SpaceId, Option<Vec<UserId>>)>,
    /// Alerts on their way, and how they stand.
    pub letters: Vec<Letter>,
    /// Whether rules are looked at no more: what comes later is looked at from its begin.
    pub ends: bool,
    /// Alerts that arrived.
    pub arrived: Vec<Letter>,
}
