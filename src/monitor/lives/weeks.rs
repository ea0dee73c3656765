//! Seven days of a monitor on a simulated X that misbehaves: budgets are kept, what is held in
//! memory is bounded, the log is sound every day, and the same seed gives the same log.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::amounts;
use crate::event::Wanted;
use crate::simulate::{
    Delivery, Fault, FaultRates, Settings, SimReply, SimulatedX, World, WorldSettings,
};
use crate::space::{SearchState, SpaceId};

const WEEK: Duration = Duration::from_hours(7 * 24);

/// Requests of a window, and from when on they are held. Mostly so few that a week is soon over,
/// fewer than X ever gave: how long such a window is must be found out first, which costs a request
/// too many now and then. One week in so many has X's smallest plan, held from the first request on.
const FEW: (u32, Duration) = (3, Duration::from_hours(2));
const PLAN: (u32, Duration) = (10, Duration::ZERO);
const PLAN_EVERY: u64 = 25;

fn limit(seed: u64) -> (u32, Duration) {
    if seed.is_multiple_of(PLAN_EVERY) { PLAN } else { FEW }
}

/// Cores that weeks are lived on.
const CORES: usize = 2;

/// Searches and look-ups go out every other hour at least, and some of them fail; creators are asked
/// for where there are any, and in so small a world nobody may have opened a Space for days.
const OFTEN: usize = 7 * 12;
const NOW_AND_THEN: usize = 7;
const CREATORS: &str = "/2/spaces/by/creator_ids";

/// Spaces open at a time.
const SPACES: usize = 5;

/// The most Spaces that may be followed at a time: those open, and those announced long before.
const FOLLOWED_MAX: u64 = 200;

/// What is searched for, and how often at the most.
const QUERIES: [&str; 2] = ["music", "news"];
const INTERVAL: Duration = Duration::from_hours(1);

/// How often it is looked at what a search would show; so many looks in a row are more than two
/// intervals, in each of which a search may fail and wait for the next window.
const LOOK: Duration = Duration::from_mins(15);
const LOOKS: u32 = 2 * 4 + 2 + 1;

/// So many Spaces a week are found at least, on average: else nothing was tried.
const FOUND_MIN: u64 = 10;

/// Returns the Spaces that a search for one of the queries would show over two intervals on end.
fn discoverable(seed: u64) -> Vec<SpaceId> {
    let mut world = World::new(WorldSettings { spaces: SPACES, ..WorldSettings::new(seed, NOON) });
    let mut shown: BTreeMap<(&str, SpaceId), u32> = BTreeMap::new();
    let mut found = BTreeSet::new();
    let looks = WEEK.as_millis() / LOOK.as_millis();
    for look in 0..i64::try_from(looks).unwrap() {
        world.advance(NOON.plus(look * i64::try_from(LOOK.as_millis()).unwrap()));
        for query in QUERIES {
            let now: BTreeSet<SpaceId> =
                world.search(query, SearchState::All, 100).iter().map(|truth| truth.id).collect();
            shown.retain(|(of, id), _| *of != query || now.contains(id));
            for id in now {
                let times = shown.entry((query, id)).or_default();
                *times += 1;
                if *times >= LOOKS {
                    found.insert(id);
                }
            }
        }
    }
    found.into_iter().collect()
}

/// Holds that the log knows every Space that could be found; returns how many.
fn misses_nothing(log: &Log, seed: u64) -> usize {
    let spaces = discoverable(seed);
    let known = log.known(&Wanted { spaces: spaces.clone(), ..Wanted::default() }).unwrap();
    let missed: Vec<&SpaceId> = spaces.iter().filter(|id| !known.spaces.contains_key(id)).collect();
    assert!(missed.is_empty(), "seed {seed}: {missed:?} of {} are not in the log", spaces.len());
    spaces.len()
}

fn x(seed: u64, clock: &Clock) -> Arc<SimulatedX> {
    let mut world = WorldSettings::new(seed, NOON);
    world.spaces = SPACES;
    let mut settings = Settings::new(world);
    settings.limit = limit(seed).0;
    let rates = [
        (Fault::RateLimited, 0.02),
        (Fault::ServerError, 0.03),
        (Fault::Html, 0.01),
        (Fault::Truncated, 0.02),
        (Fault::WrongShape, 0.01),
        (Fault::Silence, 0.01),
    ];
    settings.faults = FaultRates::new(rates.to_vec()).unwrap();
    Arc::new(SimulatedX::new(settings, clock.clone()))
}

fn raw(reply: SimReply) -> Result<RawReply, TransportError> {
    if reply.delivery != Delivery::Whole {
        return Err(TransportError::Timeout);
    }
    let number = |name| reply.header(name).map(|value| value.parse::<i64>().unwrap());
    let count = |name| number(name).map(i64::unsigned_abs);
    Ok(RawReply {
        status: reply.status,
        limit: count("x-rate-limit-limit"),
        remaining: count("x-rate-limit-remaining"),
        reset: number("x-rate-limit-reset"),
        retry_after: None,
        date: None,
        body: reply.body,
    })
}

/// Lives a week; returns the end of its log, and how many Spaces could be found.
fn week(seed: u64) -> ((u64, [u8; 32]), usize) {
    let clock = Clock::held(NOON.to_utc());
    let x = x(seed, &clock);
    let answering: Answering = Box::new(move |target| raw(x.handle(target, Some("token"))));
    let life = Life {
        clock,
        queries: QUERIES.map(str::to_owned).into(),
        interval: INTERVAL,
        seed,
        answering,
    };
    let lived = life.live(WEEK, |_clock| {});
    assert!(lived.ended.storage.is_none() && !lived.ended.broken, "seed {seed}");
    for (path, asked) in &*lived.asked.lock().unwrap() {
        let (limit, from) = limit(seed);
        let most = most_in(asked, Settings::WINDOW, from);
        assert!(most <= limit as usize, "seed {seed}: {most} requests of {path} in a window");
        // A Space by itself is asked about only where a listing says no more of it.
        let least = match path.as_str() {
            ONE_SPACE => 0,
            CREATORS => NOW_AND_THEN,
            _ => OFTEN,
        };
        assert!(asked.len() > least, "seed {seed}: only {} requests of {path}", asked.len());
    }
    assert!(lived.following <= FOLLOWED_MAX, "seed {seed}: {} Spaces followed", lived.following);
    let segments = lived.log.reader().segments().unwrap();
    assert!(!segments.is_empty(), "seed {seed}: nothing was ever sealed");
    let found = misses_nothing(&lived.log, seed);
    (sound(&lived.log), found)
}

#[test]
fn a_week_keeps_its_budgets_and_its_log_sound_and_the_same_seed_gives_the_same_log() {
    let seeds = amounts::WEEKS.times();
    let (ends, found) = (Mutex::new(BTreeSet::new()), AtomicUsize::new(0));
    // Each core lives every other week.
    std::thread::scope(|scope| {
        for first in 0..CORES as u64 {
            let (ends, found) = (&ends, &found);
            scope.spawn(move || {
                for seed in (first..seeds).step_by(CORES) {
                    let (end, spaces) = week(seed);
                    found.fetch_add(spaces, Ordering::Relaxed);
                    let is_new = ends.lock().unwrap().insert(end);
                    assert!(is_new, "seed {seed} lived the life of another");
                    if seed < CORES as u64 {
                        assert_eq!(week(seed).0, end, "seed {seed} lived two lives");
                    }
                }
            });
        }
    });
    let found = found.into_inner() as u64;
    assert!(found >= FOUND_MIN * seeds, "only {found} Spaces could be found in {seeds} weeks");
}
