//! A user of X as one answer described them.

use super::{Moment, UserId};

/// A user as X described them in one answer; every field but the id may be unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// X's id.
    pub id: UserId,
    /// The name after the `@`.
    pub username: Option<String>,
    /// The displayed name.
    pub name: Option<String>,
    /// The profile's text.
    pub description: Option<String>,
    /// The place the profile names.
    pub location: Option<String>,
    /// The link the profile names.
    pub url: Option<String>,
    /// Whether X marks the account as verified.
    pub verified: Option<bool>,
    /// The kind of verification: X says `blue`, `business`, `government` or `none`.
    pub verified_type: Option<String>,
    /// Whether the posts are private.
    pub protected: Option<bool>,
    /// When the account was made.
    pub created_at: Option<Moment>,
    /// Followers and the like.
    pub counts: Counts,
    /// Fields that this program does not know, as a JSON object.
    pub extra: Option<String>,
}

/// The public counts of a user (X: `public_metrics`), each unknown where X did not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Accounts that follow this one.
    pub followers: Option<u64>,
    /// Accounts that this one follows.
    pub following: Option<u64>,
    /// Posts (X: `tweet_count`, later `post_count`).
    pub posts: Option<u64>,
    /// Lists that this account is on.
    pub listed: Option<u64>,
}

impl Counts {
    /// Returns whether X gave any count at all.
    pub fn any(&self) -> bool {
        self.followers.or(self.following).or(self.posts).or(self.listed).is_some()
    }
}
