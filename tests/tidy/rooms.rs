//! Which room may name which: the table of the design, held against `crate::room` and
//! `super::…::room` wherever they stand, tests too.

use super::paths::{self, Path};
use super::source::{Finding, Source};

/// A room and the rooms it may name. Each names only rooms above it, so no circle can be.
const ROOMS: &[(&str, &[&str])] = &[
    (OF_TESTS, &[]),
    ("clock", &[]),
    ("space", &[]),
    ("sheet", &[]),
    ("config", &["space"]),
    ("poll", &["clock", "config", "space"]),
    ("event", &["space"]),
    ("decide", &["event", "space"]),
    ("store", &[]),
    ("log", &["store", "event", "space"]),
    ("view", &["event", "sheet", "space"]),
    ("projector", &["store", "event", "log", "view", "space"]),
    ("question", &["sheet", "view", "projector", "log", "event", "space"]),
    ("chart", &["sheet", "space"]),
    ("export", &["sheet", "event", "log", "space"]),
    ("import", &["sheet", "event", "log", "space", "poll", "decide"]),
    ("alert", &["question", "event", "log", "config", "clock", "space"]),
    ("serve", &["question", "sheet", "export", "chart", "config", "space"]),
    ("simulate", &["clock", "space"]),
    ("monitor", ABOVE),
    ("archive", ABOVE),
    ("cli", ABOVE),
];

/// What only tests see, and each room's tests may name.
const OF_TESTS: &str = "amounts";
/// Stands for every room above this one.
const ABOVE: &[&str] = &["*"];
/// The library's name, by which the binary reaches it.
const LIBRARY: &str = "spacelog";

/// Returns where a room names one that it may not.
pub fn check(source: &Source) -> Vec<Finding> {
    let found = paths::paths(&source.tokens);
    if source.path == "src/main.rs" {
        return main(source, &found);
    }
    let Some(module) = source.module() else { return Vec::new() };
    let room = module[0];
    if !ROOMS.iter().any(|(name, _)| *name == room) {
        let what = format!("room `{room}` is not in the table of tests/tidy/rooms.rs");
        return vec![source.finding(0, what)];
    }
    let mut findings = Vec::new();
    for path in &found {
        match named(path, module.len()) {
            Some(OF_TESTS) if source.is_test(path.line) => {}
            Some(name) if name != room && !may_name(room, name) => {
                let what = format!("room `{room}` may not name `{name}` (it may: {})", list(room));
                findings.push(source.finding(path.line, what));
            }
            _ => {}
        }
    }
    findings
}

/// Returns where the table itself points down, or at nothing.
pub fn check_table() -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, (room, allowed)) in ROOMS.iter().enumerate() {
        for name in allowed.iter().filter(|name| **name != "*") {
            if !ROOMS[..index].iter().any(|(above, _)| above == name) {
                let what =
                    format!("room `{room}` may name `{name}`, which does not stand above it");
                findings.push(Finding { path: "tests/tidy/rooms.rs".to_owned(), line: 0, what });
            }
        }
    }
    findings
}

/// The binary only starts the command line.
fn main(source: &Source, found: &[Path]) -> Vec<Finding> {
    let outside = |path: &&Path| match path.parts.as_slice() {
        [first, second, ..] => first == LIBRARY && second != "cli",
        _ => false,
    };
    let what = "the binary names only `spacelog::cli`";
    let mut findings: Vec<Finding> =
        found.iter().filter(outside).map(|path| source.finding(path.line, what)).collect();
    let modules = source.tokens.iter().filter(|token| token.text == "mod");
    findings.extend(modules.map(|token| source.finding(token.line, "the binary has no modules")));
    findings
}

/// Returns the room a path leads to, if it leads to the top of the crate.
fn named(path: &Path, depth: usize) -> Option<&str> {
    let ups = path.parts.iter().take_while(|part| *part == "super").count();
    let rest = match path.parts.first()?.as_str() {
        "crate" => &path.parts[1..],
        // `super` from a module at the top of the crate is the crate itself.
        "super" if ups >= depth + path.depth => &path.parts[ups..],
        "self" if path.parts.get(1).is_some_and(|part| part == "super") => {
            let ups = path.parts[1..].iter().take_while(|part| *part == "super").count();
            if ups < depth + path.depth {
                return None;
            }
            &path.parts[1 + ups..]
        }
        _ => return None,
    };
    // In `pub(crate)` and `pub(super)` nothing follows.
    rest.first().map(String::as_str)
}

fn may_name(room: &str, name: &str) -> bool {
    let place = |wanted: &str| ROOMS.iter().position(|(found, _)| *found == wanted);
    let (Some(from), Some(to)) = (place(room), place(name)) else { return false };
    let allowed = ROOMS[from].1;
    allowed.contains(&name) || (allowed == ABOVE && to < from)
}

fn list(room: &str) -> String {
    match ROOMS.iter().find(|(name, _)| *name == room) {
        Some((_, allowed)) if *allowed == ABOVE => "every room above it".to_owned(),
        Some((_, allowed)) if !allowed.is_empty() => allowed.join(", "),
        _ => "none".to_owned(),
    }
}
