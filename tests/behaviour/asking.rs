//! Asking: the same answers whether a monitor runs on the folder or not, several at once too.

use serde_json::Value;

use super::keys;
use super::program::{Folder, Output, PROGRAM, Running, until};

/// A simulated X in a process of its own.
pub struct Simulated {
    process: Running,
    /// Its origin.
    pub url: String,
}

impl Simulated {
    /// Starts one with these arguments.
    pub fn start(folder: &Folder, args: &[&str]) -> Self {
        let args = [&["simulate", "--limit", "15000", "--spaces", "60"], args].concat();
        let process = Running::of(folder.command(PROGRAM, &args));
        let url = until("its address", || {
            let out = process.out();
            out.ends_with('\n').then(|| out.trim().to_owned())
        });
        Self { process, url }
    }

    /// Ends it.
    pub fn end(self) -> Output {
        self.process.signal("TERM");
        self.process.end()
    }
}

/// Every question, with the keys of its answer where they are promised.
fn questions(id: &str) -> Vec<(Vec<&str>, &'static str)> {
    vec![
        (vec!["status"], "running, seq, trouble"),
        (vec!["spaces", "--sort", "peak"], keys::SPACE),
        (vec!["spaces", "--state", "live", "--min-participants", "0"], keys::SPACE),
        (vec!["space", id], keys::SPACE),
        (vec!["curve", id], keys::POINT),
        (vec!["curve", id, "--step", "1s"], keys::POINT),
        (vec!["hosts", "--by", "average"], keys::HOST),
        (vec!["keywords", "--last", "24h"], keys::KEYWORD),
        (vec!["polls"], keys::POLL),
        (vec!["events", "--space", id], keys::EVENT),
        (vec!["events", "--kind", "PollSucceeded"], keys::EVENT),
        (vec!["verify"], "what, ok"),
        (vec!["rebuild", "hosts"], "view, seq"),
    ]
}

#[test]
fn every_question_is_answered_while_a_monitor_runs_and_without_one_several_at_once() {
    let folder = Folder::new();
    let x = Simulated::start(&folder, &["--seed", "5"]);
    let args = ["run", "--api-url", &x.url, "--query", "music", "--query", "news"];
    let monitor = folder.start(&args);
    monitor.says("live  ");
    // Over more than one step of its curve.
    let live = |row: &Value| {
        let (seen, long) = (row["observations"].as_u64(), row["tracked_seconds"].as_f64());
        row["state"] == "live" && seen > Some(2) && long > Some(2.0)
    };
    let id = until("a Space seen thrice", || {
        let rows = folder.rows(&["spaces"]);
        rows.into_iter().find(live).map(|row| row["space_id"].as_str().unwrap().to_owned())
    });
    assert_eq!(folder.rows(&["status"])[0]["running"], true);
    ask_all_at_once(&folder, &id);
    assert_eq!(folder.rows(&["gaps"]).iter().filter(|gap| gap["cause"] != "late").count(), 0);
    let output = monitor.stop();
    assert!(output.err.contains("Spaces, "), "{}", output.err);
    assert_eq!(x.end().code, Some(143));

    assert_eq!(folder.rows(&["status"])[0]["running"], false);
    ask_all_at_once(&folder, &id);
    folder.hold();
}

fn ask_all_at_once(folder: &Folder, id: &str) {
    let asked: Vec<_> = questions(id)
        .into_iter()
        .map(|(args, keys)| {
            let with_json = [args.clone(), vec!["--json"]].concat();
            (folder.start(&with_json), args, keys)
        })
        .collect();
    for (question, args, keys) in asked {
        let output = question.end();
        assert_eq!(output.code, Some(0), "{args:?}: {output:?}");
        assert_eq!(output.err, "", "{args:?}");
        let rows: Vec<Value> = serde_json::from_str(&output.out).unwrap();
        assert!(!rows.is_empty(), "{args:?} is answered with nothing");
        keys::hold(&rows, keys);
    }
}

#[test]
fn bodies_are_imported_while_a_monitor_runs() {
    let (folder, x) = (Folder::new(), super::x::X::new());
    x.put(super::x::space("1here", "live", Some(2)));
    let monitor = folder.start(&["run", "--api-url", &x.url(), "--space", "1here"]);
    monitor.says("live  ");
    let body = serde_json::json!({"data": [super::x::space("1before", "ended", Some(3))]});
    let sum = folder.take_in(&[("2026-11-20T18:10:00Z", "/2/spaces", body)]);
    assert_eq!(sum["new_spaces"], 1);
    assert_eq!(folder.space("1before")["state"], "ended");
    let output = monitor.stop();
    assert!(!output.out.contains("1before"), "{}", output.out);
    folder.hold();
}

#[test]
fn a_monitor_that_starts_takes_the_files_from_a_question_and_answers_it() {
    let (folder, x) = (Folder::new(), super::x::X::new());
    x.put(super::x::space("1here", "live", Some(2)));
    let args = ["run", "--api-url", &x.url(), "--space", "1here"];
    folder.well(&[args.as_slice(), &["--once"]].concat());
    let questions: Vec<_> = (0..6).map(|_| folder.start(&["spaces", "--json"])).collect();
    let monitor = folder.start(&args);
    for question in questions {
        let output = question.end();
        assert_eq!((output.code, output.err.as_str()), (Some(0), ""));
        assert!(output.out.contains("1here"), "{}", output.out);
    }
    until("the monitor to run", || {
        folder.rows(&["status"])[0]["running"].as_bool().filter(|running| *running)
    });
    monitor.stop();
}
