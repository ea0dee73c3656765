//! An event as JSON: the `data` of `events`. Absent fields were not said.
//!
//! `import jsonl` makes the event of it again: a field that is added to an event is added here and
//! there.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::event::codec::{self, Header};
use crate::event::{
    AskedFor, Batch, Event, Gap, LINES_FORMAT, PollHead, Salt, SpaceDescribed, Subject, Text,
    TextRef, UserDescribed, Watched,
};
use crate::space::{Moment, RateLimit, UserId};

/// Returns the fields of an event, its texts included, unless they were forgotten.
pub(super) fn json(event: &Event, batch: &Batch) -> Value {
    match event {
        Event::PollSucceeded(it) => {
            let mut fields = head(&it.head, batch);
            fields.extend(object(json!({
                "status": it.status,
                "returned": it.returned,
                "new_spaces": it.new_spaces,
                "unreadable": it.unreadable,
                "rate": rate(it.rate),
                "cost": {
                    "spaces": it.cost.spaces,
                    "users": it.cost.users,
                    "posts": it.cost.posts,
                    "least_micro_usd": it.cost.least_micro_usd,
                    "most_micro_usd": it.cost.most_micro_usd,
                },
            })));
            Value::Object(fields)
        }
        Event::PollFailed(it) => {
            let mut fields = head(&it.head, batch);
            fields.extend(object(json!({
                "error": it.class.word(),
                "status": it.status,
                "message": line(&it.message, batch),
                "retry_after_ms": it.retry_after_ms,
                "rate": rate(it.rate),
            })));
            Value::Object(fields)
        }
        Event::SpaceObserved(it) => said(json!({
            "state": it.state.as_ref().map(crate::space::SpaceState::word),
            "participants": it.participants,
            "subscriber_count": it.subscribers,
            "speaker_ids": ids(it.speakers.as_ref()),
        })),
        Event::SpaceDescribed(it) => space(it, batch),
        Event::UserDescribed(it) => user(it, batch),
        Event::UserCounted(it) => said(json!({
            "user_id": it.user.to_string(),
            "followers": it.counts.followers,
            "following": it.counts.following,
            "posts": it.counts.posts,
            "listed": it.counts.listed,
        })),
        Event::TopicDescribed(it) => said(json!({
            "topic_id": it.topic.as_str(), "name": it.name, "description": it.description,
        })),
        Event::SpaceMissing(it) => json!({ "problem": it.problem }),
        Event::BuyersObserved(it) => {
            json!({ "user_ids": ids(Some(&it.users)), "complete": it.complete })
        }
        other => act(other, batch),
    }
}

/// What a monitor or a person did.
fn act(event: &Event, batch: &Batch) -> Value {
    match event {
        Event::PostsObserved(it) => {
            let posts: Vec<String> = it.posts.iter().map(ToString::to_string).collect();
            json!({ "post_ids": posts, "complete": it.complete })
        }
        Event::WatchChanged { watched, added } => {
            let (kind, what) = match watched {
                Watched::Query(text) => ("query", line(text, batch)),
                Watched::Username(text) => ("username", line(text, batch)),
                Watched::User(id) => ("user_id", json!(id.to_string())),
                Watched::Space(id) => ("space_id", json!(id.to_string())),
            };
            json!({ kind: what, "added": added })
        }
        Event::MonitorStarted(it) => {
            json!({
                "monitor": it.monitor.to_string(),
                "version": it.version,
                "origin": it.origin,
            })
        }
        Event::MonitorStopped(it) => {
            json!({ "monitor": it.monitor.to_string(), "reason": it.reason })
        }
        Event::Gap(it) => gap(it),
        Event::ClockStepped { by_ms } | Event::ClockSkewed { by_ms } => json!({ "by_ms": by_ms }),
        Event::SpacesJoined { spaces, joined } => {
            let spaces: Vec<String> = spaces.iter().map(ToString::to_string).collect();
            json!({ "space_ids": spaces, "joined": joined })
        }
        Event::AlertRaised(it) => said(json!({
            "alert": hex(&it.alert),
            "rule": line(&it.rule, batch),
            "user_id": it.user.map(|user| user.to_string()),
        })),
        Event::AlertDelivered(it) => json!({
            "alert": hex(&it.alert),
            "channel": it.channel,
            "attempts": it.attempts,
            "delivered": it.delivered,
        }),
        Event::Forgotten { subject, reason } => match subject {
            Subject::User(id) => json!({ "user_id": id.to_string(), "reason": reason }),
            Subject::Space(id) => json!({ "space_id": id.to_string(), "reason": reason }),
        },
        // The facts about what was polled are told above.
        _ => Value::Null,
    }
}

fn head(it: &PollHead, batch: &Batch) -> Map<String, Value> {
    let (target, more) = match &it.asked {
        AskedFor::Query { text, state, max_results } => {
            (line(text, batch), json!({ "search_state": state.word(), "max_results": max_results }))
        }
        AskedFor::Listed(text) => (line(text, batch), json!({})),
        AskedFor::InBatch { first, count } => {
            (Value::Null, json!({ "asked_spaces": count, "asked_first": first.to_string() }))
        }
        AskedFor::Space(id) => (json!(id.to_string()), json!({})),
        AskedFor::Unknown => (Value::Null, json!({})),
    };
    let mut fields = object(json!({
        "monitor": batch.monitor.to_string(),
        "imported": it.origin == crate::event::Origin::Imported,
        "endpoint": it.endpoint.word(),
        "target": target,
        "sent_at": at(it.sent_at),
        "credential": it.credential,
        "holding_ms": it.holding_ms,
        "repeats": it.repeats,
    }));
    fields.extend(object(more));
    fields
}

fn space(it: &SpaceDescribed, batch: &Batch) -> Value {
    let (title, extra) = match it.text.as_ref().and_then(|text| batch.text(text)) {
        Some(Text::Space { title, extra }) => (title.clone(), parsed(extra.as_ref())),
        _ => (None, None),
    };
    let topics = it.topics.as_ref();
    said(json!({
        "title": title,
        "creator_id": it.creator.map(|user| user.to_string()),
        "host_ids": ids(it.hosts.as_ref()),
        "invited_user_ids": ids(it.invited.as_ref()),
        "topic_ids": topics.map(|ids| ids.iter().map(crate::space::TopicId::as_str).collect::<Vec<_>>()),
        "lang": it.lang,
        "is_ticketed": it.is_ticketed,
        "created_at": at(it.created_at),
        "scheduled_start": at(it.scheduled_start),
        "started_at": at(it.started_at),
        "ended_at": at(it.ended_at),
        "extra": extra,
    }))
}

fn user(it: &UserDescribed, batch: &Batch) -> Value {
    let mut fields = json!({
        "user_id": it.user.to_string(),
        "verified": it.verified,
        "verified_type": it.verified_type,
        "protected": it.protected,
        "created_at": at(it.created_at),
    });
    let text = it.text.as_ref().and_then(|text| batch.text(text));
    if let Some(Text::User { username, name, description, location, url, extra }) = text {
        fields["username"] = json!(username);
        fields["name"] = json!(name);
        fields["description"] = json!(description);
        fields["location"] = json!(location);
        fields["url"] = json!(url);
        fields["extra"] = json!(parsed(extra.as_ref()));
    }
    said(fields)
}

fn gap(it: &Gap) -> Value {
    json!({
        "endpoint": it.endpoint.map(crate::space::Endpoint::word),
        "from": it.from.to_string(),
        "to": it.to.to_string(),
        "cause": it.cause.word(),
    })
}

/// Returns what a batch says of itself, for its first line: by this its lines are found to be whole.
pub(super) fn batch(batch: &Batch, log: &Header) -> Value {
    let simulated = log
        .simulated
        .map(|it| json!({ "seed": it.seed, "epoch": it.epoch.to_string(), "spaces": it.spaces }));
    json!({
        "format": LINES_FORMAT,
        "log": hex(&log.log_id),
        "created_at": log.created_at.to_string(),
        "simulated": simulated,
        "owner": log.monitor.to_string(),
        "monitor": batch.monitor.to_string(),
        "events": batch.events.len(),
        "hash": TextRef(codec::hash(&codec::canonical(batch))).to_string(),
    })
}

/// Returns how an event refers to its texts, in their order: reference and salt, and unknown fields
/// as they are stored where `data` shows them otherwise. One that was forgotten has no salt.
pub(super) fn texts(
    event: &Event,
    batch: &Batch,
    salts: &BTreeMap<TextRef, Salt>,
) -> Option<Value> {
    let texts: Vec<Value> = event
        .references()
        .map(|reference| {
            let mut text = json!({ "ref": reference.to_string() });
            if let Some(salt) = salts.get(&reference) {
                text["salt"] = json!(hex(salt));
            }
            if let Some(Text::Space { extra, .. } | Text::User { extra, .. }) =
                batch.text(&reference)
                && parsed(extra.as_ref()).map(|extra| extra.to_string()) != *extra
            {
                text["extra"] = json!(extra);
            }
            text
        })
        .collect();
    (!texts.is_empty()).then_some(Value::Array(texts))
}

fn rate(rate: Option<RateLimit>) -> Option<Value> {
    rate.map(
        |it| json!({ "limit": it.limit, "remaining": it.remaining, "reset": it.reset.to_string() }),
    )
}

fn line(text: &TextRef, batch: &Batch) -> Value {
    json!(batch.text(text).and_then(Text::line))
}

fn ids(users: Option<&Vec<UserId>>) -> Option<Vec<String>> {
    users.map(|users| users.iter().map(ToString::to_string).collect())
}

fn at(moment: Option<Moment>) -> Option<String> {
    moment.map(|moment| moment.to_string())
}

pub(super) fn hex(id: &[u8; 16]) -> String {
    format!("{:032x}", u128::from_be_bytes(*id))
}

/// Unknown fields were kept as the JSON that X sent.
fn parsed(extra: Option<&String>) -> Option<Value> {
    extra.map(|text| serde_json::from_str(text).unwrap_or_else(|_| json!(text)))
}

/// Leaves out what was not said.
fn said(value: Value) -> Value {
    let mut fields = object(value);
    fields.retain(|_, value| !value.is_null());
    Value::Object(fields)
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}
