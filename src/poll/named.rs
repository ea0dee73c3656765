//! What a 400 named: the parameters and fields that X says are at fault, most precise first.

use serde_json::{Map, Value};

use super::fields;

/// Returns what the problem and its `errors[]` name, each once: `parameter=value` (with no value
/// for a parameter that carries no fields), a plain field, or a parameter that carries fields. X has three ways: members `parameter`, `value` and `field`
/// (since 2.167), an object `parameters`, and words in the message.
pub(super) fn named(problem: &Map<String, Value>) -> Vec<String> {
    let mut precise = Vec::new();
    let mut parameters = Vec::new();
    let entries = problem.get("errors").and_then(Value::as_array).into_iter().flatten();
    for entry in entries.filter_map(Value::as_object).chain([problem]) {
        from_members(entry, &mut precise, &mut parameters);
        from_message(entry, &mut precise, &mut parameters);
        from_parameters(entry, &mut precise, &mut parameters);
    }
    let mut names = Vec::new();
    for name in precise.into_iter().chain(parameters) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Returns the name to show of several: the first that we send, or else the first parameter.
pub(super) fn shown(names: &[String]) -> Option<String> {
    let sent = names.iter().find_map(|name| {
        let field = name.rsplit('=').next().unwrap_or(name);
        (fields::is_field(field) || fields::is_parameter(field)).then_some(field)
    });
    let first = || names.first().map(|name| name.split('=').next().unwrap_or(name));
    sent.or_else(first).map(|name| name.chars().take(64).collect())
}

fn text<'a>(entry: &'a Map<String, Value>, key: &str) -> Option<&'a str> {
    entry.get(key)?.as_str().filter(|text| !text.is_empty())
}

fn from_members(entry: &Map<String, Value>, precise: &mut Vec<String>, whole: &mut Vec<String>) {
    if let Some(field) = text(entry, "field") {
        precise.push(field.to_owned());
    }
    if let Some(parameter) = text(entry, "parameter") {
        add(parameter, text(entry, "value"), precise, whole);
    }
}

/// "The `space.fields` query parameter value [x] is not one of [a,b]" names a field; "The query
/// parameter [x] is not one of [a,b]" a parameter. What comes after is what X does take.
fn from_message(entry: &Map<String, Value>, precise: &mut Vec<String>, whole: &mut Vec<String>) {
    let Some(message) = text(entry, "message").or_else(|| text(entry, "detail")) else { return };
    let fault = message.split("not one of").next().unwrap_or(message);
    let ticked = between(fault, '`', '`');
    match (ticked, between(fault, '[', ']')) {
        (Some(parameter), value) if fields::is_parameter(parameter) => {
            add(parameter, value, precise, whole);
        }
        (None, Some(name)) if fault.contains("query parameter [") => {
            add(name, None, precise, whole);
        }
        // A parameter may be called as a field is: the `state` of a search is none of a Space.
        (Some(field), _) if fields::is_field(field) && !fault.contains("parameter") => {
            precise.push(field.to_owned());
        }
        _ => {}
    }
}

/// `{"space.fields": ["x"]}`: one value is the culprit, several are all that we sent, none is a
/// parameter that was not sent.
fn from_parameters(entry: &Map<String, Value>, precise: &mut Vec<String>, whole: &mut Vec<String>) {
    let Some(parameters) = entry.get("parameters").and_then(Value::as_object) else { return };
    for (parameter, values) in parameters {
        let values: Vec<&str> = match values {
            Value::Array(values) => values.iter().filter_map(Value::as_str).collect(),
            Value::String(value) => vec![value],
            _ => Vec::new(),
        };
        if !values.is_empty() {
            add(parameter, Some(&values.join(",")), precise, whole);
        }
    }
}

fn add(parameter: &str, value: Option<&str>, precise: &mut Vec<String>, whole: &mut Vec<String>) {
    match value.map(str::trim).filter(|value| !value.is_empty() && !value.contains(',')) {
        Some(value) => precise.push(format!("{parameter}={value}")),
        None if fields::is_parameter(parameter) => whole.push(parameter.to_owned()),
        // The sign keeps `id` in a path from being taken for the field `id`.
        None => whole.push(format!("{parameter}=")),
    }
}

fn between(text: &str, open: char, close: char) -> Option<&str> {
    let (_, rest) = text.split_once(open)?;
    let (inner, _) = rest.split_once(close)?;
    Some(inner)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn names(problem: Value) -> Vec<String> {
        let Value::Object(problem) = problem else { panic!("no object") };
        named(&problem)
    }

    #[test]
    fn a_field_is_found_in_each_way_x_names_it() {
        for problem in [
            json!({"errors": [{
                "parameters": {"space.fields": ["id,state,subscriber_count"]},
                "message": "The `space.fields` query parameter value [subscriber_count] is not \
                            one of [created_at,id,state,title]",
            }]}),
            json!({"errors": [{"parameters": {"space.fields": ["subscriber_count"]}}]}),
            json!({"parameter": "space.fields", "value": "subscriber_count", "detail": "no"}),
            json!({"errors": [{"field": "subscriber_count", "title": "Invalid"}]}),
            json!({"detail": "unknown field `subscriber_count`"}),
        ] {
            let names = names(problem);
            assert!(names[0].ends_with("subscriber_count"), "{names:?}");
            assert_eq!(shown(&names).as_deref(), Some("subscriber_count"));
        }
    }

    #[test]
    fn a_refused_parameter_is_named_whole() {
        let problem = json!({"errors": [{
            "parameters": {"topic.fields": ["id,name"], "user.fields": []},
            "message": "The query parameter [topic.fields] is not one of [id,space.fields]",
        }]});
        assert_eq!(names(problem), ["topic.fields"]);
    }

    #[test]
    fn a_parameter_called_as_a_field_is_no_field() {
        for problem in [
            json!({"parameter": "state", "detail": "missing"}),
            json!({"detail": "The `state` query parameter value [x] is not one of [all,live]"}),
        ] {
            let mut sent = fields::FieldSet::all(crate::space::Endpoint::Search);
            assert!(names(problem).iter().all(|name| sent.drop_named(name).is_none()));
        }
    }

    #[test]
    fn a_refused_query_names_no_field_however_it_is_worded() {
        let problem = json!({"errors": [{
            "parameters": {"query": ["title url:x"]},
            "message": "Reference to invalid operator 'url'. Operator is not available",
        }]});
        let names = names(problem);
        assert_eq!(names, ["query=title url:x"]);
        assert_eq!(shown(&names).as_deref(), Some("query"));
    }
}
