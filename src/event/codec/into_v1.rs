//! From what we think with to what is stored: each event in the lowest version that holds all that
//! it says.

use super::super::{
    self as event, AskedFor, Batch, Event, GapCause, MonitorStarted, NoticeKind, Origin, Owner,
    PollHead, Subject, Text, Watched,
};
use super::{v1, v2, v4};
use crate::space::{
    Counts, Endpoint, FailureClass, Moment, RateLimit, SearchState, SpaceId, SpaceState, UserId,
};

// Tags on disk are written out: the order of an enum may change, an old log must not.

pub(super) const fn endpoint(endpoint: Endpoint) -> u8 {
    match endpoint {
        Endpoint::Search => 0,
        Endpoint::Spaces => 1,
        Endpoint::Space => 2,
        Endpoint::CreatorIds => 3,
        Endpoint::Buyers => 4,
        Endpoint::Tweets => 5,
        Endpoint::UsersBy => 6,
    }
}

pub(super) const fn class(class: FailureClass) -> u8 {
    match class {
        FailureClass::RateLimited => 0,
        FailureClass::UsageCap => 1,
        FailureClass::Credits => 2,
        FailureClass::Unauthorized => 3,
        FailureClass::Forbidden => 4,
        FailureClass::NotFound => 5,
        FailureClass::InvalidRequest => 6,
        FailureClass::Server => 7,
        FailureClass::BadBody => 8,
        FailureClass::TooLarge => 9,
        FailureClass::Timeout => 10,
        FailureClass::Network => 11,
        // Since format 3.
        FailureClass::Blocked => 12,
    }
}

pub(super) const fn cause(cause: GapCause) -> u8 {
    match cause {
        GapCause::NotRunning => 0,
        GapCause::RateLimited => 1,
        GapCause::Failing => 2,
        GapCause::Refused => 3,
        GapCause::Budget => 4,
        GapCause::Storage => 5,
        GapCause::Late => 6,
        GapCause::NotRecorded => 7,
    }
}

pub(super) const fn search_state(state: SearchState) -> u8 {
    match state {
        SearchState::All => 0,
        SearchState::Live => 1,
        SearchState::Scheduled => 2,
    }
}

pub(super) const fn notice(kind: NoticeKind) -> u8 {
    match kind {
        NoticeKind::Scheduled => 0,
        NoticeKind::Live => 1,
        NoticeKind::Ended => 2,
    }
}

pub(super) fn state(state: &SpaceState) -> v1::State {
    match state {
        SpaceState::Scheduled => v1::State::Scheduled,
        SpaceState::Live => v1::State::Live,
        SpaceState::Ended => v1::State::Ended,
        SpaceState::Other(word) => v1::State::Other(word.clone()),
    }
}

pub(super) fn counts(counts: Counts) -> v1::Counts {
    v1::Counts {
        followers: counts.followers,
        following: counts.following,
        posts: counts.posts,
        listed: counts.listed,
    }
}

pub(super) fn batch(batch: &Batch) -> v1::Batch {
    v1::Batch {
        first_seq: batch.first_seq,
        monitor: batch.monitor.0,
        poll_id: batch.poll_id.map(|id| id.0),
        observed_at: batch.observed_at.0,
        recorded_at: batch.recorded_at.0,
        events: batch.events.iter().map(event).collect(),
    }
}

pub(super) fn owner(owner: Owner) -> v1::Owner {
    match owner {
        Owner::Space(id) => v1::Owner::Space(id.to_bytes()),
        Owner::User(id) => v1::Owner::User(id.0),
        Owner::Monitor => v1::Owner::Monitor,
    }
}

pub(super) fn text(text: &Text) -> v1::Text {
    match text.clone() {
        Text::Space { title, extra } => v1::Text::Space { title, extra },
        Text::User { username, name, description, location, url, extra } => {
            v1::Text::User { username, name, description, location, url, extra }
        }
        Text::Line(line) => v1::Text::Line(line),
    }
}

fn ids(users: &[UserId]) -> Vec<u64> {
    users.iter().map(|user| user.0).collect()
}

fn ms(moment: Option<Moment>) -> Option<i64> {
    moment.map(|moment| moment.0)
}

fn space(id: SpaceId) -> v1::Space {
    id.to_bytes()
}

fn rate(rate: Option<RateLimit>) -> Option<v1::RateLimit> {
    rate.map(|it| v1::RateLimit { limit: it.limit, remaining: it.remaining, reset: it.reset.0 })
}

fn head(head: &PollHead) -> v1::PollHead {
    let asked = match &head.asked {
        AskedFor::Query { text, state, max_results } => v1::AskedFor::Query {
            text: text.0,
            state: search_state(*state),
            max_results: *max_results,
        },
        AskedFor::Listed(text) => v1::AskedFor::Listed(text.0),
        AskedFor::InBatch { first, count } => {
            v1::AskedFor::InBatch { first: space(*first), count: *count }
        }
        AskedFor::Space(id) => v1::AskedFor::Space(space(*id)),
        AskedFor::Unknown => v1::AskedFor::Unknown,
    };
    v1::PollHead {
        imported: head.origin == Origin::Imported,
        endpoint: endpoint(head.endpoint),
        asked,
        sent_at: ms(head.sent_at),
        credential: head.credential.clone(),
        holding_ms: head.holding_ms,
        repeats: head.repeats,
    }
}

pub(super) fn event(event: &Event) -> v1::Event {
    match event {
        Event::PollSucceeded(it) => succeeded(it),
        Event::PollFailed(it) => failed(it),
        Event::SpaceObserved(it) => observed(it),
        Event::SpaceDescribed(it) => described(it),
        Event::UserDescribed(it) => user(it),
        Event::UserCounted(it) => {
            v1::Event::UserCounted { user: it.user.0, counts: counts(it.counts) }
        }
        Event::TopicDescribed(it) => v1::Event::TopicDescribed {
            topic: it.topic.as_str().to_owned(),
            name: it.name.clone(),
            description: it.description.clone(),
        },
        Event::SpaceMissing(it) => {
            v1::Event::SpaceMissing { space: space(it.space), problem: it.problem.clone() }
        }
        Event::BuyersObserved(it) => v1::Event::BuyersObserved {
            space: space(it.space),
            users: ids(&it.users),
            complete: it.complete,
        },
        Event::PostsObserved(it) => v1::Event::PostsObserved {
            space: space(it.space),
            posts: it.posts.clone(),
            complete: it.complete,
        },
        Event::WatchChanged { watched: it, added } => {
            v1::Event::WatchChanged { watched: watched(it), added: *added }
        }
        Event::MonitorStarted(it) => started(it),
        Event::MonitorStopped(it) => {
            v1::Event::MonitorStopped { monitor: it.monitor.0, reason: it.reason.clone() }
        }
        Event::Gap(it) => gap(it),
        Event::ClockStepped { by_ms } => v1::Event::ClockStepped { by_ms: *by_ms },
        Event::ClockSkewed { by_ms } => v1::Event::ClockSkewed(v4::ClockSkewed { by_ms: *by_ms }),
        Event::SpacesJoined { spaces, joined } => v1::Event::SpacesJoined {
            spaces: spaces.iter().copied().map(space).collect(),
            joined: *joined,
        },
        Event::AlertRaised(it) => raised(it),
        Event::AlertDelivered(it) => delivered(it),
        Event::Forgotten { subject: it, reason } => {
            v1::Event::Forgotten { subject: subject(*it), reason: reason.clone() }
        }
    }
}

fn succeeded(it: &event::PollSucceeded) -> v1::Event {
    v1::Event::PollSucceeded {
        head: head(&it.head),
        status: it.status,
        returned: it.returned,
        new_spaces: it.new_spaces,
        unreadable: it.unreadable,
        rate: rate(it.rate),
        cost: v1::Cost {
            spaces: it.cost.spaces,
            users: it.cost.users,
            posts: it.cost.posts,
            least_micro_usd: it.cost.least_micro_usd,
            most_micro_usd: it.cost.most_micro_usd,
        },
    }
}

fn failed(it: &event::PollFailed) -> v1::Event {
    v1::Event::PollFailed {
        head: head(&it.head),
        class: class(it.class),
        status: it.status,
        retry_after_ms: it.retry_after_ms,
        message: it.message.0,
        rate: rate(it.rate),
    }
}

fn observed(it: &event::SpaceObserved) -> v1::Event {
    v1::Event::SpaceObserved {
        space: space(it.space),
        state: it.state.as_ref().map(state),
        participants: it.participants,
        subscribers: it.subscribers,
        speakers: it.speakers.as_deref().map(ids),
    }
}

fn described(it: &event::SpaceDescribed) -> v1::Event {
    v1::Event::SpaceDescribed {
        space: space(it.space),
        text: it.text.map(|text| text.0),
        creator: it.creator.map(|user| user.0),
        hosts: it.hosts.as_deref().map(ids),
        invited: it.invited.as_deref().map(ids),
        topics: it
            .topics
            .as_ref()
            .map(|topics| topics.iter().map(|topic| topic.as_str().to_owned()).collect()),
        lang: it.lang.clone(),
        is_ticketed: it.is_ticketed,
        created_at: ms(it.created_at),
        scheduled_start: ms(it.scheduled_start),
        started_at: ms(it.started_at),
        ended_at: ms(it.ended_at),
    }
}

fn user(it: &event::UserDescribed) -> v1::Event {
    v1::Event::UserDescribed {
        user: it.user.0,
        text: it.text.map(|text| text.0),
        verified: it.verified,
        verified_type: it.verified_type.clone(),
        protected: it.protected,
        created_at: ms(it.created_at),
    }
}

fn watched(it: &Watched) -> v1::Watched {
    match it {
        Watched::Query(text) => v1::Watched::Query(text.0),
        Watched::Username(text) => v1::Watched::Username(text.0),
        Watched::User(user) => v1::Watched::User(user.0),
        Watched::Space(id) => v1::Watched::Space(space(*id)),
    }
}

fn subject(it: Subject) -> v1::Subject {
    match it {
        Subject::User(user) => v1::Subject::User(user.0),
        Subject::Space(id) => v1::Subject::Space(space(id)),
    }
}

fn started(it: &MonitorStarted) -> v1::Event {
    let (monitor, version) = (it.monitor.0, it.version.clone());
    match it.origin.clone() {
        None => v1::Event::MonitorStarted { monitor, version },
        Some(origin) => {
            v1::Event::MonitorStartedV2(v2::MonitorStarted { monitor, version, origin })
        }
    }
}

fn gap(it: &event::Gap) -> v1::Event {
    v1::Event::Gap {
        space: it.space.map(space),
        endpoint: it.endpoint.map(endpoint),
        from: it.from.0,
        to: it.to.0,
        cause: cause(it.cause),
    }
}

fn raised(it: &event::AlertRaised) -> v1::Event {
    v1::Event::AlertRaised {
        alert: it.alert,
        rule: it.rule.0,
        space: it.space.map(space),
        user: it.user.map(|user| user.0),
    }
}

fn delivered(it: &event::AlertDelivered) -> v1::Event {
    v1::Event::AlertDelivered {
        alert: it.alert,
        channel: it.channel.clone(),
        attempts: it.attempts,
        delivered: it.delivered,
    }
}
