//! What is not stored of whom or what was forgotten: every text; all else goes on.

use crate::event::Subject;
use crate::space::{Asked, Description, Person, Seen, Target};

use super::Desk;

/// Returns what a Space's description says without words.
pub(super) fn space(it: &Description) -> Description {
    Description { title: None, extra: None, ..it.clone() }
}

/// Returns what is said of a person without words.
pub(super) fn person(it: &Person) -> Person {
    Person {
        username: None,
        name: None,
        description: None,
        location: None,
        url: None,
        extra: None,
        ..it.clone()
    }
}

impl Desk<'_> {
    pub(super) fn is_forgotten(&self, subject: Subject) -> bool {
        self.known.forgotten.contains(&subject)
    }

    /// Returns what was asked for, in a line, without the names that the answer shows to be those
    /// of forgotten users.
    pub(super) fn target_line(&self, asked: &Asked, seen: Option<&Seen>) -> String {
        let Target::Usernames(names) = &asked.target else { return asked.target.line() };
        let users = seen.map(|seen| seen.users.as_slice()).unwrap_or_default();
        let forgotten: Vec<&String> = users
            .iter()
            .filter(|user| self.is_forgotten(Subject::User(user.id)))
            .filter_map(|user| user.username.as_ref())
            .collect();
        let kept = |name: &&String| !forgotten.iter().any(|it| it.eq_ignore_ascii_case(name));
        names.iter().filter(kept).map(String::as_str).collect::<Vec<_>>().join(",")
    }
}
