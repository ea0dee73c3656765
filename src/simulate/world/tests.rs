//! What the moving population promises.

use super::*;
use crate::space::SpaceState;

const EPOCH: Moment = Moment(1_790_000_000_000);
const HOUR: i64 = 60 * MINUTE;

fn world(seed: u64) -> World {
    World::new(WorldSettings::new(seed, EPOCH))
}

/// Everything that can be seen of a world, in one text.
fn picture(world: &World) -> Vec<String> {
    let at = world.reached();
    let seen = world.spaces().filter(|truth| truth.state(at).is_some());
    seen.map(|truth| format!("{truth:?} {}", truth.participants(at))).collect()
}

#[test]
fn the_same_seed_gives_the_same_world_whatever_the_steps() {
    let (mut leaping, mut walking) = (world(5), world(5));
    let end = EPOCH.plus(5 * HOUR);
    leaping.advance(end);
    for step in 0..=500 {
        walking.advance(EPOCH.plus(step * 36_000));
    }
    assert_eq!(picture(&leaping), picture(&walking));
    assert_ne!(picture(&leaping), picture(&world(6)));
}

#[test]
fn a_world_is_in_full_swing_at_its_epoch_and_stays_so() {
    let mut world = world(1);
    for hour in [0, 1, 5, 30, 24 * 40] {
        let at = EPOCH.plus(hour * HOUR);
        world.advance(at);
        let count = |state: &SpaceState| {
            world.spaces().filter(|t| t.state(at).as_ref() == Some(state)).count()
        };
        let (live, scheduled) = (count(&SpaceState::Live), count(&SpaceState::Scheduled));
        assert!((70..190).contains(&live), "hour {hour}: {live} live");
        assert!((35..140).contains(&scheduled), "hour {hour}: {scheduled} scheduled");
        let old = |t: &&Truth| t.course.started_at.is_some_and(|start| at.since(start) > 2 * HOUR);
        assert!(world.spaces().filter(old).count() > 10, "hour {hour}");
        assert!(world.spaces().count() < 6_000);
    }
}

#[test]
fn several_spaces_start_and_end_within_forty_minutes() {
    let mut world = world(2);
    let end = EPOCH.plus(40 * MINUTE);
    world.advance(end);
    let within = |moment: Option<Moment>| moment.is_some_and(|m| (EPOCH..end).contains(&m));
    let earnest = || world.spaces().filter(|truth| !truth.is_spam);
    assert!(earnest().filter(|truth| within(truth.course.started_at)).count() >= 10);
    assert!(earnest().filter(|truth| within(truth.course.ended_at)).count() >= 10);
}

#[test]
fn common_queries_find_several_spaces_and_unknown_words_none() {
    let mut world = world(3);
    for hour in [0, 3, 9, 20] {
        world.advance(EPOCH.plus(hour * HOUR));
        for query in ["climate", "AI regulation", "music", "news", "crypto", "MUSIC"] {
            let found = world.search(query, SearchState::All, 100);
            assert!(found.len() >= 3, "hour {hour}, `{query}`: {}", found.len());
        }
        assert!(world.search("zyzzyva", SearchState::All, 100).is_empty());
    }
}

#[test]
fn search_shows_live_before_scheduled_and_nothing_that_is_over() {
    let mut world = world(4);
    for step in 0..60 {
        world.advance(EPOCH.plus(step * 7 * MINUTE));
        let found = world.search("news music crypto", SearchState::All, 100);
        let states: Vec<_> = found.iter().map(|t| t.state(world.reached()).unwrap()).collect();
        assert!(states.is_sorted_by_key(|state| *state != SpaceState::Live));
        assert!(states.iter().all(|s| matches!(s, SpaceState::Live | SpaceState::Scheduled)));
        let live = world.search("news music crypto", SearchState::Live, 2);
        assert!(live.len() <= 2 && live.iter().all(|t| t.participants(world.reached()) < 400_000));
    }
}

#[test]
fn a_space_that_is_over_is_looked_up_as_ended_or_has_vanished() {
    let mut world = world(7);
    world.advance(EPOCH.plus(10 * HOUR));
    let at = world.reached();
    let over: Vec<&Truth> = world.spaces().filter(|t| t.course.ended_at <= Some(at)).collect();
    let over: Vec<&Truth> = over.into_iter().filter(|t| t.course.ended_at.is_some()).collect();
    let gone = over.iter().filter(|t| world.look_up(t.id).is_none()).count();
    assert!((over.len() / 25..over.len() / 6).contains(&gone), "{gone} of {}", over.len());
    let ended = |t: &&&Truth| t.state(at) == Some(SpaceState::Ended);
    assert_eq!(over.iter().filter(ended).count(), over.len() - gone);
}

#[test]
fn ids_look_like_those_of_x_and_titles_come_in_many_scripts() {
    let world = world(8);
    let plain = |id: &str| id.starts_with('1') && id[1..].bytes().all(|b| b.is_ascii_alphabetic());
    assert!(world.spaces().all(|t| t.id.as_str().len() == 13 && plain(t.id.as_str())));
    for lang in ["en", "ar", "ja", "tr", "pt", "es"] {
        assert!(world.spaces().any(|truth| truth.lang == lang), "{lang}");
    }
    assert!(world.spaces().any(|truth| truth.title.is_none() && truth.audience.live(60_000) > 0));
    assert!(world.spaces().any(|truth| truth.hosts.len() == 3));
}

#[test]
fn spam_comes_in_bursts_by_different_people_under_one_title() {
    let world = world(9);
    let mut bursts: BTreeMap<(&str, i64), Vec<&Truth>> = BTreeMap::new();
    for truth in world.spaces().filter(|truth| truth.is_spam) {
        let key = (truth.title.as_deref().unwrap(), truth.course.created_at.0 / (10 * MINUTE));
        bursts.entry(key).or_default().push(truth);
    }
    assert!(bursts.values().any(|burst| burst.len() >= 5));
    for truth in bursts.values().flatten() {
        assert!(truth.course.duration_ms() <= 6 * MINUTE);
        assert_eq!(truth.participants(truth.course.created_at.plus(MINUTE)), 0);
    }
    let creators: std::collections::BTreeSet<_> =
        bursts.values().flatten().map(|truth| truth.creator()).collect();
    assert_eq!(creators.len(), bursts.values().map(Vec::len).sum::<usize>());
}

#[test]
fn audiences_are_small_with_a_heavy_tail() {
    let mut world = world(10);
    world.advance(EPOCH.plus(12 * HOUR));
    let earnest = world.spaces().filter(|t| !t.is_spam && t.course.started_at.is_some());
    let mut peaks: Vec<u64> =
        earnest.map(|truth| truth.audience.live(truth.audience.peak_ms())).collect();
    peaks.sort_unstable();
    let (middle, top) = (peaks[peaks.len() / 2], peaks[peaks.len() - 1]);
    assert!((5..=13).contains(&middle) && top > 1_000, "{middle} {top}");
}

#[test]
fn speakers_come_over_time_and_sometimes_go() {
    let mut world = world(11);
    world.advance(EPOCH.plus(6 * HOUR));
    let (mut grew, mut shrank) = (0, 0);
    for truth in world.spaces().filter(|truth| truth.course.duration_ms() > HOUR) {
        let start = truth.course.started_at.unwrap();
        let early = truth.speakers(start.plus(10 * MINUTE)).len();
        let late = truth.speakers(start.plus(55 * MINUTE)).len();
        grew += usize::from(late > early);
        shrank += usize::from(late < early);
    }
    assert!(grew > 50 && shrank > 3, "{grew} {shrank}");
}
