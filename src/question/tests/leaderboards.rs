//! Hosts and keywords.

use super::*;

fn hosts(by: HostRank, min_spaces: usize, min_coverage: Option<f64>) -> Question {
    Question::Hosts(Board { by, min_spaces, min_coverage, ..Board::default() })
}

/// Ann (7) hosts a long small Space and shares a short large one with Bob (8); Cy (9) hosts one
/// that is never seen live.
fn three_hosts() -> House {
    let mut house = House::new();
    house.person(0, 7, "ann", 100).person(0, 8, "bob", 1_000);
    house.describe(0, 1, "Small", &[7], (Some(0), None));
    (0..=10).step_by(2).for_each(|minute| {
        house.look(minute, 1, "live", Some(12));
    });
    house.describe(10, 1, "Small", &[7], (Some(0), Some(10))).look(10, 1, "ended", None);
    house.describe(0, 2, "Large", &[7, 8], (Some(0), None)).look(0, 2, "live", Some(300));
    house.describe(1, 2, "Large", &[7, 8], (Some(0), Some(1))).look(1, 2, "ended", None);
    house.describe(0, 3, "Never", &[9], (None, None)).look(0, 3, "scheduled", Some(5));
    house
}

#[test]
fn hosts_are_ranked_by_the_sums_of_their_spaces() {
    let house = three_hosts();
    let sheet = house.sheet(20, &hosts(HostRank::ParticipantHours, 1, None));
    assert_eq!(column(&sheet, "username"), texts(&["ann", "bob"]), "Cy was never seen live");
    assert_eq!(column(&sheet, "rank"), ints(&[1, 2]));
    // Ann: 12 for ten minutes and 300 for one, 420 participant-minutes over eleven. Bob: 300.
    assert_eq!(column(&sheet, "participant_hours"), [Value::Real(7.0), Value::Real(5.0)]);
    assert_eq!(column(&sheet, "average_participants")[1], Value::Real(300.0));
    assert_eq!(column(&sheet, "spaces"), ints(&[2, 1]));
    assert_eq!(column(&sheet, "peak_participants"), ints(&[300, 300]));
    assert_eq!(column(&sheet, "airtime_seconds"), [Value::Real(660.0), Value::Real(60.0)]);
    assert_eq!(column(&sheet, "reach"), ints(&[1_100, 1_100]), "each person once");
}

#[test]
fn hosts_are_ranked_by_the_figure_asked_for() {
    let house = three_hosts();
    let first = |by| column(&house.sheet(20, &hosts(by, 1, None)), "username").remove(0);
    assert_eq!(first(HostRank::Average), "bob".into());
    assert_eq!(first(HostRank::Spaces), "ann".into());
    assert_eq!(first(HostRank::Peak), "ann".into(), "equals stand by id");
}

#[test]
fn hosts_with_too_few_or_too_thinly_covered_spaces_are_left_out() {
    let mut house = three_hosts();
    let names = |house: &House, question| column(&house.sheet(20, &question), "username");
    assert_eq!(names(&house, hosts(HostRank::Average, 2, None)), texts(&["ann"]));
    // A Space of ten minutes of which one look covers two.
    house.person(0, 6, "dot", 1).describe(0, 4, "Thin", &[6], (Some(0), None));
    house.look(0, 4, "live", Some(9_000)).describe(10, 4, "Thin", &[6], (Some(0), Some(10)));
    house.look(10, 4, "ended", None);
    let by = HostRank::ParticipantHours;
    assert_eq!(names(&house, hosts(by, 1, None)), texts(&["dot", "ann", "bob"]));
    assert_eq!(names(&house, hosts(by, 1, Some(0.5))), texts(&["ann", "bob"]));
}

#[test]
fn a_limit_says_what_it_hides() {
    let question = Question::Hosts(Board { by: HostRank::Spaces, limit: 1, ..Board::default() });
    let sheet = three_hosts().sheet(20, &question);
    assert_eq!(sheet.rows.len(), 1);
    assert_eq!(sheet.notes[0], "1 of 2 hosts; --limit 0 shows all");
}

#[test]
fn keywords_count_the_spaces_first_seen_in_the_window_and_in_the_one_before() {
    let mut house = House::new();
    for (space, minute, title) in [
        (1, 10, "Climate and markets"),
        (2, 25, "The climate"),
        (3, 29, "Climate, climate"),
        (4, 12, "Markets"),
        (5, 30, "Glacier climate"),
        (6, 2, "Climate before all"),
    ] {
        house.describe(minute, space, title, &[7], (Some(minute), None));
        house.look(minute, space, "live", Some(60));
    }
    // Asked at 30 for the last ten minutes: from 20 on, and from 10 to before 20.
    let ask = |limit| house.sheet(30, &keywords(600_000, limit));
    let sheet = ask(0);
    assert_eq!(column(&sheet, "keyword"), texts(&["climate", "glacier"]), "no stop words");
    assert_eq!(column(&sheet, "spaces"), ints(&[3, 1]));
    assert_eq!(column(&sheet, "previous_spaces"), ints(&[1, 0]));
    // Held to the limit of two minutes, to now where that is sooner: 120 + 60 + 0.
    assert_eq!(column(&sheet, "participant_hours")[0], Value::Real(3.0));
    assert_eq!(ask(1).notes[0], "1 of 2 words; --limit 0 shows all");
    assert_eq!(house.sheet(0, &keywords(u64::MAX, 0)).rows.len(), 0);
}

#[test]
fn a_space_seen_again_later_stays_in_the_window_of_its_first_look() {
    let mut house = House::new();
    house.describe(0, 1, "Climate", &[7], (Some(0), None)).look(0, 1, "live", Some(1));
    house.describe(28, 1, "Climate crisis", &[7], (Some(0), None)).look(28, 1, "live", Some(1));
    let sheet = house.sheet(30, &keywords(600_000, 0));
    assert_eq!(sheet.rows.len(), 0);
    let sheet = house.sheet(30, &keywords(3_600_000, 0));
    assert_eq!(column(&sheet, "keyword"), texts(&["climate", "crisis"]));
}

/// Ann (7) hosts two Spaces with Bob (8) as co-host of one; Cy (9) speaks in both, Bob in one.
fn stages() -> House {
    let mut house = House::new();
    house.person(0, 7, "ann", 100).person(0, 8, "bob", 1_000).person(0, 9, "cy", 10);
    let look = |space: u64, count: u64, speakers: &[u64]| {
        Event::SpaceObserved(SpaceObserved {
            space: id(space),
            state: Some(SpaceState::Live),
            participants: Some(count),
            subscribers: None,
            speakers: Some(speakers.iter().copied().map(UserId).collect()),
        })
    };
    house.describe(0, 1, "First", &[7, 8], (Some(0), None));
    house.tell(0, vec![look(1, 60, &[9])], Vec::new());
    house.describe(2, 1, "First", &[7, 8], (Some(0), Some(2))).look(2, 1, "ended", Some(90));
    house.person(5, 9, "cy", 40).person(1_000, 9, "cy", 35);
    house.describe(2_000, 2, "Second", &[7], (Some(2_000), None));
    house.tell(2_000, vec![look(2, 30, &[8, 9])], Vec::new());
    house.describe(2_001, 2, "Second", &[7], (Some(2_000), Some(2_001)));
    house.look(2_001, 2, "ended", Some(50));
    house
}

#[test]
fn co_hosts_are_counted_as_such_and_speakers_have_a_leaderboard_of_their_own() {
    let house = stages();
    let board = Board::default();
    let hosts = house.sheet(2_010, &Question::Hosts(board));
    assert_eq!(column(&hosts, "username"), texts(&["ann", "bob"]));
    assert_eq!(column(&hosts, "hosted"), ints(&[2, 0]));
    assert_eq!(column(&hosts, "co_hosted"), ints(&[0, 1]));
    assert_eq!(column(&hosts, "spoke"), ints(&[0, 0]));
    let speakers = house.sheet(2_010, &Question::Speakers(board));
    // Cy: 60 for two minutes and 30 for one. Bob: 30 for one.
    assert_eq!(column(&speakers, "username"), texts(&["cy", "bob"]));
    assert_eq!(column(&speakers, "participant_hours"), [Value::Real(2.5), Value::Real(0.5)]);
    assert_eq!(column(&speakers, "spaces"), ints(&[2, 1]));
    assert_eq!(column(&speakers, "airtime_seconds"), [Value::Real(180.0), Value::Real(60.0)]);
    assert_eq!(column(&speakers, "reach"), ints(&[1_135, 1_135]));
    let board = Board { min_spaces: 2, ..board };
    assert_eq!(column(&house.sheet(2_010, &Question::Speakers(board)), "username"), texts(&["cy"]));
}

#[test]
fn a_window_holds_the_spaces_that_began_in_it_and_the_followers_gained_in_it() {
    let house = stages();
    let ask = |last_ms, by| {
        house.sheet(2_010, &Question::Speakers(Board { by, last_ms, ..Board::default() }))
    };
    let all = ask(None, HostRank::FollowerGrowth);
    assert_eq!(column(&all, "username"), texts(&["cy", "bob"]), "unknown stands last");
    assert_eq!(column(&all, "follower_growth"), [Value::Int(25), Value::Unknown]);
    let day = ask(Some(86_400_000), HostRank::FollowerGrowth);
    assert_eq!(column(&day, "spaces"), ints(&[1, 1]));
    // 40 stood as the day began, 35 came in it.
    assert_eq!(column(&day, "follower_growth")[0], Value::Int(-5));
    assert_eq!(ask(Some(60_000), HostRank::Airtime).rows.len(), 0);
}

#[test]
fn the_method_of_the_article_averages_last_counts_for_the_first_host() {
    let mut house = stages();
    // One that was never seen live counts there too, and one of a host without a name does not.
    house.describe(2_002, 3, "Third", &[7], (None, None)).look(2_002, 3, "scheduled", Some(3));
    house.describe(2_002, 4, "Fourth", &[6], (None, None)).look(2_002, 4, "live", Some(9_000));
    let board = Board { by: HostRank::Average, method: Method::Article, ..Board::default() };
    let sheet = house.sheet(2_010, &Question::Hosts(board));
    assert_eq!(column(&sheet, "username"), texts(&["ann"]), "the first host alone");
    assert_eq!(column(&sheet, "spaces"), ints(&[3]));
    // (60 + 30 + 3) / 3: what was counted after the end is no audience.
    assert_eq!(column(&sheet, "average_participants"), [Value::Real(31.0)]);
    assert_eq!(column(&sheet, "peak_participants"), ints(&[60]));
    assert!(sheet.notes[0].contains("article"));
}

#[test]
fn a_person_is_found_on_every_stage_they_were_seen_on() {
    let house = stages();
    let ask = |who: &str, followers| {
        house.ask(2_010, &Question::Person { who: who.to_owned(), followers })
    };
    let bob = ask("@BOB", false).unwrap();
    let spaces = [id(2), id(1)].map(|id| Value::Text(id.to_string()));
    assert_eq!(column(&bob, "space_id"), spaces, "the latest first");
    assert_eq!(column(&bob, "role"), texts(&["speaker", "co_host"]));
    assert_eq!(column(&bob, "peak_participants"), ints(&[30, 60]));
    let expected = "@bob (8): 1,000 followers, counted 1970-01-01 00:00:00Z; host of 0, co-host of \
                    1, speaker alone in 1";
    assert_eq!(bob.notes, [expected]);
    assert_eq!(ask("8", false).unwrap(), bob);
    let cy = ask("cy", true).unwrap();
    assert_eq!(column(&cy, "followers"), ints(&[10, 40, 35]));
    assert_eq!(column(&cy, "gained"), [Value::Unknown, Value::Int(30), Value::Int(-5)]);
    assert!(matches!(ask("@nobody", false), Err(QuestionError::UnknownPerson(_))));
    assert!(matches!(ask("77", false), Err(QuestionError::UnknownPerson(_))));
    let mut house = stages();
    house.person(2_005, 10, "Cy", 1);
    let two = house.ask(2_010, &Question::Person { who: "cy".to_owned(), followers: false });
    assert!(matches!(two, Err(QuestionError::SeveralPersons { ids, .. }) if ids == "9, 10"));
}

#[test]
fn the_reach_at_the_end_is_that_of_the_counts_seen_by_then() {
    let house = stages();
    // Ann 100, Bob 1,000 and Cy: 10 as the first Space ended, 35 now.
    assert_eq!(house.card(2_010, 1, "reach_at_end"), Value::Int(1_110));
    assert_eq!(house.card(2_010, 1, "reach"), Value::Int(1_135));
    assert_eq!(house.card(2_010, 2, "reach_at_end"), Value::Int(1_135));
}

#[test]
fn a_co_host_whom_x_lists_no_more_still_counts_in_the_reach() {
    let mut house = House::new();
    house.person(0, 7, "ann", 100).person(0, 8, "bob", 1_000);
    house.describe(0, 1, "First", &[7, 8], (Some(0), None)).look(0, 1, "live", Some(60));
    house.describe(1, 1, "First", &[7], (Some(0), None)).look(1, 1, "live", Some(60));
    assert_eq!(house.card(2, 1, "host_ids"), Value::List(texts(&["7"])));
    for key in ["reach", "reach_at_end"] {
        assert_eq!(house.card(2, 1, key), Value::Int(1_100), "{key}");
    }
    let hosts = house.sheet(2, &Question::Hosts(Board { min_spaces: 1, ..Board::default() }));
    assert_eq!(column(&hosts, "username")[0], "ann".into());
    assert_eq!(column(&hosts, "reach")[0], Value::Int(1_100), "and on the leaderboard");
}
