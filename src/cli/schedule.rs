//! `schedule`: what is announced, as an answer, a calendar or a feed.

use std::path::PathBuf;

use super::args::{FeedWord, Schedule};
use super::ask::{folder, put};
use super::output::{emit, notes, show};
use super::report::Failure;
use crate::export::{Calendar, Exporter, Feed};
use crate::question::{Question, SpaceSort, Standing};
use crate::serve::Request;
use crate::sheet::Sheet;

/// Shows the schedule.
pub fn schedule(it: &Schedule, data: Option<PathBuf>) -> Result<u8, Failure> {
    let folder = folder(data)?;
    let ask = |question| put(&folder, &Request::Ask { question, as_of: it.past.as_of, own: None });
    match (it.ical, it.atom) {
        (true, _) => write(&ask(it.question())?, &Calendar, it),
        (_, Some(FeedWord::Announced)) => {
            let question = match it.question() {
                Question::Schedule { host, keyword, last_ms, limit, .. } => {
                    let standing = Some(Standing::Announced);
                    Question::Schedule { standing, host, keyword, last_ms, limit }
                }
                other => other,
            };
            write(&ask(question)?, &Feed::Announced, it)
        }
        (_, Some(FeedWord::Live)) => {
            let question = Question::Spaces {
                state: Some("live".to_owned()),
                host: it.host.clone(),
                keyword: it.keyword.clone(),
                min_participants: None,
                sort: SpaceSort::Started,
                limit: it.limit.unwrap_or(0),
            };
            write(&ask(question)?, &Feed::Live, it)
        }
        (false, None) => show(&ask(it.question())?, &it.output),
    }
}

/// Writes an answer for programs that subscribe to it.
fn write(sheet: &Sheet, exporter: &dyn Exporter, it: &Schedule) -> Result<u8, Failure> {
    let code = emit(&it.output, |out| {
        exporter.write(sheet, out)?;
        out.flush()
    })?;
    notes(&Sheet { notes: Vec::new(), ..sheet.clone() }, &it.output);
    Ok(code)
}
