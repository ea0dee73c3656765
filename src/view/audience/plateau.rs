//! When an audience was stable for the first time.

use std::collections::{BTreeMap, VecDeque};

use super::held::{Held, unbroken};

/// How far from its trailing median a stable count may be, in per cent of the median.
pub const BAND_PERCENT: u64 = 10;

/// The median is that of so many seconds back, and for so many a count stays near it.
pub const WINDOW_SECONDS: usize = 300;

/// So many seconds of an unbroken curve are read at most: a week, and no Space lasts as long.
const SECONDS_MAX: usize = 7 * 86_400;

/// The begin of the first plateau.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plateau {
    /// From when on the count stays near its trailing median, in milliseconds since the epoch.
    pub at: i64,
    /// The median there.
    pub level: u64,
}

/// Returns the first moment from which the curve stays within ±10 % of its trailing five-minute
/// median for five minutes. The curve is read at every whole second; both the five minutes back
/// and the five minutes on lie in one part of it without a gap.
pub fn plateau(stretches: &[Held]) -> Option<Plateau> {
    unbroken(stretches).find_map(first_in)
}

fn first_in(part: &[Held]) -> Option<Plateau> {
    let mut window: VecDeque<u64> = VecDeque::with_capacity(WINDOW_SECONDS + 2);
    let mut sorted: BTreeMap<u64, usize> = BTreeMap::new();
    let mut begun: Option<(i64, u64)> = None;
    let lasting = i64::try_from(WINDOW_SECONDS).unwrap_or(i64::MAX);
    for (second, count) in seconds(part).take(SECONDS_MAX) {
        window.push_back(count);
        *sorted.entry(count).or_default() += 1;
        // Both ends of the five minutes are read.
        if window.len() > WINDOW_SECONDS + 1 {
            forget(&mut sorted, window.pop_front());
        }
        if window.len() <= WINDOW_SECONDS {
            continue;
        }
        let median = middle(&sorted, window.len());
        if count.abs_diff(median).saturating_mul(100) > median.saturating_mul(BAND_PERCENT) {
            begun = None;
            continue;
        }
        let (since, level) = *begun.get_or_insert((second, median));
        if second + 1 - since >= lasting {
            return Some(Plateau { at: since * 1_000, level });
        }
    }
    None
}

/// Returns the count at every whole second of a part without gaps.
fn seconds(part: &[Held]) -> impl Iterator<Item = (i64, u64)> + '_ {
    part.iter().flat_map(|held| {
        // The first whole second at or after a moment.
        let whole = |ms: i64| ms.div_euclid(1_000) + i64::from(ms.rem_euclid(1_000) > 0);
        (whole(held.from)..whole(held.to)).map(|second| (second, held.count))
    })
}

fn forget(sorted: &mut BTreeMap<u64, usize>, count: Option<u64>) {
    let Some(count) = count else { return };
    if let Some(left) = sorted.get_mut(&count) {
        *left -= 1;
        if *left == 0 {
            sorted.remove(&count);
        }
    }
}

/// Returns the value in the middle of an odd number of values.
fn middle(sorted: &BTreeMap<u64, usize>, length: usize) -> u64 {
    let mut so_far = 0;
    let found = sorted.iter().find(|(_, times)| {
        so_far += **times;
        so_far * 2 > length
    });
    found.map(|(count, _)| *count).unwrap_or_default()
}
