//! What is known once a batch of another log is here: as if it had been decided here.
//!
//! So a monitor goes on with a log that has moved as it would have where it came from. Two things
//! are not in events: who was billed today without anything new said of them (they are billed again
//! in our books, on the safe side), and notices that wait to be printed.

use crate::event::{
    AskedFor, Batch, EndpointKnown, Event, Known, SpaceDescribed, SpaceKnown, Text, TextRef,
    UserDescribed, UserKnown, Wanted,
};
use crate::space::{Description, Endpoint, Person, SpaceId, UserId};

use super::cost::spend;
use super::describe::{said_of_space, said_of_topic, said_of_user, take};
use super::notice::untold;
use super::space::{hear, miss};

/// How a batch of another log stands to this one.
#[derive(Clone, Copy, Debug)]
pub struct Told {
    /// Whether it is of this log's own monitor: its bill and its failures are ours.
    pub own: bool,
    /// Whether it is older than what is here: then the later word on what we saw stands.
    pub late: bool,
}

/// Returns what has to be looked up before batches can be learned from.
pub fn named<'a>(batches: impl Iterator<Item = &'a Batch>) -> Wanted {
    let mut wanted = Wanted::default();
    for batch in batches {
        for event in &batch.events {
            wanted.spaces.extend(event.space());
            match event {
                Event::UserDescribed(it) => wanted.users.push(it.user),
                Event::UserCounted(it) => wanted.users.push(it.user),
                Event::TopicDescribed(it) => wanted.topics.push(it.topic.clone()),
                _ => {}
            }
            let lines = event.references().filter_map(|it| batch.text(&it)?.line());
            wanted.lines.extend(lines.map(Text::key));
        }
    }
    wanted.endpoints.extend(Endpoint::ALL);
    wanted.spaces.sort_unstable();
    wanted.spaces.dedup();
    wanted.users.sort_unstable();
    wanted.users.dedup();
    wanted.topics.sort_unstable();
    wanted.topics.dedup();
    wanted.lines.sort_unstable();
    wanted.lines.dedup();
    wanted
}

/// Takes a batch, its texts with it, into what is known.
pub fn learn(known: &mut Known, batch: &Batch, told: Told) {
    let live = !batch.is_imported();
    let pupil = Pupil { batch, live, counts: live && told.own && !told.late, late: told.late };
    for event in &batch.events {
        pupil.take(known, event);
    }
}

struct Pupil<'a> {
    batch: &'a Batch,
    live: bool,
    /// Whether what it cost, and how it went, is ours.
    counts: bool,
    late: bool,
}

impl Pupil<'_> {
    fn take(&self, known: &mut Known, event: &Event) {
        match event {
            Event::PollSucceeded(it) => {
                self.line(known, asked(&it.head.asked));
                if self.counts {
                    if let Some(row) = known.endpoints.get_mut(&it.head.endpoint) {
                        *row = EndpointKnown::default();
                    }
                    if it.cost.most_micro_usd > 0 {
                        let bounds = (it.cost.least_micro_usd, it.cost.most_micro_usd);
                        known.spent =
                            Some(spend(known.spent, self.batch.observed_at.day(), bounds));
                    }
                }
            }
            Event::PollFailed(it) => {
                self.line(known, asked(&it.head.asked));
                self.line(known, Some(it.message));
                let by_hand = matches!(it.head.endpoint, Endpoint::Buyers | Endpoint::Tweets);
                if self.counts && !by_hand {
                    let row = known.endpoints.entry(it.head.endpoint).or_default();
                    row.failing.get_or_insert((self.batch.observed_at, it.class));
                }
            }
            Event::SpaceDescribed(it) => space(known, it.space, |space| {
                if self.is_heard(space) {
                    self.describe(space, it);
                }
            }),
            Event::SpaceObserved(it) => space(known, it.space, |space| {
                let heard = self.is_heard(space);
                let first = space.first_seen.get_or_insert(self.batch.observed_at);
                if self.late {
                    *first = (*first).min(self.batch.observed_at);
                }
                space.live_seen |= self.live;
                if self.counts {
                    space.billed_day = Some(self.batch.observed_at.day());
                }
                if let Some(endpoint) = self.batch.endpoint().filter(|_| heard) {
                    hear(space, endpoint, it.state.as_ref());
                }
                untold(self.live, space);
            }),
            Event::SpaceMissing(it) => space(known, it.space, |space| {
                if self.is_heard(space) && miss(space, it.problem.as_deref()) {
                    untold(self.live, space);
                }
            }),
            Event::UserDescribed(it) => self.user(known, it.user, |user| self.person(user, it)),
            Event::UserCounted(it) => self.user(known, it.user, |user| user.counts = it.counts),
            Event::TopicDescribed(it) => {
                let said = said_of_topic(it.name.as_ref(), it.description.as_ref());
                known.topics.insert(it.topic.clone(), said);
            }
            _ => {}
        }
    }

    /// Returns whether this is the latest word on a Space.
    fn is_heard(&self, space: &SpaceKnown) -> bool {
        (self.live && !self.late) || !space.live_seen
    }

    fn user(&self, known: &mut Known, id: UserId, take: impl FnOnce(&mut UserKnown)) {
        let user = known.users.entry(id).or_default();
        take(user);
        if self.counts {
            user.billed_day = Some(self.batch.observed_at.day());
        }
    }

    fn describe(&self, space: &mut SpaceKnown, it: &SpaceDescribed) {
        let (title, extra) = match it.text.and_then(|text| self.batch.text(&text)) {
            Some(Text::Space { title, extra }) => (title.clone(), extra.clone()),
            _ => (None, None),
        };
        let said = said_of_space(&Description {
            title,
            extra,
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
        });
        take(&mut space.fields, &said);
        space.text = self.there(it.text).or(space.text);
        space.scheduled_start = it.scheduled_start.or(space.scheduled_start);
    }

    fn person(&self, user: &mut UserKnown, it: &UserDescribed) {
        let mut person = Person {
            id: it.user,
            username: None,
            name: None,
            description: None,
            location: None,
            url: None,
            verified: it.verified,
            verified_type: it.verified_type.clone(),
            protected: it.protected,
            created_at: it.created_at,
            counts: user.counts,
            extra: None,
        };
        if let Some(Text::User { username, name, description, location, url, extra }) =
            it.text.and_then(|text| self.batch.text(&text)).cloned()
        {
            person = Person { username, name, description, location, url, extra, ..person };
        }
        take(&mut user.fields, &said_of_user(&person));
        user.text = self.there(it.text).or(user.text);
    }

    /// Remembers a line, unless an equal one is remembered or it was forgotten.
    fn line(&self, known: &mut Known, reference: Option<TextRef>) {
        let Some(reference) = reference else { return };
        if let Some(line) = self.batch.text(&reference).and_then(Text::line) {
            known.lines.entry(Text::key(line)).or_insert(reference);
        }
    }

    /// Returns a reference to a text that is there.
    fn there(&self, reference: Option<TextRef>) -> Option<TextRef> {
        reference.filter(|it| self.batch.text(it).is_some())
    }
}

fn space(known: &mut Known, id: SpaceId, take: impl FnOnce(&mut SpaceKnown)) {
    take(known.spaces.entry(id).or_default());
}

fn asked(asked: &AskedFor) -> Option<TextRef> {
    match asked {
        AskedFor::Query { text, .. } | AskedFor::Listed(text) => Some(*text),
        AskedFor::InBatch { .. } | AskedFor::Space(_) | AskedFor::Unknown => None,
    }
}
