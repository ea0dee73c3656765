//! What is left of recorded bodies once somebody is forgotten.

use serde_json::json;

use super::*;
use crate::space::UserId;

/// A user and a Space are forgotten, and what they were called is still known.
fn scrub(line: &str) -> Scrubbed {
    let space = Subject::Space("1YqKDqWqdPLxV".parse().unwrap());
    let subjects = BTreeSet::from([Subject::User(UserId(12)), space]);
    let set = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
    let words: BTreeSet<String> = set(&["Coastwatch", "Küste & Meer", "A \"quoted\" title"]);
    Scrubber { subjects: &subjects, words: &words, names: &set(&["Coastwatch"]) }
        .line(line.as_bytes())
}

fn changed(line: &Value) -> Value {
    match scrub(&line.to_string()) {
        Scrubbed::Changed(line) => serde_json::from_str(&line).unwrap(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_texts_of_forgotten_people_and_spaces_go_and_all_else_stays() {
    let line = |space: Value, user: Value| {
        json!({"observed_at": "2026-11-23T18:00:00Z", "endpoint": "/2/spaces/search",
            "poll_id": "00", "target": "coast", "body": {
                "data": [space, {"id": "1other", "title": "Other", "host_ids": ["12"]}],
                "includes": {"users": [user, {"id": "5", "username": "b"}],
                    "topics": [{"id": "12", "name": "Art"}]},
                "meta": {"result_count": 2}}})
    };
    let before = line(
        json!({"id": "1YqKDqWqdPLxV", "state": "live", "participant_count": 7, "title": "A",
            "host_ids": ["12"], "brand_new": "words", "lang": "en", "topic_ids": ["12"]}),
        json!({"id": "12", "username": "Coastwatch", "name": "Küste", "description": "d",
            "location": "l", "url": "u", "entities": {"url": {}}, "profile_image_url": "i",
            "verified": true, "verified_type": {"odd": "text"},
            "public_metrics": {"followers_count": 3, "note": "text"}}),
    );
    let after = line(
        json!({"id": "1YqKDqWqdPLxV", "state": "live", "participant_count": 7,
            "host_ids": ["12"], "lang": "en", "topic_ids": ["12"]}),
        json!({"id": "12", "verified": true, "public_metrics": {"followers_count": 3}}),
    );
    assert_eq!(changed(&before), after);
    assert_eq!(scrub(&after.to_string()), Scrubbed::Same);
}

#[test]
fn names_leave_lists_errors_and_queries_that_name_them_and_other_queries_stay() {
    let asked = |endpoint: &str, target: Value, body: Value| {
        json!({"observed_at": "2026-11-23T18:00:00Z", "endpoint": endpoint, "target": target,
            "body": body})
    };
    let error = json!({"type": "x/not-found", "value": "COASTWATCH",
        "detail": "Could not find user with usernames: [coastwatch]."});
    let line = asked("/2/users/by", json!("b,coastWatch"), json!({"errors": [error]}));
    let left = json!({"errors": [{"type": "x/not-found"}]});
    assert_eq!(changed(&line), asked("/2/users/by", json!("b"), left));

    // A later name shows in the answer alone.
    let body = json!({"data": [{"id": "12", "username": "newname"}]});
    let line = asked("/2/users/by", json!("NewName"), body);
    let left = json!({"data": [{"id": "12"}]});
    assert_eq!(changed(&line), asked("/2/users/by", json!(""), left));

    let empty = json!({"meta": {"result_count": 0}});
    let line = asked("/2/spaces/search", json!("about @coastwatch"), empty.clone());
    assert_eq!(changed(&line), asked("/2/spaces/search", Value::Null, empty.clone()));
    let line = asked("/2/spaces/search", json!("coastwatch"), empty);
    assert_eq!(scrub(&line.to_string()), Scrubbed::Same);

    let problem = json!({"title": "Invalid", "detail": "no user @coastwatch", "status": 400});
    let line = asked("/2/spaces/search", json!("x"), problem);
    let left = json!({"title": "Invalid", "status": 400});
    assert_eq!(changed(&line), asked("/2/spaces/search", json!("x"), left));
}

#[test]
fn posts_of_a_forgotten_user_lose_their_text() {
    let post = |post: Value| json!({"endpoint": "/2/spaces/1YqKDqWqdPLxV/tweets", "body": {"data": [post]}});
    let before = post(json!({"id": "77", "author_id": "12", "text": "mine"}));
    assert_eq!(changed(&before), post(json!({"id": "77", "author_id": "12"})));
}

#[test]
fn what_cannot_be_read_and_may_hold_them_is_dropped() {
    let body = |body: &str| json!({"endpoint": "/2/spaces", "body": body}).to_string();
    for line in [
        body("<html>Coastwatch</html>"),
        body("<html>user 12</html>"),
        body("<html>K\\u00fcste & Meer</html>"),
        body("{\"data\":[{\"id\":\"9\",\"username\":\"Coa"),
        "{\"endpoint\": \"/2/spaces\", \"body\": {\"data\"".to_owned(),
        "A \\\"quoted\\\" title".to_owned(),
    ] {
        assert_eq!(scrub(&line), Scrubbed::Dropped, "{line}");
    }
    for line in [body("<html>Over capacity</html>"), "no line at all".to_owned()] {
        assert_eq!(scrub(&line), Scrubbed::Same, "{line}");
    }
}

#[test]
fn where_nobody_is_forgotten_nothing_changes() {
    let none = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let scrubber = Scrubber { subjects: &none.0, words: &none.1, names: &none.2 };
    assert_eq!(scrubber.line(b"{\"body\": \"{cut"), Scrubbed::Same);
}
