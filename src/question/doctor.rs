//! What is well and what is not: one thing a row, with what to do about it.

use crate::sheet::{Column, Sheet, Unit};
use crate::space::{self, FailureClass, Moment, several};
use crate::view::EndpointRow;

use super::{Desk, QuestionError};

/// How a thing that was checked is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// As it should be.
    Ok,
    /// It works, and somebody should look at it.
    Warning,
    /// It does not work.
    Failed,
    /// Nobody has tried.
    Unknown,
}

impl Health {
    /// Returns the word for it in sheets.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }
}

/// One thing that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What was checked.
    pub check: String,
    /// How it is.
    pub state: Health,
    /// What was found.
    pub detail: String,
    /// What to do, where there is something.
    pub remedy: Option<String>,
    /// The class of X's failure behind it, where there is one.
    pub error: Option<FailureClass>,
}

impl Check {
    /// Returns a check that found this.
    pub fn new(check: impl Into<String>, state: Health, detail: impl Into<String>) -> Self {
        let (check, detail) = (check.into(), detail.into());
        Self { check, state, detail, remedy: None, error: None }
    }

    /// Adds what to do.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// Adds the class of X's failure behind it.
    #[must_use]
    pub fn error(mut self, class: FailureClass) -> Self {
        self.error = Some(class);
        self
    }

    /// Returns checks as a sheet.
    pub fn sheet(checks: &[Self]) -> Sheet {
        let mut sheet = Sheet::new(vec![
            Column::new("check", Unit::None),
            Column::new("state", Unit::None),
            Column::new("detail", Unit::None),
            Column::new("remedy", Unit::None),
            Column::hidden("error", Unit::None),
        ]);
        for it in checks {
            sheet.push(vec![
                it.check.clone().into(),
                it.state.word().into(),
                it.detail.clone().into(),
                it.remedy.clone().into(),
                it.error.map(FailureClass::word).into(),
            ]);
        }
        sheet
    }
}

/// Returns the endpoints whose last request failed in a way that only a person can mend.
pub(super) fn unmended(endpoints: &[EndpointRow]) -> Vec<String> {
    let needs = endpoints.iter().filter_map(|endpoint| {
        let class = FailureClass::from_word(endpoint.error.as_deref()?)?;
        let at = Moment(endpoint.last_poll_at).for_people();
        let line = format!("{}: {} at {at}", endpoint.endpoint, class.word());
        (!class.ask_again()).then_some(line)
    });
    needs.collect()
}

impl Desk<'_> {
    /// Answers `doctor`: the store, and what a running monitor knows of X.
    pub(super) fn doctor(&self) -> Result<Sheet, QuestionError> {
        let mut checks = vec![self.monitor(), self.log()?];
        let views = self.views.lags();
        checks.extend(views.iter().filter_map(|lag| {
            let fault = lag.fault.as_ref()?;
            let check = Check::new(format!("view {}", lag.view), Health::Failed, fault.clone());
            Some(check.remedy(format!("`spacelog rebuild {}` folds it anew", lag.view)))
        }));
        checks.push(self.last_answer()?);
        checks.push(self.needs_person()?);
        if let Some(running) = self.running {
            checks.extend(running.checks.iter().cloned());
        }
        Ok(Check::sheet(&checks))
    }

    fn monitor(&self) -> Check {
        match self.running {
            Some(running) => {
                let since = Moment(running.since).for_people();
                let detail = format!("process {} runs since {since}", running.pid);
                Check::new("monitor", Health::Ok, detail)
            }
            None => Check::new("monitor", Health::Unknown, "none runs on this folder")
                .remedy("start one with `spacelog run`"),
        }
    }

    fn log(&self) -> Result<Check, QuestionError> {
        let head = self.reader.head()?;
        let free = self.disk_free_bytes;
        let room = free.map_or(String::new(), |free| format!(", {} free", space::bytes(free)));
        let detail = format!(
            "{}, format {}{room}",
            several(head.seq, "event", "events"),
            self.header().format
        );
        // A day of watching a thousand Spaces takes some tens of megabytes.
        if free.is_some_and(|bytes| bytes < FREE_BYTES_MIN) {
            let check = Check::new("store", Health::Warning, detail);
            return Ok(check.remedy("make room on the disk: polling pauses when it is full"));
        }
        Ok(Check::new("store", Health::Ok, detail))
    }

    /// What only a person can mend: as the monitor knows it, else as the log last told. It is no
    /// failure of its own: what does not work has its row, and may have been mended since.
    fn needs_person(&self) -> Result<Check, QuestionError> {
        let needs = match self.running {
            Some(running) => running.needs.clone(),
            None => unmended(&self.views.polls.ask(|polls, disk| polls.endpoints(disk))?),
        };
        if needs.is_empty() {
            return Ok(Check::new("needs a person", Health::Ok, "nothing"));
        }
        Ok(Check::new("needs a person", Health::Warning, needs.join("; ")))
    }

    fn last_answer(&self) -> Result<Check, QuestionError> {
        let endpoints = self.views.polls.ask(|polls, disk| polls.endpoints(disk))?;
        let last = endpoints.iter().filter_map(|endpoint| endpoint.answered_at).max();
        Ok(match last {
            Some(at) => Check::new(
                "last answer",
                Health::Ok,
                format!("X last answered at {}", Moment(at).for_people()),
            ),
            None => Check::new("last answer", Health::Unknown, "X never answered yet"),
        })
    }
}

/// Less than this free, and a full disk is near.
const FREE_BYTES_MIN: u64 = 200_000_000;
