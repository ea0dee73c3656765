//! Keywords of a title, in any script: words, and apart from them hashtags and mentions.

use std::collections::BTreeSet;

use unicode_segmentation::UnicodeSegmentation as _;

use crate::space::Untrusted;

/// The version of [`words`]; part of every view's fingerprint.
pub const TOKENIZER: u32 = 3;

/// At most so many keywords of a title are kept; X's titles are short.
const WORDS_MAX: usize = 64;

/// Letters, digits and low lines in a name on X.
const NAME_MAX: usize = 15;

/// What a keyword is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WordKind {
    /// A word of a language.
    Word,
    /// A tag, with its `#`.
    Hashtag,
    /// A name on X, with its `@`.
    Mention,
}

impl WordKind {
    /// Returns what a keyword is: it begins with its mark.
    pub fn of(keyword: &str) -> Self {
        match keyword.chars().next() {
            Some('#') => Self::Hashtag,
            Some('@') => Self::Mention,
            _ => Self::Word,
        }
    }

    /// Returns the word for it in sheets.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Word => "word",
            Self::Hashtag => "hashtag",
            Self::Mention => "mention",
        }
    }
}

/// Returns the distinct keywords of a title, in lower case and in its order: hashtags, mentions,
/// and Unicode words of at least two letters, of one with a figure as in `5g`, or of one syllable in
/// Korean, where that is a word. Scripts without spaces between words are cut by
/// script: runs of kana are words; Han, and Thai with its kin, give pairs of neighbours.
pub fn words(title: &str) -> Vec<String> {
    // Characters that nobody sees make no other word.
    let text = Untrusted(title).term().to_lowercase();
    let mut found = Vec::new();
    let (mut rest, mut before) = (text.as_str(), None);
    while let Some((at, tag, length)) = next_tag(rest, before) {
        plain(&rest[..at], &mut found);
        found.push(tag);
        let (passed, after) = rest.split_at(at + length);
        (rest, before) = (after, passed.chars().next_back());
    }
    plain(rest, &mut found);
    let mut seen = BTreeSet::new();
    found.retain(|word| seen.insert(word.clone()));
    found.truncate(WORDS_MAX);
    found
}

/// Finds the next hashtag or mention: where it begins, what it is, and how many bytes it takes.
/// `before` is the character before the text: what stands inside a word, as in an address of mail,
/// is none.
fn next_tag(text: &str, mut before: Option<char>) -> Option<(usize, String, usize)> {
    for (at, mark) in text.char_indices() {
        let is_inside = before.replace(mark).is_some_and(|c| c.is_alphanumeric() || c == '_');
        let kind = match mark {
            '#' | '\u{ff03}' => '#',
            '@' | '\u{ff20}' => '@',
            _ => continue,
        };
        let rest = &text[at + mark.len_utf8()..];
        let end = rest.char_indices().find(|(_, c)| !goes_on(*c)).map_or(rest.len(), |it| it.0);
        let body = &rest[..end];
        let is_tag = match kind {
            // A number alone is a place in a row.
            '#' => body.chars().any(char::is_alphabetic),
            _ => body.is_ascii() && (1..=NAME_MAX).contains(&body.len()),
        };
        if is_tag && !is_inside {
            return Some((at, format!("{kind}{body}"), mark.len_utf8() + end));
        }
    }
    None
}

/// Returns whether a tag goes on with a character: a letter, a digit, a low line, or a sign that
/// stands on the one before.
fn goes_on(c: char) -> bool {
    let stands_on_another = || ['a', c].iter().collect::<String>().graphemes(true).count() == 1;
    c.is_alphanumeric() || c == '_' || (!c.is_ascii() && stands_on_another())
}

/// Scripts without spaces between words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unspaced {
    Han,
    Hiragana,
    Katakana,
    /// Thai, Lao, Khmer, Burmese.
    Thai,
}

impl Unspaced {
    fn of(c: char) -> Option<Self> {
        Some(match c {
            '\u{3005}'
            | '\u{3400}'..='\u{4dbf}'
            | '\u{4e00}'..='\u{9fff}'
            | '\u{f900}'..='\u{faff}'
            | '\u{20000}'..='\u{3ffff}' => Self::Han,
            '\u{3040}'..='\u{309f}' => Self::Hiragana,
            '\u{30a0}'..='\u{30ff}' | '\u{ff66}'..='\u{ff9f}' => Self::Katakana,
            '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' => {
                Self::Thai
            }
            _ => return None,
        })
    }
}

/// Adds the words of a text without tags.
fn plain(text: &str, found: &mut Vec<String>) {
    let mut run: Option<(Unspaced, usize)> = None;
    let mut end = 0;
    for (start, word) in text.unicode_word_indices() {
        let script = word.chars().next().and_then(Unspaced::of);
        if let Some((of, from)) = run.filter(|(of, _)| script != Some(*of) || start != end) {
            cut(&text[from..end], of, found);
            run = None;
        }
        match script {
            Some(script) => run = run.or(Some((script, start))),
            None => found.extend(says_something(word).then(|| word.to_owned())),
        }
        end = start + word.len();
    }
    if let Some((of, from)) = run {
        cut(&text[from..end], of, found);
    }
}

/// Returns whether a word of a script with spaces is one: a letter alone is not.
fn says_something(word: &str) -> bool {
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    let is_syllable = |c: char| ('\u{ac00}'..='\u{d7a3}').contains(&c);
    letters >= 2 || (letters == 1 && word.chars().any(|c| is_syllable(c) || c.is_numeric()))
}

/// Adds the words of a run of one script: kana as they stand, others two by two; of those a single
/// one stands alone, but a single kana is an ending or a particle.
fn cut(run: &str, script: Unspaced, found: &mut Vec<String>) {
    let letters: Vec<&str> = run.graphemes(true).collect();
    match (script, letters.as_slice()) {
        (Unspaced::Hiragana | Unspaced::Katakana, kana) => {
            found.extend((kana.len() > 1).then(|| run.to_owned()));
        }
        (Unspaced::Han | Unspaced::Thai, [alone]) => found.push((*alone).to_owned()),
        (Unspaced::Han | Unspaced::Thai, letters) => {
            found.extend(letters.windows(2).map(<[&str]>::concat));
        }
    }
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
        assert_eq!(words("기후 변화"), ["기후", "변화"]);
        assert_eq!(words("हिन्दी समाचार"), ["हिन्दी", "समाचार"]);
        assert_eq!(words("🎉🎉 2026"), Vec::<String>::new());
        assert_eq!(words("물 부족 문제"), ["물", "부족", "문제"], "a syllable is a word there");
        assert_eq!(words("5G, F1 and a G7 plan b"), ["5g", "f1", "and", "g7", "plan"]);
    }

    #[test]
    fn scripts_without_spaces_are_cut_by_script_and_not_dropped() {
        assert_eq!(words("気候変動"), ["気候", "候変", "変動"]);
        assert_eq!(words("ビットコインの気候"), ["ビットコイン", "気候"]);
        assert_eq!(words("変動について"), ["変動", "について"]);
        assert_eq!(words("AI监管 and 的"), ["ai", "监管", "and", "的"]);
        // A sign above or below stays with its letter.
        assert_eq!(words("น้ำมัน"), ["น้ำมั", "มัน"]);
    }

    #[test]
    fn hashtags_and_mentions_are_kept_as_such_and_are_no_words() {
        assert_eq!(
            words("Let's talk #AI with @NASA_Earth, #Klimaschutz!"),
            ["let's", "talk", "#ai", "with", "@nasa_earth", "#klimaschutz"]
        );
        assert_eq!(words("＃気候変動 ＠nasa #हिन्दी"), ["#気候変動", "@nasa", "#हिन्दी"]);
        // A number, a mail address and a name that X does not allow are neither.
        assert_eq!(
            words("We're #1 me@nasa.gov @thisnameisfartoolong"),
            ["we're", "me", "nasa.gov", "thisnameisfartoolong"]
        );
        assert_eq!(words("#a#b # @"), ["#a"], "inside a word, at its end, there is no tag");
        assert_eq!(WordKind::of("#ai"), WordKind::Hashtag);
        assert_eq!(WordKind::of("@nasa"), WordKind::Mention);
        assert_eq!(WordKind::of("nasa"), WordKind::Word);
    }

    #[test]
    fn a_word_counts_once_a_title() {
        assert_eq!(words("red re\u{202e}d"), ["red"]);
        assert_eq!(words("climate Climate CLIMATE #climate"), ["climate", "#climate"]);
    }
}
