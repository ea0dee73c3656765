//! What is never written under `src`, and the sentence every file there opens with.

use super::lexer::Token;
use super::source::{Finding, Source};

/// Tokens in a row that are never written, why, and whether tests may.
const NEVER: &[(&[&str], &str, bool)] = &[
    (&["todo", "!", "("], "what is not built is not there", false),
    (&["unimplemented", "!", "("], "what is not built is not there", false),
    (&["dbg", "!", "("], "a look inside while building is not kept", false),
    (&["let", "_", "="], "a result is read, never dropped", false),
    (&["#", "[", "ignore"], "a test that does not run promises nothing", false),
    (&["unsafe"], "the crate forbids it", false),
    (&[".", "unwrap", "("], "only a test may fail by panicking", true),
    (&[".", "expect", "("], "only a test may fail by panicking", true),
];

/// Returns where something is written that never is.
pub fn check(source: &Source) -> Vec<Finding> {
    if !source.path.starts_with("src/") {
        return Vec::new();
    }
    let mut findings = Vec::new();
    if !source.text.starts_with("//!") {
        findings.push(source.finding(1, "a file opens with `//!` and says which idea it holds"));
    }
    for (words, why, in_tests) in NEVER {
        for window in source.tokens.windows(words.len()) {
            let line = window[0].line;
            let is_allowed = *in_tests && source.is_test(line);
            if !is_allowed && window.iter().map(text).eq(words.iter().copied()) {
                findings.push(source.finding(line, format!("`{}`: {why}", words.concat())));
            }
        }
    }
    findings
}

fn text(token: &Token) -> &str {
    &token.text
}
