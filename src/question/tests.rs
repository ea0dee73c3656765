//! What is asked and what is answered, on a small log whose figures are worked out by hand.

mod cards;
mod counted;
mod disk;
mod grounds;
mod joined;
mod leaderboards;
mod pages;
mod schedule;
mod spaces;
mod spend;

use super::*;
use crate::event::{
    AskedFor, Cost, Event, NewBatch, NewText, Owner, PollHead, PollId, PollSucceeded,
    SpaceDescribed, SpaceMissing, SpaceObserved, Text, UserCounted, UserDescribed,
};
use crate::log::Log;
use crate::sheet::Value;
use crate::space::{Counts, Endpoint, Moment, SpaceState, UserId};

/// Bytes of the folder, and free ones beside it.
const DISK_BYTES: u64 = 140_000;
const DISK_FREE_BYTES: u64 = 20_000;

/// The moment `minute` minutes after the epoch.
fn at(minute: i64) -> i64 {
    minute * 60_000
}

fn id(number: u64) -> SpaceId {
    format!("1YqKDqWqdPL{number:02}").parse().unwrap()
}

/// A log that is told things, and its views.
struct House {
    _home: tempfile::TempDir,
    log: Log,
    views: Views,
    batches: u64,
    own: Own,
}

impl House {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let log = Log::in_memory();
        let views = Views::open(home.path(), &log.reader()).unwrap();
        Self { _home: home, log, views, batches: 0, own: Own::default() }
    }

    /// Appends what a look-up showed; its counts may be held for two minutes.
    fn tell(&mut self, minute: i64, events: Vec<Event>, texts: Vec<NewText>) -> &mut Self {
        self.batches += 1;
        let poll = Event::PollSucceeded(PollSucceeded {
            head: PollHead {
                origin: crate::event::Origin::Live,
                endpoint: Endpoint::Spaces,
                asked: AskedFor::InBatch { first: id(0), count: 1 },
                sent_at: Some(Moment(at(minute) - 100)),
                repeats: 0,
                credential: "default".to_owned(),
                holding_ms: Some(120_000),
            },
            status: Some(200),
            returned: 1,
            new_spaces: 0,
            unreadable: 0,
            rate: None,
            cost: Cost::default(),
        });
        let mut poll_id = [0; 16];
        poll_id[..8].copy_from_slice(&self.batches.to_be_bytes());
        let batch = NewBatch {
            poll_id: Some(PollId(poll_id)),
            observed_at: Moment(at(minute)),
            events: [vec![poll], events].concat(),
            texts,
            ..NewBatch::default()
        };
        self.log.append(&batch, Moment(at(minute))).unwrap();
        self
    }

    fn look(&mut self, minute: i64, space: u64, state: &str, count: Option<u64>) -> &mut Self {
        let it = SpaceObserved {
            space: id(space),
            state: Some(SpaceState::from_word(state)),
            participants: count,
            subscribers: None,
            speakers: None,
        };
        self.tell(minute, vec![Event::SpaceObserved(it)], Vec::new())
    }

    /// X says a Space's title, its hosts, and when it began and ended.
    fn describe(
        &mut self,
        minute: i64,
        space: u64,
        title: &str,
        hosts: &[u64],
        ran: (Option<i64>, Option<i64>),
    ) -> &mut Self {
        let text = Text::Space { title: Some(title.to_owned()), extra: None };
        let salt = u128::from(self.batches).to_be_bytes();
        let text = NewText::new(Owner::Space(id(space)), text, salt);
        let it = SpaceDescribed {
            space: id(space),
            text: Some(text.reference),
            creator: None,
            hosts: Some(hosts.iter().copied().map(UserId).collect()),
            invited: None,
            topics: None,
            lang: Some("en".to_owned()),
            is_ticketed: None,
            created_at: None,
            scheduled_start: None,
            started_at: ran.0.map(|minute| Moment(at(minute))),
            ended_at: ran.1.map(|minute| Moment(at(minute))),
        };
        self.tell(minute, vec![Event::SpaceDescribed(it)], vec![text])
    }

    fn person(&mut self, minute: i64, user: u64, name: &str, followers: u64) -> &mut Self {
        let user = UserId(user);
        let text = Text::User {
            username: Some(name.to_owned()),
            name: None,
            description: None,
            location: None,
            url: None,
            extra: None,
        };
        let salt = u128::from(self.batches).to_be_bytes();
        let text = NewText::new(Owner::User(user), text, salt);
        let described = UserDescribed {
            user,
            text: Some(text.reference),
            verified: None,
            verified_type: None,
            protected: None,
            created_at: None,
        };
        let counts = Counts { followers: Some(followers), ..Counts::default() };
        let events =
            vec![Event::UserDescribed(described), Event::UserCounted(UserCounted { user, counts })];
        self.tell(minute, events, vec![text])
    }

    /// Asks at `minute`, with the views caught up.
    fn ask(&self, minute: i64, question: &Question) -> Result<Sheet, QuestionError> {
        self.desk(minute, |desk| desk.ask(question))
    }

    /// Hands out the desk at `minute`, with the views caught up.
    fn desk<T>(&self, minute: i64, ask: impl FnOnce(&Desk) -> T) -> T {
        let reader = self.log.reader();
        assert!(self.views.catch_up(&reader, &mut |_view, _at, _end| true).unwrap());
        let (views, now) = (&self.views, at(minute));
        ask(&Desk {
            views,
            reader: &reader,
            now,
            running: None,
            disk_bytes: Some(DISK_BYTES),
            disk_free_bytes: Some(DISK_FREE_BYTES),
            past: None,
            own: &self.own,
        })
    }

    fn sheet(&self, minute: i64, question: &Question) -> Sheet {
        self.ask(minute, question).unwrap()
    }

    /// Returns one value of the card of a Space.
    fn card(&self, minute: i64, space: u64, key: &str) -> Value {
        let sheet = self.sheet(minute, &Question::Space { id: id(space) });
        column(&sheet, key).remove(0)
    }
}

/// Asks for all words of a window.
fn keywords(last_ms: u64, limit: usize) -> Question {
    let counting = Counting { last_ms, limit, ..Counting::default() };
    Question::Keywords { which: Words::All, counting }
}

/// Returns the values under a key.
fn column(sheet: &Sheet, key: &str) -> Vec<Value> {
    let place = sheet.index(key).unwrap_or_else(|| panic!("no column `{key}`"));
    sheet.rows.iter().map(|row| row[place].clone()).collect()
}

fn ints(values: &[i64]) -> Vec<Value> {
    values.iter().copied().map(Value::Int).collect()
}

fn texts(values: &[&str]) -> Vec<Value> {
    values.iter().copied().map(Value::from).collect()
}

/// One Space: 60 people at 0, 30 at 2, 10 at 9, over at 10 by X's account, seen ended at 12.
fn one_space() -> House {
    let mut house = House::new();
    house
        .describe(0, 1, "Climate, live", &[7], (Some(0), None))
        .look(0, 1, "live", Some(60))
        .look(2, 1, "live", Some(30))
        .look(9, 1, "live", Some(10))
        .describe(12, 1, "Climate, live", &[7], (Some(0), Some(10)))
        .look(12, 1, "ended", Some(3_363));
    house
}
