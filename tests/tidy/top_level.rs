//! What may lie at the top of the tree.

use std::fs;
use std::path::Path;

use super::source::Finding;

/// The names that belong at the top; dotfiles and licences do too.
const NAMES: [&str; 8] =
    ["Cargo.toml", "Cargo.lock", "src", "tests", "snapshots", "benches", "README.md", "target"];

/// Returns what lies in `root` and does not belong there.
pub fn check(root: &Path) -> Vec<Finding> {
    let mut names: Vec<String> = fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names.into_iter().filter(|name| !belongs(name)).map(finding).collect()
}

fn belongs(name: &str) -> bool {
    name.starts_with('.') || name.starts_with("LICENSE") || NAMES.contains(&name)
}

fn finding(path: String) -> Finding {
    Finding { path, line: 0, what: "does not belong at the top of the tree".to_owned() }
}
