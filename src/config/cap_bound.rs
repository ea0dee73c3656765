//! Which bound of the cost counts.

/// Which bound of the cost a cap counts: X does not say whether it bills users in `includes`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CapBound {
    /// As if users in `includes` were free.
    Low,
    /// As if they were billed.
    #[default]
    High,
}

impl CapBound {
    /// Returns the word for it in settings.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::High => "high",
        }
    }
}
