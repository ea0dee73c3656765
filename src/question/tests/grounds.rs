//! What figures rest on: told in every answer, each Space once.

use super::*;

/// Ann (7) hosts two Spaces and Bob (8) the second with her: 1 of ten minutes, seen every two, whose
/// count steps from 100 to 900 at minute 14; 2 of six minutes with a gap in it, whose end is
/// inferred from its absence.
fn two_spaces() -> House {
    let mut house = House::new();
    house.person(0, 7, "ann", 100).person(0, 8, "bob", 1_000);
    house.describe(0, 1, "Wind turbines", &[7], (Some(0), None));
    for (minute, count) in [(10, 100), (12, 100), (14, 900), (16, 900), (18, 900)] {
        house.look(minute, 1, "live", Some(count));
    }
    house.describe(20, 1, "Wind turbines", &[7], (Some(0), Some(20))).look(20, 1, "ended", None);
    house.describe(20, 2, "Wind", &[7, 8], (Some(20), None));
    for minute in [20, 22, 26] {
        house.look(minute, 2, "live", Some(50));
    }
    let gone = SpaceMissing { space: id(2), problem: Some("resource-not-found".to_owned()) };
    house.tell(28, vec![Event::SpaceMissing(gone)], Vec::new());
    house
}

fn all_spaces() -> Question {
    Question::Spaces {
        state: None,
        host: None,
        keyword: None,
        min_participants: None,
        sort: SpaceSort::default(),
        limit: 0,
    }
}

fn board(house: &House, limit: usize) -> Sheet {
    house.sheet(30, &Question::Hosts(Board { min_spaces: 1, limit, ..Board::default() }))
}

#[test]
fn a_leaderboard_says_of_each_row_what_it_rests_on_and_below_of_all_each_space_once() {
    let sheet = board(&two_spaces(), 0);
    assert_eq!(column(&sheet, "username"), texts(&["ann", "bob"]));
    // 1: five looks over 8 minutes of 20. 2: three over 6, of which 4 are covered, a gap of 2.
    assert_eq!(column(&sheet, "gaps"), ints(&[1, 1]));
    assert_eq!(column(&sheet, "gap_seconds"), [120.0, 120.0].map(Value::Real));
    assert_eq!(column(&sheet, "average_resolution_seconds"), [140.0, 180.0].map(Value::Real));
    assert_eq!(column(&sheet, "ends_reported"), ints(&[1, 0]));
    assert_eq!(column(&sheet, "ends_inferred"), ints(&[1, 1]));
    assert_eq!(column(&sheet, "on_air"), ints(&[0, 0]));
    let basis = "2 Spaces seen live (every 2.3 min on average, coverage 53.8 %, 1 gap, 1 end \
                 reported, 1 inferred)";
    assert_eq!(column(&sheet, "basis")[0], basis.into());
    let of_bob =
        "1 Space seen live (every 3 min on average, coverage 66.7 %, 1 gap, 1 end inferred)";
    assert_eq!(column(&sheet, "basis")[1], of_bob.into());
    assert_eq!(sheet.notes[0], format!("basis: {basis}"), "the Space of both once");
}

#[test]
fn a_doubt_stands_with_its_rule_and_its_observation_in_every_answer_that_rests_on_it() {
    let house = two_spaces();
    let counting = Counting { last_ms: 3_600_000, ..Counting::default() };
    let who = "ann".to_owned();
    let space = id(1).to_string();
    for question in [
        Question::Hosts(Board { min_spaces: 1, ..Board::default() }),
        Question::Keywords { which: Words::All, counting },
        Question::Person { who, followers: false },
        all_spaces(),
        Question::Joined(Box::new(all_spaces())),
    ] {
        let sheet = house.sheet(30, &question);
        let doubted = column(&sheet, "doubted");
        let place = doubted.iter().position(|it| *it == Value::List(texts(&["step"])));
        let place = place.unwrap_or_else(|| panic!("{question:?}: {doubted:?}"));
        let Value::Json(doubts) = &column(&sheet, "doubts")[place] else { panic!("{question:?}") };
        let doubts: serde_json::Value = serde_json::from_str(doubts).unwrap();
        assert_eq!(doubts[0]["space_id"], space);
        assert_eq!((&doubts[0]["participants"], &doubts[0]["against"]), (&900.into(), &100.into()));
        let seq = doubts[0]["seq"].as_u64().unwrap();
        let said = format!(
            "doubted of {space}: step: from 100 to 900 from one look to the next (1970-01-01 \
             00:14:00Z, seq {seq})"
        );
        assert!(sheet.notes.contains(&said), "{question:?}: {:?}", sheet.notes);
        let column = sheet.columns.iter().find(|column| column.name == "doubted").unwrap();
        assert!(column.in_table, "{question:?}");
    }
    let of_bob = board(&house, 0);
    assert_eq!(column(&of_bob, "doubted_observations"), ints(&[1, 0]), "Bob's has none");
}

#[test]
fn more_doubts_than_are_told_are_counted() {
    let mut house = House::new();
    for space in 1..=7 {
        for (minute, count) in [(10, 900), (12, 900), (14, 100)] {
            house.look(minute, space, "live", Some(count));
        }
    }
    let sheet = house.sheet(15, &all_spaces());
    let told = sheet.notes.iter().filter(|note| note.starts_with("doubted of ")).count();
    assert_eq!(told, 5);
    let more = "2 doubts more: in JSON and CSV, under `doubts`";
    assert!(sheet.notes.contains(&more.to_owned()), "{:?}", sheet.notes);
}

#[test]
fn what_was_never_seen_live_rests_on_nothing_and_is_not_told_to_be_without_doubts() {
    let mut house = House::new();
    house.describe(0, 1, "Wind", &[7], (None, None)).look(0, 1, "scheduled", None);
    let counting = Counting { last_ms: 3_600_000, ..Counting::default() };
    let words = house.sheet(5, &Question::Keywords { which: Words::All, counting });
    for key in ["coverage", "gaps", "ends_reported", "doubted", "doubts", "basis"] {
        assert_eq!(column(&words, key), [Value::Unknown], "{key}");
    }
    assert_eq!(words.notes, Vec::<String>::new());
    let spaces = house.sheet(5, &all_spaces());
    for key in ["resolution_seconds", "doubted", "doubts", "basis"] {
        assert_eq!(column(&spaces, key), [Value::Unknown], "{key}");
    }
}
