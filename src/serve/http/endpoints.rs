//! The addresses of the API by name: what each answers, with which parameters and keys.

mod keys;

use keys::{BOARD, CARD, COUNTED, EVENT, EVENT_OF_SPACES, Keys, SCHEDULE, SPACE, STATUS, SUMS};

/// One address.
#[derive(Clone, Copy, Debug)]
pub struct Endpoint {
    /// Its path; an id stands in braces.
    pub path: &'static str,
    /// What it answers.
    pub what: &'static str,
    /// Its parameters: name, type, what it means.
    pub params: &'static [Param],
    /// Keys of each object, with their types; there may be more.
    pub keys: &'static [Keys],
    /// Whether it can be asked as of a moment in the past.
    pub past: bool,
}

/// A parameter: name, type, what it means.
pub type Param = (&'static str, Type, &'static str);

/// Types of parameters and keys. Every key may be null: unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// Yes or no.
    Bool,
    /// A whole number.
    Int,
    /// A number.
    Real,
    /// A text.
    Text,
    /// A moment, RFC 3339.
    Time,
    /// Texts.
    Texts,
    /// Times, or numbers.
    List,
    /// Any JSON.
    Any,
}

use Type::{Bool, Int, List, Real, Text, Texts, Time};

const LIMIT: Param = ("limit", Int, "At most this many; 0, the default, is all");

const JOINED: Param =
    ("joined", Bool, "Answer Spaces that are parts of one event as one, with the parts shown");
const BACK: Param = ("last", Text, "How far back, such as 24h, the default");
const COUNT_SORT: Param =
    ("sort", Text, "The order, the greatest first: spaces, trending or participant-hours");

const BY: Param = (
    "by",
    Text,
    "By which figure: participant-hours, average, peak, spaces, airtime, reach or follower-growth",
);
const MIN_SPACES: Param =
    ("min-spaces", Int, "Only people with at least this many Spaces seen live");
const MIN_COVERAGE: Param =
    ("min-coverage", Real, "Only Spaces of which at least this share was covered");
const BEGAN: Param = ("last", Text, "Only Spaces that began within this time, such as 30d");

/// Every question's address.
pub const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        path: "/api/spaces",
        what: "The Spaces known",
        params: &[
            ("state", Text, "Only in this state: live, scheduled, ended, …"),
            ("host", Text, "Only of this host: @name or id"),
            ("keyword", Text, "Only with this text in the title"),
            ("min-participants", Int, "Only with at least this many participants at the peak"),
            ("sort", Text, "The order, the greatest first: participants, peak, reach or started"),
            JOINED,
            LIMIT,
        ],
        keys: &[SPACE, &[("spam", Bool)], EVENT_OF_SPACES],
        past: true,
    },
    Endpoint {
        path: "/api/space/{id}",
        what: "Everything about one Space",
        params: &[JOINED],
        keys: &[SPACE, CARD, EVENT_OF_SPACES],
        past: true,
    },
    Endpoint {
        path: "/api/schedule",
        what: "The Spaces whose begin was announced, and what became of them",
        params: &[
            ("standing", Text, "Only announced, overdue, live, ended, canceled or never_started"),
            ("host", Text, "Only of this host: @name or id"),
            ("keyword", Text, "Only with this text in the title"),
            ("last", Text, "How long ago the announced begin may be, such as 24h, the default"),
            LIMIT,
        ],
        keys: &[SCHEDULE],
        past: true,
    },
    Endpoint {
        path: "/api/schedule/{id}",
        what: "How the announcement of one Space changed, and its reminders",
        params: &[],
        keys: &[&[
            ("space_id", Text),
            ("observed_at", Time),
            ("scheduled_start", Time),
            ("reminders", Int),
            ("state", Text),
            ("seq", Int),
        ]],
        past: true,
    },
    Endpoint {
        path: "/api/these",
        what: "These Spaces, in their order; of those that are not known there is no object",
        params: &[("id", Text, "Ids of Spaces between commas, or given several times")],
        keys: &[SPACE],
        past: true,
    },
    Endpoint {
        path: "/api/curve",
        what: "Participant curves of up to 50 Spaces",
        params: &[
            ("id", Text, "Ids of Spaces between commas, or given several times"),
            ("step", Text, "One point every so often, such as 1m, instead of one an observation"),
            JOINED,
        ],
        keys: &[&[
            ("space_id", Text),
            ("observed_at", Time),
            ("participants", Int),
            ("state", Text),
            ("seq", Int),
            ("held_until", Time),
            ("doubts", Texts),
            ("whole_id", Text),
        ]],
        past: true,
    },
    Endpoint {
        path: "/api/hosts",
        what: "The leaderboard of hosts",
        params: &[
            BY,
            MIN_SPACES,
            MIN_COVERAGE,
            BEGAN,
            ("method", Text, "audience, the default, or article: the mean of last counts"),
            LIMIT,
        ],
        keys: &[BOARD, SUMS],
        past: true,
    },
    Endpoint {
        path: "/api/speakers",
        what: "The leaderboard of speakers",
        params: &[BY, MIN_SPACES, MIN_COVERAGE, BEGAN, LIMIT],
        keys: &[BOARD, SUMS],
        past: true,
    },
    Endpoint {
        path: "/api/person/{who}",
        what: "Where somebody hosted or spoke: @name or id",
        params: &[("followers", Bool, "Their followers over time instead of their Spaces")],
        keys: &[&[
            ("user_id", Text),
            ("username", Text),
            ("space_id", Text),
            ("title", Text),
            ("state", Text),
            ("role", Text),
            ("roles", Texts),
            ("first_seen_on_stage", Time),
            ("started_at", Time),
            ("airtime_seconds", Real),
            ("average_participants", Real),
            ("peak_participants", Int),
            ("participant_hours", Real),
            ("coverage", Real),
            ("reach", Int),
            ("doubted", Texts),
            ("state_source", Text),
            ("gaps", Int),
            ("gap_seconds", Real),
            ("resolution_seconds", Real),
            ("max_resolution_seconds", Real),
            ("doubts", List),
            ("basis", Text),
            ("observed_at", Time),
            ("followers", Int),
            ("gained", Int),
        ]],
        past: true,
    },
    Endpoint {
        path: "/api/keywords",
        what: "Words of titles, now and in the window before",
        params: &[
            BACK,
            COUNT_SORT,
            ("kind", Text, "Only of this kind: word, hashtag or mention"),
            ("words", Text, "unicode, the default, or latin4: as the article counts"),
            LIMIT,
        ],
        keys: &[&[("keyword", Text), ("kind", Text)], COUNTED, SUMS],
        past: true,
    },
    Endpoint {
        path: "/api/topics",
        what: "Topics that X gives Spaces, now and in the window before",
        params: &[BACK, COUNT_SORT, LIMIT],
        keys: &[&[("topic_id", Text), ("topic", Text)], COUNTED, SUMS],
        past: true,
    },
    Endpoint {
        path: "/api/participants/{id}",
        what: "Who bought a ticket for a Space, as far as X was asked",
        params: &[],
        keys: &[&[("space_id", Text), ("user_id", Text), ("username", Text), ("name", Text)]],
        past: true,
    },
    Endpoint {
        path: "/api/tweets/{id}",
        what: "Posts shared in a Space, as far as X was asked",
        params: &[],
        keys: &[&[("space_id", Text), ("post_id", Text), ("url", Text), ("first_seen", Time)]],
        past: true,
    },
    Endpoint {
        path: "/api/polls",
        what: "What was asked of X, and what came of it",
        params: &[
            ("since", Time, "Only sent at or after this time"),
            ("limit", Int, "The last so many, and at most 50,000; 0, the default, is as many"),
        ],
        keys: &[&[
            ("poll_id", Text),
            ("seq", Int),
            ("endpoint", Text),
            ("target", Text),
            ("sent_at", Time),
            ("took_ms", Int),
            ("status", Int),
            ("returned", Int),
            ("new_spaces", Int),
            ("error", Text),
            ("rate_remaining", Int),
            ("cost_usd", Real),
            ("cost_usd_most", Real),
            ("message", Text),
            ("states", Text),
            ("max_results", Int),
            ("is_cut", Bool),
        ]],
        past: true,
    },
    Endpoint {
        path: "/api/gaps",
        what: "When nobody looked, and why",
        params: &[("space", Text, "Only of this Space")],
        keys: &[&[
            ("space_id", Text),
            ("endpoint", Text),
            ("from", Time),
            ("to", Time),
            ("seconds", Real),
            ("cause", Text),
        ]],
        past: true,
    },
    Endpoint {
        path: "/api/spend",
        what: "What today and this month cost, and what they will: at least and at most",
        params: &[],
        keys: &[&[
            ("period", Text),
            ("endpoint", Text),
            ("target", Text),
            ("polls", Int),
            ("usd_low", Real),
            ("usd_high", Real),
            ("spaces", Int),
            ("users", Int),
            ("posts", Int),
            ("forecast_usd_low", Real),
            ("forecast_usd_high", Real),
            ("unread_answers", Int),
        ]],
        past: true,
    },
    Endpoint {
        path: "/api/alerts",
        what: "Alerts that wait to be delivered, or that were given up",
        params: &[("dead", Bool, "Those that were given up instead")],
        keys: &[&[
            ("alert_id", Text),
            ("rule", Text),
            ("occasion", Text),
            ("at", Time),
            ("space_id", Text),
            ("user_id", Text),
            ("attempts", Int),
            ("next_at", Time),
        ]],
        past: false,
    },
    Endpoint {
        path: "/api/alerts/raised",
        what: "The alerts that were raised, the newest first, and how far each has come",
        params: &[LIMIT],
        keys: &[&[
            ("alert_id", Text),
            ("rule", Text),
            ("occasion", Text),
            ("delivery", Text),
            ("at", Time),
            ("space_id", Text),
            ("title", Text),
            ("user_id", Text),
            ("username", Text),
            ("participants", Int),
            ("per_minute", Int),
            ("attempts", Int),
            ("next_at", Time),
            ("doubted", Texts),
            ("doubts", List),
        ]],
        past: false,
    },
    Endpoint {
        path: "/api/events",
        what: "One page of the log itself; where there is more, `Link` says where the next begins",
        params: EVENT_PARAMS,
        keys: &[EVENT],
        past: true,
    },
    Endpoint {
        path: "/api/status",
        what: "Is it well: last poll, windows, lag of views, disk",
        params: &[],
        keys: &[STATUS],
        past: false,
    },
    Endpoint {
        path: "/api/doctor",
        what: "What is well and what is not, and what to do",
        params: &[],
        keys: &[&[
            ("check", Text),
            ("state", Text),
            ("detail", Text),
            ("remedy", Text),
            ("error", Text),
        ]],
        past: false,
    },
];

/// The parameters of a page of events, and of a stream of them.
pub const EVENT_PARAMS: &[Param] = &[
    ("from", Int, "From this seq on"),
    ("since", Time, "Only observed at or after this time"),
    ("until", Time, "Only observed before this time"),
    ("space", Text, "Only about this Space"),
    ("kind", Text, "Only of this kind, such as SpaceObserved"),
];
