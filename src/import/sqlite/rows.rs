//! Rows as batches: of each the poll that it must have come from, and what that showed.

use rusqlite::types::{FromSql, ValueRef};
use serde_json::Value as Json;

use super::{BadRow, Tables};
use crate::decide::{Rules, Source, decide, salts_needed};
use crate::event::codec;
use crate::event::{Batch, Event, Gap, GapCause, MonitorId, PollId};
use crate::log::Adopted;
use crate::log::entropy::Entropy;
use crate::space::{
    Answer, Asked, Counts, Description, Endpoint, Moment, Observation, Outcome, Person, Prices,
    SearchState, Seen, SpaceId, SpaceState, Target, TopicId, UserId,
};

/// Whose the polls are: of no monitor of ours.
const MONITOR: MonitorId = MonitorId(0);

/// The label under which they are recorded.
const CREDENTIAL: &str = "import";

type Read<T> = Result<T, BadRow>;

/// One way of reading a table: in which order, and each of its rows.
#[derive(Clone, Copy)]
pub(super) struct Reading {
    pub table: &'static str,
    pub order: &'static str,
    pub read: fn(&Tables, i64) -> Read<Adopted>,
}

pub(super) const READINGS: [Reading; 4] = [
    Reading { table: "search_runs", order: "SELECT ran_at, rowid FROM search_runs", read: search },
    Reading {
        table: "spaces",
        // One that was seen once is told of once, below.
        order: "SELECT first_seen, rowid FROM spaces WHERE first_seen <> last_updated",
        read: first_look,
    },
    Reading { table: "spaces", order: "SELECT last_updated, rowid FROM spaces", read: last_look },
    Reading {
        table: "participants",
        order: "SELECT scraped_at, rowid FROM participants",
        read: buyer,
    },
];

/// Reads a time: as `SQLite` writes it, in UTC, or as X does.
pub(super) fn moment(value: ValueRef) -> Option<Moment> {
    let text = value.as_str().ok()?;
    Moment::parse(text).or_else(|| Moment::parse(&format!("{}Z", text.replacen(' ', "T", 1))))
}

/// What a row shows of one poll.
struct Polled {
    endpoint: Endpoint,
    target: Target,
    at: Moment,
    seen: Seen,
    /// What makes it this row and no other.
    content: String,
}

impl Polled {
    /// Returns it as a batch; `more` is what else there is to tell.
    fn batch(self, now: Moment, more: impl FnOnce(&mut Vec<Event>)) -> Read<Adopted> {
        let Self { endpoint, target, at, seen, content } = self;
        let id = PollId::of_import(endpoint, at, content.as_bytes());
        let asked = Asked {
            endpoint,
            target,
            sent_at: None,
            observed_at: at,
            credential: CREDENTIAL.to_owned(),
            holding_ms: None,
            repeats: 0,
        };
        let answer = Answer { asked, outcome: Outcome::Seen(seen) };
        let rules = Rules { monitor: MONITOR, prices: Prices::default() };
        let salts = Entropy::System.salts(salts_needed(&answer));
        let salts =
            salts.map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
        let known = crate::event::Known::default();
        let new = decide(&rules, known, &answer, Source::Imported(id), salts).batch;
        let mut events = new.events;
        more(&mut events);
        let rows = new.texts.iter().map(|text| {
            (text.reference, codec::encode_text_row(text.owner, &text.salt, &text.text))
        });
        let rows = rows.collect();
        let texts = new.texts.into_iter().map(|text| (text.reference, text.text)).collect();
        let batch = Batch {
            first_seq: 1,
            monitor: MONITOR,
            poll_id: Some(id),
            observed_at: at,
            recorded_at: now,
            events,
            texts,
            chain: [0; 32],
        };
        Ok(Adopted { batch, texts: rows })
    }
}

/// A row of a table, its columns by name.
struct Row<'a>(&'a rusqlite::Row<'a>);

impl Row<'_> {
    /// Reads a column that may be null.
    fn maybe<T: FromSql>(&self, column: &'static str) -> Read<Option<T>> {
        self.0.get(column).map_err(|_| BadRow::Column(column))
    }

    fn parsed<T: std::str::FromStr>(&self, column: &'static str) -> Read<Option<T>> {
        let text: Option<String> = self.maybe(column)?;
        text.map(|text| text.parse().map_err(|_| BadRow::Column(column))).transpose()
    }

    fn must<T: std::str::FromStr>(&self, column: &'static str) -> Read<T> {
        self.parsed(column)?.ok_or(BadRow::Column(column))
    }

    fn count(&self, column: &'static str) -> Read<Option<u64>> {
        let count: Option<i64> = self.maybe(column)?;
        count.map(|it| u64::try_from(it).map_err(|_| BadRow::Column(column))).transpose()
    }

    /// Reads a yes; a no may stand for what X never said.
    fn yes(&self, column: &'static str) -> Read<Option<bool>> {
        Ok(self.maybe::<i64>(column)?.filter(|it| *it != 0).map(|_| true))
    }

    fn at(&self, column: &'static str) -> Read<Option<Moment>> {
        let value = self.0.get_ref(column)?;
        if value == ValueRef::Null {
            return Ok(None);
        }
        moment(value).map(Some).ok_or(BadRow::Column(column))
    }

    fn time(&self, column: &'static str) -> Read<Moment> {
        self.at(column)?.ok_or(BadRow::Column(column))
    }

    /// Reads an array of JSON; what is none holds nothing.
    fn array(&self, column: &'static str) -> Read<Vec<Json>> {
        let text: Option<String> = self.maybe(column)?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
    }
}

fn one<T>(tables: &Tables, sql: &str, number: i64, read: impl FnOnce(&Row) -> Read<T>) -> Read<T> {
    let mut select = tables.connection.prepare_cached(sql)?;
    let mut rows = select.query([number])?;
    let row = rows.next()?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
    read(&Row(row))
}

fn search(tables: &Tables, number: i64) -> Read<Adopted> {
    one(tables, "SELECT * FROM search_runs WHERE rowid = ?1", number, |row| {
        let text: String = row.must("query")?;
        let (at, returned) = (row.time("ran_at")?, row.count("spaces_found")?.unwrap_or_default());
        let content = format!("search_runs {number} {text} {returned}");
        let target = Target::Query { text, state: SearchState::All, max_results: 100 };
        let polled =
            Polled { endpoint: Endpoint::Search, target, at, seen: Seen::default(), content };
        polled.batch(tables.now, |events| {
            if let Some(Event::PollSucceeded(poll)) = events.first_mut() {
                poll.returned = u32::try_from(returned).unwrap_or(u32::MAX);
            }
        })
    })
}

const SPACE: &str = "SELECT * FROM spaces WHERE rowid = ?1";

/// Returns that a Space was found: what stood in its row from then on, without what was written
/// over.
fn first_look(tables: &Tables, number: i64) -> Read<Adopted> {
    one(tables, SPACE, number, |row| {
        let (mut seen, id) = space(row)?;
        for observed in &mut seen.spaces {
            (observed.state, observed.participants, observed.subscribers) = (None, None, None);
            observed.description.ended_at = None;
        }
        let content = format!("spaces first {id}");
        found(seen, row.time("first_seen")?, content).batch(tables.now, |_events| {})
    })
}

/// Returns a Space as it was last seen, and that nothing is known since it was first.
fn last_look(tables: &Tables, number: i64) -> Read<Adopted> {
    one(tables, SPACE, number, |row| {
        let (mut seen, id) = space(row)?;
        let (from, to) = (row.time("first_seen")?, row.time("last_updated")?);
        let mut content = format!("spaces last {id}");
        for observed in &mut seen.spaces {
            content = format!("{content} {:?} {:?}", observed.state, observed.participants);
            // Who spoke was written down once.
            observed.speakers = observed.speakers.take().filter(|_| from == to);
        }
        found(seen, to, content).batch(tables.now, |events| {
            if from < to {
                let cause = GapCause::NotRecorded;
                events.push(Event::Gap(Gap { space: Some(id), endpoint: None, from, to, cause }));
            }
        })
    })
}

fn found(seen: Seen, at: Moment, content: String) -> Polled {
    // In the answer to which of the searches it stood, nobody wrote down.
    let target = Target::Query { text: String::new(), state: SearchState::All, max_results: 100 };
    Polled { endpoint: Endpoint::Search, target, at, seen, content }
}

fn space(row: &Row) -> Read<(Seen, SpaceId)> {
    let id: SpaceId = row.must("id")?;
    let host: Option<UserId> = row.parsed("host_id")?;
    let speakers: Vec<Person> = row.array("speakers")?.iter().filter_map(person).collect();
    let topics = row.array("topic_ids")?;
    let topics: Vec<TopicId> = topics.iter().filter_map(|id| TopicId::new(id.as_str()?)).collect();
    let state: Option<String> = row.maybe("state")?;
    let mut users: Vec<Person> = Vec::new();
    if let Some(host) = host {
        users.push(Person {
            id: host,
            username: row.maybe("host_username")?,
            name: row.maybe("host_name")?,
            verified: row.yes("host_verified")?,
            counts: Counts { followers: row.count("host_followers")?, ..Counts::default() },
            ..Person::default()
        });
    }
    let mut ids: Vec<UserId> = speakers.iter().map(|person| person.id).collect();
    ids.sort_unstable();
    ids.dedup();
    users.extend(speakers.into_iter().filter(|person| Some(person.id) != host));
    let observed = Observation {
        id,
        state: state.map(|word| SpaceState::from_word(&word)),
        participants: row.count("participant_count")?,
        subscribers: row.count("subscriber_count")?,
        speakers: Some(ids).filter(|ids| !ids.is_empty()),
        description: Description {
            title: row.maybe("title")?,
            hosts: host.map(|host| vec![host]),
            topics: Some(topics).filter(|topics| !topics.is_empty()),
            lang: row.maybe("lang")?,
            is_ticketed: row.yes("is_ticketed")?,
            created_at: row.at("created_at")?,
            scheduled_start: row.at("scheduled_start")?,
            started_at: row.at("started_at")?,
            ended_at: row.at("ended_at")?,
            ..Description::default()
        },
    };
    Ok((Seen { spaces: vec![observed], users, ..Seen::default() }, id))
}

fn person(it: &Json) -> Option<Person> {
    Some(Person {
        id: it["id"].as_str()?.parse().ok()?,
        username: it["username"].as_str().map(ToOwned::to_owned),
        counts: Counts { followers: it["followers"].as_u64(), ..Counts::default() },
        ..Person::default()
    })
}

fn buyer(tables: &Tables, number: i64) -> Read<Adopted> {
    one(tables, "SELECT * FROM participants WHERE rowid = ?1", number, |row| {
        let space: SpaceId = row.must("space_id")?;
        let person = Person {
            id: row.must("user_id")?,
            username: row.maybe("username")?,
            name: row.maybe("name")?,
            counts: Counts { followers: row.count("followers")?, ..Counts::default() },
            ..Person::default()
        };
        let content = format!("participants {space} {}", person.id);
        // Whether others bought one too, one row does not say.
        let next_page = Some(String::new());
        let seen = Seen { users: vec![person], next_page, ..Seen::default() };
        let target = Target::Buyers { space, page: None };
        let at = row.time("scraped_at")?;
        Polled { endpoint: Endpoint::Buyers, target, at, seen, content }
            .batch(tables.now, |_events| {})
    })
}
