//! The words of a title as the `keywords` column has them: Latin ones of four letters or more.

use crate::space::latin_words;

/// The most words of one title.
const WORDS_MAX: usize = 20;

/// Returns the words of a title in small letters, each once, in their order.
pub(super) fn of(title: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in latin_words(title) {
        if words.len() < WORDS_MAX && !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn a_word_is_four_latin_letters_and_nothing_else_beside_them() {
        assert_eq!(of("AI, the State-of-the-Art and CLIMATE's state"), ["state", "climate"]);
        assert_eq!(of("naïve web3 snake_case Überall okay"), ["okay"]);
        assert_eq!(of("今日のニュース talk 말하기"), ["talk"]);
        assert!(of("").is_empty());
    }

    #[test]
    fn a_title_gives_twenty_words_at_most() {
        let title: Vec<String> = ('a'..='z').map(|c| format!("{c}{c}{c}{c}")).collect();
        assert_eq!(of(&title.join(" ")).len(), 20);
    }
}
