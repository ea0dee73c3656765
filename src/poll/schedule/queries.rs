//! The queries: which search is worth most, and what becomes of one whose answer was cut.
//!
//! X cuts a search silently. One that came back full is asked as two, the live and the scheduled;
//! a half that is full again also with the words that its titles share, of each language some: X
//! takes no language, and what most titles share would find those of the largest alone.

use std::collections::{BTreeMap, BTreeSet};

use super::found::Found;
use super::priority::{self, seconds};
use crate::space::{Moment, SearchState, Target};

/// Before anything is known of a query: a new Space in ten minutes, as sure as one Space is.
const FIRST_GUESS_S: f64 = 600.0;
/// A query is asked after so many rounds over all queries in any case …
const ROUNDS: f64 = 3.0;
/// … and never sooner than this, in seconds.
const FLOOR_S: f64 = 300.0;
/// Narrower searches for one query, at most.
const NARROWER_MAX: usize = 4;
/// Searches in all, at most; a query beyond is not split.
const SEARCHES_MAX: usize = 256;
/// A narrower search that found nothing new so many times in a row is given up.
const BARREN_MAX: u32 = 20;

/// One search.
#[derive(Clone, Debug)]
struct Query {
    text: String,
    state: SearchState,
    asked: Option<Moment>,
    /// Not before this moment: the staggered start, or after a refusal.
    from: Moment,
    found: Found,
    /// Whether it was made by a split, and for which text.
    narrows: Option<String>,
    is_split: bool,
    barren: u32,
}

/// A search whose answer was cut, and what is asked from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// The query.
    pub text: String,
    /// Which states were asked for.
    pub state: SearchState,
    /// The searches that are asked as well, or in its stead, from now on.
    pub into: Vec<(String, SearchState)>,
}

/// The searches.
#[derive(Clone, Debug, Default)]
pub struct Queries(Vec<Query>);

impl Queries {
    /// Returns the searches for these texts, the first ones spread over the interval.
    pub fn new(texts: Vec<String>, interval_ms: i64, now: Moment) -> Self {
        let stagger = interval_ms / i64::try_from(texts.len().max(1)).unwrap_or(1);
        let query = |(place, text): (i64, String)| Query {
            from: now.plus(place.saturating_mul(stagger)),
            ..Query::new(text, SearchState::All, now)
        };
        Self((0..).zip(texts).map(query).collect())
    }

    /// Adds a search, to be made at once.
    pub fn add(&mut self, text: String, now: Moment) {
        self.0.push(Query::new(text, SearchState::All, now));
    }

    /// Takes out the searches for a text, and those that it was split into.
    pub fn remove(&mut self, text: &str) {
        self.0.retain(|query| query.text != text && query.narrows.as_deref() != Some(text));
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the search to make and from when on it is due.
    pub fn due(
        &self,
        now: Moment,
        interval_ms: i64,
        max_results: u8,
        slot_s: f64,
    ) -> Option<(Moment, Target)> {
        let due = |query: &Query| {
            let again = query.asked.map(|at| at.plus(interval_ms));
            again.map_or(query.from, |at| at.max(query.from))
        };
        let count = u64::try_from(self.0.len()).unwrap_or(u64::MAX);
        let ceiling_s = (ROUNDS * priority::number(count) * slot_s).max(FLOOR_S);
        let score = |query: &Query| {
            let age_s = query.asked.map(|at| seconds(now.since(at)).max(0.0));
            priority::score(query.found.rate(), age_s, ceiling_s)
        };
        let ready = self.0.iter().filter(|query| due(query) <= now);
        let best = ready.rev().max_by(|a, b| score(a).total_cmp(&score(b)));
        let query = best.or_else(|| self.0.iter().min_by_key(|query| due(query)))?;
        Some((due(query), query.target(max_results)))
    }

    /// Returns a search never made.
    pub fn not_asked(&self, max_results: u8) -> Option<Target> {
        let query = self.0.iter().find(|query| query.asked.is_none())?;
        Some(query.target(max_results))
    }

    /// Notes that a search is being made.
    pub fn asked(&mut self, text: &str, state: SearchState, now: Moment) {
        for query in self.of(text, state) {
            query.asked = Some(now);
        }
    }

    /// Notes that a search failed and is not to be made again before a moment.
    pub fn failed(&mut self, text: &str, state: SearchState, from: Moment) {
        for query in self.of(text, state) {
            query.from = from;
        }
    }

    /// Notes how many Spaces an answer first showed.
    pub fn answered(&mut self, text: &str, state: SearchState, new: usize, now: Moment) {
        for query in self.of(text, state) {
            query.found.answer(new, now);
            query.barren = if new > 0 { 0 } else { query.barren.saturating_add(1) };
        }
        self.0.retain(|query| query.narrows.is_none() || query.barren < BARREN_MAX);
    }

    /// Splits a search whose answer was cut; `titles` are those in the answer, each with its
    /// language. `None` when it was split before, or cannot be.
    pub fn cut(
        &mut self,
        text: &str,
        state: SearchState,
        titles: &[(Option<&str>, &str)],
        now: Moment,
    ) -> Option<Cut> {
        let known = self.0.len();
        let query = self.of(text, state).next()?;
        if query.is_split || known >= SEARCHES_MAX {
            return None;
        }
        query.is_split = true;
        let narrows = query.narrows.clone().unwrap_or_else(|| text.to_owned());
        let is_word_split = query.narrows.as_ref().is_some_and(|whole| whole != text);
        let into: Vec<(String, SearchState)> = match state {
            SearchState::All => {
                // The two halves show all that the whole would.
                self.0.retain(|query| !(query.text == text && query.state == state));
                vec![
                    (text.to_owned(), SearchState::Live),
                    (text.to_owned(), SearchState::Scheduled),
                ]
            }
            // Words of words lead away from what was asked for.
            _ if is_word_split => return None,
            state => {
                let words = shared_words(text, titles);
                words.into_iter().map(|word| (format!("{text} {word}"), state)).collect()
            }
        };
        for (text, state) in &into {
            let is_half = *text == narrows;
            let mut query = Query::new(text.clone(), *state, now);
            query.narrows = (!is_half).then(|| narrows.clone());
            self.0.push(query);
        }
        Some(Cut { text: text.to_owned(), state, into })
    }

    /// Moves every time along with a wall clock that was moved.
    pub fn clock_stepped(&mut self, by_ms: i64) {
        for query in &mut self.0 {
            query.asked = query.asked.map(|at| at.plus(by_ms));
            query.from = query.from.plus(by_ms);
            query.found.clock_stepped(by_ms);
        }
    }

    fn of(&mut self, text: &str, state: SearchState) -> impl Iterator<Item = &mut Query> {
        self.0.iter_mut().filter(move |query| query.text == text && query.state == state)
    }
}

impl Query {
    fn new(text: String, state: SearchState, now: Moment) -> Self {
        let found = Found::guess(1.0, FIRST_GUESS_S, now);
        let (asked, from, narrows) = (None, now, None);
        Self { text, state, asked, from, found, narrows, is_split: false, barren: 0 }
    }

    fn target(&self, max_results: u8) -> Target {
        Target::Query { text: self.text.clone(), state: self.state, max_results }
    }
}

/// Returns the words that most of the titles share, beside those of the query: of each language in
/// turn one, that of the most titles first.
fn shared_words(text: &str, titles: &[(Option<&str>, &str)]) -> Vec<String> {
    let text = text.to_lowercase();
    let asked: BTreeSet<&str> = words(&text).collect();
    let mut by_language = BTreeMap::<Option<&str>, Vec<String>>::new();
    for (language, title) in titles {
        by_language.entry(*language).or_default().push(title.to_lowercase());
    }
    let mut languages: Vec<Vec<String>> = by_language.into_values().collect();
    languages.sort_by_key(|titles| std::cmp::Reverse(titles.len()));
    let ranked: Vec<Vec<String>> = languages.iter().map(|it| ranked(it, &asked)).collect();
    let deepest = ranked.iter().map(Vec::len).max().unwrap_or(0);
    let mut taken: Vec<String> = Vec::new();
    for word in (0..deepest).flat_map(|place| ranked.iter().filter_map(move |it| it.get(place))) {
        if taken.len() < NARROWER_MAX && !taken.contains(word) {
            taken.push(word.clone());
        }
    }
    taken
}

/// Returns the words that several of these titles hold, and that were not asked for, those of the
/// most titles first.
fn ranked(titles: &[String], asked: &BTreeSet<&str>) -> Vec<String> {
    let mut counts = BTreeMap::<&str, usize>::new();
    for title in titles {
        let found: BTreeSet<&str> = words(title).filter(|word| !asked.contains(word)).collect();
        for word in found {
            *counts.entry(word).or_default() += 1;
        }
    }
    let mut counts: Vec<(&str, usize)> = counts.into_iter().filter(|(_, n)| *n > 1).collect();
    // Those of as many titles stay in the order of their letters.
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts.into_iter().map(|(word, _)| word.to_owned()).collect()
}

/// Returns the words of a text that are worth a search; a short one in Latin letters is not.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !c.is_alphanumeric());
    words.filter(|word| word.chars().count() > 2 || (!word.is_empty() && !word.is_ascii()))
}
