//! `/api/openapi.json`: the description of the API, made from the table of its addresses.

use serde_json::{Map, Value, json};

use super::endpoints::{ENDPOINTS, EVENT_PARAMS, Endpoint, Param, Type};

/// Returns the description, as JSON.
pub fn document() -> String {
    let mut paths: Map<String, Value> =
        ENDPOINTS.iter().map(|it| (it.path.to_owned(), described(it))).collect();
    paths.insert("/api/events/stream".to_owned(), stream());
    paths.insert("/api/live".to_owned(), live());
    paths.insert("/healthz".to_owned(), healthz());
    paths.insert("/metrics".to_owned(), metrics());
    paths.extend(subscribed().map(|(path, it)| (path.to_owned(), it)));
    let document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "spacelog",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Answers about X Spaces from a local event log: the arrays that the \
                command line writes with --json. Ids are strings, times RFC 3339 in UTC, unknown \
                is null, and keys may be added. Only GET and HEAD are answered; nothing changes \
                anything.",
        },
        "paths": paths,
        "components": {
            "schemas": { "Problem": problem() },
            "securitySchemes": {
                "bearer": { "type": "http", "scheme": "bearer" },
                "basic": {
                    "type": "http",
                    "scheme": "basic",
                    "description": "Any name, with the access token as the password",
                },
            },
        },
        "security": [{}, { "bearer": [] }, { "basic": [] }],
    });
    format!("{document:#}\n")
}

/// What may stand in braces in a path: its name, what it means, its pattern.
const PATH_PARAMS: [(&str, &str, &str); 2] = [
    ("id", "The Space's id", "^[a-zA-Z0-9]{1,13}$"),
    (
        "who",
        "The person's id, or their name with or without @",
        "^(@?[A-Za-z0-9_]{1,15}|[0-9]{1,19})$",
    ),
];

fn described(it: &Endpoint) -> Value {
    let mut params: Vec<Value> = it.params.iter().map(param).collect();
    for (name, what, pattern) in PATH_PARAMS {
        if it.path.contains(&format!("{{{name}}}")) {
            params.insert(
                0,
                json!({
                    "name": name, "in": "path", "required": true, "description": what,
                    "schema": { "type": "string", "pattern": pattern },
                }),
            );
        }
    }
    if it.past {
        params.push(param(&(
            "as-of",
            Type::Text,
            "As it was known then: a time, a date, or a place in the log such as seq:120",
        )));
    }
    let keys: Map<String, Value> = it
        .keys
        .iter()
        .copied()
        .flatten()
        .map(|(name, of)| ((*name).to_owned(), schema(*of, true)))
        .collect();
    let rows = json!({
        "type": "array",
        "items": { "type": "object", "properties": keys, "additionalProperties": true },
    });
    operation(it.what, &params, &json!({ "application/json": { "schema": rows } }))
}

fn operation(what: &str, params: &[Value], content: &Value) -> Value {
    let refused = json!({
        "description": "What failed, why, and what to do now",
        "content": {
            "application/json": { "schema": { "$ref": "#/components/schemas/Problem" } },
        },
    });
    json!({ "get": {
        "summary": what,
        "parameters": params,
        "responses": {
            "200": { "description": what, "content": content },
            "default": refused,
        },
    } })
}

fn param((name, of, what): &Param) -> Value {
    json!({ "name": name, "in": "query", "description": what, "schema": schema(*of, false) })
}

fn schema(of: Type, or_null: bool) -> Value {
    let kind = |name: &str| if or_null { json!([name, "null"]) } else { json!(name) };
    match of {
        Type::Bool => json!({ "type": kind("boolean") }),
        Type::Int => json!({ "type": kind("integer") }),
        Type::Real => json!({ "type": kind("number") }),
        Type::Text => json!({ "type": kind("string") }),
        Type::Time => json!({ "type": kind("string"), "format": "date-time" }),
        Type::Texts => {
            json!({ "type": kind("array"), "items": { "type": ["string", "null"] } })
        }
        Type::List => json!({ "type": kind("array") }),
        Type::Any => json!({}),
    }
}

fn problem() -> Value {
    json!({
        "type": "object",
        "required": ["what", "why", "now"],
        "properties": {
            "what": { "type": "string", "description": "What failed" },
            "why": {
                "type": "array",
                "items": { "type": "string" },
                "description": "The causes, outermost first",
            },
            "now": { "type": ["string", "null"], "description": "What to do" },
        },
    })
}

fn stream() -> Value {
    let mut params: Vec<Value> = EVENT_PARAMS.iter().map(param).collect();
    params.push(last_event());
    let what = "Events as they are appended, each with its seq as id; from the log's end, from \
        `from`, or after `Last-Event-ID`";
    operation(what, &params, &json!({ "text/event-stream": {} }))
}

fn live() -> Value {
    let what = "How far the log has grown: an event `head` with `seq` and `recorded_at`";
    operation(what, &[last_event()], &json!({ "text/event-stream": {} }))
}

fn last_event() -> Value {
    json!({
        "name": "Last-Event-ID", "in": "header",
        "description": "The seq of the last event that came",
        "schema": { "type": "integer" },
    })
}

fn healthz() -> Value {
    let what = "Whether the log is well: 200 where it is `ok` or `idle`, 503 where it is `stalled`";
    operation(what, &[], &json!({ "application/json": { "schema": { "type": "object" } } }))
}

/// What programs subscribe to, each with the parameters of the question behind it.
fn subscribed() -> [(&'static str, Value); 3] {
    let params = |path: &str, other: &[&str]| -> Vec<Value> {
        let asked = ENDPOINTS.iter().filter(|it| it.path == path).flat_map(|it| it.params);
        asked.filter(|(name, ..)| !other.contains(name)).map(param).collect()
    };
    let (schedule, announced) =
        (params("/api/schedule", &[]), params("/api/schedule", &["standing"]));
    let live = params("/api/spaces", &["state", "sort", "joined"]);
    let atom = json!({ "application/atom+xml": {} });
    [
        (
            "/schedule.ics",
            operation("The schedule as a calendar", &schedule, &json!({ "text/calendar": {} })),
        ),
        ("/feeds/announced.atom", operation("A feed of Spaces announced", &announced, &atom)),
        ("/feeds/live.atom", operation("A feed of Spaces on air", &live, &atom)),
    ]
}

fn metrics() -> Value {
    operation("Figures for Prometheus, in its text format", &[], &json!({ "text/plain": {} }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_description_is_as_its_snapshot_has_it() {
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots"));
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!("api_openapi", document()));
    }

    #[test]
    fn what_programs_subscribe_to_is_described_with_its_parameters() {
        let document: Value = serde_json::from_str(&document()).unwrap();
        for (path, name) in [
            ("/schedule.ics", "standing"),
            ("/feeds/announced.atom", "last"),
            ("/feeds/live.atom", "min-participants"),
        ] {
            let params = document["paths"][path]["get"]["parameters"].as_array().unwrap();
            assert!(params.iter().any(|it| it["name"] == name), "{path}: {params:?}");
        }
    }

    #[test]
    fn every_address_of_a_question_is_described() {
        for question in [
            crate::question::Question::Status,
            crate::question::Question::Doctor,
            crate::question::Question::Spend,
        ] {
            let address = super::super::questions::address(&question);
            assert!(ENDPOINTS.iter().any(|it| it.path == address), "{address}");
        }
    }
}
