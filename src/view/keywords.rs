//! The keywords view: the words of each Space's title, by when the Space was first seen.
//!
//! Which words are worth counting, and from when to when, is the question's business.

use bincode::{Decode, Encode};

use crate::event::codec::segment::{Content, Runs, Wanted};
use crate::event::{Event, Text};
use crate::space::SpaceId;

use super::place::{Answers, Place};
use super::table::{Dirty, Disk, Table};
use super::words::words;
use super::{View, ViewError};

/// The words of a Space's title.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Titled {
    /// Each distinct word once, in the order of the title.
    pub words: Vec<String>,
    /// X's guess of the language.
    pub lang: Option<String>,
}

/// The keywords view.
#[derive(Debug)]
pub struct Keywords {
    /// Space → when it was first seen.
    first_seen: Table<SpaceId, i64>,
    /// (first seen, Space) → its words.
    titled: Table<(i64, SpaceId), Titled>,
}

impl Default for Keywords {
    fn default() -> Self {
        Self { first_seen: Table::new(b'f'), titled: Table::new(b'w') }
    }
}

impl View for Keywords {
    const NAME: &'static str = "keywords";
    const VERSION: u32 = 2;
    const WANTED: Wanted = Wanted::Places;

    fn event(&mut self, disk: &dyn Disk, place: &Place, event: &Event) -> Result<(), ViewError> {
        match event {
            Event::SpaceDescribed(it) => {
                let row = self.row(disk, it.space, place.at)?;
                let text = it.text.as_ref().and_then(|text| place.text(text));
                if let Some(Text::Space { title: Some(title), .. }) = text {
                    row.words = words(title);
                }
                row.lang = it.lang.clone().or(row.lang.take());
            }
            Event::SpaceObserved(it) => self.seen(disk, it.space, place.at)?,
            _ => {}
        }
        Ok(())
    }

    /// When a Space was first seen does not hang on the order in which it was said.
    fn fold_sealed(&mut self, disk: &dyn Disk, content: &Content) -> Result<(), ViewError> {
        for run in content.runs.iter().flat_map(Runs::iter) {
            let times =
                run.places.iter().map(|(batch, _)| content.heads[*batch as usize].observed_at);
            if let Some(first) = times.min() {
                self.seen(disk, run.space, first.0)?;
            }
        }
        let answers = Answers::of(content);
        content
            .others
            .iter()
            .try_for_each(|other| self.event(disk, &answers.place(other), &other.event))
    }

    fn dirty(&self) -> Dirty {
        let mut rows = Dirty::new();
        self.first_seen.dirty(&mut rows);
        self.titled.dirty(&mut rows);
        rows
    }

    fn settled(&mut self) {
        self.first_seen.settled();
        self.titled.settled();
    }
}

impl Keywords {
    /// Only an older answer than all before moves a Space; it comes by import.
    fn seen(&mut self, disk: &dyn Disk, space: SpaceId, at: i64) -> Result<(), ViewError> {
        if self.first_seen.get(disk, &space)?.is_none_or(|first| at < first) {
            self.row(disk, space, at)?;
        }
        Ok(())
    }

    /// Returns the row of a Space that was seen at `at`, moved there if it is the first time.
    fn row(&mut self, disk: &dyn Disk, space: SpaceId, at: i64) -> Result<&mut Titled, ViewError> {
        let first = self.first_seen.get(disk, &space)?;
        let from = first.unwrap_or(at).min(at);
        if let Some(first) = first.filter(|first| *first > from) {
            let moved = self.titled.get(disk, &(first, space))?.unwrap_or_default();
            self.titled.remove((first, space));
            self.titled.put((from, space), moved);
        }
        if first != Some(from) {
            self.first_seen.put(space, from);
        }
        self.titled.edit(disk, (from, space), Titled::default)
    }

    /// Hands out the Spaces first seen from `from` to before `to`, by time.
    pub fn each(
        &self,
        disk: &dyn Disk,
        from: i64,
        to: i64,
        mut each: impl FnMut(SpaceId, i64, &Titled) -> Result<bool, ViewError>,
    ) -> Result<(), ViewError> {
        self.titled.scan(
            disk,
            (from, SpaceId::FIRST),
            Some((to, SpaceId::FIRST)),
            |(at, space), row| each(space, at, row),
        )
    }
}
