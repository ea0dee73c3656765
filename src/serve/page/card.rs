//! The card of one Space: its figures in groups, each under the words that people have for it.

use maud::{Markup, html};

use super::row::{rows, value};
use crate::export;
use crate::sheet::{Sheet, Value};

/// Columns under a heading, each with its words.
type Group = (&'static str, &'static [(&'static str, &'static str)]);

const GROUPS: [Group; 4] = [
    (
        "Audience",
        &[
            ("participants", "Last count"),
            ("participants_at", "Last count at"),
            ("peak_participants", "Peak"),
            ("peak_at", "Peak at"),
            ("peak_between", "Peak between the looks at"),
            ("time_to_peak_seconds", "Time to the peak"),
            ("average_participants", "Average"),
            ("median_participants", "Median"),
            ("p95_participants", "95th percentile"),
            ("participant_hours", "Participant-hours"),
            ("steadiness", "Steadiness (average of peak)"),
        ],
    ),
    (
        "Course",
        &[
            ("plateau_at", "Plateau at"),
            ("plateau_participants", "Participants on the plateau"),
            ("time_to_plateau_seconds", "Time to the plateau"),
            ("growth_per_minute", "Growth a minute, at last"),
            ("max_growth_per_minute", "Growth a minute, at most"),
            ("max_growth_at", "Grew most at"),
            ("largest_drop", "Largest drop in five minutes"),
            ("largest_drop_between", "Dropped most between"),
            ("end_participants", "Participants at the end"),
            ("end_retention", "End retention (of peak)"),
        ],
    ),
    (
        "Time",
        &[
            ("created_at", "Announced"),
            ("scheduled_start", "Scheduled for"),
            ("started_at", "Started"),
            ("ended_at", "Ended"),
            ("ended_between", "Ended between"),
            ("lead_time_seconds", "Lead time"),
            ("start_delay_seconds", "Start delay"),
            ("airtime_seconds", "Airtime"),
            ("subscriber_count", "Reminders, last seen"),
            ("reminders", "Reminders at the start"),
            ("show_up_ratio", "Show-up ratio"),
        ],
    ),
    (
        "What it rests on",
        &[
            ("coverage", "Coverage"),
            ("gaps", "Gaps"),
            ("gap_seconds", "Time in gaps"),
            ("tracked_seconds", "Tracked time"),
            ("first_seen", "First seen"),
            ("last_seen", "Last seen"),
            ("detection_lag_seconds", "First seen after the start by"),
            ("live_looks", "Looks while live"),
            ("observations", "Looks in all"),
            ("resolution_seconds", "Time between looks, median"),
            ("max_resolution_seconds", "Time between looks, longest"),
        ],
    ),
];

/// What stands elsewhere on the page: as its title, curve, stage or doubts.
const ELSEWHERE: [&str; 16] = [
    "space_id",
    "title",
    "state",
    "state_source",
    "url",
    "host_usernames",
    "host_names",
    "speaker_usernames",
    "speaker_count",
    "stage",
    "stage_size",
    "doubts",
    "doubted",
    "basis",
    "spam",
    "parts",
];

/// Returns everything about a Space that has no place of its own.
pub fn card(sheet: &Sheet) -> Markup {
    let Some(row) = rows(sheet).next() else { return html! {} };
    let grouped = GROUPS.iter().flat_map(|(_, names)| names.iter().map(|(name, _)| *name));
    let told: Vec<&str> = grouped.chain(ELSEWHERE).collect();
    html! {
        div .groups {
            @for (heading, names) in GROUPS {
                section {
                    h3 { (heading) }
                    dl .card {
                        @for (name, words) in names {
                            @if sheet.index(name).is_some() {
                                div { dt { (words) } dd { (row.shown(name)) } }
                            }
                        }
                    }
                }
            }
        }
        h3 { "More" }
        (rest(sheet, &told))
    }
}

/// Returns a row of a sheet as a list of names and values, without what stands elsewhere.
pub fn rest(sheet: &Sheet, left_out: &[&str]) -> Markup {
    let Some(row) = sheet.rows.first() else { return html! {} };
    html! {
        dl .card.wide-card {
            @for at in export::is_shown(sheet) {
                @let column = &sheet.columns[at];
                @if !left_out.contains(&column.name.as_str()) {
                    div {
                        dt { (super::table::name(&column.name)) }
                        dd { (lines(&row[at], column.unit)) }
                    }
                }
            }
        }
    }
}

/// Returns a value, a list with each of its values in a line.
fn lines(it: &Value, unit: crate::sheet::Unit) -> Markup {
    match it {
        Value::List(values) if !values.is_empty() => {
            html! { @for it in values { span .item { (value(it, unit)) } } }
        }
        _ => value(it, unit),
    }
}
