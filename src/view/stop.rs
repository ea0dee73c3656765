//! Stop words: which words of a title say nothing of what it is about.

use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;

/// Languages whose words are left out whatever X guessed: English, which is everywhere, and those
/// whose scripts hardly anybody else writes.
const ALWAYS: [&str; 6] = ["en", "zh", "ja", "th", "ko", "he"];

/// X's words for languages, where they are not the usual ones.
const OTHER_NAMES: [(&str, &str); 2] = [("in", "id"), ("iw", "he")];

/// The words of each language.
static LISTS: LazyLock<BTreeMap<&str, HashSet<&str>>> = LazyLock::new(|| {
    let list = |code| Some((code, stop_words::lookup(code)?.iter().copied().collect()));
    stop_words::available_languages().iter().copied().filter_map(list).collect()
});

/// Those that are left out always, together: every word of every title is looked up.
static ALWAYS_OUT: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let lists = ALWAYS.iter().filter_map(|code| LISTS.get(code));
    lists.flatten().copied().collect()
});

/// Returns whether a word says nothing of a topic: in the language that X guessed, in English, or
/// in a language of its script.
pub fn is_stop_word(word: &str, lang: Option<&str>) -> bool {
    let named = |lang| {
        OTHER_NAMES.iter().find(|(theirs, _)| *theirs == lang).map_or(lang, |(_, usual)| *usual)
    };
    let of_language = lang.map(named).and_then(|code| LISTS.get(code));
    ALWAYS_OUT.contains(word) || of_language.is_some_and(|list| list.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stop_words_follow_the_language() {
        assert!(is_stop_word("the", None) && is_stop_word("und", Some("de")));
        assert!(!is_stop_word("und", Some("en")) && !is_stop_word("climate", Some("en")));
        assert!(is_stop_word("yang", Some("in")), "X calls Indonesian `in`");
        assert!(is_stop_word("och", Some("sv")) && is_stop_word("що", Some("uk")));
        assert!(!is_stop_word("climate", Some("qme")), "X has words for no language too");
    }

    #[test]
    fn a_script_of_its_own_tells_the_language_where_x_guessed_another() {
        for word in ["我们", "について", "ของ", "그리고"] {
            assert!(is_stop_word(word, Some("en")), "{word}");
        }
    }
}
