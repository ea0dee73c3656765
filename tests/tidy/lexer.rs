//! Rust text as tokens with their lines; comments, strings and characters are left out.

/// A word, `::`, or another single character, and the line it stands on, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub text: String,
    pub line: usize,
}

/// Returns the tokens of a file. A literal is one token, `""`, whatever it says.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut lexer = Lexer { rest: text, line: 1, found: Vec::new() };
    while let Some(c) = lexer.rest.chars().next() {
        lexer.step(c);
    }
    lexer.found
}

/// Returns whether a token is a name, a keyword or a number.
pub fn is_word(token: &Token) -> bool {
    token.text.starts_with(is_word_part)
}

/// Returns where the bracket that opens at `open` closes; the end of the file if it does not.
pub fn closing(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate().skip(open) {
        match token.text.as_str() {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return index;
        }
    }
    tokens.len().saturating_sub(1)
}

struct Lexer<'a> {
    rest: &'a str,
    line: usize,
    found: Vec<Token>,
}

impl Lexer<'_> {
    fn step(&mut self, first: char) {
        let rest = self.rest;
        if first.is_whitespace() {
            self.skip(first.len_utf8());
        } else if rest.starts_with("//") {
            self.skip(rest.find('\n').unwrap_or(rest.len()));
        } else if rest.starts_with("/*") {
            self.skip(block_comment(rest));
        } else if let Some(length) = raw_string(rest).or_else(|| plain_string(rest)) {
            self.take_literal(length);
        } else if rest.starts_with("b'") {
            // The prefix of a byte; the quote comes next.
            self.skip(1);
        } else if first == '\'' {
            match character(rest) {
                Some(length) => self.take_literal(length),
                // The quote of a lifetime or a label says nothing here.
                None => self.skip(1),
            }
        } else if is_word_part(first) {
            let length = rest.find(|c| !is_word_part(c)).unwrap_or(rest.len());
            self.take(length);
        } else {
            self.take(if rest.starts_with("::") { 2 } else { first.len_utf8() });
        }
    }

    fn take(&mut self, length: usize) {
        self.found.push(Token { text: self.rest[..length].to_owned(), line: self.line });
        self.skip(length);
    }

    fn take_literal(&mut self, length: usize) {
        self.found.push(Token { text: "\"\"".to_owned(), line: self.line });
        self.skip(length);
    }

    fn skip(&mut self, length: usize) {
        self.line += self.rest[..length].matches('\n').count();
        self.rest = &self.rest[length..];
    }
}

fn is_word_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Returns the length of a block comment; they nest.
fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
        if depth == 0 {
            break;
        }
    }
    at
}

/// Returns the length of a raw string, if one stands here: `r"…"`, `br#"…"#`.
fn raw_string(text: &str) -> Option<usize> {
    let after = text.strip_prefix(['b', 'c']).unwrap_or(text).strip_prefix('r')?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    let body = after[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let length = body.find(&end).map_or(body.len(), |found| found + end.len());
    Some(text.len() - body.len() + length)
}

/// Returns the length of a string with escapes, if one stands here: `"…"`, `b"…"`.
fn plain_string(text: &str) -> Option<usize> {
    let body = text.strip_prefix(['b', 'c']).unwrap_or(text).strip_prefix('"')?;
    let mut escaped = false;
    for (at, c) in body.char_indices() {
        if c == '"' && !escaped {
            return Some(text.len() - body.len() + at + 1);
        }
        escaped = c == '\\' && !escaped;
    }
    Some(text.len())
}

/// Returns the length of a character literal, if one stands here and not a lifetime.
fn character(text: &str) -> Option<usize> {
    let body = &text[1..];
    let first = body.chars().next()?;
    if first == '\\' {
        // The character after the backslash may be the quote itself.
        let escaped = 1 + body[1..].chars().next()?.len_utf8();
        return body[escaped..].find('\'').map(|end| 1 + escaped + end + 1);
    }
    body[first.len_utf8()..].starts_with('\'').then(|| 1 + first.len_utf8() + 1)
}
