//! A curve cut into stretches of equal time, each with the most participants seen in it.

use super::Point;

/// Returns the largest count of each of `count` equal stretches from the first observation to the
/// last; `None` for a stretch in which no count was known.
///
/// A count is held until the next observation, but for `hold_ms` at most. When all observations
/// are of one moment, there is one stretch.
pub(super) fn buckets(points: &[Point], hold_ms: i64, count: usize) -> Vec<Option<u64>> {
    let (Some((first, _)), Some((last, _))) = (points.first(), points.last()) else {
        return Vec::new();
    };
    let axis = Axis { start: *first, span: i128::from(*last) - i128::from(*first), count };
    let mut found = vec![None; if axis.span > 0 { count } else { count.min(1) }];
    for (index, (time, seen)) in points.iter().enumerate() {
        let Some(seen) = seen else { continue };
        let held = time.saturating_add(hold_ms.max(0));
        let until = points.get(index + 1).map_or(*time, |(next, _)| held.min(*next));
        let (from, to) = (axis.bucket(*time), axis.bucket_before(until));
        for bucket in found.iter_mut().take(to.max(from) + 1).skip(from) {
            *bucket = (*bucket).max(Some(*seen));
        }
    }
    found
}

/// Returns in which of `count` stretches from `first` to `last` a moment lies.
pub(super) fn place(at: i64, (first, last): (i64, i64), count: usize) -> usize {
    Axis { start: first, span: i128::from(last) - i128::from(first), count }.bucket(at)
}

/// Where times lie among the stretches.
struct Axis {
    start: i64,
    span: i128,
    count: usize,
}

impl Axis {
    /// Returns the stretch that holds this time; the last one holds its end too.
    fn bucket(&self, time: i64) -> usize {
        self.nth(self.offset(time).checked_div(self.span))
    }

    /// Returns the last stretch that begins before this time.
    fn bucket_before(&self, time: i64) -> usize {
        self.nth((self.offset(time) - 1).max(0).checked_div(self.span))
    }

    fn offset(&self, time: i64) -> i128 {
        (i128::from(time) - i128::from(self.start)).max(0) * self.count as i128
    }

    fn nth(&self, place: Option<i128>) -> usize {
        let last = self.count.saturating_sub(1);
        place.map_or(0, |place| usize::try_from(place).unwrap_or(last).min(last))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_stretch_shows_its_largest_count() {
        let points = [(0, Some(1)), (1, Some(9)), (2, Some(3)), (99, Some(4)), (100, Some(5))];
        assert_eq!(buckets(&points, 1, 2), [Some(9), Some(5)]);
    }

    #[test]
    fn a_count_is_held_until_the_next_look_but_not_past_its_limit() {
        let points = [(0, Some(7)), (100, Some(8))];
        assert_eq!(buckets(&points, 100, 4), [Some(7), Some(7), Some(7), Some(8)]);
        assert_eq!(buckets(&points, 50, 4), [Some(7), Some(7), None, Some(8)]);
        assert_eq!(buckets(&points, 0, 4), [Some(7), None, None, Some(8)]);
        assert_eq!(buckets(&points, -5, 4), [Some(7), None, None, Some(8)]);
    }

    #[test]
    fn an_answer_without_a_count_ends_what_was_held() {
        let points = [(0, Some(7)), (50, None), (100, Some(0))];
        assert_eq!(buckets(&points, 1000, 4), [Some(7), Some(7), None, Some(0)]);
    }

    #[test]
    fn observations_of_one_moment_are_one_stretch() {
        assert_eq!(buckets(&[(5, Some(2)), (5, Some(3))], 10, 8), [Some(3)]);
        assert_eq!(buckets(&[], 10, 8), []);
        assert_eq!(buckets(&[(5, Some(2)), (6, None)], 10, 0), []);
    }

    proptest! {
        #[test]
        fn no_curve_panics_and_no_count_is_lost(
            mut points in prop::collection::vec((any::<i64>(), any::<Option<u64>>()), 1..40),
            hold in any::<i64>(),
            count in 1_usize..50,
        ) {
            points.sort_unstable();
            let peak = points.iter().filter_map(|(_, seen)| *seen).max();
            prop_assert_eq!(buckets(&points, hold, count).into_iter().flatten().max(), peak);
        }
    }
}
