//! Doubts: what no crowd does is marked in every output, with its rule and its observation.

use parquet::record::Field;
use rusqlite::Connection;
use serde_json::{Value, json};

use super::fetch::Site;
use super::program::{Folder, until};
use super::shown::hold;
use super::tables::column;
use super::x::{LOOK_UP, X, host, space};

const RULES: [&str; 4] = ["step", "spike", "under_stage", "round_plateau"];

/// A Space on air in whose curve each rule finds something.
fn doubtful() -> Folder {
    taken_in(&[])
}

/// The same after its end, when no figure moves any more.
fn over() -> Folder {
    let mut row = space("1doubt", "ended", Some(1_590));
    row["ended_at"] = "2026-11-23T18:38:00.000Z".into();
    taken_in(&[("2026-11-23T18:39:00Z", LOOK_UP, json!({ "data": [row] }))])
}

fn taken_in(more: &[(&str, &str, Value)]) -> Folder {
    let folder = Folder::new();
    let steady = [400, 410, 405];
    let counts = [&steady[..], &[2_000, 402, 404], &[2], &[1_500, 1_510], &[1_600; 8], &[1_590]];
    let lines: Vec<(String, Value)> = (0..)
        .zip(counts.concat())
        .map(|(minute, count)| {
            let mut row = space("1doubt", "live", Some(count));
            row["speaker_ids"] = json!(["21", "22", "23"]);
            row["topic_ids"] = json!(["10"]);
            let users = json!({"users": [host()]});
            let body = json!({"data": [row], "includes": users});
            (format!("2026-11-23T18:{:02}:00Z", 20 + minute), body)
        })
        .collect();
    let lines: Vec<(&str, &str, Value)> =
        lines.iter().map(|(at, body)| (at.as_str(), LOOK_UP, body.clone())).collect();
    folder.take_in(&[lines, more.to_vec()].concat());
    folder
}

#[test]
fn each_rule_marks_its_observation_on_the_card_on_the_curve_and_in_lists() {
    let folder = over();
    let rules: Vec<Value> = folder.rows(&["spaces"])[0]["doubted"].as_array().unwrap().clone();
    assert_eq!(rules, RULES);
    let doubts = folder.space("1doubt")["doubts"].as_array().unwrap().clone();
    let found: Vec<&str> = doubts.iter().map(|it| it["rule"].as_str().unwrap()).collect();
    assert_eq!(found, ["spike", "step", "under_stage", "step", "round_plateau"], "by time");
    hold("cli_doubts_card", &folder, &doubts_of_card(&folder));
    hold("cli_doubts_curve", &folder, &folder.well(&["curve", "1doubt", "--csv"]));
    let plot = folder.run(&["curve", "1doubt"]);
    hold("cli_doubts_plot", &folder, &format!("{}--- standard error\n{}", plot.out, plot.err));
    let list = folder.run(&["spaces"]);
    hold("cli_doubts_spaces", &folder, &format!("{}--- standard error\n{}", list.out, list.err));
}

/// The seqs of the doubted observations.
fn seqs(folder: &Folder) -> Vec<String> {
    let card = folder.space("1doubt");
    let doubts = card["doubts"].as_array().unwrap().iter();
    doubts.map(|it| format!("seq {}", it["seq"])).collect()
}

#[test]
fn whoever_reads_any_answer_sees_each_rule_and_each_observation() {
    let folder = doubtful();
    let seqs = seqs(&folder);
    let last = ["--last", "36500d"];
    let asked: [&[&str]; 10] = [
        &["space", "1doubt"],
        &["space", "1doubt", "--joined"],
        &["curve", "1doubt"],
        &["spaces"],
        &["spaces", "--joined"],
        &["hosts", "--min-spaces", "1"],
        &["speakers", "--min-spaces", "1"],
        &["person", "@coastwatch"],
        &[&["keywords"], &last[..]].concat(),
        &[&["topics"], &last[..]].concat(),
    ];
    for args in asked {
        let table = folder.run(args);
        let all = table.out + &table.err;
        for needle in RULES.into_iter().chain(seqs.iter().map(String::as_str)) {
            assert!(all.contains(needle), "{needle} of {args:?}: {all}");
        }
        let told = folder.well(&[args, &["--json"]].concat());
        for needle in RULES {
            assert!(told.contains(needle), "{needle} of {args:?}: {told}");
        }
        let rows: Vec<Value> = serde_json::from_str(&told).unwrap();
        let doubts = rows.iter().flat_map(|row| row["doubts"].as_array().into_iter().flatten());
        let mut found: Vec<String> = match args[0] {
            // The curve has a point an observation; its seq is its own.
            "curve" => {
                let doubted = rows.iter().filter(|row| row["doubts"] != json!([]));
                doubted.map(|row| format!("seq {}", row["seq"])).collect()
            }
            _ => doubts.map(|it| format!("seq {}", it["seq"])).collect(),
        };
        found.dedup();
        assert!(seqs.iter().all(|seq| found.contains(seq)), "{args:?}: {found:?}");
    }
    let feed = folder.well(&["schedule", "--atom", "live"]);
    for needle in RULES.into_iter().chain(seqs.iter().map(String::as_str)) {
        assert!(feed.contains(needle), "{needle} in the feed: {feed}");
    }
    let svg = folder.well(&["curve", "1doubt", "--svg"]);
    assert!(RULES.into_iter().all(|rule| svg.contains(rule)), "{svg}");
    // Steps lie beside what was observed: the peak stays doubted, and what is between is marked.
    let steps = folder.well(&["curve", "1doubt", "--step", "7m"]);
    assert!(steps.contains("(doubted)   ○ doubted"), "{steps}");
    let marks = steps.lines().find(|line| line.contains('▲') && line.starts_with(' '));
    assert!(marks.is_some_and(|line| line.contains('○')), "{steps}");
    let svg = folder.well(&["curve", "1doubt", "--step", "7m", "--svg"]);
    assert!(RULES.into_iter().all(|rule| svg.contains(rule)), "{svg}");
}

#[test]
fn pages_and_the_api_show_what_is_doubted() {
    let folder = doubtful();
    let site = Site::of(&folder, &["serve"]);
    let week = "?last=36500d";
    let words = [format!("/keywords{week}"), format!("/topics{week}")];
    let pages = ["/", "/spaces", "/space/1doubt", "/hosts?min-spaces=1", "/speakers?min-spaces=1"];
    let pages = pages.into_iter().chain(["/person/@coastwatch"]).map(ToOwned::to_owned);
    for path in pages.chain(words) {
        let page = site.get(&path).body;
        for rule in RULES {
            assert!(page.contains(&rule.replace('_', " ")), "{rule} on {path}: {page}");
        }
        for seq in seqs(&folder) {
            assert!(page.contains(&seq), "{seq} on {path}: {page}");
        }
        let api = if path == "/" { "/spaces" } else { &path };
        let answer = site.get(&format!("/api{api}"));
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        assert!(RULES.into_iter().all(|rule| answer.body.contains(rule)), "{path}: {answer:?}");
    }
    let page = site.get("/space/1doubt").body;
    assert!(page.contains("class=\"doubt\""), "the curve marks them: {page}");
}

#[test]
fn exports_name_each_doubted_observation_beside_the_observations() {
    let folder = doubtful();
    let doubts = folder.space("1doubt")["doubts"].as_array().unwrap().clone();
    let wanted: Vec<(String, i64, i64)> = doubts
        .iter()
        .map(|it| {
            let rule = it["rule"].as_str().unwrap().to_owned();
            (rule, it["seq"].as_i64().unwrap(), it["participants"].as_i64().unwrap())
        })
        .collect();
    let csv = folder.home().join("doubts.csv");
    folder.well(&["export", "csv", "--sheet", "doubts", csv.to_str().unwrap()]);
    let csv = std::fs::read_to_string(csv).unwrap();
    for (rule, seq, count) in &wanted {
        let row = csv.lines().find(|line| {
            line.contains(&format!(",{rule},")) && line.contains(&format!(",{seq},{count},"))
        });
        assert!(row.is_some(), "{rule} {seq}: {csv}");
    }
    let path = folder.home().join("spaces.sqlite");
    folder.well(&["export", "sqlite", path.to_str().unwrap()]);
    let database = Connection::open(path).unwrap();
    let mut rows = database
        .prepare(
            "SELECT d.rule, d.seq, o.participants FROM doubts d JOIN observations o USING (seq)
             ORDER BY d.observed_at, d.seq, d.rowid",
        )
        .unwrap();
    let found = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
    assert_eq!(found.collect::<Result<Vec<_>, _>>().unwrap(), wanted);
    let to = folder.home().join("tables");
    folder.well(&["export", "parquet", to.to_str().unwrap()]);
    let table = std::fs::read_dir(to.join("doubts")).unwrap().next().unwrap().unwrap().path();
    let (rules, seqs) = (column(&table, "rule"), column(&table, "seq"));
    let found: Vec<(Field, Field)> = rules.into_iter().zip(seqs).collect();
    let told = |(rule, seq, _): (String, i64, i64)| (Field::Str(rule), Field::Long(seq));
    assert_eq!(found, wanted.into_iter().map(told).collect::<Vec<_>>());
}

#[test]
fn an_alert_and_a_notice_say_that_the_count_they_tell_is_doubted() {
    let (folder, x) = (Folder::new(), X::new());
    let mut row = space("1onAir", "live", Some(2));
    row["speaker_ids"] = json!(["21", "22", "23"]);
    x.put(row);
    x.find("1onAir");
    let rule = "[[alerts]]\nname = \"two\"\nwhen = \"participants\"\nover = 1\n";
    let config = folder.file("spacelog.toml", rule);
    let args = ["run", "--query", "coast", "--interval", "3s", "--api-url"];
    let monitor = folder.start(&[&args[..], &[&x.url(), "--config", &config]].concat());
    let told = until("the alert", || {
        let out = monitor.out();
        out.lines().find(|line| line.starts_with("alert")).map(ToOwned::to_owned)
    });
    let words = "2 participants  1onAir  doubted: under_stage: 2 present, with 4 on the stage (";
    assert!(told.contains(words), "{told}");
    // The notice of the same look, too.
    let notice = until("the notice", || {
        let out = monitor.out();
        out.lines().find(|line| line.starts_with("live")).map(ToOwned::to_owned)
    });
    assert!(notice.contains(words), "{notice}");
    until("it to be delivered", || {
        folder
            .rows(&["alerts", "raised"])
            .first()
            .filter(|row| row["delivery"] == "delivered")
            .map(drop)
    });
    let raised = folder.rows(&["alerts", "raised"]);
    assert_eq!(raised[0]["doubted"], json!(["under_stage"]));
    monitor.stop();
}

/// The lines of the card that tell of doubts.
fn doubts_of_card(folder: &Folder) -> String {
    let card = folder.well(&["space", "1doubt"]);
    let lines = card.lines().skip_while(|line| !line.starts_with("doubts:"));
    let lines: Vec<&str> = lines.take_while(|line| !line.is_empty()).collect();
    lines.join("\n") + "\n"
}
