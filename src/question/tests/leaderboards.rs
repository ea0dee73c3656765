//! Hosts and keywords.

use super::*;

fn hosts(by: HostRank, min_spaces: usize, min_coverage: Option<f64>) -> Question {
    Question::Hosts { by, min_spaces, min_coverage, limit: 0 }
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
    let question =
        Question::Hosts { by: HostRank::Spaces, min_spaces: 1, min_coverage: None, limit: 1 };
    let sheet = three_hosts().sheet(20, &question);
    assert_eq!(sheet.rows.len(), 1);
    assert_eq!(sheet.notes, ["1 of 2 hosts; --limit 0 shows all"]);
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
    let ask = |limit| house.sheet(30, &Question::Keywords { last_ms: 600_000, limit });
    let sheet = ask(0);
    assert_eq!(column(&sheet, "keyword"), texts(&["climate", "glacier"]), "no stop words");
    assert_eq!(column(&sheet, "spaces"), ints(&[3, 1]));
    assert_eq!(column(&sheet, "previous_spaces"), ints(&[1, 0]));
    // Held to the limit of two minutes, to now where that is sooner: 120 + 60 + 0.
    assert_eq!(column(&sheet, "participant_hours")[0], Value::Real(3.0));
    assert_eq!(ask(1).notes, ["1 of 2 words; --limit 0 shows all"]);
    assert_eq!(house.sheet(0, &Question::Keywords { last_ms: u64::MAX, limit: 0 }).rows.len(), 0);
}

#[test]
fn a_space_seen_again_later_stays_in_the_window_of_its_first_look() {
    let mut house = House::new();
    house.describe(0, 1, "Climate", &[7], (Some(0), None)).look(0, 1, "live", Some(1));
    house.describe(28, 1, "Climate crisis", &[7], (Some(0), None)).look(28, 1, "live", Some(1));
    let sheet = house.sheet(30, &Question::Keywords { last_ms: 600_000, limit: 0 });
    assert_eq!(sheet.rows.len(), 0);
    let sheet = house.sheet(30, &Question::Keywords { last_ms: 3_600_000, limit: 0 });
    assert_eq!(column(&sheet, "keyword"), texts(&["climate", "crisis"]));
}
