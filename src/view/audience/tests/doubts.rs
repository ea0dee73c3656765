//! What is doubted, and what is not.

use super::super::doubts::{Doubt, Placed, ROUND_LOOKS, Rule, doubts, is_suspect};
use super::*;

/// Looks half a minute apart from minute 30 of a Space on, held for a minute; seqs from 100 on.
fn placed(counts: &[u64]) -> Vec<Placed> {
    (0..)
        .zip(counts)
        .map(|(number, count)| Placed {
            look: look(30 * MIN + number * 30_000, Some(*count), 60_000),
            seq: 100 + number.cast_unsigned(),
        })
        .collect()
}

fn found(counts: &[u64]) -> Vec<(Rule, u64, u64)> {
    let found = doubts(&placed(counts), Some(0));
    found.into_iter().map(|it| (it.rule, it.seq, it.against)).collect()
}

#[test]
fn a_step_that_no_crowd_makes_is_doubted_where_it_was_seen() {
    assert_eq!(found(&[200, 210, 900, 910, 905]), [(Rule::Step, 102, 210)]);
    assert_eq!(found(&[900, 910, 200, 210]), [(Rule::Step, 102, 910)], "down too");
    assert_eq!(found(&[200, 210, 600, 900]), [], "twice as many is a crowd that comes in");
    assert_eq!(found(&[2, 3, 90, 95]), [], "a small Space fills at once");
    let at = doubts(&placed(&[200, 210, 900, 910]), Some(0))[0].at;
    assert_eq!(at, 31 * MIN);
}

#[test]
fn a_crowd_may_come_in_at_once_at_the_begin_and_after_a_gap() {
    let begun = Some(25 * MIN);
    assert_eq!(doubts(&placed(&[200, 210, 5_000, 5_100]), begun), []);
    assert_eq!(doubts(&placed(&[5_000, 5_100, 200, 210]), begun).len(), 1, "leaving is no begin");
    let mut looks = placed(&[200, 210, 900, 910]);
    looks[2..].iter_mut().for_each(|it| it.look.at += 10 * MIN);
    assert_eq!(doubts(&looks, Some(0)), []);
}

#[test]
fn one_look_far_from_both_beside_it_is_a_spike_and_no_step() {
    assert_eq!(found(&[300, 310, 0, 305, 300]), [(Rule::Spike, 102, 310)]);
    assert_eq!(found(&[300, 310, 2_000, 305, 300]), [(Rule::Spike, 102, 310)]);
    assert_eq!(found(&[300, 310, 420, 305, 300]), [], "a third more is not far");
    assert_eq!(found(&[10, 12, 40, 11]), [], "thirty people may come and go");
    assert_eq!(found(&[300, 310, 900]), [], "whether it stays nobody saw");
}

#[test]
fn the_same_round_number_for_minutes_is_doubted_and_any_other_is_not() {
    let round = |count| found(&[&[990, 995], [count; 12].as_slice(), &[1_001]].concat());
    assert_eq!(round(1_000), [(Rule::RoundPlateau, 102, 12)]);
    assert_eq!(round(1_007), []);
    assert_eq!(found(&[300; 20]), [], "small Spaces stand still");
    assert_eq!(found(&[1_000; ROUND_LOOKS]), [], "two minutes are no plateau");
    let doubt: Doubt = doubts(&placed(&[1_000; 12]), Some(0))[0];
    assert_eq!((doubt.at, doubt.until), (30 * MIN, 35 * MIN + 30_000));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_doubted_between_two_looks_was_suspect_as_it_came(
        counts in vec(prop_oneof![0..60_u64, 0..4_000_u64, Just(1_000)], 1..40),
    ) {
        let any = counts.windows(2).any(|pair| is_suspect(pair[0], pair[1]));
        let found = doubts(&placed(&counts), Some(0));
        prop_assert!(found.is_empty() || any, "{:?}", found);
    }
}
