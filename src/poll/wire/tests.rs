//! Answers as X may send them, and as nobody should.

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::poll::{guess_endpoint, ids_in};
use crate::space::{FailureClass, SearchState, SpaceState, UserId};

fn search() -> Target {
    Target::Query { text: "x".to_owned(), state: SearchState::All, max_results: 100 }
}

fn ids(names: &[&str]) -> Vec<SpaceId> {
    names.iter().map(|name| name.parse().unwrap()).collect()
}

fn of(endpoint: Endpoint, target: &Target, status: u16, body: &str) -> Outcome {
    decode(endpoint, target, status, body.as_bytes(), None)
}

fn seen(endpoint: Endpoint, target: &Target, status: u16, body: &Value) -> Seen {
    match of(endpoint, target, status, &body.to_string()) {
        Outcome::Seen(seen) => seen,
        Outcome::Failed(failure) => panic!("{failure:?}"),
    }
}

fn class(endpoint: Endpoint, target: &Target, status: u16, body: &str) -> Option<FailureClass> {
    match of(endpoint, target, status, body) {
        Outcome::Seen(_) => None,
        Outcome::Failed(failure) => Some(failure.class),
    }
}

#[test]
fn a_search_keeps_xs_order_and_counts_what_it_cannot_read() {
    let body = json!({
        "data": [{"id": "b", "state": "live"}, {"state": "live"}, 7, {"id": "a"}, {"id": "b"}],
        "includes": {
            "users": [{"id": "7", "username": "NASA"}, {"id": "x"}],
            "topics": [{"id": "9", "name": "Art", "description": "All about art"}],
            "posts": "whatever",
        },
        "meta": {"result_count": 5},
    });
    let seen = seen(Endpoint::Search, &search(), 200, &body);
    assert_eq!(seen.spaces.iter().map(|space| space.id).collect::<Vec<_>>(), ids(&["b", "a"]));
    assert_eq!(seen.unreadable, 3);
    assert_eq!((seen.users[0].id, seen.topics[0].name.as_deref()), (UserId(7), Some("Art")));
    assert!(seen.missing.is_empty());
}

#[test]
fn an_answer_without_matches_is_an_answer() {
    let seen = seen(Endpoint::Search, &search(), 200, &json!({"meta": {"result_count": 0}}));
    assert!(seen.spaces.is_empty());
}

#[test]
fn ids_that_did_not_come_back_are_missing_with_xs_reason_where_it_gave_one() {
    let target = Target::Spaces(ids(&["aB", "ab", "c", "d", "c"]));
    let body = json!({
        "data": [{"id": "d"}],
        "errors": [
            {"value": "ab", "type": "https://api.twitter.com/2/problems/resource-not-found"},
            {"resource_id": "c", "type": "https://api.x.com/2/problems/resource-unavailable"},
            {"value": "d", "type": "https://api.x.com/2/problems/not-authorized-for-field"},
        ],
    });
    let seen = seen(Endpoint::Spaces, &target, 200, &body);
    let told: Vec<_> =
        seen.missing.iter().map(|it| (it.id.to_string(), it.problem.as_deref())).collect();
    assert_eq!(
        told,
        [
            ("aB".to_owned(), None),
            ("ab".to_owned(), Some("resource-not-found")),
            ("c".to_owned(), Some("resource-unavailable")),
        ]
    );
}

#[test]
fn a_404_for_one_space_is_an_answer_unless_it_is_a_page() {
    let target = Target::Space("a".parse().unwrap());
    let gone = [Missing { id: "a".parse().unwrap(), problem: Some("resource-not-found".into()) }];
    for body in ["", "\n", "{}", r#"{"title":"Not Found","type":"about:blank","status":404}"#] {
        let Outcome::Seen(seen) = of(Endpoint::Space, &target, 404, body) else { panic!("{body}") };
        assert_eq!((seen.status, seen.missing.as_slice()), (Some(404), gone.as_slice()), "{body}");
    }
    for body in ["<html>", r#"{"title":"#, "404 page not found"] {
        let bad = class(Endpoint::Space, &target, 404, body);
        assert_eq!(bad, Some(FailureClass::BadBody), "{body}");
    }
    let many = Target::Spaces(ids(&["a"]));
    assert_eq!(class(Endpoint::Spaces, &many, 404, ""), Some(FailureClass::NotFound));
}

#[test]
fn a_200_with_errors_alone_means_that_the_one_space_is_missing() {
    let target = Target::Space("a".parse().unwrap());
    let body = json!({"errors": [{"type": "https://api.x.com/2/problems/resource-not-found"}]});
    let seen = seen(Endpoint::Space, &target, 200, &body);
    assert_eq!(seen.missing[0].problem.as_deref(), Some(Missing::NOT_FOUND));
}

#[test]
fn names_that_x_does_not_know_are_told_apart_from_those_it_does() {
    let target = Target::Usernames(vec!["nasa".into(), "gone".into(), "busy".into()]);
    let body = json!({
        "data": [{"id": "11348282", "username": "NASA"}],
        "errors": [
            {"value": "gone", "type": "https://api.x.com/2/problems/resource-not-found"},
            {"value": "Busy", "type": "https://api.x.com/2/problems/internal-error"},
        ],
    });
    let seen = seen(Endpoint::UsersBy, &target, 200, &body);
    assert_eq!(seen.users[0].id, UserId(11_348_282));
    assert_eq!(seen.unknown_names, ["gone"]);
}

#[test]
fn what_is_no_answer_is_a_bad_body() {
    let one = Target::Spaces(ids(&["a"]));
    for body in [
        "",
        "<!DOCTYPE html><html>",
        "[]",
        "null",
        r#"{"data":"#,
        r#"{"data":7}"#,
        r#"{"data":[{"id":"a","title":"\ud83c"}]}"#,
        r#"{"hello":"world"}"#,
    ] {
        let bad = Some(FailureClass::BadBody);
        assert_eq!(class(Endpoint::Spaces, &one, 200, body), bad, "{body}");
    }
    assert_eq!(class(Endpoint::Search, &search(), 200, "{}"), Some(FailureClass::BadBody));
    assert_eq!(class(Endpoint::Spaces, &one, 200, "{}"), None);
    let deep = format!(r#"{{"data":{}"#, "[".repeat(100_000));
    assert_eq!(class(Endpoint::Search, &search(), 200, &deep), Some(FailureClass::BadBody));
}

#[test]
fn of_a_repeated_key_the_last_holds() {
    let body = r#"{"data":[{"id":"a"}],"data":[{"id":"b","state":"live","state":"ended"}]}"#;
    let Outcome::Seen(seen) = of(Endpoint::Spaces, &Target::Spaces(ids(&["b"])), 200, body) else {
        panic!("no answer")
    };
    assert_eq!(seen.spaces[0].state, Some(SpaceState::Ended));
    assert!(seen.missing.is_empty());
}

fn recorded() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/recorded/real");
    let Ok(files) = std::fs::read_dir(&folder) else {
        assert!(std::env::var_os("CI").is_none(), "CI has the recorded material");
        println!("skipped: no `{}`", folder.display());
        return Vec::new();
    };
    files.map(|file| file.unwrap().path()).collect()
}

#[test]
fn recorded_bodies_give_the_ids_and_states_they_hold() {
    for path in recorded() {
        let name = path.display();
        let body = std::fs::read(&path).unwrap();
        let plain: Value = serde_json::from_slice(&body).unwrap();
        let listed = match &plain["data"] {
            Value::Array(rows) => rows.clone(),
            row => vec![row.clone()],
        };
        let endpoint = guess_endpoint(&body).unwrap();
        let target = match endpoint {
            Endpoint::Space => Target::Space(ids_in(&body)[0]),
            Endpoint::Spaces => Target::Spaces(ids_in(&body)),
            _ => search(),
        };
        let Outcome::Seen(seen) = decode(endpoint, &target, 200, &body, None) else {
            panic!("{name}")
        };
        assert_eq!((seen.spaces.len(), seen.unreadable), (listed.len(), 0), "{name}");
        assert!(seen.missing.is_empty(), "{name}");
        for (space, row) in seen.spaces.iter().zip(&listed) {
            assert_eq!(space.id.as_str(), row["id"], "{name}");
            assert_eq!(space.state.as_ref().unwrap().word(), row["state"], "{name}");
            let topics = row.get("topic_ids").and_then(Value::as_array).map(Vec::len);
            assert_eq!(space.description.topics.as_ref().map(Vec::len), topics, "{name}");
            assert_eq!(space.description.extra, None, "{name}");
        }
    }
}

/// A full answer to begin with, so that a mutation has something of every kind to hit.
fn whole_body() -> Vec<u8> {
    json!({
        "data": [{
            "id": "1YqKDqWqdPLxV", "state": "live", "title": "a \"b\" \u{1f399}", "lang": "en",
            "creator_id": "12", "host_ids": ["12", "5"], "speaker_ids": [], "topic_ids": ["7"],
            "participant_count": 12, "subscriber_count": 0, "is_ticketed": true,
            "created_at": "2026-11-23T18:42:30.000Z", "new": {"deep": [[1.5e3, null]]},
        }],
        "includes": {
            "users": [{"id": "12", "username": "a", "public_metrics": {"followers_count": 1}}],
            "topics": [{"id": "7", "name": "Art"}],
        },
        "errors": [{"value": "x", "type": "https://api.x.com/2/problems/resource-not-found"}],
        "meta": {"result_count": 1},
    })
    .to_string()
    .into_bytes()
}

fn shapes() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-z0-9\"\\\\\u{202e}]{0,20}".prop_map(Value::from),
    ];
    let keys = "(id|state|data|errors|includes|users|title|type|value|parameters|public_metrics)";
    leaf.prop_recursive(5, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((keys, inner), 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

fn decode_everywhere(body: &[u8]) {
    let targets = [
        search(),
        Target::Spaces(ids(&["1YqKDqWqdPLxV", "x"])),
        Target::Space("x".parse().unwrap()),
        Target::Creators(vec![UserId(12)]),
        Target::Usernames(vec!["a".into()]),
    ];
    for target in &targets {
        for endpoint in Endpoint::ALL {
            for status in [0, 200, 302, 400, 404, 429, 503, 999] {
                let outcome = decode(endpoint, target, status, body, None);
                if let Outcome::Failed(failure) = outcome {
                    assert!(failure.message.chars().count() <= crate::poll::MESSAGE_MAX);
                }
            }
        }
    }
    assert!(ids_in(body).len() <= body.len());
    guess_endpoint(body);
}

/// Half of the malformed bodies were sound ones once, half are made up.
fn cases() -> u32 {
    u32::try_from(crate::amounts::MALFORMED_BODIES.times() / 2).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_mutation_of_a_body_panics(
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..8, prop::collection::vec(any::<u8>(), 0..6)), 1..6),
        end in any::<prop::sample::Index>(),
        truncate in any::<bool>(),
    ) {
        let mut body = whole_body();
        for (at, removed, put) in cuts {
            let from = at.index(body.len());
            let to = (from + removed).min(body.len());
            body.splice(from..to, put);
            if body.is_empty() { break; }
        }
        if truncate && !body.is_empty() {
            body.truncate(end.index(body.len()));
        }
        decode_everywhere(&body);
    }

    #[test]
    fn no_shape_of_json_panics(shape in shapes()) {
        decode_everywhere(shape.to_string().as_bytes());
        decode_everywhere(json!({"data": [shape.clone()], "errors": shape}).to_string().as_bytes());
    }
}
