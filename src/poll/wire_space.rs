//! A Space and a topic as X sends them, read into ours.

use serde_json::Value;

use super::wire_row::Row;
use crate::space::{Description, Observation, SpaceState, Topic, TopicId, UserId};

/// Returns the Space in `row`, or `None` where it has no valid id.
pub(super) fn space(mut row: Row) -> Option<Observation> {
    let id = row.id("id")?;
    // A heartbeat: it moves every few seconds, whatever happens in the Space.
    row.drop("updated_at");
    let speakers = row.list("speaker_ids", user_id).map(|mut ids| {
        ids.sort_unstable();
        ids.dedup();
        ids
    });
    // X described `topics` objects in a Space up to 2.166, while captures hold `topic_ids`.
    let described = row.list("topics", |topic| topic_id(topic.get("id")?));
    let topics = row.list("topic_ids", topic_id).or(described);
    Some(Observation {
        id,
        state: row.take("state", |value| value.as_str().map(SpaceState::from_word)),
        participants: row.count("participant_count"),
        subscribers: row.count("subscriber_count"),
        speakers,
        description: Description {
            title: row.text("title"),
            creator: row.id("creator_id"),
            hosts: row.list("host_ids", user_id),
            invited: row.list("invited_user_ids", user_id),
            topics,
            lang: row.text("lang"),
            is_ticketed: row.flag("is_ticketed"),
            created_at: row.moment("created_at"),
            scheduled_start: row.moment("scheduled_start"),
            started_at: row.moment("started_at"),
            ended_at: row.moment("ended_at"),
            extra: row.extra(),
        },
    })
}

/// Returns the topic in `row`, or `None` where it has no valid id.
pub(super) fn topic(mut row: Row) -> Option<Topic> {
    let id = row.take("id", topic_id)?;
    Some(Topic { id, name: row.text("name"), description: row.text("description") })
}

fn user_id(value: &Value) -> Option<UserId> {
    value.as_str()?.parse().ok()
}

fn topic_id(value: &Value) -> Option<TopicId> {
    TopicId::new(value.as_str()?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::space::Moment;

    fn read(value: Value) -> Observation {
        space(Row::of(value).unwrap()).unwrap()
    }

    #[test]
    fn a_space_is_read_as_x_wrote_it() {
        let seen = read(json!({
            "id": "1YqKDqWqdPLxV", "state": "live", "title": "Ünïcode 🎙", "creator_id": "12",
            "host_ids": ["12", "5"], "speaker_ids": ["9", "5", "9"], "topic_ids": ["10045225402"],
            "participant_count": 0, "subscriber_count": 3, "is_ticketed": false, "lang": "en",
            "started_at": "2026-11-23T18:42:30.000Z", "updated_at": "2026-11-23T18:43:00.000Z",
            "brand_new": [1],
        }));
        assert_eq!(seen.state, Some(SpaceState::Live));
        assert_eq!((seen.participants, seen.subscribers), (Some(0), Some(3)));
        assert_eq!(seen.speakers, Some(vec![UserId(5), UserId(9)]));
        let told = seen.description;
        assert_eq!(told.hosts, Some(vec![UserId(12), UserId(5)]));
        assert_eq!((told.creator, told.is_ticketed), (Some(UserId(12)), Some(false)));
        assert_eq!(told.topics, Some(vec![TopicId::new("10045225402").unwrap()]));
        assert_eq!(told.started_at, Moment::parse("2026-11-23T18:42:30Z"));
        assert_eq!((told.ended_at, told.invited), (None, None));
        assert_eq!(told.extra.as_deref(), Some(r#"{"brand_new":[1]}"#));
    }

    #[test]
    fn a_space_with_an_id_alone_is_all_unknown() {
        let seen = read(json!({"id": "1YqKDqWqdPLxV"}));
        assert_eq!((seen.state, seen.participants, seen.speakers), (None, None, None));
        assert_eq!(seen.description, Description::default());
    }

    #[test]
    fn an_unknown_state_and_a_negative_count_are_what_they_are() {
        let seen = read(json!({"id": "1", "state": "TimedOut", "participant_count": -3}));
        assert_eq!(seen.state, Some(SpaceState::Other("TimedOut".to_owned())));
        assert_eq!(seen.participants, None);
        assert_eq!(seen.description.extra.as_deref(), Some(r#"{"participant_count":-3}"#));
    }

    #[test]
    fn topics_given_as_objects_are_read_by_their_ids() {
        let seen = read(json!({"id": "1", "topics": [{"id": "7", "name": "Art"}]}));
        assert_eq!(seen.description.topics, Some(vec![TopicId::new("7").unwrap()]));
    }

    #[test]
    fn a_row_without_a_valid_id_is_no_space() {
        for id in [json!(null), json!(7), json!(""), json!("../etc"), json!("1YqKDqWqdPLxVx")] {
            assert_eq!(space(Row::of(json!({ "id": id })).unwrap()), None);
        }
    }
}
