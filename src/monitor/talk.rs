//! What a monitor says besides its notices: lines on standard error, and what needs a person.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use super::trouble::Need;

/// Says things to people. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Talk {
    quiet: bool,
    /// What is wrong now, by what it is about.
    trouble: Arc<Mutex<BTreeMap<String, String>>>,
    /// What needs a person now, by what it is about.
    needs: Arc<Mutex<BTreeMap<String, String>>>,
}

impl Talk {
    /// Returns a talk that writes to standard error, or to nobody.
    pub fn new(quiet: bool) -> Self {
        Self { quiet, ..Self::default() }
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

    /// Says loudly what only a person can mend, once, and keeps it for `status`.
    pub(super) fn needs_person(&self, need: &Need) {
        let Need { about, what, remedy, again } = need;
        let line = format!("{what}; needs a person: {remedy}");
        let mut needs = self.needs.lock().unwrap_or_else(PoisonError::into_inner);
        let is_told = needs.get(about).is_some_and(|before| *before == line);
        if !is_told {
            needs.insert(about.clone(), line);
            self.say(&format!(
                "!!! this needs a person: {about}: {what}\n!!! what to do: {remedy}\n!!! {again}"
            ));
        }
    }

    /// Returns what needs a person now.
    pub fn needs(&self) -> Vec<String> {
        let needs = self.needs.lock().unwrap_or_else(PoisonError::into_inner);
        needs.iter().map(|(about, line)| format!("{about}: {line}")).collect()
    }

    /// Notes that it is well again; says so if it was not.
    pub fn well(&self, about: &str) {
        let mut needs = self.needs.lock().unwrap_or_else(PoisonError::into_inner);
        let was_needed = needs.remove(about).is_some();
        drop(needs);
        if self.lock().remove(about).is_some() || was_needed {
            self.say(&format!("{about}: well again"));
        }
    }

    /// Returns what is wrong now.
    pub fn troubles(&self) -> Vec<String> {
        let mut lines = self.needs();
        lines.extend(self.lock().iter().map(|(about, line)| format!("{about}: {line}")));
        lines
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
