//! Text from X, which anybody may have written: shown only through an escape.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthChar as _;

/// So many marks stand over or under one letter where people look; no script needs more, and
/// thousands would cover the lines around. What programs read keeps them all.
const MARKS_MAX: usize = 8;

/// Text that somebody else wrote. It has no `Display`: each place it is shown has its own escape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Untrusted<'a>(pub &'a str);

impl Untrusted<'_> {
    /// Returns the text for a terminal, in one line: control, bidirectional, zero-width and tag
    /// characters are dropped, line breaks and tabs become spaces.
    pub fn term(self) -> String {
        let is_break = |c: &char| matches!(c, '\t' | '\n' | '\r' | '\u{2028}' | '\u{2029}');
        let chars = self.0.chars().map(|c| if is_break(&c) { ' ' } else { c });
        shown(chars).collect()
    }

    /// Returns the text for a CSV cell before quoting, which people read in terminals too: tabs
    /// become spaces, control, bidirectional, zero-width and tag characters are dropped but for line
    /// feeds, and what a spreadsheet would run as a formula gets a `'` in front.
    pub fn csv(self) -> String {
        let chars = self.0.chars().map(|c| if c == '\t' { ' ' } else { c });
        let text: String = chars.filter(|c| *c == '\n' || !is_hidden(*c)).collect();
        let is_formula = text.trim_start().starts_with(['=', '+', '-', '@']);
        if is_formula { format!("'{text}") } else { text }
    }

    /// Returns the text as a JSON string with its quotes: the same characters, with control,
    /// bidirectional and other invisible ones written as `\u` escapes.
    pub fn json(self) -> String {
        let mut out = String::with_capacity(self.0.len() + 2);
        out.push('"');
        for c in self.0.chars() {
            match c {
                '"' => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                c if is_hidden(c) || matches!(c, '\u{2028}' | '\u{2029}') => {
                    for unit in c.encode_utf16(&mut [0; 2]) {
                        // Writing to a String cannot fail.
                        write!(out, "\\u{unit:04x}").unwrap_or_default();
                    }
                }
                c => out.push(c),
            }
        }
        out.push('"');
        out
    }

    /// Returns the text for an HTML text node or a quoted attribute.
    pub fn html(self) -> String {
        let mut out = String::with_capacity(self.0.len());
        for c in shown(self.0.chars()) {
            match c {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '"' => out.push_str("&quot;"),
                '\'' => out.push_str("&#39;"),
                c => out.push(c),
            }
        }
        out
    }

    /// Returns the text for an element or a quoted attribute of XML: in one line as for a terminal,
    /// escaped as for HTML, without the characters that XML has no way to hold.
    pub fn xml(self) -> String {
        Untrusted(&self.term().replace(['\u{fffe}', '\u{ffff}'], "")).html()
    }

    /// Returns the text for a value in a calendar (RFC 5545): in one line as for a terminal, with
    /// backslashes, semicolons and commas escaped.
    pub fn ical(self) -> String {
        self.term().replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,")
    }

    /// Returns the text for a cell of a Markdown table: as for a terminal, with pipes,
    /// backslashes, backticks and angle brackets made harmless.
    pub fn markdown(self) -> String {
        let mut out = String::with_capacity(self.0.len());
        for c in self.term().chars() {
            match c {
                '|' | '\\' | '`' | '*' | '_' | '[' | ']' => {
                    out.push('\\');
                    out.push(c);
                }
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '&' => out.push_str("&amp;"),
                c => out.push(c),
            }
        }
        out
    }
}

/// Returns the characters that people are shown: none that is hidden, and few marks in a row.
fn shown(chars: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    let mut marks = 0;
    chars.filter(move |c| {
        if is_hidden(*c) {
            return false;
        }
        marks = if c.width() == Some(0) { marks + 1 } else { 0 };
        marks <= MARKS_MAX
    })
}

/// Characters that steer a terminal or hide text: C0, DEL, C1, bidirectional and zero-width
/// controls, tags. The zero-width joiner stays out too: a broken emoji is better than a fake name.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00ad}' | '\u{061c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    const NASTY: &str = "=cmd|' \u{1b}[31mred\u{202e}evil\u{9b}\u{200b}\u{e0041}<b>\"&";

    #[test]
    fn a_terminal_never_sees_a_control_character() {
        let shown = Untrusted(NASTY).term();
        assert_eq!(shown, "=cmd|' [31mredevil<b>\"&");
        assert_eq!(Untrusted("two\nlines\u{2028}more").term(), "two lines more");
    }

    #[test]
    fn a_spreadsheet_never_runs_a_title() {
        for start in ["=1", "+1", "-1", "@x", "\t=x", "\r=x", "\n=x", "\u{200b}=x", " +x"] {
            assert!(Untrusted(start).csv().starts_with('\''), "{start:?}");
        }
        assert_eq!(Untrusted(NASTY).csv(), "'=cmd|' [31mredevil<b>\"&");
        assert_eq!(Untrusted("two\nlines\tand\r more").csv(), "two\nlines and more");
        assert_eq!(Untrusted("1=1").csv(), "1=1");
    }

    #[test]
    fn a_letter_carries_no_tower_of_marks_where_people_look() {
        let tower = format!("Z{}algo", "\u{301}\u{489}".repeat(1_024));
        for text in [Untrusted(&tower).term(), Untrusted(&tower).html()] {
            assert_eq!(text.chars().count(), 1 + MARKS_MAX + 4, "{text}");
        }
        // Letters that need several marks keep them: Thai, Hindi, Vietnamese written apart.
        for word in ["ที่นี้", "क्षत्रिय", "Vie\u{323}\u{302}t"] {
            assert_eq!(
                (Untrusted(word).term(), Untrusted(word).html()),
                (word.to_owned(), word.to_owned())
            );
        }
        assert_eq!(serde_json::from_str::<String>(&Untrusted(&tower).json()).unwrap(), tower);
    }

    #[test]
    fn json_keeps_every_character_and_shows_the_hidden_ones() {
        let text = Untrusted(NASTY).json();
        assert!(text.contains("\\u001b") && text.contains("\\u202e") && text.contains("\\u009b"));
        assert!(text.contains("\\udb40\\udc41"));
        assert_eq!(serde_json::from_str::<String>(&text).unwrap(), NASTY);
    }

    #[test]
    fn html_and_markdown_show_text_as_text() {
        assert_eq!(Untrusted("<a href='x'>&").html(), "&lt;a href=&#39;x&#39;&gt;&amp;");
        assert_eq!(Untrusted("a|b`<c>").markdown(), "a\\|b\\`&lt;c&gt;");
    }
}
