//! A scripted X: Spaces as a test puts them, found by search or not, and what it told of them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::{Value, json};

use super::server::{Reply, Request, Server};

/// The path of searches.
pub const SEARCH: &str = "/2/spaces/search";

/// The path of look-ups by id.
pub const LOOK_UP: &str = "/2/spaces";

/// The path of looks at creators.
pub const CREATORS: &str = "/2/spaces/by/creator_ids";

/// The path where names are resolved.
pub const USERS: &str = "/2/users/by";

/// What X said of a Space in one answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// At which path.
    pub path: String,
    /// Of which Space.
    pub id: String,
    /// Its state.
    pub state: String,
    /// Its count, if one was said.
    pub participants: Option<u64>,
}

#[derive(Default)]
struct Scene {
    spaces: BTreeMap<String, Value>,
    found: BTreeSet<String>,
    courses: BTreeMap<String, VecDeque<Value>>,
    people: Vec<Value>,
    faults: BTreeMap<String, Reply>,
    told: Vec<Told>,
    asked: BTreeMap<String, u32>,
    numbered: bool,
    answers: u64,
    authorization: Option<String>,
}

/// A running scripted X.
pub struct X {
    server: Server,
    scene: Arc<Mutex<Scene>>,
}

impl X {
    /// Starts one without Spaces.
    pub fn new() -> Self {
        let scene: Arc<Mutex<Scene>> = Arc::default();
        let played = scene.clone();
        let server = Server::start(move |request| played.lock().unwrap().answer(request));
        Self { server, scene }
    }

    /// Returns its origin.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// Puts a Space there, or in the place of what it was.
    pub fn put(&self, space: Value) {
        let id = space["id"].as_str().unwrap().to_owned();
        self.scene().spaces.insert(id, space);
    }

    /// Tells of somebody beside the host with every Space.
    pub fn introduce(&self, user: Value) {
        self.scene().people.push(user);
    }

    /// Lets searches find a Space.
    pub fn find(&self, id: &str) {
        self.scene().found.insert(id.to_owned());
    }

    /// Lets searches find nothing.
    pub fn find_nothing(&self) {
        self.scene().found.clear();
    }

    /// Takes a Space away: look-ups say that it is not found.
    pub fn remove(&self, id: &str) {
        let mut scene = self.scene();
        scene.spaces.remove(id);
        scene.found.remove(id);
    }

    /// Says what the next look-ups of a Space see, one after the other; the last one stays.
    pub fn course(&self, id: &str, steps: Vec<Value>) {
        self.scene().courses.insert(id.to_owned(), steps.into());
    }

    /// Answers every request to a path like this, until it is well again.
    pub fn fail(&self, path: &str, reply: Reply) {
        self.scene().faults.insert(path.to_owned(), reply);
    }

    /// Answers as it should.
    pub fn be_well(&self) {
        self.scene().faults.clear();
    }

    /// From now on the count in every answer is the answer's number.
    pub fn number_answers(&self) {
        self.scene().numbered = true;
    }

    /// Returns what was said of a Space, in order.
    pub fn told(&self, id: &str) -> Vec<Told> {
        self.scene().told.iter().filter(|told| told.id == id).cloned().collect()
    }

    /// Returns how often a path was asked.
    pub fn asked(&self, path: &str) -> u32 {
        self.scene().asked.get(path).copied().unwrap_or(0)
    }

    /// Returns the `Authorization` of the last request.
    pub fn authorization(&self) -> Option<String> {
        self.scene().authorization.clone()
    }

    fn scene(&self) -> MutexGuard<'_, Scene> {
        self.scene.lock().unwrap()
    }
}

impl Scene {
    fn answer(&mut self, request: &Request) -> Reply {
        *self.asked.entry(request.path.clone()).or_default() += 1;
        self.authorization.clone_from(&request.authorization);
        if let Some(reply) = self.faults.get(&request.path) {
            return reply.clone();
        }
        self.answers += 1;
        let (mut data, mut errors) = (Vec::new(), Vec::new());
        match request.path.as_str() {
            USERS => return users(&request.list("usernames")),
            SEARCH | CREATORS => {
                data.extend(self.found.iter().filter_map(|id| self.spaces.get(id)).cloned());
            }
            LOOK_UP => {
                for id in request.list("ids") {
                    self.step(&id);
                    match self.spaces.get(&id) {
                        Some(space) => data.push(space.clone()),
                        None => errors.push(not_found(&id)),
                    }
                }
            }
            _ => {}
        }
        for row in &mut data {
            if self.numbered {
                row["participant_count"] = self.answers.into();
            }
            self.told.push(Told {
                path: request.path.clone(),
                id: row["id"].as_str().unwrap().to_owned(),
                state: row["state"].as_str().unwrap_or_default().to_owned(),
                participants: row["participant_count"].as_u64(),
            });
        }
        let mut body = json!({"meta": {"result_count": data.len()}});
        if !data.is_empty() {
            body["data"] = data.into();
            let mut users = vec![host()];
            users.extend(self.people.iter().cloned());
            body["includes"] = json!({"users": users});
        }
        if !errors.is_empty() {
            body["errors"] = errors.into();
        }
        Reply::new(200, body.to_string()).with_window(14_000, 900)
    }

    fn step(&mut self, id: &str) {
        if let Some(next) = self.courses.get_mut(id).and_then(VecDeque::pop_front) {
            self.spaces.insert(id.to_owned(), next);
        }
    }
}

/// Answers who these names are: one of them is the host, nobody has the others.
fn users(names: &[String]) -> Reply {
    let (known, unknown): (Vec<_>, Vec<_>) = names.iter().partition(|name| *name == "coastwatch");
    let mut body = json!({"data": known.iter().map(|_| host()).collect::<Vec<_>>()});
    if !unknown.is_empty() {
        body["errors"] = unknown.iter().map(|name| not_found(name)).collect();
    }
    Reply::new(200, body.to_string()).with_window(14_000, 900)
}

/// Returns a Space in a state, with a count or without one.
pub fn space(id: &str, state: &str, participants: Option<u64>) -> Value {
    let mut space = json!({"id": id, "state": state, "title": "Voices of the coast",
        "creator_id": "12", "host_ids": ["12"], "lang": "en", "is_ticketed": false,
        "created_at": "2026-11-23T17:00:00.000Z"});
    if state != "scheduled" {
        space["started_at"] = "2026-11-23T18:00:00.000Z".into();
    }
    if state == "ended" {
        space["ended_at"] = "2026-11-23T19:30:00.000Z".into();
    }
    if let Some(count) = participants {
        space["participant_count"] = count.into();
    }
    space
}

/// Returns a Space that is announced for in a few minutes.
pub fn announced(id: &str) -> Value {
    let mut space = space(id, "scheduled", None);
    let start = chrono::Utc::now() + chrono::TimeDelta::minutes(5);
    space["scheduled_start"] = start.format("%Y-%m-%dT%H:%M:%S.000Z").to_string().into();
    space
}

/// The host of every Space here.
pub fn host() -> Value {
    json!({"id": "12", "username": "coastwatch", "name": "Coast Watch", "verified": true,
        "public_metrics": {"followers_count": 12_300, "following_count": 5, "tweet_count": 7,
            "listed_count": 1}})
}

/// The entry of `errors` for an id that is not there.
pub fn not_found(id: &str) -> Value {
    json!({"value": id, "resource_id": id, "parameter": "ids", "resource_type": "space",
        "title": "Not Found Error", "detail": format!("Could not find space with ids: [{id}]."),
        "type": "https://api.twitter.com/2/problems/resource-not-found"})
}
