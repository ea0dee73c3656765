//! Spaces gathered into events: what a person said first, then the rules, in the order of time.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::rule::{Part, Rule, SERIES_MS, rule};
use crate::space::SpaceId;

/// At most so many Spaces are one event: a chain of rules ends there.
pub const PARTS_MAX: usize = 50;

/// What joins a part to another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The other part.
    pub to: SpaceId,
    /// By which rule.
    pub rule: Rule,
}

/// A part of an event, and what joins it; the first has no link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Joined {
    /// The Space.
    pub id: SpaceId,
    /// What joins it.
    pub link: Option<Link>,
}

/// What a person said of two Spaces: that they are parts of one event, or are not.
pub type Said = (SpaceId, SpaceId, bool);

/// Returns the events of more than one part, each by the begins of its parts. Two Spaces that
/// somebody parted are never in one event, whatever the rules say.
pub fn groups(mut parts: Vec<Part>, said: &[Said]) -> Vec<Vec<Joined>> {
    parts.sort_by_key(|part| (part.begin, part.id));
    let places: BTreeMap<SpaceId, usize> =
        parts.iter().enumerate().map(|(place, part)| (part.id, place)).collect();
    let (parted, by_hand) = (pairs(said, &places, false), pairs(said, &places, true));
    let mut links: Vec<(usize, usize, Rule)> =
        by_hand.iter().map(|(one, other)| (*one, *other, Rule::ByHand)).collect();
    let mut by_rule = by_rules(&parts);
    by_rule.retain(|(first, next, _)| !by_hand.contains(&(*first, *next)));
    links.extend(by_rule);
    let mut sets = Sets { of: (0..parts.len()).collect(), members: BTreeMap::new(), parted };
    for (first, next, _) in &links {
        sets.unite(*first, *next);
    }
    sets.members.values().map(|members| listed(members, &links, &parts)).collect()
}

/// Returns the places of every two Spaces of which somebody said last that they are one event, or
/// that they are not, the earlier first.
fn pairs(
    said: &[Said],
    places: &BTreeMap<SpaceId, usize>,
    joined: bool,
) -> BTreeSet<(usize, usize)> {
    let said = said.iter().filter(|(_, _, it)| *it == joined);
    let both = said.filter_map(|(one, other, _)| {
        let (one, other) = (*places.get(one)?, *places.get(other)?);
        Some((one.min(other), one.max(other)))
    });
    both.collect()
}

/// Returns which Spaces the rules join, each with the nearest before it first. Only Spaces with
/// somebody in common are looked at, and of these only what begins within the longest time.
fn by_rules(parts: &[Part]) -> Vec<(usize, usize, Rule)> {
    let mut of_person: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for (place, part) in parts.iter().enumerate().filter(|(_, part)| part.was_live) {
        for person in part.hosts.union(&part.stage) {
            of_person.entry(*person).or_default().push(place);
        }
    }
    let mut pairs: BTreeSet<(usize, Reverse<usize>)> = BTreeSet::new();
    for places in of_person.values() {
        for (number, first) in places.iter().enumerate() {
            let end = parts[*first].end.map_or(i64::MAX, |end| end.saturating_add(SERIES_MS));
            let later = places[number + 1..].iter().take_while(|it| parts[**it].begin <= end);
            pairs.extend(later.map(|next| (*next, Reverse(*first))));
        }
    }
    let joined = pairs.into_iter().filter_map(|(next, Reverse(first))| {
        rule(&parts[first], &parts[next]).map(|rule| (first, next, rule))
    });
    joined.collect()
}

/// Sets of parts that belong together.
struct Sets {
    /// Of each part, the first of its set.
    of: Vec<usize>,
    /// The parts of each set of more than one, by the first.
    members: BTreeMap<usize, Vec<usize>>,
    parted: BTreeSet<(usize, usize)>,
}

impl Sets {
    /// Makes one set of those of two parts, unless somebody parted what would be in it, or it grew
    /// too large.
    fn unite(&mut self, one: usize, other: usize) {
        let (a, b) = (self.of[one].min(self.of[other]), self.of[one].max(self.of[other]));
        if a == b {
            return;
        }
        let members = |of: usize| self.members.get(&of).cloned().unwrap_or_else(|| vec![of]);
        let (mut into, from) = (members(a), members(b));
        let is_parted = into.iter().any(|one| {
            from.iter().any(|other| self.parted.contains(&(*one.min(other), *one.max(other))))
        });
        if is_parted || into.len() + from.len() > PARTS_MAX {
            return;
        }
        for part in &from {
            self.of[*part] = a;
        }
        into.extend(from);
        into.sort_unstable();
        self.members.remove(&b);
        self.members.insert(a, into);
    }
}

/// Returns the parts of an event, each with what joins it: to the nearest one before it, by a
/// person's word before a rule; where nothing joins it to one before, to one after it.
fn listed(members: &[usize], links: &[(usize, usize, Rule)], parts: &[Part]) -> Vec<Joined> {
    let ours: BTreeSet<usize> = members.iter().copied().collect();
    let mut of_part: BTreeMap<usize, Vec<(usize, Rule)>> = BTreeMap::new();
    for (first, next, rule) in
        links.iter().filter(|it| ours.contains(&it.0) && ours.contains(&it.1))
    {
        of_part.entry(*next).or_default().push((*first, *rule));
        of_part.entry(*first).or_default().push((*next, *rule));
    }
    let joined = |(number, place): (usize, &usize)| {
        let links = of_part.get(place).map(Vec::as_slice).unwrap_or_default();
        let nearest = links.iter().min_by_key(|(other, rule)| {
            (other > place, *rule != Rule::ByHand, other.abs_diff(*place))
        });
        let link = nearest.map(|(other, rule)| Link { to: parts[*other].id, rule: *rule });
        Joined { id: parts[*place].id, link: link.filter(|_| number > 0) }
    };
    members.iter().enumerate().map(joined).collect()
}

#[cfg(test)]
mod tests {
    use super::super::rule::Title;
    use super::*;

    const MIN: i64 = 60_000;

    fn id(number: u64) -> SpaceId {
        format!("1part{number}").parse().unwrap()
    }

    /// Space `number`, of ten minutes from a minute on, by creator 1.
    fn part(number: u64, from: i64) -> Part {
        Part {
            id: id(number),
            was_live: true,
            title: Title::of("Night of climate"),
            creator: Some(1),
            hosts: [1].into(),
            stage: [1].into(),
            begin: from * MIN,
            end: Some((from + 10) * MIN),
        }
    }

    fn numbers(found: &[Vec<Joined>]) -> Vec<Vec<SpaceId>> {
        found.iter().map(|parts| parts.iter().map(|part| part.id).collect()).collect()
    }

    #[test]
    fn parts_are_a_chain_and_each_says_what_joins_it() {
        let parts = vec![part(3, 30), part(1, 0), part(2, 15), part(4, 500)];
        let found = groups(parts, &[]);
        let to = |number| Some(Link { to: id(number), rule: Rule::Relaunch });
        assert_eq!(
            found,
            [[
                Joined { id: id(1), link: None },
                Joined { id: id(2), link: to(1) },
                Joined { id: id(3), link: to(2) },
            ]]
        );
    }

    #[test]
    fn what_a_person_says_comes_before_the_rules() {
        let parts = || vec![part(1, 0), part(2, 15), part(3, 30), part(4, 500)];
        let by_hand = groups(parts(), &[(id(4), id(1), true)]);
        assert_eq!(numbers(&by_hand), [[id(1), id(2), id(3), id(4)]]);
        assert_eq!(by_hand[0][3].link, Some(Link { to: id(1), rule: Rule::ByHand }));
        // 2 follows 1 and 3 follows 2, by rule; but somebody says that 3 is not of 1.
        let parted = groups(parts(), &[(id(1), id(3), false)]);
        assert_eq!(numbers(&parted), [[id(1), id(2)]]);
        let alone = groups(parts(), &[(id(2), id(1), false), (id(2), id(3), false)]);
        assert_eq!(numbers(&alone), [[id(1), id(3)]], "twenty minutes apart");
    }

    #[test]
    fn a_chain_ends_where_it_is_too_long() {
        let parts = (0..60).map(|number| part(number, 15 * i64::try_from(number).unwrap()));
        let found = groups(parts.collect(), &[]);
        assert_eq!(found[0].len(), PARTS_MAX);
    }
}
