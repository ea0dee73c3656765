//! The terms that need the whole curve, against figures worked out by hand, and what holds of them
//! whatever the curve is.

use super::super::held::{held, quantile, resolution, unbroken};
use super::super::moves::{Drop, Growth, fastest_growth, growth, largest_drop};
use super::super::plateau::plateau;
use super::*;

/// Looks at these minutes, each held for two minutes at most.
fn at_minutes(counts: &[(i64, Option<u64>)]) -> Vec<Look> {
    counts.iter().map(|(minute, count)| look(minute * MIN, *count, 120_000)).collect()
}

/// Looks every minute from minute 0 on.
fn every_minute(counts: &[u64]) -> Vec<Look> {
    (0..).zip(counts).map(|(minute, count)| look(minute * MIN, Some(*count), 120_000)).collect()
}

fn course(looks: &[Look], until: i64) -> Course {
    Course::of(looks.to_vec(), until * MIN)
}

#[test]
fn a_curve_is_held_in_stretches_between_which_are_gaps() {
    let looks = at_minutes(&[(0, Some(5)), (1, Some(5)), (2, Some(7)), (9, Some(7)), (10, None)]);
    let stretches = held(&looks, 12 * MIN);
    let expected = [(0, 2, 5), (2, 4, 7), (9, 10, 7)];
    let found: Vec<_> = stretches.iter().map(|it| (it.from / MIN, it.to / MIN, it.count)).collect();
    assert_eq!(found, expected, "equal counts are one stretch, a look without a count is none");
    assert_eq!(unbroken(&stretches).map(<[_]>::len).collect::<Vec<_>>(), [2, 1]);
}

#[test]
fn the_median_and_p95_are_weighted_by_time_and_not_by_looks() {
    // 10 for eighteen minutes, 500 for one, 20 for one: by looks, half would be 500 or more.
    let mut looks = vec![look(0, Some(10), 18 * 60_000)];
    looks.extend([look(18 * MIN, Some(500), 60_000), look(19 * MIN, Some(20), 60_000)]);
    let stretches = held(&looks, 20 * MIN);
    assert_eq!(quantile(&stretches, 50), Some(10));
    assert_eq!(quantile(&stretches, 90), Some(10));
    assert_eq!(quantile(&stretches, 95), Some(20));
    assert_eq!(quantile(&stretches, 96), Some(500));
    assert_eq!(quantile(&[], 50), None);
    assert_eq!(quantile(&held(&[look(0, Some(3), 0)], 0), 50), None, "nothing was covered");
}

#[test]
fn the_resolution_is_the_median_and_the_largest_time_between_looks() {
    let looks = at_minutes(&[(0, Some(1)), (1, None), (3, Some(1)), (10, Some(1))]);
    let found = resolution([&looks[..]].into_iter()).unwrap();
    assert_eq!((found.median_ms, found.largest_ms), (2 * 60_000, 7 * 60_000));
    let found = resolution([&looks[..3]].into_iter()).unwrap();
    assert_eq!(found.median_ms, 90_000, "of an even number the mean of the two in the middle");
    assert_eq!(resolution([&looks[..1]].into_iter()), None);
}

#[test]
fn a_plateau_begins_when_the_count_stays_near_its_trailing_median_for_five_minutes() {
    // A third more each minute for ten minutes, and then 1,400. From 12:30 on more than half of the
    // 301 readings of five minutes are 1,400; before, their median is 1,060 or less.
    let ramp = [100, 130, 169, 220, 286, 371, 483, 627, 816, 1_060];
    let looks = every_minute(&[ramp.as_slice(), &[1_400; 9]].concat());
    let found = plateau(&held(&looks, 18 * MIN));
    assert_eq!(found, Some(Plateau { at: 12 * MIN + 30_000, level: 1_400 }));
    assert_eq!(plateau(&held(&looks[..17], 17 * MIN)), None, "it has to stay for five minutes");
    // A constant count is a plateau as soon as five minutes lie behind it, and five before it.
    let constant = [look(0, Some(40), 3_600_000)];
    let found = |minutes: i64| plateau(&held(&constant, minutes * MIN));
    assert_eq!(found(10).map(|it| (it.at, it.level)), Some((5 * MIN, 40)));
    assert_eq!(found(9), None);
}

#[test]
fn a_plateau_never_reaches_across_a_gap() {
    let mut looks = every_minute(&[40; 8]);
    // Two minutes are held after the last look; from minute 9 to 12 nothing is.
    looks.extend((12..20).map(|minute| look(minute * MIN, Some(40), 120_000)));
    assert_eq!(plateau(&held(&looks, 20 * MIN)), None);
    looks.extend((20..23).map(|minute| look(minute * MIN, Some(40), 120_000)));
    let found = plateau(&held(&looks, 23 * MIN));
    assert_eq!(found.map(|it| it.at), Some(17 * MIN), "counted from after the gap");
}

#[test]
fn growth_is_the_change_of_a_smoothed_count_over_five_minutes() {
    // 100 more each minute: at the end of minute 10 the minute shows 900, five minutes ago 400.
    let counts: Vec<u64> = (0..10).map(|minute| 100 * minute).collect();
    let stretches = held(&every_minute(&counts), 10 * MIN);
    assert_eq!(growth(&stretches), Some(Growth { at: 10 * MIN, per_minute: 100.0 }));
    // Then it stays, and then it falls by 60 a minute.
    let then: Vec<u64> =
        counts.iter().copied().chain([900; 6]).chain((1..=6).map(|n| 900 - 60 * n)).collect();
    let stretches = held(&every_minute(&then), 22 * MIN);
    assert_eq!(growth(&stretches).map(|it| it.per_minute), Some(-60.0));
    assert_eq!(fastest_growth(&stretches).map(|it| (it.at, it.per_minute)), Some((6 * MIN, 100.0)));
    let short = held(&every_minute(&[1, 2, 3, 4, 5]), 5 * MIN);
    assert_eq!((growth(&short), fastest_growth(&short)), (None, None), "six minutes it takes");
}

#[test]
fn the_largest_drop_is_over_five_minutes_at_most_and_has_its_instants() {
    let looks = every_minute(&[100, 400, 380, 300, 290, 200, 150, 140, 130, 120]);
    let found = largest_drop(&held(&looks, 10 * MIN)).unwrap();
    // 400 was held until minute 2; at minute 6 there are 150: 250 lost in the five minutes from 1.
    assert_eq!(found, Drop { lost: 250, between: Some((MIN, 6 * MIN)) });
    let rising = largest_drop(&held(&every_minute(&[1, 2, 3]), 3 * MIN)).unwrap();
    assert_eq!(rising, Drop { lost: 0, between: None }, "that nobody left is known");
    assert_eq!(largest_drop(&[]), None);
    let slow = largest_drop(&held(&[look(0, Some(90), 3_600_000)], 3_600_000)).unwrap();
    assert_eq!(slow.lost, 0);
}

#[test]
fn a_fall_across_a_gap_is_no_drop() {
    let looks = at_minutes(&[(0, Some(500)), (4, Some(20)), (5, Some(19))]);
    let found = largest_drop(&held(&looks, 6 * MIN)).unwrap();
    assert_eq!(found, Drop { lost: 1, between: Some((4 * MIN, 5 * MIN)) });
}

#[test]
fn the_count_at_the_end_is_known_only_where_it_was_held_to_the_end() {
    let looks = every_minute(&[10, 20, 30]);
    let ended = |at: i64| course(&looks, at).at_end(Some(at * MIN));
    assert_eq!(ended(3), Some(30));
    assert_eq!(ended(9), None, "what was there then nobody saw");
    assert_eq!(course(&looks, 2).at_end(None), Some(30), "an inferred end");
    assert_eq!(course(&[], 2).at_end(None), None);
    let silent = at_minutes(&[(0, Some(10)), (1, None)]);
    assert_eq!(course(&silent, 1).at_end(None), None);
}

#[test]
fn terms_of_moments_are_unknown_where_one_of_them_is() {
    let peak = Some(Peak { count: 80, at: 9 * MIN, after: None, before: None });
    assert_eq!(time_to_peak_ms(peak, Some(2 * MIN)), Some(7 * MIN));
    assert_eq!(time_to_peak_ms(peak, None).or(time_to_peak_ms(None, Some(0))), None);
    assert_eq!(detection_lag_ms(3 * MIN, Some(2 * MIN)), Some(MIN));
    assert_eq!(start_delay_ms(Some(5 * MIN), Some(2 * MIN)), Some(-3 * MIN), "early");
    assert_eq!(lead_time_ms(Some(MIN), Some(61 * MIN)), Some(60 * MIN));
    assert_eq!(lead_time_ms(None, Some(0)).or(start_delay_ms(None, Some(0))), None);
    assert_eq!(show_up_ratio(peak, Some(40)), Some(2.0));
    assert_eq!(show_up_ratio(peak, Some(0)).or(show_up_ratio(peak, None)), None, "no reminders");
    assert_eq!(end_retention(Some(20), peak), Some(0.25));
    assert_eq!(steadiness(Some(60.0), peak), Some(0.75));
    let nobody = Some(Peak { count: 0, at: 0, after: None, before: None });
    assert_eq!(steadiness(Some(0.0), nobody).or(end_retention(Some(0), nobody)), None);
}

/// The same curve with looks between, each showing what was held and for what was left of it.
fn looked_at_more_often(looks: &[Look], share: u64) -> Vec<Look> {
    let nexts = looks.iter().skip(1).map(|look| look.at).chain([i64::MAX]);
    looks
        .iter()
        .zip(nexts)
        .flat_map(|(it, next)| {
            let later = it.hold_ms * share / 100;
            let at = it.at.saturating_add_unsigned(later);
            let extra = look(at, it.count, it.hold_ms - later);
            let is_between = it.at < at && at < next && it.count.is_some();
            [Some(*it), is_between.then_some(extra)].into_iter().flatten()
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn extra_looks_that_show_nothing_new_change_no_figure(
        looks in looks(), share in 1..100_u64, after in 0..200_000_i64,
    ) {
        let until = looks.last().unwrap().at + after;
        let more = looked_at_more_often(&looks, share);
        let more: Vec<Look> = more.into_iter().filter(|it| it.at <= until).collect();
        let (few, many) = (Course::of(looks.clone(), until), Course::of(more.clone(), until));
        prop_assert_eq!(few.at_end(Some(until)), many.at_end(Some(until)));
        prop_assert_eq!(Course { resolution: None, last: None, ..few }, Course { resolution: None, last: None, ..many });
        let (few, many) = (Audience::of(looks, None), Audience::of(more, None));
        prop_assert_eq!(few.totals(until), many.totals(until));
        prop_assert_eq!(few.peak.map(|it| (it.count, it.at)), many.peak.map(|it| (it.count, it.at)));
    }

    #[test]
    fn an_average_is_no_more_than_the_peak_and_a_coverage_no_more_than_whole(looks in looks()) {
        let (first, last) = (looks[0].at, looks.last().unwrap().at);
        let audience = Audience::of(looks.clone(), None);
        let totals = audience.totals(last + 30_000);
        let airtime = u64::try_from(last + 30_000 - first).unwrap();
        prop_assert!(totals.coverage(airtime).unwrap() <= 1.0);
        prop_assert!(totals.covered_ms + totals.gap_ms <= airtime);
        if let (Some(average), Some(peak)) = (totals.average(), audience.peak) {
            #[expect(clippy::cast_precision_loss, reason = "small counts")]
            let most = peak.count as f64;
            prop_assert!(average <= most + 1e-9, "{} of {}", average, most);
            prop_assert!(steadiness(Some(average), audience.peak).is_none_or(|it| it <= 1.0));
            let course = Course::of(looks, last + 30_000);
            prop_assert!(course.median <= course.p95 && course.p95 <= Some(peak.count));
            prop_assert!(course.largest_drop.unwrap().lost <= peak.count);
        }
    }

    #[test]
    fn stretches_hold_what_the_sums_hold(looks in looks(), after in 0..200_000_i64) {
        let until = looks.last().unwrap().at + after;
        let stretches = held(&looks, until);
        let covered: u64 = stretches.iter().map(super::super::held::Held::length_ms).sum();
        let area: u64 = stretches.iter().map(|it| it.count * it.length_ms()).sum();
        prop_assert_eq!((area, covered), by_hand(&looks, until));
        for pair in stretches.windows(2) {
            prop_assert!(pair[0].to <= pair[1].from, "nothing is held twice");
        }
    }

    #[test]
    fn nothing_is_made_of_what_lies_in_a_gap(looks in looks(), wait in 400_000..4_000_000_i64) {
        // The same looks again after a gap: what hangs on one stretch alone stays what it was.
        let until = looks.last().unwrap().at + 120_000;
        let again: Vec<Look> =
            looks.iter().map(|it| Look { at: it.at + until + wait, ..*it }).collect();
        let both: Vec<Look> = looks.iter().copied().chain(again).collect();
        let (one, two) = (Course::of(looks, until), Course::of(both, until + wait + until));
        prop_assert_eq!(one.largest_drop.map(|it| it.lost), two.largest_drop.map(|it| it.lost));
        let fastest = |it: &Course| it.fastest_growth.map(|it| it.per_minute);
        prop_assert_eq!(fastest(&one), fastest(&two));
        prop_assert_eq!(one.plateau, two.plateau.filter(|it| it.at < until));
    }
}
