//! What figures of several Spaces together rest on: how many of them were seen live, how often they
//! were looked at, how much of their airtime, how their ends are known, and what is doubted.

use std::collections::BTreeMap;

use crate::projector::ProjectorError;
use crate::sheet::{Column, Sheet, Unit, Value};
use crate::space::{SpaceId, SpaceState, several};
use crate::view::SpaceRow;
use crate::view::audience::Totals;

use super::doubts::{self, Doubted};
use super::space::{Figures, seconds};
use super::{Desk, basis};

/// So many doubts stand in a row; `doubted_observations` tells of how many in all.
const DOUBTS_MAX: usize = 20;

/// What stands behind the figures of a row, and whether a table shows it too.
const COLUMNS: [(&str, Unit, bool); 11] = [
    ("coverage", Unit::Share, true),
    ("gaps", Unit::Count, true),
    ("gap_seconds", Unit::Seconds, false),
    ("average_resolution_seconds", Unit::Seconds, false),
    ("ends_reported", Unit::Count, false),
    ("ends_inferred", Unit::Count, false),
    ("on_air", Unit::Count, false),
    ("doubted", Unit::None, false),
    ("doubted_observations", Unit::Count, false),
    ("doubts", Unit::None, false),
    ("basis", Unit::None, false),
];

/// What sums over Spaces seen live rest on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sums {
    /// How many were seen live.
    spaces: u64,
    totals: Totals,
    /// Covered time and airtime of those whose begin X reported: of others nobody knows the share.
    covered_of_ms: (u64, u64),
    /// Milliseconds between live looks that follow one another, and how many such pairs there are.
    apart: (u64, u64),
    ends: Ends,
}

/// How the ends of Spaces are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Ends {
    reported: u64,
    inferred: u64,
    on_air: u64,
}

/// What the figures of one row rest on.
#[derive(Clone, Debug, Default)]
pub(super) struct Behind {
    sums: Sums,
    doubts: Vec<Doubted>,
}

/// What is known of a Space before its doubts are looked for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Known {
    sums: Sums,
    /// Whether something of it may be doubted.
    is_suspect: bool,
}

/// The Spaces behind all rows of an answer, each read once.
pub(super) struct Grounds<'a> {
    desk: &'a Desk<'a>,
    /// Those that were read for other figures.
    known: BTreeMap<SpaceId, Known>,
    spaces: BTreeMap<SpaceId, Behind>,
}

impl Known {
    /// Returns the sums of its audience.
    pub const fn totals(&self) -> Totals {
        self.sums.totals
    }
}

/// Returns the columns of what rows of several Spaces rest on.
pub(super) fn columns() -> impl Iterator<Item = Column> {
    let column = |(name, unit, in_table): (&str, Unit, bool)| Column {
        name: name.to_owned(),
        unit,
        in_table,
    };
    COLUMNS.into_iter().map(column)
}

impl Ends {
    /// Returns how the end of one Space is known.
    pub fn of(row: &SpaceRow) -> Self {
        let (is_live, is_inferred) = (row.is_live(), row.end_inferred());
        let is_ended =
            row.ended_at.is_some() || row.state.as_deref() == Some(SpaceState::Ended.word());
        Self {
            reported: u64::from(!is_live && !is_inferred && is_ended),
            inferred: u64::from(is_inferred),
            on_air: u64::from(is_live),
        }
    }

    /// Returns those of both.
    pub const fn plus(self, other: Self) -> Self {
        Self {
            reported: self.reported + other.reported,
            inferred: self.inferred + other.inferred,
            on_air: self.on_air + other.on_air,
        }
    }

    /// Says it behind other words; nothing where no end is known.
    pub fn behind(self) -> String {
        let words = self.words();
        if words.is_empty() { words } else { format!(", {words}") }
    }

    /// Says it in words, such as `12 ends reported, 1 inferred, 1 on air`.
    fn words(self) -> String {
        let ends = |count: u64| several(count, "end", "ends");
        let mut words: Vec<String> = match (self.reported, self.inferred) {
            (0, 0) => Vec::new(),
            (reported, 0) => vec![format!("{} reported", ends(reported))],
            (0, inferred) => vec![format!("{} inferred", ends(inferred))],
            (reported, inferred) => {
                vec![format!("{} reported", ends(reported)), format!("{inferred} inferred")]
            }
        };
        if self.on_air > 0 {
            words.push(format!("{} on air", self.on_air));
        }
        words.join(", ")
    }
}

impl Sums {
    /// Returns those of one Space; nothing of one that was never seen live.
    fn of(row: &SpaceRow, figures: &Figures) -> Self {
        let Some(tracked_ms) = figures.audience.tracked_ms() else { return Self::default() };
        Self {
            spaces: 1,
            totals: figures.totals,
            covered_of_ms: figures
                .airtime_so_far_ms
                .map_or((0, 0), |airtime| (figures.totals.covered_ms.min(airtime), airtime)),
            apart: (tracked_ms, figures.audience.looks.saturating_sub(1)),
            ends: Ends::of(row),
        }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            spaces: self.spaces + other.spaces,
            totals: self.totals.plus(other.totals),
            covered_of_ms: (
                self.covered_of_ms.0 + other.covered_of_ms.0,
                self.covered_of_ms.1 + other.covered_of_ms.1,
            ),
            apart: (self.apart.0 + other.apart.0, self.apart.1 + other.apart.1),
            ends: self.ends.plus(other.ends),
        }
    }

    fn coverage(&self) -> Option<f64> {
        let (covered_ms, airtime_ms) = self.covered_of_ms;
        Totals { covered_ms, ..Totals::default() }.coverage(airtime_ms)
    }

    /// Returns the mean time between two looks that follow one another at the same Space.
    fn apart_ms(&self) -> Option<u64> {
        let (apart_ms, pairs) = self.apart;
        apart_ms.checked_div(pairs)
    }

    /// Says it in words; `None` where no Space was seen live.
    fn words(&self) -> Option<String> {
        let Self { spaces, totals, ends, .. } = self;
        let seen = (*spaces > 0).then(|| several(*spaces, "Space", "Spaces"))?;
        let every = self.apart_ms().map_or_else(
            || "no two looks at one".to_owned(),
            |ms| format!("every {} on average", basis::seconds(ms)),
        );
        let (coverage, gaps) = (basis::coverage(self.coverage()), basis::gaps(totals.gaps));
        Some(format!("{seen} seen live ({every}, {coverage}, {gaps}{})", ends.behind()))
    }
}

impl Behind {
    fn plus(mut self, other: &Self) -> Self {
        self.sums = self.sums.plus(other.sums);
        self.doubts.extend(&other.doubts);
        self
    }

    /// Returns the values under [`columns`]; unknown where no Space was seen live.
    pub fn values(mut self) -> Vec<Value> {
        let Sums { totals, ends, .. } = self.sums;
        let known = self.sums.spaces > 0;
        let count = |count: u64| Value::from(known.then_some(count));
        self.doubts.sort_by_key(|(space, doubt)| (doubt.at, doubt.seq, doubt.rule, *space));
        let first = &self.doubts[..self.doubts.len().min(DOUBTS_MAX)];
        vec![
            self.sums.coverage().filter(|_| known).into(),
            known.then_some(totals.gaps).into(),
            seconds(known.then_some(totals.gap_ms)),
            seconds(self.sums.apart_ms()),
            count(ends.reported),
            count(ends.inferred),
            count(ends.on_air),
            if known { doubts::rules(&self.doubts) } else { Value::Unknown },
            count(self.doubts.len() as u64),
            if known { doubts::told(first) } else { Value::Unknown },
            self.sums.words().into(),
        ]
    }
}

impl<'a> Grounds<'a> {
    /// Returns those of an answer that is still empty, for which some Spaces were read already.
    pub const fn new(desk: &'a Desk<'a>, known: BTreeMap<SpaceId, Known>) -> Self {
        Self { desk, known, spaces: BTreeMap::new() }
    }

    /// Returns what a row with these Spaces rests on.
    pub fn of(
        &mut self,
        spaces: impl IntoIterator<Item = SpaceId>,
    ) -> Result<Behind, ProjectorError> {
        let mut all = Behind::default();
        for id in spaces {
            if !self.spaces.contains_key(&id) {
                self.spaces.insert(id, self.behind(id)?);
            }
            if let Some(one) = self.spaces.get(&id) {
                all = all.plus(one);
            }
        }
        Ok(all)
    }

    /// Returns what the figures of one Space rest on.
    fn behind(&self, id: SpaceId) -> Result<Behind, ProjectorError> {
        let known = self.known.get(&id).copied();
        let Known { sums, is_suspect } = known.map_or_else(|| self.desk.known(id), Ok)?;
        let row = if is_suspect { self.desk.space_row(id)? } else { None };
        let doubts = row.map(|row| self.desk.doubts_of(id, &row)).transpose()?;
        Ok(Behind { sums, doubts: doubts.unwrap_or_default() })
    }

    /// Says below a table what all its rows rest on, each Space once, and what of it is doubted.
    pub fn show(self, sheet: &mut Sheet) {
        let all = self.spaces.values().fold(Behind::default(), Behind::plus);
        sheet.notes.extend(all.sums.words().map(|words| format!("basis: {words}")));
        doubts::show(sheet, "doubted", all.doubts);
    }
}

impl Desk<'_> {
    /// Returns what is known of a Space; nothing of one that was never seen live.
    pub(super) fn known(&self, id: SpaceId) -> Result<Known, ProjectorError> {
        let Some(row) = self.space_row(id)? else { return Ok(Known::default()) };
        let figures = self.figures(id, &row)?;
        let is_suspect = figures.is_known() && (row.needs_curve() || !row.under_stage.is_empty());
        Ok(Known { sums: Sums::of(&row, &figures), is_suspect })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config {
            failure_persistence: None,
            ..proptest::test_runner::Config::default()
        })]

        #[test]
        fn sums_of_spaces_are_no_more_than_whole_whatever_order_they_come_in(
            each in proptest::collection::vec((0..9_000_u64, 0..9_000_u64, 0..500_u64), 1..20),
        ) {
            let one = |(covered_ms, airtime_ms, count): (u64, u64, u64)| Sums {
                spaces: 1,
                totals: Totals { area: covered_ms * count, covered_ms, ..Totals::default() },
                covered_of_ms: (covered_ms.min(airtime_ms), airtime_ms),
                ..Sums::default()
            };
            let all = each.iter().copied().map(one).fold(Sums::default(), Sums::plus);
            let turned = each.iter().rev().copied().map(one).fold(Sums::default(), Sums::plus);
            proptest::prop_assert_eq!(all, turned);
            proptest::prop_assert!(all.coverage().is_none_or(|share| share <= 1.0));
            #[expect(clippy::cast_precision_loss, reason = "small counts")]
            let peak = each.iter().map(|(.., count)| *count).max().unwrap_or_default() as f64;
            proptest::prop_assert!(all.totals.average().is_none_or(|mean| mean <= peak + 1e-9));
        }
    }

    #[test]
    fn ends_are_told_as_they_are_known() {
        let ends = |reported, inferred, on_air| Ends { reported, inferred, on_air }.words();
        assert_eq!(ends(12, 1, 1), "12 ends reported, 1 inferred, 1 on air");
        assert_eq!(ends(1, 0, 0), "1 end reported");
        assert_eq!(ends(0, 2, 0), "2 ends inferred");
        assert_eq!(ends(0, 0, 3), "3 on air");
    }
}
