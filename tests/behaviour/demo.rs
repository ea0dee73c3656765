//! The newcomer's first command.

use super::moving::{drawn_together, without_numbers};
use super::program::{Folder, PROGRAM, Running};
use super::refusals::refused;
use super::shown::hold;

const SHORT: [&str; 7] = ["demo", "--for", "5s", "--speed", "120", "--seed", "3"];

#[test]
fn the_demo_ends_by_itself_marks_all_it_says_and_names_three_commands_that_work() {
    let folder = Folder::with_token(None);
    let output = folder.run(&SHORT);
    assert_eq!(output.code, Some(0), "{output:?}");
    let commands: Vec<&str> =
        output.out.lines().filter(|line| line.starts_with("  ")).map(str::trim).collect();
    assert_eq!(commands.len(), 3, "{}", output.out);
    // What it tells in between is up to the hour.
    let first = output.err.lines().next().unwrap();
    let last = output.out.rsplit("\n\n").take(2).collect::<Vec<_>>();
    let crowd = commands[1].split(' ').nth(2).unwrap();
    let frame = format!("{first}\n…\n{}\n\n{}", last[1].lines().next_back().unwrap(), last[0]);
    let frame = without_numbers(&frame, &[" Spaces seen", " live", " scheduled", " ended"]);
    hold("cli_demo", &folder, &drawn_together(&frame.replace(crowd, "1crowd")));
    let told: Vec<&str> =
        output.out.lines().filter(|line| !line.is_empty() && !line.starts_with("  ")).collect();
    assert!(told.len() > 10, "{}", output.out);
    assert!(told.iter().all(|line| line.starts_with("SIMULATED  ")), "{}", output.out);
    assert!(told.iter().any(|line| line.contains("  live  ") || line.contains("live  \"")));
    let alerts =
        told.iter().filter(|line| line.starts_with("SIMULATED  alert  crowd  participants  "));
    let alerts = alerts.count();
    assert!((1..=6).contains(&alerts), "a few alerts, not {alerts}: {}", output.out);
    assert_eq!(folder.rows(&["alerts", "raised"]).len(), alerts);
    let of_spam = output.err.matches("look like spam").count();
    let searches = output.err.matches(" new\n").count();
    assert!(of_spam <= 8 && of_spam <= searches, "{of_spam} times: {}", output.err);
    for command in commands {
        let mut shell = folder.command("sh", &["-c", command]);
        shell.env("NO_COLOR", "1");
        let answer = Running::of(shell).end();
        assert_eq!(answer.code, Some(0), "{command}: {answer:?}");
        assert!(answer.out.lines().count() > 3, "{command}: {answer:?}");
        assert!(answer.err.contains("SIMULATED"), "{command}: {answer:?}");
    }
    let seen = folder.rows(&["spaces"]).len();
    assert!(seen > 10, "{seen} Spaces");
    assert_eq!(folder.rows(&["status"])[0]["simulated"], true);

    let again = folder.run(&SHORT);
    assert_eq!(again.code, Some(0), "{again:?}");
    assert!(folder.rows(&["spaces"]).len() >= seen);
    refused(&folder.run(&["demo", "--for", "1s", "--seed", "4"]), 2, &["seed 3", "hint: "]);
    let real = ["run", "--query", "x", "--once", "--api-url", "http://127.0.0.1:9"];
    let mut command = folder.command(PROGRAM, &real);
    command.env("SPACELOG_BEARER_TOKEN", "any").env("SPACELOG_DATA", folder.data());
    refused(&Running::of(command).end(), 6, &["simulated data", "--data"]);
    folder.hold();
}

#[test]
fn a_demo_does_not_touch_real_data() {
    let folder = Folder::new();
    let body = serde_json::json!({"data": [super::x::space("1real", "live", Some(3))]});
    folder.take_in(&[("2026-11-23T18:10:00Z", "/2/spaces", body)]);
    refused(&folder.run(&["demo", "--for", "1s"]), 6, &["real data", "--data"]);
    assert_eq!(folder.rows(&["spaces"]).len(), 1);
}

#[test]
fn a_demo_without_a_folder_has_one_of_its_own_and_begins_anew() {
    let folder = Folder::with_token(None);
    for seed in ["3", "4"] {
        let args = ["demo", "--for", "1s", "--speed", "120", "--seed", seed];
        let output = Running::of(folder.command(PROGRAM, &args)).end();
        assert_eq!(output.code, Some(0), "{output:?}");
        assert!(output.out.contains("spacelog-demo"), "{}", output.out);
    }
}
