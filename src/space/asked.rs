//! What was asked of X: the endpoint and its target.

use super::{Moment, SpaceId, UserId};

/// An endpoint of the X API, each with a rate window of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Endpoint {
    /// `/2/spaces/search`.
    Search,
    /// `/2/spaces?ids=`.
    Spaces,
    /// `/2/spaces/:id`.
    Space,
    /// `/2/spaces/by/creator_ids`.
    CreatorIds,
    /// `/2/spaces/:id/buyers`.
    Buyers,
    /// `/2/spaces/:id/tweets`.
    Tweets,
    /// `/2/users/by`.
    UsersBy,
}

impl Endpoint {
    /// Every endpoint, in the order of the variants.
    pub const ALL: [Self; 7] = [
        Self::Search,
        Self::Spaces,
        Self::Space,
        Self::CreatorIds,
        Self::Buyers,
        Self::Tweets,
        Self::UsersBy,
    ];

    /// Returns the word for it in sheets.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Search => "search",
            Self::Spaces => "spaces",
            Self::Space => "space",
            Self::CreatorIds => "creator_ids",
            Self::Buyers => "buyers",
            Self::Tweets => "tweets",
            Self::UsersBy => "users_by",
        }
    }

    /// Returns the endpoint for its word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|endpoint| endpoint.word() == word)
    }
}

/// Which states a search asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SearchState {
    /// Live and scheduled.
    #[default]
    All,
    /// Live alone.
    Live,
    /// Scheduled alone.
    Scheduled,
}

impl SearchState {
    /// Returns X's word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Live => "live",
            Self::Scheduled => "scheduled",
        }
    }

    /// Returns the state that X has this word for.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::All, Self::Live, Self::Scheduled].into_iter().find(|state| state.word() == word)
    }
}

/// What a request asks for. An imported answer may not say: then the text, or the list, is empty.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// Spaces that match a text.
    Query {
        /// The text, 1 to 2048 characters.
        text: String,
        /// Which states.
        state: SearchState,
        /// At most this many rows, 1 to 100.
        max_results: u8,
    },
    /// Up to 100 Spaces by id.
    Spaces(Vec<SpaceId>),
    /// One Space by id.
    Space(SpaceId),
    /// The Spaces of up to 100 creators.
    Creators(Vec<UserId>),
    /// Up to 100 users by name.
    Usernames(Vec<String>),
    /// Who bought a ticket for a Space: one page of them.
    Buyers {
        /// The Space.
        space: SpaceId,
        /// X's word for the page (`next_token` of the one before); `None` for the first.
        page: Option<String>,
    },
    /// Posts shared in a Space: one page of them.
    Posts {
        /// The Space.
        space: SpaceId,
        /// X's word for the page, as above.
        page: Option<String>,
    },
}

impl Target {
    /// Returns the target in one line: the query, or the ids or names, separated by commas.
    pub fn line(&self) -> String {
        fn list<T: ToString>(items: &[T]) -> String {
            items.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
        }
        match self {
            Self::Query { text, .. } => text.clone(),
            Self::Spaces(ids) => list(ids),
            Self::Space(id) => id.to_string(),
            Self::Creators(ids) => list(ids),
            Self::Usernames(names) => list(names),
            Self::Buyers { space, page: None } | Self::Posts { space, page: None } => {
                space.to_string()
            }
            Self::Buyers { space, page: Some(page) } | Self::Posts { space, page: Some(page) } => {
                format!("{space} page {page}")
            }
        }
    }
}

/// One request: to which endpoint, for what, by whom, when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The endpoint.
    pub endpoint: Endpoint,
    /// What was asked for.
    pub target: Target,
    /// When the request left; `None` where an imported answer does not say.
    pub sent_at: Option<Moment>,
    /// When the answer was complete (or the request was given up): the observation's time.
    pub observed_at: Moment,
    /// The label of the credential; never the credential.
    pub credential: String,
    /// For how many milliseconds a count from this answer may be held before a gap begins: twice
    /// the time within which we meant to look again. `None` where nobody meant to.
    pub holding_ms: Option<u64>,
    /// How many requests before this one were refused for a field, and left it out: each took
    /// its place in the window too.
    pub repeats: u32,
}
