//! `events`: the log, page by page, in constant memory; and on as it grows.

use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

use super::args::Events;
use super::ask::{folder, put};
use super::output::{emit, notes};
use super::report::Failure;
use crate::clock::pause;
use crate::export::Format;
use crate::question::Question;
use crate::serve::Request;
use crate::sheet::Sheet;
use crate::store::folder::Folder;

/// How often a followed log is looked at.
const FOLLOW_EVERY: Duration = Duration::from_millis(500);

/// Shows the events asked for.
pub fn events(it: &Events, data: Option<PathBuf>) -> Result<u8, Failure> {
    let folder = folder(data)?;
    let format = it.output.format();
    let mut trouble = None;
    let mut last = Sheet::default();
    let code = emit(&it.output, |out| {
        let mut from = 1;
        let mut pages = Pages { format, first: true };
        loop {
            let page = match page(&folder, it, from) {
                Ok(page) => page,
                Err(failure) => {
                    trouble = Some(failure);
                    return Err(io::Error::other("the rest could not be read"));
                }
            };
            pages.write(&page, out)?;
            last.notes.clone_from(&page.notes);
            last.warnings.clone_from(&page.warnings);
            match page.next {
                Some(next) => from = next,
                None if it.follow => pause(FOLLOW_EVERY),
                None => return pages.end(out),
            }
        }
    });
    if let Some(failure) = trouble {
        return Err(failure);
    }
    let code = code?;
    notes(&last, &it.output);
    Ok(code)
}

fn page(folder: &Folder, it: &Events, from: u64) -> Result<Sheet, Failure> {
    let question = Question::Events {
        from,
        since: it.since,
        until: it.until,
        space: it.space,
        kind: it.kind.clone(),
    };
    put(folder, &Request::Ask { question, as_of: it.past.as_of, own: None })
}

/// Pages written one after the other as one answer.
struct Pages {
    format: Format,
    first: bool,
}

impl Pages {
    fn write(&mut self, page: &Sheet, out: &mut dyn Write) -> io::Result<()> {
        if page.rows.is_empty() {
            return Ok(());
        }
        let mut text = Vec::new();
        self.format.exporter().write(page, &mut text)?;
        let text = String::from_utf8_lossy(&text);
        let first = std::mem::replace(&mut self.first, false);
        let part = match self.format {
            // One array of all pages: its brackets go around the whole.
            Format::Json => {
                let inner = text.trim().trim_start_matches('[').trim_end_matches(']').trim();
                let before = if first { "[\n" } else { ",\n" };
                format!("{before}{inner}")
            }
            // A page after the first brings no heads again.
            Format::Csv if !first => lines_after(&text, 1),
            Format::Markdown if !first => lines_after(&text, 2),
            Format::JsonLines | Format::Csv | Format::Markdown | Format::Table { .. } => {
                text.into_owned()
            }
        };
        out.write_all(part.as_bytes())?;
        out.flush()
    }

    fn end(&self, out: &mut dyn Write) -> io::Result<()> {
        match (self.format, self.first) {
            (Format::Json, true) => out.write_all(b"[]\n")?,
            (Format::Json, false) => out.write_all(b"\n]\n")?,
            _ => {}
        }
        out.flush()
    }
}

fn lines_after(text: &str, heads: usize) -> String {
    text.split_inclusive('\n').skip(heads).collect()
}
