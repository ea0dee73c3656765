//! The rules of the tree, held by reading it: which room names which, how long things are, where
//! time, chance, sockets, threads and transactions come in, and what is never written.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail by panicking")]

#[path = "tidy/doors.rs"]
mod doors;
#[path = "tidy/lengths.rs"]
mod lengths;
#[path = "tidy/lexer.rs"]
mod lexer;
#[path = "tidy/paths.rs"]
mod paths;
#[path = "tidy/planted.rs"]
mod planted;
#[path = "tidy/rooms.rs"]
mod rooms;
#[path = "tidy/source.rs"]
mod source;
#[path = "tidy/top_level.rs"]
mod top_level;
#[path = "tidy/words.rs"]
mod words;

use source::{Finding, Source, Tree};

/// Fails with every place where a rule is broken.
fn hold(rule: impl Fn(&Source) -> Vec<Finding>) {
    let tree = Tree::read();
    assert!(tree.sources.iter().any(|source| source.path == "src/lib.rs"), "no tree was read");
    report(&tree.sources.iter().flat_map(rule).collect::<Vec<_>>());
}

fn report(findings: &[Finding]) {
    let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert!(lines.is_empty(), "\n{}\n", lines.join("\n"));
}

#[test]
fn a_room_names_only_the_rooms_it_may() {
    hold(rooms::check);
}

#[test]
fn the_rooms_depend_upward_and_never_in_a_circle() {
    report(&rooms::check_table());
}

#[test]
fn no_file_and_no_function_is_too_long() {
    hold(lengths::check);
}

#[test]
fn time_chance_sockets_threads_and_transactions_have_one_door_each() {
    hold(doors::check);
}

#[test]
fn what_is_never_written_is_not_written() {
    hold(words::check);
}

#[test]
fn the_top_level_holds_what_belongs_there_and_nothing_else() {
    report(&top_level::check(&source::root()));
}
