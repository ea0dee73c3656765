//! Several Spaces as one event, with figures worked out by hand.

use super::*;

/// Space 1 of ten minutes with 60 people, and five minutes after its end Space 2 under the same
/// title: 30 people, then 120, for six minutes. Space 3 is something else.
fn relaunched() -> House {
    let mut house = House::new();
    house.describe(0, 1, "Night of climate", &[7], (Some(0), None));
    (0..10).step_by(2).for_each(|minute| {
        house.look(minute, 1, "live", Some(60));
    });
    house.describe(10, 1, "Night of climate", &[7], (Some(0), Some(10)));
    house.look(10, 1, "ended", Some(70));
    house.describe(15, 2, "Night of climate!", &[7, 8], (Some(15), None));
    for (minute, count) in [(15, 30), (17, 30), (19, 120)] {
        house.look(minute, 2, "live", Some(count));
    }
    house.describe(21, 2, "Night of climate!", &[7, 8], (Some(15), Some(21)));
    house.look(21, 2, "ended", Some(130));
    house.describe(12, 3, "Morning", &[7], (Some(12), None)).look(12, 3, "live", Some(500));
    house
}

fn joined(question: Question) -> Question {
    Question::Joined(Box::new(question))
}

fn card(house: &House, space: u64) -> Sheet {
    house.sheet(30, &joined(Question::Space { id: id(space) }))
}

fn only(sheet: &Sheet, key: &str) -> Value {
    assert_eq!(sheet.rows.len(), 1);
    column(sheet, key).remove(0)
}

#[test]
fn a_relaunch_is_one_event_with_the_sums_of_its_parts_and_the_break_as_a_gap() {
    let house = relaunched();
    let sheet = card(&house, 1);
    assert_eq!(only(&sheet, "part_ids"), Value::List(texts(&[id(1).as_str(), id(2).as_str()])));
    assert_eq!(only(&sheet, "title"), "Night of climate".into());
    assert_eq!(only(&sheet, "peak_participants"), Value::Int(120));
    assert_eq!(only(&sheet, "peak_at"), Value::Time(at(19)));
    // 60 for ten minutes; 30 for four and 120 for two: 960 participant-minutes in sixteen.
    assert_eq!(only(&sheet, "participant_hours"), Value::Real(16.0));
    assert_eq!(only(&sheet, "average_participants"), Value::Real(60.0));
    assert_eq!(only(&sheet, "airtime_seconds"), Value::Real(960.0));
    assert_eq!(only(&sheet, "tracked_seconds"), Value::Real(720.0));
    assert_eq!(only(&sheet, "coverage"), Value::Real(1.0));
    assert_eq!(only(&sheet, "gaps"), Value::Int(1));
    assert_eq!(only(&sheet, "gap_seconds"), Value::Real(300.0));
    assert_eq!(only(&sheet, "breaks_seconds"), Value::Real(300.0));
    assert_eq!(only(&sheet, "started_at"), Value::Time(at(0)));
    assert_eq!(only(&sheet, "ended_at"), Value::Time(at(21)));
    assert_eq!(only(&sheet, "host_ids"), Value::List(texts(&["7", "8"])));
    assert_eq!(only(&sheet, "stage_size"), Value::Int(2));
    assert_eq!(only(&sheet, "participants"), Value::Int(120));
    assert_eq!(card(&house, 2), sheet, "whichever part is asked for");
    let basis = "peak 120 at 1970-01-01 00:19:00Z (2 parts, every 2 min, coverage 100.0 %, 1 gap, 2 ends reported)";
    assert_eq!(only(&sheet, "basis"), basis.into());
}

#[test]
fn the_card_of_an_event_has_the_terms_of_a_card_over_the_covered_time_of_its_parts() {
    let house = relaunched();
    let sheet = card(&house, 1);
    // 30 for four minutes, 60 for ten, 120 for two.
    assert_eq!(only(&sheet, "median_participants"), Value::Int(60));
    assert_eq!(only(&sheet, "p95_participants"), Value::Int(120));
    // Of the first part; six minutes of the second show the growth of its last five.
    assert_eq!(only(&sheet, "plateau_at"), Value::Time(at(5)));
    assert_eq!(only(&sheet, "plateau_participants"), Value::Int(60));
    assert_eq!(only(&sheet, "growth_per_minute"), Value::Real(18.0));
    assert_eq!(only(&sheet, "max_growth_per_minute"), Value::Real(18.0));
    // From 60 to 30 nobody fell: that was another Space.
    assert_eq!(only(&sheet, "largest_drop"), Value::Int(0));
    assert_eq!(only(&sheet, "end_participants"), Value::Int(120));
    assert_eq!(only(&sheet, "live_looks"), Value::Int(8));
    assert_eq!(only(&sheet, "resolution_seconds"), Value::Real(120.0));
    let Value::Json(stage) = only(&sheet, "stage") else { panic!("no stage") };
    let stage: Vec<serde_json::Value> = serde_json::from_str(&stage).unwrap();
    let ids: Vec<&str> = stage.iter().filter_map(|it| it["user_id"].as_str()).collect();
    assert_eq!(ids, ["7", "8"], "of both parts, by when they were first seen");
    assert_eq!(stage[1]["first_seen_as_co_host"], "1970-01-01T00:15:00.000Z");
    for alone in [1, 2] {
        let part = house.sheet(30, &Question::Space { id: id(alone) });
        for key in part.columns.iter().map(|column| &column.name) {
            assert!(sheet.index(key).is_some(), "{key} of a card is of an event's card too");
        }
    }
}

#[test]
fn the_end_of_an_event_is_that_of_the_part_that_ended_last() {
    let mut house = House::new();
    // The host moves on at 19, and somebody still looks in at the first Space, which ends at 20.
    house.describe(0, 1, "Night of climate", &[7], (Some(0), None));
    house.look(0, 1, "live", Some(900)).look(18, 1, "live", Some(500));
    house.describe(12, 2, "Night of climate", &[7], (Some(12), None)).look(12, 2, "live", Some(10));
    house.look(19, 2, "live", Some(9));
    house.describe(20, 2, "Night of climate", &[7], (Some(12), Some(19)));
    house.describe(20, 1, "Night of climate", &[7], (Some(0), Some(20)));
    house.look(20, 2, "ended", None).look(20, 1, "ended", None);
    house.tell(21, vec![said(&[1, 2], true)], Vec::new());
    let sheet = card(&house, 1);
    assert_eq!(only(&sheet, "part_ids"), Value::List(texts(&[id(1).as_str(), id(2).as_str()])));
    assert_eq!(only(&sheet, "ended_at"), Value::Time(at(20)));
    let alone = |key| house.card(30, 1, key);
    assert_eq!(alone("end_participants"), Value::Int(500));
    for key in ["end_participants", "end_retention", "growth_per_minute"] {
        assert_eq!(only(&sheet, key), alone(key), "{key}");
    }
}

#[test]
fn each_part_is_shown_with_the_rule_that_joined_it() {
    let house = relaunched();
    let Value::Json(parts) = only(&card(&house, 1), "parts") else { panic!("no list") };
    let parts: Vec<serde_json::Value> = serde_json::from_str(&parts).unwrap();
    assert_eq!(parts[0]["rule"], serde_json::Value::Null);
    assert_eq!(parts[0]["participant_hours"], 10.0);
    assert_eq!(
        (&parts[1]["rule"], &parts[1]["joined_to"]),
        (&serde_json::json!("relaunch"), &serde_json::json!(id(1).as_str()))
    );
    assert_eq!(
        parts[1]["words"],
        format!(
            "{} from 1970-01-01 00:15:00Z to 1970-01-01 00:21:00Z: relaunch of {}, 5 min after \
             its end",
            id(2),
            id(1)
        )
    );
    let alone = card(&house, 3);
    assert_eq!(only(&alone, "part_ids"), Value::List(texts(&[id(3).as_str()])));
    assert_eq!(only(&alone, "peak_participants"), Value::Int(500));
}

#[test]
fn the_curve_of_an_event_runs_through_its_parts_and_not_over_the_break() {
    let house = relaunched();
    let curve = Question::Curve { ids: vec![id(2)], step_ms: None };
    let sheet = house.sheet(30, &joined(curve.clone()));
    assert_eq!(column(&sheet, "whole_id"), vec![Value::from(id(2).as_str()); 10]);
    let times: Vec<Value> =
        [0, 2, 4, 6, 8, 10, 15, 17, 19, 21].map(|it| Value::Time(at(it))).into();
    assert_eq!(column(&sheet, "observed_at"), times);
    assert_eq!(column(&sheet, "held_until")[4], Value::Time(at(10)), "no further than its end");
    assert_eq!(column(&sheet, "space_id")[5..7], texts(&[id(1).as_str(), id(2).as_str()]));
    let alone = house.sheet(30, &curve);
    assert_eq!((alone.rows.len(), alone.index("whole_id")), (4, None));
}

fn listed(house: &House, state: Option<&str>, limit: usize) -> Sheet {
    let state = state.map(ToOwned::to_owned);
    let (host, keyword, min_participants) = (None, None, None);
    let sort = SpaceSort::Peak;
    house.sheet(
        30,
        &joined(Question::Spaces { state, host, keyword, min_participants, sort, limit }),
    )
}

#[test]
fn a_list_has_one_row_an_event() {
    let mut house = relaunched();
    let sheet = listed(&house, None, 0);
    assert_eq!(column(&sheet, "space_id"), texts(&[id(3).as_str(), id(1).as_str()]));
    assert_eq!(column(&sheet, "peak_participants"), ints(&[500, 120]));
    assert_eq!(listed(&house, Some("ended"), 0).rows.len(), 1);
    assert_eq!(listed(&house, None, 1).notes, ["1 of 2 rows; --limit 0 shows all"]);
    // Together they are larger than what a part alone is sorted by.
    house.tell(22, vec![said(&[3, 1], true)], Vec::new());
    let sheet = listed(&house, None, 0);
    assert_eq!(column(&sheet, "peak_participants"), ints(&[500]));
    assert_eq!(column(&sheet, "state"), texts(&["live"]), "one part is on air");
}

/// What somebody says of Spaces.
fn said(spaces: &[u64], joined: bool) -> Event {
    Event::SpacesJoined { spaces: spaces.iter().map(|space| id(*space)).collect(), joined }
}

#[test]
fn a_person_joins_and_parts_whatever_the_rules_say_and_the_last_word_holds() {
    let mut house = relaunched();
    let parts = |house: &House, space| only(&card(house, space), "part_ids");
    let ids = |ids: &[u64]| {
        Value::List(ids.iter().map(|space| Value::from(id(*space).as_str())).collect())
    };
    house.tell(22, vec![said(&[1, 2], false)], Vec::new());
    assert_eq!(parts(&house, 1), ids(&[1]));
    house.tell(23, vec![said(&[1, 3], true)], Vec::new());
    assert_eq!(parts(&house, 3), ids(&[1, 3]));
    house.tell(24, vec![said(&[2, 1], true)], Vec::new());
    assert_eq!(parts(&house, 2), ids(&[1, 3, 2]), "by their begins");
    // 1 and 3 were on air together: nobody is counted twice, and there is no break between them.
    assert_eq!(only(&card(&house, 2), "peak_participants"), Value::Int(500));
}

#[test]
fn doubts_of_a_part_are_doubts_of_the_whole() {
    let mut house = relaunched();
    house.describe(24, 4, "Night of climate", &[7], (Some(10), None));
    for (minute, count) in [(24, 200), (25, 210), (26, 2_000), (27, 215), (28, 205)] {
        house.look(minute, 4, "live", Some(count));
    }
    house.tell(29, vec![said(&[2, 4], true)], Vec::new());
    let sheet = card(&house, 1);
    assert_eq!(only(&sheet, "doubted"), Value::List(texts(&["spike"])));
    let Value::Json(doubts) = only(&sheet, "doubts") else { panic!("no list") };
    assert!(doubts.contains("spike: 2,000 at one look"), "{doubts}");
}

#[test]
fn an_unknown_space_is_no_event() {
    let unknown = relaunched().ask(30, &joined(Question::Space { id: id(9) }));
    assert!(matches!(unknown, Err(QuestionError::UnknownSpace(_))), "{unknown:?}");
}
