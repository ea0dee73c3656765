//! The tables beside the observations: what X told of Spaces and people, and what the views give.

use super::boards::{HOSTS, KEYWORDS, SPEAKERS};
use super::table::Field;
use super::table::Kind::{Flag, Flags, Real, Text, Texts, Time, Times, Whole, Wholes};
use super::table::Table;

pub(super) const MONITOR: Field =
    Field::known("monitor", Text, "The monitor whose log this is: several logs may share a folder");
const SPACE: Field = Field::known("space_id", Text, "X's id of the Space");
pub(super) const USER: Field = Field::known("user_id", Text, "X's id of the person");
const SEQ: Field = Field::known("seq", Whole, "The place in the log");

/// Every table of an export but the observations.
pub const TABLES: [&Table; 13] = [
    &LOGS,
    &SPACES,
    &USERS,
    &STAGE,
    &POLLS,
    &GAPS,
    &DESCRIPTIONS,
    &MISSING,
    &DOUBTS,
    &WORDS,
    &HOSTS,
    &SPEAKERS,
    &KEYWORDS,
];

/// What the export rests on.
pub const LOGS: Table = Table {
    name: "logs",
    about: "What the export of one log rests on; everything beside the observations is as of then",
    fields: &[
        MONITOR,
        Field::known("log_id", Text, "The log's id"),
        Field::known("is_simulated", Flag, "Whether nothing of it comes from X"),
        Field::known("seq", Whole, "The last place in the log that was exported"),
        Field::known("chain", Text, "The hash of all up to there, as `spacelog verify` prints it"),
        Field::known("known_until", Time, "When that was recorded: the now of every figure"),
        Field::known("known_until_ms", Whole, "The same in milliseconds since the Unix epoch"),
    ],
    sorted_by: &["monitor"],
};

/// The Spaces, as `spacelog spaces --json` tells of them.
pub const SPACES: Table = Table {
    name: "spaces",
    about: "A Space as last known: the keys of `spacelog spaces --json`, and what to reckon with",
    fields: &[
        MONITOR,
        SPACE,
        Field::maybe("title", Text, "The title; null where X gave none or it was forgotten"),
        Field::maybe("state", Text, "The state, in X's word, or inferred"),
        Field::maybe("state_source", Text, "reported by X, or inferred from its absence"),
        Field::maybe("lang", Text, "X's guess of the language"),
        Field::maybe("is_ticketed", Flag, "Whether tickets are sold"),
        Field::maybe("creator_id", Text, "Who made it"),
        Field::maybe("host_ids", Texts, "Hosts, in X's order"),
        Field::maybe("host_usernames", Texts, "Their names, in the same order"),
        Field::maybe("speaker_ids", Texts, "All speakers ever listed"),
        Field::maybe("topic_ids", Texts, "X's ids of the topics"),
        Field::maybe("topics", Texts, "Their labels"),
        Field::maybe("keywords", Texts, "Words of the title that say something"),
        Field::maybe(
            "participants",
            Whole,
            "The last count seen while live; of a Space never seen live, what X last said",
        ),
        Field::maybe("participants_at", Time, "When that was seen"),
        Field::maybe("subscriber_count", Whole, "Reminders set, as last seen"),
        Field::maybe(
            "peak_participants",
            Whole,
            "The largest count seen while live: a lower bound",
        ),
        Field::maybe("peak_at", Time, "When it was first seen"),
        Field::maybe("average_participants", Real, "Participant-hours over covered hours"),
        Field::maybe(
            "participant_hours",
            Real,
            "Hours of presence of all participants, over covered time",
        ),
        Field::maybe("created_at", Time, "When it was made"),
        Field::maybe("scheduled_start", Time, "When it was announced to begin"),
        Field::maybe("started_at", Time, "When it began, as X reports it"),
        Field::maybe("ended_at", Time, "When it ended, as X reports it"),
        Field::maybe(
            "ended_between",
            Times,
            "Where the end was inferred: last seen live, first seen missing",
        ),
        Field::maybe("airtime_seconds", Real, "Seconds from begin to end, as X reports both"),
        Field::maybe("tracked_seconds", Real, "Seconds from the first to the last live look"),
        Field::maybe("coverage", Real, "Covered time over airtime so far, a share of one"),
        Field::maybe("reach", Whole, "Followers of hosts and speakers, each person once"),
        Field::known("first_seen", Time, "The first answer that carried it"),
        Field::known("last_seen", Time, "The last one"),
        Field::known("observations", Whole, "How many answers carried it, in any state"),
        Field::known("url", Text, "Its page on X"),
        Field::maybe("host_names", Texts, "Displayed names of the hosts"),
        Field::maybe("host_followers", Wholes, "Their followers"),
        Field::maybe("host_verified", Flags, "Whether X marks them"),
        Field::maybe("speaker_count", Whole, "How many speakers were ever listed"),
        Field::maybe("speaker_usernames", Texts, "Their names"),
        Field::maybe("invited_user_ids", Texts, "Who was invited to speak"),
        Field::maybe("gaps", Whole, "Stretches between live looks in which no count was held"),
        Field::maybe("gap_seconds", Real, "Their seconds"),
        Field::maybe("peak_between", Times, "The live looks before and after the peak's"),
        Field::maybe("time_to_peak_seconds", Real, "Seconds from begin to peak"),
        Field::maybe("steadiness", Real, "Average over peak"),
        Field::maybe("reminders", Whole, "Reminders before it began, as last seen"),
        Field::maybe("show_up_ratio", Real, "Peak over reminders"),
        Field::maybe("lead_time_seconds", Real, "Seconds from its making to the announced begin"),
        Field::maybe(
            "start_delay_seconds",
            Real,
            "Seconds from the announced begin to the real one",
        ),
        Field::maybe("detection_lag_seconds", Real, "Seconds from the begin to the first look"),
        Field::maybe("stage_size", Whole, "How many hosts and speakers were ever seen"),
        Field::maybe("doubted", Texts, "Rules by which a figure is doubted"),
        Field::maybe("resolution_seconds", Real, "The median of the seconds between live looks"),
        Field::maybe("max_resolution_seconds", Real, "The largest"),
        Field::maybe("doubts", Text, "What the rules doubt, as JSON: table `doubts`"),
        Field::maybe("basis", Text, "What the figures rest on, in words"),
        Field::maybe("airtime_ms", Whole, "Airtime in milliseconds"),
        Field::maybe("airtime_so_far_ms", Whole, "Airtime to the end, or to now while live"),
        Field::maybe("ended_ms", Whole, "ended_at in milliseconds since the Unix epoch"),
        Field::known("held_until_ms", Whole, "To when the last live count may be held at most"),
        Field::known(
            "is_disordered",
            Flag,
            "Whether looks entered the log in another order than they were made",
        ),
    ],
    sorted_by: &["space_id"],
};

/// Everybody the log knows.
pub const USERS: Table = Table {
    name: "users",
    about: "A person as last described and counted",
    fields: &[
        MONITOR,
        USER,
        Field::maybe(
            "username",
            Text,
            "The name after the @; null where X gave none or it was forgotten",
        ),
        Field::maybe("name", Text, "The displayed name"),
        Field::maybe("verified", Flag, "Whether X marks the account"),
        Field::maybe("followers", Whole, "Followers, as last counted"),
        Field::maybe("counted_at", Time, "When they were counted"),
    ],
    sorted_by: &[],
};

/// Who was on which stage.
pub const STAGE: Table = Table {
    name: "stage",
    about: "A person ever seen on the stage of a Space; that somebody left is never known",
    fields: &[
        MONITOR,
        SPACE,
        USER,
        Field::known("role", Text, "The most prominent role seen: host, co_host or speaker"),
        Field::maybe("first_at", Time, "When they were first seen on the stage"),
        Field::maybe("host_at", Time, "When first as the host"),
        Field::maybe("co_host_at", Time, "When first as a co-host"),
        Field::maybe("speaker_at", Time, "When first as a speaker"),
        Field::known(
            "in_reach",
            Flag,
            "Whether they count for the Space's reach: a host as last listed, or a speaker",
        ),
    ],
    sorted_by: &["space_id"],
};

/// What was asked of X.
pub const POLLS: Table = Table {
    name: "polls",
    about: "A request to X and what came of it: the keys of `spacelog polls --json`",
    fields: &[
        MONITOR,
        Field::maybe("poll_id", Text, "The poll's id"),
        SEQ,
        Field::known("endpoint", Text, "Which of X's endpoints"),
        Field::maybe(
            "target",
            Text,
            "What was asked for; null where it was forgotten or is not known",
        ),
        Field::maybe("sent_at", Time, "When it left"),
        Field::maybe("took_ms", Whole, "Milliseconds until the answer was complete"),
        Field::maybe("status", Whole, "The HTTP status"),
        Field::maybe("returned", Whole, "Spaces in the answer"),
        Field::maybe("new_spaces", Whole, "Of these, such as the log had never seen"),
        Field::maybe("error", Text, "The class of its failure"),
        Field::maybe("rate_remaining", Whole, "Requests left in the window"),
        Field::maybe("cost_usd", Real, "Its cost in dollars, at least"),
        Field::maybe("cost_usd_most", Real, "Its cost in dollars, at most"),
        Field::maybe("message", Text, "What X or the network said of a failure"),
        Field::maybe("states", Text, "Of a search, X's word for the states"),
        Field::maybe("max_results", Whole, "Of a search, the rows asked for"),
        Field::maybe("is_cut", Flag, "Whether a search gave as many rows as were asked for"),
    ],
    sorted_by: &["seq"],
};

/// When we did not look.
pub const GAPS: Table = Table {
    name: "gaps",
    about: "A stretch in which we did not look: `from` and `to` of `spacelog gaps --json` are reserved words, and called begins_at and ends_at here",
    fields: &[
        MONITOR,
        Field::maybe("space_id", Text, "The Space; null for all"),
        Field::maybe("endpoint", Text, "The endpoint; null for all"),
        Field::known("begins_at", Time, "Its beginning"),
        Field::maybe("ends_at", Time, "Its end; null where it is not over"),
        Field::maybe("seconds", Real, "Its seconds"),
        Field::known("cause", Text, "Why"),
    ],
    sorted_by: &["begins_at"],
};

/// What X said of Spaces, each time it said something new.
pub const DESCRIPTIONS: Table = Table {
    name: "descriptions",
    about: "What X said of a Space, each time it differed from what it had last said",
    fields: &[
        MONITOR,
        SPACE,
        SEQ,
        Field::known("observed_at", Time, "When X answered"),
        Field::known("observed_ms", Whole, "The same in milliseconds since the Unix epoch"),
        Field::maybe("title", Text, "The title; null where X gave none or it was forgotten"),
        Field::maybe("lang", Text, "X's guess of the language"),
        Field::maybe("is_ticketed", Flag, "Whether tickets are sold"),
        Field::maybe("creator_id", Text, "Who made it"),
        Field::maybe("host_ids", Texts, "Hosts, in X's order"),
        Field::maybe("scheduled_start", Time, "When it was announced to begin"),
        Field::maybe("started_at", Time, "When it began"),
        Field::maybe("ended_at", Time, "When it ended"),
        Field::maybe("ended_ms", Whole, "The same in milliseconds since the Unix epoch"),
    ],
    sorted_by: &["seq"],
};

/// Spaces that were asked for and not returned.
pub const MISSING: Table = Table {
    name: "missing",
    about: "A Space that was asked for by its id and not returned",
    fields: &[
        MONITOR,
        SPACE,
        SEQ,
        Field::known("observed_at", Time, "When X answered"),
        Field::known("observed_ms", Whole, "The same in milliseconds since the Unix epoch"),
        Field::maybe("problem", Text, "X's reason; null where it gave none"),
    ],
    sorted_by: &["seq"],
};

/// What is doubted of counts.
pub const DOUBTS: Table = Table {
    name: "doubts",
    about: "A count that a rule doubts; of several in a row, the first. Nothing was changed",
    fields: &[
        MONITOR,
        SPACE,
        Field::known("rule", Text, "step, spike, under_stage or round_plateau"),
        Field::known("observed_at", Time, "When it was observed"),
        Field::known("until", Time, "Until when the rule doubts what was observed"),
        Field::known("seq", Whole, "The observation's place in the log: `observations.seq`"),
        Field::known("participants", Whole, "Its count"),
        Field::known(
            "against",
            Whole,
            "What it is held against: the count before, the people on the stage, or the looks that showed it",
        ),
    ],
    sorted_by: &["space_id"],
};

/// The words of titles.
pub const WORDS: Table = Table {
    name: "words",
    about: "A word of a Space's title that says something, once a Space",
    fields: &[
        MONITOR,
        SPACE,
        Field::known("first_seen", Time, "When the Space was first seen"),
        Field::known("first_seen_ms", Whole, "The same in milliseconds since the Unix epoch"),
        Field::known("keyword", Text, "The word, in lower case"),
    ],
    sorted_by: &["first_seen_ms", "space_id"],
};
