//! Whether a text names somebody: as a whole word, in upper or lower case.

/// Returns whether `text` holds `word` as a whole word, whatever the case; an empty word is in
/// nothing.
pub fn mentions(text: &str, word: &str) -> bool {
    !places(&text.to_lowercase(), &word.to_lowercase()).is_empty()
}

/// Returns whether `text` holds `@name` as a whole word, whatever the case.
pub fn at_mentions(text: &str, name: &str) -> bool {
    let text = text.to_lowercase();
    let found = places(&text, &name.to_lowercase());
    found.into_iter().any(|at| text[..at].ends_with('@'))
}

/// Returns where `word` stands in `text` as a whole word.
fn places(text: &str, word: &str) -> Vec<usize> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    if word.is_empty() {
        return Vec::new();
    }
    text.match_indices(word)
        .map(|(at, _word)| at)
        .filter(|at| {
            let before = text[..*at].chars().next_back();
            let after = text[at + word.len()..].chars().next();
            !before.is_some_and(is_part) && !after.is_some_and(is_part)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_in_any_case_and_only_as_a_whole_word() {
        for text in ["nasa", "No user [NASA].", "from:nasa live", "@Nasa,esa", "ünï @nasa"] {
            assert!(mentions(text, "NaSa"), "{text}");
        }
        for text in ["nasal", "_nasa", "nasa_tv", "ananasa", ""] {
            assert!(!mentions(text, "nasa"), "{text}");
        }
        assert!(mentions("Ünïcode 🎙", "üNÏCODE") && !mentions("text", ""));
    }

    #[test]
    fn only_an_at_sign_makes_a_word_a_name() {
        assert!(at_mentions("says @NASA", "nasa") && !at_mentions("nasa at @nasa_tv", "nasa"));
    }
}
