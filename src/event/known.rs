//! What the log last said of each Space, user and topic: enough to decide the next events.
//!
//! Kept in `log.redb` in the transaction of the batch that changed it, looked up one by one, so
//! that deciding needs no memory that grows with the log.

use std::collections::{BTreeMap, BTreeSet};

use crate::space::{Counts, Endpoint, FailureClass, Moment, SpaceId, SpaceState, TopicId, UserId};

use super::{Subject, TextKey, TextRef};

/// A short hash of the last said value of each described field, by field number.
pub type FieldHashes = BTreeMap<u8, u64>;

/// What the log last said of a Space.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SpaceKnown {
    /// When it was first seen; `None` when it was asked for and never seen.
    pub first_seen: Option<Moment>,
    /// What we take its state to be: as last reported, or inferred from its absence.
    pub state: Option<SpaceState>,
    /// Whether that state was inferred from its absence.
    pub inferred: bool,
    /// Whether a live poll carried it: then what is imported later no longer changes what we
    /// take it to be, nor is it followed for an import alone.
    pub live_seen: bool,
    /// Whether it was ever seen live.
    pub was_live: bool,
    /// When it is announced to begin.
    pub scheduled_start: Option<Moment>,
    /// Which of scheduled, live and ended people were told of.
    pub told: [bool; 3],
    /// The last said description.
    pub fields: FieldHashes,
    /// The last said title and unknown fields.
    pub text: Option<TextRef>,
    /// The UTC day on which X last billed it.
    pub billed_day: Option<i64>,
}

impl SpaceKnown {
    /// The described fields below this number are text: title and unknown fields.
    pub const TEXTS: u8 = 2;
    /// The state of an announced Space that is not found any more.
    pub const CANCELED: &str = "canceled";
    /// The state of a Space that was never seen and is not found.
    pub const NOT_FOUND: &str = "not_found";

    /// Returns whether it may still change: not seen to have ended.
    pub fn is_open(&self) -> bool {
        match &self.state {
            Some(SpaceState::Ended) => false,
            Some(SpaceState::Other(word)) => word != Self::CANCELED && word != Self::NOT_FOUND,
            Some(SpaceState::Live | SpaceState::Scheduled) | None => true,
        }
    }

    /// Forgets what was said in words, the hashes of it too: a short text can be guessed.
    pub fn forget_texts(&mut self) {
        self.text = None;
        self.fields.retain(|number, _hash| *number >= Self::TEXTS);
    }
}

/// What the log last said of a user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserKnown {
    /// The last said description.
    pub fields: FieldHashes,
    /// The last said names and texts.
    pub text: Option<TextRef>,
    /// The last said counts.
    pub counts: Counts,
    /// The UTC day on which X may last have billed it.
    pub billed_day: Option<i64>,
}

impl UserKnown {
    /// The described fields below this number are text: names, description, place, link and
    /// unknown fields.
    pub const TEXTS: u8 = 6;

    /// Forgets what was said in words, the hashes of it too: a short name can be guessed.
    pub fn forget_texts(&mut self) {
        self.text = None;
        self.fields.retain(|number, _hash| *number >= Self::TEXTS);
    }
}

/// That somebody's or something's texts were erased, and are never to be stored again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ForgottenMark {
    /// When they were erased from the log.
    pub at: Moment,
    /// Whether no file holds them any more; until then whoever opens the log finishes the work.
    pub finished: bool,
}

/// How the polls of an endpoint went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EndpointKnown {
    /// The first failure since the last answer, and its class.
    pub failing: Option<(Moment, FailureClass)>,
}

/// What a UTC day cost so far, in millionths of a dollar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DaySpend {
    /// Days since the epoch.
    pub day: i64,
    /// If users in `includes` are free.
    pub least_micro_usd: u64,
    /// If they are not.
    pub most_micro_usd: u64,
}

/// What is known of all that one answer names; as an update, what is known from now on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Spaces.
    pub spaces: BTreeMap<SpaceId, SpaceKnown>,
    /// Users.
    pub users: BTreeMap<UserId, UserKnown>,
    /// Topics: a short hash of what was last said.
    pub topics: BTreeMap<TopicId, u64>,
    /// Lines that recur.
    pub lines: BTreeMap<TextKey, TextRef>,
    /// Endpoints.
    pub endpoints: BTreeMap<Endpoint, EndpointKnown>,
    /// The last day on which anything was billed.
    pub spent: Option<DaySpend>,
    /// Users and Spaces of which no text is to be stored; as an update, nothing.
    pub forgotten: BTreeSet<Subject>,
}

/// What has to be looked up before one answer can be decided on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Spaces.
    pub spaces: Vec<SpaceId>,
    /// Users.
    pub users: Vec<UserId>,
    /// Topics.
    pub topics: Vec<TopicId>,
    /// Lines that recur.
    pub lines: Vec<TextKey>,
    /// Endpoints.
    pub endpoints: Vec<Endpoint>,
}
