//! The keys of answers that are promised: none renamed, none dropped.

use std::collections::BTreeSet;

use serde_json::Value;

/// A Space.
pub const SPACE: &str = "space_id, title, state, state_source, lang, is_ticketed, creator_id, \
    host_ids, host_usernames, speaker_ids, topic_ids, topics, keywords, participants, \
    participants_at, subscriber_count, peak_participants, peak_at, average_participants, \
    participant_hours, created_at, scheduled_start, started_at, ended_at, ended_between, \
    airtime_seconds, tracked_seconds, coverage, reach, first_seen, last_seen, observations, url, \
    host_names, host_followers, host_verified, speaker_count, speaker_usernames, \
    invited_user_ids";
/// A point of a curve.
pub const POINT: &str = "space_id, observed_at, participants, state, seq";
/// A host.
pub const HOST: &str = "rank, user_id, username, name, followers, spaces, \
    average_participants, peak_participants, participant_hours, airtime_seconds, reach";
/// A keyword.
pub const KEYWORD: &str = "keyword, spaces, previous_spaces, participant_hours";
/// A topic.
pub const TOPIC: &str = "topic_id, topic, spaces, previous_spaces, participant_hours";
/// A poll.
pub const POLL: &str = "poll_id, seq, endpoint, target, sent_at, took_ms, status, returned, \
    new_spaces, error, rate_remaining, cost_usd";
/// A gap.
pub const GAP: &str = "space_id, endpoint, from, to, seconds, cause";
/// An event.
pub const EVENT: &str = "seq, poll_id, kind, observed_at, recorded_at, space_id, data";

/// Holds that there are rows, and that each has these keys at least.
pub fn hold(rows: &[Value], keys: &str) {
    assert!(!rows.is_empty(), "no row to look at");
    let keys: Vec<&str> = keys.split(',').map(str::trim).collect();
    for row in rows {
        let found: BTreeSet<&str> =
            row.as_object().expect("an object").keys().map(String::as_str).collect();
        for key in &keys {
            assert!(found.contains(key), "no `{key}` in {row}");
        }
    }
}
