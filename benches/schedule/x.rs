//! X in virtual time: answers made from the world's truths, without sockets or JSON, and windows
//! that are counted as X counts them.

use std::collections::{BTreeMap, BTreeSet};

use spacelog::poll::endpoint_of;
use spacelog::simulate::{Truth, World, WorldSettings};
use spacelog::space::{
    Description, Endpoint, Failure, FailureClass, Missing, Moment, Observation, Outcome, RateLimit,
    Seen, SpaceId, Target,
};

/// The length of X's windows.
pub const WINDOW_MS: i64 = 900_000;

/// Where the world's time begins.
pub const EPOCH: Moment = Moment(1_790_000_000_000);

/// A simulated X.
pub struct X {
    world: World,
    limit: u64,
    windows: BTreeMap<Endpoint, (Moment, u64)>,
    /// Requests beyond a window.
    pub refused: u64,
    /// Spaces read, by UTC day: what X bills.
    pub billed: BTreeSet<(i64, SpaceId)>,
}

impl X {
    /// Returns the X of a world with this many Spaces, which allows this many requests a window.
    pub fn new(seed: u64, spaces: usize, limit: u64) -> Self {
        let settings = WorldSettings { spaces, ..WorldSettings::new(seed, EPOCH) };
        Self {
            world: World::new(settings),
            limit,
            windows: BTreeMap::new(),
            refused: 0,
            billed: BTreeSet::new(),
        }
    }

    /// Answers a request at a moment, which is never before that of the last one.
    pub fn answer(&mut self, target: &Target, at: Moment) -> Outcome {
        self.world.advance(at);
        let endpoint = endpoint_of(target);
        let (admitted, rate) = self.take(endpoint, at);
        if !admitted {
            self.refused += 1;
            return refusal(rate);
        }
        let (mut found, mut missing) = (Vec::new(), Vec::new());
        let mut look_up = |id: SpaceId| match self.world.look_up(id) {
            Some(truth) => found.push(truth),
            None => missing.push(Missing { id, problem: Some(Missing::NOT_FOUND.to_owned()) }),
        };
        match target {
            Target::Query { text, state, max_results } => {
                found = self.world.search(text, *state, usize::from(*max_results));
            }
            Target::Creators(ids) => found = self.world.made_by(ids),
            Target::Spaces(ids) => ids.iter().copied().for_each(&mut look_up),
            Target::Space(id) => look_up(*id),
            Target::Usernames(_) | Target::Buyers { .. } | Target::Posts { .. } => {}
        }
        let spaces: Vec<Observation> =
            found.iter().filter_map(|truth| observation(truth, at, endpoint)).collect();
        self.billed.extend(spaces.iter().map(|space| (at.day(), space.id)));
        Outcome::Seen(Seen {
            status: Some(200),
            spaces,
            missing,
            rate: Some(rate),
            ..Seen::default()
        })
    }

    /// Returns what is true now.
    pub fn world(&mut self, now: Moment) -> &World {
        self.world.advance(now);
        &self.world
    }

    fn take(&mut self, endpoint: Endpoint, at: Moment) -> (bool, RateLimit) {
        let fresh = (at.plus(WINDOW_MS), 0);
        let window = self.windows.entry(endpoint).or_insert(fresh);
        if at >= window.0 {
            *window = fresh;
        }
        let admitted = window.1 < self.limit;
        window.1 += u64::from(admitted);
        let reset = Moment(-(-window.0.0).div_euclid(1_000) * 1_000);
        (admitted, RateLimit { limit: self.limit, remaining: self.limit - window.1, reset })
    }
}

fn refusal(rate: RateLimit) -> Outcome {
    Outcome::Failed(Failure {
        class: FailureClass::RateLimited,
        status: Some(429),
        message: "Too Many Requests".to_owned(),
        rate: Some(rate),
        field: None,
        retry_after_ms: None,
        problem: None,
    })
}

/// Returns a Space as X shows it; `None` when it does not.
fn observation(truth: &Truth, at: Moment, endpoint: Endpoint) -> Option<Observation> {
    let course = &truth.course;
    let listed = matches!(endpoint, Endpoint::Search | Endpoint::CreatorIds);
    let state = if listed { course.listed(at)? } else { course.state(at)? };
    let past = |moment: Option<Moment>| moment.filter(|moment| *moment <= at);
    Some(Observation {
        id: truth.id,
        state: Some(state),
        participants: Some(truth.participants(at)),
        subscribers: None,
        speakers: None,
        description: Description {
            title: truth.title.clone(),
            creator: truth.creator(),
            hosts: Some(truth.hosts.clone()),
            lang: Some(truth.lang.to_owned()),
            created_at: past(Some(course.created_at)),
            scheduled_start: course.scheduled_start,
            started_at: past(course.started_at),
            ended_at: past(course.ended_at),
            ..Description::default()
        },
    })
}
