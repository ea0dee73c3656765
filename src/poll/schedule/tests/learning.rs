//! What answers teach: hosts to watch, searches that are cut, ends to be looked for, spam.

use super::*;
use crate::space::{Description, Observation, SearchState};

/// A Space on air that so many people hear.
fn observed(number: u32, creator: u64, count: u64) -> Observation {
    Observation {
        id: id(number),
        state: Some(SpaceState::Live),
        participants: Some(count),
        subscribers: None,
        speakers: None,
        description: Description {
            title: Some(format!(
                "climate talks of the {}",
                ["north", "south"][number as usize % 2]
            )),
            creator: Some(UserId(creator)),
            hosts: Some(vec![UserId(creator), UserId(creator + 1_000)]),
            started_at: Some(START.plus(-60_000)),
            ..Description::default()
        },
    }
}

fn search(text: &str, state: SearchState) -> Target {
    Target::Query { text: text.to_owned(), state, max_results: 100 }
}

impl Asking {
    fn answer(&mut self, target: &Target, spaces: Vec<Observation>) -> Learned {
        let shown: Vec<SpaceId> = spaces.iter().map(|it| it.id).collect();
        let seen = Seen { spaces, ..Seen::default() };
        let learned = self.schedule.answered(target, &seen, self.now);
        for id in shown {
            self.schedule.follow(id, sight(Some(SpaceState::Live), None, true), self.now);
        }
        learned
    }

    fn creators(&self) -> Vec<UserId> {
        let ids = self.asked.iter().filter_map(|(_, target)| match target {
            Target::Creators(ids) => Some(ids.clone()),
            _ => None,
        });
        ids.flatten().collect()
    }
}

#[test]
fn every_host_that_is_seen_joins_the_creator_watch_unless_everything_is_asked_once() {
    for once in [false, true] {
        let mut asking = Asking::with(&["climate"], once);
        asking.answer(&search("climate", SearchState::All), vec![observed(1, 7, 5)]);
        asking.run(60);
        let watched = [UserId(7), UserId(1_007)].map(|id| asking.creators().contains(&id));
        assert_eq!(watched, [!once, !once]);
    }
}

#[test]
fn a_search_that_is_cut_is_asked_as_two_and_then_with_the_words_of_its_titles() {
    let mut asking = Asking::with(&["climate"], false);
    let full = || (0..100).map(|number| observed(number, u64::from(number), 5)).collect();
    let cut = asking.answer(&search("climate", SearchState::All), full()).cut.unwrap();
    let halves = [SearchState::Live, SearchState::Scheduled].map(|it| ("climate".to_owned(), it));
    assert_eq!(cut.into, halves);
    let cut = asking.answer(&search("climate", SearchState::Live), full()).cut.unwrap();
    let words: Vec<&str> = cut.into.iter().map(|(text, _)| text.as_str()).collect();
    assert_eq!(words, ["climate talks", "climate the", "climate north", "climate south"]);
    let again = asking.answer(&search("climate", SearchState::Live), full()).cut;
    let deeper = asking.answer(&search("climate talks", SearchState::Live), full()).cut;
    assert_eq!((again, deeper), (None, None), "it ends there");
    asking.run(1_200);
    let texts: std::collections::BTreeSet<_> =
        asking.searches().into_iter().map(|(_, text)| text).collect();
    assert_eq!(texts.len(), 5, "{texts:?}");
}

#[test]
fn a_cut_search_is_asked_with_words_of_every_language_in_its_answer() {
    let mut asking = Asking::with(&["climate"], false);
    asking.answer(&search("climate", SearchState::All), (0..100).map(of_a_language).collect());
    let half = search("climate", SearchState::Live);
    let cut = asking.answer(&half, (0..100).map(of_a_language).collect()).cut.unwrap();
    let texts: Vec<&str> = cut.into.iter().map(|(text, _)| text.as_str()).collect();
    assert_eq!(texts, ["climate talks", "climate المناخ", "climate 天気", "climate tonight"]);
}

/// A Space of a hundred: 60 in English, 30 in Arabic, ten in Japanese.
fn of_a_language(number: u32) -> Observation {
    let (lang, title) = match number {
        0..60 => ("en", "Climate talks tonight"),
        60..90 => ("ar", "climate المناخ"),
        _ => ("ja", "climate 天気"),
    };
    let mut it = observed(number, u64::from(number), 5);
    it.description.lang = Some(lang.to_owned());
    it.description.title = Some(title.to_owned());
    it
}

#[test]
fn a_live_space_that_its_creator_s_list_no_longer_shows_is_looked_at_at_once() {
    let mut asking = Asking::with(&[], false);
    let creators = Target::Creators(vec![UserId(7), UserId(8)]);
    let both = vec![observed(1, 7, 5), observed(2, 8, 5_000)];
    asking.answer(&creators, both);
    asking.run(10);
    asking.asked.clear();
    asking.answer(&creators, vec![observed(2, 8, 5_000)]);
    asking.run(4);
    let first = asking.asked.iter().find(|(_, target)| !matches!(target, Target::Creators(_)));
    let first = &first.unwrap().1;
    let is_it = match first {
        Target::Space(asked) => *asked == id(1),
        Target::Spaces(ids) => ids.contains(&id(1)),
        _ => false,
    };
    assert!(is_it, "{first:?}");
}

#[test]
fn spam_is_followed_cheaply_and_told_of_once() {
    let mut asking = Asking::with(&[], false);
    let spam = |number| {
        let mut it = observed(number, u64::from(number), 0);
        it.description.title = Some("FREE coins".to_owned());
        it
    };
    let target = search("coins", SearchState::All);
    let told = asking.answer(&target, (0..50).map(spam).collect()).spam;
    assert_eq!(told.len(), 48, "two come before it shows");
    let again = asking.answer(&target, (0..50).map(spam).collect()).spam;
    assert_eq!(again.len(), 2);
    asking.answer(&target, (100..300).map(|it| observed(it, u64::from(it), 50)).collect());
    asking.run(300);
    let looks = asking.all_looks();
    let of = |number| looks.get(&id(number)).map_or(0, Vec::len);
    let (most, least) = ((0..50).map(of).max(), (100..300).map(of).min());
    assert!(most.unwrap() * 5 < least.unwrap(), "{most:?} {least:?}");
    // It grows old, and nobody comes.
    asking.run(900);
    asking.answer(&target, (0..50).map(spam).collect());
    asking.asked.clear();
    asking.run(300);
    let looks = asking.all_looks();
    let of = |number| looks.get(&id(number)).map_or(0, Vec::len);
    let (most, least) = ((0..50).map(of).max(), (100..300).map(of).min());
    assert!(most.unwrap() * 5 < least.unwrap(), "old: {most:?} {least:?}");
    let back = asking.answer(&target, (0..50).map(spam).collect()).spam;
    assert_eq!(back, [], "it was told of");
}

#[test]
fn a_large_restless_audience_is_looked_at_more_often_than_small_ones() {
    let mut asking = Asking::with(&[], false);
    let mut spaces: Vec<Observation> = (0..400).map(|it| observed(it, u64::from(it), 9)).collect();
    spaces[17].participants = Some(40_000);
    asking.answer(&search("climate", SearchState::All), spaces);
    asking.run(300);
    assert!(asking.looks(17).len() > 3 * asking.looks(16).len());
}

#[test]
fn a_start_is_looked_for_when_starts_were_seen_to_come() {
    let looks = |late_ms: i64| {
        let mut asking = Asking::with(&[], false);
        (0..3_000).for_each(|_| asking.schedule.teach_start(late_ms, 3_600_000));
        asking.follow(0..300, &SpaceState::Live, None);
        asking.follow(300..301, &SpaceState::Scheduled, Some(START.plus(-1_200_000)));
        asking.run(600);
        asking.looks(300).len()
    };
    assert!(looks(1_500_000) > 2 * looks(30_000));
}

#[test]
fn of_what_a_search_finds_only_the_languages_that_are_wanted_are_followed() {
    let mut asking = Asking::with(&["coast"], false);
    asking.schedule.follow_only(vec!["en".to_owned()]);
    let found = |number: u32, lang: Option<&str>| {
        let description = crate::space::Description {
            lang: lang.map(ToOwned::to_owned),
            ..crate::space::Description::default()
        };
        let state = Some(SpaceState::Live);
        let (participants, subscribers, speakers) = (Some(3), None, None);
        Observation { id: id(number), state, participants, subscribers, speakers, description }
    };
    let spaces = vec![found(1, Some("en")), found(2, Some("de")), found(3, None)];
    let seen = Seen { spaces, ..Seen::default() };
    let query = Target::Query {
        text: "coast".to_owned(),
        state: crate::space::SearchState::All,
        max_results: 100,
    };
    asking.schedule.answered(&query, &seen, asking.now);
    for number in 1..=3 {
        asking.follow(number..number + 1, &SpaceState::Live, None);
    }
    assert_eq!(asking.schedule.following(), 2);
    // Begun by somebody who is watched, it is wanted in any language.
    asking.schedule.answered(&Target::Creators(Vec::new()), &seen, asking.now);
    assert_eq!(asking.schedule.following(), 3);
}
