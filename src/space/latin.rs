//! Words of four Latin letters or more, as the seed article finds them in a title.
//!
//! They are what Python finds for `\b[a-zA-Z]{4,}\b` in the title in small letters. Python ends a
//! word where a letter or digit of any script, or a low line, has a neighbour that is none; so a
//! word counts only where nothing but Latin letters stands between two such ends.

use unicode_segmentation::UnicodeSegmentation as _;

/// Fewer letters make no word.
const LETTERS_MIN: usize = 4;

/// Returns the words of a title in small letters, in their order, each as often as it stands there.
pub fn latin_words(title: &str) -> Vec<String> {
    let title = title.to_lowercase();
    let runs = title.split(|c: char| !is_of_word(c));
    let is_word =
        |run: &&str| run.len() >= LETTERS_MIN && run.bytes().all(|it| it.is_ascii_alphabetic());
    runs.filter(is_word).map(ToOwned::to_owned).collect()
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

    #[test]
    fn a_word_ends_where_python_says() {
        assert_eq!(latin_words("AI Now: the EU"), [""; 0], "three letters are none");
        assert_eq!(latin_words("Café cafes naïve"), ["cafes"], "other letters go on");
        assert_eq!(latin_words("web3 layer2 data_lake 2026 news"), ["news"]);
        assert_eq!(latin_words("気候news 気候 news"), ["news"], "Han are letters too");
        assert_eq!(latin_words("news📣News"), ["news", "news"], "a picture is none");
        // An accent of its own, a circled letter and a mark that nobody sees are none.
        assert_eq!(latin_words("cafe\u{301} ⓐnews re\u{202e}ading"), ["cafe", "news", "ading"]);
        assert_eq!(latin_words("don't crypto's"), ["crypto"]);
        assert_eq!(latin_words("\u{212a}elvin ſhow"), ["kelvin"], "the sign of kelvin is a k");
    }
}
