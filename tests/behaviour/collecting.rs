//! What a monitor says while it collects, and what is asked of one that runs, held as snapshots.

use super::answers::{both, streams};
use super::fetch::Site;
use super::moving::{once_each, without_hashes, without_moments, without_numbers, without_values};
use super::pinned::main_of;
use super::program::{Folder, PROGRAM, Running, until};
use super::server::Reply;
use super::shown::{fixed, hold};
use super::x::{LOOK_UP, SEARCH, X, space};

/// An X with a Space on air that ends after a few looks, one announced, and one without a count.
fn evening() -> X {
    let x = X::new();
    let mut announced = space("1tomorrow", "scheduled", None);
    announced["scheduled_start"] = "2126-01-01T18:00:00.000Z".into();
    x.put(announced);
    x.put(space("1evening", "live", Some(240)));
    x.put(space("1quiet", "live", None));
    for id in ["1evening", "1quiet", "1tomorrow"] {
        x.find(id);
    }
    let over = space("1evening", "ended", Some(260));
    x.course("1evening", vec![space("1evening", "live", Some(1)), over]);
    x
}

#[test]
fn a_monitor_tells_what_it_finds_and_what_becomes_of_it_like_this() {
    let (folder, x) = (Folder::new(), evening());
    let url = x.url();
    let run = ["run", "--query", "coast", "--interval", "2s", "--api-url", &url];
    let monitor = folder.start(&run);
    monitor.says("ended  ");
    monitor.talks_of("3 Spaces, 0 new");
    let output = monitor.stop();
    hold("cli_run", &folder, &once_each(&streams(&output)));
}

#[test]
fn a_monitor_tells_what_goes_wrong_and_that_it_is_well_again_like_this() {
    let (folder, x) = (Folder::new(), evening());
    x.fail(SEARCH, Reply::new(503, "down"));
    let url = x.url();
    let run = ["run", "--query", "coast", "--interval", "2s", "--api-url", &url];
    let monitor = folder.start(&run);
    monitor.talks_of("503");
    x.be_well();
    monitor.talks_of("well again");
    monitor.talks_of("3 Spaces, 3 new");
    x.fail(SEARCH, Reply::new(429, "{}").with_window(0, 900));
    monitor.talks_of("429");
    x.fail(LOOK_UP, Reply::new(200, "<html>"));
    monitor.talks_of("spaces");
    let output = monitor.stop();
    hold("cli_run_trouble", &folder, &without_moments(&once_each(&output.err)));
}

#[test]
fn names_that_nobody_has_and_spaces_that_are_not_there_are_told_like_this() {
    let (folder, x) = (Folder::new(), X::new());
    let url = x.url();
    let run = ["run", "--creator", "@nobody", "--creator", "@coastwatch", "--space", "1gone"];
    let output = folder.run(&[run.as_slice(), &["--api-url", &url, "--once"]].concat());
    hold("cli_run_nobody", &folder, &streams(&output));
}

/// X's answer to a token that it does not know.
fn unauthorized() -> Reply {
    Reply::new(401, r#"{"title":"Unauthorized","type":"about:blank","status":401}"#)
}

#[test]
fn a_monitor_whose_token_is_refused_says_so_loudly_like_this() {
    let (folder, x) = (Folder::new(), evening());
    x.fail(SEARCH, unauthorized());
    let url = x.url();
    let run = ["run", "--query", "coast", "--api-url", &url];
    let output = folder.run(&[run.as_slice(), &["--once"]].concat());
    let code = output.code.unwrap();
    let told = format!("{}(exit {code})\n", streams(&output));
    hold("cli_run_refused", &folder, &without_moments(&told));
}

#[test]
fn the_money_of_a_day_that_is_spent_is_told_like_this() {
    let (folder, x) = (Folder::new(), X::new());
    for id in ["1one", "1two"] {
        x.put(space(id, "live", Some(3)));
        x.find(id);
    }
    let url = x.url();
    let run = ["run", "--query", "coast", "--api-url", &url, "--once"];
    let run = [run.as_slice(), &["--spend-cap", "0.01", "--cap-bound", "low"]].concat();
    folder.well(&run);
    let output = folder.run(&run);
    let code = output.code.unwrap();
    let told = format!("{}(exit {code})\n", streams(&output));
    hold("cli_run_spent", &folder, &without_moments(&told));
}

/// Values of `status` that are up to the machine, or to how often somebody looked.
const MOVING: [&str; 7] = [
    "pid",
    "seq",
    "polls_today",
    "disk_bytes",
    "disk_bytes_per_day",
    "disk_free_bytes",
    "views_behind",
];

/// Figures of `/metrics` that are.
const MOVING_METRICS: [&str; 8] = [
    "spacelog_log_recorded_timestamp_seconds",
    "spacelog_last_poll_timestamp_seconds",
    "spacelog_today_polls",
    "spacelog_disk_bytes",
    "spacelog_disk_free_bytes",
    "spacelog_log_events_total",
    "spacelog_view_behind_events",
    // The one before may not be closed yet.
    "spacelog_http_connections",
];

/// Writes `N` for the values of figures that move.
fn still(metrics: &str) -> String {
    let line = |line: &str| match line.rsplit_once(' ') {
        Some((name, _)) if MOVING_METRICS.iter().any(|it| name.starts_with(it)) => {
            format!("{name} N\n")
        }
        _ => format!("{line}\n"),
    };
    metrics.lines().map(line).collect()
}

#[test]
fn a_running_monitor_is_asked_and_told_like_this() {
    let (folder, x) = (Folder::new(), X::new());
    x.put(space("1evening", "live", Some(240)));
    x.find("1evening");
    let url = x.url();
    let site = Site::of(&folder, &["run", "--query", "coast", "--api-url", &url]);
    // Searches, looks by id and looks at the host: each has told its window.
    until("all windows", || {
        let status = folder.rows(&["status"]).pop().unwrap();
        status["windows"].as_array().filter(|it| it.len() == 3).map(drop)
    });
    let status = without_moments(&without_hashes(&both(&folder, &["status"])));
    hold("cli_status_running", &folder, &without_values(&status, &MOVING));
    let health = site.get("/healthz").body;
    let seq = serde_json::from_str::<serde_json::Value>(&health).unwrap()["seq"].to_string();
    let health = health.replace(&format!("\"seq\":{seq}"), "\"seq\":N");
    hold("http_healthz", &folder, &without_moments(&health));
    hold("http_metrics", &folder, &still(&site.get("/metrics").body));
    hold("cli_watch_list", &folder, &both(&folder, &["watch", "list"]));
    let things = ["--query", "coast", "--query", "tides", "--space", "1later"];
    let told = both(&folder, &[&["watch", "add"], &things[..]].concat());
    hold("cli_watch_add", &folder, &told);
    let told = both(&folder, &["watch", "rm", "--query", "tides", "--query", "rain"]);
    hold("cli_watch_rm", &folder, &told);
    site.stop();
}

#[test]
fn the_doctor_tells_what_is_well_and_what_is_not_like_this() {
    let (folder, x) = (fixed(), X::new());
    let doctor = |folder: &Folder, url: &str| {
        let args = ["doctor", "--api-url", url, "--data", "data"];
        let output = Running::of(folder.command(PROGRAM, &args)).end();
        let told = format!("{}(exit {})\n", streams(&output), output.code.unwrap());
        // Disks are of any size.
        let told = told.replace(" TiB free", " GiB free").replace(" MiB free", " GiB free");
        without_moments(&without_numbers(&told, &[" GiB free"]))
    };
    hold("cli_doctor", &folder, &doctor(&folder, &x.url()));
    x.fail(LOOK_UP, unauthorized());
    hold("cli_doctor_refused", &folder, &doctor(&folder, &x.url()));
    let fresh = Folder::new();
    // Nobody is there.
    hold("cli_doctor_fresh", &fresh, &doctor(&fresh, "http://127.0.0.1:9"));
}

#[test]
fn addresses_that_lead_nowhere_say_so_like_this() {
    let folder = fixed();
    let site = Site::of(&folder, &["serve"]);
    for (name, target, status) in [
        ("nowhere", "/nowhere", 404),
        ("unknown_space", "/space/1unknown", 404),
        ("unknown_person", "/person/@nobody", 404),
        ("no_parameter", "/spaces?colour=blue", 400),
        ("bad_value", "/keywords?last=soon", 400),
    ] {
        let answer = site.get(target);
        assert_eq!(answer.status, status, "{target}: {answer:?}");
        hold(&format!("page_problem_{name}"), &folder, &main_of(&answer.body));
        let bare = site.ask("GET", &format!("/api{target}"), "");
        hold(&format!("http_problem_{name}"), &folder, &format!("{}{}", bare.status, bare.body));
    }
    site.stop();
}

#[test]
fn what_serves_tells_where_it_is_like_this() {
    let folder = fixed();
    let serve = folder.start(&["serve", "--listen", "127.0.0.1:0"]);
    serve.talks_of("page and API at ");
    serve.signal("TERM");
    hold("cli_serve", &folder, &without_port(&streams(&serve.end())));
    let simulate = Running::of(folder.command(PROGRAM, &["simulate", "--seed", "5"]));
    simulate.says("\n");
    simulate.talks_of("--query");
    simulate.signal("TERM");
    hold("cli_simulate", &folder, &without_port(&streams(&simulate.end())));
}

/// Writes `PORT` for the free port that was taken.
fn without_port(text: &str) -> String {
    let (_, rest) = text.split_once("http://127.0.0.1:").unwrap();
    let port = rest.split(|it: char| !it.is_ascii_digit()).next().unwrap();
    text.replace(port, "PORT")
}
