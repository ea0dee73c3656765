//! The seed article's words of a title: four Latin letters or more, each time that they stand there.
//!
//! They are what Python finds for `\b[a-zA-Z]{4,}\b` in the title in small letters. Python ends a
//! word where a letter or digit of any script, or a low line, has a neighbour that is none; so a
//! word counts only where nothing but Latin letters stands between two such ends.

use std::collections::BTreeMap;

use unicode_segmentation::UnicodeSegmentation as _;

/// Fewer letters make no word.
const LETTERS_MIN: usize = 4;

/// The article's stop words.
const STOP_WORDS: [&str; 27] = [
    "the", "a", "an", "in", "on", "for", "and", "of", "to", "with", "is", "are", "at", "by", "or",
    "we", "our", "your", "this", "that", "from", "about", "how", "what", "will", "have", "has",
];

/// Returns the words of a title that the article counts, and how often each stands there.
pub(super) fn latin4(title: &str) -> BTreeMap<String, u64> {
    let mut found: BTreeMap<String, u64> = BTreeMap::new();
    let title = title.to_lowercase();
    for run in title.split(|c: char| !is_of_word(c)) {
        let is_word = run.len() >= LETTERS_MIN && run.bytes().all(|it| it.is_ascii_alphabetic());
        if is_word && !STOP_WORDS.contains(&run) {
            *found.entry(run.to_owned()).or_default() += 1;
        }
    }
    found
}

/// Returns whether a character is of a word to Python. Rust's letters are also signs that stand on
/// another one, and letters in circles and squares, which to Python are none.
fn is_of_word(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric() || c == '_';
    }
    let is_framed = matches!(c, '\u{24b6}'..='\u{24e9}' | '\u{1f130}'..='\u{1f189}');
    let stands_on_another = || ['a', c].iter().collect::<String>().graphemes(true).count() == 1;
    c.is_alphanumeric() && !is_framed && !stands_on_another()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(title: &str) -> Vec<(String, u64)> {
        latin4(title).into_iter().collect()
    }

    fn words(pairs: &[(&str, u64)]) -> Vec<(String, u64)> {
        pairs.iter().map(|(word, times)| ((*word).to_owned(), *times)).collect()
    }

    #[test]
    fn words_of_four_latin_letters_count_each_time_that_they_stand_in_a_title() {
        assert_eq!(
            found("Climate, CLIMATE and the wind: what will climate-tech do?"),
            words(&[("climate", 3), ("tech", 1), ("wind", 1)])
        );
        assert_eq!(found("AI Now: the EU"), [], "three letters are none");
    }

    #[test]
    fn a_word_ends_where_python_says() {
        assert_eq!(found("Café cafes naïve"), words(&[("cafes", 1)]), "other letters go on");
        assert_eq!(found("web3 layer2 data_lake 2026 news"), words(&[("news", 1)]));
        assert_eq!(found("気候news 気候 news"), words(&[("news", 1)]), "Han are letters too");
        assert_eq!(found("news📣news"), words(&[("news", 2)]), "a picture is none");
        // An accent of its own, a circled letter and a mark that nobody sees are none.
        assert_eq!(
            found("cafe\u{301} ⓐnews re\u{202e}ading"),
            words(&[("ading", 1), ("cafe", 1), ("news", 1)])
        );
        assert_eq!(found("don't crypto's"), words(&[("crypto", 1)]));
        assert_eq!(
            found("\u{212a}elvin ſhow"),
            words(&[("kelvin", 1)]),
            "the sign of kelvin is a k"
        );
    }
}
