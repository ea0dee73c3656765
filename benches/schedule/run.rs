//! One contender against one world: asks and answers in virtual time, and what was seen when.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use spacelog::config::CONCURRENT_REQUESTS_MAX;
use spacelog::poll::schedule::Next;
use spacelog::poll::{Windows, endpoint_of};
use spacelog::space::{Endpoint, Moment, Outcome, Seen, SpaceId, SpaceState, Target};

use crate::contenders::Contender;
use crate::x::{EPOCH, X};

/// How long is asked, in virtual time.
pub const LENGTH_MS: i64 = 3 * 3_600_000;
/// What is seen before this is not measured: everybody begins knowing nothing.
pub const WARM_UP_MS: i64 = 2_700_000;

/// A request takes this long, and up to half as much more.
const ROUND_TRIP_MS: i64 = 160;
/// With nothing to ask, the contender is asked again after this.
const IDLE_MS: i64 = 1_000;

/// What was seen of a Space.
#[derive(Clone, Debug, Default)]
pub struct Sightings {
    /// First in any state.
    pub first: Option<Moment>,
    /// Live, with its count.
    pub live: Vec<(Moment, u64)>,
    /// First over, or gone, after it was seen live.
    pub over: Option<Moment>,
}

/// What one run came to.
#[derive(Debug, Default)]
pub struct Record {
    /// What was seen of each Space.
    pub spaces: BTreeMap<SpaceId, Sightings>,
    /// Requests by endpoint, when they left.
    pub sent: BTreeMap<Endpoint, Vec<Moment>>,
    /// Ids in all look-ups.
    pub ids: u64,
    /// Requests that X refused.
    pub refused: u64,
    /// Spaces billed after the warm-up, first reads alone.
    pub billed: BTreeSet<(i64, SpaceId)>,
}

/// Lets a contender ask X for [`LENGTH_MS`].
pub fn run(contender: &mut dyn Contender, x: &mut X) -> Record {
    let (mut now, end) = (EPOCH, EPOCH.plus(LENGTH_MS));
    let mut windows = Windows::default();
    let mut under_way: VecDeque<(Moment, Target)> = VecDeque::new();
    let mut record = Record::default();
    let (mut requests, mut before) = (0_i64, BTreeSet::new());
    while now < end {
        if let Some((_, target)) = under_way.pop_front_if(|(at, _)| *at <= now) {
            let outcome = x.answer(&target, now);
            windows.of_mut(endpoint_of(&target)).settle(now, &outcome, None);
            match &outcome {
                Outcome::Seen(seen) => {
                    record.note(seen, now);
                    contender.answered(&target, seen, now);
                }
                Outcome::Failed(_) => contender.failed(&target, now),
            }
            continue;
        }
        contender.peek(x.world(now), now);
        let until = match contender.next(now, &windows) {
            Next::Ask { target, .. } if under_way.len() < CONCURRENT_REQUESTS_MAX => {
                contender.asked(&target, now);
                let endpoint = endpoint_of(&target);
                windows.of_mut(endpoint).sent(now);
                record.sent.entry(endpoint).or_default().push(now);
                if let Target::Spaces(ids) = &target {
                    record.ids += ids.len() as u64;
                }
                requests += 1;
                let jitter = requests.wrapping_mul(0x9e37_79b9).rem_euclid(ROUND_TRIP_MS / 2);
                let at = now.plus(ROUND_TRIP_MS + jitter);
                let place = under_way.partition_point(|(before, _)| *before <= at);
                under_way.insert(place, (at, target));
                continue;
            }
            Next::Ask { .. } => end,
            Next::Wait(at) => at,
            Next::Idle => now.plus(IDLE_MS),
        };
        let answer = under_way.front().map_or(end, |(at, _)| *at);
        let next = until.min(answer).max(now.plus(1));
        if now < EPOCH.plus(WARM_UP_MS) && next >= EPOCH.plus(WARM_UP_MS) {
            before.clone_from(&x.billed);
        }
        now = next;
    }
    record.refused = x.refused;
    record.billed = x.billed.difference(&before).copied().collect();
    record
}

impl Record {
    fn note(&mut self, seen: &Seen, now: Moment) {
        for space in &seen.spaces {
            let it = self.spaces.entry(space.id).or_default();
            it.first.get_or_insert(now);
            match space.state {
                Some(SpaceState::Live) => it.live.extend(space.participants.map(|n| (now, n))),
                Some(SpaceState::Scheduled) | None => {}
                Some(_) => it.ended(now),
            }
        }
        for missing in &seen.missing {
            if let Some(it) = self.spaces.get_mut(&missing.id) {
                it.ended(now);
            }
        }
    }
}

impl Sightings {
    fn ended(&mut self, now: Moment) {
        if !self.live.is_empty() {
            self.over.get_or_insert(now);
        }
    }
}
