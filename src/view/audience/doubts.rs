//! Doubts: counts that no crowd makes, marked by named rules. Nothing is edited: whoever reads a
//! figure may leave out what is marked, or ask X's own people.

use super::{Look, span};

/// Of a step: at least so many people more or fewer than at the look before …
pub const STEP_LEAST: u64 = 300;
/// … and so many times as many, or a part as small …
pub const STEP_TIMES: u64 = 3;
/// … within so many milliseconds.
pub const STEP_WITHIN_MS: u64 = 120_000;
/// Within so many milliseconds of the begin a crowd may come in as fast as it likes.
pub const STEP_AFTER_MS: i64 = 600_000;

/// Of a spike: at least so many people more or fewer than at the looks before and after …
pub const SPIKE_LEAST: u64 = 50;
/// … and at least this share, in per cent, of the larger of these two …
pub const SPIKE_PERCENT: u64 = 50;
/// … which lie within this share, in per cent, of one another.
pub const SPIKE_BESIDE_PERCENT: u64 = 20;

/// Of a round plateau: a multiple of this …
pub const ROUND_UNIT: u64 = 100;
/// … and at least so many people …
pub const ROUND_LEAST: u64 = 500;
/// … at so many looks one after the other …
pub const ROUND_LOOKS: usize = 4;
/// … over at least so many milliseconds.
pub const ROUND_MS: u64 = 300_000;

/// Why a count is doubted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// A step that no crowd makes: several times as many people, or a part of them, at once.
    Step,
    /// One look far from both of those beside it, which agree.
    Spike,
    /// Fewer people than hosts and speakers on the stage.
    UnderStage,
    /// The same round number for minutes.
    RoundPlateau,
}

impl Rule {
    /// Every rule.
    pub const ALL: [Self; 4] = [Self::Step, Self::Spike, Self::UnderStage, Self::RoundPlateau];

    /// Returns the word for it in sheets.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Step => "step",
            Self::Spike => "spike",
            Self::UnderStage => "under_stage",
            Self::RoundPlateau => "round_plateau",
        }
    }
}

/// A doubted observation; of several in a row that one rule doubts, the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// By which rule.
    pub rule: Rule,
    /// When it was observed, in milliseconds since the epoch.
    pub at: i64,
    /// Its place in the log.
    pub seq: u64,
    /// Its count.
    pub count: u64,
    /// What it is held against: the count before a step or a spike, the people on the stage, the
    /// looks that showed a round number.
    pub against: u64,
    /// Until when the rule doubts what was observed; `at` where it is one observation.
    pub until: i64,
}

impl Doubt {
    /// Returns whether it is of what was observed at this moment.
    pub fn is_of(&self, at: i64) -> bool {
        (self.at..=self.until).contains(&at)
    }
}

/// A live look with its place in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The look.
    pub look: Look,
    /// Its seq.
    pub seq: u64,
}

/// Returns whether a change between two looks is such that a rule may find something, so that the
/// curve has to be read.
#[inline]
pub fn is_suspect(before: u64, count: u64) -> bool {
    let change = before.abs_diff(count);
    let jumped =
        change >= SPIKE_LEAST && change.saturating_mul(100) >= before.saturating_mul(SPIKE_PERCENT);
    jumped || (change == 0 && is_round(count))
}

#[inline]
fn is_round(count: u64) -> bool {
    count >= ROUND_LEAST && count.is_multiple_of(ROUND_UNIT)
}

/// Returns what is doubted of live looks in the order of time, of a Space that began at
/// `started_at`: steps, spikes and round plateaus.
pub fn doubts(looks: &[Placed], started_at: Option<i64>) -> Vec<Doubt> {
    // A look without a count says nothing of a crowd.
    let counted: Vec<(Placed, u64)> =
        looks.iter().filter_map(|it| Some((*it, it.look.count?))).collect();
    let begun = started_at.or(looks.first().map(|first| first.look.at));
    let settled = begun.map_or(i64::MIN, |at| at.saturating_add(STEP_AFTER_MS));
    let is_spike = |number: usize| is_spike(&counted, number);
    let mut found = Vec::new();
    for number in 0..counted.len() {
        let (it, count) = counted[number];
        let doubt = |rule, against, until| Doubt {
            rule,
            at: it.look.at,
            seq: it.seq,
            count,
            against,
            until,
        };
        let before = number.checked_sub(1).map(|before| counted[before]);
        if is_spike(number) {
            let against = before.map_or(count, |(_, count)| count);
            found.push(doubt(Rule::Spike, against, it.look.at));
        } else if let Some(before) = before
            && !is_spike(number - 1)
            && is_beside(&before, &(it, count))
            && steps(&before, &(it, count), settled)
        {
            found.push(doubt(Rule::Step, before.1, it.look.at));
        }
        if before.is_none_or(|(_, before)| before != count) && is_round(count) {
            let same = counted[number..].iter().take_while(|(_, other)| *other == count);
            let same: Vec<i64> = same.map(|(it, _)| it.look.at).collect();
            let last = same.last().copied().unwrap_or(it.look.at);
            if same.len() >= ROUND_LOOKS && span(it.look.at, last) >= ROUND_MS {
                found.push(doubt(Rule::RoundPlateau, same.len() as u64, last));
            }
        }
    }
    found
}

/// Returns whether a look is far from both of those beside it, which agree.
fn is_spike(counted: &[(Placed, u64)], number: usize) -> bool {
    let Some([before, it, after]) =
        number.checked_sub(1).and_then(|first| counted.get(first..first + 3))
    else {
        return false;
    };
    let beside = before.1.max(after.1);
    let agree = before.1.abs_diff(after.1).saturating_mul(100)
        <= beside.saturating_mul(SPIKE_BESIDE_PERCENT);
    let far = |other: u64| {
        let change = it.1.abs_diff(other);
        change >= SPIKE_LEAST && change.saturating_mul(100) >= beside.saturating_mul(SPIKE_PERCENT)
    };
    agree && far(before.1) && far(after.1) && is_beside(before, it) && is_beside(it, after)
}

/// Returns whether there is no gap between two looks.
fn is_beside(before: &(Placed, u64), it: &(Placed, u64)) -> bool {
    let (before, it) = (before.0.look, it.0.look);
    span(before.at, it.at) <= before.hold_ms
}

/// Returns whether a look shows what no crowd does within so short a time.
fn steps(before: &(Placed, u64), it: &(Placed, u64), settled: i64) -> bool {
    let (less, more) = (before.1.min(it.1), before.1.max(it.1));
    let soon = span(before.0.look.at, it.0.look.at) <= STEP_WITHIN_MS;
    let may_come_in = it.1 > before.1 && it.0.look.at < settled;
    soon && !may_come_in && more - less >= STEP_LEAST && more >= less.saturating_mul(STEP_TIMES)
}
