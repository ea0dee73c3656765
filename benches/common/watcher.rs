//! A watcher of the simulated world: the answers that a monitor of it would get, in virtual time.
//!
//! It asks once every [`POLL_EVERY_MS`], as 300 requests in 15 minutes allow: one request in
//! [`SEARCH_EVERY`] is a search, the others look up Spaces by id, a hundred at a time: those that
//! are announced every ten minutes, those on air round and round. A Space is looked up until it is
//! seen to be over.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use spacelog::simulate::{THEMES, Truth, World, WorldSettings};
use spacelog::space::{
    Answer, Asked, Description, Endpoint, Missing, Moment, Observation, Outcome, Person, RateLimit,
    SearchState, Seen, SpaceId, SpaceState, Target, Topic, UserId,
};

/// Spaces in one look-up, the most that X gives.
pub const OBSERVATIONS_A_POLL: usize = 100;

/// From one request to the next.
const POLL_EVERY_MS: i64 = 3_000;

/// One request in so many is a search.
const SEARCH_EVERY: u64 = 20;

/// An announced Space is looked up this often.
const ANNOUNCED_EVERY_MS: i64 = 600_000;

/// Requests take this long, and a little more or less.
const ROUND_TRIP_MS: i64 = 180;

/// Where the world's time begins.
const EPOCH: Moment = Moment(1_790_000_000_000);

/// A watcher of a world.
pub struct Watcher {
    world: World,
    now: Moment,
    requests: u64,
    /// Spaces that are on air, in the order of asking.
    on_air: VecDeque<SpaceId>,
    /// Announced Spaces by when to look again.
    announced: BTreeSet<(Moment, SpaceId)>,
    followed: BTreeMap<SpaceId, Followed>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Followed {
    OnAir,
    Announced(Moment),
    Over,
}

impl Watcher {
    /// Returns a watcher of a world with about so many Spaces at a time.
    pub fn new(seed: u64, spaces: usize) -> Self {
        let settings = WorldSettings { spaces, ..WorldSettings::new(seed, EPOCH) };
        Self {
            world: World::new(settings),
            now: EPOCH,
            requests: 0,
            on_air: VecDeque::new(),
            announced: BTreeSet::new(),
            followed: BTreeMap::new(),
        }
    }

    /// Returns the next answer.
    pub fn answer(&mut self) -> Answer {
        // A request leaves on the beat, and takes a little more or less.
        let jitter = i64::try_from(self.requests.wrapping_mul(0x9e37_79b9) % 60).unwrap_or(0);
        let sent_at = EPOCH.plus(i64::try_from(self.requests).unwrap_or(0) * POLL_EVERY_MS);
        self.now = sent_at.plus(ROUND_TRIP_MS + jitter);
        self.world.advance(self.now);
        self.requests += 1;
        let (endpoint, target, found, missing) =
            if self.requests % SEARCH_EVERY == 1 { self.search() } else { self.look_up() };
        let spaces: Vec<Observation> =
            found.iter().filter_map(|truth| observation(truth, self.now, endpoint)).collect();
        self.follow(&spaces, &missing);
        let users = self.users(&spaces);
        let asked = Asked {
            endpoint,
            target,
            sent_at: Some(sent_at),
            observed_at: self.now,
            credential: "default".to_owned(),
            holding_ms: Some(30_000),
            repeats: 0,
        };
        let seen = Seen {
            status: Some(200),
            topics: topics(&found),
            missing,
            users,
            spaces,
            rate: Some(self.rate()),
            ..Seen::default()
        };
        Answer { asked, outcome: Outcome::Seen(seen) }
    }

    fn search(&mut self) -> (Endpoint, Target, Vec<Truth>, Vec<Missing>) {
        let place = usize::try_from(self.requests / SEARCH_EVERY).unwrap_or(0) % THEMES.len();
        let text = THEMES[place].words.split(' ').next().unwrap_or("music").to_owned();
        let found = self.world.search(&text, SearchState::All, OBSERVATIONS_A_POLL);
        let target = Target::Query { text, state: SearchState::All, max_results: 100 };
        (Endpoint::Search, target, found.iter().map(|it| (**it).clone()).collect(), Vec::new())
    }

    fn look_up(&mut self) -> (Endpoint, Target, Vec<Truth>, Vec<Missing>) {
        let mut ids: Vec<SpaceId> = Vec::new();
        while let Some((at, id)) = self.announced.first().copied() {
            if at > self.now || ids.len() == OBSERVATIONS_A_POLL {
                break;
            }
            self.announced.remove(&(at, id));
            ids.push(id);
        }
        while ids.len() < OBSERVATIONS_A_POLL {
            let Some(id) = self.on_air.pop_front() else { break };
            if self.followed.get(&id) != Some(&Followed::OnAir) {
                continue;
            }
            if ids.contains(&id) {
                self.on_air.push_front(id);
                break;
            }
            ids.push(id);
            self.on_air.push_back(id);
        }
        let (mut found, mut missing) = (Vec::new(), Vec::new());
        for id in &ids {
            match self.world.look_up(*id) {
                Some(truth) => found.push((*truth).clone()),
                None => {
                    missing.push(Missing { id: *id, problem: Some(Missing::NOT_FOUND.to_owned()) });
                }
            }
        }
        (Endpoint::Spaces, Target::Spaces(ids), found, missing)
    }

    fn follow(&mut self, spaces: &[Observation], missing: &[Missing]) {
        for space in spaces {
            let before = self.followed.get(&space.id).copied();
            let now = match &space.state {
                Some(SpaceState::Live) => Followed::OnAir,
                Some(SpaceState::Scheduled) => {
                    Followed::Announced(self.now.plus(ANNOUNCED_EVERY_MS))
                }
                _ => Followed::Over,
            };
            match (before, now) {
                (Some(Followed::Over), _) | (Some(Followed::OnAir), Followed::OnAir) => continue,
                (Some(Followed::Announced(at)), _) => {
                    self.announced.remove(&(at, space.id));
                }
                _ => {}
            }
            match now {
                Followed::OnAir => self.on_air.push_back(space.id),
                Followed::Announced(at) => {
                    self.announced.insert((at, space.id));
                }
                Followed::Over => {}
            }
            self.followed.insert(space.id, now);
        }
        for space in missing {
            self.followed.insert(space.id, Followed::Over);
        }
    }

    /// Returns creators, hosts, invited and speakers, as X includes them.
    fn users(&self, spaces: &[Observation]) -> Vec<Person> {
        let mut ids: Vec<UserId> = Vec::new();
        for space in spaces {
            let it = &space.description;
            ids.extend(it.hosts.iter().flatten().chain(space.speakers.iter().flatten()));
            ids.extend(it.invited.iter().flatten());
        }
        ids.sort_unstable();
        ids.dedup();
        ids.iter().filter_map(|id| self.world.people().person(*id, self.now)).collect()
    }

    fn rate(&self) -> RateLimit {
        let window = 900_000;
        let into = (self.now.0 - EPOCH.0) % window;
        let used = u64::try_from(into / POLL_EVERY_MS).unwrap_or(0) + 1;
        RateLimit {
            limit: 300,
            remaining: 300_u64.saturating_sub(used),
            reset: Moment((self.now.0 - into + window) / 1_000 * 1_000),
        }
    }
}

/// Returns a Space as X shows it; `None` when it does not.
fn observation(truth: &Truth, at: Moment, endpoint: Endpoint) -> Option<Observation> {
    let course = &truth.course;
    let listed = endpoint == Endpoint::Search;
    let state = if listed { course.listed(at)? } else { course.state(at)? };
    let past = |moment: Option<Moment>| moment.filter(|moment| *moment <= at);
    let some = |ids: Vec<UserId>| (!ids.is_empty()).then_some(ids);
    let mut speakers = truth.speakers(at);
    speakers.sort_unstable();
    let topics: Vec<_> = truth
        .topics
        .iter()
        .filter_map(|theme| spacelog::space::TopicId::new(THEMES[*theme].topic_id))
        .collect();
    Some(Observation {
        id: truth.id,
        state: Some(state),
        participants: Some(truth.participants(at)),
        subscribers: Some(truth.subscribers(at)),
        speakers: some(speakers),
        description: Description {
            title: truth.title.clone(),
            creator: truth.creator(),
            hosts: some(truth.hosts.clone()),
            invited: some(truth.invited.clone()),
            topics: (!topics.is_empty()).then_some(topics),
            lang: Some(truth.lang.to_owned()),
            is_ticketed: Some(truth.is_ticketed),
            created_at: past(Some(course.created_at)),
            scheduled_start: course.scheduled_start,
            started_at: past(course.started_at),
            ended_at: past(course.ended_at),
            extra: None,
        },
    })
}

fn topics(found: &[Truth]) -> Vec<Topic> {
    let themes: BTreeSet<usize> =
        found.iter().flat_map(|truth| truth.topics.iter().copied()).collect();
    let topic = |theme: usize| {
        let theme = &THEMES[theme];
        let id = spacelog::space::TopicId::new(theme.topic_id)?;
        let description = Some(format!("All about {}", theme.topic.to_lowercase()));
        Some(Topic { id, name: Some(theme.topic.to_owned()), description })
    };
    themes.into_iter().filter_map(topic).collect()
}
