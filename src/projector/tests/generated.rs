//! Random batches: a few Spaces, every kind of event that a view reads, and time that at times
//! goes back, as imports do.

use crate::event::{
    AskedFor, Cost, Event, Gap, GapCause, NewBatch, NewText, Origin, Owner, PollFailed, PollHead,
    PollId, PollSucceeded, SpaceDescribed, SpaceMissing, SpaceObserved, Text, TextRef,
    TopicDescribed, UserCounted, UserDescribed,
};
use crate::space::{
    Counts, Endpoint, FailureClass, Missing, Moment, SearchState, SpaceId, SpaceState, TopicId,
    UserId,
};
use crate::store::faults::Dice;

/// How many Spaces there are.
pub(crate) const SPACES: u64 = 4;

const WORDS: [&str; 6] = ["climate", "markets", "気候変動", "música", "the", "news"];

pub(crate) fn space(number: u64) -> SpaceId {
    format!("1YqKDqWqdPL{number:02}").parse().unwrap()
}

/// What one batch is made with.
struct Making<'a> {
    dice: &'a mut Dice,
    batch: NewBatch,
    /// Mixed into every salt, so that no two texts share a reference.
    salt: u64,
}

/// Returns batch `number` of the log that grows from `seed`.
pub(crate) fn batch(dice: &mut Dice, seed: u64, number: u64) -> NewBatch {
    let late = if dice.below(8) == 0 { dice.below(400_000) } else { 0 };
    let at = 10_000_000 + number * 20_000 - late;
    let mut id = [0; 16];
    id[..8].copy_from_slice(&seed.to_be_bytes());
    id[8..].copy_from_slice(&number.to_be_bytes());
    let batch = NewBatch {
        poll_id: Some(PollId(id)),
        observed_at: Moment(i64::try_from(at).unwrap()),
        ..NewBatch::default()
    };
    let mut making = Making { dice, batch, salt: number << 16 };
    if making.one_in(10) {
        making.failed();
    } else {
        making.succeeded();
    }
    making.batch
}

impl Making<'_> {
    fn one_in(&mut self, many: u64) -> bool {
        self.dice.below(many) == 0
    }

    fn text(&mut self, owner: Owner, text: Text) -> TextRef {
        self.salt += 1;
        let mut salt = [0; 16];
        salt[..8].copy_from_slice(&self.salt.to_be_bytes());
        let new = NewText::new(owner, text, salt);
        let reference = new.reference;
        self.batch.texts.push(new);
        reference
    }

    fn maybe<T>(&mut self, value: T) -> Option<T> {
        (!self.one_in(4)).then_some(value)
    }

    fn head(&mut self) -> PollHead {
        let line = Text::Line(WORDS[usize::try_from(self.dice.below(6)).unwrap()].to_owned());
        let asked = match self.dice.below(3) {
            0 => {
                let text = self.text(Owner::Monitor, line);
                AskedFor::Query { text, state: SearchState::All, max_results: 100 }
            }
            1 => AskedFor::InBatch { first: space(0), count: 3 },
            _ => AskedFor::Space(space(1)),
        };
        let endpoint = Endpoint::ALL[usize::try_from(self.dice.below(4)).unwrap()];
        let held = self.dice.below(60_000);
        let holding_ms = self.maybe(held);
        let credential = "default".to_owned();
        let sent_at = self.batch.observed_at.plus(-150);
        let (origin, sent_at, repeats) = (Origin::Live, Some(sent_at), 0);
        PollHead { origin, endpoint, asked, sent_at, credential, holding_ms, repeats }
    }

    fn failed(&mut self) {
        let head = self.head();
        let message = self.text(Owner::Monitor, Text::Line("no answer".to_owned()));
        let class = FailureClass::ALL[usize::try_from(self.dice.below(12)).unwrap()];
        let (status, rate) = (None, None);
        let retry_after_ms = None;
        let it = PollFailed { head, class, status, retry_after_ms, message, rate };
        self.batch.events.push(Event::PollFailed(it));
    }

    fn succeeded(&mut self) {
        let head = self.head();
        let cost = Cost { least_micro_usd: self.dice.below(9), ..Cost::default() };
        let it = PollSucceeded {
            head,
            status: Some(200),
            returned: 2,
            new_spaces: 0,
            unreadable: 0,
            rate: None,
            cost,
        };
        self.batch.events.push(Event::PollSucceeded(it));
        self.people();
        for number in 0..SPACES {
            match self.dice.below(9) {
                0 => self.missing(number),
                1 => self.described(number),
                2 => {}
                _ => self.observed(number),
            }
        }
        if self.one_in(6) {
            let to = self.batch.observed_at;
            let (space, endpoint, cause) = (None, Some(Endpoint::Search), GapCause::Failing);
            self.batch.events.push(Event::Gap(Gap {
                space,
                endpoint,
                from: to.plus(-90_000),
                to,
                cause,
            }));
        }
    }

    fn people(&mut self) {
        let user = UserId(self.dice.below(5));
        if self.one_in(3) {
            let text = Text::User {
                username: self.maybe(format!("user{}", user.0)),
                name: self.maybe("Somebody".to_owned()),
                description: None,
                location: None,
                url: None,
                extra: None,
            };
            let text = Some(self.text(Owner::User(user), text));
            let verified = self.maybe(true);
            let (verified_type, protected, created_at) = (None, None, None);
            let it = UserDescribed { user, text, verified, verified_type, protected, created_at };
            self.batch.events.push(Event::UserDescribed(it));
        }
        if self.one_in(3) {
            let followers = self.dice.below(9_000);
            let counts = Counts { followers: self.maybe(followers), ..Counts::default() };
            self.batch.events.push(Event::UserCounted(UserCounted { user, counts }));
        }
        if self.one_in(9) {
            let topic = TopicId::new("10058").unwrap();
            let name = self.maybe("Finance".to_owned());
            let it = TopicDescribed { topic, name, description: None };
            self.batch.events.push(Event::TopicDescribed(it));
        }
    }

    fn missing(&mut self, number: u64) {
        let problem = self.maybe(Missing::NOT_FOUND.to_owned());
        let it = SpaceMissing { space: space(number), problem };
        self.batch.events.push(Event::SpaceMissing(it));
    }

    fn observed(&mut self, number: u64) {
        if !self.one_in(3) {
            return self.plain(number);
        }
        let state = match self.dice.below(12) {
            0 => None,
            1 => Some(SpaceState::Scheduled),
            2 => Some(SpaceState::Ended),
            3 => Some(SpaceState::Other("TimedOut".to_owned())),
            _ => Some(SpaceState::Live),
        };
        let (count, speaker) = (self.dice.below(5_000), UserId(self.dice.below(5)));
        let it = SpaceObserved {
            space: space(number),
            state,
            participants: self.maybe(count),
            subscribers: self.maybe(number),
            speakers: self.maybe(vec![speaker]),
        };
        self.batch.events.push(Event::SpaceObserved(it));
    }

    /// What most answers say: live, a count, and all else as before.
    fn plain(&mut self, number: u64) {
        let it = SpaceObserved {
            space: space(number),
            state: Some(SpaceState::Live),
            participants: Some(self.dice.below(300)),
            subscribers: Some(number),
            speakers: Some(vec![UserId(number)]),
        };
        self.batch.events.push(Event::SpaceObserved(it));
    }

    fn described(&mut self, number: u64) {
        let id = space(number);
        let word = WORDS[usize::try_from(self.dice.below(6)).unwrap()];
        let title = Text::Space { title: self.maybe(format!("{word} {number}")), extra: None };
        let text = Some(self.text(Owner::Space(id), title));
        let (now, host) = (self.batch.observed_at, UserId(self.dice.below(5)));
        let it = SpaceDescribed {
            space: id,
            text: self.maybe(text).flatten(),
            creator: self.maybe(host),
            hosts: self.maybe(vec![host, UserId(number)]),
            invited: None,
            topics: self.maybe(vec![TopicId::new("10058").unwrap()]),
            lang: self.maybe("en".to_owned()),
            is_ticketed: self.maybe(false),
            created_at: None,
            scheduled_start: None,
            started_at: self.maybe(Moment(9_900_000)),
            ended_at: if self.one_in(9) { Some(now) } else { None },
        };
        self.batch.events.push(Event::SpaceDescribed(it));
    }
}
