//! Descriptions: appended when X says something else than it last said.

use crate::event::{
    Event, FieldHashes, Owner, SpaceDescribed, SpaceKnown, Subject, Text, TextRef, TopicDescribed,
    UserCounted, UserDescribed, UserKnown,
};
use crate::space::{Description, Person, SpaceId, Topic};

use super::Desk;

/// A short hash of a value: enough to see that it changed.
fn hash(value: &[u8]) -> u64 {
    let hash = blake3::hash(value);
    let mut short = [0; 8];
    short.copy_from_slice(&hash.as_bytes()[..8]);
    u64::from_le_bytes(short)
}

/// Fields as they were said: number, and a hash of the value; absent ones left out.
pub(super) type Said = Vec<(u8, u64)>;

/// Adds a field, if it was said.
fn say(said: &mut Said, number: u8, value: Option<impl AsRef<[u8]>>) {
    if let Some(value) = value {
        said.push((number, hash(value.as_ref())));
    }
}

/// Takes what was said into the known fields; returns the numbers of those that differ from what
/// was last said. What was not said changes nothing.
pub(super) fn take(fields: &mut FieldHashes, said: &Said) -> Vec<u8> {
    let mut differing = Vec::new();
    for (number, hash) in said {
        if fields.insert(*number, *hash) != Some(*hash) {
            differing.push(*number);
        }
    }
    differing
}

fn joined<T: ToString>(ids: &[T]) -> String {
    ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

// Text comes first: `SpaceKnown::TEXTS` and `UserKnown::TEXTS` say how many fields are.
const TITLE: u8 = 0;
const EXTRA: u8 = 1;

/// Returns what a description says of a Space.
pub(super) fn said_of_space(it: &Description) -> Said {
    let mut said = Said::new();
    say(&mut said, TITLE, it.title.as_ref());
    say(&mut said, EXTRA, it.extra.as_ref());
    say(&mut said, 2, it.creator.map(|id| id.0.to_le_bytes()));
    say(&mut said, 3, it.hosts.as_deref().map(joined));
    say(&mut said, 4, it.invited.as_deref().map(joined));
    let topics = it.topics.as_ref();
    say(
        &mut said,
        5,
        topics
            .map(|ids| ids.iter().map(crate::space::TopicId::as_str).collect::<Vec<_>>().join(",")),
    );
    say(&mut said, 6, it.lang.as_ref());
    say(&mut said, 7, it.is_ticketed.map(|yes| [u8::from(yes)]));
    let moments = [it.created_at, it.scheduled_start, it.started_at, it.ended_at];
    for (number, moment) in (8..).zip(moments) {
        say(&mut said, number, moment.map(|at| at.0.to_le_bytes()));
    }
    said
}

/// Returns what is said of a person, counts aside.
pub(super) fn said_of_user(it: &Person) -> Said {
    let mut said = Said::new();
    let texts = [&it.username, &it.extra, &it.name, &it.description, &it.location, &it.url];
    for (number, text) in (0..).zip(texts) {
        say(&mut said, number, text.as_ref());
    }
    say(&mut said, UserKnown::TEXTS, it.verified.map(|yes| [u8::from(yes)]));
    say(&mut said, 7, it.verified_type.as_ref());
    say(&mut said, 8, it.protected.map(|yes| [u8::from(yes)]));
    say(&mut said, 9, it.created_at.map(|at| at.0.to_le_bytes()));
    said
}

impl Desk<'_> {
    /// Appends a description of a Space if it says something new.
    pub(super) fn describe(&mut self, id: SpaceId, it: &Description, known: &mut SpaceKnown) {
        let silent = self.is_forgotten(Subject::Space(id)).then(|| super::forget::space(it));
        let it = silent.as_ref().unwrap_or(it);
        let differing = take(&mut known.fields, &said_of_space(it));
        if differing.is_empty() {
            return;
        }
        let text = Text::Space { title: it.title.clone(), extra: it.extra.clone() };
        let spoken = it.title.is_some() || it.extra.is_some();
        let reworded = differing.iter().any(|number| *number < SpaceKnown::TEXTS);
        let reference = self.reference(Owner::Space(id), text, spoken, known.text, reworded);
        known.text = reference.or(known.text);
        known.scheduled_start = it.scheduled_start.or(known.scheduled_start);
        self.events.push(Event::SpaceDescribed(SpaceDescribed {
            space: id,
            text: reference,
            creator: it.creator,
            hosts: it.hosts.clone(),
            invited: it.invited.clone(),
            topics: it.topics.clone(),
            lang: it.lang.clone(),
            is_ticketed: it.is_ticketed,
            created_at: it.created_at,
            scheduled_start: it.scheduled_start,
            started_at: it.started_at,
            ended_at: it.ended_at,
        }));
    }

    /// Appends what is new of a user.
    pub(super) fn person(&mut self, it: &Person) {
        let silent = self.is_forgotten(Subject::User(it.id)).then(|| super::forget::person(it));
        let it = silent.as_ref().unwrap_or(it);
        let before = self.known.users.get_mut(&it.id).map(std::mem::take);
        let mut changed = before.is_none();
        let mut known: UserKnown = before.unwrap_or_default();
        let differing = take(&mut known.fields, &said_of_user(it));
        if !differing.is_empty() {
            changed = true;
            let text = Text::User {
                username: it.username.clone(),
                name: it.name.clone(),
                description: it.description.clone(),
                location: it.location.clone(),
                url: it.url.clone(),
                extra: it.extra.clone(),
            };
            let spoken = text != silence();
            let reworded = differing.iter().any(|number| *number < UserKnown::TEXTS);
            let owner = Owner::User(it.id);
            let reference = self.reference(owner, text, spoken, known.text, reworded);
            known.text = reference.or(known.text);
            self.events.push(Event::UserDescribed(UserDescribed {
                user: it.id,
                text: reference,
                verified: it.verified,
                verified_type: it.verified_type.clone(),
                protected: it.protected,
                created_at: it.created_at,
            }));
        }
        if it.counts.any() && it.counts != known.counts {
            changed = true;
            known.counts = it.counts;
            self.events.push(Event::UserCounted(UserCounted { user: it.id, counts: it.counts }));
        }
        if changed {
            self.changed.users.insert(it.id, known.clone());
        }
        self.known.users.insert(it.id, known);
    }

    /// Appends what is new of a topic.
    pub(super) fn topic(&mut self, it: &Topic) {
        let said = said_of_topic(it.name.as_ref(), it.description.as_ref());
        if self.known.topics.insert(it.id.clone(), said) == Some(said) {
            return;
        }
        self.changed.topics.insert(it.id.clone(), said);
        self.events.push(Event::TopicDescribed(TopicDescribed {
            topic: it.id.clone(),
            name: it.name.clone(),
            description: it.description.clone(),
        }));
    }

    /// Returns the reference for a text: the one before, unless one of its fields changed.
    fn reference(
        &mut self,
        owner: Owner,
        text: Text,
        spoken: bool,
        before: Option<TextRef>,
        reworded: bool,
    ) -> Option<TextRef> {
        if !spoken {
            return None;
        }
        match before {
            Some(reference) if !reworded => Some(reference),
            _ => Some(self.text(owner, text)),
        }
    }
}

/// Returns a short hash of what is said of a topic.
pub(super) fn said_of_topic(name: Option<&String>, description: Option<&String>) -> u64 {
    let mut said = Vec::new();
    for (number, text) in [(0, name), (1, description)] {
        if let Some(text) = text {
            said.push(number);
            said.extend_from_slice(text.as_bytes());
        }
    }
    hash(&said)
}

fn silence() -> Text {
    Text::User {
        username: None,
        name: None,
        description: None,
        location: None,
        url: None,
        extra: None,
    }
}
