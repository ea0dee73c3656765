//! What follows from an answer, given what was known: given, when, then.

mod costs;
mod descriptions;
mod ends;
mod forgotten;
mod gaps;
mod notices;

use super::*;
use crate::event::{NoticeKind, SpaceKnown};
use crate::space::{
    Counts, Description, Endpoint, Missing, Observation, Person, Prices, SpaceState, Topic,
    TopicId, UserId,
};

const RULES: Rules = Rules {
    monitor: MonitorId(1),
    prices: Prices { space_micro_usd: 5_000, user_micro_usd: 10_000, post_micro_usd: 5_000 },
};

/// For how long a count may be held, in milliseconds, in every poll of these tests.
const HOLDING_MS: u64 = 20_000;

/// What the log would know: decisions follow one another on it.
#[derive(Default)]
struct Desks {
    known: Known,
    salts: u8,
}

impl Desks {
    /// Decides on one answer, with what it asks for and nothing else, and remembers it.
    fn tell(&mut self, answer: &Answer, source: Source) -> Decided {
        let wanted = wanted(answer);
        let all = self.known.clone();
        let known = Known {
            spaces: all.spaces.into_iter().filter(|(id, _)| wanted.spaces.contains(id)).collect(),
            users: all.users.into_iter().filter(|(id, _)| wanted.users.contains(id)).collect(),
            topics: all.topics.into_iter().filter(|(id, _)| wanted.topics.contains(id)).collect(),
            lines: all.lines.into_iter().filter(|(key, _)| wanted.lines.contains(key)).collect(),
            endpoints: all
                .endpoints
                .into_iter()
                .filter(|(endpoint, _)| wanted.endpoints.contains(endpoint))
                .collect(),
            spent: all.spent,
            forgotten: all.forgotten,
        };
        let salts = (0..salts_needed(answer)).map(|_| {
            self.salts = self.salts.wrapping_add(1);
            [self.salts; 16]
        });
        let decided = decide(&RULES, known, answer, source, salts.collect());
        assert!(decided.batch.texts.len() <= salts_needed(answer), "a text without its own salt");
        let changed = decided.batch.known.clone();
        self.known.spaces.extend(changed.spaces);
        self.known.users.extend(changed.users);
        self.known.topics.extend(changed.topics);
        self.known.lines.extend(changed.lines);
        self.known.endpoints.extend(changed.endpoints);
        self.known.spent = changed.spent.or(self.known.spent);
        decided
    }

    /// X answers a look-up with this, `at` so many seconds.
    fn look_up(&mut self, at: i64, seen: Seen) -> NewBatch {
        self.tell(&answered(Endpoint::Spaces, at, seen), Source::Live).batch
    }

    /// X answers a search with this.
    fn search(&mut self, at: i64, seen: Seen) -> NewBatch {
        self.tell(&answered(Endpoint::Search, at, seen), Source::Live).batch
    }

    fn state(&self) -> Option<&str> {
        self.known.spaces[&id()].state.as_ref().map(SpaceState::word)
    }
}

fn id() -> SpaceId {
    "1YqKDqWqdPLxV".parse().unwrap()
}

fn seconds(at: i64) -> Moment {
    Moment(at * 1_000)
}

fn asked(endpoint: Endpoint, at: i64) -> Asked {
    let target = match endpoint {
        Endpoint::Search => Target::Query {
            text: "climate".to_owned(),
            state: crate::space::SearchState::All,
            max_results: 100,
        },
        Endpoint::CreatorIds => Target::Creators(vec![UserId(7)]),
        Endpoint::UsersBy => Target::Usernames(vec!["nasa".to_owned()]),
        _ => Target::Spaces(vec![id()]),
    };
    Asked {
        endpoint,
        target,
        sent_at: Some(seconds(at).plus(-200)),
        observed_at: seconds(at),
        credential: "default".to_owned(),
        holding_ms: Some(HOLDING_MS),
        repeats: 0,
    }
}

fn answered(endpoint: Endpoint, at: i64, seen: Seen) -> Answer {
    Answer { asked: asked(endpoint, at), outcome: Outcome::Seen(seen) }
}

fn failed(endpoint: Endpoint, at: i64, class: FailureClass) -> Answer {
    let message = "it did not work".to_owned();
    let (status, rate, field, retry_after_ms, problem) = (None, None, None, None, None);
    let failure = Failure { class, status, message, rate, field, retry_after_ms, problem };
    Answer { asked: asked(endpoint, at), outcome: Outcome::Failed(failure) }
}

/// A Space in this state, described by its title and its host.
fn observed(state: &str) -> Observation {
    Observation {
        id: id(),
        state: Some(SpaceState::from_word(state)),
        participants: Some(12),
        subscribers: None,
        speakers: None,
        description: Description {
            title: Some("Climate, live".to_owned()),
            hosts: Some(vec![UserId(7)]),
            lang: Some("en".to_owned()),
            ..Description::default()
        },
    }
}

/// The same Space with X's default fields alone.
fn bare(state: &str) -> Observation {
    Observation { participants: None, description: Description::default(), ..observed(state) }
}

fn host() -> Person {
    Person {
        id: UserId(7),
        username: Some("nasa".to_owned()),
        counts: Counts { followers: Some(1_000), ..Counts::default() },
        ..Person::default()
    }
}

fn seen(spaces: Vec<Observation>) -> Seen {
    Seen { status: Some(200), spaces, ..Seen::default() }
}

fn with_host(spaces: Vec<Observation>) -> Seen {
    Seen { users: vec![host()], ..seen(spaces) }
}

fn not_found(problem: Option<&str>) -> Seen {
    let problem = problem.map(ToOwned::to_owned);
    Seen { missing: vec![Missing { id: id(), problem }], ..seen(Vec::new()) }
}

fn kinds(batch: &NewBatch) -> Vec<&'static str> {
    batch.events.iter().map(Event::kind).collect()
}

fn told(batch: &NewBatch) -> Vec<NoticeKind> {
    batch.notices.iter().map(|notice| notice.kind).collect()
}

#[test]
fn a_new_space_gives_its_poll_its_people_its_description_and_the_look_in_this_order() {
    let mut desks = Desks::default();
    let topic = Topic {
        id: TopicId::new("131272609").unwrap(),
        name: Some("Music".to_owned()),
        description: None,
    };
    let answer = Seen { topics: vec![topic], ..with_host(vec![observed("live")]) };
    let decided = desks.tell(&answered(Endpoint::Spaces, 0, answer), Source::Live);
    assert_eq!(
        kinds(&decided.batch),
        [
            "PollSucceeded",
            "TopicDescribed",
            "UserDescribed",
            "UserCounted",
            "SpaceDescribed",
            "SpaceObserved"
        ]
    );
    assert_eq!((decided.returned, decided.new_spaces), (1, 1));
    let (space, known) = &decided.spaces[0];
    assert_eq!((*space, &known.state), (id(), &Some(SpaceState::Live)));
    assert_eq!(decided.batch.observed_at, seconds(0));
    let Event::PollSucceeded(poll) = &decided.batch.events[0] else { panic!("no poll") };
    assert_eq!(poll.head.asked, AskedFor::InBatch { first: id(), count: 1 });
    assert_eq!((poll.returned, poll.new_spaces), (1, 1));
    assert_eq!(decided.batch.poll_id, Some(PollId::of_live(RULES.monitor, &poll.head, seconds(0))));
}

#[test]
fn an_unchanged_space_gives_the_look_alone() {
    let mut desks = Desks::default();
    desks.look_up(0, with_host(vec![observed("live")]));
    let batch = desks.look_up(3, with_host(vec![observed("live")]));
    assert_eq!(kinds(&batch), ["PollSucceeded", "SpaceObserved"]);
    assert!(batch.texts.is_empty() && batch.known == Known::default(), "{:?}", batch.known);
    let Event::PollSucceeded(poll) = &batch.events[0] else { panic!("no poll") };
    assert_eq!((poll.returned, poll.new_spaces), (1, 0));
}

#[test]
fn the_same_answer_gives_the_same_events_again_and_another_moment_another_poll_id() {
    let answer = |at| answered(Endpoint::Spaces, at, with_host(vec![observed("live")]));
    let decided = |at| Desks::default().tell(&answer(at), Source::Live).batch;
    assert_eq!(decided(0), decided(0));
    assert_ne!(decided(0).poll_id, decided(1).poll_id);
}

#[test]
fn an_imported_answer_tells_nobody_and_keeps_its_own_id() {
    let mut desks = Desks::default();
    let id = PollId::of_import(Endpoint::Spaces, seconds(0), b"body");
    let answer = answered(Endpoint::Spaces, 0, seen(vec![observed("live")]));
    let batch = desks.tell(&answer, Source::Imported(id)).batch;
    assert_eq!((batch.poll_id, told(&batch)), (Some(id), vec![]));
    assert_eq!(kinds(&batch), ["PollSucceeded", "SpaceDescribed", "SpaceObserved"]);
}

#[test]
fn a_query_that_recurs_is_stored_once_and_referred_to() {
    let mut desks = Desks::default();
    let reference = |batch: &NewBatch| match &batch.events[0] {
        Event::PollSucceeded(PollSucceeded { head, .. }) => match &head.asked {
            AskedFor::Query { text, .. } => *text,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    };
    let first = desks.search(0, seen(Vec::new()));
    let again = desks.search(300, seen(Vec::new()));
    assert_eq!(first.texts.len(), 1);
    assert_eq!(first.texts[0].text, Text::Line("climate".to_owned()));
    assert_eq!(reference(&first), first.texts[0].reference);
    assert_eq!((again.texts.len(), reference(&again)), (0, reference(&first)));
}

#[test]
fn a_failure_gives_its_poll_and_says_what_was_asked() {
    let mut desks = Desks::default();
    let answer = failed(Endpoint::Spaces, 0, FailureClass::Timeout);
    let first = desks.tell(&answer, Source::Live).batch;
    assert_eq!(kinds(&first), ["PollFailed"]);
    let lines: Vec<_> = first.texts.iter().filter_map(|text| text.text.line()).collect();
    assert_eq!(lines, ["1YqKDqWqdPLxV", "it did not work"]);
    let again = desks.tell(&failed(Endpoint::Spaces, 3, FailureClass::Timeout), Source::Live);
    assert!(again.batch.texts.is_empty());
    assert!(again.spaces.is_empty());
}
