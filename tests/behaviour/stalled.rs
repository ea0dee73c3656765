//! `/healthz` beside a monitor that is stopped: it says so, and is well when the monitor goes on.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::fetch::Site;
use super::program::{Folder, until};
use super::x::{X, space};

/// Within this a probe is answered, whatever has become of the monitor.
const ANSWERED_WITHIN: Duration = Duration::from_secs(10);

/// More than are worked on at a time.
const PROBES: usize = 7;

fn health(site: &Site) -> (u16, Value) {
    let answer = site.get("/healthz");
    (answer.status, serde_json::from_str(&answer.body).unwrap())
}

/// Waits until the log is so, and returns how far it has come.
fn is(site: &Site, word: &str) -> u64 {
    until(&format!("a log that is {word}"), || {
        let (status, body) = health(site);
        (status == 200 && body["status"] == word).then(|| body["seq"].as_u64().unwrap())
    })
}

#[test]
fn a_monitor_that_is_stopped_is_stalled_to_every_probe_and_well_when_it_goes_on() {
    let (folder, x) = (Folder::new(), X::new());
    x.put(space("1onAir", "live", Some(8)));
    x.find("1onAir");
    let url = x.url();
    let run = ["run", "--query", "coast", "--interval", "1s", "--api-url", &url];
    let monitor = folder.start(&run);
    monitor.says("live  ");
    let site = Site::of(&folder, &["serve"]);
    let before = is(&site, "ok");

    monitor.signal("STOP");
    std::thread::scope(|scope| {
        // What was just told is told to others for a moment.
        let probe = || loop {
            let begun = Instant::now();
            let (status, body) = health(&site);
            if body["status"] != "ok" {
                return (status, body, begun.elapsed());
            }
        };
        let probes: Vec<_> = (0..PROBES).map(|_| scope.spawn(probe)).collect();
        for probe in probes {
            let (status, body, took) = probe.join().unwrap();
            assert_eq!((status, &body["status"]), (503, &json!("stalled")), "{body}");
            assert_eq!((&body["seq"], &body["running"]), (&Value::Null, &Value::Null), "unknown");
            assert!(took < ANSWERED_WITHIN, "after {took:?}");
        }
    });

    monitor.signal("CONT");
    let after = is(&site, "ok");
    assert!(after >= before, "{after} after {before}");
    until("the log to grow", || (is(&site, "ok") > after).then_some(()));
    assert_eq!(site.get("/api/spaces").rows().len(), 1, "questions are answered again");
    monitor.stop();
    is(&site, "idle");
    site.stop();
    folder.hold();
}
