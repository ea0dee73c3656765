//! The local page and API on the real program: the same figures everywhere, and nobody's text does
//! harm in any of them.

use std::collections::BTreeSet;
use std::process::Stdio;

use serde_json::{Value, json};

use super::browser::has;
use super::fetch::{Site, path};
use super::program::{Folder, Running};
use super::x::{LOOK_UP, SEARCH, space};

/// Texts that mean harm: to terminals, pages, spreadsheets, streams, readers.
const HARM: [&str; 8] = [
    "<script>window.harmed=1</script><img src=x onerror=window.harmed=1>",
    "\"><svg onload=window.harmed=1>' onmouseover='window.harmed=1",
    "=cmd|' /C calc'!A0",
    "@SUM(1+9)*cmd|' /C calc'!A0",
    "\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31mred\u{7f}",
    "\u{202e}gnp.exe\u{2066}\u{200b}\u{200d}\u{feff}\u{e0041}",
    "a\r\n\r\nevent: head\r\nid: 9\r\ndata: {}| b | `c` \\ \u{2028}",
    "]]></title></style><!--",
];

/// Returns the hostile titles: those above, and one letter under 4 KB of marks.
pub fn titles() -> Vec<String> {
    let marked = format!("Z{}algo", "\u{0301}\u{0489}".repeat(1_024));
    HARM.iter().map(|it| (*it).to_owned()).chain([marked]).collect()
}

/// Returns a folder with a live Space for each hostile text as its title, and as its host's name.
pub fn hostile() -> Folder {
    let folder = Folder::new();
    let mut lines = Vec::new();
    for (at, title) in titles().into_iter().enumerate() {
        let mut row = space(&format!("1harm{at}"), "live", Some(1_234 + at as u64));
        row["title"] = title.clone().into();
        row["lang"] = title.chars().take(40).collect::<String>().into();
        row["speaker_ids"] = json!(["13"]);
        row["topic_ids"] = json!([format!("9{at}")]);
        let topic = json!({"id": format!("9{at}"), "name": title, "description": title});
        let host = json!({"id": "12", "username": "coastwatch", "name": title, "location": title,
            "public_metrics": {"followers_count": 12_300}});
        let speaker = json!({"id": "13", "username": "speaks", "name": title});
        let includes = json!({"users": [host, speaker], "topics": [topic]});
        let body = json!({"data": [row], "includes": includes});
        lines.push(("2026-11-23T18:10:00Z", body));
    }
    let lines: Vec<_> = lines.into_iter().map(|(when, body)| (when, LOOK_UP, body)).collect();
    folder.take_in(&lines);
    folder
}

/// Characters that steer a terminal or hide text.
pub fn is_wild(it: char) -> bool {
    (it.is_control() && it != '\n')
        || matches!(it, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// Holds that a spreadsheet finds no formula in lines of CSV.
pub fn no_formula(lines: &str, what: &str) {
    let mut reader = csv::Reader::from_reader(lines.as_bytes());
    for row in reader.records().map(Result::unwrap) {
        for cell in &row {
            let is_number = cell.parse::<f64>().is_ok();
            let begins = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
            assert!(is_number || !begins, "{what}: a formula: {cell:?}");
        }
    }
}

#[test]
fn hostile_text_harms_nobody_in_a_terminal_a_spreadsheet_or_a_picture() {
    let folder = hostile();
    let questions: [&[&str]; 10] = [
        &["topics", "--last", "36500d"],
        &["spaces"],
        &["space", "1harm4"],
        &["space", "1harm8"],
        &["curve", "1harm5"],
        &["hosts", "--min-spaces", "1"],
        &["speakers", "--min-spaces", "1"],
        &["person", "@coastwatch"],
        &["keywords", "--last", "36500d"],
        &["events"],
    ];
    for question in questions {
        for shape in ["table", "markdown", "json", "jsonl"] {
            let out = folder.well(&[question, &["--format", shape]].concat());
            assert!(!out.contains(is_wild), "{question:?} as {shape}: {out:?}");
            if shape == "markdown" {
                assert!(!out.contains("<script") && !out.contains("<img"), "{question:?}: {out}");
            }
        }
        let out = folder.well(&[question, &["--csv"]].concat());
        assert!(!out.contains(is_wild), "{question:?} as csv: {out:?}");
        no_formula(&out, &format!("{question:?}"));
    }
    for id in (0..titles().len()).map(|at| format!("1harm{at}")) {
        let svg = folder.well(&["curve", &id, "--svg"]);
        assert!(!svg.contains(is_wild), "{id}: {svg:?}");
        for harm in ["<script", "<img", "<svg onload", "<!--"] {
            assert!(!svg.contains(harm), "{id}: {svg}");
        }
        let png = folder.home().join(format!("{id}.png"));
        folder.well(&["curve", &id, "--png", "-o", png.to_str().unwrap()]);
        assert!(std::fs::metadata(png).unwrap().len() < 2_000_000);
    }
}

#[test]
fn hostile_text_harms_nobody_in_pages_and_answers_and_json_keeps_it_whole() {
    let folder = hostile();
    let site = Site::of(&folder, &["serve"]);
    let rows = site.get("/api/spaces").rows();
    let mut kept: Vec<&str> = rows.iter().map(|row| row["title"].as_str().unwrap()).collect();
    let titles = titles();
    let mut sent: Vec<&str> = titles.iter().map(String::as_str).collect();
    kept.sort_unstable();
    sent.sort_unstable();
    assert_eq!(kept, sent, "JSON keeps every character");
    let ids: Vec<String> = (0..titles.len()).map(|at| format!("/space/1harm{at}")).collect();
    let pages = [
        "/",
        "/spaces",
        "/hosts",
        "/speakers",
        "/person/12",
        "/keywords?last=30d",
        "/polls",
        "/topics?last=30d",
        "/alerts",
    ];
    for page in pages.into_iter().chain(ids.iter().map(String::as_str)) {
        let answer = site.get(page);
        assert_eq!(answer.status, 200, "{page}: {answer:?}");
        assert!(!answer.body.contains(is_wild), "{page}: {:?}", answer.body);
        for ours in ["<script", "</script", "<style", "</style"] {
            assert_eq!(answer.body.matches(ours).count(), 1, "{ours} in {page}: {}", answer.body);
        }
        for harm in ["<img", "<svg onload", "<!--", "' onmouse", "\" onmouse"] {
            assert!(!answer.body.contains(harm), "{harm} in {page}: {}", answer.body);
        }
    }
    let topics = site.get("/topics?last=30d").body;
    assert!(topics.contains("&lt;script&gt;window.harmed=1"), "{topics}");
    for target in [
        "/api/spaces",
        "/api/topics?last=30d",
        "/api/events",
        "/api/hosts",
        "/api/person/12",
        "/metrics",
    ] {
        let answer = site.get(target);
        assert!(!answer.body.contains(is_wild), "{target}: {:?}", answer.body);
        assert_eq!(answer.head.matches("\r\n\r\n").count(), 0);
    }
    let metrics = site.get("/metrics").body;
    assert!(!metrics.contains("1harm") && !metrics.contains("coastwatch"), "{metrics}");
    // What a person types comes back as text, too.
    let typed = "%22%3E%3Cscript%3Ewindow.harmed%3D1%3C/script%3E%E2%80%AE";
    for target in [format!("/spaces?keyword={typed}"), format!("/spaces?colour={typed}")] {
        let answer = site.get(&target);
        assert_eq!(answer.body.matches("<script").count(), 1, "our own: {answer:?}");
        assert!(!answer.body.contains(is_wild), "{answer:?}");
    }
    let led = site.get(&format!("/search?q={typed}"));
    assert_eq!(led.status, 303);
    assert!(led.head.contains("location: /spaces?keyword=%22%3E%3Cscript"), "{}", led.head);
    site.stop();
}

/// Returns the texts of a page's cells in the row with this id.
fn cells(page: &str, id: &str) -> Vec<String> {
    let (_, row) = page.split_once(&format!("<tr id=\"{id}\">")).expect("the row");
    let row = row.split("</tr>").next().unwrap();
    let strip = |cell: &str| {
        let mut text = String::new();
        let mut is_tag = false;
        for it in cell.chars() {
            match it {
                '<' => is_tag = true,
                '>' => is_tag = false,
                _ if !is_tag => text.push(it),
                _ => {}
            }
        }
        text.trim().to_owned()
    };
    row.split("</td>")
        .filter_map(|part| part.split_once("<td").map(|(_, it)| it))
        .map(|part| strip(&format!("<td{part}")))
        .collect()
}

#[test]
fn page_terminal_and_json_show_the_same_figures() {
    let folder = Folder::with_token(None);
    let demo = ["demo", "--for", "4s", "--speed", "240", "--seed", "5"];
    assert_eq!(folder.run(&demo).code, Some(0));
    let site = Site::of(&folder, &["serve"]);
    // Nothing moves once it is over: what was live is asked for as of one moment.
    let answer = site.get("/api/spaces?state=ended&sort=peak").rows();
    assert_eq!(folder.rows(&["spaces", "--state", "ended", "--sort", "peak"]), answer);
    assert!(answer.len() > 3, "{} Spaces ended", answer.len());
    let page = site.get("/spaces?state=ended&sort=peak").body;
    let table = folder.well(&["spaces", "--state", "ended", "--sort", "peak"]);
    for row in answer.iter().take(20) {
        let id = row["space_id"].as_str().unwrap();
        let shown = cells(&page, &format!("s-{id}"));
        let line = table.lines().find(|line| line.contains(id)).expect("the line of the table");
        for (place, key) in [(1, "participants"), (2, "peak_participants")] {
            let said = row[key].as_u64().map_or_else(|| "–".to_owned(), thousands);
            assert_eq!(shown[place], said, "{key} of {row}");
            assert!(line.contains(&said), "{key}: {said} in {line}");
        }
        let average = row["average_participants"].as_f64();
        let said = average.map_or_else(|| "–".to_owned(), |it| format!("{it:.1}"));
        assert_eq!(shown[3].replace(',', ""), said, "average of {row}");
        let card = site.get(&format!("/space/{id}")).body;
        let peak = row["peak_participants"].as_u64().map_or_else(|| "–".to_owned(), thousands);
        assert!(card.contains(&peak), "peak {peak} on its own page");
        assert_eq!(site.get(&format!("/api/space/{id}")).rows(), folder.rows(&["space", id]));
    }
    for (target, question) in [
        ("/api/hosts?min-spaces=1", &["hosts", "--min-spaces", "1"][..]),
        ("/api/speakers?min-spaces=1", &["speakers", "--min-spaces", "1"]),
        ("/api/polls", &["polls"]),
        ("/api/spend", &["spend"]),
    ] {
        assert_eq!(site.get(target).rows(), folder.rows(question), "{target}");
    }
    site.stop();
}

fn thousands(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[test]
fn figures_for_prometheus_are_as_its_own_checker_wants_them() {
    let folder = hostile();
    let site = Site::of(&folder, &["serve"]);
    let metrics = site.get("/metrics").body;
    assert!(metrics.contains("\nspacelog_log_events_total "), "{metrics}");
    site.stop();
    if !has("promtool") {
        return;
    }
    let file = folder.file("metrics", &metrics);
    let check = format!("promtool check metrics < '{file}'");
    let mut command = folder.command("sh", &["-c", &check]);
    command.env("PATH", path()).stdin(Stdio::null());
    let output = Running::of(command).end();
    assert_eq!((output.code, output.out.as_str(), output.err.as_str()), (Some(0), "", ""));
}

#[test]
fn every_address_of_the_description_answers_with_the_keys_it_names() {
    let folder = hostile();
    let site = Site::of(&folder, &["serve"]);
    let text = site.get("/api/openapi.json").body;
    let described: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(described["openapi"], "3.1.0");
    let paths = described["paths"].as_object().unwrap();
    for (path, operations) in paths {
        let operation = &operations["get"];
        assert!(operation["summary"].is_string(), "{path}");
        let named: Vec<&str> = path.split(['{', '}']).skip(1).step_by(2).collect();
        let params = operation["parameters"].as_array().unwrap();
        let in_path: Vec<&str> = params
            .iter()
            .filter(|param| param["in"] == "path")
            .map(|param| param["name"].as_str().unwrap())
            .collect();
        assert_eq!(in_path, named, "the parameters in the path {path}");
        let schema = &operation["responses"]["200"]["content"]["application/json"]["schema"];
        let Some(keys) = schema["items"]["properties"].as_object() else { continue };
        let target = path.replace("{id}", "1harm0").replace("{who}", "12");
        let target = if target == "/api/curve" || target == "/api/these" {
            format!("{target}?id=1harm0")
        } else {
            target
        };
        // Some keys come with a flag alone.
        let sign = if target.contains('?') { '&' } else { '?' };
        let has = |flag: &&&str| params.iter().any(|param| param["name"] == **flag);
        let flags = ["joined", "followers"];
        let flagged = flags.iter().filter(has).map(|flag| format!("{target}{sign}{flag}=true"));
        let (mut missing, mut is_told): (BTreeSet<&String>, bool) = (keys.keys().collect(), false);
        for target in [target.clone()].into_iter().chain(flagged) {
            let answer = site.get(&target);
            assert_eq!(answer.status, 200, "{target}: {}", answer.body);
            let rows = answer.rows();
            for key in rows.iter().flat_map(|row| row.as_object().unwrap().keys()) {
                assert!(keys.contains_key(key), "{target}: `{key}` is described nowhere");
            }
            is_told |= !rows.is_empty();
            missing.retain(|key| rows.is_empty() || rows.iter().any(|row| row.get(*key).is_none()));
        }
        assert!(missing.is_empty() || !is_told, "{target}: no {missing:?}");
    }
    site.stop();
}

#[test]
fn all_spaces_stand_on_a_page_where_they_are_few_and_twenty_where_they_are_many() {
    let row = |number: usize| space(&format!("1few{number:02}"), "live", Some(5));
    for (known, shown) in [(20, 20), (21, 21), (40, 40), (41, 20)] {
        let folder = Folder::with_token(None);
        let rows: Vec<Value> = (0..known).map(row).collect();
        folder.take_in(&[("2026-11-23T18:00:00Z", SEARCH, json!({ "data": rows }))]);
        let site = Site::of(&folder, &["serve"]);
        for path in ["/", "/spaces"] {
            let page = site.get(path).body;
            assert_eq!(page.matches("<tr id=\"s-").count(), shown, "{known} on {path}: {page}");
        }
        site.stop();
    }
}

#[test]
fn a_search_leads_to_a_space_to_a_person_or_to_titles() {
    let folder = hostile();
    let site = Site::of(&folder, &["serve"]);
    for (typed, place) in [
        ("@coastwatch", "/person/@coastwatch"),
        ("1YqKDqWqdPLxV", "/space/1YqKDqWqdPLxV"),
        ("https://x.com/i/spaces/1harm0", "/space/1harm0"),
        ("AI+regulation", "/spaces?keyword=AI+regulation"),
        ("climate", "/spaces?keyword=climate"),
        ("@no+name", "/spaces?keyword=%40no+name"),
        ("", "/spaces?keyword="),
    ] {
        let answer = site.get(&format!("/search?q={typed}"));
        assert_eq!(answer.status, 303, "{typed}");
        let led = answer.head.lines().find_map(|line| line.strip_prefix("location: "));
        assert_eq!(led, Some(place), "{typed}");
    }
    let person = site.get("/person/@coastwatch").body;
    assert!(person.contains("On stage in 9 Spaces"), "{person}");
    assert_eq!(site.get("/person/@nobody").status, 404);
    site.stop();
}
