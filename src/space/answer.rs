//! One request and what came of it.

use super::{Asked, Failure, Moment, Observation, Person, SpaceId, Topic};

/// One poll: what was asked, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The request.
    pub asked: Asked,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// X answered.
    Seen(Seen),
    /// It did not, or not with an answer.
    Failed(Failure),
}

/// Everything one answer showed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// The HTTP status; `None` where an imported answer does not say.
    pub status: Option<u16>,
    /// Spaces in X's order.
    pub spaces: Vec<Observation>,
    /// Users from `includes`, or from `data` of a users endpoint.
    pub users: Vec<Person>,
    /// Topics from `includes`.
    pub topics: Vec<Topic>,
    /// Spaces that were asked for by id and not returned.
    pub missing: Vec<Missing>,
    /// Ids of the posts shared in the Space that was asked about.
    pub posts: Vec<u64>,
    /// X's word for the page after this one; `None` on the last.
    pub next_page: Option<String>,
    /// Usernames that X does not know.
    pub unknown_names: Vec<String>,
    /// Rows of the answer that could not be read (no valid id).
    pub unreadable: u32,
    /// The window as the headers told it.
    pub rate: Option<RateLimit>,
}

/// A Space that was asked for by id and not returned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// The Space.
    pub id: SpaceId,
    /// The last path segment of X's problem type, such as `resource-not-found`; `None` when X
    /// gave no reason.
    pub problem: Option<String>,
}

impl Missing {
    /// X's word for a resource that is not there (any more).
    pub const NOT_FOUND: &'static str = "resource-not-found";
}

/// A rate window as X's headers told it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// Requests in a window (`x-rate-limit-limit`).
    pub limit: u64,
    /// Requests left (`x-rate-limit-remaining`).
    pub remaining: u64,
    /// When the window starts again (`x-rate-limit-reset`).
    pub reset: Moment,
}
