//! The seed article's words of a title: four Latin letters or more, each time that they stand there,
//! but for those that say nothing.

use std::collections::BTreeMap;

use crate::space::latin_words;

/// The article's stop words.
const STOP_WORDS: [&str; 27] = [
    "the", "a", "an", "in", "on", "for", "and", "of", "to", "with", "is", "are", "at", "by", "or",
    "we", "our", "your", "this", "that", "from", "about", "how", "what", "will", "have", "has",
];

/// Returns the words of a title that the article counts, and how often each stands there.
pub(super) fn latin4(title: &str) -> BTreeMap<String, u64> {
    let mut found: BTreeMap<String, u64> = BTreeMap::new();
    for word in latin_words(title).into_iter().filter(|it| !STOP_WORDS.contains(&it.as_str())) {
        *found.entry(word).or_default() += 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_four_latin_letters_count_each_time_that_they_stand_in_a_title() {
        let found = latin4("Climate, CLIMATE and the wind: what will climate-tech do?");
        let found: Vec<(&str, u64)> = found.iter().map(|(word, it)| (word.as_str(), *it)).collect();
        assert_eq!(found, [("climate", 3), ("tech", 1), ("wind", 1)]);
        assert_eq!(latin4("This will have that").len(), 0);
    }
}
