//! What Spaces are counted under: topics and keywords, now and in the window before.

use super::*;
use crate::event::TopicDescribed;
use crate::space::TopicId;

/// X gives a Space topics, and one of them a name.
fn topics(house: &mut House, minute: i64, space: u64, ids: &[&str], named: Option<(&str, &str)>) {
    let topic = |id: &str| TopicId::new(id).unwrap();
    let mut events = vec![Event::SpaceDescribed(SpaceDescribed {
        space: id(space),
        text: None,
        creator: None,
        hosts: None,
        invited: None,
        topics: Some(ids.iter().map(|id| topic(id)).collect()),
        lang: None,
        is_ticketed: None,
        created_at: None,
        scheduled_start: None,
        started_at: None,
        ended_at: None,
    })];
    events.extend(named.map(|(id, name)| {
        let (topic, name) = (topic(id), Some(name.to_owned()));
        Event::TopicDescribed(TopicDescribed { topic, name, description: None })
    }));
    house.tell(minute, events, Vec::new());
}

/// Four Spaces with topics: 3 first seen at 12, the others from 25 on; 60 people in each.
fn with_topics() -> House {
    let mut house = House::new();
    let wind = Some(("10", "Wind"));
    for (space, minute, ids, named) in [
        (3, 12, &["10"][..], None),
        (1, 25, &["10", "131272609"], wind),
        (4, 28, &["99"], None),
        (2, 29, &["10"], None),
    ] {
        house.look(minute, space, "live", Some(60));
        topics(&mut house, minute, space, ids, named);
    }
    house
}

const TEN_MINUTES: Counting = Counting { last_ms: 600_000, sort: CountSort::Spaces, limit: 0 };

#[test]
fn topics_count_the_spaces_of_the_window_and_carry_the_best_label_known() {
    let mut house = with_topics();
    let sheet = house.sheet(30, &Question::Topics(TEN_MINUTES));
    assert_eq!(column(&sheet, "topic_id"), texts(&["10", "131272609", "99"]));
    assert_eq!(column(&sheet, "topic"), texts(&["Wind", "Music", "topic:99"]));
    assert_eq!(column(&sheet, "spaces"), ints(&[2, 1, 1]));
    assert_eq!(column(&sheet, "previous_spaces"), ints(&[1, 0, 0]));
    // A count is held for two minutes, to now where that is sooner: 1 has 2 hours, 2 has 1, 4 has 2.
    assert_eq!(column(&sheet, "participant_hours"), [3.0, 2.0, 2.0].map(Value::Real));
    assert_eq!(column(&sheet, "share"), [0.6, 0.4, 0.4].map(Value::Real));
    // Three Spaces where one was: 10 is to have three, and has two.
    let trending = column(&sheet, "trending");
    assert_eq!(trending[0], Value::Real(-1.0 / 11.0_f64.sqrt()));
    assert_eq!(trending[2], Value::Real(1.0));
    // One's own come before X's.
    house.own = Own::new([("10", "Breeze"), ("99", "Ours")].map(|(a, b)| (a.into(), b.into())), []);
    let sheet = house.sheet(30, &Question::Topics(TEN_MINUTES));
    assert_eq!(column(&sheet, "topic"), texts(&["Breeze", "Music", "Ours"]));
    assert_eq!(house.card(30, 1, "topics"), Value::List(texts(&["Breeze", "Music"])));
}

#[test]
fn topics_stand_in_the_order_asked_for_and_a_limit_says_what_it_hides() {
    let house = with_topics();
    let trending = Counting { sort: CountSort::Trending, limit: 2, ..TEN_MINUTES };
    let sheet = house.sheet(30, &Question::Topics(trending));
    assert_eq!(column(&sheet, "topic_id"), texts(&["131272609", "99"]), "10 falls");
    assert_eq!(sheet.notes[0], "2 of 3 topics; --limit 0 shows all");
    let hours = Counting { sort: CountSort::ParticipantHours, ..TEN_MINUTES };
    let sheet = house.sheet(30, &Question::Topics(hours));
    assert_eq!(column(&sheet, "topic_id").remove(0), "10".into());
    let all = Counting { last_ms: u64::MAX, ..TEN_MINUTES };
    let sheet = house.sheet(30, &Question::Topics(all));
    assert_eq!(column(&sheet, "spaces"), ints(&[3, 1, 1]));
    assert_eq!(column(&sheet, "trending"), vec![Value::Unknown; 3], "nothing was before");
}

#[test]
fn in_a_first_window_nothing_is_known_to_trend_and_that_is_said_where_it_is_asked_for() {
    let house = with_topics();
    let all = Counting { last_ms: u64::MAX, sort: CountSort::Trending, limit: 0 };
    let notes = |question: &Question| house.sheet(30, question).notes.join("\n");
    for question in
        [Question::Topics(all), Question::Keywords { which: Words::Latin4, counting: all }]
    {
        let (sheet, said) = (house.sheet(30, &question), notes(&question));
        let is_known = "what is trending is not known yet: no Space was seen in the window before";
        assert_eq!(said.contains(is_known), !sheet.rows.is_empty(), "{said}");
    }
    let first = house.sheet(30, &Question::Topics(all));
    assert_eq!(column(&first, "topic_id"), texts(&["10", "131272609", "99"]), "by their Spaces");
    let by_spaces = Counting { sort: CountSort::Spaces, ..all };
    assert!(!notes(&Question::Topics(by_spaces)).contains("trending"), "nobody asked what trends");
    let later = Counting { sort: CountSort::Trending, ..TEN_MINUTES };
    let notes = notes(&Question::Topics(later));
    assert!(!notes.contains("trending"), "there is a window before: {notes}");
}

/// Spaces of one minute with these titles.
fn titled(titles: &[&str]) -> House {
    let mut house = House::new();
    for (space, title) in (1..).zip(titles) {
        house.describe(28, space, title, &[7], (Some(28), None)).look(28, space, "live", Some(1));
    }
    house
}

fn asked(house: &House, which: Words) -> Vec<(Value, Value)> {
    let sheet = house.sheet(30, &Question::Keywords { which, counting: TEN_MINUTES });
    column(&sheet, "keyword").into_iter().zip(column(&sheet, "spaces")).collect()
}

fn pairs(expected: &[(&str, i64)]) -> Vec<(Value, Value)> {
    expected.iter().map(|(word, count)| ((*word).into(), Value::Int(*count))).collect()
}

#[test]
fn hashtags_and_mentions_are_counted_apart_from_words() {
    let mut house = titled(&["Climate #AI with @NASA", "#ai: climate, climate", "气候 气候"]);
    assert_eq!(
        asked(&house, Words::All),
        pairs(&[("#ai", 2), ("climate", 2), ("@nasa", 1), ("气候", 1)])
    );
    assert_eq!(asked(&house, Words::Words), pairs(&[("climate", 2), ("气候", 1)]));
    assert_eq!(asked(&house, Words::Hashtags), pairs(&[("#ai", 2)]));
    assert_eq!(asked(&house, Words::Mentions), pairs(&[("@nasa", 1)]));
    let counting = TEN_MINUTES;
    let sheet = house.sheet(30, &Question::Keywords { which: Words::All, counting });
    assert_eq!(column(&sheet, "kind"), texts(&["hashtag", "word", "mention", "word"]));
    house.own = Own::new([], ["Climate", "@nasa"].map(ToOwned::to_owned));
    assert_eq!(asked(&house, Words::All), pairs(&[("#ai", 2), ("气候", 1)]));
    let keywords = house.card(30, 1, "keywords");
    assert_eq!(keywords, Value::List(texts(&["#ai"])), "on the card too");
}

#[test]
fn as_the_article_does_a_word_counts_each_time_that_it_stands_in_a_title() {
    let house = titled(&["Climate and climate: what will come?", "AI climate news", "Café news"]);
    assert_eq!(asked(&house, Words::Latin4), pairs(&[("climate", 3), ("news", 2), ("come", 1)]));
    let sheet =
        house.sheet(30, &Question::Keywords { which: Words::Latin4, counting: TEN_MINUTES });
    // Two Spaces with one person in each for two minutes.
    assert_eq!(column(&sheet, "participant_hours")[0], Value::Real(4.0 / 60.0));
    assert!(sheet.notes[0].starts_with("as in the article"), "{:?}", sheet.notes);
}

/// Titles with all that Python and Rust see in different ways, beside plain ones.
const TITLES: [&str; 12] = [
    "The State of AI regulation — what will the regulation be?",
    "CRYPTO crypto Crypto_2026 crypto-news web3",
    "Café cafés naïveté über Straße strasse",
    "気候変動news and climate気候 Климат climate",
    "cafe\u{301} society, ⓐlpha Ⓑravo 🄰mber",
    "don't won't rock'n'roll",
    "\u{212a}elvin İstanbul ISTANBUL ſpace",
    "हिन्दीnews हिnews newsहि ไทยnews",
    "½half half½ ²square Ⅷeight x²yard",
    "re\u{202e}ading zero\u{200b}width soft\u{ad}hyphen tab\tbed",
    "emoji🎉party party🎉 \u{1f1e9}\u{1f1ea}flag",
    "",
];

#[test]
fn the_articles_own_code_counts_the_same_words() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/reference/seed-article.txt");
    let Ok(article) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: {} is not there", path.display());
        return;
    };
    let from = article.find("def extract_keywords").unwrap();
    let to = article.find("def aggregate_by_host_reach").unwrap();
    let spaces: Vec<_> = TITLES.iter().map(|it| serde_json::json!({ "title": it })).collect();
    let program = format!(
        "import json, re, sys\nfrom collections import Counter\n{}\n\
         print(json.dumps(extract_keywords(json.loads(sys.argv[1]))))",
        &article[from..to]
    );
    let spaces = serde_json::to_string(&spaces).unwrap();
    let run = std::process::Command::new("python3").args(["-c", &program, &spaces]).output();
    let Ok(output) = run else {
        eprintln!("skipped: there is no python3");
        return;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let theirs: std::collections::BTreeMap<String, i64> =
        serde_json::from_slice(&output.stdout).unwrap();
    let ours = asked(&titled(&TITLES), Words::Latin4);
    let ours = ours.into_iter().map(|pair| match pair {
        (Value::Text(word), Value::Int(times)) => (word, times),
        other => panic!("{other:?}"),
    });
    assert_eq!(ours.collect::<std::collections::BTreeMap<_, _>>(), theirs);
}
