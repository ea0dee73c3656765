//! Nobody is forgotten, however many are followed.

use super::*;

#[test]
fn nobody_starves_however_many_are_followed() {
    let mut asking = Asking::with(&["climate", "energy", "water"], false);
    asking.schedule.watch((0..250).map(UserId), START);
    asking.follow(0..1_000, &SpaceState::Live, None);
    asking.follow(1_000..1_200, &SpaceState::Scheduled, Some(START.plus(86_400_000)));
    asking.schedule.follow(id(1_200), sight(None, None, true), START);
    let seconds = 900;
    asking.run(seconds);
    let looks = asking.all_looks();
    let wait = |number| longest(&looks[&id(number)], seconds);
    let round = (0..1_000).map(wait).max();
    assert!(round.unwrap() <= 60, "a live Space waited {round:?} s; a round takes 40 s");
    assert!((1_000..=1_200).all(|number| looks.contains_key(&id(number))));
    assert_eq!(asking.searches().len(), 10, "{:?}", asking.searches());
    let creators = |user| {
        asking
            .asked
            .iter()
            .filter(|(_, target)| matches!(target, Target::Creators(ids) if ids.contains(&user)))
            .count()
    };
    assert!((0..250).all(|user| (2..=8).contains(&creators(UserId(user)))));
}

#[test]
fn under_load_a_far_start_waits_for_thirty_rounds_and_no_longer() {
    let mut asking = Asking::with(&[], false);
    asking.follow(0..1_000, &SpaceState::Live, None);
    asking.follow(1_000..1_100, &SpaceState::Scheduled, Some(START.plus(864_000_000)));
    asking.run(4_000);
    let looks = asking.all_looks();
    let wait = |number| longest(&looks[&id(number)], 4_000);
    // A round over 1,100 takes eleven requests, one in three seconds and a third.
    let others = (1_000..1_100).map(wait).max().unwrap();
    assert!((900..=1_250).contains(&others), "{others} s");
    let live = (0..1_000).map(wait).max().unwrap();
    assert!(live <= 120, "{live} s");
}

#[test]
fn creators_get_their_turn_where_their_window_is_far_smaller_than_that_of_look_ups() {
    let mut asking = Asking::with(&[], false);
    asking.creators = 15;
    asking.schedule.watch((0..10).map(UserId), START);
    asking.follow(0..50, &SpaceState::Live, None);
    for number in 0..50 {
        assert!(asking.schedule.teach_creator(id(number), Some(UserId(1))));
    }
    asking.run(890);
    let count = asking.asked.iter().filter(|(_, it)| matches!(it, Target::Creators(_))).count();
    assert!(count >= 12, "{count} of 14 requests were made");
}
