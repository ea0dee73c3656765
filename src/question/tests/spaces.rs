//! Curves and cards.

use super::*;

fn curve(step_ms: Option<u64>) -> Question {
    Question::Curve { ids: vec![id(1)], step_ms }
}

#[test]
fn a_curve_has_one_point_an_observation_with_its_state() {
    let mut house = one_space();
    house.look(13, 1, "ended", None);
    let sheet = house.sheet(20, &curve(None));
    let expected = [0, 2, 9, 12, 13].map(|minute| Value::Time(at(minute)));
    assert_eq!(column(&sheet, "observed_at"), expected);
    let counts = column(&sheet, "participants");
    assert_eq!(counts[..4], ints(&[60, 30, 10, 3_363]));
    assert_eq!(counts[4], Value::Unknown, "not said is no zero");
    assert_eq!(column(&sheet, "state"), texts(&["live", "live", "live", "ended", "ended"]));
    assert!(sheet.notes[0].contains("3 live looks"), "{:?}", sheet.notes);
}

#[test]
fn a_curve_in_steps_holds_a_count_to_its_limit_and_leaves_gaps_unknown() {
    let sheet = one_space().sheet(20, &curve(Some(60_000)));
    let expected = (0..=10).map(|minute| Value::Time(at(minute))).collect::<Vec<_>>();
    assert_eq!(column(&sheet, "observed_at"), expected);
    let counts = column(&sheet, "participants");
    assert_eq!(counts[..5], ints(&[60, 60, 30, 30, 30]));
    assert_eq!(counts[5..9], [const { Value::Unknown }; 4], "a gap is not zero");
    assert_eq!(counts[9..], ints(&[10, 10]), "held to the end that X reports");
    assert_eq!(column(&sheet, "seq")[5], Value::Unknown);
}

#[test]
fn a_live_curve_in_steps_ends_where_its_last_count_may_be_held() {
    let mut house = House::new();
    house.describe(0, 1, "Climate", &[7], (Some(0), None)).look(0, 1, "live", Some(5));
    let minutes = |now| house.sheet(now, &curve(Some(60_000))).rows.len();
    assert_eq!((minutes(0), minutes(1), minutes(60)), (1, 2, 3));
    assert_eq!(house.sheet(1, &curve(Some(0))).rows.len(), 60_001, "no step is none of nothing");
}

#[test]
fn a_card_gives_the_figures_worked_out_by_hand() {
    let house = one_space();
    let card = |key| house.card(20, 1, key);
    // 60 for two minutes, 30 for two, nothing for five, 10 for one: 190 participant-minutes.
    assert_eq!(card("participants"), Value::Int(10));
    assert_eq!(card("participants_at"), Value::Time(at(9)));
    assert_eq!(card("peak_participants"), Value::Int(60));
    assert_eq!(card("average_participants"), Value::Real(38.0));
    assert_eq!(card("participant_hours"), Value::Real(190.0 / 60.0));
    assert_eq!(card("airtime_seconds"), Value::Real(600.0));
    assert_eq!(card("tracked_seconds"), Value::Real(540.0));
    assert_eq!(card("coverage"), Value::Real(0.5));
    assert_eq!((card("gaps"), card("gap_seconds")), (Value::Int(1), Value::Real(300.0)));
    assert_eq!((card("state"), card("state_source")), ("ended".into(), "reported".into()));
    assert_eq!(card("observations"), Value::Int(4));
    assert_eq!(card("ended_between"), Value::Unknown);
}

#[test]
fn what_nobody_said_is_unknown_and_never_zero() {
    let mut house = House::new();
    house.look(0, 1, "scheduled", None);
    for key in [
        "participants",
        "participants_at",
        "peak_participants",
        "peak_at",
        "average_participants",
        "participant_hours",
        "airtime_seconds",
        "tracked_seconds",
        "coverage",
        "reach",
        "title",
        "host_ids",
        "speaker_ids",
        "speaker_count",
        "host_usernames",
        "subscriber_count",
        "ended_at",
        "keywords",
    ] {
        assert_eq!(house.card(5, 1, key), Value::Unknown, "{key}");
    }
    assert_eq!(house.card(5, 1, "observations"), Value::Int(1));
}

#[test]
fn a_live_space_without_a_count_has_an_unknown_audience() {
    let mut house = House::new();
    house.look(0, 1, "live", None).look(2, 1, "live", None);
    for key in ["participants", "peak_participants", "average_participants", "participant_hours"] {
        assert_eq!(house.card(5, 1, key), Value::Unknown, "{key}");
    }
    assert_eq!(house.card(5, 1, "tracked_seconds"), Value::Real(120.0));
}

#[test]
fn a_space_that_is_not_in_the_log_is_named_so() {
    let house = one_space();
    for question in
        [Question::Space { id: id(9) }, Question::Curve { ids: vec![id(9)], step_ms: None }]
    {
        let refused = house.ask(20, &question);
        assert!(matches!(refused, Err(QuestionError::UnknownSpace(space)) if space == id(9)));
    }
}

#[test]
fn spaces_are_sorted_the_greatest_first_and_unknown_last() {
    let mut house = one_space();
    house.look(1, 2, "live", Some(90)).look(1, 3, "scheduled", None).look(1, 4, "live", Some(5));
    let list = |sort, limit, state: Option<&str>| {
        let question = Question::Spaces {
            state: state.map(ToOwned::to_owned),
            host: None,
            keyword: None,
            min_participants: None,
            sort,
            limit,
        };
        house.sheet(20, &question)
    };
    let ids = |sheet: &Sheet| column(sheet, "space_id");
    let expected = [2, 1, 4, 3].map(|number| Value::Text(id(number).to_string()));
    assert_eq!(ids(&list(SpaceSort::Participants, 0, None)), expected);
    assert_eq!(ids(&list(SpaceSort::Peak, 2, None)), expected[..2]);
    assert_eq!(list(SpaceSort::Peak, 2, None).notes, ["2 of 4 Spaces; --limit 0 shows all"]);
    assert_eq!(ids(&list(SpaceSort::Peak, 0, Some("scheduled"))), expected[3..]);
    assert_eq!(list(SpaceSort::Peak, 0, Some("canceled")).rows.len(), 0);
}

#[test]
fn a_list_is_the_same_whether_short_forms_or_whole_rows_are_asked() {
    let mut house = House::new();
    for space in 1..9 {
        let begin = (space % 3 > 0).then(|| i64::try_from(space * 3 % 7).unwrap());
        house.describe(0, space, "Night of climate", &[space % 4], (begin, None));
        let state = if space % 4 == 0 { "scheduled" } else { "live" };
        house.look(1, space, state, (space % 5 > 0).then_some(space * 7 % 5 * 10));
    }
    let sheet = |keyword: Option<&str>, state: Option<&str>, least, sort| {
        let question = Question::Spaces {
            state: state.map(ToOwned::to_owned),
            host: None,
            keyword: keyword.map(ToOwned::to_owned),
            min_participants: least,
            sort,
            limit: 5,
        };
        house.sheet(20, &question)
    };
    let mut rows = 0;
    for sort in [SpaceSort::Participants, SpaceSort::Peak, SpaceSort::Started] {
        for state in [None, Some("live"), Some("scheduled"), Some("canceled")] {
            for least in [None, Some(10), Some(1_000)] {
                // Every title holds it, and short forms hold no titles.
                let of_rows = sheet(Some("climate"), state, least, sort);
                assert_eq!(
                    sheet(None, state, least, sort),
                    of_rows,
                    "{sort:?} {state:?} {least:?}"
                );
                rows += of_rows.rows.len();
            }
        }
    }
    assert!(rows > 40, "{rows}");
}

#[test]
fn looks_in_any_order_give_the_same_card() {
    for ended_at in [Some(10), None] {
        let told = |order: &[usize]| {
            let mut house = House::new();
            house.describe(0, 1, "Climate", &[7], (Some(0), ended_at));
            for place in order {
                match place {
                    0 => house.look(0, 1, "live", Some(60)),
                    1 => house.look(2, 1, "live", Some(30)),
                    2 => house.look(3, 1, "live", None),
                    3 => house.look(9, 1, "live", Some(90)),
                    4 => house.look(11, 1, "ended", Some(3_363)),
                    _ => house.look(40, 1, "ended", Some(4_000)),
                };
            }
            house.sheet(60, &Question::Space { id: id(1) })
        };
        let expected = told(&[0, 1, 2, 3, 4, 5]);
        for number in (1..720).step_by(41) {
            let order = permutation(number);
            let found = told(&order);
            for (column, (found, expected)) in
                expected.columns.iter().zip(found.rows[0].iter().zip(&expected.rows[0]))
            {
                assert_eq!(found, expected, "`{}` of {order:?}, {ended_at:?}", column.name);
            }
        }
    }
}

/// Returns the `number`th order of six things.
fn permutation(mut number: usize) -> Vec<usize> {
    let mut left: Vec<usize> = (0..6).collect();
    let mut order = Vec::new();
    while !left.is_empty() {
        order.push(left.remove(number % left.len()));
        number /= left.len() + 1;
    }
    order
}
