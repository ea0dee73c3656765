//! Forgetting somebody or something on request: whom, then everything that holds their texts.

use std::fs;
use std::sync::PoisonError;

use crate::event::{Subject, mentions};
use crate::log::Named;
use crate::serve::{Refusal, RefusalKind, Whom};
use crate::sheet::{Column, Sheet, Unit};
use crate::space::{SpaceId, UserId};

use super::super::forgetting::{Done, Step};
use super::super::kept::is_bodies;
use super::{Owner, Reports, Tell, broken_off, refused};

/// The most characters of a reason: it stays in the log for good.
const REASON_CHARS_MAX: usize = 500;

/// What lies in a folder of data by the program's own doing.
const KNOWN: [&str; 6] = ["log.redb", "views", "bodies", "wanted", "socket", "spacelog.toml"];

impl Owner {
    /// Erases texts for good: from kept bodies, the log and its file, and the views.
    pub(super) fn forget(&self, whom: &Whom, reason: &str, reply: Tell) -> Result<Sheet, Refusal> {
        let subject = self.subject(whom)?;
        self.check(subject, whom, reason)?;
        let done = self.erase(subject, reason, reply)?;
        let mut sheet = sheet(subject, &done);
        sheet.notes.extend(notes(subject));
        sheet.warnings.extend(self.strangers().into_iter().map(|name| {
            format!("not looked into, because it is none of spacelog's files: {name}")
        }));
        sheet.warnings.extend(crate::question::warning(self.reader.header()));
        Ok(sheet)
    }

    /// Erases the texts of a subject from every file.
    pub(super) fn erase(
        &self,
        subject: Subject,
        reason: &str,
        reply: Tell,
    ) -> Result<Done, Refusal> {
        if !(self.go_on)() {
            return Err(broken_off());
        }
        let done = (self.forget)(Step::Erase(subject, reason.to_owned()));
        let done = done.map_err(|error| refused(&error))?;
        let mut reports = Reports::new(reply, &self.go_on);
        // Nobody who listens is no reason to leave it undone.
        let mut tell = |view: &'static str, at, end| {
            reports.tell(view, at, end);
            (self.go_on)()
        };
        if let Err(error) = self.views.renew(&self.reader, &mut tell) {
            return Err(self.unfinished(&error));
        }
        (self.forget)(Step::Finish(subject)).map_err(|error| refused(&error))?;
        Ok(done)
    }

    /// Returns whom the words mean.
    fn subject(&self, whom: &Whom) -> Result<Subject, Refusal> {
        let name = match whom {
            Whom::User(id) => return Ok(Subject::User(UserId(*id))),
            Whom::Space(id) => {
                let id = id.parse::<SpaceId>();
                let id = id.map_err(|error| Refusal::of(RefusalKind::Usage, &error))?;
                return Ok(Subject::Space(id));
            }
            Whom::Username(name) => name,
        };
        match self.reader.named(name).map_err(|error| refused(&error))?.as_slice() {
            [one] => Ok(Subject::User(one.user)),
            [] => Err(Refusal {
                kind: RefusalKind::NotFound,
                message: format!("the log knows nobody named @{name}"),
                causes: vec!["give the id: `--user ID`".to_owned()],
            }),
            several => Err(Refusal {
                kind: RefusalKind::NotFound,
                message: format!("more than one user went by the name @{name}"),
                causes: vec![format!("give one of their ids: {}", list(several))],
            }),
        }
    }

    /// Refuses a reason that says what is to be forgotten.
    fn check(&self, subject: Subject, whom: &Whom, reason: &str) -> Result<(), Refusal> {
        let usage = |message: &str, cause: &str| {
            let causes = vec![cause.to_owned()];
            Err(Refusal { kind: RefusalKind::Usage, message: message.to_owned(), causes })
        };
        if reason.chars().count() > REASON_CHARS_MAX {
            return usage("the reason is too long", "it may have 500 characters");
        }
        let mut words = self.reader.words_of(subject).map_err(|error| refused(&error))?;
        if let Whom::Username(name) = whom {
            words.insert(name.clone());
        }
        if words.iter().any(|word| mentions(reason, word)) {
            return usage(
                "the reason names what is to be forgotten",
                "it stays in the log for good: say why without names and titles",
            );
        }
        Ok(())
    }

    /// The texts are erased, and a view may still hold them.
    fn unfinished(&self, error: &(dyn std::error::Error + 'static)) -> Refusal {
        let alone = self.running.lock().unwrap_or_else(PoisonError::into_inner).is_none();
        if alone && !(self.go_on)() {
            // A monitor wants the files: it finishes this as it starts, and is asked again.
            return broken_off();
        }
        let Refusal { kind, message, causes } = refused(error);
        let what = "erased from the log and the kept bodies, and not yet from every view: the \
                    next start of spacelog on this folder finishes it";
        Refusal { kind, message: what.to_owned(), causes: [vec![message], causes].concat() }
    }

    /// Returns what lies in the folder and was not written by this program.
    fn strangers(&self) -> Vec<String> {
        let names = |inside: &str| -> Vec<String> {
            let Ok(entries) = fs::read_dir(self.folder.path().join(inside)) else {
                return Vec::new();
            };
            entries.flatten().map(|it| it.file_name().to_string_lossy().into_owned()).collect()
        };
        let mut found: Vec<String> =
            names("").into_iter().filter(|name| !KNOWN.contains(&name.as_str())).collect();
        let bodies = names("bodies").into_iter().filter(|name| !is_bodies(name));
        found.extend(bodies.map(|name| format!("bodies/{name}")));
        found.sort();
        found
    }
}

fn list(named: &[Named]) -> String {
    let word = |it: &Named| format!("{} ({})", it.user, if it.now { "now" } else { "earlier" });
    named.iter().map(word).collect::<Vec<_>>().join(", ")
}

fn sheet(subject: Subject, done: &Done) -> Sheet {
    let mut sheet = Sheet::new(vec![
        Column::new("user_id", Unit::None),
        Column::new("space_id", Unit::None),
        Column::new("texts", Unit::Count),
        Column::new("lines", Unit::Count),
        Column::new("notices", Unit::Count),
        Column::new("bodies_changed", Unit::Count),
        Column::new("bodies_dropped", Unit::Count),
        Column::new("views_rebuilt", Unit::Count),
    ]);
    let (user, space) = match subject {
        Subject::User(id) => (Some(id.to_string()), None),
        Subject::Space(id) => (None, Some(id.to_string())),
    };
    sheet.push(vec![
        user.into(),
        space.into(),
        done.erased.texts.into(),
        done.erased.lines.into(),
        done.erased.notices.into(),
        done.bodies.changed.into(),
        done.bodies.dropped.into(),
        (crate::projector::NAMES.len() as u64).into(),
    ]);
    sheet
}

fn notes(subject: Subject) -> Vec<String> {
    let mut notes = vec![
        "no file of the folder holds these texts any more, and none will be stored again; copies \
         and exports made before are yours to erase"
            .to_owned(),
    ];
    if matches!(subject, Subject::User(_)) {
        notes.push(
            "titles of Spaces and what others wrote stay: `spacelog forget --space ID` erases a \
             title"
                .to_owned(),
        );
    }
    notes
}
