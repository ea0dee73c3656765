//! Bodies of answers: what the world shows, cut down to what was asked for.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::space::{Moment, Person, SpaceId, UserId};

use super::checks::{Request, Span, Wish};
use super::fields::{Fields, SpaceField, TopicField, UserField};
use super::listed;
use super::problem::not_found;
use super::settings::Description;
use super::themes::THEMES;
use super::truth::Truth;
use super::world::World;

/// An answer, and what X bills for it.
pub struct Answer {
    /// 200 or 404.
    pub status: u16,
    /// JSON; empty for a 404 without a body.
    pub body: Vec<u8>,
    /// The Spaces returned.
    pub spaces: Vec<SpaceId>,
    /// The users returned.
    pub users: Vec<UserId>,
}

/// An object being filled. What is empty is left out, as X does.
#[derive(Default)]
struct Object(Map<String, Value>);

impl Object {
    fn put<T: Into<Value>>(&mut self, key: &str, value: Option<T>) {
        if let Some(value) = value {
            self.0.insert(key.to_owned(), value.into());
        }
    }

    fn list(&mut self, key: &str, items: Vec<Value>) {
        self.put(key, (!items.is_empty()).then_some(items));
    }

    fn object(&mut self, key: &str, object: Self) {
        self.put(key, (!object.0.is_empty()).then_some(object.0));
    }
}

/// Answers a checked request from the world as it is at `at`.
pub fn answer(world: &World, request: &Request, at: Moment, description: Description) -> Answer {
    let mut desk =
        Desk { world, request, at, description, users: Vec::new(), seen: HashSet::new() };
    let mut spaces = Vec::new();
    let body = match &request.wish {
        Wish::Search { query, state, most } => {
            spaces = world.search(query, *state, *most);
            desk.counted(&spaces)
        }
        Wish::Creators(creators) => {
            spaces = world.made_by(creators);
            desk.counted(&spaces)
        }
        Wish::Spaces(ids) => {
            let errors = desk.look_up(ids, &mut spaces);
            let mut body = desk.spaces(&spaces);
            body.list("errors", errors);
            body
        }
        Wish::Space(id) => {
            let Some(space) = world.look_up(*id) else { return unknown_space(*id) };
            spaces.push(space);
            desk.one(&spaces)
        }
        Wish::Usernames(names) => desk.people(names),
        Wish::Buyers(id, span) => {
            let Some(space) = world.look_up(*id) else { return unknown_space(*id) };
            desk.buyers(&space, *span)
        }
        Wish::Tweets(id, span) => {
            // Nobody shared anything in a Space that is none.
            match world.look_up(*id) {
                Some(space) => desk.posts(&space, *span),
                None => desk.counted(&[]),
            }
        }
    };
    let body = Value::Object(body.0).to_string().into_bytes();
    let spaces = spaces.iter().map(|space| space.id).collect();
    Answer { status: 200, body, spaces, users: desk.users }
}

/// X answers some unknown ids with a problem, others with nothing at all.
fn unknown_space(id: SpaceId) -> Answer {
    let silent = id.to_bytes().iter().map(|byte| u32::from(*byte)).sum::<u32>().is_multiple_of(4);
    let mut problem = not_found("space", "id", id.as_str());
    problem["status"] = 404.into();
    let body = if silent { Vec::new() } else { problem.to_string().into_bytes() };
    Answer { status: 404, body, spaces: Vec::new(), users: Vec::new() }
}

/// One request being answered.
struct Desk<'a> {
    world: &'a World,
    request: &'a Request,
    at: Moment,
    description: Description,
    /// The users returned so far.
    users: Vec<UserId>,
    /// The users mentioned so far.
    seen: HashSet<UserId>,
}

impl Desk<'_> {
    fn look_up(&self, ids: &[SpaceId], found: &mut Vec<Arc<Truth>>) -> Vec<Value> {
        let mut errors = Vec::new();
        for id in ids {
            match self.world.look_up(*id) {
                Some(space) => found.push(space),
                None => errors.push(not_found("space", "ids", id.as_str())),
            }
        }
        errors
    }

    fn counted(&mut self, spaces: &[Arc<Truth>]) -> Object {
        let (mut body, mut meta) = (self.spaces(spaces), Object::default());
        meta.put("result_count", Some(spaces.len()));
        body.object("meta", meta);
        body
    }

    fn spaces(&mut self, spaces: &[Arc<Truth>]) -> Object {
        let mut body = Object::default();
        body.list("data", spaces.iter().filter_map(|space| self.row(space)).collect());
        body.object("includes", self.includes(spaces));
        body
    }

    fn one(&mut self, spaces: &[Arc<Truth>]) -> Object {
        let mut body = Object::default();
        body.put("data", spaces.iter().find_map(|space| self.row(space)));
        body.object("includes", self.includes(spaces));
        body
    }

    fn people(&mut self, names: &[String]) -> Object {
        let (mut rows, mut errors) = (Vec::new(), Vec::new());
        for name in names {
            match self.world.people().by_username(name, self.at) {
                Some(person) => {
                    self.users.push(person.id);
                    rows.push(self.user(person));
                }
                None => errors.push(not_found("user", "usernames", name)),
            }
        }
        let mut body = Object::default();
        body.list("data", rows);
        body.list("errors", errors);
        body
    }

    fn buyers(&mut self, space: &Truth, span: Span) -> Object {
        let all = listed::buyers(space);
        let mut rows = Vec::new();
        for id in all.iter().skip(span.after).take(span.most) {
            if let Some(person) = self.world.people().person(*id, self.at) {
                self.users.push(*id);
                rows.push(self.user(person));
            }
        }
        page(rows, span, all.len())
    }

    fn posts(&self, space: &Truth, span: Span) -> Object {
        let all = listed::posts(space, self.at);
        let rows = all.iter().skip(span.after).take(span.most).map(|post| {
            let (id, mut row) = (post.to_string(), Object::default());
            row.put("id", Some(id.clone()));
            row.put("text", Some(format!("Shared: {id}")));
            row.put("edit_history_post_ids", Some(vec![Value::from(id)]));
            row.0.into()
        });
        page(rows.collect(), span, all.len())
    }

    /// Returns a Space as X shows it; only its id and state are always there.
    fn row(&self, space: &Truth) -> Option<Value> {
        use SpaceField as F;
        let (course, at, fields) = (&space.course, self.at, self.request.space);
        let state = course.state(at)?;
        // X does not tell the future, but for what is announced.
        let past = |field, moment: Option<Moment>| {
            moment.filter(|moment| fields.space(field) && *moment <= at).map(|m| m.to_string())
        };
        let announced = course.scheduled_start.filter(|_| fields.space(F::ScheduledStart));
        let creator = space.creator().filter(|_| fields.space(F::CreatorId));
        let count = |field, count: &dyn Fn() -> u64| fields.space(field).then(count);
        let mut row = Object::default();
        row.put("id", Some(space.id.as_str()));
        row.put("state", Some(state.word()));
        row.put("title", space.title.as_deref().filter(|_| fields.space(F::Title)));
        row.put("lang", fields.space(F::Lang).then_some(space.lang));
        row.put("participant_count", count(F::ParticipantCount, &|| space.participants(at)));
        row.put("subscriber_count", count(F::SubscriberCount, &|| space.subscribers(at)));
        row.put("is_ticketed", fields.space(F::IsTicketed).then_some(space.is_ticketed));
        row.put("created_at", past(F::CreatedAt, Some(course.created_at)));
        row.put("scheduled_start", announced.map(|moment| moment.to_string()));
        row.put("started_at", past(F::StartedAt, course.started_at));
        row.put("ended_at", past(F::EndedAt, course.ended_at));
        row.put("updated_at", past(F::UpdatedAt, Some(space.updated_at(at))));
        row.put("creator_id", creator.map(|id| id.to_string()));
        if fields.space(F::HostIds) {
            row.list("host_ids", texts(&space.hosts));
        }
        if fields.space(F::SpeakerIds) {
            row.list("speaker_ids", texts(&space.speakers(at)));
        }
        if fields.space(F::InvitedUserIds) {
            row.list("invited_user_ids", texts(&space.invited));
        }
        if fields.space(F::TopicIds) {
            let ids = space.topics.iter().map(|theme| THEMES[*theme].topic_id.into());
            row.list("topic_ids", ids.collect());
        }
        Some(row.0.into())
    }

    fn includes(&mut self, spaces: &[Arc<Truth>]) -> Object {
        use SpaceField as F;
        let expand = self.request.expand;
        let (mut users, mut includes) = (Vec::new(), Object::default());
        let mut topics: Vec<usize> = Vec::new();
        for space in spaces {
            let mut mentioned = Vec::new();
            if expand.space(F::CreatorId) {
                mentioned.extend(space.creator());
            }
            if expand.space(F::HostIds) {
                mentioned.extend(&space.hosts);
            }
            if expand.space(F::SpeakerIds) {
                mentioned.extend(space.speakers(self.at));
            }
            if expand.space(F::InvitedUserIds) {
                mentioned.extend(&space.invited);
            }
            for id in mentioned {
                if self.seen.insert(id)
                    && let Some(person) = self.world.people().person(id, self.at)
                {
                    self.users.push(id);
                    users.push(self.user(person));
                }
            }
            if expand.space(F::TopicIds) {
                topics.extend(&space.topics);
            }
        }
        topics.sort_unstable();
        topics.dedup();
        includes.list("users", users);
        let topics = topics.into_iter().map(|theme| topic(theme, self.request.topic));
        includes.list("topics", topics.collect());
        includes
    }

    /// Returns a user as X shows them; id, name and username are always there.
    fn user(&self, person: Person) -> Value {
        use UserField as F;
        let (fields, counts) = (self.request.user, person.counts);
        let wanted = |field| move |_: &String| fields.user(field);
        let joined = person.created_at.filter(|_| fields.user(F::CreatedAt));
        let mut row = Object::default();
        row.put("id", Some(person.id.to_string()));
        row.put("name", person.name);
        row.put("username", person.username);
        row.put("created_at", joined.map(|moment| moment.to_string()));
        row.put("description", person.description.filter(wanted(F::Description)));
        row.put("location", person.location.filter(wanted(F::Location)));
        row.put("url", person.url.filter(wanted(F::Url)));
        if fields.user(F::ProfileImageUrl) {
            let picture = format!("https://pbs.twimg.com/profile_images/{}/normal.jpg", person.id);
            row.put("profile_image_url", Some(picture));
        }
        row.put("protected", person.protected.filter(|_| fields.user(F::Protected)));
        row.put("verified", person.verified.filter(|_| fields.user(F::Verified)));
        row.put("verified_type", person.verified_type.filter(wanted(F::VerifiedType)));
        if fields.user(F::PublicMetrics) {
            let posts = match self.description {
                Description::V2_166 => "tweet_count",
                Description::V2_167 => "post_count",
            };
            let mut metrics = Object::default();
            metrics.put("followers_count", counts.followers);
            metrics.put("following_count", counts.following);
            metrics.put(posts, counts.posts);
            metrics.put("listed_count", counts.listed);
            row.object("public_metrics", metrics);
        }
        row.0.into()
    }
}

/// Returns the body of one page of so many rows, with the word for the next where there is one.
fn page(rows: Vec<Value>, span: Span, of: usize) -> Object {
    let (mut body, mut meta) = (Object::default(), Object::default());
    meta.put("result_count", Some(rows.len()));
    let next = span.after + span.most;
    meta.put("next_token", (next < of).then(|| listed::page_word(next)));
    body.list("data", rows);
    body.object("meta", meta);
    body
}

fn texts(ids: &[UserId]) -> Vec<Value> {
    ids.iter().map(|id| id.to_string().into()).collect()
}

fn topic(theme: usize, fields: Fields) -> Value {
    let theme = &THEMES[theme];
    let description = || format!("All about {}", theme.topic.to_lowercase());
    let mut row = Object::default();
    row.put("id", Some(theme.topic_id));
    row.put("name", fields.topic(TopicField::Name).then_some(theme.topic));
    row.put("description", fields.topic(TopicField::Description).then(description));
    row.0.into()
}
