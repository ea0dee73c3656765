//! Doubts: what no crowd does is marked in every output, with its rule and its observation.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::{Value, json};

use super::program::{Folder, until};
use super::shown::hold;
use super::x::{LOOK_UP, space};

const RULES: [&str; 4] = ["step", "spike", "under_stage", "round_plateau"];

/// A Space in whose curve each rule finds something.
fn doubtful() -> Folder {
    let folder = Folder::new();
    let steady = [400, 410, 405];
    let counts = [&steady[..], &[2_000, 402, 404], &[2], &[1_500, 1_510], &[1_600; 8], &[1_590]];
    let lines: Vec<(String, Value)> = (0..)
        .zip(counts.concat())
        .map(|(minute, count)| {
            let mut row = space("1doubt", "live", Some(count));
            row["speaker_ids"] = json!(["21", "22", "23"]);
            (format!("2026-11-23T18:{:02}:00Z", 20 + minute), json!({ "data": [row] }))
        })
        .collect();
    let lines: Vec<(&str, &str, Value)> =
        lines.iter().map(|(at, body)| (at.as_str(), LOOK_UP, body.clone())).collect();
    folder.take_in(&lines);
    folder
}

/// The body of an answer of the local API.
fn got(url: &str, path: &str) -> String {
    let address = url.strip_prefix("http://").unwrap().trim_end_matches('/');
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn each_rule_marks_its_observation_in_every_output() {
    let folder = doubtful();
    let rules: Vec<Value> = folder.rows(&["spaces"])[0]["doubted"].as_array().unwrap().clone();
    assert_eq!(rules, RULES);
    let doubts = folder.space("1doubt")["doubts"].as_array().unwrap().clone();
    let found: Vec<&str> = doubts.iter().map(|it| it["rule"].as_str().unwrap()).collect();
    assert_eq!(found, ["spike", "step", "under_stage", "step", "round_plateau"], "by time");
    let seqs: Vec<&Value> = doubts.iter().map(|it| &it["seq"]).collect();
    assert!(seqs.iter().all(|seq| seq.is_u64()), "{seqs:?}");
    hold("cli_doubts_card", &folder, &doubts_of_card(&folder));
    hold("cli_doubts_curve", &folder, &folder.well(&["curve", "1doubt", "--csv"]));
    hold("cli_doubts_spaces", &folder, &folder.well(&["spaces"]));
    let outputs = [
        folder.well(&["space", "1doubt"]),
        folder.well(&["space", "1doubt", "--joined"]),
        folder.well(&["space", "1doubt", "--csv"]),
        folder.well(&["curve", "1doubt"]),
        folder.well(&["curve", "1doubt", "--jsonl"]),
        folder.well(&["curve", "1doubt", "--svg"]),
        folder.well(&["spaces", "--format", "markdown"]).replace('\\', ""),
    ];
    for output in &outputs {
        let missing: Vec<&str> = RULES.into_iter().filter(|rule| !output.contains(rule)).collect();
        assert!(missing.is_empty(), "{missing:?} in {output}");
    }
    let serve = folder.start(&["serve", "--listen", "127.0.0.1:0"]);
    let url = until("its address", || {
        let said = serve.err();
        let at = said.find("http://")?;
        Some(said[at..].lines().next()?.trim().to_owned()).filter(|_| said.ends_with('\n'))
    });
    for path in ["/api/space/1doubt", "/api/curve?id=1doubt", "/api/spaces"] {
        let answer = got(&url, path);
        assert!(RULES.into_iter().all(|rule| answer.contains(rule)), "{path}: {answer}");
    }
    serve.signal("TERM");
    serve.end();
}

/// The lines of the card that tell of doubts.
fn doubts_of_card(folder: &Folder) -> String {
    let card = folder.well(&["space", "1doubt"]);
    let lines = card.lines().skip_while(|line| !line.starts_with("doubts:"));
    let lines: Vec<&str> = lines.take_while(|line| !line.is_empty()).collect();
    lines.join("\n") + "\n"
}
