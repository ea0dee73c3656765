//! Recorded bodies that say neither where they came from nor what was asked: what they show of it.

use std::collections::HashSet;

use serde_json::Value;

use super::body::parse;
use super::wire::list;
use crate::space::{Endpoint, SpaceId};

/// Returns the endpoint whose answers have the shape of `body`; `None` where it could be any, or
/// is no answer at all.
pub fn guess_endpoint(body: &[u8]) -> Option<Endpoint> {
    let top = parse(body).ok()?;
    let of_errors = || {
        let parameter = top.get("errors")?.as_array()?.first()?.get("parameter")?.as_str()?;
        match parameter {
            "ids" => Some(Endpoint::Spaces),
            "id" => Some(Endpoint::Space),
            "usernames" => Some(Endpoint::UsersBy),
            _ => None,
        }
    };
    match top.get("data") {
        Some(Value::Object(_)) => Some(Endpoint::Space),
        Some(Value::Array(_)) if top.contains_key("meta") => Some(Endpoint::Search),
        Some(Value::Array(rows)) => {
            let users = rows.first().is_some_and(|row| row.get("username").is_some());
            Some(if users { Endpoint::UsersBy } else { Endpoint::Spaces })
        }
        _ if top.contains_key("meta") => Some(Endpoint::Search),
        _ => of_errors(),
    }
}

/// Returns the Spaces that `body` is about, found or missing, in its order and each once: what
/// must have been asked for where the body is the answer to a look-up by id.
pub fn ids_in(body: &[u8]) -> Vec<SpaceId> {
    let Ok(mut top) = parse(body) else { return Vec::new() };
    let found = match top.swap_remove("data") {
        Some(Value::Array(rows)) => rows,
        Some(row @ Value::Object(_)) => vec![row],
        _ => Vec::new(),
    };
    let errors = list(&mut top, "errors");
    let about_spaces = errors.iter().filter(|error| {
        let is = |key: &str, words: &[&str]| {
            error.get(key).and_then(Value::as_str).is_some_and(|word| words.contains(&word))
        };
        is("resource_type", &["space"]) || is("parameter", &["ids", "id"])
    });
    let found = found.iter().filter_map(|row| row.get("id"));
    let missing = about_spaces.filter_map(|e| e.get("resource_id").or_else(|| e.get("value")));
    let mut known = HashSet::new();
    found
        .chain(missing)
        .filter_map(|id| id.as_str()?.parse().ok())
        .filter(|id| known.insert(*id))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shape_of_a_body_tells_its_endpoint() {
        for (body, endpoint) in [
            (r#"{"data":{"id":"1"}}"#, Some(Endpoint::Space)),
            (r#"{"data":[{"id":"1"}],"meta":{"result_count":1}}"#, Some(Endpoint::Search)),
            (r#"{"meta":{"result_count":0}}"#, Some(Endpoint::Search)),
            (r#"{"data":[{"id":"1"}]}"#, Some(Endpoint::Spaces)),
            (r#"{"data":[{"id":"1","username":"a"}]}"#, Some(Endpoint::UsersBy)),
            (r#"{"errors":[{"parameter":"ids","value":"1"}]}"#, Some(Endpoint::Spaces)),
            (r#"{"errors":[{"message":"?"}]}"#, None),
            ("{}", None),
            ("<html>", None),
        ] {
            assert_eq!(guess_endpoint(body.as_bytes()), endpoint, "{body}");
        }
    }

    #[test]
    fn the_ids_of_a_body_are_those_found_and_those_missing() {
        let body = br#"{"data":[{"id":"b"},{"id":"a"},{"id":7},{"id":"b"}],"errors":[
            {"resource_type":"space","resource_id":"c","value":"x"},
            {"parameter":"ids","value":"a"},{"parameter":"ids","value":"d"},
            {"resource_type":"user","resource_id":"9"}]}"#;
        let ids: Vec<_> = ids_in(body).iter().map(ToString::to_string).collect();
        assert_eq!(ids, ["b", "a", "c", "d"]);
        assert!(ids_in(b"[]").is_empty());
    }
}
