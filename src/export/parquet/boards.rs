//! The tables of sums over several Spaces: leaderboards and words, with what their figures rest on.

use super::table::Kind::{Real, Text, Texts, Whole};
use super::table::{Field, Table};
use super::tables::{MONITOR, USER};

const BOARD: &[Field] = &[
    MONITOR,
    Field::known("rank", Whole, "The place, by participant-hours"),
    USER,
    Field::maybe("username", Text, "The name after the @"),
    Field::maybe("name", Text, "The displayed name"),
    Field::maybe("followers", Whole, "Followers, as last counted"),
    Field::known("spaces", Whole, "How many Spaces of theirs were seen live"),
    Field::maybe("average_participants", Real, "Participant-hours over covered hours"),
    Field::maybe("peak_participants", Whole, "The largest count"),
    Field::maybe("participant_hours", Real, "Hours of presence of all participants"),
    Field::maybe(
        "airtime_seconds",
        Real,
        "Seconds on air of the Spaces of which X reported both ends",
    ),
    Field::maybe(
        "reach",
        Whole,
        "Followers of hosts and speakers of their Spaces, each person once",
    ),
    Field::known("hosted", Whole, "Spaces they hosted"),
    Field::known("co_hosted", Whole, "Spaces they co-hosted"),
    Field::known("spoke", Whole, "Spaces in which they were listed as a speaker"),
    Field::maybe("follower_growth", Whole, "Followers gained since first counted"),
    COVERAGE,
    GAPS_BEHIND,
    GAP_SECONDS,
    RESOLUTION,
    REPORTED,
    INFERRED,
    ON_AIR,
    DOUBTED,
    DOUBTS_BEHIND,
    DOUBTS_TOLD,
    BASIS,
];

// What a row of several Spaces rests on.
const COVERAGE: Field =
    Field::maybe("coverage", Real, "Covered time over airtime so far, a share of one");
const GAPS_BEHIND: Field =
    Field::maybe("gaps", Whole, "Stretches between live looks in which no count was held");
const GAP_SECONDS: Field = Field::maybe("gap_seconds", Real, "Their seconds");
const RESOLUTION: Field = Field::maybe(
    "average_resolution_seconds",
    Real,
    "The mean of the seconds between live looks at the same Space",
);
const REPORTED: Field = Field::maybe("ends_reported", Whole, "Spaces whose end X reported");
const INFERRED: Field = Field::maybe("ends_inferred", Whole, "Spaces whose end was inferred");
const ON_AIR: Field = Field::maybe("on_air", Whole, "Spaces on air");
const DOUBTED: Field = Field::maybe("doubted", Texts, "Rules by which a figure is doubted");
const DOUBTS_BEHIND: Field =
    Field::maybe("doubted_observations", Whole, "How often a rule doubts a count: table `doubts`");
const DOUBTS_TOLD: Field = Field::maybe("doubts", Text, "The first of these, as JSON");
const BASIS: Field = Field::maybe("basis", Text, "What the figures rest on, in words");

/// The leaderboard of hosts.
pub const HOSTS: Table = Table {
    name: "hosts",
    about: "A host: `spacelog hosts --json --min-spaces 1`",
    fields: BOARD,
    sorted_by: &["rank"],
};

/// The leaderboard of speakers.
pub const SPEAKERS: Table = Table {
    name: "speakers",
    about: "A speaker: `spacelog speakers --json --min-spaces 1`",
    fields: BOARD,
    sorted_by: &["rank"],
};

/// The words of the last 24 hours.
pub const KEYWORDS: Table = Table {
    name: "keywords",
    about: "A word of titles in the last 24 hours: `spacelog keywords --json`",
    fields: &[
        MONITOR,
        Field::known("keyword", Text, "The word, in lower case"),
        Field::known("spaces", Whole, "Spaces first seen in the window whose title has it"),
        Field::known("previous_spaces", Whole, "Such Spaces in the window before"),
        Field::maybe("participant_hours", Real, "Participant-hours of the Spaces in the window"),
        Field::maybe("share", Real, "Their share of those of all Spaces in the window"),
        Field::maybe(
            "trending",
            Real,
            "How far the count is above what the window before leads to expect, in deviations",
        ),
        Field::known("kind", Text, "word, hashtag or mention"),
        COVERAGE,
        GAPS_BEHIND,
        GAP_SECONDS,
        RESOLUTION,
        REPORTED,
        INFERRED,
        ON_AIR,
        DOUBTED,
        DOUBTS_BEHIND,
        DOUBTS_TOLD,
        BASIS,
    ],
    sorted_by: &[],
};
