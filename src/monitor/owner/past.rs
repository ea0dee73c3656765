//! Questions, about the present and about the past.

use crate::question::{AsOf, Desk, Own, Question, Rows};
use crate::serve::{Refusal, Request};
use crate::sheet::Sheet;

use super::{Owner, Reports, Tell, broken_off, refuse, refused};

impl Owner {
    /// Answers a question, as of now or as of then, in somebody's wording. What was known then is folded to files of
    /// its own, in short steps; so many at a time as requests are worked on.
    pub(super) fn ask(
        &self,
        question: &Question,
        (as_of, own): (Option<AsOf>, &Own),
        reply: Tell,
    ) -> Result<Sheet, Refusal> {
        let to_come = as_of.map(|as_of| (as_of, as_of.to_come(self.now_here())));
        match to_come {
            Some((as_of, None)) => self.ask_past(question, (as_of, own), reply),
            present => {
                if question.asks_views() {
                    self.wait_for_views();
                }
                let sheet = self.desk(own, |desk| desk.ask(question));
                let mut sheet = sheet.map_err(|error| refuse(&error))?;
                sheet.notes.extend(present.and_then(|(_as_of, note)| note));
                Ok(sheet)
            }
        }
    }

    /// Answers with rows of a long table, as it is now.
    pub(super) fn rows(&self, rows: &Rows) -> Result<Sheet, Refusal> {
        self.wait_for_views();
        self.desk(&self.own, |desk| desk.rows(rows)).map_err(|error| refuse(&error))
    }

    fn ask_past(
        &self,
        question: &Question,
        (as_of, own): (AsOf, &Own),
        reply: Tell,
    ) -> Result<Sheet, Refusal> {
        let needs = question.needs().map_err(|error| refuse(&error))?;
        let cut = as_of.cut(&self.reader).map_err(|error| refuse(&error))?;
        let mut reports = Reports::new(reply, &self.go_on);
        let mut tell = |view: &'static str, at, end| reports.tell(view, at, end);
        let views = self.views.as_of(cut.seq, &needs, &self.reader, &mut tell);
        let views = views.map_err(|error| refused(&error))?.ok_or_else(broken_off)?;
        let desk = Desk {
            views: &views,
            reader: &self.reader,
            now: cut.now,
            running: None,
            disk_bytes: None,
            disk_free_bytes: None,
            past: Some(&cut),
            own,
        };
        desk.ask(question).map_err(|error| refuse(&error))
    }
}

/// Returns whether a request has any use for views that are up to date: not what checks or folds
/// anew, and not the past.
pub(super) fn wants_present_views(request: &Request, now: i64) -> bool {
    match request {
        Request::Verify { .. }
        | Request::Rebuild { .. }
        | Request::Salvage { .. }
        | Request::Backup { .. }
        | Request::Export(_)
        | Request::Watch(_)
        | Request::Forget { .. } => false,
        Request::Ask { as_of: Some(as_of), .. } => as_of.to_come(now).is_some(),
        Request::Ask { as_of: None, .. }
        | Request::Rows(_)
        | Request::Join { .. }
        | Request::Import(_)
        | Request::Adopt { .. }
        | Request::Record(_) => true,
    }
}

#[cfg(test)]
mod tests;
