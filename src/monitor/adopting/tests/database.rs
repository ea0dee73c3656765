//! A log as a database, and a log of that database: what the tables hold comes back.
//!
//! What they cannot hold is lost: all looks but each Space's first and last, whatever X said in
//! between; hosts beyond the first, the names of topics, a no (which there may stand for what X
//! never said), milliseconds; and in which search a Space was found.

use std::collections::BTreeSet;
use std::path::Path;

use rusqlite::Connection;
use rusqlite::types::Value as Cell;

use super::*;
use crate::export::Database;
use crate::import::{Merge, Tables};
use crate::question::SpaceSort;
use crate::space::{
    Answer, Asked, Counts, Description, Endpoint, Observation, Outcome, Person, SearchState, Seen,
    SpaceState, Target, TopicId, UserId,
};

/// What of a Space's row comes back as it was.
const SPACES: &str = "SELECT id, title, state, lang, NULLIF(is_ticketed, 0), participant_count,
    subscriber_count, NULLIF(topic_ids, '[]'), created_at, started_at, ended_at, scheduled_start, host_id,
    host_username, host_name, host_followers, NULLIF(host_verified, 0), keywords, first_seen,
    last_updated FROM spaces ORDER BY id";

/// Searches; those without a text stand for the one in which a Space was found.
const SEARCHES: &str = "SELECT query, spaces_found, ran_at FROM search_runs WHERE query <> ''
    ORDER BY ran_at, query, spaces_found";

const BUYERS: &str = "SELECT space_id, user_id, username, name, followers, scraped_at
    FROM participants ORDER BY space_id, user_id";

/// Writes a log as a database, with what `export sqlite` puts into it.
fn written(log: &Log, path: &Path) {
    let mut database = Database::begin(path).unwrap();
    asked(log, |desk| {
        each_page(desk, |page| database.events(page).unwrap());
        let (sort, limit) = (SpaceSort::Started, 0);
        let (state, host, keyword, min_participants) = (None, None, None, None);
        let question = Question::Spaces { state, host, keyword, min_participants, sort, limit };
        database.spaces(&desk.ask(&question).unwrap()).unwrap();
    });
    database.finish().unwrap();
}

/// Takes a database into a log; returns how many batches were new.
fn taken(log: Log, path: &Path) -> (Log, u64) {
    let sources = Tables::open(path, Moment(0)).unwrap().sources().unwrap();
    let rows: Vec<_> = Merge::new(sources).map(|row| row.unwrap()).collect();
    let rules = Rules { monitor: log.header().monitor, prices: Prices::default() };
    let (clock, patience) = (Clock::real(), CancellationToken::new());
    patience.cancel();
    let mut appender = Appender::new(log, rules, clock, Talk::new(true), patience);
    let new = appender.adopt(&rows).unwrap().0;
    (appender.into_log(), new)
}

fn rows(path: &Path, sql: &str) -> Vec<Vec<Cell>> {
    let connection = Connection::open(path).unwrap();
    let mut select = connection.prepare(sql).unwrap();
    let columns = select.column_count();
    let rows = select.query_map([], |row| (0..columns).map(|at| row.get(at)).collect()).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

fn maybe<T: Clone + std::fmt::Debug>(
    value: impl Strategy<Value = T>,
) -> impl Strategy<Value = Option<T>> {
    prop::option::of(value)
}

fn moment() -> impl Strategy<Value = Moment> {
    (1_700_000_000_000_i64..1_800_000_000_000).prop_map(Moment)
}

fn id(number: u64) -> SpaceId {
    format!("1YqKDqWqdPL{number:02}").parse().unwrap()
}

fn user() -> impl Strategy<Value = UserId> {
    (1_u64..6).prop_map(UserId)
}

fn person() -> impl Strategy<Value = Person> {
    let counts =
        maybe(0_u64..9_000).prop_map(|followers| Counts { followers, ..Counts::default() });
    (user(), maybe("[a-z]{1,9}"), maybe(any_text()), maybe(any::<bool>()), counts).prop_map(
        |(id, username, name, verified, counts)| Person {
            id,
            username,
            name,
            verified,
            counts,
            ..Person::default()
        },
    )
}

fn state() -> impl Strategy<Value = SpaceState> {
    prop::sample::select(vec![
        SpaceState::Live,
        SpaceState::Scheduled,
        SpaceState::Ended,
        SpaceState::Other("TimedOut".to_owned()),
    ])
}

fn description() -> impl Strategy<Value = Description> {
    let topics = prop::collection::vec(0_u64..99, 0..3).prop_map(|ids| {
        ids.into_iter().filter_map(|id| TopicId::new(&id.to_string())).collect::<Vec<_>>()
    });
    let hosts = prop::collection::vec(user(), 1..3);
    let times = (maybe(moment()), maybe(moment()), maybe(moment()), maybe(moment()));
    let said = (maybe(any_text()), maybe(hosts), maybe(topics), maybe("[a-z]{2}"));
    (said, maybe(any::<bool>()), times).prop_map(
        |((title, hosts, topics, lang), is_ticketed, times)| {
            let (created_at, scheduled_start, started_at, ended_at) = times;
            Description {
                title,
                hosts,
                topics,
                lang,
                is_ticketed,
                created_at,
                scheduled_start,
                started_at,
                ended_at,
                ..Description::default()
            }
        },
    )
}

fn observation() -> impl Strategy<Value = Observation> {
    let speakers = maybe(prop::collection::btree_set(user(), 0..3));
    let counts = (maybe(0_u64..900), maybe(0_u64..900));
    (0_u64..4, maybe(state()), counts, speakers, description()).prop_map(
        |(number, state, (participants, subscribers), speakers, description)| {
            let speakers = speakers.map(|it| it.into_iter().collect());
            Observation { id: id(number), state, participants, subscribers, speakers, description }
        },
    )
}

/// What comes back of a request: of a search, of look-ups, of who bought a ticket.
fn answer() -> impl Strategy<Value = (u64, Endpoint, Seen)> {
    let endpoint = prop::sample::select(vec![Endpoint::Search, Endpoint::Spaces, Endpoint::Buyers]);
    let spaces = prop::collection::vec(observation(), 0..4);
    let users = prop::collection::vec(person(), 0..4);
    (1_u64..900_000, endpoint, spaces, users).prop_map(
        |(pause, endpoint, mut spaces, mut users)| {
            spaces.sort_by_key(|it| it.id);
            spaces.dedup_by_key(|it| it.id);
            users.sort_by_key(|it| it.id);
            users.dedup_by_key(|it| it.id);
            if endpoint == Endpoint::Buyers {
                spaces.clear();
            }
            (pause, endpoint, Seen { status: Some(200), spaces, users, ..Seen::default() })
        },
    )
}

/// A log of these answers, one after the other. X dates an end only of what has ended, and nothing
/// goes on after that.
fn of(answers: Vec<(u64, Endpoint, Seen)>) -> Log {
    let (mut log, mut now) = (Log::in_memory(), Moment(1_790_000_000_000));
    let mut over = BTreeSet::new();
    for (pause, endpoint, mut seen) in answers {
        for it in &mut seen.spaces {
            if over.contains(&it.id) {
                it.state = Some(SpaceState::Ended);
            } else if it.state != Some(SpaceState::Ended) {
                it.description.ended_at = None;
            } else if it.description.ended_at.is_some() {
                over.insert(it.id);
            }
        }
        now = now.plus(i64::try_from(pause).unwrap());
        let (text, state) = ("climate".to_owned(), SearchState::All);
        let target = match endpoint {
            Endpoint::Search => Target::Query { text, state, max_results: 100 },
            Endpoint::Buyers => Target::Buyers { space: id(0), page: None },
            _ => Target::Spaces((0..4).map(id).collect()),
        };
        let asked = Asked {
            endpoint,
            target,
            sent_at: None,
            repeats: 0,
            observed_at: now,
            credential: "default".to_owned(),
            holding_ms: None,
        };
        let new = decided(&mut log, &Answer { asked, outcome: Outcome::Seen(seen) });
        log.append(&new, now).unwrap();
    }
    log
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None, cases: 64, ..ProptestConfig::default()
    })]

    #[test]
    fn what_the_tables_hold_of_any_log_comes_back_from_its_database(
        answers in prop::collection::vec(answer(), 1..9),
    ) {
        let home = tempfile::tempdir().unwrap();
        let (first, second) = (home.path().join("first"), home.path().join("second"));
        written(&of(answers), &first);
        let (log, _new) = taken(Log::in_memory(), &first);
        written(&log, &second);
        for sql in [SPACES, SEARCHES, BUYERS] {
            prop_assert_eq!(rows(&second, sql), rows(&first, sql));
        }
        let head = log.head();
        let (again, new) = taken(log, &first);
        prop_assert_eq!((new, again.head()), (0, head), "what is in already changes nothing");
    }
}
