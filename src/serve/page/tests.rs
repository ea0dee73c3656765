//! What pages promise.

mod cut;
mod pinned;
mod raised;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::PreEscaped;

use super::curve::points;
use super::within::{SCRIPT, STYLE};
use super::*;
use crate::sheet::{Column, Sheet, Unit, Value};

/// A title that means harm, with 4 KB of marks over one letter.
fn harm() -> String {
    let marks = "\u{301}\u{489}".repeat(1_024);
    format!("\"><script>alert(1)</script>' onload=x \u{202e}\u{1b}[2J\u{200b}\r\n</title>Z{marks}")
}

fn sheet(columns: &[(&str, Unit)], rows: Vec<Vec<Value>>) -> Sheet {
    let columns = columns.iter().map(|(name, unit)| Column::new(name, *unit)).collect();
    let mut sheet = Sheet::new(columns);
    for row in rows {
        sheet.push(row);
    }
    sheet
}

fn at(minute: i64) -> Value {
    Value::Time(1_795_456_800_000 + minute * 60_000)
}

fn spaces(title: &str) -> Sheet {
    let columns = [
        ("space_id", Unit::None),
        ("title", Unit::None),
        ("state", Unit::None),
        ("state_source", Unit::None),
        ("host_usernames", Unit::None),
        ("participants", Unit::Count),
        ("peak_participants", Unit::Count),
        ("average_participants", Unit::Count),
        ("coverage", Unit::Share),
        ("started_at", Unit::None),
        ("doubted", Unit::None),
        ("spam", Unit::None),
    ];
    let row = |id: &str, title: Value, now: Value, doubted: Vec<&str>| {
        vec![
            id.into(),
            title,
            "live".into(),
            "reported".into(),
            vec!["coastwatch", "noor"].into(),
            now,
            1_300_u64.into(),
            Value::Real(1_210.25),
            Value::Real(0.987),
            at(0),
            doubted.into(),
            Value::Bool(false),
        ]
    };
    sheet(
        &columns,
        vec![
            row("1first", title.into(), 1_234_u64.into(), vec!["under_stage"]),
            row("1second", Value::Unknown, Value::Unknown, Vec::new()),
        ],
    )
}

fn curve() -> Sheet {
    let columns = [
        ("space_id", Unit::None),
        ("observed_at", Unit::None),
        ("participants", Unit::Count),
        ("held_until", Unit::None),
    ];
    let row = |from: i64, count: Option<u64>, until: Option<i64>| {
        vec!["1first".into(), at(from), count.into(), until.map_or(Value::Unknown, at)]
    };
    // A look, another that X gave no count in, a gap, two looks, and one after the end.
    sheet(
        &columns,
        vec![
            row(0, Some(1_000), Some(1)),
            row(1, None, None),
            row(2, Some(1_300), Some(4)),
            row(10, Some(1_200), Some(11)),
            row(11, Some(1_234), Some(12)),
            row(20, Some(9_999), None),
        ],
    )
}

fn status(columns: Vec<(&str, Value)>) -> Sheet {
    let mut base = vec![
        ("seq", 4_711_u64.into()),
        ("recorded_at", at(12)),
        ("polls_today", 1_887_u64.into()),
        ("cost_today_usd_most", Value::Real(2.5)),
    ];
    base.extend(columns);
    let names: Vec<(&str, Unit)> = base.iter().map(|(name, _)| (*name, Unit::None)).collect();
    sheet(&names, vec![base.into_iter().map(|(_, value)| value).collect()])
}

fn document(view: &View, status: &Sheet) -> String {
    Frame { view, basis: Some(&Basis::of(status)), is_moving: true }.document()
}

/// Pins a page, a tag a line, without the style and the script that every page has.
fn pin(name: &str, page: &str) {
    let page = page.replace(STYLE, "").replace(SCRIPT, "");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, page.replace("><", ">\n<")));
}

fn running() -> Sheet {
    status(vec![("running", true.into()), ("simulated", true.into()), ("stalled", false.into())])
}

#[test]
fn what_is_on_air_is_as_its_snapshot_has_it() {
    let view = on_air(&spaces("Voices of the coast"), &curve(), &running());
    pin("page_on_air", &document(&view, &running()));
}

fn of_space() -> Wanted {
    Wanted { id: "1first".parse().unwrap(), then: None, data: "/api/space/1first".to_owned() }
}

fn card() -> Sheet {
    let mut card = spaces("Voices of the coast");
    card.rows.truncate(1);
    let stage = r#"[{"user_id":"12","username":"coastwatch","role":"host",
        "first_seen_as_host":"2026-11-23T18:00:00.000Z","first_seen_as_co_host":null,
        "first_seen_as_speaker":null},
        {"user_id":"13","username":null,"role":"speaker","first_seen_as_host":null,
        "first_seen_as_co_host":null,"first_seen_as_speaker":"2026-11-23T18:05:00.000Z"}]"#;
    let doubts = r#"[{"rule":"under_stage","words":"1 participant with 2 on stage, at 18:03"}]"#;
    for (name, value) in [
        ("peak_at", at(2)),
        ("peak_between", Value::List(vec![at(1), at(10)])),
        ("ended_at", Value::Unknown),
        ("url", "https://x.com/i/spaces/1first".into()),
        ("basis", "peak 1,300 at 18:02:00Z (every 60 s, coverage 98.7 %, 1 gap, on air)".into()),
        ("stage", Value::Json(stage.to_owned())),
        ("doubts", Value::Json(doubts.to_owned())),
        ("lang", "en".into()),
    ] {
        card.columns.push(Column::new(name, Unit::None));
        card.rows[0].push(value);
    }
    card
}

fn events() -> Sheet {
    let columns = [("seq", Unit::None), ("kind", Unit::None), ("space_id", Unit::None)];
    let row = |seq: u64| vec![seq.into(), "SpaceObserved".into(), "1first".into()];
    sheet(&columns, (1..=30).map(row).collect())
}

#[test]
fn a_space_is_as_its_snapshot_has_it() {
    pin("page_space", &document(&space(&card(), &curve(), &events(), of_space()), &running()));
}

#[test]
fn trouble_stands_above_everything_on_every_page() {
    let status = status(vec![
        ("running", true.into()),
        ("stalled", true.into()),
        ("needs_person", vec!["credits: the account has none left"].into()),
    ]);
    let mut sheet = spaces("Voices of the coast");
    sheet.notes.push("view spaces is 120 events behind the log".to_owned());
    sheet.notes.push("SIMULATED data: nothing here comes from X".to_owned());
    let view = on_air(&sheet, &Sheet::default(), &status);
    let page = document(&view, &status);
    let (above, _) = page.split_once("<h1>").unwrap();
    for words in [
        "Needs a person: </strong><bdi>credits: the account has none left",
        "Stalled: ",
        "Behind: </strong><bdi>view spaces is 120 events behind the log",
        ">stalled</span>",
    ] {
        assert!(above.contains(words), "no {words}: {above}");
    }
    assert!(!page.contains("SIMULATED"), "what is not simulated is not marked so");
    assert!(document(&view, &running()).contains("<strong>SIMULATED</strong>"));
}

#[test]
fn a_page_without_rows_says_so_and_what_else_there_is() {
    let none = Sheet::default();
    let board_of = Ranked {
        speakers: true,
        by: "peak".to_owned(),
        min_spaces: String::new(),
        min_coverage: String::new(),
        last: String::new(),
    };
    let data = || "/api".to_owned();
    let views = [
        (on_air(&none, &none, &none), "No Space is live just now."),
        (super::spaces(&none, &Sought::default(), data()), "No Space is known that is like this."),
        (schedule(&none), "No Space is announced."),
        (board(&none, &board_of, data()), "Nobody was seen live who is like this."),
        (person("@nobody", &none), "They were seen on no stage yet."),
        (keywords(&none, "24h", data()), "No title was seen in that time."),
        (topics(&none, "24h", data()), "X gave no Space of that time a topic."),
        (alerts(&none, data()), "No rule has told of anything yet."),
        (polls(&none, data()), "Nothing was asked of X yet."),
        (gaps(&none, 10, data()), "No gap is known"),
        (spend(&none, data()), "Nothing was spent."),
    ];
    for (view, words) in views {
        let page = document(&view, &Sheet::default());
        assert!(page.contains(words), "no `{words}`: {page}");
        assert!(page.contains("no monitor runs"), "{page}");
    }
}

#[test]
fn hostile_text_is_text_on_every_page_and_in_every_attribute() {
    let harm = harm();
    let mut card = card();
    let json = serde_json::json!([{"username": harm, "words": harm, "first_seen_as_host": harm}]);
    for (column, value) in card.columns.iter().zip(&mut card.rows[0]) {
        match value {
            // An id is held to its pattern long before it comes to a page.
            Value::Text(_) if column.name.ends_with("_id") => {}
            Value::Text(text) => text.clone_from(&harm),
            Value::Json(text) => *text = json.to_string(),
            Value::List(_) => *value = vec![harm.as_str()].into(),
            _ => assert!(!column.name.is_empty()),
        }
    }
    let sought = Sought {
        state: harm.clone(),
        host: harm.clone(),
        keyword: harm.clone(),
        min_participants: harm.clone(),
        sort: harm.clone(),
    };
    let board_of = Ranked {
        speakers: false,
        by: harm.clone(),
        min_spaces: harm.clone(),
        min_coverage: harm.clone(),
        last: harm.clone(),
    };
    let data = || "/api".to_owned();
    let views = [
        on_air(&card, &curve(), &card),
        space(&card, &curve(), &card, of_space()),
        super::spaces(&card, &sought, data()),
        schedule(&card),
        board(&card, &board_of, data()),
        person(&harm, &card),
        keywords(&card, &harm, data()),
        topics(&raised::harmed(), &harm, data()),
        alerts(&raised::harmed(), data()),
        polls(&card, data()),
        gaps(&card, 10, data()),
        spend(&card, data()),
        health(&card, &card, data()),
        problem(&harm, &[harm.as_str()], Some(&harm)),
        linked_here(&harm),
    ];
    for view in views {
        let page = document(&view, &running());
        let title = &view.title;
        assert_eq!(page.matches("</title>").count(), 1, "{title}: {page}");
        assert_eq!(page.matches("<script").count(), 1, "our own: {page}");
        assert!(page.contains(&format!("<script>{SCRIPT}</script>")), "{title}: {page}");
        assert!(!page.contains("' onload"), "{title}: {page}");
        let wild = |it: char| matches!(it, '\u{202e}' | '\u{200b}' | '\u{1b}' | '\r');
        assert!(!page.contains(wild), "{title}: {page:?}");
    }
}

#[test]
fn a_curve_ends_where_a_count_is_held_no_longer_and_knows_nothing_after_the_end() {
    let points = points(&curve()).remove("1first").unwrap();
    let minute = |minute: i64| 1_795_456_800_000 + minute * 60_000;
    assert_eq!(
        points,
        [
            (minute(0), Some(1_000)),
            (minute(1), None),
            (minute(2), Some(1_300)),
            (minute(4), None),
            (minute(10), Some(1_200)),
            (minute(11), Some(1_234)),
            (minute(12), None),
        ]
    );
}

/// Returns the colours of a scheme by their names.
fn colours(scheme: &str) -> Vec<(&str, [f64; 3])> {
    let pairs = scheme.split("--").skip(1).filter_map(|it| it.split_once(": #"));
    let pairs = pairs.map(|(name, rest)| {
        let part = |at: usize| f64::from(u8::from_str_radix(&rest[at..at + 2], 16).unwrap());
        (name, [part(0), part(2), part(4)])
    });
    pairs.collect()
}

/// Returns the contrast of two colours, as WCAG 2 reckons it.
fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let light = |colour: [f64; 3]| {
        let linear = colour
            .map(|it| it / 255.0)
            .map(|it| if it <= 0.040_45 { it / 12.92 } else { ((it + 0.055) / 1.055).powf(2.4) });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    };
    let (one, other) = (light(one), light(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn every_text_can_be_read_on_what_it_stands_on_in_light_and_in_dark() {
    let mut schemes = STYLE.split(":root {").skip(1).map(|it| it.split('}').next().unwrap());
    let (light, dark) = (schemes.next().unwrap(), schemes.next().unwrap());
    assert!(contrast([0.0; 3], [255.0; 3]) > 20.9, "black on white");
    for scheme in [light, dark] {
        let colours = colours(scheme);
        let colour = |name: &str| {
            colours.iter().find(|(it, _)| *it == name).unwrap_or_else(|| panic!("{name}")).1
        };
        for (ink, papers) in [
            ("ink", &["paper", "card", "area"][..]),
            ("soft", &["paper", "card"]),
            ("accent", &["paper", "card"]),
            ("live", &["paper", "card"]),
            ("ok", &["paper", "card"]),
            ("wrong-ink", &["wrong-paper", "paper", "card"]),
            ("warn-ink", &["warn-paper", "paper", "card"]),
            ("card", &["accent"]),
        ] {
            for paper in papers {
                let ratio = contrast(colour(ink), colour(paper));
                assert!(ratio >= 4.5, "{ink} on {paper}: {ratio:.2} in {scheme}");
            }
        }
        assert!(contrast(colour("focus"), colour("paper")) >= 3.0, "the focus is to be seen");
    }
}

#[test]
fn nothing_of_a_page_comes_from_elsewhere() {
    assert!(!STYLE.contains("url(") && !STYLE.contains("@import"));
    assert!(!SCRIPT.contains("http:") && !SCRIPT.contains("https:") && !SCRIPT.contains("eval"));
    for sink in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write"] {
        assert!(!SCRIPT.contains(sink), "{sink}");
    }
    let view = View {
        title: "Any".to_owned(),
        place: "/",
        data: "/api/status".to_owned(),
        main: PreEscaped(String::new()),
        notes: Vec::new(),
    };
    let page = document(&view, &running());
    assert!(!page.contains("http:") && !page.contains("https:"), "{page}");
    assert!(!page.contains(" style=") && !page.contains(" src="), "{page}");
}

#[test]
fn a_page_may_have_the_style_and_the_script_that_it_holds_and_no_other() {
    let page = document(&on_air(&spaces("Any"), &curve(), &running()), &running());
    for (tag, text) in [("style", STYLE), ("script", SCRIPT)] {
        let (open, close) = (format!("<{tag}>"), format!("</{tag}>"));
        let held: Vec<&str> = page.split(&open).skip(1).collect();
        let [held] = held[..] else { panic!("{} of {tag}", held.len()) };
        let (held, _) = held.split_once(&close).unwrap();
        assert!(held == text, "nothing of the {tag} ends it early");
        let hash = ring::digest::digest(&ring::digest::SHA256, held.as_bytes());
        let allowed = format!("{tag}-src 'sha256-{}';", STANDARD.encode(hash));
        assert!(CONTENT_SECURITY_POLICY.contains(&allowed), "{CONTENT_SECURITY_POLICY:?}");
    }
    assert!(!CONTENT_SECURITY_POLICY.contains("unsafe"));
}
