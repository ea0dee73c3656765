//! From a moment to a place in the log, also where the clock was stepped.

use super::*;
use crate::store::faults::Dice;

/// A log whose polls were appended when a clock that is stepped back and forth read these times.
fn stepped(times: &[i64]) -> Log {
    let mut log = in_memory();
    for (number, time) in (0..).zip(times) {
        log.append(&poll(number), Moment(*time)).unwrap();
    }
    log
}

/// Returns every batch's first seq and when it was recorded.
fn recorded(log: &Log) -> Vec<(u64, i64)> {
    let batches = log.reader().batches(1, 1_000).unwrap();
    batches.iter().map(|batch| (batch.first_seq, batch.recorded_at.0)).collect()
}

#[test]
fn recorded_times_never_go_back_and_follow_the_clock_again_once_it_has_caught_up() {
    let log = stepped(&[5_000, 6_000, 3_000, 5_999, 7_000, 1_000, 900_000, 8_000, 900_001]);
    let times: Vec<i64> = recorded(&log).into_iter().map(|(_, time)| time).collect();
    let expected = [5_000, 6_000, 6_000, 6_000, 7_000, 7_000, 900_000, 900_000, 900_001];
    assert_eq!(times, expected);
}

#[test]
fn a_moment_leads_to_the_first_batch_recorded_at_or_after_it_however_the_clock_was_stepped() {
    for seed in 0..20 {
        let mut dice = Dice(seed);
        let mut clock = 100_000_i64;
        let times: Vec<i64> = (0..60)
            .map(|_| {
                let step = i64::try_from(dice.below(4_000)).unwrap();
                // Mostly on; at times a leap, back or forth.
                clock += match dice.below(8) {
                    0 => -5 * step,
                    1 => 20 * step,
                    2 => 0,
                    _ => step,
                };
                clock
            })
            .collect();
        let log = stepped(&times);
        let (reader, batches) = (log.reader(), recorded(&log));
        assert!(batches.is_sorted_by_key(|(_, time)| *time));
        let mut asked: Vec<i64> = batches.iter().map(|(_, time)| *time).collect();
        asked.extend((0..200).map(|_| i64::try_from(dice.below(400_000)).unwrap()));
        asked.extend([i64::MIN, 0, 999_999_999, i64::MAX]);
        let mut last = 0;
        asked.sort_unstable();
        for moment in asked {
            let expected = batches.iter().find(|(_, time)| *time >= moment);
            let expected = expected.map_or(log.head().seq + 1, |(first_seq, _)| *first_seq);
            let found = reader.seq_at(Moment(moment)).unwrap();
            assert_eq!(found, expected, "{moment} of seed {seed}");
            assert!(found >= last, "a later moment lies further on");
            last = found;
        }
    }
}

#[test]
fn in_an_empty_log_every_moment_leads_to_its_end() {
    let log = in_memory();
    for moment in [i64::MIN, 0, i64::MAX] {
        assert_eq!(log.reader().seq_at(Moment(moment)).unwrap(), 1);
    }
}

#[test]
fn a_span_of_observing_leads_to_every_batch_of_it_and_past_what_lies_before() {
    for sealed in [0, 1, 20, 40] {
        let (mut log, mut dice) = (in_memory(), Dice(sealed));
        for number in 0..40 {
            // Now and then an answer of another time is imported.
            let observed_at = if dice.below(5) == 0 { at(dice.below(90)) } else { at(number) };
            log.append(&NewBatch { observed_at, ..poll(number) }, at(number)).unwrap();
            if number + 1 == sealed / 2 || number + 1 == sealed {
                log.seal(1).unwrap();
            }
        }
        let (reader, batches) = (log.reader(), all(&log).unwrap());
        for (since, until) in [(0, 90), (7, 8), (25, 40), (60, 90), (39, 200), (200, 300), (9, 9)] {
            let times = at(since).0..at(until).0;
            for times in [times.clone(), times.start..i64::MAX, i64::MIN..times.end] {
                let fits = |batch: &&Batch| times.contains(&batch.observed_at.0);
                for from in 1..=log.head().seq {
                    let expected = batches.iter().filter(fits).find(|it| it.last_seq() >= from);
                    let expected = expected.map(|batch| batch.first_seq.max(from));
                    let found = reader.next_observed(from, times.clone()).unwrap();
                    let told = format!("from {from}, {times:?}, {sealed} sealed");
                    match (expected, found) {
                        (Some(expected), Some(found)) => assert!(found <= expected, "{told}"),
                        (Some(_), None) => panic!("{told}: missed"),
                        (None, _) => {}
                    }
                    // In the tail, and in a log without segments, it is the very batch.
                    if sealed == 0 {
                        assert_eq!(found, expected, "{told}");
                    }
                }
            }
        }
    }
}
