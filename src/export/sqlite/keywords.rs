//! The words of a title as the `keywords` column has them: Latin ones of four letters or more.

/// The most words of one title.
const WORDS_MAX: usize = 20;

/// The shortest word, in letters.
const LETTERS_MIN: usize = 4;

/// Returns the words of a title in small letters, each once, in their order.
///
/// A word is a run of letters, digits and underscores that holds the letters a to z alone: `naïve`
/// and `web3` are none.
pub(super) fn of(title: &str) -> Vec<String> {
    let title = title.to_lowercase();
    let mut words: Vec<String> = Vec::new();
    let runs = title.split(|c: char| !c.is_alphanumeric() && c != '_');
    let runs = runs.filter(|run| {
        run.len() >= LETTERS_MIN && run.bytes().all(|byte| byte.is_ascii_lowercase())
    });
    for run in runs {
        if words.len() < WORDS_MAX && !words.iter().any(|word| word == run) {
            words.push(run.to_owned());
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
