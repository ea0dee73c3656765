//! Titles of Spaces, in several languages and scripts, and the words by which search finds them.

use super::dice::{Dice, mix};
use super::themes::{THEMES, Theme};

/// Of a hundred Spaces, so many have no title.
const UNTITLED: f64 = 0.08;
/// Of a thousand, so many have one that tries to do harm where it is shown.
const HOSTILE: f64 = 0.01;

const TEMPLATES: [&[&str]; 10] = [
    &[
        "Let's talk {}",
        "{}: live now",
        "Late night {} 🌙",
        "Good morning {} ☕",
        "The state of {}",
        "{} Q&A with friends",
        "Why {} matters, and to whom",
        "Open mic: {}",
        "Weekly {} round-up #47",
    ],
    &["نقاش حول {}", "سهرة {} 🎙️", "كل شيء عن {}", "مساحة {} المفتوحة", "{} مباشر الآن"],
    &["{}について語ろう", "深夜の{}雑談", "【初心者歓迎】{}", "{}ラジオ📻", "おはよう{}"],
    &["{} sohbeti", "Gece {} muhabbeti", "Haftalık {}", "{}: neler oluyor?", "Canlı: {} 🔴"],
    &["Papo sobre {}", "{} ao vivo", "Bom dia, {}!", "Resenha: {}", "Tudo sobre {} 🎧"],
    &["Hablemos de {}", "{} en vivo", "Noche de {}", "Tertulia: {}", "¿Qué pasa con {}?"],
    &["{} पर चर्चा", "आज की बात: {}", "{} लाइव", "देर रात {}"],
    &["คุยเรื่อง{}", "{}ยามดึก 🌙", "สด: {}", "อัปเดต{}วันนี้"],
    &["聊聊{}", "深夜{}", "{}直播中", "今日{}"],
    &["{} 이야기", "심야 {} 토크", "{} 라이브 🔴", "오늘의 {}"],
];

const SPAM: [&str; 6] = [
    "🚀🚀 FREE {} GIVEAWAY — CLAIM NOW 🚀🚀",
    "follow for follow {} 1k in 10 min",
    "{} LIVE STREAM FREE HD link in bio",
    "EARN DAILY with {} 💰💰💰",
    "OFFICIAL {} AIRDROP",
    "🔥 {} 18+ join fast 🔥",
];

/// Anybody may write a title, so some write these.
const NASTY: [&str; 6] = [
    "=HYPERLINK(\"http://example.com\",\"{}\")",
    "<script>alert('{}')</script>",
    "{} \u{202e}evas\u{202c} tonight",
    "two lines\nof {}",
    "\u{1b}[31m{}\u{1b}[0m",
    "| {} | `rm` | \u{200b}\u{200b}",
];

/// Returns a title in a language, or `None` for a Space that has none.
pub fn title(dice: &mut Dice, language: usize, theme: &Theme) -> Option<String> {
    if dice.chance(UNTITLED) {
        return None;
    }
    if dice.chance(HOSTILE) {
        return Some(fill(NASTY[dice.below(NASTY.len())], theme.labels[0]));
    }
    let templates = TEMPLATES[language];
    let title = fill(templates[dice.below(templates.len())], theme.labels[language]);
    // One in six is about two things at once.
    if dice.chance(1.0 / 6.0) {
        let other = THEMES[dice.below(THEMES.len())].labels[language];
        return Some(format!("{title} × {other}"));
    }
    Some(title)
}

/// Returns the title that a burst of spam shares.
pub fn spam(dice: &mut Dice, theme: &Theme) -> String {
    fill(SPAM[dice.below(SPAM.len())], theme.labels[0])
}

fn fill(template: &str, label: &str) -> String {
    let title = template.replace("{}", label);
    // An English title begins with a capital, whatever the theme's case.
    let mut chars = title.chars();
    match chars.next() {
        Some(first) if first.is_ascii_lowercase() => {
            first.to_ascii_uppercase().to_string() + chars.as_str()
        }
        Some(_) | None => title,
    }
}

/// Returns a key for each word of a text, in rising order; case makes no difference.
pub fn keys(text: &str) -> Vec<u64> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let mut keys: Vec<u64> = words.map(key).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

fn key(word: &str) -> u64 {
    word.chars().flat_map(char::to_lowercase).fold(0, |key, c| mix(key, u64::from(c)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_match_whatever_their_case() {
        assert_eq!(keys("AI, Regulation!"), keys("regulation ai AI"));
        assert_eq!(keys(" \u{1f680} "), Vec::<u64>::new());
    }

    #[test]
    fn titles_are_written_in_the_script_of_their_language() {
        let mut dice = Dice::new(3, 0);
        let scripts =
            [(1, '\u{600}'..='\u{6ff}'), (6, '\u{900}'..='\u{97f}'), (7, '\u{e00}'..='\u{e7f}')];
        for (language, script) in scripts {
            let titles: Vec<String> =
                (0..200).filter_map(|_| title(&mut dice, language, &THEMES[0])).collect();
            let fitting = titles.iter().filter(|title| title.chars().any(|c| script.contains(&c)));
            assert!(fitting.count() * 100 > titles.len() * 95 && titles.len() < 200);
        }
    }
}
