//! How a window stands, for people: what is left, and why nothing is asked.

use crate::space::Moment;

/// Why an endpoint is not asked for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// X answered 429.
    RateLimited,
    /// What may be used of the window is used.
    Spent,
    /// Requests fail in a way that may pass.
    Failing,
    /// Requests fail until a person acts.
    Person,
    /// Our address is kept out for a while.
    Blocked,
}

impl Closed {
    /// Returns the word for it in sheets.
    pub const fn word(self) -> &'static str {
        match self {
            Self::RateLimited => "rate_limited",
            Self::Spent => "spent",
            Self::Failing => "failing",
            Self::Person => "person",
            Self::Blocked => "blocked",
        }
    }
}

/// A window as it stands at a moment; what X has not told is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WindowStatus {
    /// Requests in a window.
    pub limit: Option<u64>,
    /// Requests left, those on their way taken off.
    pub remaining: Option<u64>,
    /// When the window starts again.
    pub reset: Option<Moment>,
    /// Until when nothing is asked; `None` while open.
    pub closed_until: Option<Moment>,
    /// Why it is closed.
    pub reason: Option<Closed>,
}
