//! Answers such as X gives to look-ups of a hundred Spaces: most of what they say was said before.

use std::collections::BTreeMap;

use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use spacelog::space::{
    Answer, Asked, Counts, Description, Endpoint, Moment, Observation, Outcome, Person, RateLimit,
    Seen, SpaceId, SpaceState, Target, UserId,
};

/// Spaces in one answer, the most that X gives.
pub const OBSERVATIONS_A_POLL: usize = 100;

/// Spaces that are live at a time.
const SPACES: usize = 4_000;

/// People who host and speak.
const PEOPLE: usize = 20_000;

/// The most speakers beside the host.
const SPEAKERS_MAX: usize = 6;

/// From one poll to the next: 300 requests in a window of 15 minutes.
const POLL_EVERY_MS: i64 = 3_000;

/// Looks at a Space between two events, on average.
const LOOKS_A_LIFE: u32 = 60;
const LOOKS_A_TITLE: u32 = 200;
const LOOKS_A_SPEAKER: u32 = 10;
const LOOKS_A_FOLLOWER: u32 = 20;

/// Returns the answer as X gives it when no people are asked for: the observations alone.
pub fn without_people(answer: &Answer) -> Answer {
    let mut answer = answer.clone();
    if let Outcome::Seen(seen) = &mut answer.outcome {
        seen.users.clear();
    }
    answer
}

/// Spaces and people as they are now.
pub struct World {
    dice: ChaCha8Rng,
    now: Moment,
    next_space: usize,
    made: u64,
    spaces: Vec<Observation>,
    people: Vec<Person>,
}

impl World {
    /// Returns a world; the same seed gives the same one.
    pub fn new(seed: u64) -> Self {
        let mut dice = ChaCha8Rng::seed_from_u64(seed);
        let people = (0..PEOPLE).map(|number| person(number as u64, &mut dice)).collect();
        let now = Moment(1_790_000_000_000);
        Self { dice, now, next_space: 0, made: 0, spaces: Vec::new(), people }
    }

    /// Returns the next answers.
    pub fn answers(&mut self, count: usize) -> Result<Vec<Answer>, Box<dyn std::error::Error>> {
        while self.spaces.len() < SPACES {
            let space = self.begin()?;
            self.spaces.push(space);
        }
        (0..count).map(|_| self.answer()).collect()
    }

    fn answer(&mut self) -> Result<Answer, Box<dyn std::error::Error>> {
        self.now = self.now.plus(POLL_EVERY_MS);
        let mut spaces = Vec::with_capacity(OBSERVATIONS_A_POLL);
        for _ in 0..OBSERVATIONS_A_POLL {
            let place = self.next_space;
            self.next_space = (place + 1) % SPACES;
            if self.once_in(LOOKS_A_LIFE) {
                let young = self.begin()?;
                let mut over = std::mem::replace(&mut self.spaces[place], young);
                over.state = Some(SpaceState::Ended);
                over.description.ended_at = Some(self.now.plus(-1_000));
                spaces.push(over);
            } else {
                spaces.push(self.look(place));
            }
        }
        let asked = Asked {
            endpoint: Endpoint::Spaces,
            target: Target::Spaces(spaces.iter().map(|space| space.id).collect()),
            sent_at: Some(self.now.plus(-180)),
            observed_at: self.now,
            credential: "default".to_owned(),
            holding_ms: Some(240_000),
            repeats: 0,
        };
        let window = 900_000;
        let seen = Seen {
            status: Some(200),
            users: self.included(&spaces),
            spaces,
            rate: Some(RateLimit {
                limit: 300,
                remaining: u64::try_from(299 - (self.now.0 % window) / POLL_EVERY_MS)?,
                reset: Moment(self.now.0 - self.now.0 % window + window),
            }),
            ..Seen::default()
        };
        Ok(Answer { asked, outcome: Outcome::Seen(seen) })
    }

    /// Lets time pass for a Space and returns it as it is then.
    fn look(&mut self, place: usize) -> Observation {
        let (title, speaker) = (self.once_in(LOOKS_A_TITLE), self.once_in(LOOKS_A_SPEAKER));
        let (by, somebody) = (self.dice.random_range(0..7), self.somebody());
        let space = &mut self.spaces[place];
        // Counts move by a few; a few below none are none.
        space.participants = space.participants.map(|count| (count + by).saturating_sub(3));
        if title && let Some(title) = &mut space.description.title {
            title.push('!');
        }
        if speaker && let Some(speakers) = &mut space.speakers {
            if speakers.len() > SPEAKERS_MAX {
                speakers.pop();
            } else {
                speakers.push(somebody);
            }
            speakers.sort_unstable();
            speakers.dedup();
        }
        space.clone()
    }

    /// Returns the hosts and speakers, as X includes them.
    fn included(&mut self, spaces: &[Observation]) -> Vec<Person> {
        let mut included = BTreeMap::new();
        for space in spaces {
            let hosts = space.description.hosts.iter().flatten();
            for id in hosts.chain(space.speakers.iter().flatten()) {
                let place = usize::try_from(id.0 % PEOPLE as u64).unwrap_or_default();
                if self.once_in(LOOKS_A_FOLLOWER) {
                    let counts = &mut self.people[place].counts;
                    counts.followers = counts.followers.map(|count| count + 1);
                }
                included.insert(*id, self.people[place].clone());
            }
        }
        included.into_values().collect()
    }

    fn begin(&mut self) -> Result<Observation, Box<dyn std::error::Error>> {
        self.made += 1;
        let host = self.somebody();
        let mut speakers = vec![host];
        for _ in 0..self.dice.random_range(0..=SPEAKERS_MAX) {
            speakers.push(self.somebody());
        }
        speakers.sort_unstable();
        speakers.dedup();
        // An odd factor gives each number below 2^48 another: ids in no order, none twice.
        let mixed = self.made.wrapping_mul(0x9e37_79b9_7f4b) & 0xffff_ffff_ffff;
        let id: SpaceId = format!("1{mixed:012x}").parse()?;
        Ok(Observation {
            id,
            state: Some(SpaceState::Live),
            participants: Some(self.dice.random_range(1..2_000)),
            subscribers: Some(self.dice.random_range(0..50)),
            speakers: Some(speakers),
            description: Description {
                title: Some(format!("A talk about things that matter, part {}", self.made)),
                creator: Some(host),
                hosts: Some(vec![host]),
                lang: Some("en".to_owned()),
                is_ticketed: Some(false),
                created_at: Some(self.now.plus(-30_000)),
                started_at: Some(self.now.plus(-20_000)),
                ..Description::default()
            },
        })
    }

    fn somebody(&mut self) -> UserId {
        self.people[self.dice.random_range(0..PEOPLE)].id
    }

    fn once_in(&mut self, looks: u32) -> bool {
        self.dice.random_range(0..looks) == 0
    }
}

fn person(number: u64, dice: &mut ChaCha8Rng) -> Person {
    Person {
        // As long as X's ids are, and still giving its number back.
        id: UserId(1_500_000_000_000_000_000 + number),
        username: Some(format!("person_{number}")),
        name: Some(format!("A Person of the Name {number}")),
        description: Some("Talks and listens, builds and breaks. Opinions are my own.".to_owned()),
        location: Some("Somewhere".to_owned()),
        url: Some(format!("https://t.example/{number}")),
        verified: Some(number.is_multiple_of(5)),
        verified_type: Some("none".to_owned()),
        protected: Some(false),
        created_at: Some(Moment(1_400_000_000_000)),
        counts: Counts {
            followers: Some(dice.random_range(0..100_000)),
            following: Some(dice.random_range(0..2_000)),
            posts: Some(dice.random_range(0..50_000)),
            listed: Some(dice.random_range(0..100)),
        },
        extra: None,
    }
}
