//! The golden log: Spaces of every course, seen by polls of every kind, the same for ever. A change
//! here changes every committed digest.

use std::sync::Arc;

use super::in_memory;
use crate::event::*;
use crate::log::{Appended, Log};
use crate::space::{
    Counts, Endpoint, FailureClass, Missing, Moment, RateLimit, SearchState, SpaceId, SpaceState,
    TopicId, UserId,
};
use crate::store::faults::Dice;

/// Batches of the log.
pub(super) const BATCHES: u64 = 400;

/// Spaces in it.
const SPACES: u64 = 40;

/// Each Space begins so many batches after the one before.
const APART: u64 = 7;

const TITLES: [&str; 6] = [
    "Climate and the markets",
    "気候変動 について",
    "Música em português",
    "The state of AI — day 2",
    "crypto crypto crypto",
    "أخبار اليوم",
];

/// What becomes of a Space; a Space's number decides.
enum Look {
    /// It is in the answer, in this state, with or without a count.
    Seen(Option<SpaceState>, bool),
    /// It was asked for, and is not there.
    Missing,
    /// It is not asked for.
    None,
}

/// Returns the log and its batches.
pub(super) fn golden_log() -> (Log, Vec<Arc<Batch>>) {
    let (mut log, mut dice) = (in_memory(), Dice(2_026));
    let batches = (0..BATCHES).map(|number| {
        let new = Making::new(number, &mut dice).batch();
        match log.append(&new, Moment(11_000_000 + moment(number).0)).unwrap() {
            Appended::Stored(batch) => batch,
            Appended::Duplicate(seq) => panic!("batch {number} is that of seq {seq}"),
        }
    });
    let batches = batches.collect();
    (log, batches)
}

fn space(number: u64) -> SpaceId {
    format!("1golden{number:02}").parse().unwrap()
}

fn moment(number: u64) -> Moment {
    Moment(1_795_000_000_000 + 20_000 * i64::try_from(number).unwrap())
}

/// The course of a Space, `age` batches after its beginning.
#[expect(clippy::match_same_arms, reason = "a course reads from its beginning to its end")]
fn look(number: u64, age: u64) -> Look {
    let live = || Look::Seen(Some(SpaceState::Live), true);
    let ended = || Look::Seen(Some(SpaceState::Ended), true);
    match (number % 8, age) {
        // Announced, on air for long, and over.
        (0 | 2, 0..=3) => Look::Seen(Some(SpaceState::Scheduled), age > 1),
        (0, 4..=220) => live(),
        (0, 221..=223) => ended(),
        // It vanishes.
        (1, 0..=30) => live(),
        (1, 31..=32) | (2, 4) => Look::Missing,
        // It vanishes and comes back.
        (3, 0..=12 | 16..=29) => live(),
        (3, 13..=15) => Look::Missing,
        (3, 30) => ended(),
        // X has other words for it, or none.
        (4, 5 | 11) => Look::Seen(None, true),
        (4, 6 | 7 | 40) => Look::Seen(Some(SpaceState::Other("TimedOut".to_owned())), true),
        (4, 0..=39) => live(),
        // X never counts.
        (5, 0..=25) => Look::Seen(Some(SpaceState::Live), false),
        // We hardly look.
        (6, age) if age.is_multiple_of(9) && age < 100 => live(),
        // On air to the end of the log, some of it learnt late.
        (7, age) if age.is_multiple_of(3) => live(),
        _ => Look::None,
    }
}

/// What one batch is made with.
struct Making<'a> {
    number: u64,
    dice: &'a mut Dice,
    texts: u8,
    new: NewBatch,
}

impl<'a> Making<'a> {
    fn new(number: u64, dice: &'a mut Dice) -> Self {
        let new = NewBatch { observed_at: moment(number), ..NewBatch::default() };
        Self { number, dice, texts: 0, new }
    }

    fn batch(mut self) -> NewBatch {
        if self.number % 13 == 5 {
            self.act(self.number / 13);
            return self.new;
        }
        let mut id = [0x60; 16];
        id[..8].copy_from_slice(&self.number.to_be_bytes());
        self.new.poll_id = Some(PollId(id));
        // Every so often an old answer is imported: it was observed before what is known.
        let imported = self.number % 11 == 7;
        if imported {
            self.new.observed_at = moment(self.number).plus(-310_000);
        }
        if self.number % 17 == 3 {
            self.failed();
        } else {
            self.succeeded(imported);
        }
        self.new
    }

    fn add(&mut self, event: Event) {
        self.new.events.push(event);
    }

    fn text(&mut self, owner: Owner, text: Text) -> TextRef {
        let mut salt = [self.texts; 16];
        salt[..8].copy_from_slice(&self.number.to_be_bytes());
        self.texts += 1;
        let new = NewText::new(owner, text, salt);
        let reference = new.reference;
        self.new.texts.push(new);
        reference
    }

    fn line(&mut self, line: &str) -> TextRef {
        self.text(Owner::Monitor, Text::Line(line.to_owned()))
    }

    fn head(&mut self, imported: bool) -> PollHead {
        let endpoint = match self.number % 5 {
            0 => Endpoint::Search,
            1 => Endpoint::CreatorIds,
            2 => Endpoint::Space,
            _ => Endpoint::Spaces,
        };
        let asked = match endpoint {
            Endpoint::Search => {
                let text = self.line("climate");
                AskedFor::Query { text, state: SearchState::All, max_results: 100 }
            }
            Endpoint::CreatorIds => AskedFor::Listed(self.line("11,12,13")),
            Endpoint::Space => AskedFor::Space(space(self.number % SPACES)),
            _ => AskedFor::InBatch { first: space(0), count: 40 },
        };
        PollHead {
            origin: if imported { Origin::Imported } else { Origin::Live },
            endpoint,
            asked,
            sent_at: (!imported).then(|| self.new.observed_at.plus(-180)),
            credential: if imported { "import" } else { "default" }.to_owned(),
            holding_ms: (!imported).then_some(40_000 + self.number % 7 * 1_000),
            repeats: u32::try_from(self.number % 29 / 28).unwrap(),
        }
    }

    fn rate(&self) -> RateLimit {
        let (remaining, reset) = (299 - self.number % 300, moment(self.number / 45 * 45 + 45));
        RateLimit { limit: 300, remaining, reset }
    }

    fn failed(&mut self) {
        let head = self.head(false);
        let number = usize::try_from(self.number / 17).unwrap();
        // Those that there were when the log was written.
        let class = FailureClass::ALL[number % 12];
        let message = self.line("it went wrong");
        let (status, retry_after_ms) = (Some(503), Some(5_000));
        let rate = Some(self.rate());
        self.add(Event::PollFailed(PollFailed {
            head,
            class,
            status,
            retry_after_ms,
            message,
            rate,
        }));
    }

    fn succeeded(&mut self, imported: bool) {
        let head = self.head(imported);
        let looks: Vec<(u64, u64, Look)> = (0..SPACES)
            .filter_map(|it| Some((it, self.number.checked_sub(it * APART)?)))
            .map(|(it, age)| (it, age, look(it, age)))
            .filter(|(.., look)| !matches!(look, Look::None))
            .collect();
        let returned = looks.iter().filter(|(.., look)| matches!(look, Look::Seen(..))).count();
        let cost = Cost {
            spaces: u32::try_from(returned).unwrap(),
            least_micro_usd: 5_000 * returned as u64,
            most_micro_usd: 15_000 * returned as u64,
            ..Cost::default()
        };
        let it = PollSucceeded {
            head,
            status: (!imported).then_some(200),
            returned: u32::try_from(returned).unwrap(),
            new_spaces: u32::try_from(looks.iter().filter(|(_, age, _)| *age == 0).count())
                .unwrap(),
            unreadable: u32::try_from(self.number % 31 / 30).unwrap(),
            rate: (!imported).then(|| self.rate()),
            cost,
        };
        self.add(Event::PollSucceeded(it));
        self.people();
        for (number, age, look) in looks {
            self.look(number, age, look);
        }
    }

    fn look(&mut self, number: u64, age: u64, look: Look) {
        let space = space(number);
        let (state, counted) = match look {
            Look::None => return,
            Look::Missing => {
                // Only X's "not found" says anything.
                let problem = if age % 3 == 2 { "client-forbidden" } else { Missing::NOT_FOUND };
                let problem = Some(problem.to_owned());
                return self.add(Event::SpaceMissing(SpaceMissing { space, problem }));
            }
            Look::Seen(state, counted) => (state, counted),
        };
        let over = state == Some(SpaceState::Ended);
        if age.is_multiple_of(25) || over {
            self.described(number, over);
        }
        let count = 10 + self.dice.below(40) + number * 3 + age.min(60) * 9;
        let first = self.dice.below(9);
        self.add(Event::SpaceObserved(SpaceObserved {
            space,
            state,
            participants: counted.then_some(count),
            subscribers: age.is_multiple_of(4).then_some(age + number),
            speakers: (number % 5 != 4).then(|| (first..first + 3).map(UserId).collect()),
        }));
        if age % 40 == 8 {
            let users = (0..number % 4).map(|it| UserId(100 + it)).collect();
            self.add(Event::BuyersObserved(BuyersObserved { space, users, complete: true }));
            let posts = vec![age, 1 << 60];
            self.add(Event::PostsObserved(PostsObserved { space, posts, complete: false }));
        }
    }

    fn described(&mut self, number: u64, over: bool) {
        let id = space(number);
        let title = TITLES[usize::try_from(self.dice.below(6)).unwrap()];
        let extra = number.is_multiple_of(9).then(|| "{\"is_x\":true}".to_owned());
        let title = Text::Space { title: Some(format!("{title} {number}")), extra };
        let text = (number % 10 != 5).then(|| self.text(Owner::Space(id), title));
        let (begun, host) = (moment(number * APART + 4), UserId(20 + number % 15));
        self.add(Event::SpaceDescribed(SpaceDescribed {
            space: id,
            text,
            creator: Some(host),
            hosts: (number % 6 != 3).then(|| vec![host, UserId(number % 4)]),
            invited: number.is_multiple_of(2).then(|| vec![UserId(50 + number)]),
            topics: Some(vec![TopicId::new(if number < 20 { "10058" } else { "131" }).unwrap()]),
            lang: (!number.is_multiple_of(3)).then(|| "pt".to_owned()),
            is_ticketed: number.is_multiple_of(4).then_some(number.is_multiple_of(8)),
            created_at: Some(begun.plus(-500_000)),
            scheduled_start: number.is_multiple_of(2).then(|| begun.plus(-10_000)),
            started_at: (number % 7 != 6).then_some(begun),
            ended_at: over.then(|| self.new.observed_at.plus(-4_000)),
        }));
    }

    fn people(&mut self) {
        if !self.number.is_multiple_of(4) {
            return;
        }
        let user = UserId(self.number / 4 % 40);
        let text = Text::User {
            username: Some(format!("user_{}", user.0)),
            name: (!user.0.is_multiple_of(3)).then(|| format!("N° {} 🚀", user.0)),
            description: None,
            location: None,
            url: None,
            extra: None,
        };
        let text = Some(self.text(Owner::User(user), text));
        self.add(Event::UserDescribed(UserDescribed {
            user,
            text,
            verified: Some(user.0.is_multiple_of(2)),
            verified_type: user.0.is_multiple_of(2).then(|| "blue".to_owned()),
            protected: None,
            created_at: Some(Moment(1_300_000_000_000)),
        }));
        let followers = Some(self.dice.below(90_000)).filter(|_| !user.0.is_multiple_of(5));
        let counts = Counts { followers, posts: Some(self.number), ..Counts::default() };
        self.add(Event::UserCounted(UserCounted { user, counts }));
        if self.number.is_multiple_of(40) {
            let topic = TopicId::new("10058").unwrap();
            let name = Some(format!("Finance {}", self.number / 40));
            self.add(Event::TopicDescribed(TopicDescribed { topic, name, description: None }));
        }
    }

    /// What a monitor or a person does, by turns.
    fn act(&mut self, turn: u64) {
        let (monitor, at) = (MonitorId(7), self.new.observed_at);
        let version = "0.1.0".to_owned();
        match turn % 10 {
            0 => self.started(MonitorStarted { monitor, version, origin: None }),
            1 => self.started(MonitorStarted {
                monitor,
                version,
                origin: Some("https://api.x.com".to_owned()),
            }),
            2 => {
                self.add(Event::ClockStepped { by_ms: -3_600_000 });
                self.add(Event::ClockSkewed { by_ms: -3_600_000 });
            }
            3 => {
                let spaces = vec![space(1), space(3)];
                self.add(Event::SpacesJoined { spaces, joined: turn < 20 });
            }
            4 => {
                let (rule, alert) = (self.line("peak > 500"), [u8::try_from(turn).unwrap(); 16]);
                let (space, user) = (Some(space(turn)), Some(UserId(turn)));
                self.add(Event::AlertRaised(AlertRaised { alert, rule, space, user }));
                let channel = "webhook".to_owned();
                let it = AlertDelivered { alert, channel, attempts: 2, delivered: true };
                self.add(Event::AlertDelivered(it));
            }
            5 => {
                let reason = "asked for".to_owned();
                self.add(Event::Forgotten { subject: Subject::User(UserId(turn)), reason });
            }
            6 => self.add(Event::MonitorStopped(MonitorStopped {
                monitor,
                reason: "stopped".to_owned(),
            })),
            _ => {
                let cause = GapCause::ALL[usize::try_from(turn).unwrap() % GapCause::ALL.len()];
                let space = turn.is_multiple_of(2).then(|| space(turn % SPACES));
                let endpoint = turn.is_multiple_of(3).then_some(Endpoint::Search);
                let from = at.plus(-45_000);
                self.add(Event::Gap(Gap { space, endpoint, from, to: at, cause }));
            }
        }
    }

    fn started(&mut self, it: MonitorStarted) {
        self.add(Event::MonitorStarted(it));
        let query = self.line("climate");
        let name = self.line("nasa");
        for watched in [
            Watched::Query(query),
            Watched::Username(name),
            Watched::User(UserId(3)),
            Watched::Space(space(2)),
        ] {
            self.add(Event::WatchChanged { watched, added: self.number < 200 });
        }
    }
}
