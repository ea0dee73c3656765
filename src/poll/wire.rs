//! An answer as X sends it, read into what we think with: tolerant of all that X may leave out.

use std::collections::HashSet;
use std::hash::Hash;

use serde_json::{Map, Value};

use super::body::{BodyError, parse};
use super::wire_row::Row;
use super::{problem, wire_space, wire_user};
use crate::space::{Endpoint, Missing, Outcome, RateLimit, Seen, SpaceId, Target};

/// The longest word for a page that is believed: X's have some twenty letters.
const PAGE_CHARS_MAX: usize = 256;

/// Returns what came of asking `endpoint` for `target`: the rows of an answer, the Spaces and
/// names that were asked for and are not in it, or the failure. The same for an answer that has
/// just come and for a recorded one.
///
/// A 404 from `/2/spaces/:id` is an answer (the Space is missing), with a JSON body or none; with
/// any other body it is a failure, as the page of a proxy says nothing about a Space.
pub fn decode(
    endpoint: Endpoint,
    target: &Target,
    status: u16,
    body: &[u8],
    rate: Option<RateLimit>,
) -> Outcome {
    let seen = match status {
        200..=299 => answer(endpoint, target, status, body),
        404 if endpoint == Endpoint::Space => not_there(target, status, body),
        _ => return Outcome::Failed(problem::failure(status, body, rate)),
    };
    match seen {
        Ok(seen) => Outcome::Seen(Seen { rate, ..seen }),
        Err(error) => Outcome::Failed(error.failure(status, rate)),
    }
}

fn not_there(target: &Target, status: u16, body: &[u8]) -> Result<Seen, BodyError> {
    match parse(body) {
        Ok(_) | Err(BodyError::Empty) => {}
        Err(error) => return Err(error),
    }
    let problem = Some(Missing::NOT_FOUND.to_owned());
    let missing = asked_ids(target).iter().map(|id| Missing { id: *id, problem: problem.clone() });
    Ok(Seen { status: Some(status), missing: missing.collect(), ..Seen::default() })
}

fn answer(
    endpoint: Endpoint,
    target: &Target,
    status: u16,
    body: &[u8],
) -> Result<Seen, BodyError> {
    let mut top = parse(body)?;
    let told = ["data", "meta", "includes", "errors"].iter().any(|key| top.contains_key(*key));
    let by_id = matches!(endpoint, Endpoint::Spaces | Endpoint::Space | Endpoint::UsersBy);
    let nothing_found = by_id && top.is_empty();
    if !told && !nothing_found {
        return Err(BodyError::NoAnswer);
    }
    let data = match top.swap_remove("data") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(rows)) => rows,
        Some(row @ Value::Object(_)) => vec![row],
        Some(_) => return Err(BodyError::Data),
    };
    let mut included = match top.swap_remove("includes") {
        Some(Value::Object(lists)) => lists,
        _ => Map::new(),
    };
    let errors = list(&mut top, "errors");

    let mut seen = Seen { status: Some(status), ..Seen::default() };
    let lost = &mut seen.unreadable;
    let mut users = list(&mut included, "users");
    match endpoint {
        Endpoint::UsersBy => users.splice(0..0, data).for_each(drop),
        // Others in the answer bought nothing.
        Endpoint::Buyers => users = data,
        // Of posts shared in a Space, that they are: their words are not ours to keep.
        Endpoint::Tweets => seen.posts = rows(data, |mut row| row.id("id"), |id| *id, lost),
        Endpoint::Search | Endpoint::Spaces | Endpoint::Space | Endpoint::CreatorIds => {
            seen.spaces = rows(data, wire_space::space, |space| space.id, lost);
        }
    }
    seen.users = rows(users, wire_user::user, |user| user.id, lost);
    let topics = list(&mut included, "topics");
    seen.topics = rows(topics, wire_space::topic, |topic| topic.id.clone(), lost);
    seen.next_page = next_page(&mut top);
    seen.missing = missing(target, &seen, &errors);
    seen.unknown_names = unknown_names(target, &seen, &errors);
    Ok(seen)
}

/// Takes the word for the next page; one that is no word of X's ends the listing.
fn next_page(top: &mut Map<String, Value>) -> Option<String> {
    let meta = top.swap_remove("meta")?;
    let token = meta.get("next_token")?.as_str()?;
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'=');
    let fits = (1..=PAGE_CHARS_MAX).contains(&token.len()) && token.bytes().all(is_word);
    fits.then(|| token.to_owned())
}

/// Takes a list; what is none counts as empty.
pub(super) fn list(map: &mut Map<String, Value>, key: &str) -> Vec<Value> {
    match map.swap_remove(key) {
        Some(Value::Array(items)) => items,
        _ => Vec::new(),
    }
}

/// Reads rows in X's order, counts those that cannot be read, and leaves out repeated ids.
fn rows<T, K: Eq + Hash>(
    values: Vec<Value>,
    read: impl Fn(Row) -> Option<T>,
    id: impl Fn(&T) -> K,
    unreadable: &mut u32,
) -> Vec<T> {
    let mut known = HashSet::new();
    let mut read_rows = Vec::new();
    for value in values {
        match Row::of(value).and_then(&read) {
            Some(row) if known.insert(id(&row)) => read_rows.push(row),
            Some(_) => {}
            None => *unreadable = unreadable.saturating_add(1),
        }
    }
    read_rows
}

fn asked_ids(target: &Target) -> &[SpaceId] {
    match target {
        Target::Spaces(ids) => ids,
        Target::Space(id) => std::slice::from_ref(id),
        Target::Query { .. }
        | Target::Creators(_)
        | Target::Usernames(_)
        | Target::Buyers { .. }
        | Target::Posts { .. } => &[],
    }
}

fn missing(target: &Target, seen: &Seen, errors: &[Value]) -> Vec<Missing> {
    let mut known: HashSet<SpaceId> = seen.spaces.iter().map(|space| space.id).collect();
    let mut missing = Vec::new();
    for id in asked_ids(target) {
        if known.insert(*id) {
            let mut named = errors.iter().find(|error| names(error, |it| it == id.as_str()));
            if named.is_none() && matches!(target, Target::Space(_)) {
                // With one id asked for, there is nothing else that an error could be about.
                named = errors.first();
            }
            missing.push(Missing { id: *id, problem: named.and_then(problem::segment) });
        }
    }
    missing
}

fn unknown_names(target: &Target, seen: &Seen, errors: &[Value]) -> Vec<String> {
    let Target::Usernames(asked) = target else { return Vec::new() };
    let answered: HashSet<String> =
        seen.users.iter().filter_map(|user| user.username.as_deref()).map(lower).collect();
    let unknown = asked.iter().filter(|name| {
        let named = errors.iter().find(|error| names(error, |it| lower(it) == lower(name)));
        let problem = named.and_then(problem::segment);
        !answered.contains(&lower(name))
            && problem.is_none_or(|problem| problem == Missing::NOT_FOUND)
    });
    unknown.cloned().collect()
}

fn lower(name: &str) -> String {
    name.to_ascii_lowercase()
}

/// Returns whether an entry of `errors` is about what `is` recognises.
fn names(error: &Value, is: impl Fn(&str) -> bool) -> bool {
    ["value", "resource_id"].iter().filter_map(|key| error.get(key)?.as_str()).any(is)
}

#[cfg(test)]
mod tests;
