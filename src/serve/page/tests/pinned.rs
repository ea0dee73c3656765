//! The pages of lists, boards, people, requests, money and health, pinned.

use super::*;

/// Pins what stands below a page's heading, as it is while a monitor runs.
pub fn pin_below(name: &str, view: &View) {
    pin(name, document(view, &running()).split_once("<h1>").unwrap().1);
}

#[test]
fn lists_of_spaces_are_as_their_snapshots_have_them() {
    let sought = Sought { state: "live".to_owned(), sort: "peak".to_owned(), ..Sought::default() };
    let mut found = spaces("Voices of the coast");
    found.notes.push("2 of 5000 Spaces; --limit 0 shows all".to_owned());
    let data = "/api/spaces?state=live&sort=peak".to_owned();
    pin_below("page_spaces", &super::super::spaces(&found, &sought, data));
    let columns = [
        ("space_id", Unit::None),
        ("title", Unit::None),
        ("host_usernames", Unit::None),
        ("standing", Unit::None),
        ("scheduled_start", Unit::None),
        ("start_delay_seconds", Unit::Seconds),
        ("moves", Unit::Count),
        ("reminders", Unit::Count),
    ];
    let row = |id: &str, standing: &str, delay: Option<f64>, moves: u64, reminders: Option<u64>| {
        let (title, hosts) = ("Climate and the coast".into(), vec!["coastwatch"].into());
        let delay = delay.map_or(Value::Unknown, Value::Real);
        vec![
            id.into(),
            title,
            hosts,
            standing.into(),
            at(60),
            delay,
            moves.into(),
            reminders.into(),
        ]
    };
    let mut nameless = row("1nobody", "announced", None, 0, Some(0));
    (nameless[1], nameless[2], nameless[4]) = (Value::Unknown, Value::Unknown, Value::Unknown);
    let rows = vec![
        row("1soon", "announced", None, 1, Some(1_230)),
        row("1late", "started", Some(390.0), 0, Some(7)),
        row("1gone", "never_started", None, 0, None),
        nameless,
    ];
    pin_below("page_schedule", &schedule(&sheet(&columns, rows)));
}

/// A leaderboard of two: one who is known well, and one of whom an id is all there is.
fn people() -> Sheet {
    let columns = [
        ("rank", Unit::None),
        ("user_id", Unit::None),
        ("username", Unit::None),
        ("name", Unit::None),
        ("followers", Unit::Count),
        ("spaces", Unit::Count),
        ("average_participants", Unit::Count),
        ("peak_participants", Unit::Count),
        ("participant_hours", Unit::ParticipantHours),
        ("reach", Unit::Count),
        ("follower_growth", Unit::Count),
        ("coverage", Unit::Share),
        ("doubted", Unit::None),
    ];
    let known = vec![
        1_u64.into(),
        "12".into(),
        "coastwatch".into(),
        "Coast Watch".into(),
        12_300_u64.into(),
        4_u64.into(),
        Value::Real(1_210.25),
        1_300_u64.into(),
        Value::Real(57.333),
        12_300_u64.into(),
        Value::Int(-15),
        Value::Real(0.987),
        vec!["step"].into(),
    ];
    let mut unknown = vec![Value::Unknown; columns.len()];
    (unknown[0], unknown[1], unknown[5]) = (2_u64.into(), "13".into(), 1_u64.into());
    sheet(&columns, vec![known, unknown])
}

#[test]
fn leaderboards_are_as_their_snapshots_have_them() {
    for (name, speakers) in [("hosts", false), ("speakers", true)] {
        let ranked = Ranked {
            speakers,
            by: "peak".to_owned(),
            min_spaces: "1".to_owned(),
            min_coverage: String::new(),
            last: "7d".to_owned(),
        };
        let data = format!("/api/{name}?by=peak&min-spaces=1&last=7d");
        pin_below(&format!("page_{name}"), &board(&people(), &ranked, data));
    }
}

#[test]
fn a_person_and_the_words_of_titles_are_as_their_snapshots_have_them() {
    let columns = [
        ("username", Unit::None),
        ("space_id", Unit::None),
        ("title", Unit::None),
        ("state", Unit::None),
        ("role", Unit::None),
        ("first_seen_on_stage", Unit::None),
        ("average_participants", Unit::Count),
        ("peak_participants", Unit::Count),
        ("participant_hours", Unit::ParticipantHours),
        ("coverage", Unit::Share),
    ];
    let stage = vec![
        "coastwatch".into(),
        "1first".into(),
        "Voices of the coast".into(),
        "ended".into(),
        "co_host".into(),
        at(5),
        Value::Real(860.0),
        1_240_u64.into(),
        Value::Real(57.333),
        Value::Real(0.044),
    ];
    pin_below("page_person", &person("@CoastWatch", &sheet(&columns, vec![stage])));
    let columns = [
        ("keyword", Unit::None),
        ("spaces", Unit::Count),
        ("previous_spaces", Unit::Count),
        ("participant_hours", Unit::ParticipantHours),
    ];
    let row = |word: &str, spaces: u64, before: u64, hours: Value| {
        vec![word.into(), spaces.into(), before.into(), hours]
    };
    let words = vec![
        row("coast", 1_204, 1_100, Value::Real(5_733.3)),
        row("#coast", 2, 0, Value::Real(0.0)),
        row("海", 1, 0, Value::Unknown),
    ];
    let data = "/api/keywords?last=7d".to_owned();
    pin_below("page_keywords", &keywords(&sheet(&columns, words), "7d", data));
}

/// Requests: one that was answered, one that was refused, and one that was taken in later.
fn asked() -> Sheet {
    let columns = [
        ("poll_id", Unit::None),
        ("endpoint", Unit::None),
        ("target", Unit::None),
        ("sent_at", Unit::None),
        ("took_ms", Unit::Milliseconds),
        ("status", Unit::None),
        ("returned", Unit::Count),
        ("new_spaces", Unit::Count),
        ("error", Unit::None),
        ("rate_remaining", Unit::Count),
        ("cost_usd", Unit::Dollars),
        ("message", Unit::None),
    ];
    let row = |id: &str, target: &str, rest: Vec<Value>| {
        let mut row = vec![id.into(), "search".into(), target.into()];
        row.extend(rest);
        row
    };
    let none = Value::Unknown;
    let taken_in = [vec![none.clone(); 3], vec![3_u64.into(), 3_u64.into()]].concat();
    let taken_in = [taken_in, vec![none.clone(), none.clone(), Value::Real(0.0), none.clone()]];
    let answered: Vec<Value> = vec![
        at(1),
        124_u64.into(),
        200_u64.into(),
        1_u64.into(),
        0_u64.into(),
        none.clone(),
        14_999_u64.into(),
        Value::Real(0.005),
        none.clone(),
    ];
    let refused: Vec<Value> = vec![
        at(2),
        1_204_u64.into(),
        429_u64.into(),
        none.clone(),
        none.clone(),
        "rate_limited".into(),
        0_u64.into(),
        Value::Real(0.0),
        "Too Many Requests".into(),
    ];
    let rows = vec![
        row("0a", "coast", taken_in.concat()),
        row("0b", "coast", answered),
        row("0c", "tides", refused),
    ];
    sheet(&columns, rows)
}

#[test]
fn requests_and_gaps_are_as_their_snapshots_have_them() {
    pin_below("page_polls", &polls(&asked(), "/api/polls?limit=100".to_owned()));
    let columns = [
        ("space_id", Unit::None),
        ("endpoint", Unit::None),
        ("from", Unit::None),
        ("to", Unit::None),
        ("seconds", Unit::Seconds),
        ("cause", Unit::None),
    ];
    let row = |space: Option<&str>, endpoint: Option<&str>, minutes: i64, cause: &str| {
        #[expect(clippy::cast_precision_loss, reason = "a few minutes")]
        let seconds = Value::Real((minutes * 60) as f64);
        vec![space.into(), endpoint.into(), at(0), at(minutes), seconds, cause.into()]
    };
    let rows = vec![
        row(None, None, 600, "stopped"),
        row(Some("1first"), None, 81, "not_recorded"),
        row(None, Some("search"), 3, "rate_limited"),
    ];
    pin_below("page_gaps", &gaps(&sheet(&columns, rows), 2, "/api/gaps".to_owned()));
}

#[test]
fn money_is_as_its_snapshot_has_it() {
    let columns = [
        ("period", Unit::None),
        ("endpoint", Unit::None),
        ("target", Unit::None),
        ("polls", Unit::Count),
        ("spaces", Unit::Count),
        ("users", Unit::Count),
        ("posts", Unit::Count),
        ("usd_low", Unit::Dollars),
        ("usd_high", Unit::Dollars),
        ("forecast_usd_low", Unit::Dollars),
        ("forecast_usd_high", Unit::Dollars),
    ];
    let row = |period: &str, of: [Option<&str>; 2], counts: [u64; 4], usd: [Option<f64>; 4]| {
        let [endpoint, target] = of.map(Value::from);
        let mut row = vec![period.into(), endpoint, target];
        row.extend(counts.map(Value::from));
        row.extend(usd.map(|it| it.map_or(Value::Unknown, Value::Real)));
        row
    };
    let some = |it: [f64; 4]| it.map(Some);
    let search = [Some("search"), Some("coast")];
    let rows = vec![
        row("2026-11-23", [None; 2], [1_887, 120, 130, 0], some([0.6, 1.9, 1.0, 3.2])),
        row("2026-11", [None; 2], [43_401, 2_760, 2_990, 2], some([13.81, 43.71, 18.0, 57.0])),
        row("2026-11", search, [1, 1, 1, 0], [Some(0.005), Some(0.015), None, None]),
    ];
    pin_below("page_spend", &spend(&sheet(&columns, rows), "/api/spend".to_owned()));
}

#[test]
fn health_is_as_its_snapshot_has_it() {
    let columns = ["check", "state", "detail", "remedy"].map(|name| (name, Unit::None));
    let row = |it: [&str; 3], remedy: Option<&str>| {
        let mut row: Vec<Value> = it.map(Value::from).to_vec();
        row.push(remedy.into());
        row
    };
    let checks = vec![
        row(["monitor", "unknown", "none runs on this folder"], Some("start one")),
        row(["store", "ok", "15 events, format 4, 56221 MB free"], None),
        row(["clock", "warning", "it is 90 s ahead of X's"], Some("set the clock")),
        row(["access search", "failed", "forbidden (HTTP 403)"], Some("look at the token")),
    ];
    let columns_of_status = [
        ("running", Unit::None),
        ("since", Unit::None),
        ("seq", Unit::Count),
        ("windows", Unit::None),
        ("cost_today_usd", Unit::Dollars),
        ("disk_bytes", Unit::Bytes),
        ("trouble", Unit::None),
        ("stalled", Unit::None),
    ];
    let windows = vec![
        "search 299/300 until 2026-11-23T18:00:00.000Z",
        "spaces 300/300 until 2026-11-23T18:00:00.000Z",
    ];
    let status = vec![
        true.into(),
        at(0),
        4_711_u64.into(),
        windows.into(),
        Value::Real(2.5),
        372_736_u64.into(),
        Value::List(Vec::new()),
        Value::Unknown,
    ];
    let status = sheet(&columns_of_status, vec![status]);
    let view = health(&sheet(&columns, checks), &status, "/api/doctor".to_owned());
    pin_below("page_health", &view);
}
