//! The state of a Space as X words it; the set is open.

/// The state of a Space. X documents three; other words have been met and are kept.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SpaceState {
    /// Announced, not begun.
    Scheduled,
    /// On air.
    Live,
    /// Over.
    Ended,
    /// Any other word, as X wrote it (cut at 64 characters).
    Other(String),
}

impl SpaceState {
    /// X's word for a Space on air.
    pub const LIVE: &'static str = "live";

    /// Returns the state for X's word.
    pub fn from_word(word: &str) -> Self {
        match word {
            "scheduled" => Self::Scheduled,
            Self::LIVE => Self::Live,
            "ended" => Self::Ended,
            other => Self::Other(other.chars().take(64).collect()),
        }
    }

    /// Returns X's word for the state.
    pub fn word(&self) -> &str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Live => Self::LIVE,
            Self::Ended => "ended",
            Self::Other(word) => word,
        }
    }
}
