//! One Space as one answer showed it.

use super::{Moment, SpaceId, SpaceState, TopicId, UserId};

/// One Space in one poll: what X said of it, and nothing that X did not say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// The Space.
    pub id: SpaceId,
    /// Its state; X's description of 2026-08 no longer promises one.
    pub state: Option<SpaceState>,
    /// People present, hosts and speakers included (X: `participant_count`). After the end X
    /// goes on counting, so a count beside `ended` is no audience.
    pub participants: Option<u64>,
    /// Reminders set, or tickets bought (X: `subscriber_count`).
    pub subscribers: Option<u64>,
    /// The speakers X listed, in rising order; `None` when X gave no list (which it also does
    /// for an empty one).
    pub speakers: Option<Vec<UserId>>,
    /// What changes seldom.
    pub description: Description,
}

/// What X says of a Space that changes seldom; absent is unknown, never empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Description {
    /// The title; X omits an empty one.
    pub title: Option<String>,
    /// Who made the Space.
    pub creator: Option<UserId>,
    /// Hosts in X's order; the first is the creator in every capture.
    pub hosts: Option<Vec<UserId>>,
    /// Users invited to speak.
    pub invited: Option<Vec<UserId>>,
    /// Topics chosen by the creator.
    pub topics: Option<Vec<TopicId>>,
    /// X's guess of the language.
    pub lang: Option<String>,
    /// Whether tickets are sold.
    pub is_ticketed: Option<bool>,
    /// When it was made.
    pub created_at: Option<Moment>,
    /// When it was announced to begin.
    pub scheduled_start: Option<Moment>,
    /// When it began.
    pub started_at: Option<Moment>,
    /// When it ended.
    pub ended_at: Option<Moment>,
    /// Fields that this program does not know, as a JSON object.
    pub extra: Option<String>,
}

/// A topic as X described it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    /// X's id.
    pub id: TopicId,
    /// Its label.
    pub name: Option<String>,
    /// Its description.
    pub description: Option<String>,
}
