//! What differs from run to run, taken out of what is shown before it is held, each by its rule.

/// The shortest run of hexadecimal digits that is a hash or a monitor's id, and no word or count.
const HASH_MIN: usize = 16;

/// A moment as it is written; `0` is any digit, `?` the sign before the time.
const MOMENT: &str = "0000-00-00?00:00:00";

/// Writes `x` for every digit of a hash or of a monitor's id: both are drawn by lot.
pub fn without_hashes(text: &str) -> String {
    let mut out = String::new();
    for word in text.split_inclusive(|it: char| !it.is_ascii_alphanumeric()) {
        let (digits, rest) =
            word.split_at(word.find(|it: char| !it.is_ascii_hexdigit()).unwrap_or(word.len()));
        let is_hash =
            digits.len() >= HASH_MIN && !rest.starts_with(|it: char| it.is_ascii_alphanumeric());
        out.push_str(&if is_hash { "x".repeat(digits.len()) } else { digits.to_owned() });
        out.push_str(rest);
    }
    out
}

/// Writes `#` for every digit of a moment, for answers about now.
pub fn without_moments(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        if !is_moment(rest) {
            out.push(next);
            rest = &rest[next.len_utf8()..];
            continue;
        }
        let end = rest.find(|it: char| !it.is_ascii_digit() && !"-:. T".contains(it));
        // The last of the signs of a moment may be the full stop of a sentence.
        let moment = rest[..end.unwrap_or(rest.len())].trim_end_matches(['.', ' ']);
        out.extend(moment.chars().map(|it| if it.is_ascii_digit() { '#' } else { it }));
        rest = &rest[moment.len()..];
    }
    out
}

fn is_moment(text: &str) -> bool {
    text.len() >= MOMENT.len()
        && MOMENT.bytes().zip(text.bytes()).all(|(form, it)| match form {
            b'0' => it.is_ascii_digit(),
            b'?' => matches!(it, b' ' | b'T'),
            sign => it == sign,
        })
}

/// Writes `N` for the number before each of these words; in a table, the cell stays as wide.
pub fn without_numbers(text: &str, before: &[&str]) -> String {
    before.iter().fold(text.to_owned(), |text, words| without_number(&text, words))
}

fn without_number(text: &str, words: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((part, next)) = rest.split_once(words) {
        let kept = part.trim_end_matches(|it: char| it.is_ascii_digit() || ".,".contains(it));
        let width = part.len() - kept.len();
        let pad = " ".repeat(width.saturating_sub(1));
        let number = if width > 0 { "N" } else { "" };
        // What is flush right is kept so, too.
        if kept.ends_with("  ") {
            out.extend([kept, &pad, number, words]);
        } else if next.starts_with("  ") {
            out.extend([kept, number, words, &pad]);
        } else {
            out.extend([kept, number, words]);
        }
        rest = next;
    }
    out + rest
}

/// Writes `…` for the values of these names, where each stands on a line of its own.
pub fn without_values(text: &str, names: &[&str]) -> String {
    let line = |line: &str| match line.split_once(':') {
        Some((name, value)) if names.contains(&name) => {
            let space = value.len() - value.trim_start().len();
            format!("{name}:{}…\n", &value[..space])
        }
        _ => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

/// Draws the columns of a table together: a cell with a place of this machine in it makes its
/// column as wide as the place's name is long.
pub fn drawn_together(text: &str) -> String {
    let mut out = String::new();
    for it in text.chars() {
        let is_more = (it == ' ' && out.ends_with("  ")) || (it == '─' && out.ends_with("───"));
        if !is_more {
            out.push(it);
        }
    }
    out
}

/// Leaves each line once, the first time it comes: how often somebody looked is up to the clock.
pub fn once_each(text: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in text.split_inclusive('\n') {
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines.concat()
}

#[test]
fn what_moves_is_taken_out_and_all_else_stays() {
    let told = "monitor: 998c9fa12c23df26 faces 1evening, 96be0362e2a3f261d43555…";
    let still = "monitor: xxxxxxxxxxxxxxxx faces 1evening, xxxxxxxxxxxxxxxxxxxxxx…";
    assert_eq!(without_hashes(told), still);
    let told = "at 2026-11-28T04:39:40.026Z, 2026-11-28 04:39:40Z of 2026-11-28. 12:30 é";
    let still = "at ####-##-##T##:##:##.###Z, ####-##-## ##:##:##Z of 2026-11-28. 12:30 é";
    assert_eq!(without_moments(told), still);
    let told = "store  4, 56221 MB free   -\n12.5 s, none s,\n   1,200 events";
    let still = "store  4, N MB free       -\nN s, none s,\n       N events";
    assert_eq!(without_numbers(told, &[" MB free", " s,", " events"]), still);
    assert_eq!(without_values("pid:    12\nseq: 3\n", &["pid"]), "pid:    …\nseq: 3\n");
    assert_eq!(drawn_together("a    b c\n─────\n"), "a  b c\n───\n");
    assert_eq!(once_each("b\na\nb\n"), "b\na\n");
}
