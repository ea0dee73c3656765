//! The files of the tree, and a place where a rule is broken.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use super::lexer::{self, Token};

/// A file of Rust and what the rules need to know of it.
pub struct Source {
    /// The path from the top of the tree, with `/`.
    pub path: String,
    pub text: String,
    pub tokens: Vec<Token>,
    /// The lines that only a test build sees.
    tests: Vec<RangeInclusive<usize>>,
}

/// A broken rule.
pub struct Finding {
    pub path: String,
    /// The line, counted from 1; 0 when the whole file is meant.
    pub line: usize,
    pub what: String,
}

/// Every file of Rust under `src`, `tests` and `benches`.
pub struct Tree {
    pub sources: Vec<Source>,
}

impl Source {
    /// Reads one file's text; `path` is where it lies in the tree.
    pub fn new(path: &str, text: &str) -> Self {
        let tokens = lexer::tokens(text);
        let tests = test_lines(&tokens);
        Self { path: path.to_owned(), text: text.to_owned(), tokens, tests }
    }

    /// Returns whether only a test build sees this line.
    pub fn is_test(&self, line: usize) -> bool {
        self.tests.iter().any(|lines| lines.contains(&line))
    }

    /// Returns a finding in this file.
    pub fn finding(&self, line: usize, what: impl Into<String>) -> Finding {
        Finding { path: self.path.clone(), line, what: what.into() }
    }

    /// Returns the modules this file is: `src/space/id.rs` is `space`, `id`. `None` outside `src`
    /// and for the roots `lib.rs` and `main.rs`.
    pub fn module(&self) -> Option<Vec<&str>> {
        let inner = self.path.strip_prefix("src/")?.strip_suffix(".rs")?;
        let inner = inner.strip_suffix("/mod").unwrap_or(inner);
        (inner != "lib" && inner != "main").then(|| inner.split('/').collect())
    }

    /// Returns the files, without `.rs`, of the modules declared here for tests alone.
    fn test_modules(&self) -> impl Iterator<Item = String> {
        let stem = self.path.trim_end_matches(".rs");
        let is_root = ["/mod", "/lib", "/main"].iter().any(|end| stem.ends_with(end));
        let folder =
            if is_root { stem.rsplit_once('/').map_or("", |(folder, _)| folder) } else { stem };
        self.tokens.windows(3).filter_map(move |window| match window {
            [word, name, end] if word.text == "mod" && end.text == ";" => {
                self.is_test(word.line).then(|| format!("{folder}/{}", name.text))
            }
            _ => None,
        })
    }
}

impl Tree {
    /// Reads the tree this test belongs to.
    pub fn read() -> Self {
        let root = root();
        let mut files = BTreeSet::new();
        for folder in ["src", "tests", "benches"] {
            walk(&root.join(folder), &mut files);
        }
        let texts = files.iter().map(|file| {
            let path = file.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
            (path, fs::read_to_string(file).unwrap())
        });
        Self::of(texts)
    }

    /// Returns a tree of these paths and texts.
    pub fn of(texts: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut sources: Vec<Source> =
            texts.into_iter().map(|(path, text)| Source::new(&path, &text)).collect();
        let for_tests: Vec<String> = sources.iter().flat_map(Source::test_modules).collect();
        for source in &mut sources {
            let stem = source.path.trim_end_matches(".rs");
            let is_one = |module: &String| {
                stem == module
                    || stem.strip_prefix(module).is_some_and(|rest| rest.starts_with('/'))
            };
            if for_tests.iter().any(is_one) {
                source.tests = vec![0..=usize::MAX];
            }
        }
        Self { sources }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.what)
    }
}

/// Returns the top of the tree.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn walk(folder: &Path, files: &mut BTreeSet<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.insert(path);
        }
    }
}

/// Returns the lines of every item under `#[cfg(test)]`.
fn test_lines(tokens: &[Token]) -> Vec<RangeInclusive<usize>> {
    const MARK: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let mut found = Vec::new();
    for (start, window) in tokens.windows(MARK.len()).enumerate() {
        if !window.iter().map(|token| &token.text).eq(MARK) {
            continue;
        }
        let end = item_end(tokens, start + MARK.len());
        found.push(tokens[start].line..=tokens[end].line);
    }
    found
}

/// Returns where the item that begins at `at` ends: at its `;`, or with its braces.
fn item_end(tokens: &[Token], mut at: usize) -> usize {
    while at < tokens.len() {
        match tokens[at].text.as_str() {
            ";" => return at,
            "{" => return lexer::closing(tokens, at),
            // Attributes, arguments and arrays hold neither end.
            "(" | "[" => at = lexer::closing(tokens, at),
            _ => {}
        }
        at += 1;
    }
    tokens.len().saturating_sub(1)
}
