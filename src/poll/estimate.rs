//! What a watch list will ask and cost, before anything is asked: the order of asking, run for a
//! while on a made-up X that is as busy as X usually is. Pure, and the same each time.

use std::collections::BTreeMap;

use super::purse::{CREATOR_SPACES_MAX, NEWCOMERS_MAX, PEOPLE_MAX};
use super::schedule::{Next, Plan, Schedule, Sight};
use super::{IDS_MAX, Windows, endpoint_of};
use crate::config::{Creator, Watch};
use crate::space::{
    Description, Endpoint, Moment, Observation, Prices, RateLimit, Seen, SpaceId, SpaceState,
    Target, UserId,
};

/// X's windows where nobody says otherwise: so many requests …
const LIMIT: u64 = 300;
/// … in 15 minutes, of which a day has 96.
const WINDOW_MS: i64 = 900_000;
const WINDOWS_A_DAY: u64 = 96;
/// The first windows are not like those after: they are left out, and the next ones counted.
const SETTLING: i64 = 1;
const COUNTED: i64 = 2;
/// Turns of the order of asking, at most: more than every endpoint has requests.
const TURNS_MAX: u32 = 20_000;

/// What a query shows at a time, and what it first shows in a day: of a usual one.
pub const SPACES_AT_A_TIME: u64 = 20;
/// See [`SPACES_AT_A_TIME`].
pub const SPACES_A_DAY: u64 = 200;
/// People that X names with a Space, usually.
pub const PEOPLE_USUAL: u64 = 3;
/// The days of a month.
pub const DAYS_A_MONTH: u64 = 30;

/// A moment to begin at: which one does not matter.
const START: Moment = Moment(1_790_000_000_000);

/// What an endpoint, or a query, will be asked and cost. Costs are in millionths of a dollar a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Load {
    /// The endpoint.
    pub endpoint: Endpoint,
    /// The query; or what is watched there, in words.
    pub target: String,
    /// Requests in a window of 15 minutes.
    pub a_window: u64,
    /// Requests a day.
    pub a_day: u64,
    /// What it usually costs, if the people of a Space are free, and if they are not.
    pub likely: (u64, u64),
    /// What it costs if every answer is full of what was never seen.
    pub worst: u64,
    /// Days of a month on which it costs that.
    pub days: u64,
}

/// Returns so many of something in words.
fn counted(count: u64, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}

/// Returns what a watch list will ask and cost.
pub fn estimate(watch: &Watch, plan: Plan, prices: &Prices) -> Vec<Load> {
    let max_results = u64::from(plan.max_results);
    let asked = rehearse(watch, plan);
    let requests = |endpoint, query: Option<&String>| {
        let counts = asked.iter().filter(|((of, text), _)| {
            *of == endpoint && query.is_none_or(|query| text.as_ref() == Some(query))
        });
        counts.map(|(_, count)| count).sum::<u64>() / COUNTED.unsigned_abs()
    };
    let (space, user) = (prices.space_micro_usd, prices.user_micro_usd);
    let usual = |spaces: u64| (spaces * space, spaces * (space + PEOPLE_USUAL * user));
    let full = space.saturating_add(PEOPLE_MAX * user);
    let mut loads = Vec::new();
    let mut add = |endpoint, target: String, a_window: u64, likely, worst: u64| {
        let a_day = a_window * WINDOWS_A_DAY;
        // Names are asked for once, at the start.
        let days = if endpoint == Endpoint::UsersBy { 1 } else { DAYS_A_MONTH };
        loads.push(Load { endpoint, target, a_window, a_day, likely, worst, days });
    };
    for query in &watch.queries {
        let a_window = requests(Endpoint::Search, Some(query));
        let worst = (a_window * WINDOWS_A_DAY * max_results).saturating_mul(full);
        add(Endpoint::Search, query.clone(), a_window, usual(SPACES_A_DAY), worst);
    }
    let count = |of: fn(&Creator) -> bool| watch.creators.iter().filter(|it| of(it)).count() as u64;
    let names = count(|it| matches!(it, Creator::Name(_)));
    if names > 0 {
        let cost = names * user;
        add(Endpoint::UsersBy, format!("{}, once", counted(names, "name")), 0, (cost, cost), cost);
    }
    let creators = watch.creators.len() as u64;
    let found = watch.queries.len() as u64 * SPACES_AT_A_TIME;
    if creators + found > 0 {
        let a_window = requests(Endpoint::CreatorIds, None);
        let ids = (creators + found).min(IDS_MAX as u64);
        let rows = a_window * WINDOWS_A_DAY * ids * CREATOR_SPACES_MAX;
        let target = format!("{}, and hosts found", counted(creators, "creator"));
        // A creator opens a Space a day, usually; what hosts found open, searches show too.
        add(Endpoint::CreatorIds, target, a_window, usual(creators), rows.saturating_mul(full));
    }
    let spaces = watch.spaces.len() as u64;
    for endpoint in [Endpoint::Spaces, Endpoint::Space] {
        let a_window = requests(endpoint, None);
        let is_many = endpoint == Endpoint::Spaces;
        if a_window == 0 && !(is_many && spaces > 0) {
            continue;
        }
        let ids = if is_many { (spaces + found).min(IDS_MAX as u64) } else { 1 };
        let newcomers = (a_window * WINDOWS_A_DAY * ids * NEWCOMERS_MAX).saturating_mul(user);
        let new = if is_many { spaces } else { 0 };
        let target = match (is_many, spaces) {
            (true, 0) => "Spaces found".to_owned(),
            (true, _) => format!("{}, and those found", counted(spaces, "Space")),
            (false, _) => "one Space closer".to_owned(),
        };
        let worst = (new * full).saturating_add(newcomers);
        add(endpoint, target, a_window, usual(new), worst);
    }
    loads
}

/// Runs the order of asking, and returns how often each endpoint, and each query, was asked in the
/// windows that count.
fn rehearse(watch: &Watch, plan: Plan) -> BTreeMap<(Endpoint, Option<String>), u64> {
    let mut schedule = Schedule::new(plan, watch.queries.clone(), START);
    let ids = watch.creators.iter().zip(1..).map(|(creator, number)| match creator {
        Creator::Id(id) => *id,
        Creator::Name(_) => UserId(number),
    });
    schedule.watch(ids, START);
    for id in &watch.spaces {
        schedule.follow(*id, live(), START);
    }
    let mut windows = Windows::default();
    let mut asked: BTreeMap<(Endpoint, Option<String>), u64> = BTreeMap::new();
    let (from, to) =
        (START.plus(SETTLING * WINDOW_MS), START.plus((SETTLING + COUNTED) * WINDOW_MS));
    let mut sent: BTreeMap<(Endpoint, i64), u64> = BTreeMap::new();
    let mut now = START;
    for _turn in 0..TURNS_MAX {
        let target = match schedule.next(now, &windows) {
            Next::Ask { target, .. } => target,
            Next::Wait(at) => {
                now = at.max(now.plus(1));
                continue;
            }
            Next::Idle => break,
        };
        if now >= to {
            break;
        }
        let endpoint = endpoint_of(&target);
        let query = match &target {
            Target::Query { text, .. } => Some(text.clone()),
            _ => None,
        };
        if now >= from {
            *asked.entry((endpoint, query)).or_default() += 1;
        }
        let window = now.since(START).div_euclid(WINDOW_MS);
        let in_window = sent.entry((endpoint, window)).or_default();
        *in_window += 1;
        let rate = RateLimit {
            limit: LIMIT,
            remaining: LIMIT.saturating_sub(*in_window),
            reset: START.plus((window + 1) * WINDOW_MS),
        };
        schedule.asked(&target, now);
        windows.of_mut(endpoint).sent(now);
        windows.of_mut(endpoint).observe(now, Some(rate));
        let seen = show(watch, &target);
        let learned = schedule.answered(&target, &seen, now);
        // Nothing here is cut, or spam; and everything goes on as it is.
        debug_assert!(learned.cut.is_none(), "{learned:?}");
        for it in &seen.spaces {
            schedule.follow(it.id, live(), now);
        }
    }
    asked
}

/// Returns what the made-up X shows: each query its own Spaces, on air for ever.
fn show(watch: &Watch, target: &Target) -> Seen {
    let place = |text: &str| watch.queries.iter().position(|query| query == text);
    let spaces = match target {
        Target::Query { text, max_results, .. } => {
            let query = place(text).unwrap_or_default() as u64;
            // One row less than were asked for: a full answer would be taken for a cut one.
            let rows = SPACES_AT_A_TIME.min(u64::from(*max_results).saturating_sub(1));
            (0..rows).filter_map(|row| made_up(query * SPACES_AT_A_TIME + row)).collect()
        }
        Target::Spaces(ids) => ids.iter().map(|id| on_air(*id, None)).collect(),
        Target::Space(id) => vec![on_air(*id, None)],
        Target::Creators(_)
        | Target::Usernames(_)
        | Target::Buyers { .. }
        | Target::Posts { .. } => Vec::new(),
    };
    Seen { spaces, ..Seen::default() }
}

/// Returns a made-up Space of a made-up host.
fn made_up(number: u64) -> Option<Observation> {
    let id: SpaceId = format!("z{number}").parse().ok()?;
    // Far from the numbers that stand for names.
    Some(on_air(id, Some(UserId(u64::MAX - number))))
}

fn on_air(id: SpaceId, creator: Option<UserId>) -> Observation {
    Observation {
        id,
        state: Some(SpaceState::Live),
        participants: Some(30),
        subscribers: None,
        speakers: None,
        description: Description { creator, ..Description::default() },
    }
}

fn live() -> Sight {
    Sight {
        state: Some(SpaceState::Live),
        scheduled_start: None,
        open: true,
        billed_day: Some(START.day()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> Plan {
        Plan { interval_ms: 3_000, max_results: 100, once: false }
    }

    #[test]
    fn no_endpoint_is_meant_to_be_asked_more_often_than_x_allows() {
        let queries: Vec<String> = (0..7).map(|it| it.to_string()).collect();
        let spaces = vec!["1one".parse().unwrap()];
        let creators = vec![Creator::Id(UserId(7)), Creator::Name("nasa".to_owned())];
        let watch = Watch { queries, creators, spaces };
        let loads = estimate(&watch, plan(), &Prices::default());
        let mut by_endpoint: BTreeMap<Endpoint, u64> = BTreeMap::new();
        for load in &loads {
            *by_endpoint.entry(load.endpoint).or_default() += load.a_window;
            assert!(load.likely.0 <= load.likely.1 && load.likely.1 <= load.worst, "{load:?}");
        }
        assert!(by_endpoint.values().all(|count| *count <= LIMIT), "{by_endpoint:?}");
        assert!(by_endpoint[&Endpoint::Search] > LIMIT / 2, "{by_endpoint:?}");
        assert!(by_endpoint[&Endpoint::Spaces] > LIMIT / 2, "{by_endpoint:?}");
    }

    #[test]
    fn a_long_interval_makes_fewer_searches() {
        let watch = Watch { queries: vec!["wind".to_owned()], ..Watch::default() };
        let slow = Plan { interval_ms: 300_000, ..plan() };
        let loads = estimate(&watch, slow, &Prices::default());
        assert_eq!(loads[0].a_window, 3);
        assert_eq!(loads[0].likely, (1_000_000, 7_000_000));
    }
}
