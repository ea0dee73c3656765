//! What a monitor says besides its notices: lines on standard error, and what needs a person.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

/// Says things to people. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Talk {
    quiet: bool,
    /// What is wrong now, by what it is about.
    trouble: Arc<Mutex<BTreeMap<String, String>>>,
}

impl Talk {
    /// Returns a talk that writes to standard error, or to nobody.
    pub fn new(quiet: bool) -> Self {
        Self { quiet, trouble: Arc::default() }
    }

    /// Says one line.
    pub fn say(&self, line: &str) {
        if self.quiet {
            return;
        }
        // Nobody to talk to is no reason to stop working.
        drop(writeln!(std::io::stderr().lock(), "{line}"));
    }

    /// Says what is wrong, unless it was said already, and keeps it for `status`.
    pub fn trouble(&self, about: &str, error: &dyn std::error::Error) {
        self.wrong(about, &line(error));
    }

    /// Says what is wrong, and what comes of it.
    pub fn trouble_and(&self, about: &str, error: &dyn std::error::Error, now: &str) {
        self.wrong(about, &format!("{}; {now}", line(error)));
    }

    /// Says what is wrong, unless it was said already, and keeps it for `status`. What follows a
    /// `;` (what will be done, and when) makes no new line of the same trouble.
    pub fn wrong(&self, about: &str, line: &str) {
        fn what(line: &str) -> &str {
            line.split(';').next().unwrap_or(line)
        }
        let before = self.lock().insert(about.to_owned(), line.to_owned());
        if before.as_deref().map(what) != Some(what(line)) {
            self.say(&format!("{about}: {line}"));
        }
    }

    /// Notes that it is well again; says so if it was not.
    pub fn well(&self, about: &str) {
        if self.lock().remove(about).is_some() {
            self.say(&format!("{about}: well again"));
        }
    }

    /// Returns what is wrong now.
    pub fn troubles(&self) -> Vec<String> {
        self.lock().iter().map(|(about, line)| format!("{about}: {line}")).collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, String>> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns an error and its causes in one line.
fn line(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        line = format!("{line}: {error}");
        cause = error.source();
    }
    line
}
