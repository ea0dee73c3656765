//! Version 1 of what is stored: frozen. A change here is a new version beside it, never an edit.
//!
//! A variant's place in its enum is its tag on disk; new variants go to the end, and what they
//! hold is of a later version.

use bincode::{Decode, Encode};

use super::{v2, v4};

pub(super) type Space = [u8; 13];
pub(super) type Ref = [u8; 32];

#[derive(Encode, Decode)]
pub(super) struct Batch {
    pub first_seq: u64,
    pub monitor: u64,
    pub poll_id: Option<[u8; 16]>,
    pub observed_at: i64,
    pub recorded_at: i64,
    pub events: Vec<Event>,
}

#[derive(Encode, Decode)]
pub(super) enum Event {
    PollSucceeded {
        head: PollHead,
        status: Option<u16>,
        returned: u32,
        new_spaces: u32,
        unreadable: u32,
        rate: Option<RateLimit>,
        cost: Cost,
    },
    PollFailed {
        head: PollHead,
        class: u8,
        status: Option<u16>,
        retry_after_ms: Option<u64>,
        message: Ref,
        rate: Option<RateLimit>,
    },
    SpaceObserved {
        space: Space,
        state: Option<State>,
        participants: Option<u64>,
        subscribers: Option<u64>,
        speakers: Option<Vec<u64>>,
    },
    SpaceDescribed {
        space: Space,
        text: Option<Ref>,
        creator: Option<u64>,
        hosts: Option<Vec<u64>>,
        invited: Option<Vec<u64>>,
        topics: Option<Vec<String>>,
        lang: Option<String>,
        is_ticketed: Option<bool>,
        created_at: Option<i64>,
        scheduled_start: Option<i64>,
        started_at: Option<i64>,
        ended_at: Option<i64>,
    },
    UserDescribed {
        user: u64,
        text: Option<Ref>,
        verified: Option<bool>,
        verified_type: Option<String>,
        protected: Option<bool>,
        created_at: Option<i64>,
    },
    UserCounted {
        user: u64,
        counts: Counts,
    },
    TopicDescribed {
        topic: String,
        name: Option<String>,
        description: Option<String>,
    },
    SpaceMissing {
        space: Space,
        problem: Option<String>,
    },
    BuyersObserved {
        space: Space,
        users: Vec<u64>,
        complete: bool,
    },
    PostsObserved {
        space: Space,
        posts: Vec<u64>,
        complete: bool,
    },
    WatchChanged {
        watched: Watched,
        added: bool,
    },
    MonitorStarted {
        monitor: u64,
        version: String,
    },
    MonitorStopped {
        monitor: u64,
        reason: String,
    },
    Gap {
        space: Option<Space>,
        endpoint: Option<u8>,
        from: i64,
        to: i64,
        cause: u8,
    },
    ClockStepped {
        by_ms: i64,
    },
    SpacesJoined {
        spaces: Vec<Space>,
        joined: bool,
    },
    AlertRaised {
        alert: [u8; 16],
        rule: Ref,
        space: Option<Space>,
        user: Option<u64>,
    },
    AlertDelivered {
        alert: [u8; 16],
        channel: String,
        attempts: u32,
        delivered: bool,
    },
    Forgotten {
        subject: Subject,
        reason: String,
    },
    // Here version 1 ends.
    MonitorStartedV2(v2::MonitorStarted),
    ClockSkewed(v4::ClockSkewed),
}

#[derive(Encode, Decode)]
pub(super) struct PollHead {
    pub imported: bool,
    pub endpoint: u8,
    pub asked: AskedFor,
    pub sent_at: Option<i64>,
    pub credential: String,
    pub holding_ms: Option<u64>,
    pub repeats: u32,
}

#[derive(Encode, Decode)]
pub(super) enum AskedFor {
    Query { text: Ref, state: u8, max_results: u8 },
    Listed(Ref),
    InBatch { first: Space, count: u32 },
    Space(Space),
    Unknown,
}

#[derive(Encode, Decode)]
pub(super) struct RateLimit {
    pub limit: u64,
    pub remaining: u64,
    pub reset: i64,
}

#[derive(Encode, Decode)]
pub(super) struct Cost {
    pub spaces: u32,
    pub users: u32,
    pub posts: u32,
    pub least_micro_usd: u64,
    pub most_micro_usd: u64,
}

#[derive(Encode, Decode)]
pub(super) struct Counts {
    pub followers: Option<u64>,
    pub following: Option<u64>,
    pub posts: Option<u64>,
    pub listed: Option<u64>,
}

#[derive(Encode, Decode)]
pub(super) enum State {
    Scheduled,
    Live,
    Ended,
    Other(String),
}

#[derive(Encode, Decode)]
pub(super) enum Watched {
    Query(Ref),
    Username(Ref),
    User(u64),
    Space(Space),
}

#[derive(Encode, Decode)]
pub(super) enum Subject {
    User(u64),
    Space(Space),
}

#[derive(Encode, Decode)]
pub(super) enum Owner {
    Space(Space),
    User(u64),
    Monitor,
}

#[derive(Encode, Decode)]
pub(super) enum Text {
    Space {
        title: Option<String>,
        extra: Option<String>,
    },
    User {
        username: Option<String>,
        name: Option<String>,
        description: Option<String>,
        location: Option<String>,
        url: Option<String>,
        extra: Option<String>,
    },
    Line(String),
}
