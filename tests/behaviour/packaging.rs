//! What a package is made of: completions, manual pages, the service.

use std::fs;
use std::process::Command;

use super::program::{Folder, PROGRAM};

/// The service as it is packaged.
const UNIT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/.packaging/spacelog.service");

#[test]
fn every_shell_completes_every_command() {
    let folder = Folder::new();
    let helped = text(&folder, &["--help"]);
    let listed = helped.split("Commands:").nth(1).unwrap().split("Options:").next().unwrap();
    let commands: Vec<&str> = listed
        .lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(commands.len() > 20, "{commands:?}");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = text(&folder, &["completions", shell]);
        for command in &commands {
            assert!(script.contains(command), "{shell} does not know `{command}`");
        }
    }
}

#[test]
fn every_command_has_a_page_in_the_manual() {
    let folder = Folder::new();
    let pages = folder.home().join("man");
    let named = pages.to_str().unwrap();
    let output = super::program::Running::of(folder.command(PROGRAM, &["man", named])).end();
    assert_eq!(output.code, Some(1), "a folder that is not there is not made");
    assert!(output.err.contains("spacelog.1"), "{}", output.err);
    fs::create_dir(&pages).unwrap();
    assert_eq!(text(&folder, &["man", named]), "");
    for page in ["spacelog", "spacelog-run", "spacelog-import-bodies", "spacelog-watch-add"] {
        let written = fs::read_to_string(pages.join(format!("{page}.1"))).unwrap();
        assert!(written.contains(&format!(".TH {page} 1")), "{page}: {written}");
    }
    let whole = text(&folder, &["man"]);
    assert!(whole.contains("spacelog\\-curve(1)"), "{whole}");
}

#[test]
fn the_service_holds_to_what_systemd_understands_and_locks_the_program_in() {
    let unit = fs::read_to_string(UNIT).unwrap();
    let folder = Folder::new();
    let here = folder.home().join("spacelog.service");
    fs::write(&here, unit.replace("/usr/bin/spacelog", PROGRAM)).unwrap();
    let analyze = |args: &[&str]| Command::new("systemd-analyze").args(args).arg(&here).output();
    let Ok(verified) = analyze(&["verify", "--man=no"]) else {
        println!("skipped: systemd-analyze is not installed");
        return;
    };
    let said = String::from_utf8_lossy(&verified.stderr);
    assert!(verified.status.success() && said.is_empty(), "{said}");
    // Its sum of what a program could still do, from 0 to 10; above 2 it would not be locked in.
    let rated = analyze(&["security", "--offline=true", "--threshold=20"]).unwrap();
    let said = String::from_utf8_lossy(&rated.stdout);
    assert!(rated.status.success(), "{said}{}", String::from_utf8_lossy(&rated.stderr));
}

/// Returns what a command of the program prints that ends well.
fn text(folder: &Folder, args: &[&str]) -> String {
    let output = super::program::Running::of(folder.command(PROGRAM, args)).end();
    assert_eq!((output.code, output.err.as_str()), (Some(0), ""), "{args:?}");
    output.out
}
