//! A curve as stretches in which a count was held: what every integral and every window runs over.

use super::{Look, span};

/// A stretch in which one count was held: from its begin up to, and not with, its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// Its begin, in milliseconds since the epoch.
    pub from: i64,
    /// Its end.
    pub to: i64,
    /// People present.
    pub count: u64,
}

impl Held {
    /// Returns its length in milliseconds.
    pub fn length_ms(&self) -> u64 {
        span(self.from, self.to)
    }
}

/// Returns the stretches of these looks, which stand in the order of time. The last count is held
/// to `until`, and no count longer than its limit. Equal counts that follow one another without a
/// gap are one stretch, so that looks which show nothing new change nothing. The last one has no
/// length where the curve ends with its look.
pub fn held(looks: &[Look], until: i64) -> Vec<Held> {
    let mut stretches: Vec<Held> = Vec::with_capacity(looks.len());
    for (number, look) in looks.iter().enumerate() {
        let Some(count) = look.count else { continue };
        let next = looks.get(number + 1).map_or(until.max(look.at), |next| next.at);
        let to = next.min(look.at.saturating_add_unsigned(look.hold_ms));
        match stretches.last_mut() {
            Some(last) if last.to == look.at && last.count == count => last.to = to,
            _ if to > look.at || number + 1 == looks.len() => {
                stretches.push(Held { from: look.at, to, count });
            }
            // Two looks of one moment: the later one counts.
            _ => {}
        }
    }
    stretches
}

/// Returns the parts of a curve within which there is no gap.
pub fn unbroken(stretches: &[Held]) -> impl Iterator<Item = &[Held]> {
    stretches.chunk_by(|before, after| before.to == after.from)
}

/// Returns the count below or at which the curve was for at least `percent` of the covered time;
/// `None` when nothing was covered.
pub fn quantile(stretches: &[Held], percent: u32) -> Option<u64> {
    let mut by_count: Vec<(u64, u64)> =
        stretches.iter().map(|held| (held.count, held.length_ms())).collect();
    by_count.sort_unstable();
    let covered: u128 = by_count.iter().map(|(_, length)| u128::from(*length)).sum();
    let mut so_far = 0_u128;
    by_count.into_iter().filter(|_| covered > 0).find_map(|(count, length)| {
        so_far += u128::from(length);
        (length > 0 && so_far * 100 >= covered * u128::from(percent)).then_some(count)
    })
}

/// How far apart looks were, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resolution {
    /// The median; of an even number the mean of the two in the middle.
    pub median_ms: u64,
    /// The largest.
    pub largest_ms: u64,
}

/// Returns how far apart the looks of these curves were, which stand in the order of time each;
/// `None` where no curve has two.
pub fn resolution<'a>(curves: impl Iterator<Item = &'a [Look]>) -> Option<Resolution> {
    let pairs = curves.flat_map(|looks| looks.windows(2));
    let mut apart: Vec<u64> = pairs.map(|pair| span(pair[0].at, pair[1].at)).collect();
    apart.sort_unstable();
    let largest_ms = *apart.last()?;
    let (low, high) = (apart[(apart.len() - 1) / 2], apart[apart.len() / 2]);
    Some(Resolution { median_ms: low + (high - low) / 2, largest_ms })
}
