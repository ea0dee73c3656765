//! How long a file and a function may be.

use super::lexer::{self, Token};
use super::source::{Finding, Source};

/// The most lines of a file.
const FILE_MAX: usize = 400;
/// The most lines of a function, from its `fn` to its last brace.
const FUNCTION_MAX: usize = 70;

/// Returns what is too long.
pub fn check(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    let lines = source.text.lines().count();
    if lines > FILE_MAX {
        let what = format!("{lines} lines, and {FILE_MAX} is the end: a file holds one idea");
        findings.push(source.finding(FILE_MAX, what));
    }
    let tokens = &source.tokens;
    for at in 0..tokens.len() {
        let Some((name, end)) = function(tokens, at) else { continue };
        let lines = tokens[end].line + 1 - tokens[at].line;
        if lines > FUNCTION_MAX {
            let what = format!("function `{name}` has {lines} lines; it ends by {FUNCTION_MAX}");
            findings.push(source.finding(tokens[at].line, what));
        }
    }
    findings
}

/// Returns the name of the function that begins at `at` and where its body closes.
fn function(tokens: &[Token], at: usize) -> Option<(&str, usize)> {
    let name = tokens.get(at + 1).filter(|name| tokens[at].text == "fn" && lexer::is_word(name))?;
    let mut next = at + 2;
    loop {
        match tokens.get(next)?.text.as_str() {
            "{" => return Some((&name.text, lexer::closing(tokens, next))),
            // A trait's method without a body.
            ";" => return None,
            "(" | "[" => next = lexer::closing(tokens, next),
            _ => {}
        }
        next += 1;
    }
}
