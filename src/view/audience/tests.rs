//! Every formula of the audience, against figures worked out by hand.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

mod course;
mod doubts;

const MIN: i64 = 60_000;

fn look(at: i64, count: Option<u64>, hold_ms: u64) -> Look {
    Look { at, count, hold_ms }
}

/// Returns the audience of looks at these minutes, each held for two minutes at most.
fn audience(looks: &[(i64, Option<u64>)]) -> Audience {
    let mut audience = Audience::default();
    for (minute, count) in looks {
        audience.look(look(minute * MIN, *count, 120_000));
    }
    audience
}

#[test]
fn the_average_weighs_counts_by_time_and_is_not_the_mean_of_the_samples() {
    // 100 for one minute, 10 for two: 120 participant-minutes over three minutes.
    let totals = audience(&[(0, Some(100)), (1, Some(10)), (3, Some(10))]).totals(3 * MIN);
    assert_eq!((totals.covered_ms, totals.area), (180_000, 120 * 60_000));
    assert_eq!(totals.average(), Some(40.0));
    assert_eq!(totals.participant_hours(), Some(2.0));
    assert_eq!(totals.coverage(360_000), Some(0.5));
    assert_eq!((totals.gaps, totals.gap_ms), (0, 0));
}

#[test]
fn a_count_is_held_up_to_its_limit_and_what_is_left_is_a_gap() {
    let mut audience = audience(&[(0, Some(60))]);
    let gap = audience.look(look(5 * MIN, Some(30), 120_000));
    assert_eq!(gap, Some(Stretch { from: 2 * MIN, to: 5 * MIN }));
    let totals = audience.totals(6 * MIN);
    // 60 for two minutes, nothing for three, 30 for one.
    assert_eq!((totals.area, totals.covered_ms), (150 * 60_000, 180_000));
    assert_eq!((totals.gaps, totals.gap_ms), (1, 180_000));
    assert_eq!(totals.average(), Some(50.0));
    assert_eq!(totals.coverage(360_000), Some(0.5));
}

#[test]
fn a_count_is_not_held_beyond_its_limit_after_the_last_look_either() {
    let audience = audience(&[(0, Some(60))]);
    assert_eq!(audience.totals(60 * MIN).covered_ms, 120_000);
    assert_eq!(audience.totals(60 * MIN).gaps, 0, "what comes after the last look is not known");
    assert_eq!(audience.totals(MIN).covered_ms, 60_000);
    assert_eq!(audience.totals(-MIN).covered_ms, 0);
}

#[test]
fn a_look_without_a_count_covers_nothing_and_is_no_zero() {
    let audience = audience(&[(0, Some(60)), (1, None), (2, Some(30)), (3, Some(30))]);
    let totals = audience.totals(3 * MIN);
    assert_eq!((totals.area, totals.covered_ms), (90 * 60_000, 120_000));
    assert_eq!(audience.peak.unwrap().count, 60);
    assert_eq!(audience.last_count, Some((3 * MIN, 30)));
    assert_eq!(audience.looks, 4);
    assert_eq!(Audience::of(vec![look(0, None, 1)], None).totals(9).average(), None);
}

#[test]
fn a_look_without_a_count_is_a_look_and_what_follows_its_limit_is_a_gap() {
    let mut audience = audience(&[(0, Some(60)), (1, None)]);
    assert_eq!(audience.look(look(2 * MIN, None, 120_000)), None);
    let gap = audience.look(look(9 * MIN, Some(1), 120_000));
    assert_eq!(gap, Some(Stretch { from: 4 * MIN, to: 9 * MIN }));
    let totals = audience.totals(9 * MIN);
    assert_eq!((totals.covered_ms, totals.gaps, totals.gap_ms), (60_000, 1, 300_000));
}

#[test]
fn a_count_of_zero_is_a_count() {
    let totals = audience(&[(0, Some(0)), (1, Some(0))]).totals(MIN);
    assert_eq!((totals.average(), totals.participant_hours()), (Some(0.0), Some(0.0)));
    assert_eq!(Totals::default().average(), None);
    assert_eq!(Totals::default().participant_hours(), None);
}

#[test]
fn the_peak_is_the_first_largest_count_with_the_looks_around_it() {
    let audience = audience(&[(0, Some(5)), (1, Some(9)), (2, None), (3, Some(9)), (4, Some(1))]);
    let expected = Peak { count: 9, at: MIN, after: Some(0), before: Some(2 * MIN) };
    assert_eq!(audience.peak, Some(expected));
    assert_eq!(audience.tracked_ms(), Some(240_000));
}

#[test]
fn a_closed_audience_holds_its_last_count_to_the_end_and_no_further() {
    let mut audience = audience(&[(0, Some(60))]);
    audience.close(MIN);
    assert_eq!(audience.totals(60 * MIN).area, 60 * 60_000);
    audience.close(2 * MIN);
    assert_eq!(audience.totals(60 * MIN).covered_ms, 60_000, "closing again changes nothing");
}

#[test]
fn coverage_is_of_the_airtime_and_at_most_whole() {
    let totals = audience(&[(0, Some(1)), (1, Some(1))]).totals(MIN);
    assert_eq!(totals.coverage(30_000), Some(1.0));
    assert_eq!(totals.coverage(240_000), Some(0.25));
    assert_eq!(totals.coverage(0), None);
}

#[test]
fn airtime_is_known_only_with_both_ends_in_order() {
    assert_eq!(airtime_ms(Some(5), Some(9)), Some(4));
    assert_eq!(airtime_ms(Some(9), Some(5)), None);
    assert_eq!(airtime_ms(None, Some(5)).or(airtime_ms(Some(5), None)), None);
}

#[test]
fn reach_sums_the_followers_that_are_known() {
    assert_eq!(reach([Some(5), None, Some(7)]), Some(12));
    assert_eq!(reach([Some(0)]), Some(0));
    assert_eq!(reach([None, None]), None);
    assert_eq!(reach([Some(u64::MAX), Some(1)]), Some(u64::MAX));
}

fn looks() -> impl Strategy<Value = Vec<Look>> {
    let one = (0..3_600_000_i64, proptest::option::of(0..1_000_u64), 1..120_000_u64);
    vec(one.prop_map(|(at, count, hold)| look(at, count, hold)), 1..40).prop_map(|mut looks| {
        // One look a moment: which of two at once came first, only the log says.
        looks.sort_by_key(|look| look.at);
        looks.dedup_by_key(|look| look.at);
        looks
    })
}

/// The same figures, millisecond stretch by stretch, without any state carried along.
fn by_hand(looks: &[Look], until: i64) -> (u64, u64) {
    let ends = looks.iter().skip(1).map(|look| look.at).chain([until]);
    let held = looks.iter().zip(ends).map(|(look, end)| {
        let held = u64::try_from(end - look.at).unwrap_or(0).min(look.hold_ms);
        look.count.map_or((0, 0), |count| (count * held, held))
    });
    held.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_sums_kept_look_by_look_are_those_of_the_whole_curve(looks in looks()) {
        let mut audience = Audience::default();
        for one in &looks {
            audience.look(*one);
        }
        let until = looks.last().unwrap().at + 30_000;
        let totals = audience.totals(until);
        prop_assert_eq!((totals.area, totals.covered_ms), by_hand(&looks, until));
        let peak = looks.iter().filter_map(|look| look.count).max();
        prop_assert_eq!(audience.peak.map(|peak| peak.count), peak);
    }

    #[test]
    fn looks_in_disorder_come_to_the_same_figures_from_the_curve(
        (ordered, shuffled) in looks().prop_flat_map(|looks| {
            (Just(looks.clone()), Just(looks).prop_shuffle())
        }),
    ) {
        let mut kept = Audience::default();
        for one in &shuffled {
            kept.look(*one);
        }
        prop_assert_eq!(kept.disordered, shuffled != ordered);
        let closed = Some(ordered.last().unwrap().at + 5_000);
        prop_assert_eq!(Audience::of(shuffled, closed), Audience::of(ordered, closed));
    }
}
