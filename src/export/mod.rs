//! A sheet as bytes: one exporter a format, and a file that is either whole or not there.

mod atom;
mod card;
mod csv;
mod doubts;
mod file;
#[cfg(test)]
mod fixture;
mod html;
mod ical;
mod json;
mod jsonl;
mod markdown;
mod named;
pub mod number;
pub mod parquet;
mod people;
pub mod place;
mod sqlite;
mod table;

use std::io;

use crate::sheet::Sheet;

pub use atom::Feed;
pub use card::{Card, Group};
pub use csv::Csv;
pub use doubts::{Told, doubts, told};
pub use file::{make_beside, write_beside};
pub use html::{cell, is_figures, is_shown};
pub use ical::Calendar;
pub use json::Json;
pub use jsonl::JsonLines;
pub use markdown::Markdown;
pub use sqlite::Database;
pub use table::Table;

/// Something that writes a sheet in one format.
pub trait Exporter {
    /// Writes the whole sheet without its notes: those are talk, not data, and the caller's.
    fn write(&self, sheet: &Sheet, out: &mut dyn io::Write) -> io::Result<()>;
}

/// A format a sheet can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A table for people.
    Table {
        /// The most columns of a terminal it may take; `None` for as many as it needs.
        width: Option<usize>,
    },
    /// One array of objects.
    Json,
    /// One object a line.
    JsonLines,
    /// Comma-separated values as RFC 4180 has them, with `\n` at the end of a line.
    Csv,
    /// A Markdown table.
    Markdown,
}

impl Format {
    /// The words for the formats, as people type them.
    pub const WORDS: [&str; 5] = ["table", "json", "jsonl", "csv", "markdown"];

    /// Returns the format of this word, a table as wide as it needs; `None` for another word.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "table" => Some(Self::Table { width: None }),
            "json" => Some(Self::Json),
            "jsonl" => Some(Self::JsonLines),
            "csv" => Some(Self::Csv),
            "markdown" => Some(Self::Markdown),
            _ => None,
        }
    }

    /// Returns the word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Table { .. } => "table",
            Self::Json => "json",
            Self::JsonLines => "jsonl",
            Self::Csv => "csv",
            Self::Markdown => "markdown",
        }
    }

    /// Returns what writes it.
    pub fn exporter(self) -> Box<dyn Exporter> {
        match self {
            Self::Table { width } => Box::new(Table { width }),
            Self::Json => Box::new(Json),
            Self::JsonLines => Box::new(JsonLines),
            Self::Csv => Box::new(Csv),
            Self::Markdown => Box::new(Markdown),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::fixture::{nasty, pin, quiet, unknowns, written};
    use super::*;

    #[test]
    fn every_word_names_a_format_and_no_other_word_does() {
        for word in Format::WORDS {
            assert_eq!(Format::from_word(word).map(Format::word), Some(word));
        }
        assert_eq!(Format::from_word("JSON"), None);
        assert_eq!(Format::from_word("xml"), None);
    }

    #[test]
    fn each_format_shows_a_quiet_sheet_as_its_snapshot_has_it() {
        for word in Format::WORDS {
            pin(&format!("export_{word}"), &written(word, &quiet()));
        }
    }

    #[test]
    fn each_format_keeps_nasty_text_harmless() {
        for word in Format::WORDS {
            pin(&format!("export_{word}_nasty"), &written(word, &nasty()));
        }
    }

    #[test]
    fn unknown_looks_unlike_zero_and_empty_in_every_format_and_unit() {
        for word in Format::WORDS {
            pin(&format!("export_{word}_unknown"), &written(word, &unknowns()));
        }
    }

    #[test]
    fn an_empty_sheet_is_still_an_answer() {
        let mut empty = quiet();
        empty.rows.clear();
        assert_eq!(written("json", &empty), "[]\n");
        assert_eq!(written("jsonl", &empty), "");
        assert_eq!(written("csv", &empty).lines().count(), 1);
        assert_eq!(written("markdown", &empty).lines().count(), 2);
        pin("export_table_empty", &written("table", &empty));
    }

    #[test]
    fn nothing_for_people_holds_an_escape_byte() {
        for word in ["table", "markdown", "json", "jsonl", "csv"] {
            let text = written(word, &nasty());
            assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{word}: {text}");
            assert!(!text.contains('\u{202e}'), "{word}: {text}");
        }
    }
}
