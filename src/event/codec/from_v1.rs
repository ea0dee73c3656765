//! From what is stored, in whichever version, to what we think with: pure, and total for all that
//! was ever written.

use std::collections::BTreeMap;

use super::super::{
    AlertDelivered, AlertRaised, AskedFor, Batch, BuyersObserved, Cost, Event, Gap, GapCause,
    MonitorId, MonitorStarted, MonitorStopped, NoticeKind, Origin, Owner, PollFailed, PollHead,
    PollId, PollSucceeded, PostsObserved, SpaceDescribed, SpaceMissing, SpaceObserved, Subject,
    Text, TextRef, TopicDescribed, UserCounted, UserDescribed, Watched,
};
use super::{CodecError, into_v1, v1};
use crate::space::{
    Counts, Endpoint, FailureClass, Moment, RateLimit, SearchState, SpaceId, SpaceState, TopicId,
    UserId,
};

type Read<T> = Result<T, CodecError>;

pub(super) fn batch(it: v1::Batch, chain: [u8; 32]) -> Read<Batch> {
    if it.events.is_empty() || it.first_seq == 0 {
        return Err(CodecError::Content("a batch without events".to_owned()));
    }
    Ok(Batch {
        first_seq: it.first_seq,
        monitor: MonitorId(it.monitor),
        poll_id: it.poll_id.map(PollId),
        observed_at: Moment(it.observed_at),
        recorded_at: Moment(it.recorded_at),
        events: it.events.into_iter().map(event).collect::<Read<_>>()?,
        texts: BTreeMap::new(),
        chain,
    })
}

/// Returns the member that is written with this tag.
fn member<T: Copy>(all: &[T], tag: u8, of: impl Fn(T) -> u8) -> Read<T> {
    let unknown = || CodecError::Newer(u32::from(tag));
    all.iter().copied().find(|it| of(*it) == tag).ok_or_else(unknown)
}

pub(super) fn endpoint(tag: u8) -> Read<Endpoint> {
    member(&Endpoint::ALL, tag, into_v1::endpoint)
}

pub(super) fn class(tag: u8) -> Read<FailureClass> {
    member(&FailureClass::ALL, tag, into_v1::class)
}

pub(super) fn notice(tag: u8) -> Read<NoticeKind> {
    member(&[NoticeKind::Scheduled, NoticeKind::Live, NoticeKind::Ended], tag, into_v1::notice)
}

pub(super) fn search_state(tag: u8) -> Read<SearchState> {
    match tag {
        0 => Ok(SearchState::All),
        1 => Ok(SearchState::Live),
        2 => Ok(SearchState::Scheduled),
        newer => Err(CodecError::Newer(u32::from(newer))),
    }
}

pub(super) fn space(bytes: v1::Space) -> Read<SpaceId> {
    SpaceId::from_bytes(bytes).ok_or_else(|| CodecError::Content("no Space id".to_owned()))
}

pub(super) fn topic(text: &str) -> Read<TopicId> {
    TopicId::new(text).ok_or_else(|| CodecError::Content("no topic id".to_owned()))
}

pub(super) fn state(it: v1::State) -> SpaceState {
    match it {
        v1::State::Scheduled => SpaceState::Scheduled,
        v1::State::Live => SpaceState::Live,
        v1::State::Ended => SpaceState::Ended,
        v1::State::Other(word) => SpaceState::Other(word),
    }
}

pub(super) fn counts(it: &v1::Counts) -> Counts {
    Counts { followers: it.followers, following: it.following, posts: it.posts, listed: it.listed }
}

pub(super) fn owner(it: &v1::Owner) -> Read<Owner> {
    Ok(match *it {
        v1::Owner::Space(id) => Owner::Space(space(id)?),
        v1::Owner::User(id) => Owner::User(UserId(id)),
        v1::Owner::Monitor => Owner::Monitor,
    })
}

pub(super) fn text(it: v1::Text) -> Text {
    match it {
        v1::Text::Space { title, extra } => Text::Space { title, extra },
        v1::Text::User { username, name, description, location, url, extra } => {
            Text::User { username, name, description, location, url, extra }
        }
        v1::Text::Line(line) => Text::Line(line),
    }
}

fn ids(users: Vec<u64>) -> Vec<UserId> {
    users.into_iter().map(UserId).collect()
}

fn rate(it: Option<v1::RateLimit>) -> Option<RateLimit> {
    it.map(|it| RateLimit { limit: it.limit, remaining: it.remaining, reset: Moment(it.reset) })
}

fn head(it: v1::PollHead) -> Read<PollHead> {
    let asked = match it.asked {
        v1::AskedFor::Query { text, state, max_results } => {
            AskedFor::Query { text: TextRef(text), state: search_state(state)?, max_results }
        }
        v1::AskedFor::Listed(text) => AskedFor::Listed(TextRef(text)),
        v1::AskedFor::InBatch { first, count } => AskedFor::InBatch { first: space(first)?, count },
        v1::AskedFor::Space(id) => AskedFor::Space(space(id)?),
        v1::AskedFor::Unknown => AskedFor::Unknown,
    };
    Ok(PollHead {
        origin: if it.imported { Origin::Imported } else { Origin::Live },
        endpoint: endpoint(it.endpoint)?,
        asked,
        sent_at: it.sent_at.map(Moment),
        credential: it.credential,
        holding_ms: it.holding_ms,
        repeats: it.repeats,
    })
}

pub(super) fn event(it: v1::Event) -> Read<Event> {
    use v1::Event as Stored;
    Ok(match it {
        Stored::PollSucceeded { .. } | Stored::PollFailed { .. } => poll(it)?,
        Stored::SpaceObserved { space: id, state: word, participants, subscribers, speakers } => {
            Event::SpaceObserved(SpaceObserved {
                space: space(id)?,
                state: word.map(state),
                participants,
                subscribers,
                speakers: speakers.map(ids),
            })
        }
        Stored::SpaceDescribed { .. } | Stored::UserDescribed { .. } => described(it)?,
        Stored::UserCounted { user, counts: it } => {
            Event::UserCounted(UserCounted { user: UserId(user), counts: counts(&it) })
        }
        Stored::TopicDescribed { topic: id, name, description } => {
            Event::TopicDescribed(TopicDescribed { topic: topic(&id)?, name, description })
        }
        Stored::SpaceMissing { space: id, problem } => {
            Event::SpaceMissing(SpaceMissing { space: space(id)?, problem })
        }
        Stored::BuyersObserved { space: id, users, complete } => {
            Event::BuyersObserved(BuyersObserved { space: space(id)?, users: ids(users), complete })
        }
        Stored::PostsObserved { space: id, posts, complete } => {
            Event::PostsObserved(PostsObserved { space: space(id)?, posts, complete })
        }
        other => act(other)?,
    })
}

fn poll(it: v1::Event) -> Read<Event> {
    match it {
        v1::Event::PollSucceeded {
            head: it,
            status,
            returned,
            new_spaces,
            unreadable,
            rate: window,
            cost,
        } => Ok(Event::PollSucceeded(PollSucceeded {
            head: head(it)?,
            status,
            returned,
            new_spaces,
            unreadable,
            rate: rate(window),
            cost: Cost {
                spaces: cost.spaces,
                users: cost.users,
                posts: cost.posts,
                least_micro_usd: cost.least_micro_usd,
                most_micro_usd: cost.most_micro_usd,
            },
        })),
        v1::Event::PollFailed {
            head: it,
            class: place,
            status,
            retry_after_ms,
            message,
            rate: window,
        } => Ok(Event::PollFailed(PollFailed {
            head: head(it)?,
            class: class(place)?,
            status,
            retry_after_ms,
            message: TextRef(message),
            rate: rate(window),
        })),
        _ => Err(misplaced()),
    }
}

fn described(it: v1::Event) -> Read<Event> {
    match it {
        v1::Event::SpaceDescribed {
            space: id,
            text,
            creator,
            hosts,
            invited,
            topics,
            lang,
            is_ticketed,
            created_at,
            scheduled_start,
            started_at,
            ended_at,
        } => Ok(Event::SpaceDescribed(SpaceDescribed {
            space: space(id)?,
            text: text.map(TextRef),
            creator: creator.map(UserId),
            hosts: hosts.map(ids),
            invited: invited.map(ids),
            topics: topics
                .map(|topics| topics.iter().map(|text| topic(text)).collect::<Read<_>>())
                .transpose()?,
            lang,
            is_ticketed,
            created_at: created_at.map(Moment),
            scheduled_start: scheduled_start.map(Moment),
            started_at: started_at.map(Moment),
            ended_at: ended_at.map(Moment),
        })),
        v1::Event::UserDescribed { user, text, verified, verified_type, protected, created_at } => {
            Ok(Event::UserDescribed(UserDescribed {
                user: UserId(user),
                text: text.map(TextRef),
                verified,
                verified_type,
                protected,
                created_at: created_at.map(Moment),
            }))
        }
        _ => Err(misplaced()),
    }
}

/// The events that a monitor or a person caused.
fn act(it: v1::Event) -> Read<Event> {
    Ok(match it {
        v1::Event::WatchChanged { watched: it, added } => {
            Event::WatchChanged { watched: watched(&it)?, added }
        }
        v1::Event::MonitorStarted { monitor, version } => {
            // Version 1 did not say whom the monitor asked.
            let (monitor, origin) = (MonitorId(monitor), None);
            Event::MonitorStarted(MonitorStarted { monitor, version, origin })
        }
        v1::Event::MonitorStartedV2(it) => {
            let (monitor, origin) = (MonitorId(it.monitor), Some(it.origin));
            Event::MonitorStarted(MonitorStarted { monitor, version: it.version, origin })
        }
        v1::Event::MonitorStopped { monitor, reason } => {
            Event::MonitorStopped(MonitorStopped { monitor: MonitorId(monitor), reason })
        }
        v1::Event::Gap { space: id, endpoint: place, from, to, cause } => Event::Gap(Gap {
            space: id.map(space).transpose()?,
            endpoint: place.map(endpoint).transpose()?,
            from: Moment(from),
            to: Moment(to),
            cause: member(&GapCause::ALL, cause, into_v1::cause)?,
        }),
        v1::Event::ClockStepped { by_ms } => Event::ClockStepped { by_ms },
        v1::Event::ClockSkewed(it) => Event::ClockSkewed { by_ms: it.by_ms },
        v1::Event::SpacesJoined { spaces, joined } => Event::SpacesJoined {
            spaces: spaces.into_iter().map(space).collect::<Read<_>>()?,
            joined,
        },
        v1::Event::AlertRaised { alert, rule, space: id, user } => {
            Event::AlertRaised(AlertRaised {
                alert,
                rule: TextRef(rule),
                space: id.map(space).transpose()?,
                user: user.map(UserId),
            })
        }
        v1::Event::AlertDelivered { alert, channel, attempts, delivered } => {
            Event::AlertDelivered(AlertDelivered { alert, channel, attempts, delivered })
        }
        v1::Event::Forgotten { subject, reason } => Event::Forgotten {
            subject: match subject {
                v1::Subject::User(user) => Subject::User(UserId(user)),
                v1::Subject::Space(id) => Subject::Space(space(id)?),
            },
            reason,
        },
        _ => return Err(misplaced()),
    })
}

fn watched(it: &v1::Watched) -> Read<Watched> {
    Ok(match *it {
        v1::Watched::Query(text) => Watched::Query(TextRef(text)),
        v1::Watched::Username(text) => Watched::Username(TextRef(text)),
        v1::Watched::User(user) => Watched::User(UserId(user)),
        v1::Watched::Space(id) => Watched::Space(space(id)?),
    })
}

/// Never seen: each arm above is handed only its own kinds.
fn misplaced() -> CodecError {
    CodecError::Content("an event of another kind".to_owned())
}
