//! Deciding: what is known and one answer give events. Pure: values in, values out.
//!
//! What X did not say decides nothing. A Space ends when X says `ended`, or when a look-up by id
//! says that it is not found; absence from a search, a failed request or a damaged body ends
//! nothing.

mod act;
pub mod alerts;
mod cost;
mod describe;
mod forget;
mod learn;
mod listed;
mod notice;
mod space;

#[cfg(test)]
mod tests;

use crate::event::{
    AskedFor, EndpointKnown, Event, Gap, GapCause, Known, MonitorId, NewBatch, NewText, Notice,
    Origin, Owner, PollFailed, PollHead, PollId, PollSucceeded, Salt, SpaceKnown, Text, TextRef,
    Wanted,
};
use crate::space::{
    Answer, Asked, Endpoint, Failure, FailureClass, Moment, Outcome, Prices, Seen, SpaceId, Target,
};

pub use act::{
    blind, joined, rewatched, skewed, started, stepped, stopped, unpaid, watch_salts_needed,
};
pub use learn::{Told, learn, named};

/// Who decides, and by which rules.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// The monitor whose polls these are.
    pub monitor: MonitorId,
    /// What X charges.
    pub prices: Prices,
}

/// Where an answer came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// It was just asked for.
    Live,
    /// It was recorded by somebody, and has this id.
    Imported(PollId),
}

/// What one answer comes to.
#[derive(Clone, Debug, Default)]
pub struct Decided {
    /// The batch to append.
    pub batch: NewBatch,
    /// What became of each Space in it, for the order of asking.
    pub spaces: Vec<(SpaceId, SpaceKnown)>,
    /// Spaces in the answer, and those never seen before.
    pub returned: u32,
    /// Of these, Spaces that the log had never seen.
    pub new_spaces: u32,
}

/// Returns what has to be looked up before the answer can be decided on.
pub fn wanted(answer: &Answer) -> Wanted {
    let mut wanted = Wanted {
        lines: vec![Text::key(&answer.asked.target.line())],
        endpoints: vec![answer.asked.endpoint],
        ..Wanted::default()
    };
    match &answer.outcome {
        Outcome::Seen(seen) => {
            wanted.spaces.extend(seen.spaces.iter().map(|space| space.id));
            wanted.spaces.extend(seen.missing.iter().map(|missing| missing.id));
            wanted.users.extend(seen.users.iter().map(|user| user.id));
            let hosts = seen.spaces.iter().filter_map(|space| space.description.hosts.as_ref());
            wanted.users.extend(hosts.filter_map(|hosts| hosts.first()));
            wanted.topics.extend(seen.topics.iter().map(|topic| topic.id.clone()));
            // Hosts stand among the users too, and rows that lie together are found faster.
            wanted.spaces.sort_unstable();
            wanted.spaces.dedup();
            wanted.users.sort_unstable();
            wanted.users.dedup();
        }
        Outcome::Failed(failure) => wanted.lines.push(Text::key(&failure.message)),
    }
    wanted
}

/// Returns how many salts deciding on the answer may need at most.
pub fn salts_needed(answer: &Answer) -> usize {
    match &answer.outcome {
        Outcome::Seen(seen) => seen.spaces.len() + seen.users.len() + 1,
        Outcome::Failed(_) => 2,
    }
}

/// The desk at which one answer is decided on: what was known, and what comes of it.
struct Desk<'a> {
    rules: &'a Rules,
    /// As it was looked up, and as it is while events are decided.
    known: Known,
    salts: std::vec::IntoIter<Salt>,
    now: Moment,
    live: bool,
    events: Vec<Event>,
    texts: Vec<NewText>,
    changed: Known,
    notices: Vec<Notice>,
}

/// Decides on one answer. `known` is what [`wanted`] asked for, `salts` at least as many as
/// [`salts_needed`] says.
pub fn decide(
    rules: &Rules,
    known: Known,
    answer: &Answer,
    source: Source,
    salts: Vec<Salt>,
) -> Decided {
    let now = answer.asked.observed_at;
    let salts = salts.into_iter();
    let mut desk = Desk {
        rules,
        known,
        salts,
        now,
        live: source == Source::Live,
        events: Vec::new(),
        texts: Vec::new(),
        changed: Known::default(),
        notices: Vec::new(),
    };
    let mut decided = match &answer.outcome {
        Outcome::Seen(seen) => desk.seen(&answer.asked, seen),
        Outcome::Failed(failure) => desk.failed(&answer.asked, failure),
    };
    let head = match desk.events.first() {
        Some(Event::PollSucceeded(poll)) => Some(&poll.head),
        Some(Event::PollFailed(poll)) => Some(&poll.head),
        _ => None,
    };
    let poll_id = match source {
        Source::Live => head.map(|head| PollId::of_live(rules.monitor, head, now)),
        Source::Imported(id) => Some(id),
    };
    decided.batch = NewBatch {
        monitor: None,
        poll_id,
        observed_at: now,
        events: desk.events,
        texts: desk.texts,
        known: desk.changed,
        notices: desk.notices,
    };
    decided
}

impl Desk<'_> {
    fn seen(&mut self, asked: &Asked, seen: &Seen) -> Decided {
        let head = self.head(asked, Some(seen));
        let is_new = |id| self.known.spaces.get(id).is_none_or(|it| it.first_seen.is_none());
        let new_spaces = seen.spaces.iter().filter(|it| is_new(&it.id)).count();
        let (returned, new_spaces) = (count(seen.spaces.len()), count(new_spaces));
        let cost = self.cost(asked, seen);
        self.events.push(Event::PollSucceeded(PollSucceeded {
            head,
            status: seen.status,
            returned,
            new_spaces,
            unreadable: seen.unreadable,
            rate: seen.rate,
            cost,
        }));
        self.answered(asked);
        for topic in &seen.topics {
            self.topic(topic);
        }
        for person in &seen.users {
            self.person(person);
        }
        for observation in &seen.spaces {
            self.observation(asked.endpoint, observation, seen);
        }
        for missing in &seen.missing {
            self.missing(missing);
        }
        self.listed(asked, seen);
        let spaces = self.changed.spaces.iter();
        let spaces = spaces.map(|(id, it)| (*id, it.clone())).collect();
        Decided { batch: NewBatch::default(), spaces, returned, new_spaces }
    }

    fn failed(&mut self, asked: &Asked, failure: &Failure) -> Decided {
        let head = self.head(asked, None);
        let message = self.line(&failure.message);
        self.events.push(Event::PollFailed(PollFailed {
            head,
            class: failure.class,
            status: failure.status,
            retry_after_ms: failure.retry_after_ms,
            message,
            rate: failure.rate,
        }));
        let mut known = self.known.endpoints.get(&asked.endpoint).copied().unwrap_or_default();
        // A failure that somebody recorded says nothing of how we are doing; nor does one of what
        // nobody watches: pages are asked for by hand.
        let is_watched = !matches!(asked.endpoint, Endpoint::Buyers | Endpoint::Tweets);
        if self.live && is_watched && known.failing.is_none() {
            known.failing = Some((self.now, failure.class));
            self.changed.endpoints.insert(asked.endpoint, known);
        }
        Decided::default()
    }

    /// The endpoint answered: if it had been failing for longer than it was meant to be left
    /// alone, that was a gap, from its first failure on.
    fn answered(&mut self, asked: &Asked) {
        if !self.live {
            return;
        }
        let known = self.known.endpoints.get(&asked.endpoint).copied().unwrap_or_default();
        if let Some((since, class)) = known.failing {
            let meant = asked.holding_ms.map_or(0, |ms| i64::try_from(ms).unwrap_or(i64::MAX));
            if self.now.since(since) > meant {
                self.events.push(Event::Gap(Gap {
                    space: None,
                    endpoint: Some(asked.endpoint),
                    from: since,
                    to: self.now,
                    cause: cause(class),
                }));
            }
        }
        if known.failing.is_some() {
            self.changed.endpoints.insert(asked.endpoint, EndpointKnown::default());
        }
    }

    /// `seen` is what the answer showed, if it was one.
    fn head(&mut self, asked: &Asked, seen: Option<&Seen>) -> PollHead {
        let line = self.target_line(asked, seen);
        let asked_for = match &asked.target {
            _ if line.is_empty() => AskedFor::Unknown,
            Target::Query { text, state, max_results } => {
                AskedFor::Query { text: self.line(text), state: *state, max_results: *max_results }
            }
            // The answer names each id, returned or missing.
            Target::Spaces(ids) if seen.is_some() && !ids.is_empty() => AskedFor::InBatch {
                first: ids.iter().min().copied().unwrap_or(ids[0]),
                count: count(ids.len()),
            },
            Target::Space(id)
            | Target::Buyers { space: id, page: None }
            | Target::Posts { space: id, page: None } => AskedFor::Space(*id),
            _listed => AskedFor::Listed(self.line(&line)),
        };
        PollHead {
            origin: if self.live { Origin::Live } else { Origin::Imported },
            endpoint: asked.endpoint,
            asked: asked_for,
            sent_at: asked.sent_at,
            credential: asked.credential.clone(),
            holding_ms: asked.holding_ms,
            repeats: asked.repeats,
        }
    }

    /// Returns the reference of a line, stored before or now.
    fn line(&mut self, line: &str) -> TextRef {
        let key = Text::key(line);
        let known = self.known.lines.get(&key).or_else(|| self.changed.lines.get(&key));
        if let Some(reference) = known {
            return *reference;
        }
        let reference = self.text(Owner::Monitor, Text::Line(line.to_owned()));
        self.changed.lines.insert(key, reference);
        reference
    }

    /// Stores a text and returns its reference.
    fn text(&mut self, owner: Owner, text: Text) -> TextRef {
        let new = NewText::new(owner, text, self.salts.next().unwrap_or_default());
        let reference = new.reference;
        self.texts.push(new);
        reference
    }
}

fn cause(class: FailureClass) -> GapCause {
    match class {
        FailureClass::RateLimited => GapCause::RateLimited,
        class if class.ask_again() => GapCause::Failing,
        _ => GapCause::Refused,
    }
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
