//! The paths a file names: what `use` brings in and what stands in the code, written out whole.

use super::lexer::{self, Token};

/// A path such as `crate::space::Moment`, in its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    pub parts: Vec<String>,
    pub line: usize,
    /// How many `mod name { … }` of this file it stands in.
    pub depth: usize,
}

impl Path {
    /// Returns whether these parts stand in it, one after the other.
    pub fn names(&self, wanted: &[&str]) -> bool {
        self.parts.windows(wanted.len()).any(|parts| parts == wanted)
    }
}

/// Returns every path of a file. `use a::{b, c::d}` is two, `a::b` and `a::c::d`.
pub fn paths(tokens: &[Token]) -> Vec<Path> {
    let mut found = Vec::new();
    let mut modules: Vec<usize> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        modules.retain(|end| at < *end);
        if is_inline_module(&tokens[at..]) {
            modules.push(lexer::closing(tokens, at + 2));
            at += 3;
        } else if lexer::is_word(&tokens[at]) {
            at = read(tokens, at, &[], modules.len(), &mut found);
        } else {
            at += 1;
        }
    }
    found
}

fn is_inline_module(tokens: &[Token]) -> bool {
    matches!(tokens, [word, name, open, ..]
        if word.text == "mod" && lexer::is_word(name) && open.text == "{")
}

/// Reads the path that begins at `at`, after the parts of the tree it stands in, and returns where
/// the code goes on.
fn read(
    tokens: &[Token],
    mut at: usize,
    before: &[String],
    depth: usize,
    found: &mut Vec<Path>,
) -> usize {
    let line = tokens[at].line;
    let mut parts = before.to_vec();
    parts.push(tokens[at].text.clone());
    at += 1;
    while tokens.get(at).is_some_and(|token| token.text == "::") {
        match tokens.get(at + 1) {
            Some(next) if lexer::is_word(next) || next.text == "*" => {
                parts.push(next.text.clone());
                at += 2;
            }
            Some(next) if next.text == "{" => {
                let end = lexer::closing(tokens, at + 1);
                at += 2;
                while at < end {
                    at = if lexer::is_word(&tokens[at]) {
                        read(tokens, at, &parts, depth, found)
                    } else {
                        at + 1
                    };
                }
                return end + 1;
            }
            // A turbofish ends the path here; what follows is read as another.
            _ => {
                at += 1;
                break;
            }
        }
    }
    found.push(Path { parts, line, depth });
    at
}
