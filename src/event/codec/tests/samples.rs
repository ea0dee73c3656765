//! One value of everything that is stored, whose bytes are held for ever.

use std::collections::BTreeMap;

use super::acts;
use crate::event::codec::{Header, Simulated};
use crate::event::*;
use crate::space::{
    Counts, Endpoint, FailureClass, Moment, RateLimit, SearchState, SpaceId, SpaceState, TopicId,
    UserId,
};

pub(super) fn space() -> SpaceId {
    "1YqKDqWqdPLxV".parse().unwrap()
}

pub(super) fn short_space() -> SpaceId {
    "1Yq".parse().unwrap()
}

pub(super) fn text(number: u8) -> TextRef {
    TextRef([number; 32])
}

fn head(asked: AskedFor) -> PollHead {
    PollHead {
        origin: Origin::Live,
        endpoint: Endpoint::Search,
        asked,
        sent_at: Some(Moment(1_795_000_000_000)),
        credential: "default".to_owned(),
        holding_ms: Some(20_000),
        repeats: 2,
    }
}

fn bare_head(endpoint: Endpoint, asked: AskedFor) -> PollHead {
    let (origin, credential) = (Origin::Imported, String::new());
    let (sent_at, holding_ms) = (None, None);
    PollHead { origin, endpoint, asked, sent_at, credential, holding_ms, repeats: 0 }
}

const RATE: RateLimit = RateLimit { limit: 300, remaining: 299, reset: Moment(1_795_000_900_000) };

const COST: Cost =
    Cost { spaces: 3, users: 4, posts: 5, least_micro_usd: 15_000, most_micro_usd: 55_000 };

/// Every kind of event: all fields set, then as little as there can be.
pub(crate) fn events() -> Vec<(&'static str, Event)> {
    let mut all = polls();
    all.extend(spaces());
    all.extend(people());
    all.extend(acts::all());
    all
}

fn polls() -> Vec<(&'static str, Event)> {
    let query = AskedFor::Query { text: text(1), state: SearchState::Live, max_results: 100 };
    let batch = AskedFor::InBatch { first: space(), count: 100 };
    let succeeded = |head, status, rate, cost| {
        let (returned, new_spaces, unreadable) = (100, 7, u32::from(Option::is_some(&rate)));
        let it = PollSucceeded { head, status, returned, new_spaces, unreadable, rate, cost };
        Event::PollSucceeded(it)
    };
    let failed = |head, class, status: Option<u16>, rate| {
        let retry_after_ms = status.map(|_| 30_000);
        let message = text(2);
        Event::PollFailed(PollFailed { head, class, status, retry_after_ms, message, rate })
    };
    let (all, scheduled) = (SearchState::All, SearchState::Scheduled);
    let searched = |state| AskedFor::Query { text: text(1), state, max_results: 1 };
    let mut found = vec![
        ("succeeded", succeeded(head(query), Some(200), Some(RATE), COST)),
        ("succeeded, in batch", succeeded(head(batch), Some(200), Some(RATE), COST)),
        (
            "succeeded, bare",
            succeeded(
                bare_head(Endpoint::Space, AskedFor::Space(short_space())),
                None,
                None,
                Cost::default(),
            ),
        ),
        (
            "failed",
            failed(
                head(AskedFor::Listed(text(3))),
                FailureClass::RateLimited,
                Some(429),
                Some(RATE),
            ),
        ),
        (
            "failed, bare",
            failed(
                bare_head(Endpoint::UsersBy, AskedFor::Listed(text(4))),
                FailureClass::Network,
                None,
                None,
            ),
        ),
        ("searched all", failed(head(searched(all)), FailureClass::RateLimited, Some(429), None)),
        (
            "searched scheduled",
            failed(head(searched(scheduled)), FailureClass::RateLimited, Some(429), None),
        ),
    ];
    // Members of closed sets are stored by their place: each holds its own.
    let listed = || AskedFor::Listed(text(5));
    found.extend(Endpoint::ALL.map(|endpoint| {
        let head = bare_head(endpoint, listed());
        (endpoint.word(), failed(head, FailureClass::Server, Some(500), None))
    }));
    // Those that version 1 knew; a later one stands with its version.
    let of_version_1 = FailureClass::ALL.into_iter().filter(|it| *it != FailureClass::Blocked);
    found.extend(of_version_1.map(|class| {
        (class.word(), failed(bare_head(Endpoint::Spaces, listed()), class, None, None))
    }));
    found
}

/// A failure of the class that came with version 3.
pub(super) fn blocked() -> Event {
    Event::PollFailed(PollFailed {
        head: bare_head(Endpoint::Spaces, AskedFor::Listed(text(5))),
        class: FailureClass::Blocked,
        status: Some(403),
        retry_after_ms: None,
        message: text(2),
        rate: None,
    })
}

fn spaces() -> Vec<(&'static str, Event)> {
    let observed = |state, participants, subscribers, speakers| {
        Event::SpaceObserved(SpaceObserved {
            space: space(),
            state,
            participants,
            subscribers,
            speakers,
        })
    };
    let speakers = Some(vec![UserId(1), UserId(300), UserId(u64::MAX)]);
    let other = SpaceState::Other("TimedOut".to_owned());
    vec![
        ("observed", observed(Some(SpaceState::Live), Some(12_345), Some(17), speakers)),
        ("observed, scheduled", observed(Some(SpaceState::Scheduled), Some(0), Some(0), None)),
        ("observed, ended", observed(Some(SpaceState::Ended), Some(u64::MAX), None, None)),
        ("observed, other", observed(Some(other), None, None, Some(Vec::new()))),
        ("observed, bare", observed(None, None, None, None)),
        (
            "described",
            Event::SpaceDescribed(SpaceDescribed {
                space: space(),
                text: Some(text(6)),
                creator: Some(UserId(2)),
                hosts: Some(vec![UserId(2), UserId(1)]),
                invited: Some(vec![UserId(9)]),
                topics: Some(vec![TopicId::new("131272609").unwrap()]),
                lang: Some("pt".to_owned()),
                is_ticketed: Some(false),
                created_at: Some(Moment(1)),
                scheduled_start: Some(Moment(2)),
                started_at: Some(Moment(3)),
                ended_at: Some(Moment(1_795_000_000_000)),
            }),
        ),
        (
            "described, bare",
            Event::SpaceDescribed(SpaceDescribed {
                space: short_space(),
                text: None,
                creator: None,
                hosts: None,
                invited: None,
                topics: None,
                lang: None,
                is_ticketed: None,
                created_at: None,
                scheduled_start: None,
                started_at: None,
                ended_at: None,
            }),
        ),
        ("missing", missing(Some("resource-not-found"))),
        ("missing, bare", missing(None)),
    ]
}

fn missing(problem: Option<&str>) -> Event {
    let problem = problem.map(ToOwned::to_owned);
    Event::SpaceMissing(SpaceMissing { space: space(), problem })
}

fn people() -> Vec<(&'static str, Event)> {
    let user = UserId(9_999_999_999_999_999_999);
    let described = |text, verified, verified_type: Option<&str>, protected, created_at| {
        let verified_type = verified_type.map(ToOwned::to_owned);
        let it = UserDescribed { user, text, verified, verified_type, protected, created_at };
        Event::UserDescribed(it)
    };
    let topic = |name: Option<&str>, description: Option<&str>| {
        Event::TopicDescribed(TopicDescribed {
            topic: TopicId::new("781974596148793345").unwrap(),
            name: name.map(ToOwned::to_owned),
            description: description.map(ToOwned::to_owned),
        })
    };
    vec![
        ("user", described(Some(text(7)), Some(true), Some("blue"), Some(false), Some(Moment(5)))),
        ("user, bare", described(None, None, None, None, None)),
        ("counted", Event::UserCounted(UserCounted { user, counts: counts() })),
        (
            "counted, bare",
            Event::UserCounted(UserCounted { user: UserId(0), counts: Counts::default() }),
        ),
        ("topic", topic(Some("Música"), Some("All about it"))),
        ("topic, bare", topic(None, None)),
        (
            "buyers",
            Event::BuyersObserved(BuyersObserved {
                space: space(),
                users: vec![user, UserId(1)],
                complete: true,
            }),
        ),
        (
            "posts",
            Event::PostsObserved(PostsObserved {
                space: space(),
                posts: vec![1, u64::MAX],
                complete: false,
            }),
        ),
    ]
}

fn counts() -> Counts {
    Counts { followers: Some(1), following: Some(251), posts: Some(70_000), listed: Some(0) }
}

/// A batch of these events, as it reads back without its texts.
pub(in crate::event::codec) fn batch(poll_id: Option<PollId>, events: Vec<Event>) -> Batch {
    Batch {
        first_seq: 70_001,
        monitor: MonitorId(0x0123_4567_89ab_cdef),
        poll_id,
        observed_at: Moment(1_795_000_000_123),
        recorded_at: Moment(1_795_000_000_456),
        events,
        texts: BTreeMap::new(),
        chain: [0xc4; 32],
    }
}

/// Every kind of text.
pub(super) fn texts() -> Vec<(&'static str, Owner, Text)> {
    let said = |text: &str| Some(text.to_owned());
    let full = Text::User {
        username: said("nasa"),
        name: said("NASA 🚀"),
        description: said("There's space for everybody"),
        location: said("Pale Blue Dot"),
        url: said("https://t.co/x"),
        extra: said("{\"affiliation\":{}}"),
    };
    let bare = Text::User {
        username: None,
        name: None,
        description: None,
        location: None,
        url: None,
        extra: None,
    };
    let space = Text::Space { title: said("気候変動"), extra: said("{\"is_x\":true}") };
    vec![
        ("space", Owner::Space(self::space()), space),
        ("space, bare", Owner::Space(short_space()), Text::Space { title: None, extra: None }),
        ("user", Owner::User(UserId(11_348_282)), full),
        ("user, bare", Owner::User(UserId(0)), bare),
        ("line", Owner::Monitor, Text::Line("climate OR \"energy policy\"".to_owned())),
    ]
}

pub(super) fn known_spaces() -> Vec<(&'static str, SpaceKnown)> {
    let full = SpaceKnown {
        first_seen: Some(Moment(1)),
        state: Some(SpaceState::Other(SpaceKnown::CANCELED.to_owned())),
        inferred: true,
        live_seen: true,
        was_live: true,
        scheduled_start: Some(Moment(2)),
        told: [true, false, true],
        fields: BTreeMap::from([(0, 1), (7, u64::MAX)]),
        text: Some(text(11)),
        billed_day: Some(20_775),
    };
    vec![("full", full), ("bare", SpaceKnown::default())]
}

pub(super) fn known_users() -> Vec<(&'static str, UserKnown)> {
    let full = UserKnown {
        fields: BTreeMap::from([(0, 1)]),
        text: Some(text(12)),
        counts: counts(),
        billed_day: Some(-1),
    };
    vec![("full", full), ("bare", UserKnown::default())]
}

pub(super) fn known_endpoints() -> Vec<(&'static str, EndpointKnown)> {
    let failing = Some((Moment(8), FailureClass::Timeout));
    let full = EndpointKnown { failing };
    vec![("full", full), ("bare", EndpointKnown::default())]
}

pub(super) fn notices() -> Vec<(&'static str, Notice)> {
    let full = Notice {
        kind: NoticeKind::Live,
        space: space(),
        title: Some("Morning markets".to_owned()),
        host: Some("nasa".to_owned()),
        followers: Some(1),
        participants: Some(2),
        starts: Some(Moment(3)),
        ran: (Some(Moment(4)), Some(Moment(5))),
        inferred: false,
    };
    let bare = |kind| Notice {
        kind,
        space: space(),
        title: None,
        host: None,
        followers: None,
        participants: None,
        starts: None,
        ran: (None, None),
        inferred: true,
    };
    vec![
        ("full", full),
        ("scheduled", bare(NoticeKind::Scheduled)),
        ("ended", bare(NoticeKind::Ended)),
    ]
}

pub(super) fn headers() -> Vec<(&'static str, Header)> {
    let simulated = Simulated { seed: 1, epoch: Moment(1_795_000_000_000), spaces: 200 };
    let header = |simulated| Header {
        format: 1,
        log_id: *b"0123456789abcdef",
        monitor: MonitorId(42),
        created_at: Moment(1_795_000_000_000),
        simulated,
    };
    vec![("full", header(Some(simulated))), ("bare", header(None))]
}
