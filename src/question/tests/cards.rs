//! The card of a Space: every term, what it rests on, who was on the stage, and what is doubted.

use super::*;

/// A live look that lists speakers, or one that waits and tells reminders.
fn observed(state: &str, participants: Option<u64>, more: (Option<u64>, &[u64])) -> SpaceObserved {
    let (subscribers, speakers) = more;
    let speakers = speakers.iter().copied().map(UserId).collect();
    let state = Some(SpaceState::from_word(state));
    SpaceObserved { space: id(1), state, participants, subscribers, speakers: Some(speakers) }
}

/// Announced for minute 60, begun at 62, looked at every minute from 63 on, over at 84.
fn evening() -> House {
    let mut house = House::new();
    house.person(0, 7, "ann", 100).person(0, 8, "bob", 1_000);
    let waits = observed("scheduled", None, (Some(40), &[]));
    house.tell(30, vec![Event::SpaceObserved(waits)], Vec::new());
    let text = Text::Space { title: Some("Evening".to_owned()), extra: None };
    let text = NewText::new(Owner::Space(id(1)), text, [3; 16]);
    let described = SpaceDescribed {
        space: id(1),
        text: Some(text.reference),
        creator: Some(UserId(7)),
        hosts: Some(vec![UserId(8), UserId(7)]),
        invited: None,
        topics: None,
        lang: None,
        is_ticketed: None,
        created_at: Some(Moment(at(0))),
        scheduled_start: Some(Moment(at(60))),
        started_at: Some(Moment(at(62))),
        ended_at: None,
    };
    house.tell(63, vec![Event::SpaceDescribed(described.clone())], vec![text]);
    for minute in 63..84 {
        let count = match minute {
            63..73 => 100,
            73..78 => 120,
            78 => 60,
            _ => 50,
        };
        let speakers: &[u64] = if minute < 70 { &[] } else { &[9] };
        let live = observed("live", Some(count), (None, speakers));
        house.tell(minute, vec![Event::SpaceObserved(live)], Vec::new());
    }
    let over = SpaceDescribed { ended_at: Some(Moment(at(84))), ..described };
    house.tell(85, vec![Event::SpaceDescribed(over)], Vec::new());
    house.look(85, 1, "ended", Some(700));
    house
}

fn int(value: i64) -> Value {
    Value::Int(value)
}

fn json(value: &Value) -> serde_json::Value {
    match value {
        Value::Json(text) => serde_json::from_str(text).unwrap(),
        other => panic!("no JSON: {other:?}"),
    }
}

#[test]
fn a_card_gives_every_term_worked_out_by_hand() {
    let house = evening();
    let card = |key| house.card(90, 1, key);
    let minutes = |minutes: f64| Value::Real(minutes * 60.0);
    let moments = |from, to| Value::List(vec![Value::Time(at(from)), Value::Time(at(to))]);
    // 100 for ten minutes, 120 for five, 60 for one, 50 for five: 1,910 in 21 minutes of 22.
    assert_eq!(card("average_participants"), Value::Real(1_910.0 / 21.0));
    assert_eq!(card("participant_hours"), Value::Real(1_910.0 / 60.0));
    assert_eq!(card("coverage"), Value::Real(21.0 / 22.0));
    assert_eq!(
        (card("peak_participants"), card("peak_at")),
        (Value::Int(120), Value::Time(at(73)))
    );
    assert_eq!(card("peak_between"), moments(72, 74));
    assert_eq!(card("time_to_peak_seconds"), minutes(11.0));
    assert_eq!((card("median_participants"), card("p95_participants")), (int(100), int(120)));
    assert_eq!((card("plateau_at"), card("plateau_participants")), (Value::Time(at(68)), int(100)));
    assert_eq!(card("time_to_plateau_seconds"), minutes(6.0));
    assert_eq!(card("growth_per_minute"), Value::Real(-2.0));
    assert_eq!(card("max_growth_per_minute"), Value::Real(4.0));
    assert_eq!(card("max_growth_at"), Value::Time(at(74)));
    assert_eq!((card("largest_drop"), card("largest_drop_between")), (int(70), moments(74, 79)));
    assert_eq!(
        (card("end_participants"), card("end_retention")),
        (int(50), Value::Real(50.0 / 120.0))
    );
    assert_eq!(card("steadiness"), Value::Real(1_910.0 / 21.0 / 120.0));
    assert_eq!((card("reminders"), card("show_up_ratio")), (int(40), Value::Real(3.0)));
    assert_eq!(
        (card("lead_time_seconds"), card("start_delay_seconds")),
        (minutes(60.0), minutes(2.0))
    );
    assert_eq!(card("detection_lag_seconds"), minutes(-32.0), "known before it began");
    assert_eq!((card("live_looks"), card("stage_size")), (int(21), int(3)));
    assert_eq!(
        (card("resolution_seconds"), card("max_resolution_seconds")),
        (minutes(1.0), minutes(1.0))
    );
    assert_eq!(
        (json(&card("doubts")), card("doubted")),
        (serde_json::json!([]), Value::List(Vec::new()))
    );
}

#[test]
fn a_card_says_what_its_figures_rest_on_and_how_the_end_is_known() {
    let basis = |house: &House, now| house.card(now, 1, "basis");
    assert_eq!(
        basis(&evening(), 90),
        "peak 120 at 01:13:00Z (every 60 s, coverage 95.5 %, 0 gaps, end reported at 01:24:00Z)"
            .into()
    );
    let mut house = House::new();
    house.describe(0, 1, "Climate", &[7], (Some(0), None)).look(0, 1, "live", Some(12_431));
    let one = "peak 12,431 at 00:00:00Z (one look, coverage 100.0 %, 0 gaps, on air)";
    assert_eq!(basis(&house, 1), one.into());
    house.look(9, 1, "live", Some(12_000));
    let gone = SpaceMissing { space: id(1), problem: Some("resource-not-found".to_owned()) };
    house.tell(2_880, vec![Event::SpaceMissing(gone)], Vec::new());
    let inferred = "peak 12,431 at 00:00:00Z (every 9 min, coverage 22.2 %, 1 gap, end between \
                    00:09:00Z and 1970-01-03 00:00:00Z)";
    assert_eq!(basis(&house, 3_000), inferred.into());
    assert_eq!(house.card(3_000, 1, "end_participants"), Value::Int(12_000));
}

#[test]
fn a_stage_tells_who_was_first_seen_as_what() {
    let stage = json(&evening().card(90, 1, "stage"));
    let words = |number: usize| stage[number]["words"].as_str().unwrap().to_owned();
    assert_eq!(words(0), "@ann: host, first seen 1970-01-01 01:03:00Z", "who made it is the host");
    assert_eq!(words(1), "@bob: co-host, first seen 1970-01-01 01:03:00Z");
    assert_eq!(words(2), "9: speaker, first seen 1970-01-01 01:10:00Z");
    assert_eq!(stage[1]["role"], "co_host");
    assert_eq!(stage[2]["first_seen_as_speaker"], "1970-01-01T01:10:00.000Z");
    assert!(stage.as_array().unwrap().iter().all(|it| it.get("until").is_none()), "no exits");
}

/// Ten minutes of half-hearted looks, 210 people, with what a test puts in their place.
fn doubtful(counts: &[(i64, u64)]) -> House {
    let mut house = House::new();
    house.describe(20, 1, "Climate", &[7], (Some(0), None));
    for minute in 20..30 {
        let count = counts.iter().find(|(of, _)| *of == minute).map_or(210, |(_, count)| *count);
        house.look(minute, 1, "live", Some(count));
    }
    house
}

#[test]
fn a_doubt_names_its_rule_and_its_observation_on_card_curve_and_list() {
    let house = doubtful(&[(25, 2_000)]);
    let doubts = json(&house.card(40, 1, "doubts"));
    assert_eq!(doubts.as_array().unwrap().len(), 1);
    assert_eq!(doubts[0]["rule"], "spike");
    assert_eq!(doubts[0]["observed_at"], "1970-01-01T00:25:00.000Z");
    let curve = house.sheet(40, &Question::Curve { ids: vec![id(1)], step_ms: None });
    let marked: Vec<Value> = column(&curve, "doubts");
    let place = marked.iter().position(|it| *it == Value::List(texts(&["spike"]))).unwrap();
    assert_eq!(marked.iter().filter(|it| **it != Value::List(Vec::new())).count(), 1);
    assert_eq!(
        doubts[0]["seq"],
        serde_json::json!(match column(&curve, "seq")[place] {
            Value::Int(seq) => seq,
            _ => 0,
        })
    );
    assert!(curve.columns[curve.index("doubts").unwrap()].in_table, "people see it too");
    let list = house.sheet(40, &spaces());
    assert_eq!(column(&list, "doubted"), [Value::List(texts(&["spike"]))]);
    assert!(list.columns[list.index("doubted").unwrap()].in_table);
}

fn spaces() -> Question {
    let (state, host, keyword, min_participants) = (None, None, None, None);
    Question::Spaces { state, host, keyword, min_participants, sort: SpaceSort::Peak, limit: 0 }
}

#[test]
fn what_is_doubted_is_marked_and_changes_no_figure() {
    let house = doubtful(&[(25, 2_000)]);
    assert_eq!(house.card(40, 1, "peak_participants"), Value::Int(2_000));
    let house = doubtful(&[]);
    assert_eq!(house.card(40, 1, "doubted"), Value::List(Vec::new()));
    let list = house.sheet(40, &spaces());
    assert!(!list.columns[list.index("doubted").unwrap()].in_table, "no empty column");
}

#[test]
fn fewer_people_than_on_the_stage_are_doubted_look_by_look() {
    let mut house = House::new();
    house.describe(0, 1, "Climate", &[7], (Some(0), None));
    for (minute, count) in [(0, 9), (1, 2), (2, 1), (3, 9), (4, 3)] {
        let live = observed("live", Some(count), (None, &[8, 9]));
        house.tell(minute, vec![Event::SpaceObserved(live)], Vec::new());
    }
    let doubts = json(&house.card(9, 1, "doubts"));
    let doubts = doubts.as_array().unwrap();
    assert_eq!(doubts.len(), 1, "three are no fewer than three: {doubts:?}");
    let words = "under_stage: 2 present, with 3 on the stage (1970-01-01 00:01:00Z, seq 6)";
    assert_eq!(doubts[0]["words"], words);
    let curve = house.sheet(9, &Question::Curve { ids: vec![id(1)], step_ms: None });
    let under = Value::List(texts(&["under_stage"]));
    let marked: Vec<bool> = column(&curve, "doubts").iter().map(|it| *it == under).collect();
    assert_eq!(marked, [false, true, true, false, false]);
}

#[test]
fn terms_of_a_space_never_seen_live_are_unknown() {
    let mut house = House::new();
    house.look(0, 1, "scheduled", None);
    for key in [
        "basis",
        "doubts",
        "doubted",
        "median_participants",
        "p95_participants",
        "plateau_at",
        "growth_per_minute",
        "max_growth_at",
        "largest_drop",
        "end_retention",
        "steadiness",
        "resolution_seconds",
        "reminders",
        "show_up_ratio",
        "stage",
        "stage_size",
        "peak_between",
        "lead_time_seconds",
        "start_delay_seconds",
        "detection_lag_seconds",
        "live_looks",
    ] {
        assert_eq!(house.card(5, 1, key), Value::Unknown, "{key}");
    }
}
