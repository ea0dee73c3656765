//! The card of a Space for people: what stands together, and its curve in a line.

use std::path::PathBuf;

use super::args::{Output, Past};
use super::ask::{folder, own, put};
use super::drawn::drawn;
use super::output::{emit, notes, show};
use super::questions::joined;
use super::report::Failure;
use crate::chart::sparkline;
use crate::export::{Card, Exporter as _, Group};
use crate::question::Question;
use crate::serve::Request;
use crate::space::SpaceId;

/// How long a sparkline is.
const SPARKLINE: usize = 60;

/// What stands together on the card.
const GROUPS: &[Group] = &[
    (
        "",
        &[
            "title",
            "space_id",
            "url",
            "state",
            "state_source",
            "lang",
            "is_ticketed",
            "topics",
            "keywords",
            "parts",
        ],
    ),
    (
        "Audience",
        &[
            "basis",
            "participants",
            "participants_at",
            "peak_participants",
            "peak_at",
            "peak_between",
            "time_to_peak_seconds",
            "average_participants",
            "median_participants",
            "p95_participants",
            "participant_hours",
            "plateau_at",
            "plateau_participants",
            "time_to_plateau_seconds",
            "growth_per_minute",
            "max_growth_per_minute",
            "max_growth_at",
            "largest_drop",
            "largest_drop_between",
            "end_participants",
            "end_retention",
            "steadiness",
            "reminders",
            "show_up_ratio",
            "doubts",
        ],
    ),
    (
        "Times",
        &[
            "created_at",
            "scheduled_start",
            "lead_time_seconds",
            "started_at",
            "start_delay_seconds",
            "ended_at",
            "ended_between",
            "airtime_seconds",
            "breaks_seconds",
        ],
    ),
    (
        "People",
        &[
            "host_usernames",
            "host_names",
            "host_followers",
            "host_verified",
            "speaker_count",
            "stage_size",
            "stage",
            "subscriber_count",
            "reach",
            "reach_at_end",
        ],
    ),
    (
        "How it was seen",
        &[
            "first_seen",
            "detection_lag_seconds",
            "last_seen",
            "observations",
            "live_looks",
            "resolution_seconds",
            "max_resolution_seconds",
            "tracked_seconds",
            "coverage",
            "gaps",
            "gap_seconds",
        ],
    ),
];

/// Shows one Space, for people as a card with its curve in a line.
pub fn space(
    (data, config): (Option<PathBuf>, Option<PathBuf>),
    (id, is_joined): (SpaceId, bool),
    past: Past,
    output: &Output,
) -> Result<u8, Failure> {
    let own = Some(own(config)?);
    let folder = folder(data)?;
    let as_of = past.as_of;
    let question = joined(is_joined, Question::Space { id });
    let sheet = put(&folder, &Request::Ask { question, as_of, own })?;
    if !output.is_table() {
        return show(&sheet, output);
    }
    let question = joined(is_joined, Question::Curve { ids: vec![id], step_ms: None });
    let curve = put(&folder, &Request::Ask { question, as_of, own: None })?;
    let line = sparkline(&drawn(&curve, id), i64::MAX, SPARKLINE);
    let code = emit(output, |out| {
        Card { groups: GROUPS }.write(&sheet, out)?;
        writeln!(out, "\ncurve  {line}")?;
        out.flush()
    })?;
    notes(&sheet, output);
    Ok(code)
}
