//! Why a request brought no answer.

use super::RateLimit;

/// A request that brought nothing: its class, what X said, and how the window stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The class, which decides what to do.
    pub class: FailureClass,
    /// The HTTP status, or `None` when no answer came.
    pub status: Option<u16>,
    /// What X or the network said, in a line: untrusted, and cut at 300 characters.
    pub message: String,
    /// The window as the headers told it.
    pub rate: Option<RateLimit>,
    /// The parameter or field a 400 named, where it named one.
    pub field: Option<String>,
    /// For how many milliseconds X asked to be left alone (`Retry-After`).
    pub retry_after_ms: Option<u64>,
    /// X's own word for it: the reason or the last segment of the type of its problem document,
    /// such as `client-not-enrolled`; `None` where what came was no such document.
    pub problem: Option<String>,
}

/// The class of a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FailureClass {
    /// 429: the window is used up; ask again after its reset.
    RateLimited,
    /// 429 with `UsageCapExceeded`: the month's cap; waiting for the reset does not help.
    UsageCap,
    /// 402: no credits left.
    Credits,
    /// 401: the token is refused.
    Unauthorized,
    /// 403: the token is known, but may not ask this.
    Forbidden,
    /// 404.
    NotFound,
    /// 400: the request itself is refused.
    InvalidRequest,
    /// 5xx.
    Server,
    /// An answer that is not what X describes: HTML, cut JSON, another shape.
    BadBody,
    /// A body beyond the limit.
    TooLarge,
    /// No complete answer within the deadline.
    Timeout,
    /// No connection, or a broken one.
    Network,
    /// Refused before X looked at the token, which was good shortly before: a page instead of a
    /// problem, or connections that are cut one after another. The address is kept out for a while.
    Blocked,
}

impl Failure {
    /// X's word for an app that is attached to no project: a 403 to everything it asks.
    pub const NOT_ENROLLED: &'static str = "client-not-enrolled";
    /// X's word for an app's token where a user's is needed.
    pub const UNSUPPORTED_AUTHENTICATION: &'static str = "unsupported-authentication";

    /// Returns whether X's problem document says this word.
    pub fn is_problem(&self, word: &str) -> bool {
        self.problem.as_deref() == Some(word)
    }

    /// Returns whether every request with this credential fails alike, until a person acts.
    pub fn is_of_credential(&self) -> bool {
        self.class.is_of_credential() || self.is_problem(Self::NOT_ENROLLED)
    }
}

impl FailureClass {
    /// Every class, in the order of the variants.
    pub const ALL: [Self; 13] = [
        Self::RateLimited,
        Self::UsageCap,
        Self::Credits,
        Self::Unauthorized,
        Self::Forbidden,
        Self::NotFound,
        Self::InvalidRequest,
        Self::Server,
        Self::BadBody,
        Self::TooLarge,
        Self::Timeout,
        Self::Network,
        Self::Blocked,
    ];

    /// Returns the word for it in sheets.
    pub const fn word(self) -> &'static str {
        match self {
            Self::RateLimited => "rate_limited",
            Self::UsageCap => "usage_cap",
            Self::Credits => "credits",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::InvalidRequest => "invalid_request",
            Self::Server => "server",
            Self::BadBody => "bad_body",
            Self::TooLarge => "too_large",
            Self::Timeout => "timeout",
            Self::Network => "network",
            Self::Blocked => "blocked",
        }
    }

    /// Returns whether X may have billed what nobody could read: the answer was under way, or came
    /// and was no good. `status` is the one that came with it, if one did.
    pub const fn may_be_billed(self, status: Option<u16>) -> bool {
        match self {
            Self::BadBody | Self::TooLarge | Self::Timeout => true,
            // Without a status there was most likely no connection.
            Self::Network => status.is_some(),
            _ => false,
        }
    }

    /// Returns the class for its word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.word() == word)
    }

    /// Returns whether a failure of this class is about the credential, whatever was asked: until
    /// a person acts, every request with it fails alike.
    pub const fn is_of_credential(self) -> bool {
        matches!(self, Self::UsageCap | Self::Credits | Self::Unauthorized)
    }

    /// Returns whether asking again may help; otherwise a person has to do something.
    pub const fn ask_again(self) -> bool {
        match self {
            Self::RateLimited
            | Self::Server
            | Self::BadBody
            | Self::TooLarge
            | Self::Timeout
            | Self::Network
            | Self::Blocked => true,
            Self::UsageCap
            | Self::Credits
            | Self::Unauthorized
            | Self::Forbidden
            | Self::NotFound
            | Self::InvalidRequest => false,
        }
    }
}
