//! What the simulated X promises to those who ask it.

use std::time::Duration;

use chrono::DateTime;

use super::*;
use crate::simulate::{Description, Truth, WorldSettings};
use crate::space::{SpaceId, SpaceState, UserId};

const EPOCH: Moment = Moment(1_790_000_000_000);
const MINUTE: i64 = 60_000;

fn held() -> Clock {
    Clock::held(EPOCH.to_utc())
}

fn x() -> SimulatedX {
    SimulatedX::new(Settings::new(WorldSettings::new(1, EPOCH)), held())
}

fn json(reply: &SimReply) -> Value {
    serde_json::from_slice(&reply.body).unwrap()
}

fn get(x: &SimulatedX, target: &str) -> Value {
    let reply = x.handle(target, Some("t"));
    assert_eq!(reply.status, 200, "{target}: {}", String::from_utf8_lossy(&reply.body));
    json(&reply)
}

/// The first Space of which `test` holds, and of it what `pick` says.
fn find<T>(x: &SimulatedX, pick: impl Fn(&Truth) -> Option<T>) -> T {
    x.with_world(|world| world.spaces().find_map(pick)).unwrap()
}

fn advance_to(x: &SimulatedX, moment: Moment) {
    let span = moment.since(Moment::from(x.clock().now()));
    x.clock().advance(Duration::from_millis(u64::try_from(span).unwrap()));
}

/// A Space that is live at the epoch, and when it ends.
fn live(x: &SimulatedX, vanishes: bool) -> (SpaceId, Moment) {
    find(x, |truth| {
        let fits = truth.state(EPOCH) == Some(SpaceState::Live)
            && truth.course.vanishes == vanishes
            && !truth.is_spam
            && truth.participants(EPOCH) > 20;
        fits.then_some((truth.id, truth.course.over_at()))
    })
}

#[test]
fn only_the_default_fields_come_unasked() {
    let body = get(&x(), "/2/spaces/search?query=music");
    for row in body["data"].as_array().unwrap() {
        let keys: Vec<&String> = row.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["id", "state"]);
    }
    assert!(body.get("includes").is_none());
    let rows = body["data"].as_array().unwrap().len();
    assert_eq!(body["meta"]["result_count"], rows);
}

#[test]
fn expansions_bring_ids_users_and_topics() {
    let target = "/2/spaces/search?query=music%20news%20crypto&space.fields=title,participant_count\
                  &expansions=creator_id,host_ids,speaker_ids,topic_ids&user.fields=public_metrics\
                  &topic.fields=name";
    let body = get(&x(), target);
    let rows = body["data"].as_array().unwrap();
    assert!(rows.iter().all(|row| row["host_ids"][0] == row["creator_id"]));
    assert!(rows.iter().any(|row| row.get("title").is_none()));
    assert!(rows.iter().any(|row| row.get("speaker_ids").is_none()));
    let users = body["includes"]["users"].as_array().unwrap();
    assert!(users.iter().all(|user| user["public_metrics"]["post_count"].is_u64()));
    let known = |id: &Value| users.iter().any(|user| user["id"] == *id);
    let missing = rows.iter().filter(|row| !known(&row["creator_id"])).count();
    assert!(missing < rows.len() / 4);
    assert!(body["includes"]["topics"][0]["name"].is_string());
}

#[test]
fn an_empty_answer_has_no_data() {
    let x = x();
    assert_eq!(
        get(&x, "/2/spaces/search?query=zyzzyva").to_string(),
        r#"{"meta":{"result_count":0}}"#
    );
    let body = get(&x, "/2/spaces?ids=1nobody");
    assert!(body.get("data").is_none() && body.get("meta").is_none());
    assert_eq!(body["errors"][0]["resource_id"], "1nobody");
}

#[test]
fn a_space_is_followed_by_id_to_its_end_and_its_count_then_grows() {
    let x = x();
    let (id, end) = live(&x, false);
    let target = format!("/2/spaces?ids={id}&space.fields=participant_count,ended_at");
    advance_to(&x, end.plus(-1));
    let last = get(&x, &target)["data"][0].clone();
    assert!(last["state"] == "live" && last.get("ended_at").is_none());
    let mut counts = vec![last["participant_count"].as_u64().unwrap()];
    for hours in [0, 20] {
        advance_to(&x, end.plus(hours * 60 * MINUTE));
        let row = get(&x, &target)["data"][0].clone();
        assert_eq!(
            (row["state"].as_str(), row["ended_at"].as_str()),
            (Some("ended"), Some(&*end.to_string()))
        );
        counts.push(row["participant_count"].as_u64().unwrap());
    }
    assert!(counts.is_sorted_by(|a, b| a < b), "{counts:?}");
    advance_to(&x, end.plus(25 * 60 * MINUTE));
    assert_eq!(get(&x, &target)["errors"][0]["title"], "Not Found Error");
}

#[test]
fn a_vanishing_id_is_an_error_beside_a_200_and_a_404_alone() {
    let x = x();
    let ((gone, end), (stays, _)) = (live(&x, true), live(&x, false));
    let target = format!("/2/spaces?ids={gone},{stays}");
    assert_eq!(get(&x, &target)["data"].as_array().unwrap().len(), 2);
    advance_to(&x, end);
    let body = get(&x, &target);
    assert_eq!(body["data"].as_array().map(Vec::len), Some(1));
    let error = &body["errors"][0];
    assert_eq!(error["value"], gone.as_str());
    assert!(error["type"].as_str().unwrap().ends_with("/resource-not-found"));
    let alone = x.handle(&format!("/2/spaces/{gone}"), Some("t"));
    assert_eq!(alone.status, 404);
}

#[test]
fn some_unknown_ids_get_a_404_with_a_problem_and_some_without_a_body() {
    let x = x();
    let replies: Vec<SimReply> =
        ('a'..='h').map(|c| x.handle(&format!("/2/spaces/1{c}"), Some("t"))).collect();
    assert!(replies.iter().all(|reply| reply.status == 404));
    let bare = replies.iter().filter(|reply| reply.body.is_empty()).count();
    assert_eq!(bare, 2);
}

#[test]
fn one_space_is_an_object_and_creators_find_their_own() {
    let x = x();
    let (id, _) = live(&x, false);
    let body = get(&x, &format!("/2/spaces/{id}?expansions=creator_id"));
    assert_eq!(body["data"]["id"], id.as_str());
    let creator = body["data"]["creator_id"].as_str().unwrap().to_owned();
    let body = get(&x, &format!("/2/spaces/by/creator_ids?user_ids=12,{creator}"));
    assert!(body["data"].as_array().unwrap().iter().any(|row| row["id"] == id.as_str()));
    assert_eq!(body["meta"]["result_count"], body["data"].as_array().unwrap().len());
}

#[test]
fn names_are_turned_into_ids_and_unknown_ones_are_errors() {
    let x = x();
    let names = x.with_world(|world| [1, 2, 3].map(|number| world.people().username(number)));
    let target =
        format!("/2/users/by?usernames={},nobody_at_all&user.fields=description", names.join(","));
    let body = get(&x, &target);
    assert_eq!(body["data"][0]["username"], names[0]);
    assert!(body["data"][0]["id"].as_str().unwrap().parse::<UserId>().is_ok());
    assert_eq!(body["errors"][0]["resource_id"], "nobody_at_all");
}

#[test]
fn tokens_are_checked_and_buyers_need_a_user() {
    let mut settings = Settings::new(WorldSettings::new(1, EPOCH));
    settings.bearer = Some("right".to_owned());
    let x = SimulatedX::new(settings, held());
    for bearer in [None, Some(""), Some("wrong")] {
        let reply = x.handle("/2/spaces/search?query=x", bearer);
        assert_eq!((reply.status, json(&reply)["type"].as_str()), (401, Some("about:blank")));
        assert!(reply.header("x-rate-limit-limit").is_none());
    }
    assert_eq!(x.handle("/2/spaces/search?query=x", Some("right")).status, 200);
    assert_eq!(x.handle("/2/spaces/1a/buyers", Some("right")).status, 403);
    assert_eq!(x.handle("/2/spaces/1a/tweets", Some("right")).status, 200);
    assert_eq!(x.handle("/2/tweets", Some("right")).status, 404);
    assert_eq!(x.requests()[&Endpoint::Search], 4);
}

#[test]
fn a_used_up_window_is_a_429_on_its_endpoint_alone_until_the_reset() {
    let mut settings = Settings::new(WorldSettings::new(1, EPOCH));
    settings.limit = 3;
    settings.limits.insert(Endpoint::UsersBy, 1);
    let x = SimulatedX::new(settings, held());
    let search = || x.handle("/2/spaces/search?query=x", Some("t"));
    for left in ["2", "1", "0"] {
        let reply = search();
        assert_eq!((reply.status, reply.header("x-rate-limit-remaining")), (200, Some(left)));
    }
    let over = search();
    assert_eq!((over.status, over.header("x-rate-limit-limit")), (429, Some("3")));
    assert_eq!(json(&over)["type"], "about:blank");
    let reset: i64 = over.header("x-rate-limit-reset").unwrap().parse().unwrap();
    assert_eq!(reset, EPOCH.0 / 1_000 + 900);
    let users = x.handle("/2/users/by?usernames=a", Some("t"));
    assert_eq!((users.status, users.header("x-rate-limit-limit")), (200, Some("1")));
    x.clock().advance(Duration::from_millis(899_999));
    assert_eq!(search().status, 429);
    x.clock().advance(Duration::from_millis(1));
    assert_eq!(DateTime::from_timestamp(reset, 0), Some(x.clock().now()));
    assert_eq!(search().header("x-rate-limit-remaining"), Some("2"));
}

#[test]
fn a_refused_parameter_is_named() {
    let reply = x().handle("/2/spaces?ids=1a&space.fields=state,host_ids", Some("t"));
    let body = json(&reply);
    assert_eq!((reply.status, body["title"].as_str()), (400, Some("Invalid Request")));
    assert_eq!(body["errors"][0]["parameters"]["space.fields"][0], "state,host_ids");
    let mut settings = Settings::new(WorldSettings::new(1, EPOCH));
    settings.description = Description::V2_166;
    let old = SimulatedX::new(settings, held());
    let body = get(&old, "/2/spaces/search?query=news&space.fields=host_ids");
    assert!(body["data"][0]["host_ids"].is_array() && body.get("includes").is_none());
}

#[test]
fn a_day_bills_each_space_and_user_once() {
    let x = x();
    let target = "/2/spaces/search?query=news&expansions=host_ids";
    let body = get(&x, target);
    get(&x, target);
    let bill = x.billed().into_values().next().unwrap();
    assert_eq!(bill.spaces, body["meta"]["result_count"].as_u64().unwrap());
    let users = body["includes"]["users"].as_array().unwrap().len();
    assert_eq!(bill.users, u64::try_from(users).unwrap());
}

#[test]
fn every_fault_looks_like_itself() {
    let x = x();
    let target = "/2/spaces/search?query=news";
    let sound = x.handle(target, Some("t"));
    let under = |fault| {
        x.faults().next(1, fault, Some("/2/spaces/search"));
        x.handle(target, Some("t"))
    };
    assert_eq!(under(Fault::RateLimited).header("x-rate-limit-remaining"), Some("0"));
    let cap = under(Fault::UsageCap);
    assert_eq!((cap.status, json(&cap)["title"].as_str()), (429, Some("UsageCapExceeded")));
    assert!(cap.header("x-rate-limit-remaining").unwrap().parse::<u32>().unwrap() > 100);
    assert_eq!(under(Fault::Credits).status, 402);
    assert_eq!(under(Fault::ServerError).status, 503);
    assert_eq!(under(Fault::Unauthorized).status, 401);
    let page = under(Fault::Html);
    assert!(page.status == 200 && page.body.starts_with(b"<!DOCTYPE"));
    let cut = under(Fault::Truncated);
    assert!(cut.status == 200 && serde_json::from_slice::<Value>(&cut.body).is_err());
    assert!(sound.body.starts_with(&cut.body));
    assert!(json(&under(Fault::WrongShape))["data"].is_object());
    assert_eq!(under(Fault::SlowBytes).delivery, Delivery::Slow);
    assert_eq!(under(Fault::Silence).delivery, Delivery::Never);
    assert_eq!(x.handle(target, Some("t")).body, sound.body);
}

#[test]
fn a_full_search_takes_little_time() {
    let mut settings = Settings::new(WorldSettings::new(1, EPOCH));
    settings.limit = 10_000;
    let x = SimulatedX::new(settings, held());
    let target = "/2/spaces/search?query=news%20music%20crypto%20ai%20tech%20sports%20art\
                  &space.fields=created_at,ended_at,is_ticketed,lang,participant_count,\
                  scheduled_start,started_at,state,subscriber_count,title,updated_at\
                  &expansions=creator_id,host_ids,speaker_ids,invited_user_ids,topic_ids\
                  &user.fields=created_at,description,public_metrics,verified,url,location";
    let watch = crate::clock::Stopwatch::start();
    for _ in 0..50 {
        assert_eq!(x.handle(target, Some("t")).status, 200);
    }
    let each = watch.elapsed() / 50;
    println!("{each:?} each");
    assert!(each < Duration::from_millis(50), "{each:?}");
}

#[test]
fn a_user_learns_page_by_page_who_bought_a_ticket_and_an_app_does_not() {
    let settings = Settings::new(WorldSettings { spaces: 3_000, ..WorldSettings::new(7, EPOCH) });
    let x = SimulatedX::new(settings, held());
    let ticketed = x.with_world(|world| {
        world.spaces().find(|it| it.is_ticketed && world.look_up(it.id).is_some()).map(|it| it.id)
    });
    let path = format!("/2/spaces/{}/buyers?max_results=100", ticketed.unwrap());
    assert_eq!(x.handle(&path, Some("app")).status, 403);
    let (mut ids, mut page) = (Vec::new(), String::new());
    for _ in 0..4 {
        let reply = x.handle(&format!("{path}{page}"), Some("user-one"));
        assert_eq!(reply.status, 200);
        let body: Value = serde_json::from_slice(&reply.body).unwrap();
        ids.extend(body["data"].as_array().unwrap().iter().map(|it| it["id"].to_string()));
        let Some(next) = body["meta"]["next_token"].as_str() else { break };
        page = format!("&pagination_token={next}");
    }
    let distinct: std::collections::BTreeSet<_> = ids.iter().collect();
    assert!(ids.len() > 100 && distinct.len() == ids.len(), "{}", ids.len());
    assert_eq!(x.handle(&format!("{path}&pagination_token=none"), Some("user-one")).status, 400);
}

#[test]
fn posts_shared_in_a_space_are_listed_to_everybody() {
    let settings = Settings::new(WorldSettings::new(7, EPOCH));
    let x = SimulatedX::new(settings, held());
    let listed = x.with_world(|world| world.spaces().map(|it| it.id).collect::<Vec<_>>());
    let count = |id: crate::space::SpaceId| {
        let path = format!("/2/spaces/{id}/tweets?post.fields=author_id,id");
        let reply = x.handle(&path, Some("app"));
        json(&reply)["data"].as_array().map_or(0, Vec::len)
    };
    assert!(listed.into_iter().take(100).map(count).sum::<usize>() > 100);
}
