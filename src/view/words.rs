//! Words of a title, in any script, and which of them say nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use stop_words::{Language, get};
use unicode_segmentation::UnicodeSegmentation as _;

use crate::space::Untrusted;

/// The version of [`words`]; part of every view's fingerprint.
pub const TOKENIZER: u32 = 1;

/// At most so many words of a title are kept; X's titles are short.
const WORDS_MAX: usize = 64;

/// Returns the distinct words of a title, in lower case and in its order: Unicode words of at
/// least two letters. Scripts without spaces between words (Chinese, Japanese, Thai and their
/// kin) give pairs of neighbouring characters instead.
pub fn words(title: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut run: Vec<char> = Vec::new();
    let mut end = 0;
    // Characters that nobody sees make no other word.
    for (start, word) in Untrusted(title).term().to_lowercase().unicode_word_indices() {
        let unspaced = word.chars().all(is_unspaced);
        if !unspaced || start != end {
            pairs(&mut run, &mut found);
        }
        if unspaced {
            run.extend(word.chars());
        } else if word.chars().filter(|c| c.is_alphabetic()).count() >= 2 {
            found.push(word.to_owned());
        }
        end = start + word.len();
    }
    pairs(&mut run, &mut found);
    let mut seen = BTreeSet::new();
    found.retain(|word| seen.insert(word.clone()));
    found.truncate(WORDS_MAX);
    found
}

/// Empties a run of characters into `found`, two by two; a single one stands alone.
fn pairs(run: &mut Vec<char>, found: &mut Vec<String>) {
    if let [alone] = run.as_slice() {
        found.push(alone.to_string());
    }
    found.extend(run.windows(2).map(|pair| pair.iter().collect::<String>()));
    run.clear();
}

/// Han, kana, Thai, Lao, Khmer and Burmese letters.
fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{3005}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Returns whether a word says nothing of a topic, in the language that X guessed or in English.
pub fn is_stop_word(word: &str, lang: Option<&str>) -> bool {
    static LISTS: OnceLock<BTreeMap<&str, BTreeSet<String>>> = OnceLock::new();
    let lists = LISTS.get_or_init(|| {
        let languages = [
            ("ar", Language::Arabic),
            ("de", Language::German),
            ("en", Language::English),
            ("es", Language::Spanish),
            ("fr", Language::French),
            ("hi", Language::Hindi),
            ("id", Language::Indonesian),
            ("in", Language::Indonesian),
            ("it", Language::Italian),
            ("nl", Language::Dutch),
            ("pl", Language::Polish),
            ("pt", Language::Portuguese),
            ("ru", Language::Russian),
            ("tr", Language::Turkish),
        ];
        let owned = |language| get(language).iter().map(|word| word.to_lowercase()).collect();
        languages.into_iter().map(|(code, language)| (code, owned(language))).collect()
    });
    let says_nothing = |code: &str| lists.get(code).is_some_and(|list| list.contains(word));
    says_nothing("en") || lang.is_some_and(says_nothing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_every_script_are_found() {
        assert_eq!(
            words("AI Regulation: what's NEXT for the EU?"),
            ["ai", "regulation", "what's", "next", "for", "the", "eu"]
        );
        assert_eq!(words("Климат и экономика"), ["климат", "экономика"]);
        assert_eq!(words("اخبار اليوم"), ["اخبار", "اليوم"]);
        assert_eq!(words("気候変動"), ["気候", "候変", "変動"]);
        assert_eq!(words("🎉🎉 2026"), Vec::<String>::new());
    }

    #[test]
    fn a_word_counts_once_a_title() {
        assert_eq!(words("red re\u{202e}d"), ["red"]);
        assert_eq!(words("climate Climate CLIMATE"), ["climate"]);
    }

    #[test]
    fn stop_words_follow_the_language() {
        assert!(is_stop_word("the", None) && is_stop_word("und", Some("de")));
        assert!(!is_stop_word("und", Some("en")) && !is_stop_word("climate", Some("en")));
    }
}
