//! Which Spaces are parts of one event: rules that can be read off two of them.

use std::collections::BTreeSet;

use crate::space::SpaceId;

/// One begins at most so many milliseconds after the end of the other …
pub const AFTER_MS: i64 = 1_800_000;
/// … or so many before it: a Space that broke down is seen to end late.
pub const BEFORE_MS: i64 = 300_000;
/// Of a series: the next part begins at most so long after the end of the one before.
pub const SERIES_MS: i64 = 86_400_000;

/// Words of titles after which the number of a part stands.
const PART_WORDS: [&str; 12] =
    ["#", "part", "pt", "day", "episode", "ep", "session", "teil", "tag", "parte", "partie", "dia"];

/// Why two Spaces are parts of one event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// Somebody said so.
    ByHand,
    /// The same creator began again under the same title, right after the end.
    Relaunch,
    /// Somebody of the stage went on under the same title, before or right after the end.
    Takeover,
    /// The same host went on within a day with the part that has the next number.
    Series,
}

impl Rule {
    /// Returns the word for it in sheets.
    pub const fn word(self) -> &'static str {
        match self {
            Self::ByHand => "by_hand",
            Self::Relaunch => "relaunch",
            Self::Takeover => "takeover",
            Self::Series => "series",
        }
    }
}

/// A title without what changes from part to part: case, punctuation, the number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Title {
    words: Vec<String>,
    number: Option<u64>,
}

impl Title {
    /// Reads a title; the number of a part stands after a word such as `part`, or after `#`.
    pub fn of(title: &str) -> Self {
        let title = title.to_lowercase().replace('#', " # ");
        let mut words: Vec<String> = Vec::new();
        let mut number = None;
        for word in title.split(|c: char| !(c.is_alphanumeric() || c == '#')) {
            let is_number_next =
                words.last().is_some_and(|before| PART_WORDS.contains(&before.as_str()));
            match word.parse::<u64>() {
                Ok(told) if number.is_none() && is_number_next => {
                    number = Some(told);
                    words.pop();
                }
                _ if word.is_empty() => {}
                _ => words.push(word.to_owned()),
            }
        }
        Self { words, number }
    }
}

/// What the rules look at of a Space. Moments are milliseconds since the epoch.
#[derive(Clone, Debug)]
pub struct Part {
    /// The Space.
    pub id: SpaceId,
    /// Whether it was ever seen on air: no rule joins one that was not.
    pub was_live: bool,
    /// Its title.
    pub title: Title,
    /// Who made it.
    pub creator: Option<u64>,
    /// Its hosts.
    pub hosts: BTreeSet<u64>,
    /// Hosts and speakers.
    pub stage: BTreeSet<u64>,
    /// When it began, or was first seen.
    pub begin: i64,
    /// When it ended, as far as that is known; `None` while on air.
    pub end: Option<i64>,
}

/// Returns the rule by which a Space and one that began later, or with it, are parts of one event.
pub fn rule(first: &Part, next: &Part) -> Option<Rule> {
    if !(first.was_live && next.was_live) {
        return None;
    }
    let after = first.end.map(|end| next.begin.saturating_sub(end));
    let within = |most: i64| after.is_some_and(|after| (-BEFORE_MS..=most).contains(&after));
    let is_shared = !first.hosts.is_disjoint(&next.hosts);
    let same_creator = match (first.creator, next.creator) {
        (Some(one), Some(other)) => one == other,
        _ => is_shared,
    };
    if same_creator && first.title == next.title && within(AFTER_MS) {
        return Some(Rule::Relaunch);
    }
    let is_titled = !first.title.words.is_empty() && first.title.words == next.title.words;
    let from_stage = !first.stage.is_disjoint(&next.hosts) || !first.hosts.is_disjoint(&next.stage);
    let is_soon = after.is_none_or(|after| after <= AFTER_MS);
    if !same_creator && from_stage && is_titled && first.title == next.title && is_soon {
        return Some(Rule::Takeover);
    }
    let is_next = next.title.number == Some(first.title.number.unwrap_or(1).saturating_add(1));
    (is_shared && is_titled && is_next && within(SERIES_MS)).then_some(Rule::Series)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIN: i64 = 60_000;

    /// A Space by creator 1, on air from one minute to another.
    fn part(title: &str, from: i64, to: Option<i64>) -> Part {
        Part {
            id: "1abc".parse().unwrap(),
            was_live: true,
            title: Title::of(title),
            creator: Some(1),
            hosts: [1].into(),
            stage: [1, 5].into(),
            begin: from * MIN,
            end: to.map(|to| to * MIN),
        }
    }

    /// The same by somebody else.
    fn by(creator: u64, it: Part) -> Part {
        Part { creator: Some(creator), hosts: [creator].into(), stage: [creator].into(), ..it }
    }

    #[test]
    fn a_crash_and_its_relaunch_are_one() {
        let first = part("Night of climate", 0, Some(40));
        let again = |title, from| rule(&first, &part(title, from, None));
        assert_eq!(again("Night of Climate!", 43), Some(Rule::Relaunch));
        assert_eq!(again("Night of climate", 70), Some(Rule::Relaunch), "half an hour at most");
        assert_eq!(again("Night of climate", 35), Some(Rule::Relaunch), "seen to end late");
        assert_eq!(again("Night of climate", 71), None);
        assert_eq!(again("Night of climate", 34), None, "both on air is no relaunch");
        assert_eq!(again("Morning of climate", 43), None);
        assert_eq!(rule(&first, &by(2, part("Night of climate", 43, None))), None, "a stranger");
        let untitled = part("", 0, Some(40));
        assert_eq!(rule(&untitled, &part("", 43, None)), Some(Rule::Relaunch));
    }

    #[test]
    fn somebody_of_the_stage_who_goes_on_takes_over() {
        let first = part("Night of climate", 0, Some(40));
        let next = |creator, from| rule(&first, &by(creator, part("Night of climate", from, None)));
        assert_eq!(next(5, 43), Some(Rule::Takeover), "5 spoke in the first");
        assert_eq!(next(5, 20), Some(Rule::Takeover), "while it goes on");
        assert_eq!(next(5, 71), None);
        assert_eq!(next(6, 43), None, "6 was not there");
        let other = by(5, part("Something else", 43, None));
        assert_eq!(rule(&first, &other), None);
        let on_air = part("Night of climate", 0, None);
        assert_eq!(rule(&on_air, &by(5, part("Night of climate", 90, None))), Some(Rule::Takeover));
        // The first host comes back on the stage of the other.
        let guest = Part { stage: [1, 6].into(), ..by(6, part("Night of climate", 43, None)) };
        assert_eq!(rule(&first, &guest), Some(Rule::Takeover));
        let untitled = by(5, part("", 43, None));
        assert_eq!(rule(&part("", 0, Some(40)), &untitled), None, "no title is no common one");
    }

    #[test]
    fn the_next_part_within_a_day_is_of_the_series() {
        let first = part("Launch watch, part 1", 0, Some(60));
        let next = |title, from| rule(&first, &part(title, from, None));
        assert_eq!(next("Launch watch – Part 2", 60 + 24 * 60), Some(Rule::Series));
        assert_eq!(next("Launch watch #2", 90), Some(Rule::Series));
        assert_eq!(next("Launch watch, part 2", 61 + 24 * 60), None);
        assert_eq!(next("Launch watch, part 3", 90), None);
        assert_eq!(next("Launch watch 2", 90), None, "a number alone is no part");
        assert_eq!(
            rule(&part("Launch watch", 0, Some(60)), &part("Launch watch pt. 2", 90, None)),
            Some(Rule::Series),
            "the first part need not say so"
        );
        assert_eq!(rule(&first, &by(5, part("Launch watch, part 2", 90, None))), None);
    }

    #[test]
    fn no_rule_joins_a_space_that_was_never_on_air() {
        let first = part("Night of climate", 0, Some(40));
        let announced = Part { was_live: false, ..part("Night of climate", 43, None) };
        assert_eq!(rule(&first, &announced), None);
    }
}
