//! What Spaces are counted under, words or topics: in a window back from now, and in the one before
//! it.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use crate::projector::ProjectorError;
use crate::sheet::{Column, Unit, Value};
use crate::space::SpaceId;
use crate::view::audience::{Totals, keyword_share};

use super::sums::{Grounds, Known};
use super::{Desk, QuestionError};

/// The order of what is counted, the greatest first; unknown last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CountSort {
    /// By the Spaces in the window.
    #[default]
    Spaces,
    /// By how far they are above what the window before leads to expect.
    Trending,
    /// By participant-hours of the Spaces in the window.
    ParticipantHours,
}

/// What is counted: a window, an order, a cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counting {
    /// How far back, in milliseconds.
    pub last_ms: u64,
    /// The order.
    pub sort: CountSort,
    /// At most this many; 0 is all.
    pub limit: usize,
}

/// A window back from now, and the one before it, as long.
#[derive(Clone, Copy, Debug)]
struct Windows {
    /// Where the one before begins.
    before: i64,
    /// Where the window begins.
    from: i64,
    /// The first moment after it.
    to: i64,
}

/// What is counted under one key.
#[derive(Debug, Default)]
struct Count {
    now: u64,
    before: u64,
    spaces: Vec<SpaceId>,
}

/// Spaces first seen in two windows, and what is counted of them.
#[derive(Debug)]
pub(super) struct Tally {
    windows: Windows,
    /// Every Space of the window, with what its audience comes to.
    spaces: BTreeMap<SpaceId, Known>,
    /// Spaces of the window before.
    before: BTreeSet<SpaceId>,
    counts: HashMap<String, Count>,
}

/// One key with its figures.
#[derive(Debug)]
pub(super) struct Counted {
    pub key: String,
    now: u64,
    before: u64,
    trending: Option<f64>,
    hours: Option<f64>,
    share: Option<f64>,
    /// The Spaces in the window.
    pub spaces: Vec<SpaceId>,
}

impl Tally {
    /// Returns where the window before begins, and the first moment after both.
    pub fn span(&self) -> (i64, i64) {
        (self.windows.before, self.windows.to)
    }

    /// Counts a Space, first seen at a moment in either window.
    pub fn see(&mut self, space: SpaceId, at: i64) {
        if at >= self.windows.from {
            self.spaces.entry(space).or_default();
        } else {
            self.before.insert(space);
        }
    }

    /// Counts a Space under a key, `times` times.
    pub fn add(&mut self, key: String, space: SpaceId, at: i64, times: u64) {
        let count = self.counts.entry(key).or_default();
        if at >= self.windows.from {
            count.now += times;
            // Whatever a Space is counted under, it is so in one go.
            if count.spaces.last() != Some(&space) {
                count.spaces.push(space);
            }
        } else {
            count.before += times;
        }
    }

    /// Returns what was counted in the window, in the order asked for, and the Spaces it rests on.
    fn counted(self, sort: CountSort) -> (Vec<Counted>, BTreeMap<SpaceId, Known>) {
        let all = self.spaces.values().map(Known::totals).fold(Totals::default(), Totals::plus);
        let (now, before) = (self.spaces.len() as u64, self.before.len() as u64);
        let figures = |(key, count): (String, Count)| {
            let totals = count.spaces.iter().filter_map(|space| self.spaces.get(space));
            let hours =
                totals.map(Known::totals).fold(Totals::default(), Totals::plus).participant_hours();
            Counted {
                trending: trending((count.now, count.before), (now, before)),
                share: keyword_share(hours, all.participant_hours()),
                now: count.now,
                before: count.before,
                key,
                hours,
                spaces: count.spaces,
            }
        };
        let counts = self.counts.into_iter().filter(|(_, count)| count.now > 0);
        let mut counted: Vec<Counted> = counts.map(figures).collect();
        counted.sort_by(|a, b| {
            let falling = |a: Option<f64>, b: Option<f64>| b.partial_cmp(&a);
            let order = match sort {
                CountSort::Spaces => None,
                CountSort::Trending => falling(a.trending, b.trending),
                CountSort::ParticipantHours => falling(a.hours, b.hours),
            };
            order.unwrap_or(Ordering::Equal).then(b.now.cmp(&a.now)).then(a.key.cmp(&b.key))
        });
        (counted, self.spaces)
    }
}

impl Counted {
    /// From `spaces` to `share`.
    pub fn values(&self) -> [Value; 5] {
        [
            self.now.into(),
            self.before.into(),
            self.hours.into(),
            self.share.into(),
            self.trending.into(),
        ]
    }
}

/// From `spaces` to `trending`.
pub(super) fn columns() -> [Column; 5] {
    [
        Column::new("spaces", Unit::Count),
        Column::new("previous_spaces", Unit::Count),
        Column::new("participant_hours", Unit::ParticipantHours),
        Column::new("share", Unit::Share),
        Column::new("trending", Unit::Count),
    ]
}

/// Returns how far a count is above what the window before leads to expect, in deviations of
/// chance: (n − r·p) ÷ √(n + r²·p), where n and p are the counts in the window and in the one
/// before, and r is how many times as many Spaces were first seen in the window. `None` where none
/// was in the one before: nothing can be expected then.
fn trending((count, count_before): (u64, u64), (all, all_before): (u64, u64)) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "Spaces in a window are far fewer than 2^53")]
    let [n, p, all, all_before] = [count, count_before, all, all_before].map(|it| it as f64);
    let r = (all_before > 0.0).then(|| all / all_before)?;
    let deviation = (n + r * r * p).sqrt();
    (deviation > 0.0).then(|| (n - r * p) / deviation)
}

/// Returns what is to be said of what was counted: that some of it is not shown, and that nothing
/// trends where there is nothing to measure it against.
pub(super) fn notes(
    (counted, total): (&[Counted], usize),
    sort: CountSort,
    what: &str,
) -> Vec<String> {
    let mut notes = Vec::new();
    if counted.len() < total {
        notes.push(format!("{} of {total} {what}; --limit 0 shows all", counted.len()));
    }
    let is_first = !counted.is_empty() && counted.iter().all(|it| it.trending.is_none());
    if sort == CountSort::Trending && is_first {
        notes.push(
            "what is trending is not known yet: no Space was seen in the window before this one, \
             which it is measured against; the most Spaces stand first"
                .to_owned(),
        );
    }
    notes
}

impl Desk<'_> {
    /// Returns an empty tally of the windows back from now.
    pub(super) fn tally(&self, counting: &Counting) -> Tally {
        let last = i64::try_from(counting.last_ms).unwrap_or(i64::MAX);
        let from = self.now.saturating_sub(last);
        let windows =
            Windows { before: from.saturating_sub(last), from, to: self.now.saturating_add(1) };
        Tally { windows, spaces: BTreeMap::new(), before: BTreeSet::new(), counts: HashMap::new() }
    }

    /// Returns the Spaces first seen in either window, by time: when, and which.
    pub(super) fn first_seen(&self, tally: &Tally) -> Result<Vec<(i64, SpaceId)>, ProjectorError> {
        let (before, to) = tally.span();
        let mut found = Vec::new();
        self.views.spaces.ask(|spaces, disk| {
            spaces.each_first_seen(disk, before, to, |at, space| {
                found.push((at, space));
                Ok(true)
            })
        })?;
        Ok(found)
    }

    /// Returns what was counted, in its order and cut, how many there are in all, and the Spaces
    /// that it rests on.
    pub(super) fn counted(
        &self,
        mut tally: Tally,
        counting: &Counting,
    ) -> Result<(Vec<Counted>, usize, Grounds<'_>), QuestionError> {
        for (id, known) in &mut tally.spaces {
            *known = self.known(*id)?;
        }
        let (mut counted, known) = tally.counted(counting.sort);
        let total = counted.len();
        counted.truncate(if counting.limit == 0 { total } else { counting.limit });
        Ok((counted, total, Grounds::new(self, known)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_trends_is_measured_against_what_the_window_before_leads_to_expect() {
        // As many Spaces in both windows: 9 where 1 was, (9 − 1) ÷ √10.
        let shown = |counts, all| trending(counts, all).map(|it| format!("{it:.3}"));
        assert_eq!(shown((9, 1), (50, 50)).as_deref(), Some("2.530"));
        // Twice as many Spaces: 4 where 1 was, (4 − 2) ÷ √(4 + 4).
        assert_eq!(shown((4, 1), (20, 10)).as_deref(), Some("0.707"));
        assert_eq!(shown((2, 1), (20, 10)).as_deref(), Some("0.000"), "as everything else");
        assert_eq!(shown((100, 90), (500, 500)).as_deref(), Some("0.725"), "large and steady");
        assert_eq!(shown((1, 4), (50, 50)).as_deref(), Some("-1.342"));
        assert_eq!(shown((3, 0), (3, 0)), None, "nothing was seen before");
    }
}
