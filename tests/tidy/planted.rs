//! Planted violations: each rule must find its own, so that none can pass by looking away.

use super::source::{Finding, Source, Tree};
use super::{doors, lengths, lexer, rooms, source, top_level, words};

fn lines(rule: fn(&Source) -> Vec<Finding>, path: &str, text: &str) -> Vec<usize> {
    let mut lines: Vec<usize> =
        rule(&Source::new(path, text)).iter().map(|finding| finding.line).collect();
    lines.sort_unstable();
    lines
}

#[test]
fn comments_strings_and_characters_are_not_code() {
    let text = r##"
        // one /* " */
        /* two /* nested " */ " */
        a("b \" c", 'd', '\'', '"', b'"', '\u{7f}', r#"e " f"#, br"g", b"h\\", 'label: loop {})
    "##;
    let words: Vec<String> =
        lexer::tokens(text).into_iter().filter(lexer::is_word).map(|token| token.text).collect();
    assert_eq!(words, ["a", "label", "loop"]);
    assert_eq!(lexer::tokens("\"two\nlines\" after")[1].line, 2);
    assert_eq!(lexer::tokens("r#type 'a 'b' fn<'c>(x: &'c str)").len(), 16);
}

#[test]
fn a_room_that_names_another_is_found_however_it_is_written() {
    for text in [
        "use crate::cli::Args;",
        "use crate::{space::Moment, cli};",
        "use crate::{\n    space::{Moment, SpaceId},\n    poll::client::{self, Client},\n};",
        "pub(crate) use super::super::log;",
        "use super::super::{event, log as journal};",
        "fn f() -> crate::log::Seq { crate :: log :: FIRST }",
        "use crate::*;",
        "#[cfg(test)]\nmod tests {\n    use super::super::super::log;\n}",
        "macro_rules! m { () => { $crate::log::Log } }",
        "fn f() { Vec::<crate::log::Log>::new(); }",
        "use self::super::super::log;",
    ] {
        assert!(!lines(rooms::check, "src/decide/known.rs", text).is_empty(), "{text}");
    }
}

#[test]
fn a_room_may_name_what_the_table_lets_it() {
    for text in [
        "use crate::{event::{Event, Kind}, space::Moment};",
        "use crate::decide::known::Known; use super::Known;",
        "pub(crate) fn f() {} pub(in crate::decide) fn g() {} pub(super) fn h() {}",
        "#[cfg(test)]\nmod tests {\n    use super::super::log;\n}",
        "// crate::log\nconst A: &str = \"crate::log\";",
        "use std::log; use log::info;",
    ] {
        assert_eq!(lines(rooms::check, "src/decide/known.rs", text), [0_usize; 0], "{text}");
    }
    assert!(lines(rooms::check, "src/cli/mod.rs", "use crate::{monitor, clock};").is_empty());
    assert_eq!(lines(rooms::check, "src/monitor/mod.rs", "\nuse crate::cli;"), [2]);
    assert_eq!(lines(rooms::check, "src/sheet.rs", "\nuse super::space;"), [2]);
}

#[test]
fn a_room_outside_the_table_and_a_busy_binary_are_found() {
    assert_eq!(lines(rooms::check, "src/utils/mod.rs", "//! Misc."), [0]);
    assert_eq!(lines(rooms::check, "src/bin/other.rs", "fn main() {}"), [0]);
    assert!(lines(rooms::check, "src/main.rs", "fn main() { spacelog::cli::run() }").is_empty());
    assert_eq!(lines(rooms::check, "src/main.rs", "\nuse spacelog::{cli, log};"), [2]);
    assert_eq!(lines(rooms::check, "src/main.rs", "mod extra;"), [1]);
}

#[test]
fn what_is_too_long_is_found_and_what_just_fits_is_not() {
    let function = |lines: usize| format!("fn f(a: [u8; 2]) {{{}}}", "\n".repeat(lines - 1));
    assert!(lines(lengths::check, "src/a.rs", &function(70)).is_empty());
    assert_eq!(lines(lengths::check, "tests/a.rs", &format!("\n\n{}", function(71))), [3]);
    let braces = format!("fn f() {{ '{{'; \"}}\"; /* }} */ {}}}", "\n".repeat(70));
    assert_eq!(lines(lengths::check, "src/a.rs", &braces), [1]);
    let method = format!("trait T {{ fn f(&self); }}\n{}", "struct S;\n".repeat(90));
    assert!(lines(lengths::check, "src/a.rs", &method).is_empty());
    assert!(lines(lengths::check, "benches/a.rs", &"\n".repeat(400)).is_empty());
    assert_eq!(lines(lengths::check, "benches/a.rs", &"\n".repeat(401)), [400]);
}

#[test]
fn each_door_finds_what_comes_in_beside_it() {
    for (text, door) in [
        ("let now = chrono::Utc::now();", "src/clock/mod.rs"),
        ("let now = Local::now();", "src/clock/mod.rs"),
        ("use std::time::{Duration, Instant}; Instant::now()", "src/clock/mod.rs"),
        ("use std::time::SystemTime;", "src/clock/mod.rs"),
        ("use tokio::{sync::watch, time::sleep};", "src/clock/mod.rs"),
        ("std::thread::sleep(span);", "src/clock/mod.rs"),
        ("getrandom::fill(&mut bytes)", "src/log/entropy.rs"),
        ("let mut rng = rand::rng();", "src/log/entropy.rs"),
        ("StdRng::from_os_rng()", "src/log/entropy.rs"),
        ("use rand::{rng, Rng};", "src/log/entropy.rs"),
        ("reqwest::Client::new()", "src/poll/http.rs"),
        ("use tokio::net::{TcpStream, lookup_host};", "src/poll/http.rs"),
        ("TcpListener::bind(address)", "src/simulate/server.rs"),
        ("tokio::net::UnixStream::connect(path)", "src/serve/local.rs"),
        ("use std::thread; thread::spawn(work);", "src/monitor/threads.rs"),
        ("thread::Builder::new()", "src/monitor/threads.rs"),
        ("runtime.spawn_blocking(work)", "src/monitor/threads.rs"),
        ("use redb::Database;", "src/store/mod.rs"),
        ("database.begin_read()?", "src/store/mod.rs"),
        ("#[derive(bincode::Encode)] struct Row;", "src/event/codec.rs"),
    ] {
        assert_eq!(lines(doors::check, "src/question/ask.rs", text), [1], "{text}");
        assert!(lines(doors::check, door, text).is_empty(), "{text} in {door}");
        let in_test = format!("#[cfg(test)]\nmod tests {{\n{text}\n}}");
        assert!(lines(doors::check, "src/question/ask.rs", &in_test).is_empty(), "{text}");
        let after = format!("{in_test}\nfn f() {{ {text} }}");
        assert_eq!(lines(doors::check, "src/question/ask.rs", &after), [5], "{text}");
    }
    assert_eq!(lines(doors::check, "src/monitor/mod.rs", "thread::scope(f)"), [1]);
    assert_eq!(lines(doors::check, "src/log/hosts.rs", "bincode::encode()"), [1]);
}

#[test]
fn what_is_never_written_is_found() {
    for text in [
        "fn f() { todo!() }",
        "fn f() { unimplemented!(\"later\") }",
        "fn f() { dbg!(x); }",
        "fn f() { let _ = g(); }",
        "#[ignore = \"slow\"]\nfn f() {}",
        "unsafe fn f() {}",
        "fn f() { g().unwrap() }",
        "fn f() { g()\n.expect(\"why\") }",
    ] {
        let text = format!("//! A file.\n{text}");
        let found = lines(words::check, "src/a.rs", &text);
        assert!(matches!(found[..], [2 | 3]), "{text}: {found:?}");
    }
    assert_eq!(lines(words::check, "src/a.rs", "use std::fmt;"), [1]);
    for text in [
        "//! `todo!(` in a comment.\nconst A: &str = \"unsafe .unwrap()\";",
        "//! A file.\n#![forbid(unsafe_code)]\n#[expect(dead_code, reason = \"r\")]\nstruct S;",
        "//! A file.\nfn f() { g().unwrap_or(1).expect_err(); let _guard = g(); }",
        "//! A file.\n#[cfg(test)]\n#[allow(x)]\nmod tests { fn f() { g().unwrap(); } }",
    ] {
        assert!(lines(words::check, "src/a.rs", text).is_empty(), "{text}");
    }
    let dropped = "//! A file.\n#[cfg(test)]\nmod tests { fn f() { let _ = g(); } }";
    assert_eq!(lines(words::check, "src/a.rs", dropped), [3]);
}

#[test]
fn a_file_that_only_tests_see_is_a_test() {
    let texts = [
        ("src/room/mod.rs", "//! A room.\n#[cfg(test)]\nmod fixture;\nmod real;"),
        ("src/room/fixture.rs", "//! Given.\nfn f() { g().unwrap() }"),
        ("src/room/fixture/more.rs", "//! Given.\nfn f() { g().unwrap() }"),
        ("src/room/real.rs", "//! Real.\nfn f() { g().unwrap() }"),
    ];
    let tree = Tree::of(texts.map(|(path, text)| (path.to_owned(), text.to_owned())));
    let found: Vec<String> =
        tree.sources.iter().flat_map(words::check).map(|finding| finding.path).collect();
    assert_eq!(found, ["src/room/real.rs"]);
}

#[test]
fn a_stray_file_at_the_top_is_found() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["Cargo.toml", "LICENSE-MIT", ".gitignore", "notes.txt"] {
        std::fs::write(folder.path().join(name), "").unwrap();
    }
    let found = top_level::check(folder.path());
    assert_eq!(found.iter().map(|f| f.path.as_str()).collect::<Vec<_>>(), ["notes.txt"]);
}

#[test]
fn the_tree_that_is_read_is_this_one() {
    let tree = Tree::read();
    for path in ["src/lib.rs", "tests/tidy.rs", "tests/tidy/planted.rs"] {
        assert!(tree.sources.iter().any(|source| source.path == path), "{path}");
    }
    assert!(source::root().join("Cargo.toml").is_file());
}
