//! Recorded bodies without the texts of whom or what was forgotten: all else stays, so that they
//! give the same events when they are taken in.
//!
//! What is kept of a forgotten user or Space is named here, field by field; whatever X adds goes.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::event::{Subject, at_mentions, mentions};
use crate::space::Endpoint;

use super::endpoint_at;

/// What is kept of a forgotten user. Each is a number, a word of X's, or a time.
const OF_A_USER: [&str; 6] =
    ["id", "verified", "verified_type", "protected", "created_at", "public_metrics"];

/// What is kept of a forgotten Space.
const OF_A_SPACE: [&str; 17] = [
    "id",
    "state",
    "participant_count",
    "subscriber_count",
    "speaker_ids",
    "host_ids",
    "creator_id",
    "invited_user_ids",
    "topic_ids",
    "topics",
    "lang",
    "is_ticketed",
    "created_at",
    "scheduled_start",
    "started_at",
    "ended_at",
    "updated_at",
];

/// What is kept of a post that a forgotten user wrote.
const OF_A_POST: [&str; 3] = ["id", "author_id", "created_at"];

/// The words of `errors`, and of a body that is a problem, in which X quotes what it was asked.
const QUOTING: [&str; 7] =
    ["value", "resource_id", "detail", "message", "title", "reason", "parameters"];

/// Stands for the key of rows that are Spaces.
const SPACES: &str = "spaces";

/// Takes the texts of forgotten subjects out of recorded bodies.
#[derive(Debug)]
pub struct Scrubber<'a> {
    /// Whom and what to forget.
    pub subjects: &'a BTreeSet<Subject>,
    /// All that they ever said or were called, where that is still known.
    pub words: &'a BTreeSet<String>,
    /// The usernames among them.
    pub names: &'a BTreeSet<String>,
}

/// What became of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scrubbed {
    /// It held nothing of them.
    Same,
    /// It did; the line without it.
    Changed(String),
    /// It may, and nobody can tell where: it is not to be kept.
    Dropped,
}

impl Scrubber<'_> {
    /// Scrubs a line of `{"observed_at", "endpoint", "body"}`. One that is no JSON is dropped if
    /// it holds any of the words, or one of the ids.
    pub fn line(&self, line: &[u8]) -> Scrubbed {
        if self.subjects.is_empty() {
            return Scrubbed::Same;
        }
        let Ok(Value::Object(mut read)) = serde_json::from_slice(line) else {
            let text = String::from_utf8_lossy(line);
            return if self.may_hold(&text) { Scrubbed::Dropped } else { Scrubbed::Same };
        };
        let before = read.clone();
        if let Some(Value::String(text)) = read.get("body")
            && self.may_hold(text)
        {
            return Scrubbed::Dropped;
        }
        let endpoint = read.get("endpoint").and_then(Value::as_str).and_then(endpoint_at);
        let mut names = self.names.clone();
        if let Some(body) = read.get_mut("body") {
            self.learn(body, &mut names);
            self.body(endpoint, body, &names);
        }
        target(&mut read, endpoint, &names);
        if read == before {
            Scrubbed::Same
        } else {
            Scrubbed::Changed(Value::Object(read).to_string())
        }
    }

    fn body(&self, endpoint: Option<Endpoint>, body: &mut Value, names: &BTreeSet<String>) {
        let Value::Object(top) = body else { return self.walk("", body) };
        if !top.contains_key("data") && !top.contains_key("includes") {
            unquote(top, names);
        }
        if let Some(Value::Array(errors)) = top.get_mut("errors") {
            errors.iter_mut().filter_map(Value::as_object_mut).for_each(|it| unquote(it, names));
        }
        let of_spaces = matches!(
            endpoint,
            Some(Endpoint::Search | Endpoint::Spaces | Endpoint::Space | Endpoint::CreatorIds)
        );
        for (key, value) in top.iter_mut() {
            // Rows of Spaces are no users, whatever their ids look like.
            let key = if key == "data" && of_spaces { SPACES } else { key };
            self.walk(key, value);
        }
    }

    /// Finds usernames of forgotten users in a body.
    fn learn(&self, value: &Value, names: &mut BTreeSet<String>) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.learn(item, names)),
            Value::Object(map) => {
                if self.is_user(map)
                    && let Some(name) = map.get("username").and_then(Value::as_str)
                {
                    names.insert(name.to_owned());
                }
                map.values().for_each(|value| self.learn(value, names));
            }
            _ => {}
        }
    }

    /// Scrubs every object in `value`, which stands under `key`.
    fn walk(&self, key: &str, value: &mut Value) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| self.walk(key, item)),
            Value::Object(map) => {
                if key != "topics" {
                    self.object(key, map);
                }
                for (key, value) in map.iter_mut() {
                    self.walk(key, value);
                }
            }
            _ => {}
        }
    }

    fn object(&self, key: &str, map: &mut Map<String, Value>) {
        if self.is_space(map) {
            keep(map, &OF_A_SPACE);
        } else if key != SPACES && self.is_user(map) {
            keep(map, &OF_A_USER);
        } else if self.has(map, "author_id", Self::user) {
            keep(map, &OF_A_POST);
        }
    }

    fn is_space(&self, map: &Map<String, Value>) -> bool {
        !map.contains_key("username")
            && self.has(map, "id", |id| id.parse().ok().map(Subject::Space))
    }

    fn is_user(&self, map: &Map<String, Value>) -> bool {
        self.has(map, "id", Self::user)
    }

    fn user(id: &str) -> Option<Subject> {
        id.parse().ok().map(Subject::User)
    }

    fn has(
        &self,
        map: &Map<String, Value>,
        key: &str,
        subject: impl Fn(&str) -> Option<Subject>,
    ) -> bool {
        let id = map.get(key).and_then(Value::as_str).and_then(subject);
        id.is_some_and(|subject| self.subjects.contains(&subject))
    }

    /// Returns whether a text that cannot be read as JSON may hold anything of theirs: a word, an
    /// id, or JSON that was cut off, of which nobody knows what stood there.
    fn may_hold(&self, text: &str) -> bool {
        let begun = text.trim_start();
        if begun.starts_with(['{', '[']) {
            return true;
        }
        let plain = unescaped(text);
        let says = |word: &str| text.contains(word) || plain.contains(word);
        self.words.iter().any(|word| says(word))
            || self.names.iter().any(|name| mentions(&plain, name))
            || self.subjects.iter().any(|subject| match subject {
                Subject::User(id) => mentions(&plain, &id.to_string()),
                Subject::Space(id) => mentions(&plain, id.as_str()),
            })
    }
}

/// Takes usernames out of what was asked for. A query is the operator's own words, unless it names
/// a user by `@name`.
fn target(line: &mut Map<String, Value>, endpoint: Option<Endpoint>, names: &BTreeSet<String>) {
    let Some(Value::String(target)) = line.get_mut("target") else { return };
    if endpoint == Some(Endpoint::UsersBy) {
        let is_theirs = |it: &&str| names.iter().any(|name| name.eq_ignore_ascii_case(it));
        let kept: Vec<&str> = target.split(',').filter(|it| !is_theirs(it)).collect();
        *target = kept.join(",");
    } else if names.iter().any(|name| at_mentions(target, name)) {
        line.insert("target".to_owned(), Value::Null);
    }
}

/// Keeps these fields, where they are what X says they are: no text of people's.
fn keep(map: &mut Map<String, Value>, fields: &[&str]) {
    map.retain(|key, value| fields.contains(&key.as_str()) && is_fact(key, value));
    if let Some(Value::Object(counts)) = map.get_mut("public_metrics") {
        counts.retain(|_, count| count.is_number());
    }
}

fn is_fact(key: &str, value: &Value) -> bool {
    match (key, value) {
        ("topics", Value::Array(_)) | ("public_metrics", Value::Object(_)) => true,
        (_, Value::Array(items)) => items.iter().all(|item| !item.is_array() && !item.is_object()),
        (_, value) => !value.is_object(),
    }
}

/// Takes words out in which X quotes a name.
fn unquote(problem: &mut Map<String, Value>, names: &BTreeSet<String>) {
    let quotes = |value: &Value| {
        let text = value.to_string();
        names.iter().any(|name| mentions(&text, name))
    };
    problem.retain(|key, value| !QUOTING.contains(&key.as_str()) || !quotes(value));
}

/// Returns a text with the escapes of JSON read, as far as they can be.
fn unescaped(text: &str) -> String {
    let (mut units, mut rest) = (Vec::new(), text);
    while let Some(c) = rest.chars().next() {
        let hex = rest.strip_prefix("\\u").and_then(|hex| hex.get(..4));
        if let Some(unit) = hex.and_then(|hex| u16::from_str_radix(hex, 16).ok()) {
            units.push(unit);
            rest = &rest[6..];
        } else if let Some(after) = rest.strip_prefix('\\').filter(|after| !after.is_empty()) {
            rest = after;
            let escaped = after.chars().next().unwrap_or('\\');
            let read = match escaped {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                other => other,
            };
            units.extend(read.encode_utf16(&mut [0; 2]).iter());
            rest = &rest[escaped.len_utf8()..];
        } else {
            units.extend(c.encode_utf16(&mut [0; 2]).iter());
            rest = &rest[c.len_utf8()..];
        }
    }
    String::from_utf16_lossy(&units)
}

#[cfg(test)]
mod tests;
