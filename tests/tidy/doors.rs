//! The doors: what enters the program by one place only. Tests beside the code go without.

use super::paths;
use super::source::{Finding, Source};

/// Something that enters by one door.
struct Door {
    what: &'static str,
    /// The files and the folders (those end with `/`) that may name it.
    places: &'static [&'static str],
    /// The parts of a path that give it away.
    marks: &'static [&'static [&'static str]],
}

const DOORS: &[Door] = &[
    Door {
        what: "time",
        places: &["src/clock/"],
        marks: &[
            &["Utc", "now"],
            &["Local", "now"],
            &["Instant", "now"],
            &["SystemTime"],
            &["tokio", "time"],
            &["thread", "sleep"],
        ],
    },
    Door {
        what: "randomness",
        places: &["src/log/entropy.rs"],
        marks: &[
            &["getrandom"],
            &["thread_rng"],
            &["rand", "rng"],
            &["OsRng"],
            &["from_os_rng"],
            &["from_entropy"],
        ],
    },
    Door {
        what: "an outward socket",
        places: &["src/poll/", "src/alert/webhook.rs", "src/export/place/wire.rs"],
        marks: &[&["reqwest"], &["TcpStream"]],
    },
    Door { what: "a bucket", places: &["src/export/place/"], marks: &[&["object_store"]] },
    Door { what: "a desktop", places: &["src/alert/desktop.rs"], marks: &[&["notify_rust"]] },
    Door {
        what: "a listening socket",
        places: &["src/serve/", "src/simulate/"],
        marks: &[&["TcpListener"], &["UnixListener"], &["UnixStream"]],
    },
    Door {
        what: "a thread",
        places: &["src/monitor/threads.rs"],
        marks: &[
            &["thread", "spawn"],
            &["thread", "Builder"],
            &["thread", "scope"],
            &["spawn_blocking"],
        ],
    },
    Door {
        what: "a transaction",
        places: &["src/store/"],
        marks: &[&["redb"], &["begin_write"], &["begin_read"]],
    },
    Door {
        what: "a stored encoding",
        places: &["src/event/", "src/view/"],
        marks: &[&["bincode"]],
    },
];

/// Returns where something comes in by another way than its door.
pub fn check(source: &Source) -> Vec<Finding> {
    if !source.path.starts_with("src/") {
        return Vec::new();
    }
    let paths = paths::paths(&source.tokens);
    let closed = DOORS.iter().filter(|door| !door.is_open(&source.path));
    let mut findings = Vec::new();
    for door in closed {
        for path in paths.iter().filter(|path| !source.is_test(path.line)) {
            if let Some(mark) = door.marks.iter().find(|mark| path.names(mark)) {
                let (mark, places) = (mark.join("::"), door.places.join(" or "));
                let what = format!("`{mark}`: {} comes in by {places} only", door.what);
                findings.push(source.finding(path.line, what));
            }
        }
    }
    findings
}

impl Door {
    fn is_open(&self, path: &str) -> bool {
        self.places.iter().any(|place| {
            if place.ends_with('/') { path.starts_with(place) } else { path == *place }
        })
    }
}
