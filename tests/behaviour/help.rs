//! The help of the program and of every command, found by walking the lists of commands in it.

use super::program::{Folder, PROGRAM, Running};
use super::shown::{SNAPSHOTS, hold};

/// The commands that a help lists, without `help` itself, which says the same again.
fn listed(help: &str) -> Vec<&str> {
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let lines = lines.take_while(|line| !line.is_empty());
    // Deeper lines go on with what was said of the command above them.
    let named = lines.filter_map(|line| line.strip_prefix("  ").filter(|it| !it.starts_with(' ')));
    named.filter_map(|line| line.split(' ').next()).filter(|name| *name != "help").collect()
}

/// Holds the help of a command and of those below it, and returns the names of the snapshots.
fn walk(folder: &Folder, commands: &[&str]) -> Vec<String> {
    let args = [commands, &["--help"]].concat();
    let output = Running::of(folder.command(PROGRAM, &args)).end();
    assert_eq!((output.code, output.err.as_str()), (Some(0), ""), "{args:?}");
    let name = [&["cli_help"], commands].concat().join("_");
    hold(&name, folder, &output.out);
    let below = listed(&output.out).into_iter();
    let below = below.flat_map(|next| walk(folder, &[commands, &[next]].concat()));
    [name].into_iter().chain(below).collect()
}

#[test]
fn the_help_of_the_program_and_of_each_command_is_this() {
    let folder = Folder::new();
    let mut names = walk(&folder, &[]);
    assert!(names.len() > 50, "commands below commands are walked to: {names:?}");
    names.sort_unstable();
    // A snapshot of a command that is gone would promise something that nobody keeps.
    let mut kept: Vec<String> = std::fs::read_dir(SNAPSHOTS)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|file| file.strip_suffix(".snap").map(ToOwned::to_owned))
        .filter(|name| name.starts_with("cli_help"))
        .collect();
    kept.sort_unstable();
    assert_eq!(kept, names);
}
