//! Parts of the log: a Space's history, and what is said of people.

use super::*;
use crate::event::{Gap, GapCause, UserCounted};
use crate::space::{Counts, UserId};

fn id(number: u64) -> SpaceId {
    format!("1YqKDqWqdPL{number:02}").parse().unwrap()
}

/// More batches than are read in one step; each looks at two Spaces, every tenth counts a user,
/// every hundredth says something of Space 7 in other words.
fn log() -> Log {
    sealed_to(0)
}

/// The same, of which the batches before `sealed` are in a segment.
fn sealed_to(sealed: u64) -> Log {
    let mut log = in_memory();
    for number in 0..400 {
        if number == sealed {
            assert_eq!(log.seal(1).unwrap() as u64, sealed);
        }
        let mut new = poll(number);
        new.events.truncate(1);
        new.texts.clear();
        for space in [number % 5, 5 + number % 2] {
            new.events.push(Event::SpaceObserved(SpaceObserved {
                space: id(space),
                state: Some(SpaceState::Live),
                participants: Some(number),
                subscribers: None,
                speakers: None,
            }));
        }
        if number.is_multiple_of(10) {
            let counts = Counts { followers: Some(number), ..Counts::default() };
            new.events.push(Event::UserCounted(UserCounted { user: UserId(1), counts }));
        }
        if number == 100 {
            let spaces = vec![id(1), id(7)];
            new.events.push(Event::SpacesJoined { spaces, joined: true });
        }
        if number == 200 {
            let (space, endpoint, cause) = (Some(id(7)), None, GapCause::Late);
            let (from, to) = (at(1), at(2));
            new.events.push(Event::Gap(Gap { space, endpoint, from, to, cause }));
        }
        log.append(&new, at(number)).unwrap();
    }
    log
}

fn history(reader: &Reader, space: SpaceId, until: u64) -> Vec<Batch> {
    let mut found = Vec::new();
    let walked = reader.history(space, until, &mut |_at| true, &mut |batch| {
        found.push(batch.clone());
        Ok(true)
    });
    assert!(walked.unwrap());
    found
}

#[test]
fn a_history_is_every_batch_that_says_anything_of_the_space_whole_and_in_order() {
    [log(), sealed_to(250), sealed_to(399)].iter().for_each(history_is_whole);
}

fn history_is_whole(log: &Log) {
    let (reader, all) = (log.reader(), log.reader().batches(1, 1_000).unwrap());
    for space in (0..9).map(id) {
        for until in [0, 1, all[3].last_seq() - 1, all[3].last_seq(), 700, log.head().seq, u64::MAX]
        {
            let expected: Vec<Batch> = all
                .iter()
                .filter(|batch| batch.last_seq() <= until)
                .filter(|batch| batch.events.iter().any(|event| event.is_about(space)))
                .cloned()
                .collect();
            assert_eq!(history(&reader, space, until), expected, "{space} until {until}");
        }
    }
    assert_eq!(history(&reader, id(3), u64::MAX).len(), 80);
    assert_eq!(history(&reader, id(7), u64::MAX).len(), 2, "a joining and a gap");
    assert_eq!(history(&reader, id(8), u64::MAX), []);
}

#[test]
fn what_is_said_of_people_comes_without_the_observations() {
    [log(), sealed_to(50), sealed_to(90)].iter().for_each(people_are_told);
}

fn people_are_told(log: &Log) {
    let (mut found, all) = (0, log.reader().batches(1, 1_000).unwrap());
    let walked = log.reader().about_people(all[95].last_seq(), &mut |_at| true, &mut |batch| {
        assert!(matches!(batch.events[1..], [Event::UserCounted(_)]), "{batch:?}");
        assert_eq!(batch.observed_at, at(10 * found));
        found += 1;
        Ok(true)
    });
    assert!(walked.unwrap());
    assert_eq!(found, 10);
}

#[test]
fn a_walk_ends_when_enough_is_found_and_can_be_broken_off_between_steps() {
    let log = log();
    let mut handed = 0;
    let walked = log.reader().history(id(1), u64::MAX, &mut |_at| true, &mut |_batch| {
        handed += 1;
        Ok(handed < 3)
    });
    assert_eq!((walked.unwrap(), handed), (true, 3));
    // Also by whoever waits for a Space that is not there.
    let mut reached = 0;
    let mut go_on = |at| {
        reached = at;
        false
    };
    let walked = log.reader().history(id(8), u64::MAX, &mut go_on, &mut |_batch| Ok(true));
    assert!(!walked.unwrap());
    assert!(reached > 0 && reached < log.head().seq, "{reached}");
}
