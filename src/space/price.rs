//! What X charges for what it tells.

/// Prices in millionths of a dollar a resource. The default is X's, pay per use, since 2026-02-06.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prices {
    /// A Space read.
    pub space_micro_usd: u64,
    /// A user read.
    pub user_micro_usd: u64,
    /// A post read.
    pub post_micro_usd: u64,
}

impl Default for Prices {
    fn default() -> Self {
        Self { space_micro_usd: 5_000, user_micro_usd: 10_000, post_micro_usd: 5_000 }
    }
}
